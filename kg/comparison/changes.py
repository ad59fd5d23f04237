"""What changed between two datasets: facts added and removed, and pairs of them that are one value changed.

Two literals that write one number are one: a store keeps 0.47430 as 0.4743.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from kg.comparison.sides import Side, in_facts
from kg.namespaces import EGOV, OA, SDMX_A, SKOS, XSD
from kg.terms import Terms

_ALONE = frozenset(
    {
        SKOS.prefLabel, EGOV.printed, EGOV.resolution, EGOV.year, EGOV.textDigest, EGOV.spanDigest, EGOV.locator, EGOV.passageType,
        EGOV.authority, EGOV.coverageExtent, EGOV.computation, OA.start, OA.end, OA.hasSource, SDMX_A.unitMeasure, SDMX_A.obsStatus,
    }
)  # fmt: skip
"""Editorial properties that have one value (of a language): the ontology says so of those that sources claim."""
_PART = re.compile(r"/(selector|identifier/.*|expression/.*|coverage/.*)$")
_NUMERIC = frozenset({XSD.decimal, XSD.integer})

Subject = ox.NamedNode | ox.BlankNode
Value = ox.NamedNode | ox.BlankNode | ox.Literal
Key = tuple[str, str, Hashable]


@dataclass(frozen=True)
class Change:
    """One fact that differs: `old` is None where it was added, `new` where it was removed; both where its value changed."""

    subject: Subject
    predicate: ox.NamedNode
    old: Value | None
    new: Value | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def thing(self) -> str:
        """The IRI of the thing that the fact belongs to: a passage for its selector, an act for its title."""
        return _PART.sub("", self.subject.value).replace("/graph/record/", "/id/")


@dataclass(frozen=True)
class Difference:
    """All changes between two sides, and how many claims of passages came and went."""

    old: Side
    new: Side
    changes: tuple[Change, ...]
    claims_added: int
    claims_removed: int


def compare(old: Side, new: Side, terms: Terms) -> Difference:
    """Return what differs in the facts (the default graphs) of two sides, in the order of their subjects."""
    gone, fresh = old.without(new), new.without(old)
    before, after = _keyed(in_facts(gone)), _keyed(in_facts(fresh))
    removed = [quad for key, quad in before.items() if key not in after]
    added = [quad for key, quad in after.items() if key not in before]
    claims = [_claims(quads) for quads in (gone, fresh)]
    changes = sorted(_paired(removed, added, terms), key=_place)
    return Difference(old, new, tuple(changes), len(claims[1] - claims[0]), len(claims[0] - claims[1]))


def key_of(subject: object, predicate: object, value: Value) -> Key:
    """Return what makes a fact the same: its terms, numbers by their value and language tags in small letters."""
    return str(subject), str(predicate), _comparable(value)


def _keyed(quads: Iterable[ox.Quad]) -> dict[Key, ox.Quad]:
    return {key_of(quad.subject, quad.predicate, _value(quad)): quad for quad in quads}


def _claims(quads: Iterable[ox.Quad]) -> set[tuple[Key, str]]:
    graphs = ((quad, quad.graph_name) for quad in quads)
    return {
        (key_of(quad.subject, quad.predicate, _value(quad)), graph.value)
        for quad, graph in graphs
        if isinstance(graph, ox.NamedNode) and "/id/passage/" in graph.value
    }


def _paired(removed: list[ox.Quad], added: list[ox.Quad], terms: Terms) -> list[Change]:
    """Join what one place lost and won where it holds one value: that is a change, not a removal and an addition."""
    alone = terms.single_valued | frozenset(terms.precision_of.values()) | _ALONE
    places: defaultdict[tuple[str, str, str], tuple[list[ox.Quad], list[ox.Quad]]] = defaultdict(lambda: ([], []))
    for side, quads in enumerate((removed, added)):
        for quad in quads:
            places[str(quad.subject), str(quad.predicate), _language(_value(quad))][side].append(quad)
    found = []
    for lost, won in places.values():
        first = (lost or won)[0]
        if len(lost) == len(won) == 1 and first.predicate in alone:
            found.append(_change(first, _value(lost[0]), _value(won[0])))
            continue
        found += [_change(quad, _value(quad), None) for quad in lost]
        found += [_change(quad, None, _value(quad)) for quad in won]
    return found


def _change(quad: ox.Quad, old: Value | None, new: Value | None) -> Change:
    assert isinstance(quad.subject, ox.NamedNode | ox.BlankNode)
    return Change(quad.subject, quad.predicate, old, new)


def _value(quad: ox.Quad) -> Value:
    assert isinstance(quad.object, ox.NamedNode | ox.BlankNode | ox.Literal)
    return quad.object


def _language(value: Value) -> str:
    return (value.language or "").lower() if isinstance(value, ox.Literal) else ""


def _comparable(value: Value) -> Hashable:
    if not isinstance(value, ox.Literal):
        return str(value)
    if value.datatype in _NUMERIC:
        try:
            return str(value.datatype), Decimal(value.value)
        except InvalidOperation:
            return str(value)
    return value.value, (value.language or "").lower(), value.datatype.value


def _place(change: Change) -> tuple[object, ...]:
    """Order changes by thing: knowledge first, passages and conflicts after it; within a thing by property."""
    thing = change.thing
    last = "/id/passage/" in thing, "/id/conflict/" in thing, "/id/" not in thing
    return (
        *last[::-1],
        thing,
        change.subject.value != thing,
        str(change.subject),
        change.predicate.value,
        change.kind,
        str(change.old or change.new),
    )
