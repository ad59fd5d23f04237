"""Programmes, acts and stages on one axis of time, each with its begin and end and the passages that date it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import pyoxigraph as ox
from pydantic import Field

from kg.errors import Impossible
from kg.namespaces import EGOV, ELI, SCHEMA, local_name
from kg.query.choosing import check_periods
from kg.query.facts import Facts, facts_of
from kg.query.framing import Table
from kg.query.telling import Answer, Day, Missing, Shape, Teller, Thing, seen, sources
from kg.query.viewing import View

KINDS = ("act", "programme", "stage")
"""What stands on the axis."""
_THINGS = """SELECT ?thing WHERE {
  VALUES ?class { UNDEF } ?thing a ?class
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
    found: list[Event] = []
    for kind in kinds or KINDS:
        found += _events(view, teller, kind)
    dated = [event for event in found if event.begin or event.end]
    kept = sorted((event for event in dated if _within(event, first, last)), key=_order)
    missing: tuple[Missing, ...] = ()
    if not kept:
        asked = " to ".join(filter(None, (first, last)))
        missing = (Missing("events", f"no source dates an act, programme or stage to {asked or 'any day'}"),)
    return Timeline(
        count=len(kept),
        complete=position + limit >= len(kept),
        events=tuple(kept[position : position + limit]),
        undated=tuple(sorted(event.thing.id for event in found if not event.begin and not event.end)),
        missing=missing,
        view=seen(view),
    )


def _events(view: View, teller: Teller, kind: str) -> list[Event]:
    rows = view.store.rows(_THINGS, **{"class": _CLASSES[kind]})
    nodes = list(dict.fromkeys(row["thing"] for row in rows if isinstance(row["thing"], ox.NamedNode)))
    nodes = [node for node in nodes if (local_name(node.value) or "").startswith(f"{kind}/")]
    facts = facts_of(
        view.store,
        nodes,
        [SCHEMA.startDate, SCHEMA.endDate, ELI.date_document, ELI.date_no_longer_in_force, EGOV.openEnded, EGOV.approvedBy],
    )
    acts = [edge.object for node in nodes for edge in facts.edges(node, EGOV.approvedBy)]
    signed = facts_of(view.store, acts, [ELI.date_document])
    teller.learn(nodes, [*facts.passages(), *signed.passages()])
    return [_event(node, kind, facts, signed, teller) for node in nodes]


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


def _within(event: Event, first: str, last: str) -> bool:
    begin = event.begin.day if event.begin else ""
    end = event.end.day if event.end else begin if event.kind == "act" else "9999"
    return (not last or begin <= f"{last}~") and (not first or end >= first)


def _order(event: Event) -> tuple[str, str, str]:
    return (event.begin.day if event.begin else "", event.kind, event.thing.id)
