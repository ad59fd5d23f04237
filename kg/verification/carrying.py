"""What the claims of a passage carry: the numbers of their values, of their figures, and of the things they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pyoxigraph as ox

from kg.curation.records import Cell, Claim, Curated, Record
from kg.findings import Source
from kg.namespaces import ID, XSD, concept, shorten
from kg.terms import Terms
from kg.verification.numbers import Number, values_in

_ADDRESSES = frozenset({"doi", "url", "homepage", "orcid"})
"""Keys whose numbers are parts of an address: they say nothing of the text's."""
_IDENTITY = frozenset({"name", "title", "number", "ordinal", "notation", "signedDate", "altName"})
"""Keys by which a text names a thing: who claims something of decree No. 827 of 2017 carries 827 and 2017."""


@dataclass(frozen=True)
class Carrier:
    """The claim that carries a number, in words, and where it is written."""

    claim: str
    source: Source


@dataclass
class Carried:
    """The numbers that the claims of one passage carry, by value, and the figures as printed."""

    values: dict[Decimal, Carrier] = field(default_factory=dict)
    printed: dict[str, Carrier] = field(default_factory=dict)

    def carrier(self, number: Number, words: str, start: int) -> Carrier | None:
        """Return the claim that carries a number of this passage, whose words begin at `start` of the text."""
        for value in sorted(number.values):
            if value in self.values:
                return self.values[value]
        if number.parts and all(part in self.values for part in number.parts):
            return self.values[number.parts[0]]
        for printed, carrier in self.printed.items():
            if any(at <= number.start - start and number.end - start <= at + len(printed) for at in _places(printed, words)):
                return carrier
        return None

    def add(self, values: set[Decimal], carrier: Carrier) -> None:
        """Let a claim carry these values where no earlier one does."""
        for value in values:
            self.values.setdefault(value, carrier)


def carried_by(curated: Curated, terms: Terms) -> Mapping[str, Carried]:
    """Return what the claims of each passage carry, by `document/passage`: values first, then what they name."""
    found: defaultdict[str, Carried] = defaultdict(Carried)
    for cell in curated.cells:
        _add_cell(found[cell.passage], cell, curated, terms)
    for record in curated.records.values():
        for claim in record.claims:
            values = _values(claim)
            for passage in claim.passages:
                found[passage].add(values, Carrier(_worded(record, claim), claim.source))
    for record in curated.records.values():
        for claim in record.claims:
            names = _names(record, claim, curated, terms)
            for passage in claim.passages:
                found[passage].add(names, Carrier(f"{_worded(record, claim)} (by name)", claim.source))
    return found


def _add_cell(carried: Carried, cell: Cell, curated: Curated, terms: Terms) -> None:
    carrier = Carrier(f"{cell.slug} = {cell.printed}", cell.source)
    carried.printed.setdefault(cell.printed, carrier)
    carried.add(values_in(cell.printed) | ({abs(cell.value)} if cell.value is not None else set()), carrier)
    carried.add({Decimal(part) for day in cell.period.split("/") for part in day.split("-")}, carrier)
    labels = [terms.code_labels.get(concept("breakdown", code), {}) for code in filter(None, cell.breakdown.split("+"))]
    labels.append(terms.code_labels.get(concept("unit", cell.unit), {}))
    names = {value for label in labels for text in label.values() for value in values_in(text)}
    indicator = curated.records.get(f"indicator/{cell.indicator}")
    carried.add(names | (_identity(indicator) if indicator else set()), Carrier(f"{carrier.claim} (by name)", cell.source))


def _values(claim: Claim) -> set[Decimal]:
    term, precision = claim.value.term, claim.value.precision
    if not isinstance(term, ox.Literal) or claim.property.key in _ADDRESSES:
        return set()
    if term.datatype == XSD.date:
        parts = term.value.split("-")
        return {Decimal(part) for part in parts[: {"year": 1, "month": 2}.get(precision or "", 3)]}
    return values_in(term.value)


def _names(record: Record, claim: Claim, curated: Curated, terms: Terms) -> set[Decimal]:
    """Return the numbers of the names of the two things that a claim ties together."""
    value = claim.value.term
    found = _identity(record)
    if isinstance(value, ox.NamedNode):
        other = curated.records.get(value.value.removeprefix(ID))
        labels = terms.code_labels.get(value, {})
        found |= _identity(other) if other else {number for text in labels.values() for number in values_in(text)}
    return found


def _identity(record: Record) -> set[Decimal]:
    if record.kind == "document":
        return set()  # what a citation gives is in citations.py
    form = record.form
    texts = [*form.label.values(), *form.notation, *(text for texts in form.altLabel.values() for text in texts)]
    named = {value for text in texts for value in values_in(text)}
    return named.union(*(_values(claim) for claim in record.claims if claim.property.key in _IDENTITY))


def _worded(record: Record, claim: Claim) -> str:
    term = claim.value.term
    value = shorten(term.value) if isinstance(term, ox.NamedNode) else term.value
    return f"{record.name} {claim.property.key} {value[:60]}"


def _places(sought: str, words: str) -> Iterator[int]:
    at = words.find(sought)
    while at >= 0:
        yield at
        at = words.find(sought, at + 1)
