"""What ill-meant requests do to the service: each gets an answer or a problem, none an outcome for anybody else."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.serving import canary
from tests.stores import copy_store

DIRECT = {"Content-Type": "application/sparql-query"}
LIMIT = 1.5
LIGHT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a egov:Programme }"
KINDLY = {200, 400, 406, 413, 414, 415, 422, 429, 431, 503, 504}


class Service:
    """A service in a process of its own, with a small limit of time, and what is known of that process."""

    def __init__(self, url: str, pid: int) -> None:
        self.url, self.pid = url, pid
        self.client = httpx.Client(base_url=url, timeout=60)

    def ask(self, query: str | bytes, **parameters: str) -> httpx.Response:
        return self.client.post("/sparql", content=query, headers=DIRECT, params=parameters)

    def light(self) -> float:
        """Ask something light; return the seconds that it took."""
        begin = time.perf_counter()
        answer = self.client.get("/sparql", params={"query": f"{LIGHT} #{time.perf_counter_ns()}"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["results"]["bindings"][0]["n"]["value"] != "0"
        return time.perf_counter() - begin

    def processor(self) -> float:
        """Return the seconds of processor that the service and its workers have used."""
        total = 0.0
        for pid in (self.pid, *self.workers()):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def workers(self) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
            except OSError:
                continue
            if fields and int(fields[1]) == self.pid and fields[0] != "Z":
                found.append(int(entry.name))
        return found


@contextmanager
def running(**environment: str) -> Iterator[Service]:
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        try:
            assert process.stderr
            for line in process.stderr:
                if line.startswith("serving "):
                    service = Service(line.split()[-1], process.pid)
                    with service.client:
                        yield service
                    break
            assert process.poll() is None, "the service ended"
        finally:
            process.terminate()
            process.communicate()


@pytest.fixture(scope="module")
def hostile(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service under attack. It must be the same process at the end, answer, and be at rest."""
    store = str(copy_store(made_store, tmp_path_factory.mktemp("hostile") / "store"))
    with running(
        EGOVKG_STORE=store, EGOVKG_TIMEOUT=str(LIMIT), EGOVKG_WORKERS="2", EGOVKG_MAX_ANSWER="3000000", EGOVKG_CACHE="0"
    ) as service:
        pid = service.pid
        service.light()
        yield service
        service.light()
        assert service.pid == pid
        for _ in range(100):
            begin = service.processor()
            time.sleep(0.5)
            if service.processor() - begin < 0.1:
                return
        raise AssertionError("the service does not come to rest")


def nested(begin: str, middle: str, end: str, depth: int) -> str:
    return begin * depth + middle + end * depth


