"""A SPARQL query answered for people: the first rows as cells, a graph as Turtle; and examples to start from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.caching import Given
from api.evaluating import Asked
from kg.formats import GRAPHS, JSON, RESULTS, TURTLE
from kg.namespaces import KINDS, shorten
from kg.store.base import Wish
from kg.store.cutting import Bounds

_LIMIT = 1000
_BYTES = 4_000_000


@dataclass(frozen=True)
class Example:
    """A query to start from, and what it asks."""

    name: str
    query: str

    @property
    def address(self) -> str:
        """Return where it is answered."""
        return f"/query?{urlencode({'query': self.query})}"


@dataclass(frozen=True)
class Cell:
    """One value of a row: what to show, its language or datatype, and where it leads."""

    text: str
    address: str = ""
    language: str = ""


@dataclass(frozen=True)
class Answered:
    """An answer: rows under columns, or text (a graph, a truth value). `complete` is False where it was cut at the limit."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    text: str
    complete: bool
    downloads: tuple[tuple[str, str], ...]


def asked(query: str) -> Asked:
    """Return what to ask for a page: a row more than it shows."""
    return Asked(query, Wish([JSON], [TURTLE]), bounds=Bounds(_LIMIT + 1, _BYTES))


def read(answer: Given, query: str) -> Answered:
    """Read an answer for a page; at most 1,000 rows, or lines of a graph, are kept."""
    formats = RESULTS if answer.format is JSON else GRAPHS
    downloads = tuple((format.name, f"/sparql?{urlencode({'query': query, 'format': format.name})}") for format in formats)
    if answer.format is not JSON:
        lines = answer.body.decode().splitlines()
        return Answered((), (), "\n".join(lines[:_LIMIT]), answer.complete and len(lines) <= _LIMIT, downloads)
    found: dict[str, Any] = json.loads(answer.body)
    if "boolean" in found:
        return Answered((), (), "yes (true)" if found["boolean"] else "no (false)", True, downloads)
    columns = tuple(found["head"].get("vars", ()))
    bindings = found["results"]["bindings"]
    rows = tuple(tuple(_cell(row.get(name)) for name in columns) for row in bindings[:_LIMIT])
    return Answered(columns, rows, "", answer.complete and len(bindings) <= _LIMIT, downloads)


def _cell(term: dict[str, Any] | None) -> Cell:
    if term is None:
        return Cell("")
    if not isinstance(term["value"], str):  # a quoted triple
        return Cell(json.dumps(term["value"], ensure_ascii=False))
    if term["type"] != "uri":
        return Cell(term["value"], language=term.get("xml:lang", ""))
    name = shorten(term["value"])
    if name.partition("/")[0] in KINDS:
        return Cell(name, f"/id/{name}.html")
    return Cell(name, term["value"] if term["value"].startswith(("http://", "https://")) else "")


EXAMPLES = (
    Example(
        "Which act approved which programme, and which passage says so?",
        """SELECT ?programme ?act ?passage WHERE {
  ?p a egov:Programme ; skos:prefLabel ?programme .
  GRAPH ?passage { ?p egov:approvedBy ?a }
  ?a skos:prefLabel ?act .
  FILTER(LANG(?programme) = "en" && LANG(?act) = "en")
} ORDER BY ?programme""",
    ),
    Example(
        "How did Kazakhstan's E-Government Development Index develop?",
        """SELECT ?year ?value ?printed WHERE {
  ?o egov:indicator <https://w3id.org/egovkg/id/indicator/egdi-value> ;
     sdmx-dimension:refArea <https://w3id.org/egovkg/id/area/KAZ> ;
     sdmx-dimension:refPeriod ?year ; sdmx-measure:obsValue ?value ; egov:printed ?printed .
} ORDER BY ?year""",
    ),
    Example(
        "Where do sources disagree, and what was taken as fact from which passage?",
        """SELECT ?conflict ?kind ?subject ?accepted ?passage WHERE {
  ?conflict a egov:Conflict ; egov:conflictKind ?kind ; egov:conflictSubject ?subject .
  OPTIONAL { ?conflict egov:acceptedValue ?accepted ; egov:acceptedIn ?passage }
} ORDER BY ?kind ?subject""",
    ),
    Example(
        "Which acts are there, by date, with their numbers?",
        """SELECT ?act ?date ?number ?name WHERE {
  ?act a egov:LegalAct ; eli:date_document ?date ; eli:number ?number ; skos:prefLabel ?name .
  FILTER(LANG(?name) = "en")
} ORDER BY ?date""",
    ),
    Example(
        "Everything that one passage states, as a graph",
        """CONSTRUCT { ?s ?p ?o } WHERE {
  GRAPH <https://w3id.org/egovkg/id/passage/abil-2023/references-7> { ?s ?p ?o }
}""",
    ),
)
