"""The graph as it stood: what was in force on a day (`at`), what the documents published by a day knew (`known`).

*Known*: claims of documents published by then alone; the facts, computed values and conflicts follow from these anew,
by the rule of every build. A document dated to the year counts as published at the end of it; one without a date, never.
*At*: of the facts, things with a period that had not begun or had ended are left out, whole; things without a begin stay,
counted as undated. The passages' own graphs stay as they are: what a source says does not change with the day asked for.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import pyoxigraph as ox

from kg.claims.deriving import derive
from kg.errors import BadSetting
from kg.namespaces import DATASET, DCAT, DCTERMS, EGOV, ELI, GRAPH, ID, OA, RDF, RELEASE, SCHEMA, local_name
from kg.query.names import Names
from kg.rdf import nquads
from kg.store.base import Store
from kg.store.oxigraph import OxigraphStore
from kg.terms import load_terms

_KEPT = 3
"""Views held in memory at a time."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PASSAGES, _RECORDS, _DERIVED = f"{ID}passage/", f"{GRAPH}record/", f"{GRAPH}derived/"
_BEGINS = (SCHEMA.startDate, ELI.first_date_entry_in_force, ELI.date_document)
_ENDS = (SCHEMA.endDate, ELI.date_no_longer_in_force)
_PARTS = ("/expression/", "/identifier/", "/coverage/", "/selector")
_PERIOD = f"""SELECT ?p ?day WHERE {{
  VALUES ?thing {{ UNDEF }}
  {{ VALUES ?p {{ {" ".join(map(str, (*_BEGINS, *_ENDS)))} }} ?thing ?p ?day }}
  UNION {{ ?thing {EGOV.approvedBy} ?act . ?act {ELI.date_document} ?day . BIND({EGOV.approvedBy} AS ?p) }}
  UNION {{ ?by {ELI.repeals} ?thing ; {ELI.date_document} ?day . BIND({ELI.repeals} AS ?p) }}
}}"""
_DATED = frozenset({"programme", "act", "stage", "organisation", "system"})
"""Kinds of thing of which one asks whether they were in force; others have no period to speak of."""
_ALWAYS = frozenset({"rule", "area"})
"""Kinds of which no source needs to speak: they are ours, or the ground that figures stand on."""


@dataclass(frozen=True)
class Moment:
    """The days that a question is about; None: no limit."""

    at: date | None = None
    known: date | None = None

    def __bool__(self) -> bool:
        return self.at is not None or self.known is not None

    def __str__(self) -> str:
        return ", ".join(f"{name} {day.isoformat()}" for name, day in (("at", self.at), ("known", self.known)) if day)


def moment(at: str | None, known: str | None) -> Moment:
    """Read the days of a question; raises BadSetting for what is no day."""
    return Moment(_day("at", at), _day("known", known))


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadSetting(name, text, "give a day as year-month-day, such as 2009-07-01")


@dataclass(frozen=True)
class View:
    """The graph at a moment: a store of its own to ask.

    `documents` are those whose claims count, `later` those left out (published after `known`, or undated); `outside` counts the
    things that were not in force, `undated` those kept though no source says when they began.
    """

    store: Store
    moment: Moment
    release: str
    documents: tuple[ox.NamedNode, ...] = ()
    later: tuple[ox.NamedNode, ...] = ()
    outside: int = 0
    undated: int = 0

    @cached_property
    def names(self) -> Names:
        """Return the names of what there is at the moment."""
        return Names.of(self.store)


class Views:
    """The views of one store, made when asked for; the last few are kept."""

    def __init__(self, store: Store, names: Names | None = None) -> None:
        self._whole = View(store, Moment(), store.release())
        if names:
            self._whole.__dict__["names"] = names
        self._made: OrderedDict[Moment, View] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, moment: Moment) -> View:
        """Return the view of a moment; without one, the store itself."""
        if not moment:
            return self._whole
        with self._lock:
            view = self._made.get(moment) or make_view(self._whole.store, moment)
            self._made[moment] = view
            self._made.move_to_end(moment)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return view


