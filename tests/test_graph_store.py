"""The SPARQL 1.1 Graph Store Protocol over HTTP: status codes, formats, conditions, hostile uploads, readers during PUT."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.formats import GRAPHS, Format
from kg.rdf import rdf_format
from kg.store.oxigraph import OxigraphStore
from tests.serving import canary, served
from tests.test_updates import BEARER, PLAIN, ask, values, write

G = {"graph": "https://example.org/g"}
TURTLE = {**BEARER, "Content-Type": "text/turtle; charset=utf-8"}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with served(OxigraphStore(), PLAIN) as url, httpx.Client(base_url=url, timeout=60) as made:
        yield made


def put(client: httpx.Client, text: str, **headers: str) -> httpx.Response:
    return client.put("/graphs", params=G, content=text, headers={**TURTLE, **headers})


def test_put_creates_then_replaces_and_get_gives_what_was_put(client: httpx.Client) -> None:
    assert put(client, "<x:a> <x:p> 1 .").status_code == 201
    answer = put(client, "<x:a> <x:p> 2 , 'ü' .")
    assert (answer.status_code, answer.content) == (204, b"")
    got = client.get("/graphs", params=G)
    assert (got.status_code, got.headers["Content-Type"]) == (200, "text/turtle; charset=utf-8")
    assert {quad.object.value for quad in ox.parse(got.content, format=ox.RdfFormat.TURTLE)} == {"2", "ü"}
    assert answer.headers["X-Dataset-Release"] == got.headers["X-Dataset-Release"]


@pytest.mark.parametrize("format", GRAPHS, ids=lambda one: one.name)
def test_a_graph_goes_in_and_out_in_every_format(client: httpx.Client, format: Format) -> None:
    triples = {ox.Triple(ox.NamedNode("x:a"), ox.NamedNode("http://x/p"), ox.Literal(text, language="kk")) for text in ("қала", 'a\n"b"')}
    data = ox.serialize(triples, format=rdf_format(format))
    assert data
    headers = {**BEARER, "Content-Type": format.media_type}
    assert client.put("/graphs", params=G, content=data, headers=headers).status_code == 201
    got = client.get("/graphs", params=G, headers={"Accept": format.media_type})
    assert got.headers["Content-Type"] == format.content_type
    assert {quad.triple for quad in ox.parse(got.content, format=rdf_format(format))} == triples


def test_post_adds_and_creates(client: httpx.Client) -> None:
    assert client.post("/graphs", params=G, content="<x:a> <x:p> 1 .", headers=TURTLE).status_code == 201
    assert client.post("/graphs", params=G, content="<x:a> <x:p> 1 , 2 .", headers=TURTLE).status_code == 204
    assert values(client, "SELECT ?v { GRAPH <https://example.org/g> { ?s ?p ?v } } ORDER BY ?v") == ["1", "2"]


def test_a_post_without_a_graph_makes_one_and_says_where(client: httpx.Client) -> None:
    made = client.post("/graphs", content="<> <x:p> 1 .", headers=TURTLE)
    assert made.status_code == 201
    got = client.get(made.headers["Location"])
    assert f"<{made.headers['Location']}> <x:p> 1" in got.text
    assert client.delete(made.headers["Location"], headers=BEARER).status_code == 204
    assert client.get(made.headers["Location"]).status_code == 404


def test_a_graph_may_be_named_by_its_own_address(client: httpx.Client) -> None:
    assert client.put("/graphs/person/1.ttl", content="<#me> <x:p> 1 .", headers=TURTLE).status_code == 201
    address = f"{str(client.base_url).rstrip('/')}/graphs/person/1.ttl"
    assert f"<{address}#me>" in client.get("/graphs", params={"graph": address}, headers={"Accept": "application/n-triples"}).text


def test_a_form_of_several_files_is_one_write(client: httpx.Client) -> None:
    files = [("one", ("a.ttl", b"_:x <x:p> 1 .", "text/turtle")), ("two", ("b.nt", b'_:x <x:p> "2" .', "application/n-triples"))]
    assert client.post("/graphs", params=G, files=files, headers=BEARER).status_code == 201
    assert len(values(client, "SELECT ?v { GRAPH <https://example.org/g> { ?v <x:p> ?o } }")) == 2
    assert not ask(client, "ASK { GRAPH <https://example.org/g> { ?s <x:p> 1 , '2' } }"), "blank nodes of two files merged"
    bad = [*files, ("three", ("c.ttl", b"no turtle", "text/turtle"))]
    assert client.post("/graphs", params=G, files=bad, headers=BEARER).status_code == 400
    assert len(values(client, "SELECT ?v { GRAPH <https://example.org/g> { ?s ?p ?v } }")) == 2


def test_delete_takes_the_graph_away_once(client: httpx.Client) -> None:
    put(client, "<x:a> <x:p> 1 .")
    assert client.delete("/graphs", params=G, headers=BEARER).status_code == 204
    assert client.get("/graphs", params=G).status_code == 404
    assert client.head("/graphs", params=G).status_code == 404
    assert client.delete("/graphs", params=G, headers=BEARER).status_code == 404
    assert not ask(client, "ASK { GRAPH ?g {} }")


def test_an_empty_graph_is_a_graph(client: httpx.Client) -> None:
    assert put(client, "").status_code == 201
    got = client.get("/graphs", params=G, headers={"Accept": "application/n-triples"})
    assert (got.status_code, got.content) == (200, b"")


def test_the_default_graph_is_read_written_and_emptied(client: httpx.Client) -> None:
    default = {"default": ""}
    assert client.get("/graphs?default").status_code == 200
    assert client.put("/graphs?default", content="<x:a> <x:p> 1 .", headers=TURTLE).status_code == 204
    assert client.post("/graphs", params=default, content="<x:a> <x:p> 2 .", headers=TURTLE).status_code == 204
    assert values(client, "SELECT ?v { ?s ?p ?v } ORDER BY ?v") == ["1", "2"]
    assert client.delete("/graphs", params=default, headers=BEARER).status_code == 204
    assert values(client, "SELECT ?v { ?s ?p ?v }") == []


def test_head_tells_what_get_would_without_the_body(client: httpx.Client) -> None:
    put(client, "<x:a> <x:p> 1 .")
    head, got = client.head("/graphs", params=G), client.get("/graphs", params=G)
    assert head.content == b""
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("format", ["text/turtle", "application/ld+json"])
def test_a_write_meant_for_another_state_is_refused(client: httpx.Client, format: str) -> None:
    put(client, "<x:a> <x:p> 1 .")
    seen = client.get("/graphs", params=G, headers={"Accept": format}).headers["ETag"]
    assert put(client, "<x:a> <x:p> 2 .", **{"If-Match": seen}).status_code == 204
    late = put(client, "<x:a> <x:p> 3 .", **{"If-Match": seen})
    assert (late.status_code, late.headers["Content-Type"]) == (412, "application/problem+json")
    assert client.delete("/graphs", params=G, headers={**BEARER, "If-Match": seen}).status_code == 412
    assert put(client, "<x:a> <x:p> 3 .", **{"If-None-Match": "*"}).status_code == 412
    assert put(client, "<x:a> <x:p> 3 .", **{"If-Match": "*"}).status_code == 204
    other = {"graph": "https://example.org/other"}
    assert client.put("/graphs", params=other, content="", headers={**TURTLE, "If-Match": "*"}).status_code == 412
    assert client.put("/graphs", params=other, content="", headers={**TURTLE, "If-None-Match": "*"}).status_code == 201


def test_a_write_to_one_graph_leaves_the_etag_of_another(client: httpx.Client) -> None:
    put(client, "<x:a> <x:p> 1 .")
    seen = client.get("/graphs", params=G)
    write(client, "INSERT DATA { GRAPH <x:else> { <x:a> <x:p> 1 } }")
    assert client.get("/graphs", params=G, headers={"If-None-Match": seen.headers["ETag"]}).status_code == 304


def test_of_four_clients_that_replace_one_state_only_one_succeeds(client: httpx.Client) -> None:
    for number in range(10):
        put(client, f"<x:a> <x:p> {number} .")
        seen = client.get("/graphs", params=G).headers["ETag"]
        statuses: list[int] = []

        def replace(own: int, seen: str = seen, statuses: list[int] = statuses) -> None:
            statuses.append(put(client, f"<x:a> <x:q> {own} .", **{"If-Match": seen}).status_code)

        threads = [threading.Thread(target=replace, args=(own,)) for own in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [204, 412, 412, 412]


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/graphs", 400, "name one graph"),
        ("/graphs?graph=", 400, "no IRI"),
        ("/graphs?graph=relative", 400, "no IRI"),
        ("/graphs?graph=x:a%3E%20%7B%7D", 400, "no IRI"),
        ("/graphs?default&graph=x:g", 400, "name one graph"),
        ("/graphs?graph=x:g&graph=x:h", 400, "name one graph"),
        ("/graphs?graph=x:none", 404, "there is no graph x:none"),
        ("/graphs?default&format=csv", 406, "ttl"),
    ],
)
def test_what_names_no_graph_is_refused(client: httpx.Client, address: str, status: int, says: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]


BOMB = '<!DOCTYPE r [<!ENTITY a "' + "x" * 1000 + '">{}]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF>'


@pytest.mark.parametrize(
    ("type", "data", "status", "says"),
    [
        ("text/turtle", b"<x:a> <x:p> 1 .\n<x:b> <x:p> .", 400, "line 2"),
        ("text/turtle", b"<x:a> <x:p> '\xff' .", 400, "not readable as ttl"),
        ("application/trig", b"<x:g> { <x:a> <x:p> 1 }", 400, "graphs of its own"),
        ("application/octet-stream", b"<x:a> <x:p> 1 .", 415, "text/turtle"),
        ("", b"<x:a> <x:p> 1 .", 415, "text/turtle"),
        ("application/x-www-form-urlencoded", b"a=b", 415, "text/turtle"),
        ("text/turtle; charset=koi8-r", b"<x:a> <x:p> 1 .", 415, "UTF-8"),
        ("multipart/form-data", b"--x", 400, "boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--", 400, "blank line"),
        ("application/ld+json", b"[" * 100_000, 400, "nested too deep"),
        ("application/ld+json", b'{"a":' * 400 + b"1" + b"}" * 400, 400, "deeper than 200"),
        ("application/ld+json", b'{"@id": "x:a",}', 400, "line 1"),
        ("application/rdf+xml", BOMB.format('<!ENTITY b "&a;&a;">', "&b;").encode(), 400, "refers to another one"),
        ("application/rdf+xml", BOMB.format("", "&a;" * 10_000).encode(), 400, "many times longer"),
        ("application/rdf+xml", BOMB.format("<!ENTITY % p 'x'>", "").encode(), 400, "refers to another one"),
        ("application/rdf+xml", BOMB.format('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;").encode(), 400, "is not taken here"),
        ("application/rdf+xml", BOMB.format("", "").encode("utf-16"), 400, "UTF-8"),
        ("application/n-triples", b"<x:a> <x:p> " + b"<<( <x:a> <x:p> " * 300 + b"<x:o>" + b" )>>" * 300 + b" .", 400, "deeper than 200"),
    ],
)
def test_a_bad_or_hostile_upload_is_one_sentence_and_changes_nothing(
    client: httpx.Client, type: str, data: bytes, status: int, says: str
) -> None:
    put(client, "<x:a> <x:p> 0 .")
    answer = client.put("/graphs", params=G, content=data, headers={**BEARER, "Content-Type": type})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    assert says in answer.json()["detail"]
    assert values(client, "SELECT ?v { GRAPH <https://example.org/g> { ?s ?p ?v } }") == ["0"]


def test_no_upload_makes_the_service_fetch_anything(client: httpx.Client) -> None:
    with canary() as listening:
        context = f'{{"@context": "{listening.url}", "@id": "x:a", "p": "x"}}'.encode()
        doctype = f'<!DOCTYPE r SYSTEM "{listening.url}"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'.encode()
        for type, data in (("application/ld+json", context), ("application/rdf+xml", doctype)):
            client.put("/graphs", params=G, content=data, headers={**BEARER, "Content-Type": type})
        assert listening.knocks() == 0


def test_readers_during_put_never_see_an_empty_or_a_mixed_graph(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    with served(store, PLAIN) as url, httpx.Client(base_url=url, timeout=60) as client:
        graphs = ["".join(f"<x:{number}> <x:p> '{name}' .\n" for number in range(2000)) for name in ("old", "new")]
        put(client, graphs[0])
        seen: list[tuple[int, set[str]]] = []
        done = threading.Event()

        def read() -> None:
            with httpx.Client(base_url=url, timeout=60) as own:
                while not done.is_set():
                    got = own.get("/graphs", params=G, headers={"Accept": "application/n-triples"})
                    seen.append((len(got.content.splitlines()), set(re.findall(r'"(\w+)"', got.text))))

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for number in range(10):
            assert put(client, graphs[(number + 1) % 2]).status_code == 204
        done.set()
        for reader in readers:
            reader.join()
    store.close()
    assert seen
    assert all(count == 2000 and len(names) == 1 for count, names in seen)


def test_turtle_begins_with_the_prefixes_that_it_uses_and_no_others(client: httpx.Client) -> None:
    put(client, "<x:a> <http://www.w3.org/2004/02/skos/core#prefLabel> 'a' .")
    assert re.findall(r"@prefix (\w*):", client.get("/graphs", params=G).text) == ["skos"]