DEEP = {
    "parentheses": f"SELECT * {{ FILTER({nested('(', '1', ')', 30_000)}) }}",
    "braces": f"SELECT * {{ {nested('{', '', '}', 30_000)} }}",
    "optional": f"SELECT * {{ {nested('OPTIONAL { ?s ?p ?o ', '', '}', 10_000)} }}",
    "optionals": "SELECT * { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o } " * 3_000 + "}",
    "unions": "SELECT * { { ?s ?p ?o } " + "UNION { ?s ?p ?o } " * 10_000 + "} LIMIT 1",
    "nested unions": f"SELECT * {{ {nested('{ { ?a ?b ?c } UNION ', '{ ?s ?p ?o }', '}', 5_000)} }}",
    "not": f"SELECT * {{ FILTER({'!' * 100_000}true) }}",
    "minus signs": f"SELECT * {{ FILTER({'-' * 100_000}1) }}",
    "not exists": f"SELECT * {{ {nested('FILTER NOT EXISTS { ?s ?p ?o ', '', '}', 5_000)} }}",
    "minus": f"SELECT * {{ {nested('?s ?p ?o MINUS { ', '?s ?p ?o', '}', 5_000)} }}",
    "in lists": f"SELECT * {{ FILTER({nested('1 IN (', '1', ')', 20_000)}) }}",
    "calls": f"SELECT * {{ FILTER({nested('STR(', '1', ')', 20_000)}) }}",
    "if": f"SELECT * {{ FILTER({nested('IF(true, ', '1', ', 0)', 20_000)}) }}",
    "sums": f"SELECT * {{ FILTER({'1+' * 100_000}1) }}",
    "ors": f"SELECT * {{ FILTER({'false || ' * 50_000}true) }}",
    "paths": f"SELECT * {{ ?s {nested('(', '<x:p>', ')', 20_000)} ?o }}",
    "repeated paths": f"SELECT * {{ ?s {nested('(', '<x:p>', ')*', 5_000)} ?o }}",
    "long paths": f"SELECT * {{ ?s {'<x:p>/' * 20_000}<x:p> ?o }}",
    "inverse paths": f"SELECT * {{ ?s {'^' * 50_000}<x:p> ?o }}",
    "property lists": f"SELECT * {{ ?s ?p {nested('[ ?q ', '1', ']', 5_000)} }}",
    "collections": f"SELECT * {{ ?s ?p {nested('(', '1', ')', 5_000)} }}",
    "sub-selects": f"SELECT * {{ {nested('{ SELECT * { ', '?s ?p ?o', '} }', 5_000)} }}",
    "graphs": f"SELECT * {{ {nested('GRAPH ?g { ', '?s ?p ?o', '}', 10_000)} }}",
    "services": f"SELECT * {{ {nested('SERVICE <http://127.0.0.1:9/> { ', '?s ?p ?o', '}', 5_000)} }}",
    "quoted triples": f"SELECT * {{ BIND({nested('<<( <x:a> <x:b> ', '1', ')>>', 5_000)} AS ?x) }}",
    "construct": f"CONSTRUCT {{ ?s ?p {nested('[ ?q ', '1', ']', 5_000)} }} WHERE {{ ?s ?p ?o }}",
    "unclosed": "SELECT * {" + "{" * 100_000,
    "binds": "SELECT * { " + "".join(f"BIND({n} AS ?v{n}) " for n in range(3_000)) + "}",
    "joins": "SELECT * { " + "".join(f"?s ?p{n} ?o{n} . " for n in range(1_000)) + "} LIMIT 1",
}


@pytest.mark.parametrize("name", DEEP)
def test_depth_of_any_construct_costs_a_worker_at_most(hostile: Service, name: str) -> None:
    answer = hostile.ask(DEEP[name])
    assert answer.status_code in {200, 400, 503, 504}, answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) < 2000
    hostile.light()


HEAVY = {
    "product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a < ?d && ?d < ?g && STR(?c) < STR(?f)) }",
    "sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "distinct product": "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f }",
    "grouped product": "SELECT (GROUP_CONCAT(STR(?c)) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (!<x:p>|^!<x:p>)* ?b }",
    "regex": f"SELECT * {{ ?s ?p ?o FILTER(REGEX('{'a' * 5000}', '(a|aa|a*)*(a|aa|a*)*b')) FILTER(REGEX(STR(?o), '{'(x+x+)+' * 20}y')) }}",
    "big regex": "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '((((a{1,100}){1,100}){1,100}){1,100})')) }",
    "doubling": "SELECT (STRLEN(?x30) AS ?n) { BIND('x' AS ?x0) " + "".join(f"BIND(CONCAT(?x{n - 1}, ?x{n - 1}) AS ?x{n}) " for n in range(1, 41)) + "}",
    "replacing": "SELECT (STRLEN(REPLACE(REPLACE(REPLACE(?s, '.', '$0$0$0$0$0$0$0$0'), '.', '$0$0$0$0$0$0$0$0'), '.', '$0$0$0$0$0$0$0$0')) AS ?n) { ?x ?y ?o BIND(STR(?o) AS ?s) }",
    "values": "SELECT (COUNT(*) AS ?n) { " + "".join(f"VALUES ?v{n} {{ 1 2 3 4 5 6 7 8 }} " for n in range(15)) + "}",
    "construct": "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "describe": "DESCRIBE * { ?a ?b ?c . ?d ?e ?f }",
    "exists": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?a ?x ?y . ?y ?z ?d . ?q ?r ?a } }",
}  # fmt: skip


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_query_is_cut_off_and_a_light_one_keeps_its_pace(
    hostile: Service, name: str, record_property: Callable[[str, object], None]
) -> None:
    found: list[httpx.Response] = []
    attack = threading.Thread(
        target=lambda: found.append(httpx.post(f"{hostile.url}/sparql", content=HEAVY[name], headers=DIRECT, timeout=60))
    )
    begin = time.perf_counter()
    attack.start()
    paces = []
    while attack.is_alive():
        paces.append(hostile.light())
    took = time.perf_counter() - begin
    (answer,) = found
    assert answer.status_code in {200, 400, 503, 504}, answer.text[:300]
    if answer.status_code == 200 and answer.headers.get("x-truncated"):
        assert len(answer.content) < 4_000_000
    worst = sorted(paces)[int(len(paces) * 0.99)]
    record_property("pace", f"{name}: {answer.status_code} after {took:.2f} s; light p99 {worst * 1000:.1f} ms of {len(paces)}")
    print(f"{name}: {answer.status_code} after {took:.2f} s; light queries p99 {worst * 1000:.1f} ms of {len(paces)}")


