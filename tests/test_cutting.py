"""Cut answers: whole rows, well-formed in every format, said inside where there is room, and never cut without need."""

from __future__ import annotations

import csv
import io
import json
import re

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.formats import CSV, GRAPHS, JSON, JSON_LD, RESULTS, TSV, XML, Format
from kg.store.base import Answer, QueryDataset, Wish
from kg.store.cutting import Bounds
from kg.store.oxigraph import OxigraphStore

EVIL = [
    "},{", '"},{"', '"},{"x":{', "\\", '\\"', "}}]}}", "</result>", "<result>", "</results></sparql>", "]]>", "<!--",
    "\n", "\r\n", '"', '""', ",", "\t", "{}", ",{}", "a",
    "",
]  # fmt: skip
TEXTS = st.lists(st.lists(st.sampled_from(EVIL), max_size=4).map("".join) | st.none(), min_size=1, max_size=12)


def values(texts: list[str | None]) -> str:
    rows = " ".join(f"({ox.Literal(text) if text is not None else 'UNDEF'} {number})" for number, text in enumerate(texts))
    return f"SELECT ?x ?n {{ VALUES (?x ?n) {{ {rows} }} }}"


def answered(query: str, format: Format, bounds: Bounds = Bounds()) -> Answer:
    return OxigraphStore().answer(
        query, Wish([format] if format in RESULTS else [], [format] if format in GRAPHS else []), QueryDataset(), bounds
    )


def rows(answer: Answer) -> list[object]:
    """Return the rows of an answer, read by a parser that is not ours."""
    if answer.format is CSV:
        csv.field_size_limit(10_000_000)
        return list(csv.reader(io.StringIO(answer.body.decode(), newline="")))[1:]  # type: ignore[return-value]
    if answer.format is JSON:
        return list(json.loads(answer.body)["results"]["bindings"])
    assert isinstance(answer.format.engine, ox.QueryResultsFormat)
    found = ox.parse_query_results(answer.body, format=answer.format.engine)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(map(str, row)) for row in found]


@pytest.mark.parametrize("format", RESULTS, ids=lambda form: form.name)
@given(texts=TEXTS, most=st.integers(1, 14))
def test_the_first_rows_are_kept_whole(format: Format, texts: list[str | None], most: int) -> None:
    whole = answered(values(texts), format)
    cut = answered(values(texts), format, Bounds(rows=most))
    assert whole.complete
    assert cut.complete == (len(texts) <= most)
    assert rows(cut) == rows(whole)[:most]
    if cut.complete:
        assert cut.body == whole.body


@pytest.mark.parametrize("format", RESULTS, ids=lambda form: form.name)
@given(texts=TEXTS, most=st.integers(400, 900))
def test_bytes_are_kept_within_their_bound(format: Format, texts: list[str | None], most: int) -> None:
    whole = answered(values(texts), format)
    cut = answered(values(texts), format, Bounds(bytes=most))
    assert len(cut.body) <= most
    assert cut.complete == (len(whole.body) <= most)
    assert rows(cut) == rows(whole)[: len(rows(cut))]


@pytest.mark.parametrize("format", RESULTS, ids=lambda form: form.name)
@pytest.mark.parametrize("query", ["SELECT ?none { VALUES ?x { 1 2 3 4 } }", "SELECT * { {} UNION {} UNION {} UNION {} }"])
def test_rows_without_a_value_count_too(format: Format, query: str) -> None:
    cut = answered(query, format, Bounds(rows=3))
    assert not cut.complete
    assert format in (CSV, TSV) or len(rows(cut)) == 3  # an empty line is no row to their parsers
    assert answered(query, format, Bounds(rows=4)).complete


def test_a_cut_answer_says_so_where_its_format_has_room() -> None:
    query = values(["a", "b", "c"])
    assert json.loads(answered(query, JSON, Bounds(rows=2)).body)["truncated"] is True
    assert "truncated" not in json.loads(answered(query, JSON, Bounds(rows=3)).body)
    assert re.search(rb"<!-- truncated: .* --></sparql>$", answered(query, XML, Bounds(rows=2)).body)
    assert answered(query, TSV, Bounds(rows=2)).body == b'?x\t?n\n"a"\t0\n"b"\t1\n'


def test_a_truth_value_is_never_cut() -> None:
    assert answered("ASK {}", JSON, Bounds(1, 1)).body == b'{"head":{},"boolean":true}'


@pytest.mark.parametrize("format", GRAPHS, ids=lambda form: form.name)
@pytest.mark.parametrize("bounds", [Bounds(rows=50), Bounds(bytes=9000)], ids=["rows", "bytes"])
def test_a_graph_that_is_cut_can_still_be_read(format: Format, bounds: Bounds) -> None:
    values = " ".join(f"(<urn:s{number // 3}> {number} '</rdf:RDF>{'x' * 40}')" for number in range(1000))
    query = f"CONSTRUCT {{ ?s <urn:p> ?n ; <urn:q> ?x }} WHERE {{ VALUES (?s ?n ?x) {{ {values} }} }}"
    whole, cut = answered(query, format), answered(query, format, bounds)
    assert isinstance(format.engine, ox.RdfFormat)
    all_, some = ({quad.triple for quad in ox.parse(body, format=format.engine)} for body in (whole.body, cut.body))
    assert some < all_
    assert len(some) >= 10
    assert not cut.complete
    if bounds.rows:
        assert len(some) <= bounds.rows
    else:
        assert len(cut.body) < 30_000
    assert (b"truncated" in cut.body) == (format is not JSON_LD)
    assert answered(query, format, Bounds(rows=10_000, bytes=10_000_000)).body == whole.body


@pytest.mark.parametrize("format", RESULTS, ids=lambda form: form.name)
@pytest.mark.parametrize("piece", ["},{", "</result", '"', "\n", "\\", "{"])
def test_a_row_of_megabytes_is_looked_through_once(format: Format, piece: str) -> None:
    text = ox.Literal(piece * (2_000_000 // len(piece)))
    query = f"SELECT ?n ?x {{ VALUES (?n ?x) {{ (1 {text}) (2 {text}) }} }}"
    assert len(rows(answered(query, format, Bounds(rows=1)))) == 1
    assert len(rows(answered(query, format, Bounds(bytes=1_000_000)))) == 0
