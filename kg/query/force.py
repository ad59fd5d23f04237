"""Dates of acts kept apart, and whether a thing was in force on a day: judged by its own dates and by what repeals it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import pyoxigraph as ox
from pydantic import Field

from kg.namespaces import EGOV, ELI, SCHEMA
from kg.query.facts import Edge, Facts, facts_of, pointing_to
from kg.query.telling import Day, Shape, Teller, Thing
from kg.store.base import Store

_FOUR = {
    "signed": ELI.date_document,
    "published": ELI.date_publication,
    "in force": ELI.first_date_entry_in_force,
    "applicable": ELI.date_applicability,
}
_BEGINS = (SCHEMA.startDate, ELI.first_date_entry_in_force, ELI.date_document)
_ENDS = (SCHEMA.endDate, ELI.date_no_longer_in_force)
_DATES = (*_FOUR.values(), ELI.date_no_longer_in_force, SCHEMA.startDate, SCHEMA.endDate)
_BASIS = {SCHEMA.startDate: "start", ELI.first_date_entry_in_force: "in force", ELI.date_document: "signed"}


@dataclass(frozen=True)
class Dates(Shape):
    """The dates of an act, each by itself: publication is not commencement. None: no source gives it."""

    signed: Day | None = None
    published: Day | None = None
    in_force: Day | None = None
    applicable: Day | None = None
    ended: Day | None = None

    def lacking(self) -> list[str]:
        """Return the names of those of the four dates that no source gives."""
        given = {"signed": self.signed, "published": self.published, "in force": self.in_force, "applicable": self.applicable}
        return [name for name, day in given.items() if day is None]


@dataclass(frozen=True)
class State(Shape):
    """Whether a thing was in force on a day, and why: a sentence that names the dates it was judged by."""

    day: Annotated[str, Field(examples=["2020-01-01"])]
    state: Literal["in-force", "not-in-force", "undated"]
    begin: str | None
    end: str | None
    why: Annotated[str, Field(examples=["signed 2017-12-12; no source gives the day it came into force"])]


class Force:
    """The dates of many things and the acts that repeal them, fetched at once."""

    def __init__(self, store: Store, things: Iterable[ox.NamedNode]) -> None:
        wanted = list(dict.fromkeys(things))
        self._repeals: dict[ox.NamedNode, list[Edge]] = {}
        for edge in pointing_to(store, wanted, [ELI.repeals]):
            self._repeals.setdefault(edge.object, []).append(edge)
        approving = facts_of(store, wanted, [EGOV.approvedBy])
        self._approved = {thing: approving.edges(thing, EGOV.approvedBy) for thing in wanted}
        behind = [edge.object for edges in self._approved.values() for edge in edges]
        behind += [edge.subject for edges in self._repeals.values() for edge in edges]
        self.facts: Facts = facts_of(store, [*wanted, *behind], _DATES)

    def passages(self) -> list[ox.NamedNode]:
        """Return the passages behind all dates."""
        return self.facts.passages()

    def dates(self, thing: ox.NamedNode, teller: Teller) -> Dates:
        """Return the dates of an act."""
        signed, published, in_force, applicable = (teller.day(self.facts, thing, predicate) for predicate in _FOUR.values())
        return Dates(signed, published, in_force, applicable, teller.day(self.facts, thing, ELI.date_no_longer_in_force))

    def repealed_by(self, thing: ox.NamedNode) -> list[Edge]:
        """Return the acts that repeal a thing."""
        return self._repeals.get(thing, [])

    def ended(self, thing: ox.NamedNode, day: date | None) -> bool:
        """Say whether a thing was repealed or had run out by a day; without a day, ever."""
        if day is None:
            return bool(self.repealed_by(thing)) or self._end(thing) != ""
        return bool(self._end(thing)) and self._end(thing) < day.isoformat()

    def state(self, thing: ox.NamedNode, day: date) -> State:
        """Return whether a thing was in force on a day."""
        begin, basis = self._begin(thing)
        end = self._end(thing)
        asked = day.isoformat()
        outside = (begin and begin > asked) or (end and end < asked)
        state: Literal["in-force", "not-in-force", "undated"] = "not-in-force" if outside else "in-force" if begin else "undated"
        return State(asked, state, begin or None, end or None, self._why(thing, begin, basis, end))

    def _begin(self, thing: ox.NamedNode) -> tuple[str, str]:
        for predicate in _BEGINS:
            if day := self.facts.text(thing, predicate):
                return day, _BASIS[predicate]
        for edge in self._approved.get(thing, []):
            if day := self.facts.text(edge.object, ELI.date_document):
                return day, "its approval"
        return "", ""

    def _end(self, thing: ox.NamedNode) -> str:
        days = [self.facts.text(thing, predicate) for predicate in _ENDS]
        days += [self._begin(edge.subject)[0] for edge in self.repealed_by(thing)]
        return min(filter(None, days), default="")

    def _why(self, thing: ox.NamedNode, begin: str, basis: str, end: str) -> str:
        parts = [f"{basis} {begin}" if begin else "no source says when it began"]
        if basis == "signed":
            parts.append("no source gives the day it came into force")
        for edge in self.repealed_by(thing):
            when = self._begin(edge.subject)[0]
            name = edge.subject.value.rpartition("/id/")[2]
            parts.append(f"repealed by {name}{f' of {when}' if when else ', which no source dates'}")
        if end and not self.repealed_by(thing):
            parts.append(f"ended {end}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Span(Shape):
    """A thing with its begin and end, as far as sources give them."""

    thing: Thing
    kind: Annotated[str, Field(examples=["programme"])]
    begin: Day | None
    end: Day | None
