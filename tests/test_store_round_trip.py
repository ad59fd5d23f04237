"""What goes in comes out: literals through every graph format in, and every results and graph format out."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.formats import CSV, DATASETS, GRAPHS, JSON, N_QUADS, N_TRIPLES, RDF_XML, TSV, TURTLE, XML, Format
from kg.rdf import nquads, parse, rdf_format, written
from kg.store.base import Wish
from kg.store.oxigraph import OxigraphStore
from tests.literals import CHARACTERS, XML_CHARACTERS, literals

S, P, G = ox.NamedNode("https://example.org/s"), ox.NamedNode("https://example.org/p"), ox.NamedNode("https://example.org/g")
QUERY = f"SELECT ?o WHERE {{ {S} {P} ?o }}"
CONSTRUCT = f"CONSTRUCT {{ {S} {P} ?o }} WHERE {{ {S} {P} ?o }}"


def holding(literal: ox.Literal) -> OxigraphStore:
    store = OxigraphStore()
    assert store.load(f"{S} {P} {literal} .".encode(), N_TRIPLES) == 1
    return store


def objects(data: bytes, format: Format) -> list[object]:
    return [quad.object for quad in parse(data, format)]


@pytest.mark.parametrize("format", [JSON, TSV], ids=lambda f: f.name)
@given(literal=literals())
def test_a_literal_survives_loading_and_asking(format: Format, literal: ox.Literal) -> None:
    engine = format.engine
    assert isinstance(engine, ox.QueryResultsFormat)
    found = ox.parse_query_results(holding(literal).answer(QUERY, Wish([format])).body, format=engine)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["o"] for row in found] == [literal]


@given(literals(XML_CHARACTERS))
def test_a_literal_of_xml_characters_survives_the_xml_results(literal: ox.Literal) -> None:
    found = ox.parse_query_results(holding(literal).answer(QUERY, Wish([XML])).body, format=ox.QueryResultsFormat.XML)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["o"] for row in found] == [literal]


@given(literals())
def test_csv_gives_the_lexical_form(literal: ox.Literal) -> None:
    body = holding(literal).answer(QUERY, Wish([CSV])).body.decode()
    rows = list(csv.reader(io.StringIO(body, newline=""), strict=True))
    assert rows == [["o"], [literal.value] if literal.value else []]


@pytest.mark.parametrize("format", [f for f in GRAPHS if f is not RDF_XML], ids=lambda f: f.name)
@given(literal=literals())
def test_a_literal_survives_every_graph_format_out_and_in(format: Format, literal: ox.Literal) -> None:
    body = holding(literal).answer(CONSTRUCT, Wish(graph=[format])).body
    assert objects(body, format) == [literal]
    again = OxigraphStore()
    again.load(body, format)
    assert [row["o"] for row in again.rows(QUERY)] == [literal]


@given(literals(XML_CHARACTERS))
def test_a_literal_of_xml_characters_survives_rdf_xml(literal: ox.Literal) -> None:
    body = holding(literal).answer(CONSTRUCT, Wish(graph=[RDF_XML])).body
    assert objects(body, RDF_XML) == [literal]


@pytest.mark.parametrize("format", DATASETS, ids=lambda f: f.name)
@given(literal=literals())
def test_a_dump_read_back_is_the_same_dataset(format: Format, literal: ox.Literal) -> None:
    store = holding(literal)
    store.load(f"{S} {P} {literal} {G} .".encode(), N_QUADS)
    dumped = store.dump(format)
    assert nquads(parse(dumped, format)) == store.dump(N_QUADS)


@given(st.lists(literals(), max_size=8))
def test_sorted_n_quads_are_the_same_bytes_in_whatever_order_they_came(values: list[ox.Literal]) -> None:
    quads = [ox.Quad(S, P, value) for value in values]
    assert nquads(quads) == nquads(list(reversed(quads)) * 2)
    assert nquads(quads).count(b"\n") == len(set(quads))


@given(st.lists(literals(), max_size=8))
def test_equal_graphs_are_written_as_equal_bytes(values: list[ox.Literal]) -> None:
    triples = [ox.Triple(S, P, value) for value in values]
    for format in (TURTLE, N_TRIPLES):
        assert written(triples, format) == written(list(reversed(triples)), format)
        assert {quad.triple for quad in parse(written(triples, format), format)} == set(triples)


@given(st.text(CHARACTERS, max_size=60).map(str.encode) | st.binary(max_size=60), st.sampled_from(GRAPHS))
def test_any_bytes_are_read_or_refused_in_one_sentence(data: bytes, format: Format) -> None:
    from kg.errors import UnusableInput

    try:
        found = parse(data, format)
    except UnusableInput:
        return
    assert all(isinstance(quad, ox.Quad) for quad in found)


@pytest.mark.parametrize(
    ("written_as", "kept_as"),
    [
        ('"01"^^<http://www.w3.org/2001/XMLSchema#integer>', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ('"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ('"a"@EN-gb', '"a"@en-gb'),
    ],
)
def test_what_the_engine_rewrites_is_known(written_as: str, kept_as: str) -> None:
    store = OxigraphStore()
    store.load(f"{S} {P} {written_as} .".encode(), N_TRIPLES)
    assert [str(row["o"]) for row in store.rows(QUERY)] == [kept_as]


def test_a_results_format_is_no_graph_format() -> None:
    from kg.errors import UnknownFormat

    with pytest.raises(UnknownFormat, match="ask for one of"):
        rdf_format(CSV)
