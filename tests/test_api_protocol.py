"""The SPARQL protocol as other engines and libraries speak it, odd habits included; and what is refused, with its sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from SPARQLWrapper import CSV, JSON, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML, SPARQLWrapper

from api.app import create_app
from api.errors import Refused
from api.parameters import Parameters, body_type, plain_query, wanted
from kg.config import Settings
from kg.formats import BOOLEAN
from kg.formats import JSON as JSON_RESULTS
from kg.formats import TURTLE as TURTLE_GRAPH
from kg.namespaces import BASE
from kg.store.oxigraph import OxigraphStore
from tests.serving import canary, served

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"

RDF4J_ROWS = (
    "application/x-binary-rdf-results-table;q=0.8, application/sparql-results+json;q=0.8, application/json;q=0.8, "
    "application/sparql-results+xml;q=0.8, application/xml;q=0.8, application/x-sparqlstar-results+json;q=0.8, "
    "text/csv;q=0.8, text/tab-separated-values;q=0.8, text/x-tab-separated-values-star;q=0.8"
)
RDF4J_TRUTH = "text/boolean, application/sparql-results+json;q=0.8, application/sparql-results+xml;q=0.8"
RDF4J_GRAPH = (
    "application/x-binary-rdf, text/turtle;q=0.9, application/n-triples;q=0.8, application/rdf+xml;q=0.5, application/x-turtlestar;q=0.8, "
    "application/trix;q=0.8, application/ld+json;q=0.8, application/rdf+json;q=0.8, text/n3;q=0.8, application/n-quads;q=0.8"
)
JENA_ROWS = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/tab-separated-values;q=0.7, text/csv;q=0.5, "
    "application/json;q=0.2, application/xml;q=0.2, */*;q=0.1"
)
VIRTUOSO = (
    "application/sparql-results+xml, text/rdf+n3, text/rdf+ttl, text/rdf+turtle, text/turtle, application/turtle, application/x-turtle, "
    "application/rdf+xml, application/xml"
)
COMUNICA_SOURCE = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,text/turtle;q=0.6,"
    "application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,image/svg+xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18"
)


@pytest.fixture(scope="module")
def small() -> Iterator[httpx.Client]:
    """A service over two triples in the default graph and one each in two named graphs."""
    store = OxigraphStore()
    store.load(b"<urn:a> <urn:p> 1 , 2 .", TURTLE_GRAPH)
    for number, graph in ((3, "urn:g"), (4, "urn:h")):
        store.load(f"<urn:a> <urn:p> {number} .".encode(), TURTLE_GRAPH, graph)
    with served(store) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def media_type(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.headers["content-type"].partition(";")[0]


def counted(answer: httpx.Response) -> int:
    assert answer.status_code == 200, answer.text
    form = ox.QueryResultsFormat.from_media_type(answer.headers["content-type"])
    assert form
    found = ox.parse_query_results(answer.content, format=form)
    assert isinstance(found, ox.QuerySolutions)
    (row,) = found
    return int(row["n"].value)


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])


# The dataset of the protocol


@pytest.mark.parametrize(
    ("parameters", "query", "expected"),
    [
        ([], COUNT, 2),
        ([("default-graph-uri", "urn:g")], COUNT, 1),
        ([("default-graph-uri", "urn:g"), ("default-graph-uri", "urn:h")], COUNT, 2),
        ([("default-graph-uri", "http://127.0.0.1:9/nowhere")], COUNT, 0),
        ([("default-graph-uri", "file:///etc/passwd")], COUNT, 0),
        ([("default-graph-uri", "")], COUNT, 2),
        ([("named-graph-uri", "urn:g")], COUNT, 0),
        ([("named-graph-uri", "urn:g")], "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", 1),
        ([("default-graph-uri", "urn:g")], "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", 0),
        ([("default-graph-uri", "urn:g")], "SELECT (COUNT(*) AS ?n) FROM <urn:h> FROM <urn:g> { ?s ?p ?o }", 1),
        ([("named-graph-uri", "urn:g")], "SELECT (COUNT(*) AS ?n) FROM NAMED <urn:h> { GRAPH <urn:h> { ?s ?p ?o } }", 0),
        ([], "SELECT (COUNT(*) AS ?n) FROM <urn:g> FROM <urn:h> { ?s ?p ?o }", 2),
        ([], "SELECT (COUNT(*) AS ?n) FROM <http://127.0.0.1:9/nowhere> { ?s ?p ?o }", 0),
        ([("default-graph-uri", "urn:x-arq:DefaultGraph"), ("default-graph-uri", "urn:g")], COUNT, 3),
    ],
)
def test_the_dataset_of_the_protocol_beats_from_and_an_unknown_graph_is_empty(
    small: httpx.Client, parameters: list[tuple[str, str]], query: str, expected: int
) -> None:
    pairs = [("query", query), *parameters]
    encoded = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    rest = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters)
    assert counted(small.get(f"/sparql?{encoded}")) == expected
    assert counted(small.post("/sparql", content=encoded, headers={"Content-Type": FORM})) == expected
    assert counted(small.post(f"/sparql?{rest}", content=query, headers={"Content-Type": DIRECT})) == expected
    assert counted(small.post(f"/sparql?{rest}", data={"query": query})) == expected


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_that_is_no_iri_is_400(small: httpx.Client, name: str) -> None:
    assert "no IRI" in refused(small.get("/sparql", params={"query": ASK, name: "not an iri"}), 400)


def test_relative_iris_stand_on_the_canonical_address_whatever_the_host_is_called(small: httpx.Client) -> None:
    parameters = {"query": "CONSTRUCT { <s> <#p> 1 } WHERE {}", "format": "nt"}
    for headers in ({}, {"Host": "elsewhere.example"}):
        answer = small.get("/sparql", params=parameters, headers=headers)
        assert answer.text.split()[:2] == [f"<{BASE}s>", f"<{BASE}sparql#p>"]


# Formats


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        (RDF4J_ROWS, COUNT, "application/sparql-results+json"),
        (RDF4J_TRUTH, ASK, "text/boolean"),
        (RDF4J_GRAPH, CONSTRUCT, "text/turtle"),
        (JENA_ROWS, COUNT, "application/sparql-results+json"),
        (JENA_ROWS, ASK, "application/sparql-results+json"),
        (JENA_ROWS, CONSTRUCT, "application/ld+json"),
        (VIRTUOSO, COUNT, "application/sparql-results+xml"),
        (VIRTUOSO, CONSTRUCT, "text/turtle"),
        ("application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7", COUNT, "application/sparql-results+json"),
        ("application/x-binary-rdf-results-table;q=1,application/sparql-results+xml;q=1", COUNT, "application/sparql-results+xml"),
        ("text/boolean", ASK, "text/boolean"),
        ("text/boolean;q=0.1, application/sparql-results+xml", ASK, "application/sparql-results+xml"),
        ("*/*", ASK, "application/sparql-results+json"),
        ("text/*, */*;q=0.1", ASK, "text/csv"),
        ("text/turtle;q=0.5, application/*;q=0.5", CONSTRUCT, "text/turtle"),
        ("text/csv;q=0.2, text/*;q=0.9", COUNT, "text/tab-separated-values"),
    ],
)
def test_the_lists_that_engines_send_get_the_best_format_that_there_is(small: httpx.Client, accept: str, query: str, expected: str) -> None:
    for answer in (
        small.get("/sparql", params={"query": query}, headers={"Accept": accept}),
        small.post("/sparql", data={"query": query}, headers={"Accept": accept}),
    ):
        assert media_type(answer) == expected


@pytest.mark.parametrize(
    ("parameters", "query", "expected"),
    [
        ({"output": "json"}, COUNT, "application/sparql-results+json"),
        ({"results": "xml"}, COUNT, "application/sparql-results+xml"),
        ({"output": "csv", "format": "csv", "results": "csv"}, COUNT, "text/csv"),
        ({"format": "text/x-unknown", "output": "tsv"}, COUNT, "text/tab-separated-values"),
        ({"format": "application/sparql-results+json"}, COUNT, "application/sparql-results+json"),
        ({"format": "application/sparql-results json"}, COUNT, "application/sparql-results+json"),
        ({"output": "sparql"}, COUNT, "application/sparql-results+xml"),
        ({"Accept": "application/sparql-results+xml"}, COUNT, "application/sparql-results+xml"),
        ({"output": "n3"}, CONSTRUCT, "text/turtle"),
        ({"output": "rdf+xml"}, CONSTRUCT, "application/rdf+xml"),
        ({"format": "application/rdf xml"}, CONSTRUCT, "application/rdf+xml"),
        ({"format": "text/boolean"}, ASK, "text/boolean"),
    ],
)
def test_a_format_may_be_named_as_other_services_have_it(
    small: httpx.Client, parameters: dict[str, str], query: str, expected: str
) -> None:
    assert media_type(small.get("/sparql", params={"query": query, **parameters}, headers={"Accept": "image/png"})) == expected


def test_a_format_named_auto_leaves_it_to_the_header(small: httpx.Client) -> None:
    answer = small.get("/sparql", params={"query": COUNT, "format": "auto"}, headers={"Accept": "text/csv"})
    assert media_type(answer) == "text/csv"


def test_a_truth_value_as_text_is_a_word(small: httpx.Client) -> None:
    for query, word in ((ASK, "true"), ("ASK { <urn:nobody> ?p ?o }", "false")):
        assert small.get("/sparql", params={"query": query, "format": "boolean"}).text == word


@pytest.mark.parametrize(("query", "accept"), [(COUNT, "text/boolean"), (CONSTRUCT, "text/boolean"), (ASK, "application/x-binary-rdf")])
def test_a_format_that_does_not_fit_is_406_with_the_list(small: httpx.Client, query: str, accept: str) -> None:
    answer = small.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert "is not offered here" in refused(answer, 406)
    assert answer.json()["offered"]


def test_the_wish_of_an_ask_is_apart() -> None:
    assert wanted("text/boolean", []).truth == [BOOLEAN]
    assert wanted("text/boolean", []).results == []
    assert wanted(None, []).for_truth() is JSON_RESULTS
    assert wanted("text/boolean", ["json"]).for_truth() is JSON_RESULTS


def test_a_page_that_is_asked_for_by_name_is_the_query_page(small: httpx.Client) -> None:
    answer = small.get("/sparql", params={"query": ASK, "format": "text/html"})
    assert answer.status_code == 303
    assert "yes (true)" in small.get(answer.headers["location"]).text
    assert small.get("/sparql?format=html").headers["location"] == "/query"


# Requests as they come


@pytest.mark.parametrize(
    "query",
    [
        f"{COUNT} ;",
        f"{COUNT};\n\n",
        f"  \n{COUNT}  \t ",
        f"\ufeff{COUNT}",
        f'define input:default-graph-uri <urn:g> define sql:signal-void-variables 1 define input:grab-all "yes"\n{COUNT}',
        f"DEFINE lang:dialect 10000 {COUNT}",
        f"{COUNT} # done ;",
        f"#!/bin/sparql\n{COUNT}",
        COUNT.replace(" ", "\r\n"),
    ],
)
def test_a_query_with_what_other_engines_add_is_answered(small: httpx.Client, query: str) -> None:
    assert counted(small.get("/sparql", params={"query": query})) == 2
    assert counted(small.post("/sparql", content=query.encode(), headers={"Content-Type": DIRECT})) == 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?define { ?define ?input ?x }",
        'SELECT ("a ; " AS ?x) {}',
        "PREFIX define: <urn:> SELECT * { ?s define:x 1 }",
        "",
        ";",
        "a\n;\n",
    ],
)
def test_nothing_of_a_plain_query_is_lost(query: str) -> None:
    assert plain_query(query) == query.rstrip().rstrip(";").rstrip()


def test_lines_and_columns_stay_true_behind_what_is_taken_away(small: httpx.Client) -> None:
    answer = small.get("/sparql", params={"query": "\ufeffdefine input:x 1\nSELECT *\nWHERE { ?s ?p } ;"})
    assert (answer.status_code, answer.json()["line"]) == (400, 3)


@pytest.mark.parametrize(
    "parameters",
    [
        {"infer": "true", "queryLn": "SPARQL", "timeout": "30"},
        {"infer": "false", "includeInferred": "false"},
        {"maxrows": "100", "should-sponge": "", "debug": "on", "run": " Run Query "},
        {"should-sponge": "grab-all", "signal_void": "on", "signal_unconnected": "on", "CXML_redir_for_subjs": "121"},
        {"default-graph-uri": "", "format": "application/sparql-results+json", "timeout": "30000"},
        {"queryId": "5ce6a80a-9a45-4d31-a94c-1e0a4ad7e6ed", "analytic": "false"},
        {"timeout": ""},
    ],
)
def test_parameters_that_other_engines_add_do_no_harm(small: httpx.Client, parameters: dict[str, str]) -> None:
    assert counted(small.get("/sparql", params={"query": COUNT, **parameters})) == 2
    assert counted(small.post("/sparql", data={"query": COUNT, **parameters})) == 2
    assert counted(small.post("/sparql", params=parameters, content=COUNT, headers={"Content-Type": DIRECT})) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": FORM},
        {"Content-Type": "text/plain"},
        {"Content-Type": DIRECT},
        {"Content-Type": f"{FORM};charset=UTF-8", "Accept": VIRTUOSO},
    ],
)
def test_an_empty_post_with_the_query_in_its_address_is_answered(small: httpx.Client, headers: dict[str, str]) -> None:
    assert counted(small.post("/sparql", params={"query": COUNT}, headers=headers)) == 2


@pytest.mark.parametrize("content_type", [f"{FORM}; charset=UTF-8", f'{FORM};charset="utf-8"', FORM.upper(), f"{FORM}; charset=us-ascii"])
def test_a_form_may_say_its_character_set(small: httpx.Client, content_type: str) -> None:
    assert counted(small.post("/sparql", content=f"query={quote(COUNT)}", headers={"Content-Type": content_type})) == 2


def test_a_form_may_have_its_dataset_in_the_address(small: httpx.Client) -> None:
    content = f"query={quote(COUNT)}&default-graph-uri=urn%3Ah"
    answer = small.post("/sparql?default-graph-uri=urn%3Ag", content=content, headers={"Content-Type": FORM})
    assert counted(answer) == 2


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_both_spellings_of_the_address_take_everything(small: httpx.Client, path: str) -> None:
    assert counted(small.get(path, params={"query": COUNT})) == 2
    assert counted(small.post(path, data={"query": COUNT})) == 2
    assert small.head(path, params={"query": COUNT}).status_code == 200
    assert small.head(path).status_code == 200
    assert "sd:Service" in small.get(path).text


@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/.well-known/void", "/void", "/", "/api/v1/entities", "/healthz", "/query"])
def test_options_says_what_an_address_takes_and_head_what_get_would(small: httpx.Client, path: str) -> None:
    allowed = small.options(path)
    assert allowed.status_code == 204
    methods = allowed.headers["allow"].split(", ")
    assert {"GET", "HEAD", "OPTIONS"} <= set(methods)
    assert ("POST" in methods) is path.startswith("/sparql")
    get, head = small.get(path), small.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_options_of_nothing_is_404(small: httpx.Client) -> None:
    assert small.options("/nowhere").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_method_that_the_endpoint_does_not_take_is_405_with_those_it_does(small: httpx.Client, method: str) -> None:
    answer = small.request(method, "/sparql", params={"query": ASK})
    refused(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_comunica_finds_a_service_description_and_no_page(small: httpx.Client) -> None:
    answer = small.get("/sparql", headers={"Accept": COMUNICA_SOURCE})
    assert media_type(answer) in ("application/ld+json", "application/n-triples")
    assert "sparql-service-description#Service" in answer.text


def test_a_browser_that_opens_the_endpoint_gets_the_query_page(small: httpx.Client) -> None:
    answer = small.get("/sparql", headers={"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/query")


@pytest.mark.parametrize(("method", "how"), [("GET", URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize(
    ("query", "format", "expected"),
    [
        (COUNT, JSON, "application/sparql-results+json"),
        (COUNT, XML, "application/sparql-results+xml"),
        (COUNT, CSV, "text/csv"),
        (COUNT, TSV, "text/tab-separated-values"),
        (ASK, JSON, "application/sparql-results+json"),
        (CONSTRUCT, TURTLE, "text/turtle"),
        (CONSTRUCT, N3, "text/turtle"),
        (CONSTRUCT, RDFXML, "application/rdf+xml"),
    ],
)
def test_sparqlwrapper_gets_what_it_asks_for(small: httpx.Client, method: str, how: str, query: str, format: str, expected: str) -> None:
    wrapper = SPARQLWrapper(f"{small.base_url}/sparql".replace("//sparql", "/sparql"))
    wrapper.setMethod(method)
    wrapper.setRequestMethod(how)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(format)
    response = wrapper.query().response
    with response:
        assert response.info().get_content_type() == expected


# What is refused


@pytest.mark.parametrize(
    "content_type", [f"{DIRECT}; charset=UTF-16", f"{DIRECT};charset=iso-8859-1", f"{FORM}; charset=windows-1251", f"{FORM};charset=koi8-r"]
)
def test_another_character_set_is_415(small: httpx.Client, content_type: str) -> None:
    assert "UTF-8" in refused(small.post("/sparql", content=ASK, headers={"Content-Type": content_type}), 415)


def test_a_packed_body_is_415(small: httpx.Client) -> None:
    headers = {"Content-Type": DIRECT, "Content-Encoding": "gzip"}
    assert "gzip" in refused(small.post("/sparql", content=b"\x1f\x8b\x08", headers=headers), 415)


@pytest.mark.parametrize("name", ["query", "timeout", "at", "known"])
def test_what_may_stand_once_is_refused_twice(small: httpx.Client, name: str) -> None:
    value = quote({"query": ASK, "timeout": "5"}.get(name, "2019-01-01"), safe="")
    twice = f"query={quote(ASK)}&{name}={value}" + (f"&{name}={value}" if name != "query" else "")
    for answer in (small.get(f"/sparql?{twice}"), small.post("/sparql", content=twice, headers={"Content-Type": FORM})):
        assert f"`{name}` is given 2 times" in refused(answer, 400)


def test_two_queries_one_in_the_address_and_one_in_the_body_are_refused(small: httpx.Client) -> None:
    assert "send one" in refused(small.post("/sparql", params={"query": ASK}, content=ASK, headers={"Content-Type": DIRECT}), 400)
    assert "given 2 times" in refused(small.post("/sparql", params={"query": ASK}, data={"query": ASK}), 400)


@pytest.mark.parametrize("encoded", ["query=ASK%20%7B%7D%20%23%FF", "query=ASK%20%7B%7D&at=%C3%28", "query=%ED%A0%80"])
def test_percent_escapes_that_are_no_utf_8_are_400(small: httpx.Client, encoded: str) -> None:
    assert "not UTF-8" in refused(small.get(f"/sparql?{encoded}"), 400)
    assert "not UTF-8" in refused(small.post("/sparql", content=encoded, headers={"Content-Type": FORM}), 400)


@pytest.mark.parametrize("query", ["", " ", ";", "\ufeff"])
def test_an_empty_query_is_400_and_no_description(small: httpx.Client, query: str) -> None:
    assert "syntax error" in refused(small.get("/sparql", params={"query": query, "infer": "true"}), 400)


@pytest.mark.parametrize("update", ["CLEAR ALL", "PREFIX a: <urn:> INSERT DATA { a:b a:c 1 }", "# first\nDELETE WHERE { ?s ?p ?o } ;"])
def test_an_update_on_the_query_route_is_told_apart(small: httpx.Client, update: str) -> None:
    for answer in (
        small.get("/sparql", params={"query": update}),
        small.get("/sparql", params={"update": update}),
        small.post("/sparql", data={"query": update}),
        small.post("/sparql", data={"update": update}),
        small.post("/sparql", content=update, headers={"Content-Type": DIRECT}),
        small.post("/sparql", content=update, headers={"Content-Type": "application/sparql-update"}),
    ):
        assert "this is a SPARQL update" in refused(answer, 400)
    assert counted(small.get("/sparql", params={"query": COUNT})) == 2


def test_a_function_that_nobody_knows_is_told_in_a_header(small: httpx.Client) -> None:
    query = "SELECT (<http://example.org/größe>(1) AS ?x) (<urn:f>(1) AS ?y) {}"
    answer = small.get("/sparql", params={"query": query})
    assert answer.headers["x-unknown-function"] == "http://example.org/gr%C3%B6%C3%9Fe urn:f"
    assert "x-unknown-function" not in small.get("/sparql", params={"query": COUNT}).headers
    long = "SELECT (<urn:" + "f" * 5000 + ">(1) AS ?x) {}"
    assert small.post("/sparql", data={"query": long}).headers["x-unknown-function"] == "1 functions"


@pytest.mark.parametrize("query", ["SELECT * { SERVICE <URL> { ?s ?p ?o } }", "ASK { SERVICE <URL> { ?s ?p ?o } }"])
def test_a_call_of_another_endpoint_is_refused_after_it_was_read(small: httpx.Client, query: str) -> None:
    with canary() as listening:
        text = query.replace("URL", listening.url)
        assert "SERVICE is not allowed" in refused(small.get("/sparql", params={"query": text}), 400)
        answer = small.get("/sparql", params={"query": text[:-1]})
        assert "syntax error at line 1" in refused(answer, 400), "what is no SPARQL is told as such"
        assert listening.knocks() == 0


def test_a_silent_call_of_another_endpoint_joins_nothing_and_reaches_nobody(small: httpx.Client) -> None:
    with canary() as listening:
        query = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o SERVICE SILENT <{listening.url}> {{ ?s ?p ?x }} }}"
        assert counted(small.get("/sparql", params={"query": query})) == 2
        assert listening.knocks() == 0


# Pure functions


def test_parameters_are_read_in_their_order() -> None:
    read = Parameters.of(b"a=1&b=&a=%2B+x", "the address")
    assert read.every("a") == ("1", "+ x")
    assert read.every("b") == ()
    assert read.one("b") == ""
    assert read.one("c") is None
    assert "b" in read
    assert (read + Parameters((("b", "2"),))).every("b") == ("2",)


def test_ten_thousand_parameters_are_enough() -> None:
    with pytest.raises(Refused, match="more than 10,000 parameters"):
        Parameters.of(b"&".join([b"default-graph-uri=urn:a"] * 10_001), "the address")


@pytest.mark.parametrize(("header", "expected"), [("", ""), ("Text/CSV; header=present", "text/csv"), (" a/b ;charset=UTF-8", "a/b")])
def test_the_type_of_a_body_is_read_without_its_parameters(header: str, expected: str) -> None:
    assert body_type(header, "identity") == expected


@pytest.mark.parametrize(("path", "kind"), [("/sparql", DIRECT), ("/update", "application/sparql-update"), ("/graphs", "text/turtle")])
def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error_of_the_service(path: str, kind: str) -> None:
    app = create_app(Settings(token="t"), OxigraphStore())
    headers = [(b"content-type", kind.encode()), (b"content-length", b"1000"), (b"authorization", b"Bearer t")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"default", "headers": headers, "client": ("127.0.0.1", 1)}
    come = iter([{"type": "http.request", "body": b"ASK", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(come)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app({**scope, "http_version": "1.1", "scheme": "http", "server": ("here", 80), "root_path": ""}, receive, send))
    assert sent[0]["status"] == 400


# Names of the default graph, calls by https, slips told in words


@pytest.mark.parametrize(
    "query",
    ["SELECT * FROM <urn:x-arq:DefaultGraph> { ?s ?p ?o }", "ASK { GRAPH<http://rdf4j.org/schema/rdf4j#nil> { ?s ?p ?o } }"],
)
def test_the_default_graph_has_no_name_within_a_query(small: httpx.Client, query: str) -> None:
    answer = small.get("/sparql", params={"query": query})
    assert (answer.status_code, "default-graph-uri=" in answer.json()["detail"]) == (400, True)


def test_a_name_of_the_default_graph_in_a_literal_or_a_pattern_is_an_ordinary_one(small: httpx.Client) -> None:
    query = 'ASK { ?s ?p ?o FILTER(STR(?s) != "<urn:x-arq:DefaultGraph>") MINUS { <urn:x-arq:DefaultGraph> ?p ?o } }'
    assert small.get("/sparql", params={"query": query}).json()["boolean"] is True


def test_a_timeout_of_nought_is_the_service_s_own(small: httpx.Client) -> None:
    assert small.get("/sparql", params={"query": COUNT, "timeout": "0"}).status_code == 200
    assert small.get("/sparql", params={"query": COUNT, "timeout": "-1"}).status_code == 400


def test_a_silent_call_by_https_is_refused_with_its_reason(small: httpx.Client) -> None:
    answer = small.get("/sparql", params={"query": "SELECT * { SERVICE SILENT <https://127.0.0.1:1/> { ?s ?p ?o } }"})
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or "SERVICE is not allowed" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/update"])
def test_what_is_not_possible_comes_with_what_is(small: httpx.Client, path: str, method: str) -> None:
    answer = small.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == small.options(path).headers["allow"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT (1 AS ?x) (2 AS ?x) {}", "Duplicated variable name in SELECT"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "SELECT * is not authorized with GROUP BY"),
        ("SELECT * { ?s ?p ?o } }", "does not belong here"),
        ("SELECT * { ?s foo:bar ?o }", "this prefix is not declared"),
    ],
)
def test_a_slip_that_the_engine_names_in_words_is_told_so(small: httpx.Client, query: str, told: str) -> None:
    detail = small.get("/sparql", params={"query": query}).json()["detail"]
    assert told in detail
    assert "expected expected" not in detail
