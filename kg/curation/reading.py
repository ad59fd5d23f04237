"""Read the curated files: form first, then links. Every finding knows its file and line; nothing is raised.

Two passes: each file by itself (form, keys, values), then all together (unknown slugs and passages, duplicates),
because a record may refer to any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from kg.curation.forms import SLUG, RecordForm
from kg.curation.links import duplicates, unknown_links
from kg.curation.records import Cell, Claim, Curated, Passage, Record
from kg.curation.strict_yaml import Located, YamlProblem, read_yaml
from kg.curation.tables import read_table
from kg.curation.values import BadValue, values_of
from kg.errors import UnusableInput
from kg.findings import Finding, Source, in_order
from kg.namespaces import KINDS
from kg.terms import Class, Property, Terms


def import_roots(imports: Path | None) -> list[Path]:
    """Return the folders of imported records, one a source, below that of all imports."""
    return sorted(path for path in imports.iterdir() if path.is_dir()) if imports and imports.is_dir() else []


def read_records(root: Path, terms: Terms, imports: Path | None = None) -> Curated:
    """Read every record and observation file below `root`, then the imported ones; raises UnusableInput where there is none.

    Where both have a record of one name, the curated one is taken and the imported one passed over.
    """
    if not any(root.rglob("*.yaml")):
        raise UnusableInput(f"there are no records in {root}; give the folder that holds programme/, act/ and the other kinds")
    records: dict[str, Record] = {}
    findings: list[Finding] = []
    unread: set[str] = set()
    cells: list[Cell] = []
    for folder in (root, *import_roots(imports)):
        for path in sorted(folder.rglob("*.y*ml")):
            name = path.relative_to(folder).with_suffix("").as_posix()
            if folder != root and (name in records or name in unread):
                continue
            record = read_record(path, folder, terms, findings)
            if record:
                records[record.name] = record
            else:
                unread.add(name)
        for path in sorted((folder / "observations").glob("*.csv")):
            cells += read_table(path, shown(path), terms, findings)
    passages = {passage.reference: passage for record in records.values() for passage in _passages(record, findings, record.source)}
    curated = Curated(records, tuple(cells), passages, unread=frozenset(unread))
    findings += unknown_links(curated, terms)
    findings += duplicates(curated)
    return replace(curated, findings=tuple(in_order(findings)))


def read_record(path: Path, root: Path, terms: Terms, findings: list[Finding]) -> Record | None:
    """Read one record file; None where it is too broken to be one. What is wrong is added to `findings`."""
    file = shown(path)
    kind, _, slug = path.relative_to(root).with_suffix("").as_posix().partition("/")
    try:
        located = read_yaml(path.read_text(encoding="utf-8"))
        form = _form(located, file, findings)
    except YamlProblem as problem:
        findings.append(Finding(Source(file, problem.line), "Record-yaml", problem.message))
        return None
    except UnicodeDecodeError as error:
        findings.append(Finding(Source(file), "Record-yaml", f"the file is not UTF-8 ({error.reason}); save it as UTF-8"))
        return None
    if misplaced := _misplaced(kind, slug, path):
        findings.append(Finding(Source(file), "Record-kind", misplaced))
        return None
    if form is None:
        return None
    reader = _Reader(file, located, terms, findings)
    return Record(kind, slug, reader.classes(form, kind), form, tuple(reader.claims(form)), Source(file), located.lines)


def _misplaced(kind: str, slug: str, path: Path) -> str:
    """Return what is wrong with a record's place; empty where nothing is."""
    if path.suffix != ".yaml":
        return f"a record's file ends in .yaml, not {path.suffix}; rename it"
    if kind not in KINDS or not slug:
        return f"{kind!r} is no kind of thing; put it in one of {', '.join(sorted(KINDS))}/ as <slug>.yaml"
    if not re.fullmatch(SLUG, slug):
        return f"the slug {slug!r} may hold ASCII letters, digits, - _ . and / only; rename the file"
    return ""


def shown(path: Path) -> str:
    """Return a path as findings show it: relative to the working directory where it lies below."""
    path = path.resolve()
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()


def _form(located: Located, file: str, findings: list[Finding]) -> RecordForm | None:
    try:
        return RecordForm.model_validate(located.data)
    except ValidationError as error:
        for problem in error.errors():
            path = tuple(part for part in problem["loc"] if isinstance(part, str | int))
            findings.append(Finding(Source(file, located.line(path)), *_form_problem(path, problem)))
        return None


