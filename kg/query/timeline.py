"""Programmes, acts and stages on one axis of time, each with its begin and end and the passages that date it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import pyoxigraph as ox
from pydantic import Field

from kg.errors import Impossible
from kg.namespaces import EGOV, ELI, SCHEMA
from kg.query.axis import KINDS, Place, axis_of
from kg.query.choosing import check_periods
from kg.query.facts import Facts, facts_of
from kg.query.framing import Table
from kg.query.telling import Answer, Day, Missing, Shape, Teller, Thing, seen, sources
from kg.query.viewing import View


@dataclass(frozen=True)
class Event(Shape):
    """A thing on the axis. `basis` says what its begin is: start, signed (of an act), or approval (of the act that approves it)."""

    thing: Thing
    kind: Annotated[str, Field(examples=["programme"])]
    begin: Day | None
    end: Day | None
    basis: Annotated[str | None, Field(examples=["start", "signed", "approval"])]
    open_ended: bool = False


@dataclass(frozen=True)
class Timeline(Answer):
    """What began by the last day and had not ended before the first, by begin; `undated` are things that no source dates."""

    count: int
    complete: bool
    events: tuple[Event, ...]
    undated: tuple[str, ...]
    next: Annotated[str | None, Field(description="Address of the next page")] = None

    def table(self) -> Table:
        """Return a row a thing."""
        rows = [
            (
                e.begin.date if e.begin else "", e.end.date if e.end else "", e.kind, e.thing.id, e.thing.label, e.basis or "",
                str(e.open_ended).lower(), sources((*(e.begin.passages if e.begin else ()), *(e.end.passages if e.end else ()))),
            )
            for e in self.events
        ]  # fmt: skip
        return ("begin", "end", "kind", "thing", "label", "basis", "openEnded", "passages"), rows


def read_timeline(
    view: View, teller: Teller, first: str = "", last: str = "", kinds: Sequence[str] = (), position: int = 0, limit: int = 1000
) -> Timeline:
    """Return the axis from `first` to `last` (years or months; empty: no limit); raises Impossible for what is none, and for a kind."""
    check_periods(first, last)
    for kind in kinds:
        if kind not in KINDS:
            raise Impossible("kind", kind, "it has no place on the axis", KINDS)
    axis = axis_of(view.store, kinds)
    shown = axis.between(first, last)
    missing: tuple[Missing, ...] = ()
    if not shown:
        asked = " to ".join(filter(None, (first, last)))
        missing = (Missing("events", f"no source dates an act, programme or stage to {asked or 'any day'}"),)
    return Timeline(
        count=len(shown),
        complete=position + limit >= len(shown),
        events=tuple(_events(view, teller, shown[position : position + limit])),
        undated=axis.undated,
        missing=missing,
        view=seen(view),
    )


def _events(view: View, teller: Teller, places: Sequence[Place]) -> list[Event]:
    nodes = [ox.NamedNode(place.thing) for place in places]
    facts = facts_of(
        view.store,
        nodes,
        [SCHEMA.startDate, SCHEMA.endDate, ELI.date_document, ELI.date_no_longer_in_force, EGOV.openEnded, EGOV.approvedBy],
    )
    acts = [edge.object for node in nodes for edge in facts.edges(node, EGOV.approvedBy)]
    signed = facts_of(view.store, acts, [ELI.date_document])
    teller.learn(nodes, [*facts.passages(), *signed.passages()])
    return [_event(node, place.kind, facts, signed, teller) for node, place in zip(nodes, places, strict=True)]


def _event(node: ox.NamedNode, kind: str, facts: Facts, signed: Facts, teller: Teller) -> Event:
    end = teller.day(facts, node, SCHEMA.endDate) or teller.day(facts, node, ELI.date_no_longer_in_force)
    event = Event(teller.thing(node), kind, None, end, None, facts.text(node, EGOV.openEnded) == "true")
    for predicate, basis in ((SCHEMA.startDate, "start"), (ELI.date_document, "signed")):
        if begin := teller.day(facts, node, predicate):
            return replace(event, begin=begin, basis=basis)
    for edge in facts.edges(node, EGOV.approvedBy):
        if begin := teller.day(signed, edge.object, ELI.date_document):
            return replace(event, begin=begin, basis="approval")
    return event
