"""The SPARQL 1.1 protocol for updates over HTTP: forms, dataset, refusals, racing writers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.config import Settings
from kg.store.oxigraph import OxigraphStore
from tests.serving import canary, served

TOKEN = "a-token-for-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PLAIN = Settings(empty=True, shacl=False, token=TOKEN, timeout=20)
DIRECT = {**BEARER, "Content-Type": "application/sparql-update"}


@pytest.fixture
def plain() -> Iterator[httpx.Client]:
    """A client of a plain SPARQL store in memory."""
    with served(OxigraphStore(), PLAIN) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[httpx.Client]:
    """The same in a directory."""
    store = OxigraphStore(tmp_path / "store")
    with served(store, PLAIN) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client
    store.close()


def write(client: httpx.Client, update: str, **parameters: str) -> httpx.Response:
    return client.post("/update", content=update, headers=DIRECT, params=parameters)


def ask(client: httpx.Client, query: str) -> bool:
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["boolean"])


def values(client: httpx.Client, query: str) -> list[str]:
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    return [row["v"]["value"] for row in rows]


def test_an_update_sent_directly_changes_the_data_and_says_what(plain: httpx.Client) -> None:
    answer = write(plain, "INSERT DATA { <x:a> <x:p> 1 , 2 }")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["added"], told["removed"], told["derived"]) == (2, 0, 0)
    assert told["release"] == answer.headers["X-Dataset-Release"] != told["before"]
    assert ask(plain, "ASK { <x:a> <x:p> 2 }")
    assert plain.get("/healthz").headers["X-Dataset-Release"] == told["release"]


def test_an_update_sent_as_a_form_changes_the_data(plain: httpx.Client) -> None:
    answer = plain.post("/update/", data={"update": "INSERT DATA { GRAPH <x:g> { <x:a> <x:p> 'ü' } }"}, headers=BEARER)
    assert answer.status_code == 200
    assert ask(plain, "ASK { GRAPH <x:g> { <x:a> <x:p> 'ü' } }")


def test_several_operations_are_one_transaction(plain: httpx.Client) -> None:
    write(plain, "INSERT DATA { <x:a> <x:p> 1 }")
    answer = write(plain, "DELETE DATA { <x:a> <x:p> 1 } ; INSERT DATA { <x:b> <x:p> 1 } ; CREATE GRAPH <x:g> ; CREATE GRAPH <x:g>")
    assert answer.status_code == 400
    assert "already exists" in answer.json()["detail"]
    assert ask(plain, "ASK { <x:a> <x:p> 1 }")
    assert not ask(plain, "ASK { GRAPH <x:g> {} }")


def test_relative_iris_count_from_the_address_and_our_prefixes_are_known(plain: httpx.Client) -> None:
    assert write(plain, "INSERT DATA { <thing> a egov:Programme }").status_code == 200
    assert ask(plain, f"ASK {{ <{plain.base_url}/thing> a egov:Programme }}".replace("//thing", "/thing"))


@pytest.mark.parametrize("where", ["query", "form"])
def test_the_protocols_dataset_is_that_of_the_where_clause(plain: httpx.Client, where: str) -> None:
    write(
        plain, "INSERT DATA { <x:d> <x:p> 0 . GRAPH <x:1> { <x:a> <x:p> 1 } GRAPH <x:2> { <x:b> <x:p> 2 } GRAPH <x:3> { <x:c> <x:p> 3 } }"
    )
    update = "INSERT { GRAPH <x:out> { ?s <x:from> ?v . ?t <x:named> ?w } } WHERE { { ?s <x:p> ?v } UNION { GRAPH ?g { ?t <x:p> ?w } } }"
    dataset = {"using-graph-uri": ["x:1", "x:2"], "using-named-graph-uri": "x:3"}
    if where == "query":
        answer = plain.post("/update", content=update, headers=DIRECT, params=dataset)
    else:
        answer = plain.post("/update", data={"update": update, **dataset}, headers=BEARER)
    assert answer.status_code == 200, answer.text
    assert sorted(values(plain, "SELECT ?v { GRAPH <x:out> { ?s <x:from> ?v } }")) == ["1", "2"]
    assert values(plain, "SELECT ?v { GRAPH <x:out> { ?s <x:named> ?v } }") == ["3"]


def test_the_protocols_dataset_holds_for_delete_where_too(plain: httpx.Client) -> None:
    write(plain, "INSERT DATA { <x:a> <x:p> 1 . GRAPH <x:1> { <x:a> <x:p> 1 } }")
    assert write(plain, "DELETE WHERE { ?s ?p ?o }", **{"using-graph-uri": "x:empty"}).json()["removed"] == 0
    assert write(plain, "DELETE WHERE { ?s ?p ?o }", **{"using-graph-uri": "x:1"}).json()["removed"] == 1


@pytest.mark.parametrize(
    "clause", ["WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <x:g> WHERE { ?s ?p ?o }"]
)
def test_a_dataset_in_two_places_is_refused_with_line_and_column(plain: httpx.Client, clause: str) -> None:
    answer = write(plain, f"# an update\n{clause}", **{"using-graph-uri": "x:g"})
    assert (answer.status_code, answer.json()["line"]) == (400, 2)
    assert "name the dataset in one place" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        ("INSERT DATA { <x:a> <x:p> }", {}, 400, "line 1, column"),
        ("SELECT * {}", {}, 400, "this is a query"),
        ("CLEAR GRAPH <x:none>", {}, 400, "does not exist"),
        ("LOAD <http://127.0.0.1:9/x>", {}, 400, "LOAD is not allowed"),
        ("load\n# c\n<file:///etc/passwd>into graph<x:g>", {}, 400, "LOAD is not allowed"),
        ("LOAD <http://127.0.0.1:9/x> INTO", {}, 400, "line 1, column 33"),
        ("PREFIX n: <x:>\nPREFIX m: <x:> LOAD <x:y> INTO", {}, 400, "line 2, column 31"),
        ("PREFIX n: <x:>\n LOAD <x:y> ;\n LOAD", {}, 400, "line 3, column 6"),
        ("PREFIX n: <http://127.0.0.1:9/> LOADn:x INTO GRAPH <x:g>", {}, 400, "LOAD is not allowed"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", {}, 400, "SERVICE is not allowed"),
        ("CLEAR ALL", {"Content-Type": "text/turtle"}, 415, "application/sparql-update"),
        ("update=CLEAR%20ALL", {"Content-Type": ""}, 415, "application/x-www-form-urlencoded"),
        ("update=CLEAR%20ALL&update=CLEAR%20ALL", {"Content-Type": "application/x-www-form-urlencoded"}, 400, "send one"),
        ("query=ASK%7B%7D", {"Content-Type": "application/x-www-form-urlencoded"}, 400, "queries go to /sparql"),
        ("CLEAR ALL", {"Content-Type": "application/sparql-update; charset=utf-16"}, 415, "as UTF-8"),
        (b"INSERT DATA { <x:a> <x:p> '\xff' }", {}, 400, "not UTF-8"),
        ("CLEAR ALL", {"Content-Encoding": "gzip"}, 415, "uncompressed"),
    ],
)
def test_what_is_no_update_is_refused_with_the_cure(
    plain: httpx.Client, body: str | bytes, headers: dict[str, str], status: int, says: str
) -> None:
    write(plain, "INSERT DATA { <x:kept> <x:p> 1 }")
    answer = plain.post("/update", content=body, headers={**DIRECT, **headers})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert ask(plain, "ASK { <x:kept> <x:p> 1 }")


def test_nothing_is_fetched_however_it_is_asked_for(plain: httpx.Client) -> None:
    with canary() as listening:
        for update in (
            "LOAD <{}>",
            "LOAD <https://127.0.0.1/>",
            "PREFIX c: <{}> LOADc:x",
            "INSERT DATA {{ }} ; LoAd<{}>",
            "CLEAR ALL;LOAD\t<{}>INTO GRAPH<x:g>",
        ):
            assert write(plain, update.format(listening.url)).status_code == 400
        assert listening.knocks() == 0


@pytest.mark.parametrize(
    "update",
    [
        "LOAD SILENT <{}> INTO GRAPH <x:g>",
        "LOAD SILENT <file:///etc/passwd>",
        "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
    ],
)
def test_what_is_asked_for_silently_comes_to_nothing(plain: httpx.Client, update: str) -> None:
    with canary() as listening:
        answer = write(plain, f"INSERT DATA {{{{ <x:a> <x:p> 1 }}}} ; {update}".format(listening.url))
        assert (answer.status_code, answer.json()["added"], answer.json()["removed"]) == (200, 1, 0)
        assert listening.knocks() == 0


def test_updates_may_call_the_functions_of_egovkg(plain: httpx.Client) -> None:
    write(plain, 'INSERT DATA { <x:act> eli:date_document "2020-01-01"^^xsd:date ; <x:name> "ҚАУЛЫ" }')
    told = write(
        plain,
        "INSERT { ?act <x:folded> ?folded } WHERE { ?act <x:name> ?name BIND(egov:fold(?name) AS ?folded) "
        'FILTER(egov:inForce(?act, "2021-01-01"^^xsd:date)) }',
    )
    assert told.json()["added"] == 1, told.text
    assert ask(plain, "ASK { ?act <x:name> ?name ; <x:folded> ?folded FILTER(egov:fold(?name) = ?folded) }")


def test_an_update_longer_than_the_limit_is_refused(plain: httpx.Client) -> None:
    settings = Settings(empty=True, shacl=False, token=TOKEN, max_upload=1000)
    with served(OxigraphStore(), settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert write(client, "INSERT DATA { <x:a> <x:p> 1 }").status_code == 200
        assert write(client, "INSERT DATA { } #" + "x" * 1000).status_code == 413
        streamed = client.post("/update", content=iter([b"#" * 600] * 3), headers=DIRECT)
        assert streamed.status_code == 413


def test_blank_nodes_are_removed_and_added_as_they_are(plain: httpx.Client) -> None:
    write(plain, "INSERT DATA { _:a <x:p> 1 . _:a <x:q> _:b . _:b <x:r> 2 }")
    assert write(plain, "DELETE { ?s <x:p> ?o } INSERT { ?s <x:p> 9 ; <x:new> [] } WHERE { ?s <x:p> ?o }").json()["removed"] == 1
    assert ask(plain, "ASK { ?s <x:p> 9 ; <x:q> [ <x:r> 2 ] ; <x:new> [] }")
    assert write(plain, "DELETE WHERE { ?s ?p ?o }").json()["removed"] == 4


def test_an_update_that_changes_nothing_keeps_the_release(plain: httpx.Client) -> None:
    first = write(plain, "INSERT DATA { <x:a> <x:p> 1 }").json()["release"]
    again = write(plain, "INSERT DATA { <x:a> <x:p> 1 }").json()
    assert (again["release"], again["before"], again["added"]) == (first, first, 0)


@pytest.mark.parametrize(
    "update",
    [
        "DROP ALL",
        "CLEAR ALL",
        "DROP DEFAULT",
        "MOVE <x:g> TO DEFAULT",
        "COPY DEFAULT TO <x:h>",
        "ADD <x:g> TO <x:h>",
        "WITH <x:g> DELETE { ?s ?p ?o } INSERT { GRAPH ?p { ?s ?p ( 1 2 ) } } WHERE { ?s ?p ?o }",
    ],
)
def test_operations_on_whole_graphs_do_what_the_engine_does(plain: httpx.Client, update: str) -> None:
    import pyoxigraph as ox

    start = "INSERT DATA { <x:a> <x:p> 1 . GRAPH <x:g> { <x:b> <x:p> 2 } GRAPH <x:h> { <x:c> <x:p> 3 } }"
    engine = ox.Store()
    for step in (start, update):
        engine.update(step)
        assert write(plain, step).status_code == 200
    body = plain.get("/sparql", params={"query": "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"}).json()
    assert len(body["results"]["bindings"]) == len(engine)
    named = plain.get("/sparql", params={"query": "SELECT DISTINCT ?v { GRAPH ?v {} }"}).json()["results"]["bindings"]
    assert {row["v"]["value"] for row in named} == {graph.value for graph in engine.named_graphs()}


@pytest.mark.parametrize("where", ["plain", "on_disk"])
def test_four_clients_that_count_to_two_hundred_each_end_at_eight_hundred(where: str, request: pytest.FixtureRequest) -> None:
    client: httpx.Client = request.getfixturevalue(where)
    write(client, "INSERT DATA { <x:counter> <x:is> 0 }")
    step = "DELETE { <x:counter> <x:is> ?n } INSERT { <x:counter> <x:is> ?m } WHERE { <x:counter> <x:is> ?n BIND(?n + 1 AS ?m) }"
    statuses: list[int] = []

    def count() -> None:
        with httpx.Client(base_url=client.base_url, timeout=60) as own:
            statuses.extend(write(own, step).status_code for _ in range(200))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200}
    assert values(client, "SELECT ?v { <x:counter> <x:is> ?v }") == ["800"]


def test_a_query_sent_as_an_update_is_told_where_it_belongs(plain: httpx.Client) -> None:
    answer = plain.post("/update", data={"update": "PREFIX x: <x:> SELECT * { ?s ?p ?o }"}, headers=BEARER)
    assert (answer.status_code, "/sparql" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize("parameter", ["insert-graph-uri", "remove-graph-uri"])
def test_a_parameter_that_would_send_data_elsewhere_is_refused(plain: httpx.Client, parameter: str) -> None:
    answer = plain.post("/update", data={"update": "INSERT DATA { <x:a> <x:p> 1 }", parameter: "x:g"}, headers=BEARER)
    assert (answer.status_code, parameter in answer.json()["detail"]) == (400, True)


def test_the_default_graph_is_written_under_its_names_as_a_parameter_and_has_none_in_an_update(plain: httpx.Client) -> None:
    name = "urn:x-arq:DefaultGraph"
    put = plain.put("/graphs", params={"graph": name}, content="<x:a> <x:p> 1 .", headers={**BEARER, "Content-Type": "text/turtle"})
    assert put.status_code == 204
    assert "<x:a>" in plain.get("/graphs?default").text
    within = plain.post("/update", data={"update": f"INSERT DATA {{ GRAPH <{name}> {{ <x:b> <x:p> 1 }} }}"}, headers=BEARER)
    using = plain.post("/update", data={"update": "DELETE WHERE { ?s ?p ?o }", "using-graph-uri": name}, headers=BEARER)
    assert (within.status_code, using.status_code) == (400, 400)


def test_a_silent_call_by_https_in_an_update_is_no_lack_of_memory(plain: httpx.Client) -> None:
    answer = plain.post("/update", data={"update": "LOAD SILENT <https://127.0.0.1:1/>"}, headers=BEARER)
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or "LOAD is not allowed" in answer.json()["detail"]


def test_the_journal_tells_the_dataset_that_came_beside_an_update(on_disk: httpx.Client, tmp_path: Path) -> None:
    write(on_disk, "INSERT DATA { GRAPH <x:g> { <x:a> <x:p> 1 } }")
    asked = {"update": "INSERT { <x:b> <x:p> 1 } WHERE { <x:a> ?p ?o }", "using-graph-uri": "x:g"}
    assert on_disk.post("/update", data=asked, headers=BEARER).json()["added"] == 1
    assert "WHERE { <x:a> ?p ?o } using x:g" in (tmp_path / "store.journal.jsonl").read_text()
