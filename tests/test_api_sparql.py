"""The SPARQL 1.1 protocol over HTTP, as clients of every habit send it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from api.asking import EXAMPLES, Example
from kg.config import Settings
from kg.formats import GRAPHS, RESULTS, Format
from kg.rdf import parse
from kg.store.oxigraph import OxigraphStore
from tests.serving import canary, served, spawned

ASK = "ASK { ?s ?p ?o }"
SELECT = "SELECT ?p WHERE { ?p a egov:Programme } ORDER BY ?p LIMIT 3"
CONSTRUCT = "CONSTRUCT { ?p a egov:Programme } WHERE { ?p a egov:Programme }"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def echo(text: str) -> str:
    return f"SELECT ({ox.Literal(text)} AS ?x) {{}}"


def only(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["results"]["bindings"]
    value: str = row["x"]["value"]
    return value


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)
    assert "Traceback" not in answer.text
    return body


TEXTS = ["50%25", "50%", "a+b", "a b", "%2B", "&query=", "Цифрлық Қазақстан", "😀", "\u00a0", "=", "#", "+%20+"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_get_is_decoded_exactly_once(service: httpx.Client, text: str) -> None:
    assert only(service.get(f"/sparql?query={quote(echo(text), safe='')}")) == text
    assert only(service.get(f"/sparql?query={quote_plus(echo(text))}")) == text
    assert only(service.get("/sparql", params={"query": echo(text)})) == text


@pytest.mark.parametrize("text", TEXTS)
def test_a_form_is_decoded_exactly_once(service: httpx.Client, text: str) -> None:
    assert only(service.post("/sparql", data={"query": echo(text)})) == text
    assert only(service.post("/sparql", content=f"query={quote(echo(text), safe='')}", headers={"Content-Type": FORM})) == text
    content = f"query={quote_plus(echo(text))}"
    assert only(service.post("/sparql", content=content, headers={"Content-Type": f"{FORM}; charset=UTF-8"})) == text


@pytest.mark.parametrize("text", TEXTS)
def test_a_direct_post_is_not_decoded_at_all(service: httpx.Client, text: str) -> None:
    assert only(service.post("/sparql", content=echo(text), headers={"Content-Type": DIRECT})) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=40)
def test_any_text_reaches_the_engine_as_it_was_sent(service: httpx.Client, text: str) -> None:
    assert only(service.get("/sparql", params={"query": echo(text)})) == text
    assert only(service.post("/sparql", data={"query": echo(text)})) == text
    assert only(service.post("/sparql", content=echo(text).encode(), headers={"Content-Type": DIRECT})) == text


@pytest.mark.parametrize("format", RESULTS, ids=lambda f: f.name)
def test_a_select_answers_in_the_results_format_asked_for(service: httpx.Client, format: Format) -> None:
    for answer in (
        service.get("/sparql", params={"query": SELECT}, headers={"Accept": format.media_type}),
        service.get("/sparql", params={"query": SELECT, "format": format.name}, headers={"Accept": "text/html"}),
        service.post("/sparql", data={"query": SELECT, "format": format.name}),
        service.post("/sparql", content=SELECT, headers={"Content-Type": DIRECT, "Accept": format.media_type}),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == format.content_type
        assert answer.text.count("https://w3id.org/egovkg/id/programme/") == 3


@pytest.mark.parametrize("format", GRAPHS, ids=lambda f: f.name)
def test_a_construct_answers_in_the_graph_format_asked_for(service: httpx.Client, format: Format) -> None:
    by_header = service.get("/sparql", params={"query": CONSTRUCT}, headers={"Accept": format.media_type})
    by_name = service.get("/sparql", params={"query": CONSTRUCT, "format": format.name})
    assert by_header.headers["content-type"] == by_name.headers["content-type"] == format.content_type
    assert len(parse(by_header.content, format)) == len(parse(by_name.content, format)) > 10


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        ("*/*", SELECT, "application/sparql-results+json"),
        ("*/*", CONSTRUCT, "text/turtle"),
        ("", SELECT, "application/sparql-results+json"),
        ("text/*", SELECT, "text/csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", SELECT, "application/sparql-results+xml"),
        ("application/sparql-results+json;q=0, */*", SELECT, "application/sparql-results+xml"),
        ("application/json", SELECT, "application/sparql-results+json"),
        ("application/json", CONSTRUCT, "application/ld+json"),
        ("application/rdf+xml, application/sparql-results+json;q=0.1", CONSTRUCT, "application/rdf+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", SELECT, "application/sparql-results+xml"),
    ],
)
def test_the_accept_header_is_weighed(service: httpx.Client, accept: str, query: str, expected: str) -> None:
    answer = service.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == expected


@pytest.mark.parametrize(("headers", "name"), [({"Accept": "image/png"}, None), ({}, "docx"), ({"Accept": "text/html"}, None)])
def test_no_acceptable_format_is_406_with_the_list(service: httpx.Client, headers: dict[str, str], name: str | None) -> None:
    body = problem(service.get("/sparql", params={"query": SELECT, **({"format": name} if name else {})}, headers=headers), 406)
    assert {"text/csv", "application/sparql-results+json", "text/turtle"} <= set(body["offered"])  # type: ignore[call-overload]


@pytest.mark.parametrize(("query", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (ASK, "application/n-quads")])
def test_a_format_of_the_other_kind_of_answer_is_406_and_never_a_wrong_type(service: httpx.Client, query: str, accept: str) -> None:
    body = problem(service.get("/sparql", params={"query": query}, headers={"Accept": accept}), 406)
    assert body["offered"]


@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_an_ask_in_a_format_without_booleans_is_no_server_error(service: httpx.Client, format: str) -> None:
    answer = service.get("/sparql", params={"query": ASK, "format": format})
    assert answer.status_code in (200, 406)
    assert "true" in answer.text or answer.json()["offered"]


def test_head_has_the_headers_of_get_and_no_body(service: httpx.Client) -> None:
    get = service.get("/sparql", params={"query": SELECT})
    head = service.head("/sparql", params={"query": SELECT})
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "x-dataset-release", "vary"):
        assert head.headers[name] == get.headers[name]


def test_a_page_of_any_other_site_may_read(service: httpx.Client) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    answer = service.get("/sparql", params={"query": ASK}, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert {"etag", "link", "x-dataset-release"} <= {n.strip().lower() for n in answer.headers["access-control-expose-headers"].split(",")}
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    preflight = service.options("/sparql", headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "", "multipart/form-data; boundary=x", "application/sparql"])
def test_a_post_of_another_type_is_415_and_says_what_to_send(service: httpx.Client, media_type: str) -> None:
    body = problem(service.post("/sparql", content=ASK, headers={"Content-Type": media_type}), 415)
    assert DIRECT in str(body["detail"])


def test_a_form_without_a_query_says_so(service: httpx.Client) -> None:
    assert "query" in str(problem(service.post("/sparql", data={"q": ASK}), 400)["detail"])


def test_a_syntax_error_is_400_with_line_and_column(service: httpx.Client) -> None:
    for answer in (
        service.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}),
        service.post("/sparql", content="SELECT *\nWHERE { ?s ?p }", headers={"Content-Type": DIRECT}),
    ):
        body = problem(answer, 400)
        assert body["line"] == 2
        assert body["column"] in (15, 16), "the engine counts the brace that it stumbles over"
        assert f"line 2, column {body['column']}" in str(body["detail"])


@pytest.mark.parametrize("query", ["", " ", "SELECT", "{", "\x00", "é", "SELECT * WHERE { ?s nowhere:x ?o }", "SELECT ?x { } GROUP BY ?y"])
def test_what_is_no_sparql_is_400(service: httpx.Client, query: str) -> None:
    problem(service.post("/sparql", data={"query": query, "x": "y"}), 400)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ("update=" + quote_plus("CLEAR ALL"), FORM),
        ("query=" + quote_plus("CLEAR ALL"), FORM),
        ("CLEAR ALL", "application/sparql-update"),
        ("DROP ALL", DIRECT),
        ("LOAD <http://127.0.0.1/>", DIRECT),
    ],
)
def test_an_update_is_refused_in_a_sentence(service: httpx.Client, content: str, media_type: str) -> None:
    body = problem(service.post("/sparql", content=content, headers={"Content-Type": media_type}), 400)
    assert "update" in str(body["detail"])
    assert only(service.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?x) { ?s ?p ?o }"})) != "0"


@pytest.mark.parametrize("timeout", ["abc", "-1", "nan", "inf", "1e999"])
def test_a_timeout_that_is_no_time_is_400(service: httpx.Client, timeout: str) -> None:
    assert "timeout" in str(problem(service.get("/sparql", params={"query": ASK, "timeout": timeout}), 400)["detail"])


def test_a_timeout_can_only_lower_the_limit(service: httpx.Client) -> None:
    assert service.get("/sparql", params={"query": ASK, "timeout": "1000000"}).status_code == 200


def test_a_query_that_takes_too_long_is_504_and_the_service_goes_on(store: OxigraphStore) -> None:
    """The query is bounded: nine million pairs, so that its thread ends soon after."""
    side = "{ SELECT ?%s WHERE { ?%s ?%s1 ?%s2 } LIMIT 3000 }"
    slow = f"SELECT (COUNT(*) AS ?n) WHERE {{ {side % (('a',) * 4)} {side % (('b',) * 4)} FILTER(STRLEN(CONCAT(STR(?a), STR(?b))) = 0) }}"
    with served(store, Settings(timeout=0.3)) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert "0.3 seconds" in str(problem(client.get("/sparql", params={"query": slow}), 504)["detail"])
        assert client.get("/sparql", params={"query": ASK}).status_code == 200
        assert "0.1 seconds" in str(problem(client.get("/sparql", params={"query": slow, "timeout": "0.1"}), 504)["detail"])


def test_a_query_beyond_the_limit_is_413(store: OxigraphStore) -> None:
    long = ASK + " " * 2000
    with served(store, Settings(max_query=1000)) as url, httpx.Client(base_url=url, timeout=60) as client:
        problem(client.post("/sparql", content=long, headers={"Content-Type": DIRECT}), 413)
        problem(client.post("/sparql", data={"query": long}), 413)
        problem(client.get("/sparql", params={"query": long}), 413)
        assert client.post("/sparql", content=ASK, headers={"Content-Type": DIRECT}).status_code == 200


@pytest.mark.parametrize("content", [b"SELECT * {} # \xff", b"\xc3\x28", b"\xed\xa0\x80"])
def test_invalid_utf_8_is_400(service: httpx.Client, content: bytes) -> None:
    assert "UTF-8" in str(problem(service.post("/sparql", content=content, headers={"Content-Type": DIRECT}), 400)["detail"])
    form = b"query=" + quote(content, safe="").encode()
    assert service.post("/sparql", content=form, headers={"Content-Type": FORM}).status_code in (200, 400)
    assert service.get(f"/sparql?query={quote(content, safe='')}").status_code in (200, 400)


def test_depth_that_overflows_a_usual_stack_does_not_end_the_process(tmp_path: Path) -> None:
    deep = [
        f"SELECT * {{ FILTER({'(' * 10_000}1{')' * 10_000}) }}",
        f"SELECT * {{ {'{' * 10_000}{'}' * 10_000} }}",
        "SELECT * { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o } " * 3_000 + "} LIMIT 1",
        f"SELECT * {{ FILTER({'!' * 10_000}true) }}",
        f"SELECT * {{ ?s {'(' * 5_000}<x:p>{')' * 5_000} ?o }}",
        f"SELECT * {{ ?s ?p {'[ ?q ' * 2_000}1{']' * 2_000} }}",
    ]
    with (
        spawned("--store", str(tmp_path / "store"), EGOVKG_EMPTY="1", EGOVKG_TIMEOUT="2") as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        for query in deep:
            answer = client.post("/sparql", content=query, headers={"Content-Type": DIRECT})
            assert answer.status_code in (200, 400, 504), query[:40]
        assert client.get("/healthz").json()["status"] == "ok"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "SELECT * FROM <URL> { ?s ?p ?o }",
        "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "LOAD <URL>",
        "LOAD <file:///etc/passwd>",
    ],
)
def test_no_query_makes_the_service_fetch_anything(service: httpx.Client, query: str) -> None:
    with canary() as listening:
        text = query.replace("URL", listening.url)
        for answer in (
            service.get("/sparql", params={"query": text}),
            service.post("/sparql", data={"query": text}),
            service.get("/sparql", params={"query": "SELECT * { ?s ?p ?o } LIMIT 1", "default-graph-uri": listening.url}),
        ):
            assert answer.status_code in (200, 400)
            assert "root:" not in answer.text
        if "SERVICE <" in query:
            assert "SERVICE is not allowed" in str(problem(service.get("/sparql", params={"query": text}), 400)["detail"])
        assert listening.knocks() == 0


def test_a_graph_that_is_no_iri_is_400(service: httpx.Client) -> None:
    for name in ("default-graph-uri", "named-graph-uri"):
        problem(service.get("/sparql", params={"query": ASK, name: "not an iri"}), 400)


def test_the_dataset_of_the_protocol_is_honoured_in_get_and_in_form(service: httpx.Client) -> None:
    passage = "https://w3id.org/egovkg/id/passage/orazgaliyeva-2023/table-3"
    query = "SELECT (COUNT(*) AS ?x) { ?s sdmx-measure:obsValue ?o }"
    counts = {
        only(service.get("/sparql", params={"query": query, "default-graph-uri": passage})),
        only(service.post("/sparql", data={"query": query, "default-graph-uri": passage})),
        only(service.post("/sparql", params={"default-graph-uri": passage}, content=query, headers={"Content-Type": DIRECT})),
    }
    assert counts == {"99"}
    assert only(service.get("/sparql", params={"query": query})) != "99"


def test_the_same_answer_has_the_same_strong_etag_and_answers_304(service: httpx.Client, store: OxigraphStore) -> None:
    first = service.get("/sparql", params={"query": SELECT})
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert first.headers["x-dataset-release"] == store.release()
    assert {"accept", "accept-language"} <= {name.strip().lower() for name in first.headers["vary"].split(",")}
    for condition in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = service.get("/sparql", params={"query": SELECT}, headers={"If-None-Match": condition})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert service.get("/sparql", params={"query": SELECT}, headers={"If-None-Match": '"other"'}).status_code == 200
    assert service.get("/sparql", params={"query": SELECT, "format": "csv"}).headers["etag"] != tag
    assert service.post("/sparql", data={"query": SELECT}, headers={"If-None-Match": tag}).status_code == 200


def test_a_trailing_slash_loses_nothing(service: httpx.Client) -> None:
    assert service.get("/sparql/", params={"query": ASK}).json()["boolean"] is True
    assert service.post("/sparql/", data={"query": ASK}).json()["boolean"] is True


def test_a_bare_get_describes_the_service(service: httpx.Client) -> None:
    answer = service.get("/sparql")
    assert answer.headers["content-type"].startswith("text/turtle")
    from kg.formats import TURTLE

    found = {(quad.predicate.value.partition("#")[2], str(quad.object)) for quad in parse(answer.content, TURTLE)}
    assert ("supportedLanguage", "<http://www.w3.org/ns/sparql-service-description#SPARQL11Query>") in found
    assert ("endpoint", f"<{str(service.base_url).rstrip('/')}/sparql>") in found
    assert sum(name == "resultFormat" for name, _ in found) == len(RESULTS) + len(GRAPHS)


def test_a_bare_get_of_a_browser_goes_to_the_query_page(service: httpx.Client) -> None:
    answer = service.get("/sparql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/query")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_405_as_a_problem(service: httpx.Client, method: str) -> None:
    assert method in str(problem(service.request(method, "/sparql"), 405)["detail"])


def test_the_federating_store_of_rdflib_is_served(service: httpx.Client) -> None:
    from SPARQLWrapper import JSON, SPARQLWrapper

    wrapper = SPARQLWrapper(f"{str(service.base_url).rstrip('/')}/sparql")
    wrapper.setQuery(SELECT)
    wrapper.setReturnFormat(JSON)
    found = wrapper.query().convert()
    assert isinstance(found, dict)
    assert len(found["results"]["bindings"]) == 3


BROWSER = {"Accept": "text/html"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_of_the_query_page_gives_rows(service: httpx.Client, example: Example) -> None:
    assert f'href="{escape(example.address)}&amp;lang=en"' in service.get("/query", headers=BROWSER).text
    page = service.get(example.address, headers=BROWSER)
    assert page.status_code == 200
    assert "complete. The same as" in page.text
    assert "<td>" in page.text or "&lt;https://w3id.org/egovkg/id/act/P1700000827&gt;" in page.text


def test_the_query_page_shows_rows_with_links_to_things_and_to_other_formats(service: httpx.Client) -> None:
    page = service.get("/query", params={"query": SELECT, "lang": "ru"}, headers=BROWSER).text
    names = [
        ox.NamedNode(row["p"]["value"]).value for row in service.get("/sparql", params={"query": SELECT}).json()["results"]["bindings"]
    ]
    for name in names:
        assert f'href="/id/{name.rpartition("/id/")[2]}.html?lang=ru"' in page
    assert "3 rows, complete" in page
    for format in RESULTS:
        address = next(unescape(link) for link in re.findall(r'href="(/sparql[^"]+)"', page) if link.endswith(f"format={format.name}"))
        assert service.get(address).headers["content-type"] == format.content_type
    assert SELECT in unescape(page)


def test_the_query_page_cuts_long_answers_and_says_so(service: httpx.Client) -> None:
    page = service.get("/query", params={"query": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1001"}, headers=BROWSER).text
    assert "1000 rows, cut at 1,000" in page
    assert page.count("<tr>") == 1001
    page = service.get("/query", params={"query": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1000"}, headers=BROWSER).text
    assert "1000 rows, complete" in page
    page = service.get("/query", params={"query": "SELECT ?s WHERE { ?s a <urn:nothing> }"}, headers=BROWSER).text
    assert "0 rows, complete" in page
    page = service.get("/query", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }"}, headers=BROWSER).text
    assert "cut at 1,000 lines" in page


def test_the_query_page_shows_truth_values_and_graphs(service: httpx.Client) -> None:
    assert "yes (true)" in service.get("/query", params={"query": ASK}, headers=BROWSER).text
    page = service.get("/query", params={"query": CONSTRUCT}, headers=BROWSER).text
    turtle = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.S)
    assert turtle
    assert "egov:Programme" in unescape(turtle[1])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("SELECT ?p WHERE {\n  ?p a egov:Programme", "syntax error at line 2"),
        ("DELETE WHERE { ?s ?p ?o }", "this is a SPARQL update"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is not allowed"),
    ],
)
def test_an_error_stands_above_the_query_that_made_it(service: httpx.Client, query: str, sentence: str) -> None:
    page = service.get("/query", params={"query": query}, headers=BROWSER)
    assert page.status_code == 400
    assert sentence in page.text
    assert page.text.index(sentence) < page.text.index('<form action="/query"')
    assert query in unescape(page.text)
