"""Programmes, acts and stages on one axis of time, each with its begin and end and the passages that date it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import attrgetter
from typing import Annotated

import pyoxigraph as ox
from pydantic import Field

from kg.errors import Impossible
from kg.namespaces import EGOV, ELI, SCHEMA, local_name, shorten
from kg.query.choosing import check_periods
from kg.query.facts import Facts, facts_of
from kg.query.framing import Table
from kg.query.keeping import kept
from kg.query.telling import Answer, Day, Missing, Shape, Teller, Thing, seen, sources
from kg.query.viewing import View
from kg.store.base import Store

KINDS = ("act", "programme", "stage")
"""What stands on the axis."""
_TYPED = "SELECT ?thing WHERE { VALUES ?class { UNDEF } ?thing a ?class }"
_VALUES = "SELECT ?thing ?value WHERE {{ ?thing {predicate} ?value }}"
_BEGINS = (SCHEMA.startDate, ELI.date_document)
_ENDS = (SCHEMA.endDate, ELI.date_no_longer_in_force)
"""What begins or ends a thing, the first that there is."""
_CLASSES = {"act": EGOV.LegalAct, "programme": EGOV.Programme, "stage": EGOV.Stage}


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
    axis = kept(view.store, ("axis", *sorted(kinds or KINDS)), lambda: _axis(view.store, kinds or KINDS))
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a thing stands on the axis, without what is told of it: first and last day (empty: no source gives one)."""

    begin: str
    kind: str
    thing: str
    end: str

    def lasts(self, first: str) -> bool:
        """Say whether it had not ended before a period."""
        return (self.end or (self.begin if self.kind == "act" else "9999")) >= first


@dataclass(frozen=True)
class _Axis:
    """Things of some kinds with their days alone, by begin: whatever is told of them is read for the page that is shown."""

    places: list[_Place]
    undated: tuple[str, ...]

    def between(self, first: str, last: str) -> Sequence[_Place]:
        """Return what meets the periods from `first` to `last`."""
        until = bisect_right(self.places, f"{last}~", key=_begin) if last else len(self.places)
        if first:
            return [place for place in islice(self.places, until) if place.lasts(first)]
        return self.places if until == len(self.places) else self.places[:until]


_begin = attrgetter("begin")
_order = attrgetter("begin", "kind", "thing")


def _axis(store: Store, kinds: Sequence[str]) -> _Axis:
    """Read the axis: one question a predicate, for one that asks for all days of each thing takes ten times as long."""
    days = {predicate: _first(store, predicate) for predicate in (*_BEGINS, *_ENDS)}
    approvals = _approvals(store, days[ELI.date_document])
    places = []
    for kind in kinds:
        for thing in {row["thing"].value for row in store.rows(_TYPED, **{"class": _CLASSES[kind]})}:
            if (local_name(thing) or "").startswith(f"{kind}/"):
                begin, end = (next((days[one][thing] for one in of if thing in days[one]), "") for of in (_BEGINS, _ENDS))
                places.append(_Place(begin or approvals.get(thing, ""), kind, thing, end))
    places.sort(key=_order)
    return _Axis(
        [place for place in places if place.begin or place.end],
        tuple(sorted(shorten(place.thing) for place in places if not place.begin and not place.end)),
    )


def _first(store: Store, predicate: ox.NamedNode) -> dict[str, str]:
    """Return the value of a property for all that have it; of several the first, as a look-up of the thing has it."""
    found: dict[str, str] = {}
    for thing, value in _pairs(store, predicate):
        if value < found.get(thing, value + "~"):
            found[thing] = value
    return found


def _approvals(store: Store, signed: Mapping[str, str]) -> dict[str, str]:
    """Return the day of the act that approves a thing; of several dated ones the first by IRI."""
    acts: dict[str, str] = {}
    for thing, act in _pairs(store, EGOV.approvedBy):
        if act in signed and act < acts.get(thing, act + "~"):
            acts[thing] = act
    return {thing: signed[act] for thing, act in acts.items()}


def _pairs(store: Store, predicate: ox.NamedNode) -> Iterator[tuple[str, str]]:
    return ((row["thing"].value, row["value"].value) for row in store.rows(_VALUES.format(predicate=predicate)))


def _events(view: View, teller: Teller, places: Sequence[_Place]) -> list[Event]:
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
