"""Is an answer what was expected? Results and graphs are compared up to the names of blank nodes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_DOUBLE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#double")
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = dict[str, Node]

_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_ENGINES = {
    "srx": ox.QueryResultsFormat.XML,
    "srj": ox.QueryResultsFormat.JSON,
    "tsv": ox.QueryResultsFormat.TSV,
}
_RDF = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "nt": ox.RdfFormat.N_TRIPLES, "n3": ox.RdfFormat.TURTLE}
_DATASETS = {"trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS}


@dataclass(frozen=True)
class Results:
    """Rows under variables, or a truth value; `ordered` where the rows' order was asked for."""

    variables: frozenset[str] = frozenset()
    rows: tuple[Row, ...] = ()
    truth: bool | None = None
    ordered: bool = False


def suffix_of(path: str) -> str:
    """Return what follows the last dot of a path."""
    return path.rpartition(".")[2]


def parse_graph(data: bytes, suffix: str, base: str) -> list[ox.Triple]:
    """Return the triples of a file."""
    return [quad.triple for quad in ox.parse(data, format=_RDF[suffix], base_iri=base)]


def parse_dataset(data: bytes, suffix: str, base: str) -> list[ox.Quad]:
    """Return the quads of a file, which may be one of a graph."""
    return list(ox.parse(data, format=(_RDF | _DATASETS)[suffix], base_iri=base, rename_blank_nodes=True))


def parse_results(data: bytes, suffix: str, base: str = "") -> Results:
    """Return the results that a file holds: XML, JSON, TSV, CSV, or a graph of the result-set vocabulary."""
    if suffix == "csv":
        return _csv_results(data)
    if suffix in _RDF:
        return _graph_results(parse_graph(data, suffix, base))
    found = ox.parse_query_results(data, format=_ENGINES[suffix])
    if isinstance(found, ox.QueryBoolean):
        return Results(truth=bool(found))
    names = [variable.value for variable in found.variables]
    return Results(frozenset(names), tuple({n: v for n in names if (v := row[n]) is not None} for row in found))


def _csv_results(data: bytes) -> Results:
    names, *rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    return Results(frozenset(names), tuple({n: _cell(v) for n, v in zip(names, row, strict=True) if v} for row in rows))


def _cell(text: str) -> Node:
    """Return a cell of CSV, which has no datatypes: what reads like a number is compared as one."""
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    return ox.Literal(text, datatype=_DOUBLE) if _NUMBER.fullmatch(text) else ox.Literal(text)


def is_result_set(triples: Iterable[ox.Triple]) -> bool:
    """Say whether a graph is one of the result-set vocabulary."""
    return any(str(term).startswith(f"<{_RS}") for triple in triples for term in (triple.predicate, triple.object))


def _graph_results(triples: Sequence[ox.Triple]) -> Results:
    by: dict[tuple[object, str], list[Node]] = {}
    for triple in triples:
        by.setdefault((triple.subject, triple.predicate.value.removeprefix(_RS)), []).append(triple.object)
    root = next(t.subject for t in triples if t.object == ox.NamedNode(f"{_RS}ResultSet"))
    if truth := by.get((root, "boolean")):
        return Results(truth=str(getattr(truth[0], "value", "")) == "true")
    rows, places = [], []
    for solution in by.get((root, "solution"), ()):
        bindings = by.get((solution, "binding"), ())
        rows.append({_text(by[binding, "variable"][0]): by[binding, "value"][0] for binding in bindings})
        places.append(int(_text(by[solution, "index"][0])) if (solution, "index") in by else 0)
    variables = frozenset(_text(name) for name in by.get((root, "resultVariable"), ()))
    ordered = any(places)
    if ordered:
        rows = [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]
    return Results(variables, tuple(rows), ordered=ordered)


def _text(node: Node) -> str:
    return str(getattr(node, "value", node))


def same_results(expected: Results, found: Results, *, distinct: bool = False) -> bool:
    """Say whether results are what was expected; `distinct`: how often a row comes does not matter (REDUCED)."""
    if expected.truth is not None or found.truth is not None:
        return expected.truth == found.truth
    if expected.variables != found.variables:
        return False
    if distinct:
        expected, found = (Results(r.variables, _once(r.rows), ordered=r.ordered) for r in (expected, found))
    if len(expected.rows) != len(found.rows):
        return False
    return same_graph(_as_graph(expected.rows, expected.ordered), _as_graph(found.rows, expected.ordered))


def _once(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple({tuple(sorted(row.items(), key=lambda pair: pair[0])): row for row in rows}.values())


def _as_graph(rows: Iterable[Row], ordered: bool) -> list[ox.Triple]:
    """Return rows as a graph: rows are the same where these graphs are."""
    triples = []
    for number, row in enumerate(rows):
        node = ox.BlankNode()
        place = ox.Literal(number if ordered else -1)
        triples.append(ox.Triple(node, ox.NamedNode("urn:row"), place))
        triples += [ox.Triple(node, ox.NamedNode(f"urn:variable:{name}"), value) for name, value in row.items()]
    return triples


def same_graph(expected: Iterable[ox.Triple], found: Iterable[ox.Triple]) -> bool:
    """Say whether two graphs are isomorphic, their numbers and dates compared by value."""
    one, other = (_canonical(graph) for graph in (expected, found))
    return one == other


def _canonical(graph: Iterable[ox.Triple]) -> ox.Dataset:
    """Return a graph with canonical blank nodes and literals: the engine's store writes 01 as 1, so both sides pass one."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in graph)
    dataset = ox.Dataset(store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset
