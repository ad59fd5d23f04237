"""What the engine takes though it is no SPARQL is refused; what it refuses though it is SPARQL is answered."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QuerySyntaxError
from kg.formats import JSON, TURTLE
from kg.store.base import Wish
from kg.store.lexing import check, small_truths
from kg.store.oxigraph import OxigraphStore

WISH = Wish([JSON], [TURTLE])


def answered(query: str) -> object:
    return json.loads(OxigraphStore().answer(query, WISH).body)


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT (COUNT(COUNT(*)) AS ?c) {}", 1, 20),
        ("SELECT (SUM(1 + (AVG(?x))) AS ?c) {}", 1, 21),
        ("SELECT (Group_Concat # x (\n(STR(min (?x))) AS ?c) {}", 2, 10),
        ("SELECT * {} HAVING (MAX(SAMPLE(?x)) > 1)", 1, 31),
        ('SELECT * {\n BIND(<<( "a" <urn:p> 1 )>> AS ?x) }', 2, 11),
        ("SELECT * { BIND(<<(1.5 <urn:p> 1 )>> AS ?x) }", 1, 20),
        ("SELECT * { BIND(<<( true <urn:p> 1 )>> AS ?x) }", 1, 21),
        ("SELECT * { BIND(<<(<<(<urn:a> <urn:p> 1 )>> <urn:p> 1 )>> AS ?x) }", 1, 20),
    ],
)
def test_what_is_no_sparql_is_refused_where_it_stands(query: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        OxigraphStore().answer(query, WISH)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(*) + SUM(?x) AS ?c) (MAX(?x) AS ?m) { VALUES ?x { 1 2 } }",
        "SELECT (SUM(?n) AS ?c) { { SELECT (COUNT(*) AS ?n) { VALUES ?x { 1 2 } } } }",
        "SELECT (SUM(IF(EXISTS { { SELECT (COUNT(*) AS ?n) {} } }, 1, 0)) AS ?c) {}",
        'SELECT (COUNT("COUNT(COUNT(*))") AS ?a) (COUNT(?count) AS ?b) { # COUNT(COUNT(\n }',
        "PREFIX count: <urn:count(> PREFIX sum: <urn:s> SELECT (COUNT(count:count) AS ?a) (COUNT(<urn:COUNT(SUM(>) AS ?b) {}",
        "SELECT * { <<( <<(?S <urn:p> <urn:o> )>> <urn:r> <urn:z> )>> <urn:q> 1 }",
        "SELECT * { ?s a ( <<( <<(?S <urn:p> <urn:o> )>> <urn:r> <urn:z> )>> ) }",
        "SELECT * { BIND(<<( <urn:a> <urn:p> <<( <urn:a> <urn:p> 'x' )>> )>> AS ?x) }",
        "SELECT (\"<<( 1\" AS ?x) ('''<<(\"''' AS ?y) {}",
    ],
)
def test_what_is_sparql_is_not_refused(query: str) -> None:
    assert answered(query)


@pytest.mark.parametrize(
    ("query", "bindings"),
    [
        ("SELECT (TRUE AS ?t) (False AS ?f) {}", {"t": "true", "f": "false"}),
        ('SELECT (STR(TRUE) AS ?t) ("TRUE" AS ?f) {}', {"t": "true", "f": "TRUE"}),
        ("PREFIX TRUE: <urn:> SELECT (STR(TRUE:TRUE) AS ?t) (STR(<urn:TRUE>) AS ?f) { FILTER(TRUE) }", {"t": "urn:TRUE", "f": "urn:TRUE"}),
    ],
)
def test_truth_values_may_be_written_in_capitals(query: str, bindings: dict[str, str]) -> None:
    found = answered(query)
    assert isinstance(found, dict)
    (row,) = found["results"]["bindings"]
    assert {name: value["value"] for name, value in row.items()} == bindings


def test_an_error_beside_capitals_keeps_its_place() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        OxigraphStore().answer("SELECT (TRUE AS ?t)\n{ ?s ?p }", WISH)
    assert caught.value.line == 2


@given(st.text(alphabet="TRUEtrue<>\"'#?:() \n<<(1aé", max_size=60))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    assert small_truths(text).lower() == text.lower()
    for query in (text, f"COUNT( {text} COUNT( <<( "):
        with suppress(QuerySyntaxError):
            check(query)


def test_long_texts_are_read_once() -> None:
    with pytest.raises(QuerySyntaxError, match="another aggregate"):
        check("(" * 100_000 + "COUNT(COUNT(")
    for part in ("a.", "(", "COUNT(1),", '"""', "<<( <a> ", "'", "\\", "{ COUNT("):
        with suppress(QuerySyntaxError):
            check("COUNT( ) COUNT( ) " + part * 100_000)
