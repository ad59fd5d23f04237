"""Legal lineage: what an act rests on and what rests on it, link by link with the passages, and its state on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Annotated, ClassVar, Literal

import pyoxigraph as ox
from pydantic import Field

from kg.namespaces import CITO, CV, DCTERMS, EGOV, ELI, local_name
from kg.query.choosing import entity_of
from kg.query.coverage import why_empty
from kg.query.facts import Edge, facts_of, pointing_to
from kg.query.force import Dates, Force, State
from kg.query.framing import Table
from kg.query.telling import Answer, Cited, Missing, Shape, Teller, Thing, extent, seen, sources
from kg.query.viewing import View
from kg.store.base import Store

RELATIONS: dict[ox.NamedNode, tuple[str, str]] = {
    ELI.amends: ("amends", "amended by"),
    ELI.repeals: ("repeals", "repealed by"),
    ELI.based_on: ("based on", "basis of"),
    ELI.is_annex_of: ("annex of", "has annex"),
    ELI.cites: ("cites", "cited by"),
    DCTERMS.replaces: ("succeeds", "succeeded by"),
    EGOV.approvedBy: ("approved by", "approves"),
    EGOV.establishes: ("establishes", "established by"),
    EGOV.basedOn: ("based on", "basis of"),
    CV.hasLegalResource: ("has legal resource", "legal resource of"),
    CITO.cites: ("cites", "cited by"),
}
"""Properties of the lineage: how each reads from its subject, and from its object."""
_RESTING = frozenset({ELI.based_on, ELI.is_annex_of, EGOV.approvedBy, EGOV.basedOn, CV.hasLegalResource})
"""Properties by which the subject rests on the object."""
_WALKED = frozenset({"act", "programme", "organisation"})
"""Kinds from which the walk goes on; of others only the link is told."""


@dataclass(frozen=True)
class Link(Shape):
    """One stated relation. `way` says where it was met: `rests-on` (from the act outwards) or `rested-on` (towards it)."""

    start: Annotated[str, Field(description="Subject, kind/slug", examples=["programme/digital-kazakhstan"])]
    relation: Annotated[str, Field(examples=["approved by"])]
    inverse: Annotated[str, Field(description="The same read from the object", examples=["approves"])]
    property: Annotated[str, Field(examples=["egov:approvedBy"])]
    end: Annotated[str, Field(description="Object, kind/slug", examples=["act/P1700000827"])]
    way: Literal["rests-on", "rested-on"]
    depth: Annotated[int, Field(description="Links from the act asked for")]
    passages: tuple[Cited, ...]


@dataclass(frozen=True)
class Node(Shape):
    """A thing of the lineage; `dates` of acts alone, `state` where a day was asked for."""

    thing: Thing
    kind: Annotated[str, Field(examples=["act"])]
    dates: Dates | None
    repealed_by: tuple[str, ...]
    state: State | None


@dataclass(frozen=True)
class Lineage(Answer):
    """An act, its dates and state, and its lineage as a graph (`nodes`, `edges`).

    `amended_by` are the amending acts (with a day: signed by then); `on_repealed` says what rests on an act that was repealed.
    """

    act: Node
    nodes: tuple[Node, ...]
    edges: tuple[Link, ...]
    amended_by: tuple[str, ...]
    on_repealed: tuple[str, ...]

    numbers: ClassVar[frozenset[str]] = frozenset({"depth"})

    def table(self) -> Table:
        """Return the lineage as a list: a row a link, from the act outwards."""
        names = {node.thing.id: node.thing.label for node in self.nodes}
        header = ("from", "fromLabel", "relation", "to", "toLabel", "way", "depth", "passages")
        rows = [(e.start, names[e.start], e.relation, e.end, names[e.end], e.way, str(e.depth), sources(e.passages)) for e in self.edges]
        return header, rows


def trace(view: View, teller: Teller, name: str, day: date | None = None) -> Lineage:
    """Return the lineage of an act by slug, identifier or IRI, its states judged on a day; raises UnknownEntity."""
    act = entity_of(view, "act", name)
    found: dict[Edge, tuple[Literal["rests-on", "rested-on"], int]] = {}
    for edge, depth in _walk(view.store, act, outwards=True):
        found.setdefault(edge, ("rests-on", depth))
    for edge, depth in _walk(view.store, act, outwards=False):
        found.setdefault(edge, ("rested-on", depth))
    things = list(dict.fromkeys([act, *(node for edge in found for node in (edge.subject, edge.object))]))
    force = Force(view.store, [thing for thing in things if _kind(thing) in _WALKED])
    teller.learn(things, [*force.passages(), *(passage for edge in found for passage in edge.passages)])
    nodes = {thing: _node(thing, force, teller, day) for thing in things}
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[1][1], item[0].predicate.value, item[0].subject.value))
    edges = tuple(_link(edge, way, depth, teller) for edge, (way, depth) in ordered)
    amending = [edge.subject for edge in found if edge.predicate == ELI.amends and edge.object == act]
    return Lineage(
        act=nodes[act],
        nodes=tuple(nodes.values()),
        edges=edges,
        amended_by=tuple(sorted(nodes[node].thing.id for node in amending if not _later(nodes[node], day))),
        on_repealed=tuple(_on_repealed(found, force, nodes, day)),
        missing=tuple(_missing(view, nodes[act], edges)),
        view=seen(view, day),
    )


def _walk(store: Store, start: ox.NamedNode, *, outwards: bool) -> Iterable[tuple[Edge, int]]:
    """Yield the links one way, breadth first: from subjects to objects, or back. Whoever cites is told of the start alone."""
    known, front = {start}, [start]
    for depth in count(1):
        asked = [p for p in RELATIONS if depth == 1 or p not in (CITO.cites, ELI.cites)]
        if outwards:
            facts = facts_of(store, front, asked)
            links = [edge for node in front for predicate in asked for edge in facts.edges(node, predicate)]
        else:
            links = pointing_to(store, front, asked)
        for edge in links:
            yield edge, depth
        ends = [edge.object if outwards else edge.subject for edge in links]
        front = [node for node in dict.fromkeys(ends) if node not in known and _kind(node) in _WALKED]
        known |= set(front)
        if not front:
            return


def _node(thing: ox.NamedNode, force: Force, teller: Teller, day: date | None) -> Node:
    kind = _kind(thing)
    return Node(
        thing=teller.thing(thing),
        kind=kind,
        dates=force.dates(thing, teller) if kind == "act" else None,
        repealed_by=tuple(local_name(edge.subject.value) or edge.subject.value for edge in force.repealed_by(thing)),
        state=force.state(thing, day) if day and kind in ("act", "programme") else None,
    )


def _link(edge: Edge, way: Literal["rests-on", "rested-on"], depth: int, teller: Teller) -> Link:
    forth, back = RELATIONS[edge.predicate]
    start, end = teller.thing(edge.subject), teller.thing(edge.object)
    return Link(start.id, forth, back, teller.thing(edge.predicate).id, end.id, way, depth, teller.cited(edge.passages))


def _on_repealed(found: Iterable[Edge], force: Force, nodes: dict[ox.NamedNode, Node], day: date | None) -> Iterable[str]:
    for edge in found:
        if edge.predicate in _RESTING and force.repealed_by(edge.object) and force.ended(edge.object, day):
            if force.ended(edge.subject, day) and _kind(edge.subject) in _WALKED:
                continue
            by = ", ".join(nodes[edge.object].repealed_by)
            start, end = nodes[edge.subject].thing.id, nodes[edge.object].thing.id
            yield f"{start} ({RELATIONS[edge.predicate][0]}) rests on {end}, repealed by {by}"


def _missing(view: View, act: Node, edges: tuple[Link, ...]) -> Iterable[Missing]:
    why = why_empty(view.store, "act")
    if act.dates:
        for name in act.dates.lacking():
            yield Missing(
                f"date {name}", f"no source gives the date on which {act.thing.id} was {_DONE[name]}; {why.why}", read=extent(why)
            )
    own = {edge.relation for edge in edges if edge.start == act.thing.id} | {edge.inverse for edge in edges if edge.end == act.thing.id}
    for relation, words in _EXPECTED.items():
        if relation not in own:
            yield Missing(relation, f"no source says {words} {act.thing.id}; {why.why}", read=extent(why))


_DONE = {"signed": "signed", "published": "published", "in force": "first in force", "applicable": "first applicable"}
_EXPECTED = {
    "based on": "what is the legal basis of",
    "approves": "that a programme was approved by",
    "amended by": "that an act amends",
    "repealed by": "that an act repeals",
}


def _later(node: Node, day: date | None) -> bool:
    signed = node.dates.signed if node.dates else None
    return bool(day and signed and signed.day > day.isoformat())


def _kind(node: ox.NamedNode) -> str:
    return (local_name(node.value) or "").partition("/")[0]
