"""Programmes, acts and stages on one axis of time, each with its begin and end and the passages that date it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
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
_AXIS = """SELECT ?thing ?start ?signed ?end ?ended ?act ?approval WHERE {
  VALUES ?class { UNDEF } ?thing a ?class .
  OPTIONAL { ?thing schema:startDate ?start } OPTIONAL { ?thing schema:endDate ?end }
  OPTIONAL { ?thing eli:date_document ?signed } OPTIONAL { ?thing eli:date_no_longer_in_force ?ended }
  OPTIONAL { ?thing egov:approvedBy ?act . ?act eli:date_document ?approval }
}"""
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
    placed = [place for kind in kinds or KINDS for place in kept(view.store, ("axis", kind), partial(_axis, view.store, kind))]
    shown = sorted((place for place in placed if (place.begin or place.end) and place.within(first, last)), key=_order)
    missing: tuple[Missing, ...] = ()
    if not shown:
        asked = " to ".join(filter(None, (first, last)))
        missing = (Missing("events", f"no source dates an act, programme or stage to {asked or 'any day'}"),)
    return Timeline(
        count=len(shown),
        complete=position + limit >= len(shown),
        events=tuple(_events(view, teller, shown[position : position + limit])),
        undated=tuple(sorted(shorten(place.thing) for place in placed if not place.begin and not place.end)),
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

    def within(self, first: str, last: str) -> bool:
        """Say whether it meets the periods from `first` to `last`."""
        end = self.end or (self.begin if self.kind == "act" else "9999")
        return (not last or self.begin <= f"{last}~") and (not first or end >= first)


def _axis(store: Store, kind: str) -> list[_Place]:
    """Return all things of a kind with their days alone, by begin: whatever is told of them is read for the page that is shown."""
    found: dict[str, dict[str, str]] = {}
    for row in store.rows(_AXIS, **{"class": _CLASSES[kind]}):
        thing = row["thing"]
        if isinstance(thing, ox.NamedNode) and (local_name(thing.value) or "").startswith(f"{kind}/"):
            days = found.setdefault(thing.value, {})
            for name in ("start", "signed", "end", "ended"):  # of several the first, as a look-up of the thing has it
                if name in row:
                    days[name] = min(row[name].value, days.get(name, row[name].value))
            if "approval" in row and row["act"].value <= days.get("act", row["act"].value):
                days |= {"act": row["act"].value, "approval": row["approval"].value}
    places = [
        _Place(
            next((days[name] for name in ("start", "signed", "approval") if name in days), ""),
            kind,
            thing,
            days.get("end") or days.get("ended") or "",
        )
        for thing, days in found.items()
    ]
    return sorted(places, key=_order)


_order = attrgetter("begin", "kind", "thing")


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
