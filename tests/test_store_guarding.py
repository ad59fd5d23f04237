"""SERVICE is refused however it is spelt, and only where it is a call; nothing in a query makes the engine reach out."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import EgovkgError, QueryFailed
from kg.store.base import QueryDataset, Wish
from kg.store.guarding import calls_service
from kg.store.oxigraph import OxigraphStore
from tests.serving import canary

CALLS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE\n# a comment\nSILENT\t<URL>{ ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<URL>{ ?s ?p ?o } }",
    "SELECT * { SERVICE<URL>{ ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE : { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE:a { ?s ?p ?o } }",
    "PREFIX n: <URL> SELECT * { SERVICEn:a { ?s ?p ?o } }",
    "PREFIX n: <URL> SELECT * { SERVICE n:a\\'b%20 { ?s ?p ?o } }",
    "SELECT * { VALUES ?u { <URL> } SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { OPTIONAL { ?s ?p 1 }SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { FILTER(1<2&&'x>'!='y') SERVICE <URL> { ?s ?p ?o } } #'",
    "SELECT * { FILTER(1<2#>'''\n) SERVICE <URL> { ?s ?p ?o } } #'''",
    "PREFIX e: <x:> SELECT * { OPTIONAL { ?s e:it\\'s ?o } SERVICE <URL> { ?s ?p ?o } } #'",
    "SELECT * { # '\rSERVICE <URL> { ?s ?p ?o } #'\n }",
    "SELECT * { BIND('\\'' AS ?q) SERVICE <URL> { ?s ?p ?o } BIND('\\'' AS ?r) }",
    'SELECT * { BIND("""a""b\\"""" AS ?q) SERVICE <URL> { ?s ?p ?o } }',
    "SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 'SERVICE' . SERVICE <URL> { ?s ?p ?o } }",
]
HARMLESS = [
    "SELECT ?service { ?service a <https://w3id.org/egovkg/id/service/obtaining-information> }",
    "SELECT $SERVICE { GRAPH $SERVICE { ?s ?p ?o } }",
    "SELECT * { ?s <https://x.example/service?a=1#b> ?o { ?s ?p ?o } }",
    "SELECT * { ?s <https://x.example/SERVICE> ?service { ?s ?p ?o } }",
    "# SERVICE <x:y> { }\nSELECT * { ?s ?p ?o }",
    "SELECT ('SERVICE <x:y> { }' AS ?a) (\"SERVICE <x:y> { }\" AS ?b) {}",
    'SELECT ("""SERVICE <x:y> {\n" }""" AS ?a) {}',
    "SELECT * { ?s a cpsv:PublicService { ?s ?p ?o } }",
    "SELECT * { ?s cv:service ?o }",
    "PREFIX service: <x:> SELECT * { ?s service:a ?o ; service:b service:c }",
    "SELECT * { ?s ?p 'x'@service { ?s ?p ?o } }",
    "SELECT * { ?s ?p _:service { ?s ?p ?o } }",
    "SELECT * { ?s ?p ex:a.service . ?s ?p ?o }",
]


@pytest.mark.parametrize("query", CALLS)
def test_a_call_of_another_endpoint_is_refused_and_nothing_is_fetched(query: str) -> None:
    store = OxigraphStore()
    with canary() as listening:
        with pytest.raises(QueryFailed, match="SERVICE is not allowed here"):
            store.answer(query.replace("URL", listening.url), Wish())
        assert listening.knocks() == 0


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_service_that_is_no_call_is_let_through(query: str) -> None:
    assert not calls_service(query)


def test_without_the_guard_the_engine_would_reach_out() -> None:
    with canary() as listening:
        query = f"SELECT * {{ SERVICE SILENT <{listening.url}> {{ ?s ?p ?o }} }}"
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor() as pool:
            asked = pool.submit(lambda: len(list(ox.Store().query(query))))  # type: ignore[arg-type]
            knocks = 0
            while not asked.done():
                knocks += listening.knocks()
        assert knocks + listening.knocks() == 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <URL> { ?s ?p ?o }",
        "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
        "DESCRIBE <URL>",
        "LOAD <URL>",
        "LOAD SILENT <file:///etc/passwd>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    ],
)
def test_no_other_clause_fetches_anything(query: str) -> None:
    store = OxigraphStore()
    with canary() as listening:
        text = query.replace("URL", listening.url)
        try:
            body = store.answer(text, Wish(), QueryDataset()).body
        except EgovkgError:
            body = b""
        assert b"root:" not in body
        assert listening.knocks() == 0


TOKENS = [
    "SERVICE", "service", "SILENT", "<x:y>", "<", ">", "{", "}", "(", ")", "'", '"', "'''", '"""', "#", "\n", "\r", " ", "?s", "$o", "ex:a",
    "ex:it\\'s", ":", ".", ";", ",", "1", "true", "'a'", '"b"', "@en", "^^", "&&", "=", "!=", "FILTER", "OPTIONAL", "VALUES ?x",
    "BIND", "AS ?y",    "\\", "\\'", "UNDEF", "a", "?s ?p ?o", "FILTER(1<2", "_:b",
]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=14), st.lists(st.sampled_from(TOKENS), max_size=6))
def test_whatever_the_guard_lets_through_calls_nobody(before: list[str], after: list[str]) -> None:
    """The engine itself is the oracle: port 9 is one that it refuses, and says so, whenever it would call."""
    query = f"PREFIX ex: <x:> PREFIX : <x:> SELECT * {{ {''.join(before)} SERVICE <http://127.0.0.1:9/> {{}} {''.join(after)} }}"
    if calls_service(query):
        return
    try:
        found = ox.Store().query(query)
        assert isinstance(found, ox.QuerySolutions)
        list(found)
    except SyntaxError:
        return
    except (OSError, ValueError, RuntimeError) as error:
        raise AssertionError(f"a call went through: {query!r}") from error


@given(st.text(alphabet="serviceSERVICE <>{}?$:'\"#\\\n.ax1@_-", max_size=60))
def test_the_guard_reads_any_text_to_its_end(text: str) -> None:
    assert calls_service(text) in (True, False)


@given(st.text(max_size=60))
def test_a_call_inside_a_literal_is_no_call(text: str) -> None:
    assert not calls_service(f"SELECT ({ox.Literal(text + ' SERVICE <x:y> {')} AS ?x) {{}}")


@pytest.mark.parametrize("evil", ["'''\\", "service", "service ", "<'''", "service<a>", "<a", "service #\n", "?", "{", "a.", "ex:%20"])
def test_a_megabyte_of_any_one_piece_is_read(evil: str) -> None:
    assert not calls_service(evil * (1_000_000 // len(evil)) + " service")
