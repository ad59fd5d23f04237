"""What belongs to a thing and is told on its page: an indicator's series, a passage's claims, a document's passages."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import RDF
from kg.query.labels import labels_of
from kg.store.base import Row, Store

LIMIT = 1000
"""Rows shown at most; whoever shows them says when there are more."""

_SERIES = f"""SELECT ?o ?area ?period ?breakdown ?role ?value ?printed ?unit ?status ?disputed WHERE {{
  VALUES ?indicator {{ UNDEF }}
  ?o egov:indicator ?indicator ; sdmx-dimension:refArea ?area ; sdmx-dimension:refPeriod ?period ; egov:breakdown ?breakdown ;
     egov:valueRole ?role ; sdmx-measure:obsValue ?value ; egov:printed ?printed ; sdmx-attribute:unitMeasure ?unit ;
     sdmx-attribute:obsStatus ?status .
  BIND(EXISTS {{ ?conflict egov:conflictSubject ?o }} AS ?disputed)
}} ORDER BY ?area ?breakdown ?role ?period LIMIT {LIMIT + 1}"""
_STATED = f"SELECT ?s ?p ?o WHERE {{ VALUES ?passage {{ UNDEF }} GRAPH ?passage {{ ?s ?p ?o }} }} ORDER BY ?s ?p LIMIT {LIMIT + 1}"
_PASSAGES = """SELECT ?passage ?start (COUNT(?s) AS ?claims) WHERE {
  VALUES ?document { UNDEF }
  ?passage oa:hasSource ?document . OPTIONAL { ?passage oa:hasSelector ?selector . ?selector oa:start ?start }
  GRAPH ?passage { ?s ?p ?o }
} GROUP BY ?passage ?start ORDER BY ?start ?passage"""


@dataclass(frozen=True)
class Parts:
    """The parts of a thing; `complete` is False where they were cut at LIMIT."""

    rows: tuple[Row, ...]
    labels: dict[str, dict[str, str]]
    complete: bool = True


def series_of(store: Store, indicator: ox.NamedNode) -> Parts:
    """Return an indicator's observations by area, breakdown, role and period."""
    return _parts(store, store.rows(_SERIES, indicator=indicator))


def claims_of(store: Store, passage: ox.NamedNode) -> Parts:
    """Return what a passage states, types left out."""
    return _parts(store, [row for row in store.rows(_STATED, passage=passage) if row["p"] != RDF.type])


def passages_of(store: Store, document: ox.NamedNode) -> Parts:
    """Return the passages of a document that state something, in the order of the text, with the number of statements."""
    return _parts(store, store.rows(_PASSAGES, document=document))


def _parts(store: Store, rows: list[Row]) -> Parts:
    nodes = [term for row in rows for term in row.values() if isinstance(term, ox.NamedNode)]
    return Parts(tuple(rows[:LIMIT]), labels_of(store, nodes), len(rows) <= LIMIT)
