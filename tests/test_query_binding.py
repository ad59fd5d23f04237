"""Parameters are bound, never pasted: no text of a user's becomes part of a query."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.binding import bind
from kg.store.oxigraph import OxigraphStore
from tests.literals import CHARACTERS, literals

ECHO = "SELECT ?x WHERE { VALUES ?x { UNDEF } }"
EVIL = [
    '"', "'", '"""', "'''", "\\", '\\"', "}", "} }", "UNDEF", "VALUES ?x { UNDEF }", "\\u0022", "\\u0022 } SERVICE <x:y> {",
    ">", "<", "#", "\n",    '" } DELETE { ?s ?p ?o } #', "?x", "\\U00000022", "\\N",
    "\x00", "\x7f", "\u2028", "\ufeff", "$&", "\\1", "\\g<0>", "{name}", "%s",
]  # fmt: skip

texts = st.one_of(st.text(CHARACTERS), st.lists(st.sampled_from(EVIL), max_size=6).map("".join), st.sampled_from(EVIL))


def bound(query: str, **values: ox.NamedNode | ox.Literal | list[ox.NamedNode | ox.Literal]) -> list[object]:
    return [row["x"] for row in OxigraphStore().rows(query, **values)]


@given(texts)
def test_any_text_stays_one_literal(text: str) -> None:
    assert bound(ECHO, x=ox.Literal(text)) == [ox.Literal(text)]


@given(literals())
def test_any_literal_keeps_language_and_datatype(literal: ox.Literal) -> None:
    assert bound(ECHO, x=literal) == [literal]


@given(st.lists(literals(), min_size=1, max_size=5, unique=True))
def test_many_values_come_back_as_they_are(values: list[ox.Literal]) -> None:
    assert set(bound(ECHO, x=list(values))) == set(values)


@given(texts)
def test_a_text_that_is_a_parameter_itself_is_not_bound_again(text: str) -> None:
    query = "SELECT ?x ?y WHERE { VALUES ?x { UNDEF } VALUES ?y { UNDEF } }"
    first = ox.Literal(f"VALUES ?y {{ UNDEF }} {text}")
    rows = OxigraphStore().rows(query, x=first, y=ox.Literal("second"))
    assert [row["x"] for row in rows] == [first]


@given(st.text(max_size=20))
def test_an_iri_is_whole_or_refused(text: str) -> None:
    try:
        iri = ox.NamedNode(f"https://example.org/{text}")
    except ValueError:
        return
    assert bound(ECHO, x=iri) == [iri]


@pytest.mark.parametrize("text", ["a b", "a>b", "a<b", 'a"b', "a{b", "a}b", "a|b", "a\\b", "a^b", "a`b", "a\nb", "a> } SERVICE <x:y> { "])
def test_an_iri_that_could_end_early_cannot_be_made(text: str) -> None:
    with pytest.raises(ValueError):
        ox.NamedNode(f"https://example.org/{text}")


def test_a_parameter_that_the_query_lacks_is_an_error() -> None:
    with pytest.raises(KeyError, match="no parameter"):
        bind(ECHO, {"y": ox.Literal("1")})


def test_a_query_with_unbound_parameters_is_a_query() -> None:
    assert bind(ECHO, {}) == ECHO
    assert OxigraphStore().rows(ECHO) == [{}]


def test_every_place_of_a_parameter_is_bound() -> None:
    query = bind("SELECT * { { VALUES ?x{UNDEF} } UNION { VALUES  ?x  {  UNDEF  } } }", {"x": ox.Literal("1")})
    assert "UNDEF" not in query
    assert query.count('VALUES ?x { "1" }') == 2


def test_no_value_for_a_parameter_means_no_row() -> None:
    assert bound(ECHO, x=[]) == []
