"""Frameworks that an area can be set against: dimensions, elements in the order of their tree, the level each goes with.

Such a framework names one of its dimensions as its scale; the elements right below the scale, in the order of their
ordinals, are its levels. An element goes with the level that it is expected at, else with the level above it in the tree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import UnknownEntity
from kg.namespaces import EGOV, SKOS, entity
from kg.query.entities import Evidence, evidence_of
from kg.query.names import Names
from kg.store.base import Row, Store

Claims = Mapping[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode], tuple[Evidence, ...]]
"""The passages that state a triple between things."""

_SCALES = (
    "SELECT ?framework ?scale WHERE { VALUES ?framework { UNDEF } ?framework a egov:Framework ; egov:scale ?scale } ORDER BY ?framework"
)
_PARTS = """SELECT ?thing ?broader ?ordinal ?expected ?dimension WHERE {
  VALUES ?framework { UNDEF }
  ?thing skos:inScheme ?framework .
  OPTIONAL { ?thing skos:broader ?broader } OPTIONAL { ?thing egov:ordinal ?ordinal } OPTIONAL { ?thing egov:expectedAt ?expected }
  OPTIONAL { ?thing a ?dimension . FILTER(?dimension = egov:Dimension) }
}"""
_CONCERNS = "SELECT ?thing ?about WHERE { VALUES ?thing { UNDEF } ?thing egov:concerns ?about }"
_CLAIMS = """SELECT ?s ?p ?o ?passage WHERE {
  VALUES ?s { UNDEF } VALUES ?p { UNDEF } GRAPH ?passage { ?s ?p ?o } ?passage a egov:Passage
}"""
_LAST = 1_000_000
"""The place of a thing without an ordinal: after those that have one."""


@dataclass(frozen=True)
class Element:
    """An element of a dimension; `level` is the level of the scale that it goes with, `depth` 0 right below its dimension.

    `level_evidence` are the passages that state the tie to the level; `concerns` is what the element is about.
    """

    iri: ox.NamedNode
    dimension: ox.NamedNode
    broader: ox.NamedNode
    depth: int
    level: ox.NamedNode | None
    level_evidence: tuple[Evidence, ...]
    concerns: frozenset[ox.NamedNode]


@dataclass(frozen=True)
class Framework:
    """A framework with a scale; `elements` are in the order of the tree, `levels` lowest first."""

    iri: ox.NamedNode
    scale: ox.NamedNode
    dimensions: tuple[ox.NamedNode, ...]
    levels: tuple[ox.NamedNode, ...]
    elements: tuple[Element, ...]

    def rank(self, element: Element) -> int | None:
        """Return the place of an element's level on the scale, the lowest 0; None where it goes with no level."""
        return self.levels.index(element.level) if element.level else None

    @property
    def skeleton(self) -> frozenset[ox.NamedNode]:
        """Return the framework, its dimensions and its levels: what says nothing of the subject of a statement."""
        return frozenset({self.iri, *self.dimensions, *self.levels})


def read_frameworks(store: Store, names: Names, name: str | None = None) -> list[Framework]:
    """Return every framework with a scale, or the one of a slug; raises UnknownEntity where that is none."""
    given = {}
    if name is not None:
        slug = name.removeprefix("framework/")
        try:
            given = {"framework": entity("framework", slug)}
        except ValueError:  # no IRI can have that slug
            raise UnknownEntity(f"framework/{slug}") from None
    rows = store.rows(_SCALES, **given)
    if name is not None and not rows:
        known = [row["framework"].value.partition("/id/")[2] for row in store.rows(_SCALES)]
        near = [found for found in names.near(name) if found in known]
        raise UnknownEntity(f"framework/{name.removeprefix('framework/')} with a scale", near or known)
    return [_framework(store, named(row, "framework"), named(row, "scale")) for row in rows]


