"""Read the curated files: form first, then links. Every finding knows its file and line; nothing is raised.

Two passes: each file by itself (form, keys, values), then all together (unknown slugs and passages, duplicates),
because a record may refer to any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from kg.curation.forms import SLUG, RecordForm
from kg.curation.records import Cell, Claim, Curated, Passage, Record
from kg.curation.strict_yaml import Located, YamlProblem, read_yaml
from kg.curation.tables import read_table
from kg.curation.values import BadValue, values_of
from kg.errors import UnusableInput
from kg.findings import Finding, Source, in_order
from kg.namespaces import ID, KINDS
from kg.terms import Class, Property, Terms

_SLUG_SUGGESTIONS = 3


def read_records(root: Path, terms: Terms) -> Curated:
    """Read every record and observation file below `root`; raises UnusableInput where there is none."""
    if not any(root.rglob("*.yaml")):
        raise UnusableInput(f"there are no records in {root}; give the folder that holds programme/, act/ and the other kinds")
    records: dict[str, Record] = {}
    findings: list[Finding] = []
    unread: set[str] = set()
    for path in sorted(root.rglob("*.y*ml")):
        record = read_record(path, root, terms, findings)
        if record:
            records[record.name] = record
        else:
            unread.add(path.relative_to(root).with_suffix("").as_posix())
    cells: list[Cell] = []
    for path in sorted((root / "observations").glob("*.csv")):
        cells += read_table(path, shown(path), terms, findings)
    passages = {passage.reference: passage for record in records.values() for passage in _passages(record, findings, record.source)}
    curated = Curated(records, tuple(cells), passages, unread=frozenset(unread))
    findings += _unknown_links(curated)
    findings += _duplicates(curated)
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


def _unknown_links(curated: Curated) -> Iterator[Finding]:
    for record in curated.records.values():
        for claim in record.claims:
            yield from _unknown_passages(claim.passages, curated, claim.stated_at, record)
            target = claim.value.term.value
            if target.startswith(ID) and claim.property.value_type in ("entity", "iri"):
                yield from _unknown_record(target.removeprefix(ID), curated, claim.source, f"Claim-{claim.property.key}")
        yield from _unknown_unclaimed(record, curated)
        if rule := record.form.rule:
            for slug in dict.fromkeys(measure.indicator for measure in (rule.result, *rule.inputs)):
                yield from _unknown_record(f"indicator/{slug}", curated, record.source, "Record-rule")
    for cell in curated.cells:
        yield from _unknown_passages((cell.passage,), curated, cell.source, None)
        for kind, slug in (("indicator", cell.indicator), ("area", cell.area)):
            yield from _unknown_record(f"{kind}/{slug}", curated, cell.source, f"Observation-{kind}")


def _unknown_record(name: str, curated: Curated, source: Source, rule: str) -> Iterator[Finding]:
    if name not in curated.records and name not in curated.unread:
        near = near_matches(name, curated.records)
        hint = f"did you mean {' or '.join(near)}?" if near else f"make it with `egovkg new {name.replace('/', ' ', 1)}`"
        yield Finding(source, rule, f"there is no record {name}; {hint}")


def _unknown_passages(references: Iterable[str], curated: Curated, source: Source, record: Record | None) -> Iterator[Finding]:
    for reference in references:
        if reference not in curated.passages and f"document/{reference.rpartition('/')[0]}" not in curated.unread:
            near = near_matches(reference, curated.passages)
            hint = f"did you mean {' or '.join(near)}?" if near else "add it under `passages` of its document's record"
            yield Finding(source, "Claim-stated", f"there is no passage {reference}; {hint}")


def _unknown_unclaimed(record: Record, curated: Curated) -> Iterator[Finding]:
    """Find explanations of unclaimed numbers that name no passage of the record's own, or no number."""
    if record.form.unclaimed and record.kind != "document":
        yield Finding(record.place("unclaimed"), "Record-unclaimed", "only documents have `unclaimed`; move it to the document's record")
        return
    for index, item in enumerate(record.form.unclaimed):
        place = record.place("unclaimed", index)
        yield from _unknown_passages((f"{record.slug}/{item.passage}",), curated, place, None)
        for printed in item.numbers:
            if not re.search("[0-9]", printed):
                yield Finding(place, "Document-unclaimed", f"{printed!r} in `unclaimed` has no digit; write each number as it is printed")


def near_matches(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three names that look like `name`: same kind or document first."""
    head = name.partition("/")[0] + "/"
    same = [other for other in names if other.startswith(head)]
    return get_close_matches(name, same, _SLUG_SUGGESTIONS, 0.75)


def _duplicates(curated: Curated) -> Iterator[Finding]:
    """Find two records that claim one identifier or slug, and one observation twice in a table."""
    owners: dict[tuple[str, str], Record] = {}
    for record in curated.records.values():
        for identity in _identities(record):
            other = owners.setdefault(identity, record)
            if other is not record:
                what = f"{identity[0]} {identity[1]} is also that of {other.name} ({other.source.file})"
                yield Finding(record.source, "Record-identifier", f"duplicate id: {what}; join the records or correct one")
        yield from _blurred_dates(record)
    cells: dict[tuple[str, str], Cell] = {}
    for cell in curated.cells:
        first = cells.setdefault((cell.passage, cell.slug), cell)
        if first is not cell and first.value != cell.value:
            yield Finding(
                cell.source,
                "Observation-key",
                f"duplicate id: {cell.slug} stands in line {first.source.line} with another value; add a breakdown or remove one",
            )


def _blurred_dates(record: Record) -> Iterator[Finding]:
    """Find a date that one passage gives twice, to the day and to the year: its graph could not tell which is which."""
    dates: dict[tuple[str, str], Claim] = {}
    for claim in record.claims:
        for passage in claim.passages if claim.value.precision else ():
            first = dates.setdefault((claim.property.key, passage), claim)
            if first.value.precision != claim.value.precision:
                message = f"{passage} states `{claim.property.key}` in line {first.source.line} with another precision; keep the finer one"
                yield Finding(claim.source, f"Claim-{claim.property.key}", message)


def _identities(record: Record) -> Iterator[tuple[str, str]]:
    bare = {record.slug.lower().rstrip("_")}
    bare |= {alias.lower().rstrip("_") for alias in record.form.aliases}
    for slug in bare:
        yield record.kind, slug
    for scheme, value in record.form.identifiers.items():
        if value.lower().rstrip("_") not in bare:
            yield scheme, value.lower().rstrip("_")
    for claim in record.claims:
        if claim.property.key in ("idLocal", "doi") and claim.value.term.value.lower().rstrip("_") not in bare:
            yield claim.property.key, claim.value.term.value.lower().rstrip("_")