def _form_problem(path: tuple[str | int, ...], problem: Mapping[str, object]) -> tuple[str, str]:
    """Return rule and message of one pydantic problem in the words of the record format."""
    key = str(path[-1]) if path else "record"
    where = ".".join(str(part) for part in path) or "the record"
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(key, [*_EDITORIAL_KEYS], 1)
        hint = f"did you mean `{near[0]}`?" if near else f"top-level keys are {', '.join(_EDITORIAL_KEYS)}; the rest goes under `claims`"
        return "Record-key", f"unknown key `{key}`; {hint}"
    if problem["type"] == "missing":
        return f"Record-{key}", f"`{where}` is missing; add it"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"Record-{path[0] if path else 'form'}", message if problem[
        "type"
    ] == "value_error" else f"`{where}`: {message}; see docs/record-format.md"


_EDITORIAL_KEYS = tuple(field.alias or name for name, field in RecordForm.model_fields.items())


class _Reader:
    """Turns a record's open part into classes and claims, with the line of each."""

    def __init__(self, file: str, located: Located, terms: Terms, findings: list[Finding]) -> None:
        self._file, self._located, self._terms, self._findings = file, located, terms, findings

    def classes(self, form: RecordForm, kind: str) -> tuple[Class, ...]:
        found = []
        for name in form.type:
            term = self._terms.classes.get(name)
            if term is None:
                near = get_close_matches(name, self._terms.classes, 1) or sorted(
                    key for key, value in self._terms.classes.items() if value.kind == kind
                )
                self._refuse(("type",), "Record-type", f"unknown class `{name}`; use {' or '.join(near)}")
            elif term.kind != kind:
                self._refuse(
                    ("type",), "Record-type", f"a {name} belongs in the folder {term.kind}/, not {kind}/; move the file or correct `type`"
                )
            else:
                found.append(term)
        if form.authority and form.authority not in self._terms.authority_rank:
            ranks = ", ".join(sorted(self._terms.authority_rank))
            self._refuse(("authority",), "Document-authority", f"`authority: {form.authority}` is unknown; use one of {ranks}")
        if form.unit and form.unit not in self._terms.units:
            self._refuse(
                ("unit",),
                "Indicator-unit",
                f"`unit: {form.unit}` is not in the code list unit; use one of {', '.join(sorted(self._terms.units))}",
            )
        return tuple(found)

    def claims(self, form: RecordForm) -> Iterator[Claim]:
        for index, item in enumerate(form.claims):
            stated = self._stated(item, index)
            for key, given in item.items():
                if key != "stated":
                    yield from self._values(key, given, stated, ("claims", index, key))

    def _values(self, key: str, given: object, stated: tuple[str, ...], path: tuple[str | int, ...]) -> Iterator[Claim]:
        term = self._property(key, path)
        if term is None:
            return
        try:
            values = values_of(term, given, self._terms)
        except BadValue as problem:
            self._refuse(path, f"Claim-{key}", str(problem))
            return
        for value in values:
            at, stated_at = (self._located.line(place) for place in (path, (*path[:2], "stated")))
            yield Claim(term, value, stated, Source(self._file, at), Source(self._file, stated_at))

    def _property(self, key: str, path: tuple[str | int, ...]) -> Property | None:
        term = self._terms.properties.get(key)
        if term is None or (term.editorial and term.value_type != "iri"):
            near = get_close_matches(key, self._terms.claim_keys(), 1)
            hint = f"did you mean `{near[0]}`?" if near else "the keys are listed in docs/record-format.md and on the ontology page"
            self._refuse(path, "Claim-key", f"unknown key `{key}` in a claim; {hint}")
            return None
        return term

    def _stated(self, item: Mapping[str, object], index: int) -> tuple[str, ...]:
        stated = item.get("stated")
        references = [stated] if isinstance(stated, str) else stated
        if not isinstance(references, list) or not references or not all(isinstance(r, str) for r in references):
            self._refuse(("claims", index), "Claim-stated", "a claim needs its passages: add `stated: [document/passage]`")
            return ()
        if len(item) == 1:
            self._refuse(("claims", index), "Claim-key", "a claim needs a property beside `stated`; add one or remove the item")
        return tuple(str(reference) for reference in references)

    def _refuse(self, path: tuple[str | int, ...], rule: str, message: str) -> None:
        self._findings.append(Finding(Source(self._file, self._located.line(path)), rule, message))


def _passages(record: Record, findings: list[Finding], source: Source) -> Iterator[Passage]:
    if record.form.passages and record.kind != "document":
        findings.append(Finding(source, "Record-passages", "only documents have `passages`; move them to the document's record"))
        return
    for slug, form in record.form.passages.items():
        yield Passage(record.slug, slug, form, record.place("passages", slug))