def claims_about(store: Store, things: Iterable[ox.NamedNode], *properties: ox.NamedNode) -> Claims:
    """Return what passages state of things in some properties, with the passages, sorted."""
    found: dict[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode], set[ox.NamedNode]] = defaultdict(set)
    for row in store.rows(_CLAIMS, s=sorted(set(things), key=str), p=list(properties)):
        if isinstance(row["o"], ox.NamedNode):
            found[named(row, "s"), named(row, "p"), row["o"]].add(named(row, "passage"))
    evidence = evidence_of(store, {passage for passages in found.values() for passage in passages})
    return {triple: tuple(evidence[p] for p in sorted(passages, key=str) if p in evidence) for triple, passages in found.items()}


def concerns_of(store: Store, things: Iterable[ox.NamedNode]) -> dict[ox.NamedNode, frozenset[ox.NamedNode]]:
    """Return what things concern."""
    found: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    for row in store.rows(_CONCERNS, thing=sorted(set(things), key=str)):
        if isinstance(row["about"], ox.NamedNode):
            found[named(row, "thing")].add(row["about"])
    return {thing: frozenset(nodes) for thing, nodes in found.items()}


def named(row: Row, key: str) -> ox.NamedNode:
    """Return the thing that a row binds."""
    node = row[key]
    assert isinstance(node, ox.NamedNode), node
    return node


def _framework(store: Store, iri: ox.NamedNode, scale: ox.NamedNode) -> Framework:
    parents: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    expected: dict[ox.NamedNode, ox.NamedNode] = {}
    ordinal: dict[ox.NamedNode, int] = {}
    dimensions = {scale}
    for row in store.rows(_PARTS, framework=iri):
        thing = named(row, "thing")
        if "broader" in row:
            parents[thing].add(named(row, "broader"))
        if "expected" in row:
            expected[thing] = named(row, "expected")
        if "ordinal" in row:
            ordinal[thing] = int(row["ordinal"].value)
        if "dimension" in row:
            dimensions.add(thing)

    def order(thing: ox.NamedNode) -> tuple[int, str]:
        return ordinal.get(thing, _LAST), thing.value

    children: dict[ox.NamedNode, list[ox.NamedNode]] = defaultdict(list)
    for thing in sorted(parents.keys() - dimensions, key=order):
        children[min(parents[thing], key=str)].append(thing)
    levels = tuple(thing for thing in children[scale] if thing in ordinal)
    tree = [step for dimension in sorted(dimensions, key=order) for step in _below(dimension, children)]
    things = [thing for thing, *_ in tree]
    claims = claims_about(store, things, EGOV.expectedAt, SKOS.broader)
    concerns = concerns_of(store, things)
    elements = []
    for thing, parent, depth, path in tree:
        above = [(child, upper) for child, upper in zip((*path[1:], thing), path, strict=True) if upper in levels]
        level, tie = None, None
        if expected.get(thing) in levels:
            level, tie = expected[thing], (thing, EGOV.expectedAt, expected[thing])
        elif thing in levels:
            level, tie = thing, (thing, SKOS.broader, scale)
        elif above:
            level, tie = above[0][1], (above[0][0], SKOS.broader, above[0][1])
        evidence = claims.get(tie, ()) if tie else ()
        elements.append(Element(thing, path[0], parent, depth, level, evidence, concerns.get(thing, frozenset())))
    return Framework(iri, scale, tuple(sorted(dimensions, key=order)), levels, tuple(elements))


Step = tuple[ox.NamedNode, ox.NamedNode, int, tuple[ox.NamedNode, ...]]
"""An element, what it is right below, its depth, and all that it is below, the dimension first."""


def _below(dimension: ox.NamedNode, children: Mapping[ox.NamedNode, list[ox.NamedNode]]) -> list[Step]:
    found: list[Step] = []

    def descend(path: tuple[ox.NamedNode, ...]) -> None:
        for child in children.get(path[-1], ()):
            if child not in path:
                found.append((child, path[-1], len(path) - 1, path))
                descend((*path, child))

    descend((dimension,))
    return found
