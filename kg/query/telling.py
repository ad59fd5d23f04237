"""The shapes that every look-up answers in: things with their names, passages with their documents, dates, what is missing.

The dataclasses are the JSON of the API as well (keys in camelCase), so that an answer in Python, on the command line and
over HTTP is one and the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import pyoxigraph as ox
from pydantic import ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from kg.namespaces import shorten
from kg.query import framing
from kg.query.coverage import Emptiness
from kg.query.entities import Evidence, evidence_of
from kg.query.facts import Facts, Stated
from kg.query.framing import Table
from kg.query.labels import Labels, chain, labels_of, spoken
from kg.query.viewing import View
from kg.store.base import Store
from kg.terms import load_terms

Number = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""A decimal: exact in Python, a number in JSON."""

_DIGITS = {"year": 4, "month": 7}


class Shape:
    """Base of the answers' dataclasses: their JSON keys are in camelCase."""

    __pydantic_config__ = ConfigDict(alias_generator=to_camel)


@dataclass(frozen=True)
class Thing(Shape):
    """A thing or term with its name. `label_language` is None where the short name stands for a label."""

    iri: Annotated[str, Field(examples=["https://w3id.org/egovkg/id/act/P1700000827"])]
    id: Annotated[str, Field(description="kind/slug or CURIE", examples=["act/P1700000827"])]
    label: Annotated[str, Field(examples=["On approval of the State Program Digital Kazakhstan"])]
    label_language: Annotated[str | None, Field(examples=["en"])] = None


@dataclass(frozen=True)
class Cited(Shape):
    """A passage that states something. `start` and `end` count code points of the document's canonical text."""

    iri: str
    id: Annotated[str, Field(examples=["passage/abil-2023/references-7"])]
    locator: Annotated[str, Field(examples=["References, no. 7"])]
    document: Thing
    doi: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Day(Shape):
    """A date no longer than it is known ("2017" where only the year is), with the passages that state it."""

    date: Annotated[str, Field(examples=["2017-12-12", "2017"])]
    precision: Literal["day", "month", "year"]
    passages: tuple[Cited, ...] = ()
    day: Annotated[str, Field(description="The date as a day, for computing: first or last of the year", examples=["2017-12-12"])] = ""


@dataclass(frozen=True)
class Missing(Shape):
    """An answer, or a link of a chain, that is unknown: named, with the reason in words.

    `read` says whether every document of the graph was read completely for such things: then the sources are silent.
    """

    what: Annotated[str, Field(examples=["responsible body"])]
    why: Annotated[str, Field(examples=["no source names a responsible body of this programme"])]
    state: Literal["unknown"] = "unknown"
    read: Literal["completely", "not-completely"] = "completely"


def extent(empty: Emptiness) -> Literal["completely", "not-completely"]:
    """Return how far the documents were read for a thing that is missing."""
    return "completely" if empty.state == "none" else "not-completely"


@dataclass(frozen=True)
class Seen(Shape):
    """The moment that an answer is about, and what it left out: documents published later, things not in force."""

    at: Annotated[str | None, Field(examples=["2009-07-01"])] = None
    known: Annotated[str | None, Field(examples=["2019-12-31"])] = None
    documents: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    outside: int = 0
    undated: int = 0


@dataclass(frozen=True, kw_only=True)
class Answer(Shape):
    """What every answer may have: what is missing, in words, and the moment that was asked for."""

    missing: tuple[Missing, ...] = ()
    view: Seen | None = None

    numbers: ClassVar[frozenset[str]] = frozenset({"agreement"})
    """Columns of the table that hold numbers."""

    def table(self) -> Table:
        """Return the answer as a header and rows of text."""
        raise NotImplementedError

    def records(self) -> list[dict[str, Any]]:
        """Return the table's rows by column: numbers as numbers, truth values as such, what is empty as None."""
        return framing.records(self.table(), self.numbers)

    def to_pandas(self) -> Any:
        """Return the table as a pandas.DataFrame; raises MissingExtra without `egovkg[pandas]`."""
        return framing.pandas_frame(self.table()[0], self.records())

    def to_polars(self) -> Any:
        """Return the table as a polars.DataFrame; raises MissingExtra without `egovkg[polars]`."""
        return framing.polars_frame(self.table()[0], self.records())

    def _repr_html_(self) -> str:
        return framing.as_html(self.table(), [item.why for item in self.missing])


