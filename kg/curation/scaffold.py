"""Start a record: `egovkg new programme SLUG` writes a skeleton with the keys that its class may use."""

from __future__ import annotations

import re
from pathlib import Path

from kg.curation.forms import SLUG
from kg.curation.segmenting import canonical_text, digest, segment, unknown_headings
from kg.errors import UnusableInput
from kg.namespaces import KINDS
from kg.terms import Terms

_FIRST = {"act": "LegalAct", "scheme": "StageScheme", "model": "InteractionModel", "system": "InformationSystem",
          "service": "PublicService", "concept": "Topic", "organisation": "Organisation", "document": "JournalArticle"}  # fmt: skip
_HINTS = {
    "programme": "approvedBy: act/…, programmeType: …, startDate: 2020, endDate: 2025, responsibleBody: organisation/…",
    "act": "actType: …, number: '…', signedDate: 2020-01-31, passedBy: organisation/…, title: {en: …}",
    "organisation": "organisationType: …, parentOrganisation: organisation/…",
    "system": "systemType: …, operatedBy: organisation/…, startDate: 2020",
    "indicator": "name: {en: …}, dataSource: document/…, statedUnit: …",
    "document": "title: {en: …}, authorList: …, issued: 2020, doi: 10.…/…",
    "finding": "description: {en: … in your own words}, concerns: programme/…",
}


def new_record(kind: str, slug: str, root: Path, terms: Terms) -> Path:
    """Write the skeleton of a record and return its path; raises UnusableInput for a bad or taken name."""
    path = _free_path(kind, slug, root)
    cls = _FIRST.get(kind) or next(key for key, term in sorted(terms.classes.items()) if term.kind == kind)
    others = sorted(key for key, term in terms.classes.items() if term.kind == kind and key != cls)
    note = f"  # or {', '.join(others)}" if others else ""
    lines = [
        f"type: {cls}{note}",
        "label:",
        "  en: ",
        "  ru: ",
        "  kk: ",
        "claims:",
        f"  # {_HINTS.get(kind, 'name: {en: …}, description: {en: … in your own words}')}",
        "  - mentionedBy: document/…",
        "    stated: [document-slug/passage-slug]",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def new_document(slug: str, text: Path, sections: dict[str, str], root: Path, *, wrapped: bool = False) -> Path:
    """Write a document's record with the passages of its text; raises UnusableInput."""
    path = _free_path("document", slug, root)
    try:
        canonical = canonical_text(text.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(f"{text} cannot be read as UTF-8 text: {error}") from None
    if unknown := unknown_headings(canonical, sections):
        raise UnusableInput(f"no line of {text} begins with the heading {unknown[0]!r}; copy it as it is printed")
    lines = [
        "type: JournalArticle", "label:", "  en: ", "  ru: ", "  kk: ", "authority: peer-reviewed",
        f"text: {{sha256: {digest(canonical)}}}", "passages:",
    ]  # fmt: skip
    for part in segment(canonical, sections, wrapped=wrapped):
        span = digest(canonical[part.start : part.end])
        lines.append(
            f"  {part.slug}: {{locator: '{part.locator}', type: {part.type}, start: {part.start}, end: {part.end}, sha256: {span}}}"
        )
    lines += ["claims:", "  - title: {en: }", f"    stated: [{slug}/front-1]"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _free_path(kind: str, slug: str, root: Path) -> Path:
    if kind not in KINDS or kind in ("observation", "passage", "conflict"):
        kinds = ", ".join(k for k in KINDS if k not in ("observation", "passage", "conflict"))
        raise UnusableInput(f"there is no kind {kind!r} to make a record of; kinds are {kinds}")
    if not re.fullmatch(SLUG, slug):
        raise UnusableInput(f"the slug {slug!r} may hold ASCII letters, digits, - _ . and / only; e.g. digital-kazakhstan")
    path = root / kind / f"{slug}.yaml"
    if path.exists():
        raise UnusableInput(f"{path} is there already; edit it, or choose another slug")
    return path