def test_giant_literals_and_lists_are_bounded_by_the_length_of_a_request(hostile: Service) -> None:
    for query in (
        f"SELECT ('{'x' * 1_500_000}' AS ?x) {{}}",
        f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({','.join(map(str, range(200_000)))})) }}",
        f"SELECT * {{ VALUES ?s {{ {'<x:y> ' * 200_000} }} ?s ?p ?o }}",
        f"SELECT * {{ ?s <{'x' * 1_000_000}:> ?o }}",
        "#" * 1_900_000,
        "PREFIX a: <x:> " * 100_000 + "ASK {}",
    ):
        assert hostile.ask(query).status_code in {200, 400, 503, 504}
    assert hostile.ask("x" * 2_000_001).status_code == 413
    assert hostile.ask("x" * 5_000_000).status_code == 413
    hostile.light()


PRODUCT = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


def test_a_huge_answer_is_cut_and_says_so(hostile: Service) -> None:
    answer = hostile.ask(PRODUCT)
    assert answer.headers["x-truncated"] == "true"
    assert len(answer.content) <= 3_000_000
    assert answer.json()["truncated"] is True
    assert len(answer.json()["results"]["bindings"]) > 1000


def test_clients_that_leave_or_dawdle_hold_nobody_up(hostile: Service) -> None:
    address = urlsplit(hostile.url)
    request = f"GET /sparql?query={quote(HEAVY['product'])} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    waiting = []
    for _ in range(20):  # who asks and goes
        with socket.create_connection((address.hostname, address.port)) as leaving:
            leaving.sendall(request)
    for _ in range(20):  # who asks for much and never reads
        reading = socket.create_connection((address.hostname, address.port))
        reading.sendall(f"GET /sparql?query={quote(PRODUCT)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        waiting.append(reading)
    for _ in range(20):  # who never ends asking
        asking = socket.create_connection((address.hostname, address.port))
        asking.sendall(request[:-7])
        waiting.append(asking)
    for _ in range(200):
        answer = hostile.client.get("/sparql", params={"query": LIGHT})
        if answer.status_code == 200:
            break
        assert answer.status_code in {429, 503}
        assert int(answer.headers["retry-after"]) > 0
        time.sleep(0.1)
    for connection in waiting:
        connection.close()
    hostile.light()


SPELLINGS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { VALUES ?u { <URL> } SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { BIND(IRI('URL') AS ?u) SERVICE SILENT ?u { ?s ?p ?o } }",
    "SELECT * { #\rSERVICE <URL> { ?s ?p ?o } #\n }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVIC\\u0045 <URL> { ?s ?p ?o } }",
    "BASE <URL> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE:{ ?s ?p ?o } }",
    "SELECT * { FILTER EXISTS { SERVICE SILENT <URL> { ?s ?p ?o } } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
    "DESCRIBE <URL>",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <x:g>",
    "# SELECT\nLOAD <URL>",
    "L\\u004fAD <URL>",
    "LOAD <file:///etc/passwd>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o } ; LOAD <URL>",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_makes_the_service_reach_out(hostile: Service, spelling: str) -> None:
    with canary() as listening:
        query = spelling.replace("URL", listening.url)
        for answer in (
            hostile.ask(query),
            hostile.client.get("/sparql", params={"query": query, "default-graph-uri": listening.url}),
            hostile.client.get("/sparql", params={"query": query, "at": "2020-01-01"}),
            hostile.client.get("/query", params={"query": query}, headers={"Accept": "text/html"}),
        ):
            assert answer.status_code in {200, 400, 503, 504}
            assert "root:" not in answer.text
        assert listening.knocks() == 0


@pytest.mark.parametrize(
    "target",
    [
        "/sparql?query=%", "/sparql?query=%zz", "/sparql?query=%ff%fe", "/sparql?query=%c3%28", "/sparql?query=%00", "/sparql?query=%ed%a0%80",
        "/sparql?%ff=%ff", "/sparql?query=ASK{}&query=%", "/sparql?" + "&" * 10_000, "/sparql?" + "a=b&" * 5_000 + "query=ASK{}",
        "/sparql?query=ASK{}&default-graph-uri=%0d%0aX-Evil:1", "/sparql?query=ASK{}&format=%0d%0aX-Evil:1", "/sparql?query=ASK{}&timeout=1e400",
        "/sparql?query=ASK{}&timeout=%F0%9F%98%80", "/sparql?query=ASK{}&at=%0d%0aX-Evil:1", "/sparql?query=ASK{}&known=9999-12-31",
        "/sparql?query=ASK{}&at=0001-01-01", "/sparql/../../etc/passwd", "/id/%2e%2e/%2e%2e", "/id/act/%3Cscript%3E", "/?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/query?query=%3Cscript%3Ealert(1)%3C/script%3E", "/api/v1/entities?q='%20OR%201=1%20--", "/api/v1/entities?q=%22%7D%20SERVICE%20%3Chttp://x/%3E%7B",
        "/api/v1/entities?cursor=%ff", "/api/v1/entities?limit=99999999999999999999", "/api/v1/entities/act/x%3E%7D%20%7B", "/static/%2e%2e/%2e%2e/etc/passwd",
    ],
)  # fmt: skip
def test_ill_formed_addresses_are_answered_and_put_in_nothing(hostile: Service, target: str) -> None:
    address = urlsplit(hostile.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/html, */*\r\n\r\n".encode("latin-1"))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status < 500 or status == 503, head  # 503: the view of that day was not made in time
    assert b"\nX-Evil" not in head
    assert b"<script>alert" not in body
    assert b"root:" not in body
    assert b"Traceback" not in body


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Big: " + b"x" * 300_000 + b"\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5_000)) + b"\r\n",
        b"GET /sparql?query=" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: " + b"text/csv;q=0.1," * 3_000 + b"*/*\r\nConnection: close\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99999999999\r\n\r\nASK",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
    ],
    ids=["big header", "many headers", "long address", "long accept", "long body", "negative", "chunks", "tls", "short"],
)
def test_ill_formed_requests_end_their_connection_at_most(hostile: Service, request_: bytes) -> None:
    address = urlsplit(hostile.url)
    with socket.create_connection((address.hostname, address.port), timeout=2) as connection:
        try:
            connection.sendall(request_)
            answer = connection.recv(65536)
        except (TimeoutError, ConnectionError):
            answer = b""
    assert not answer or re.match(rb"HTTP/1.1 (200|4\d\d) ", answer), answer[:200]
    hostile.light()


def test_many_views_of_many_days_leave_light_queries_alone(hostile: Service) -> None:
    answers: list[int] = []

    def attack(year: int) -> None:
        answers.append(httpx.get(f"{hostile.url}/sparql", params={"query": "ASK {}", "at": f"{year}-01-01"}, timeout=60).status_code)

    threads = [threading.Thread(target=attack, args=(year,)) for year in range(1991, 2003)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        hostile.light()
    assert set(answers) <= {200, 429, 503, 504}
    assert len(hostile.workers()) <= 10  # two at work, one spare, two more after losses; three views kept, two on their way


def test_a_rate_is_kept_for_each_client_and_says_when_to_come_back(tmp_path: Path) -> None:
    with running(EGOVKG_STORE=str(tmp_path / "store"), EGOVKG_EMPTY="1", EGOVKG_RATE_LIMIT="5") as service:
        answers = [service.client.get("/sparql", params={"query": "ASK {}"}) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 13
        assert "more than 5 requests a minute" in answers[-1].json()["detail"]
        assert service.client.get("/healthz").status_code == 200
