"""Conflicts as the store holds them, each with every side, the passages and the rule that decides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.namespaces import EGOV, SKOS, local_name
from kg.store.base import Row, Store

_CONFLICTS = """SELECT ?conflict ?p ?o WHERE {
  VALUES ?subject { UNDEF }
  GRAPH <https://w3id.org/egovkg/graph/derived/conflicts> { ?conflict egov:conflictSubject ?subject ; ?p ?o }
}"""
_SIDES = """SELECT ?conflict ?passage ?document ?locator ?value ?printed WHERE {
  VALUES ?conflict { UNDEF }
  GRAPH <https://w3id.org/egovkg/graph/derived/conflicts> {
    ?conflict egov:conflictSubject ?subject ; egov:conflictProperty ?property ; egov:statedIn ?passage
  }
  ?passage oa:hasSource ?document ; egov:locator ?locator .
  OPTIONAL { GRAPH ?passage { ?subject ?property ?value . OPTIONAL { ?subject egov:printed ?printed } } }
}"""


@dataclass(frozen=True)
class Side:
    """What one passage says; `value` is None for a passage that only gives an input of the computation."""

    passage: ox.NamedNode
    document: ox.NamedNode
    locator: str
    value: ox.NamedNode | ox.Literal | None
    printed: str = ""


@dataclass(frozen=True)
class Disagreement:
    """One conflict. `accepted` is None where it is undecided; `computed` and `computation` are of arithmetic ones."""

    iri: ox.NamedNode
    kind: str
    subject: ox.NamedNode
    property: ox.NamedNode
    rule: str
    label: str
    accepted: ox.NamedNode | ox.Literal | None = None
    computed: str = ""
    computation: str = ""
    under: str = ""
    sides: tuple[Side, ...] = field(default=())


def find_conflicts(
    store: Store, subject: ox.NamedNode | None = None, kind: str | None = None, document: str | None = None
) -> list[Disagreement]:
    """Return the conflicts about a thing, of a kind, or in which a document (`abil-2023`) has a side; all without filter."""
    rows = store.rows(_CONFLICTS, **({"subject": subject} if subject else {}))
    described: dict[ox.NamedNode, dict[ox.NamedNode, ox.NamedNode | ox.Literal]] = defaultdict(dict)
    for row in rows:
        conflict, predicate, value = row["conflict"], row["p"], row["o"]
        in_reach = not isinstance(value, ox.Literal) or value.language in (None, "en")
        if isinstance(conflict, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and not isinstance(value, ox.BlankNode) and in_reach:
            described[conflict][predicate] = value
    sides = _sides(store, list(described)) if described else {}
    found = [_disagreement(iri, about, tuple(sides.get(iri, ()))) for iri, about in described.items()]
    wanted = [c for c in found if (not kind or c.kind == kind) and (not document or _involves(c, document))]
    return sorted(wanted, key=lambda c: (c.kind, c.iri.value))


def _sides(store: Store, conflicts: list[ox.NamedNode]) -> dict[ox.NamedNode, list[Side]]:
    found: dict[ox.NamedNode, dict[Side, None]] = defaultdict(dict)
    for row in store.rows(_SIDES, conflict=list(conflicts)):
        found[_named(row, "conflict")][_side(row)] = None
    return {conflict: sorted(sides, key=lambda side: (side.value is None, side.passage.value)) for conflict, sides in found.items()}


def _side(row: Row) -> Side:
    value = row.get("value")
    return Side(
        _named(row, "passage"),
        _named(row, "document"),
        row["locator"].value,
        value if isinstance(value, ox.NamedNode | ox.Literal) else None,
        row["printed"].value if "printed" in row else "",
    )


def _disagreement(iri: ox.NamedNode, about: dict[ox.NamedNode, ox.NamedNode | ox.Literal], sides: tuple[Side, ...]) -> Disagreement:
    def text(predicate: ox.NamedNode) -> str:
        return about[predicate].value if predicate in about else ""

    return Disagreement(
        iri=iri,
        kind=text(EGOV.conflictKind).rpartition("/")[2],
        subject=ox.NamedNode(text(EGOV.conflictSubject)),
        property=ox.NamedNode(text(EGOV.conflictProperty)),
        rule=text(EGOV.decidedBy).rpartition("/")[2],
        label=text(SKOS.prefLabel),
        accepted=about.get(EGOV.acceptedValue),
        computed=text(EGOV.computedValue),
        computation=text(EGOV.computation),
        under=local_name(text(EGOV.underRule)) or "",
        sides=sides,
    )


def _involves(conflict: Disagreement, document: str) -> bool:
    slug = document.removeprefix("document/")
    return any(side.document.value.endswith(f"/document/{slug}") for side in conflict.sides)


def _named(row: Row, key: str) -> ox.NamedNode:
    node = row[key]
    assert isinstance(node, ox.NamedNode), node
    return node
