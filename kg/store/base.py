"""The store protocol: what the rest of the house may ask of a graph, wherever it lives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyoxigraph as ox

from kg.errors import UnknownFormat
from kg.formats import GRAPHS, RESULTS, Format
from kg.store.binding import Term

Row = Mapping[str, Term | ox.BlankNode]
"""One solution: the bound variables only."""


@dataclass(frozen=True)
class QueryDataset:
    """The RDF dataset of a query as the protocol gives it; empty means what the query or the store says.

    `base` is what relative IRIs of a query without BASE stand on; empty for none.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    base: str = ""

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


@dataclass(frozen=True)
class Wish:
    """The formats that the asker takes, by kind of answer, best first; none where it takes no format of that kind.

    `truth` is for ASK alone; where it is empty, `results` serve.
    """

    results: Sequence[Format] = field(default_factory=lambda: RESULTS[:1])
    graph: Sequence[Format] = field(default_factory=lambda: GRAPHS[:1])
    truth: Sequence[Format] = ()

    def for_results(self) -> Format:
        """Return the format for rows; raises UnknownFormat."""
        return _first(self.results, self.graph, RESULTS)

    def for_truth(self) -> Format:
        """Return the format for a truth value; raises UnknownFormat."""
        return self.truth[0] if self.truth else self.for_results()

    def for_graph(self) -> Format:
        """Return the format for a graph; raises UnknownFormat."""
        return _first(self.graph, self.results, GRAPHS)


def _first(wanted: Sequence[Format], others: Sequence[Format], offered: Sequence[Format]) -> Format:
    if not wanted:
        asked = ", ".join(format.media_type for format in others) or "no format"
        raise UnknownFormat(f"{asked} for this kind of query", [format.media_type for format in offered])
    return wanted[0]


@dataclass(frozen=True)
class Answer:
    """A serialised answer. `complete` is False where rows were cut at a limit; `unknown` are called functions that nobody knows."""

    body: bytes
    format: Format
    complete: bool = True
    unknown: tuple[str, ...] = ()


class Store(Protocol):
    """A dataset that can be asked, and, unless it is read-only, added to."""

    def answer(self, query: str, wish: Wish, dataset: QueryDataset = ...) -> Answer:
        """Evaluate a query and serialise its answer; raises QuerySyntaxError, UpdateNotQuery, QueryFailed, UnknownFormat."""
        ...

    def rows(self, query: str, /, **values: Term | list[Term]) -> list[Row]:
        """Return the solutions of one of our own SELECT queries, parameters bound (see binding.py)."""
        ...

    def triples(self, query: str, /, **values: Term | list[Term]) -> list[ox.Triple]:
        """Return the triples of one of our own CONSTRUCT queries, parameters bound."""
        ...

    def load(self, data: bytes, format: Format, graph: str | None = None) -> int:
        """Add RDF to a graph (the default graph where None), all or nothing; return the number of new statements."""
        ...

    def quads(self) -> Iterable[ox.Quad]:
        """Yield every quad of the dataset."""
        ...

    def dump(self, format: Format) -> bytes:
        """Return the whole dataset, sorted where the format has a line a statement."""
        ...

    def release(self) -> str:
        """Return the id of the data as it stands; empty for a store that says none."""
        ...

    def close(self) -> None:
        """Give the store free."""
        ...