@dataclass(frozen=True)
class Validity:
    """Whether a thing was in force on a day, with the days that say so (ISO, may be empty); `undated`: nobody says when it began."""

    state: Literal["in-force", "not-in-force", "undated"]
    begin: str = ""
    end: str = ""


def validity(store: Store, thing: ox.NamedNode, day: date) -> Validity:
    """Return whether a thing was in force on a day, by its own dates and those of an act that repeals it."""
    rows = store.rows(_PERIOD, thing=thing)
    dates = {row["p"]: row["day"].value for row in rows}
    begin = next((dates[p] for p in (*_BEGINS, EGOV.approvedBy) if p in dates), "")
    end = min((row["day"].value for row in rows if row["p"] in (*_ENDS, ELI.repeals)), default="")
    if (begin and begin > day.isoformat()) or (end and end < day.isoformat()):
        return Validity("not-in-force", begin, end)
    return Validity("in-force" if begin else "undated", begin, end)


def make_view(store: Store, moment: Moment) -> View:
    """Return the graph of a store at a moment, as a store in memory."""
    layers = _Layers(store.quads())
    published = layers.published()
    known = moment.known.isoformat() if moment.known else ""
    later = {document for document, day in published.items() if not day or day > known} if known else set()
    if later:
        layers = layers.without(later)
    facts = layers.facts
    outside: set[str] = set()
    undated = 0
    if moment.at:
        outside, undated = _out_of_force(facts, moment.at.isoformat())
        facts = _without(facts, outside)
    release = f"{store.release()}@{moment.at or ''},{moment.known or ''}"
    made = OxigraphStore()
    stamp = [ox.Quad(DATASET, DCAT.version, ox.Literal(release), RELEASE)]
    made.fill(nquads([*layers.other, *layers.editorial, *layers.claims, *layers.derived, *facts, *stamp]))
    documents = sorted(set(published) - later, key=lambda node: node.value)
    return View(made, moment, release, tuple(documents), tuple(sorted(later, key=lambda node: node.value)), len(outside), undated)


