"""What belongs to a thing and is told on its page: an indicator's series, a passage's claims, a document's passages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.query.labels import labels_of
from kg.store.base import Row, Store

LIMIT = 1000
"""Rows of a page of parts."""

_OBSERVED = """VALUES ?indicator { UNDEF }
  ?o egov:indicator ?indicator ; sdmx-dimension:refArea ?area ; sdmx-dimension:refPeriod ?period ; egov:breakdown ?breakdown ;
     egov:valueRole ?role ; sdmx-measure:obsValue ?value ; egov:printed ?printed ; sdmx-attribute:unitMeasure ?unit ;
     sdmx-attribute:obsStatus ?status ."""
_SERIES = f"""SELECT ?o ?area ?period ?breakdown ?role ?value ?printed ?unit ?status ?disputed WHERE {{
  {_OBSERVED} BIND(EXISTS {{ ?conflict egov:conflictSubject ?o }} AS ?disputed)
}} ORDER BY ?area ?breakdown ?role ?period"""
_SAID = "VALUES ?passage { UNDEF } GRAPH ?passage { ?s ?p ?o } FILTER(?p != rdf:type)"
_STATED = f"SELECT ?s ?p ?o WHERE {{ {_SAID} }} ORDER BY ?s ?p ?o"
_TELLING = """VALUES ?document { UNDEF }
  ?passage oa:hasSource ?document . OPTIONAL { ?passage oa:hasSelector ?selector . ?selector oa:start ?start }
  GRAPH ?passage { ?s ?p ?o }"""
_PASSAGES = f"SELECT ?passage ?start (COUNT(?s) AS ?claims) WHERE {{ {_TELLING} }} GROUP BY ?passage ?start ORDER BY ?start ?passage"


@dataclass(frozen=True)
class Parts:
    """A page of the parts of a thing: the rows from number `first` (of 0) on, of `total`."""

    rows: tuple[Row, ...]
    labels: dict[str, dict[str, str]]
    first: int
    total: int

    @property
    def more(self) -> bool:
        """Say whether a page follows."""
        return self.first + len(self.rows) < self.total


Tell = Callable[[Store, ox.NamedNode, int], Parts]
"""From a store, a thing and the number of a page (from 1) to that page of its parts."""


def series_of(store: Store, indicator: ox.NamedNode, page: int = 1) -> Parts:
    """Return an indicator's observations by area, breakdown, role and period."""
    total = store.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ {_OBSERVED} }}", indicator=indicator)
    return _parts(store, store.rows(_cut(_SERIES, page), indicator=indicator), page, _number(total))


def claims_of(store: Store, passage: ox.NamedNode, page: int = 1) -> Parts:
    """Return what a passage states, types left out."""
    total = store.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ {_SAID} }}", passage=passage)
    return _parts(store, store.rows(_cut(_STATED, page), passage=passage), page, _number(total))


def passages_of(store: Store, document: ox.NamedNode, page: int = 1) -> Parts:
    """Return the passages of a document that state something, in the order of the text, with the number of statements."""
    total = store.rows(f"SELECT (COUNT(DISTINCT ?passage) AS ?n) WHERE {{ {_TELLING} }}", document=document)
    return _parts(store, store.rows(_cut(_PASSAGES, page), document=document), page, _number(total))


def _cut(query: str, page: int) -> str:
    return f"{query} LIMIT {LIMIT} OFFSET {(page - 1) * LIMIT}"


def _number(rows: list[Row]) -> int:
    return int(rows[0]["n"].value) if rows else 0


def _parts(store: Store, rows: list[Row], page: int, total: int) -> Parts:
    nodes = [term for row in rows for term in row.values() if isinstance(term, ox.NamedNode)]
    return Parts(tuple(rows), labels_of(store, nodes), (page - 1) * LIMIT, total)