def seen(view: View, at: date | None = None) -> Seen | None:
    """Return the moment of a view, with the day that states are judged on; None where the whole graph answered."""
    day = at or view.moment.at
    if not view.moment and not day:
        return None
    return Seen(
        day.isoformat() if day else None,
        view.moment.known.isoformat() if view.moment.known else None,
        tuple(shorten(node.value) for node in view.documents),
        tuple(shorten(node.value) for node in view.later),
        view.outside,
        view.undated,
    )


class Teller:
    """Names and passages for one answer, fetched together: `learn` what it mentions, then ask for each."""

    def __init__(self, store: Store, languages: Sequence[str] = chain("en")) -> None:
        self._store, self.languages = store, languages
        self._labels: dict[str, Labels] = {}
        self._evidence: dict[ox.NamedNode, Evidence] = {}

    def learn(self, things: Iterable[ox.NamedNode | None], passages: Iterable[ox.NamedNode] = ()) -> None:
        """Fetch the labels of things and the documents of passages that are not known yet."""
        found = evidence_of(self._store, set(passages) - self._evidence.keys())
        self._evidence |= found
        wanted = {thing for thing in things if thing and thing.value not in self._labels}
        wanted |= {item.document for item in found.values() if item.document.value not in self._labels}
        self._labels.update({thing.value: {} for thing in wanted})
        self._labels.update(labels_of(self._store, sorted(wanted, key=lambda node: node.value)))

    def thing(self, node: ox.NamedNode) -> Thing:
        """Return a thing with its label."""
        label, language = spoken(node.value, self._labels, self.languages)
        return Thing(node.value, shorten(node.value), label, language)

    def cited(self, passages: Iterable[ox.NamedNode]) -> tuple[Cited, ...]:
        """Return passages with their documents."""
        return tuple(self._cited(self._evidence[passage]) for passage in passages if passage in self._evidence)

    def documents(self, passages: Iterable[ox.NamedNode]) -> int:
        """Return how many documents the passages are from: the agreement."""
        return len({self._evidence[passage].document for passage in passages if passage in self._evidence})

    def day(self, facts: Facts, thing: ox.NamedNode, predicate: ox.NamedNode) -> Day | None:
        """Return a date fact, no longer than it is known; None where there is none."""
        found = facts.one(thing, predicate)
        if found is None:
            return None
        precision = facts.text(thing, load_terms().precision_of[predicate]) or "day"
        return dated(found.value.value, precision, self.cited(found.passages))

    def text(self, values: Iterable[Stated]) -> list[tuple[str, Stated]]:
        """Return the texts of values in the first of the reader's languages that there is for each passage."""
        by_passages: dict[tuple[ox.NamedNode, ...], list[Stated]] = {}
        for item in values:
            by_passages.setdefault(item.passages, []).append(item)
        found = []
        for items in by_passages.values():
            spoken_in = {item.value.language for item in items if isinstance(item.value, ox.Literal)}
            language = next((tag for tag in self.languages if tag in spoken_in), None)
            found += [
                (item.value.value, item) for item in items if isinstance(item.value, ox.Literal) and item.value.language in (language, None)
            ]
        return found

    def _cited(self, item: Evidence) -> Cited:
        iri = item.passage.value
        return Cited(iri, shorten(iri), item.locator, self.thing(item.document), item.doi or None, item.start, item.end)


def dated(day: str, precision: str, passages: tuple[Cited, ...] = ()) -> Day:
    """Return a day cut to what is known of it."""
    exactness: Literal["day", "month", "year"] = "year" if precision == "year" else "month" if precision == "month" else "day"
    return Day(cut(day, precision), exactness, passages, day)


def cut(day: str, precision: str) -> str:
    """Return a day cut to what is known of it; any other text as it is."""
    return day[: _DIGITS[precision]] if precision in _DIGITS else day


def sources(passages: Iterable[Cited]) -> str:
    """Return passages as one cell of a table."""
    return "; ".join(dict.fromkeys(item.id.removeprefix("passage/") for item in passages))