class _Layers:
    """The quads of a store by layer: facts, identities, claims, derived values and conflicts, and all other graphs."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.facts: list[ox.Quad] = []
        self.editorial: list[ox.Quad] = []
        self.claims: list[ox.Quad] = []
        self.derived: list[ox.Quad] = []
        self.other: list[ox.Quad] = []
        for quad in quads:
            self._layer(quad).append(quad)

    def _layer(self, quad: ox.Quad) -> list[ox.Quad]:
        if isinstance(quad.graph_name, ox.DefaultGraph):
            return self.facts
        graph = str(quad.graph_name.value)
        if graph.startswith(_PASSAGES):
            return self.claims
        if graph.startswith(_RECORDS):
            return self.editorial
        if graph.startswith(_DERIVED):
            return self.derived
        return [] if quad.graph_name == RELEASE and quad.predicate == DCAT.version else self.other

    def published(self) -> dict[ox.NamedNode, str]:
        """Return by what day each document with passages was out, empty where no source dates it."""
        issued: dict[ox.NamedNode, str] = {}
        exactly: dict[ox.NamedNode, str] = {}
        for quad in self.facts:
            if quad.predicate == DCTERMS.issued and isinstance(quad.subject, ox.NamedNode):
                issued[quad.subject] = str(quad.object.value)  # type: ignore[union-attr]
            elif quad.predicate == EGOV.issuedPrecision and isinstance(quad.subject, ox.NamedNode):
                exactly[quad.subject] = str(quad.object.value).rpartition("/")[2]  # type: ignore[union-attr]
        documents = {quad.object for quad in self.editorial if quad.predicate == OA.hasSource}
        return {node: _last_day(issued.get(node, ""), exactly.get(node, "day")) for node in documents if isinstance(node, ox.NamedNode)}

    def without(self, later: set[ox.NamedNode]) -> _Layers:
        """Return the layers as they follow from the other documents alone."""
        gone = tuple(f"{_PASSAGES}{(local_name(document.value) or '').partition('/')[2]}/" for document in later)
        found = _Layers(())
        found.other = self.other
        found.claims = [quad for quad in self.claims if not quad.graph_name.value.startswith(gone)]  # type: ignore[union-attr]
        spoken_of = {term.value for quad in found.claims for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
        for quad in self.editorial:
            name = quad.graph_name.value.removeprefix(_RECORDS)  # type: ignore[union-attr]
            there = ID + name in spoken_of or name.partition("/")[0] in _ALWAYS
            if there and not str(getattr(quad.subject, "value", "")).startswith(gone):
                found.editorial.append(quad)
        derived = derive(found.editorial, found.claims, load_terms())
        ours = {quad.triple for quad in (*self.editorial, *self.claims, *self.derived)}
        base = [quad for quad in self.facts if quad.triple not in ours]  # the ontology, and what a user loaded
        found.facts = list(dict.fromkeys([*base, *derived.fact_quads()]))
        found.derived = [*derived.values, *derived.disputes]
        return found


def _last_day(day: str, exactly: str) -> str:
    """Return the last day that a date known to the year or the month may be, for comparing: 2019 → 2019-12-31."""
    return {"year": day[:4] + "-12-31", "month": day[:7] + "-31"}.get(exactly, day) if day else ""


def _out_of_force(facts: Iterable[ox.Quad], day: str) -> tuple[set[str], int]:
    """Return the things that had not begun or had ended on a day, and how many stay though nobody says when they began.

    A programme begins, where no source says so, when the act that approves it is signed; an act ends when one repeals it.
    """
    begin: dict[str, dict[ox.NamedNode, str]] = defaultdict(dict)
    end: dict[str, str] = {}
    kinds: set[str] = set()
    repeals: list[tuple[str, str]] = []
    approved: list[tuple[str, str]] = []
    for quad in facts:
        thing, value = str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", ""))
        if quad.predicate in _BEGINS:
            begin[thing][quad.predicate] = value
        elif quad.predicate in _ENDS:
            end[thing] = min(value, end.get(thing, value))
        elif quad.predicate == ELI.repeals:
            repeals.append((thing, value))
        elif quad.predicate == EGOV.approvedBy:
            approved.append((thing, value))
        elif quad.predicate == RDF.type and quad.object != EGOV.NamedOnly and (local_name(thing) or "").partition("/")[0] in _DATED:
            kinds.add(thing)
    begun = {thing: next(dates[p] for p in _BEGINS if p in dates) for thing, dates in begin.items()}
    for thing, act in approved:
        if act in begun:
            begun.setdefault(thing, begun[act])
    for by, repealed in repeals:
        if by in begun:
            end[repealed] = min(begun[by], end.get(repealed, begun[by]))
    outside = {thing for thing, first in begun.items() if first > day} | {thing for thing, last in end.items() if last < day}
    return outside, sum(not _part(thing) for thing in kinds - begun.keys() - outside)


def _without(facts: list[ox.Quad], outside: set[str]) -> list[ox.Quad]:
    """Return the facts that speak of nothing that is outside, nor of a conflict about it."""
    gone = set(outside)
    gone |= {str(q.subject.value) for q in facts if q.predicate == EGOV.conflictSubject and str(getattr(q.object, "value", "")) in outside}  # type: ignore[union-attr]

    def stays(term: object) -> bool:
        if not isinstance(term, ox.NamedNode):
            return True
        return term.value not in gone and _whole(term.value) not in gone

    return [quad for quad in facts if stays(quad.subject) and stays(quad.object)]


def _whole(iri: str) -> str:
    """Return the thing that an IRI is a part of: an act of its expression; else the IRI itself."""
    for part in _PARTS:
        head, found, _ = iri.partition(part)
        if found:
            return head
    return iri


def _part(iri: str) -> bool:
    return _whole(iri) != iri
