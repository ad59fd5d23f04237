"""What ill-meant writes by the bearer of a token do to the service: each is refused within its limits, nobody else notices."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.serving import canary
from tests.stores import copy_store
from tests.test_hostile import Service, nested, running

TOKEN = "a-token-for-hostile-writes"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
DIRECT = {**BEARER, "Content-Type": "application/sparql-update"}
LIMIT = 3.0
REFUSED = {400, 413, 503, 504}


@pytest.fixture(scope="module")
def attacked(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over the curated graph, under attack; at the end it is the same process and takes writes."""
    store = str(copy_store(made_store, tmp_path_factory.mktemp("attacked") / "store"))
    with running(EGOVKG_STORE=store, EGOVKG_TOKEN=TOKEN, EGOVKG_TIMEOUT=str(LIMIT), EGOVKG_WORKERS="2", EGOVKG_CACHE="0") as service:
        begun = started(service.pid)
        service.light()
        harmless(service)
        yield service
        harmless(service)
        service.light()
        assert started(service.pid) == begun


def started(pid: int) -> str:
    """Return when a process was started, in ticks since the machine was."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def harmless(service: Service) -> None:
    """Write something small; a copy that was killed is made anew meanwhile."""
    update = f"INSERT DATA {{ GRAPH <x:mine> {{ <x:{time.time_ns()}> <x:p> 1 }} }}"
    for _ in range(20):
        answer = service.client.post("/update", content=update, headers=DIRECT)
        if answer.status_code == 200:
            assert answer.json()["added"] == 1
            return
        assert answer.status_code == 503, answer.text
    raise AssertionError("the service takes no writes any more")


def besieged(service: Service, request: httpx.Request) -> httpx.Response:
    """Send a request, and ask something light all the while."""
    found: list[httpx.Response] = []

    def attack() -> None:
        with httpx.Client(timeout=60) as client:
            found.append(client.send(request))

    thread = threading.Thread(target=attack)
    thread.start()
    asked = 0
    while thread.is_alive() or not asked:
        service.light()
        asked += 1
    (answer,) = found
    return answer


def refused(answer: httpx.Response) -> None:
    assert answer.status_code in REFUSED, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(answer.json()["detail"]) < 2000


DOUBLING = "".join(f"BIND(CONCAT(?x{n - 1}, ?x{n - 1}) AS ?x{n}) " for n in range(1, 41))
INTO = "INSERT { GRAPH <x:mine> { ?a <x:bad> ?x } } WHERE "
UPDATES = {
    "braces": f"INSERT {{ <x:a> <x:bad> 1 }} WHERE {{ {nested('{', '', '}', 30_000)} }}",
    "parentheses": f"{INTO}{{ ?a ?b ?x FILTER({nested('(', '1', ')', 30_000)}) }}",
    "minus signs": f"{INTO}{{ ?a ?b ?x FILTER({'-' * 100_000}'a') }}",
    "optional": f"{INTO}{{ ?a ?b ?x {nested('OPTIONAL { ?s ?p ?o ', '', '}', 10_000)} }}",
    "property lists": f"INSERT DATA {{ GRAPH <x:mine> {{ <x:a> <x:bad> {nested('[ <x:q> ', '1', ']', 10_000)} . ?v }} }}",
    "quoted triples": f"INSERT DATA {{ GRAPH <x:mine> {{ <x:a> <x:bad> {nested('<<( <x:a> <x:b> ', '1', ')>>', 5_000)} }} }}",
    "regex": f"{INTO}{{ ?a ?b ?x . ?c ?d ?e FILTER(REGEX(CONCAT(STR(?x), STR(?e)), '{'(x+x+)+' * 20}y')) }}",
    "product": f"{INTO}{{ ?a ?b ?c . ?d ?e ?x }}",
    "doubling": f"{INTO}{{ ?a ?b ?c BIND(STR(?c) AS ?x0) {DOUBLING} BIND(?x40 AS ?x) }}",
    "endless": f"{INTO}{{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?x FILTER(STR(?c) < STR(?f) && STR(?f) < STR(?x)) }}",
}


@pytest.mark.parametrize("name", UPDATES)
def test_a_costly_update_is_refused_within_its_limits(attacked: Service, name: str) -> None:
    refused(besieged(attacked, attacked.client.build_request("POST", "/update", content=UPDATES[name], headers=DIRECT)))
    assert attacked.ask("ASK { GRAPH <x:mine> { ?a <x:bad> ?b } }").json()["boolean"] is False


HEAD = b'<!DOCTYPE a [%s]><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:"><r:Description r:about="urn:a">'
TEXT = b"<e:b>&x9;</e:b></r:Description></r:RDF>"
BOMB = b'<!ENTITY x0 "%s">' % (b"x" * 1000) + b"".join(b'<!ENTITY x%d "%s">' % (n, b"&x%d;" % (n - 1) * 30) for n in range(1, 10))
UPLOADS = {
    "bomb": ("application/rdf+xml", HEAD % BOMB + TEXT),
    "entity": ("application/rdf+xml", HEAD % b'<!ENTITY x9 SYSTEM "URL">' + TEXT),
    "context": ("application/ld+json", b'{"@context": "URL", "@id": "urn:a", "name": "x"}'),
    "json": ("application/ld+json", b'{"urn:a":' * 100_000 + b"1" + b"}" * 100_000),
    "arrays": ("application/ld+json", b"[" * 1_000_000),
    "properties": ("text/turtle", b"<urn:a> <urn:b> " + b"[ <urn:c> " * 200_000),
    "triples": ("text/turtle", b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 50_000 + b"1" + b" )>>" * 50_000 + b" ."),
    "literal": ("text/turtle", b'<urn:a> <urn:b> "' + b"x" * 16_000_000 + b'" .'),
    "unclosed": ("text/turtle", b'<urn:a> <urn:b> """' + b"x" * 15_000_000),
    "bytes": ("text/turtle", b'<urn:a> <urn:b> "\xff\xfe" .'),
    "lines": ("application/n-triples", b"\x00" * 1_000_000),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_a_document_that_bites_is_refused_within_its_limits(attacked: Service, name: str) -> None:
    media_type, document = UPLOADS[name]
    with canary() as listening:
        content = document.replace(b"URL", listening.url.encode())
        headers = {**BEARER, "Content-Type": media_type}
        refused(besieged(attacked, attacked.client.build_request("PUT", "/graphs?graph=x:bitten", content=content, headers=headers)))
        assert listening.knocks() == 0
    assert attacked.ask("ASK { GRAPH <x:bitten> {} }").json()["boolean"] is False


def test_a_write_that_waits_behind_a_costly_one_is_made_when_that_was_killed(attacked: Service) -> None:
    statuses: list[int] = []

    def costly() -> None:
        statuses.append(httpx.post(f"{attacked.url}/update", content=UPDATES["endless"], headers=DIRECT, timeout=60).status_code)

    thread = threading.Thread(target=costly)
    thread.start()
    time.sleep(0.5)
    harmless(attacked)
    thread.join()
    assert statuses[0] in (503, 504)
