"""Passages against the papers' texts: drafts' quotes are found, selectors and printed figures are checked to the byte.

A selector whose digest does not match is an error, never a fuzzy re-anchoring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.curation.forms import PassageForm, Quote
from kg.curation.records import Curated, Passage, Record
from kg.curation.segmenting import canonical_text, digest
from kg.errors import UnusableInput
from kg.findings import Finding


def read_sources(folder: Path) -> dict[str, str]:
    """Return the canonical texts of a folder by their SHA-256; raises UnusableInput."""
    paths = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    if not paths:
        raise UnusableInput(f"there are no .txt files in {folder}; give the folder that holds the papers' texts")
    texts = (canonical_text(path.read_text(encoding="utf-8", errors="replace")) for path in paths)
    return {digest(text): text for text in texts}


def text_of(document: Record | None, sources: Mapping[str, str]) -> str | None:
    """Return a document's canonical text where the sources hold it."""
    return sources.get(document.form.text.sha256) if document and document.form.text else None


def documents_at_hand(curated: Curated, sources: Mapping[str, str]) -> list[str]:
    """Return the slugs of the documents whose text is among the sources."""
    return [document.slug for document in curated.of_kind("document") if text_of(document, sources) is not None]


def check_sources(curated: Curated, sources: Mapping[str, str]) -> Iterator[Finding]:
    """Check each passage whose document's text is at hand, and that each figure is printed where it is said to be."""
    for passage in curated.passages.values():
        text = text_of(curated.records.get(f"document/{passage.document}"), sources)
        if text is not None:
            yield from _check(passage, text)
    for cell in curated.cells:
        place = curated.passages.get(cell.passage)
        text = text_of(curated.records.get(f"document/{place.document}"), sources) if place else None
        if place and text is not None and cell.printed not in text[place.form.start : place.form.end]:
            yield Finding(
                cell.source,
                "Observation-printed",
                f"{cell.printed!r} is not printed in {cell.passage}; copy the cell exactly or name the right passage",
            )


def check_drafts(curated: Curated) -> Iterator[Finding]:
    """Find quotes left in the records: they belong to drafts, because no sentence of a paper is kept."""
    for passage in curated.passages.values():
        if passage.form.quote is not None:
            message = f"passage {passage.slug} has a `quote`; run `egovkg check --fix --sources DIR` to turn it into a selector"
            yield Finding(passage.source, "Passage-quote", message)


def _check(passage: Passage, text: str) -> Iterator[Finding]:
    form = passage.form
    if form.quote is not None:
        try:
            locate(form.quote, text)
        except ValueError as error:
            yield Finding(passage.source, "Passage-quote", f"passage {passage.slug}: {error}")
    elif form.start is not None and digest(text[form.start : form.end]) != form.sha256:
        message = f"passage {passage.slug}: the text at {form.start}–{form.end} has another digest; select the passage anew with a `quote`"
        yield Finding(passage.source, "Passage-digest", message)


def locate(quote: Quote | str, text: str) -> tuple[int, int]:
    """Return the only span of a quote in a canonical text; raises ValueError where there is none or more than one."""
    if isinstance(quote, str):
        return _only(quote, text)
    start, after = _only(quote.from_, text)
    last = canonical_text(quote.to)
    end = text.find(last, after)
    if end < 0:
        raise ValueError(f"{quote.to!r} does not follow {quote.from_!r} in the text; copy both exactly")
    return start, end + len(last)


def _only(words: str, text: str) -> tuple[int, int]:
    words = canonical_text(words)
    start = text.find(words)
    if start < 0:
        raise ValueError(f"the quote {words[:60]!r} is not in the text; copy it exactly, with its spaces and dashes")
    if text.find(words, start + 1) >= 0:
        raise ValueError(f"the quote {words[:60]!r} stands in the text more than once; make it longer")
    return start, start + len(words)


def anchored(form: PassageForm, text: str) -> PassageForm:
    """Return the passage with selector and digest in place of its quote."""
    if form.quote is None:
        return form
    start, end = locate(form.quote, text)
    return PassageForm(locator=form.locator, type=form.type, start=start, end=end, sha256=digest(text[start:end]))
