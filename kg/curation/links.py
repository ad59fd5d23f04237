"""Check records against each other: links that lead nowhere, two records of one thing, one figure twice in a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from kg.curation.forms import CompareForm
from kg.curation.records import Cell, Claim, Curated, Record
from kg.curation.values import compared_property
from kg.findings import Finding, Source
from kg.namespaces import ID
from kg.terms import Terms

_SLUG_SUGGESTIONS = 3


def unknown_links(curated: Curated, terms: Terms) -> Iterator[Finding]:
    """Find references to records and passages that are not there, each with near ones."""
    for record in curated.records.values():
        for claim in record.claims:
            yield from _unknown_passages(claim.passages, curated, claim.stated_at, record)
            target = claim.value.term.value
            if target.startswith(ID) and claim.property.value_type in ("entity", "iri"):
                yield from _unknown_record(target.removeprefix(ID), curated, claim.source, f"Claim-{claim.property.key}")
        if compare := record.form.compare:
            yield from _unknown_passages(compare.stated, curated, record.place("compare", "stated"), record)
            yield from _unknown_sides(record, compare, curated, terms)
        yield from _unknown_unclaimed(record, curated)
        if rule := record.form.rule:
            for slug in dict.fromkeys(measure.indicator for measure in (rule.result, *rule.inputs)):
                yield from _unknown_record(f"indicator/{slug}", curated, record.source, "Record-rule")
    for cell in curated.cells:
        yield from _unknown_passages((cell.passage,), curated, cell.source, None)
        for kind, slug in (("indicator", cell.indicator), ("area", cell.area)):
            yield from _unknown_record(f"{kind}/{slug}", curated, cell.source, f"Observation-{kind}")


def _unknown_sides(record: Record, compare: CompareForm, curated: Curated, terms: Terms) -> Iterator[Finding]:
    """Find what a comparison names that is not there: its property, its things."""
    if compared_property(compare.property, terms) is None:
        near = get_close_matches(compare.property, terms.claim_keys(), 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        at = record.place("compare", "property")
        yield Finding(at, "Record-compare", f"`{compare.property}` is no key of a claim that can be compared{hint}")
    figures = {f"observation/{cell.slug}" for cell in curated.cells}
    for name in compare.of:
        if name not in figures:
            yield from _unknown_record(name, curated, record.place("compare", "of"), "Record-compare")


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


def duplicates(curated: Curated) -> Iterator[Finding]:
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
