"""The axis of time: programmes, acts and stages with their days alone, read once, then brought up to each change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import attrgetter

import pyoxigraph as ox

from kg.namespaces import EGOV, ELI, RDF, SCHEMA, local_name, shorten
from kg.query.keeping import kept
from kg.store.base import Row, Store
from kg.store.binding import Term
from kg.store.changes import Change

KINDS = ("act", "programme", "stage")
"""What stands on the axis."""
_TYPED = "SELECT ?thing WHERE { VALUES ?class { UNDEF } ?thing a ?class }"
_TYPED_OF = "SELECT ?thing WHERE { VALUES ?thing { UNDEF } VALUES ?class { UNDEF } ?thing a ?class }"
_VALUES = "SELECT ?thing ?value WHERE {{ ?thing {predicate} ?value }}"
_VALUES_OF = "SELECT ?thing ?value WHERE {{ VALUES ?thing {{ UNDEF }} ?thing {predicate} ?value }}"
_APPROVED = "SELECT ?thing WHERE { VALUES ?act { UNDEF } ?thing egov:approvedBy ?act }"
_BEGINS = (SCHEMA.startDate, ELI.date_document)
_ENDS = (SCHEMA.endDate, ELI.date_no_longer_in_force)
"""What begins or ends a thing, the first that there is."""
_DATING = frozenset({*_BEGINS, *_ENDS, EGOV.approvedBy, RDF.type})
"""What moves a thing on the axis."""
_CLASSES = {"act": EGOV.LegalAct, "programme": EGOV.Programme, "stage": EGOV.Stage}
_Things = list[Term] | None
"""Some things; None: all."""


def axis_of(store: Store, kinds: Sequence[str] = ()) -> Axis:
    """Return the axis of a store as its data stand, whole or with some kinds of thing alone."""

    def whole() -> Axis:
        return kept(store, "axis", lambda: Axis.with_places(_places(store)), _moved)

    return kept(store, ("axis", *sorted(kinds)), lambda: whole().of(kinds)) if kinds else whole()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands on the axis, without what is told of it: first and last day (empty: no source gives one)."""

    begin: str
    kind: str
    thing: str
    end: str

    def lasts(self, first: str) -> bool:
        """Say whether it had not ended before a period."""
        return (self.end or (self.begin if self.kind == "act" else "9999")) >= first


@dataclass(frozen=True)
class Axis:
    """Things with their days alone, by begin, those without a day last: whatever is told of them is read for the page that is shown."""

    dated: list[Place]
    others: list[Place]

    @classmethod
    def with_places(cls, places: Iterable[Place]) -> Axis:
        """Return the axis with these places on it."""
        dated: list[Place] = []
        others: list[Place] = []
        for place in sorted(places, key=_order):
            (dated if place.begin or place.end else others).append(place)
        return cls(dated, others)

    def of(self, kinds: Sequence[str]) -> Axis:
        """Return the part of the axis with things of some kinds."""
        return Axis(*([place for place in places if place.kind in kinds] for places in (self.dated, self.others)))

    @cached_property
    def undated(self) -> tuple[str, ...]:
        """Return the names of the things that no source dates."""
        return tuple(sorted(shorten(place.thing) for place in self.others))

    def between(self, first: str, last: str) -> Sequence[Place]:
        """Return what meets the periods from `first` to `last`."""
        until = bisect_right(self.dated, f"{last}~", key=_begin) if last else len(self.dated)
        if first:
            return [place for place in islice(self.dated, until) if place.lasts(first)]
        return self.dated if until == len(self.dated) else self.dated[:until]


_begin = attrgetter("begin")
_order = attrgetter("begin", "kind", "thing")


def _moved(store: Store, old: Axis, changes: Sequence[Change]) -> Axis:
    """Return the axis after some changes: the things that they touch are read anew, and those that an act of them approves."""
    touched = {
        quad.subject
        for change in changes
        for quad in (*change.added, *change.removed)
        if quad.predicate in _DATING and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.graph_name, ox.DefaultGraph)
    }
    if not touched:
        return old
    approved = {row["thing"] for row in store.rows(_APPROVED, act=list(touched))}
    touched |= {thing for thing in approved if isinstance(thing, ox.NamedNode)}
    names = {node.value for node in touched}
    stayed = (place for place in (*old.dated, *old.others) if place.thing not in names)
    return Axis.with_places([*stayed, *_places(store, list(touched))])


def _places(store: Store, things: _Things = None) -> Iterator[Place]:
    """Yield the places of all things, or of some. One question a predicate: one for all days of each thing takes ten times as long."""
    approving = [row for row in _values(store, EGOV.approvedBy, things) if isinstance(row["value"], ox.NamedNode)]
    acts = {act for row in approving if isinstance(act := row["value"], ox.NamedNode)}
    dated = None if things is None else [*things, *acts]
    days = {predicate: _first(store, predicate, dated) for predicate in (*_BEGINS, *_ENDS)}
    approvals = _approvals(approving, days[ELI.date_document])
    for kind in KINDS:
        values: dict[str, Term | list[Term]] = {"class": _CLASSES[kind]}
        found = store.rows(_TYPED, **values) if things is None else store.rows(_TYPED_OF, thing=things, **values)
        for thing in {row["thing"].value for row in found}:
            if (local_name(thing) or "").startswith(f"{kind}/"):
                begin, end = (next((days[one][thing] for one in of if thing in days[one]), "") for of in (_BEGINS, _ENDS))
                yield Place(begin or approvals.get(thing, ""), kind, thing, end)


def _first(store: Store, predicate: ox.NamedNode, things: _Things) -> dict[str, str]:
    """Return the value of a property for all that have it; of several the first, as a look-up of the thing has it."""
    found: dict[str, str] = {}
    for row in _values(store, predicate, things):
        thing, value = row["thing"].value, row["value"].value
        if value < found.get(thing, value + "~"):
            found[thing] = value
    return found


def _approvals(approving: Iterable[Row], signed: Mapping[str, str]) -> dict[str, str]:
    """Return the day of the act that approves a thing; of several dated ones the first by IRI."""
    acts: dict[str, str] = {}
    for row in approving:
        thing, act = row["thing"].value, row["value"].value
        if act in signed and act < acts.get(thing, act + "~"):
            acts[thing] = act
    return {thing: signed[act] for thing, act in acts.items()}


def _values(store: Store, predicate: ox.NamedNode, things: _Things) -> list[Row]:
    if things is None:
        return store.rows(_VALUES.format(predicate=predicate))
    return store.rows(_VALUES_OF.format(predicate=predicate), thing=things)
