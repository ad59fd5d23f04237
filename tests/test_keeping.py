"""Kept answers, and the pace of clients: bounded, never of another release, never of what changes by itself."""

from __future__ import annotations

import httpx
import pytest

from api.caching import Cache, Given
from api.evaluating import lasting, network
from api.pacing import Rate
from kg.config import Settings
from kg.formats import JSON
from kg.store.oxigraph import OxigraphStore
from tests.serving import served

SELECT = "SELECT ?p WHERE { ?p a egov:Programme } ORDER BY ?p LIMIT 3"


def given(size: int) -> Given:
    return Given(b"x" * size, JSON, True, "r", '"t"')


def test_what_was_used_last_goes_last_and_bytes_are_bounded() -> None:
    cache = Cache(80_000)
    for name in range(8):
        cache.put(name, given(8_000), 100)
    assert len(cache) == 8
    assert cache.get(0)
    cache.put(8, given(8_000), 100)
    assert cache.get(1) is None
    assert cache.get(0)
    assert cache.get(8)


def test_an_answer_that_would_crowd_out_others_is_not_kept() -> None:
    cache = Cache(80_000)
    cache.put(1, given(9_500), 0)
    assert cache.get(1) is None
    assert len(Cache(0)._kept) == 0


def test_after_a_write_nothing_of_the_release_before_is_kept() -> None:
    cache = Cache(80_000)
    for number in range(5):
        cache.put(number, Given(b"x" * 500, JSON, True, "r", '"t"'), 10)
    assert len(cache) == 5
    cache.clear()
    assert (len(cache), cache.get(3)) == (0, None)
    for number in range(200):
        cache.put(number, Given(b"x" * 500, JSON, True, "r", '"t"'), 10)
    assert 10 < len(cache) < 80


@pytest.mark.parametrize(
    ("query", "lasts"),
    [
        (SELECT, True),
        ("SELECT (NOW() AS ?x) {}", False),
        ("SELECT (rand ( ) AS ?x) {}", False),
        ("SELECT (STRUUID() AS ?x) {}", False),
        ("SELECT (UUID #c\n () AS ?x) {}", False),
        ("SELECT (BNODE('a') AS ?x) {}", False),
        ("SELECT (\\u004eOW() AS ?x) {}", False),
        ("SELECT ?known { ?known ?brand ?snow }", True),
    ],
)
def test_what_changes_by_itself_is_never_kept(query: str, lasts: bool) -> None:
    assert lasting(query) == lasts


def test_the_same_request_gets_the_same_answer_whichever_way_it_comes(service: httpx.Client) -> None:
    asked = {"query": f"{SELECT} # the same"}
    first, *others = (service.get("/sparql", params=asked) for _ in range(3))
    for again in (*others, service.post("/sparql", data=asked), service.get("/sparql", params={**asked, "timeout": "5"})):
        assert again.content == first.content
        assert {name: value for name, value in again.headers.items() if name != "date"} == {
            name: value for name, value in first.headers.items() if name != "date"
        }
    assert service.get("/sparql", params={**asked, "at": "2000-01-01"}).headers["x-view"] == "at 2000-01-01"
    tag = first.headers["etag"]
    kept = service.get("/sparql", params=asked, headers={"If-None-Match": tag})
    assert (kept.status_code, kept.content, kept.headers["etag"]) == (304, b"", tag)
    other = service.get("/sparql", params=asked, headers={"Accept": "text/csv"})
    assert other.headers["content-type"].startswith("text/csv")
    site = service.get("/sparql", params=asked, headers={"Origin": "https://elsewhere.example"})
    assert site.headers["access-control-allow-origin"] == "*"


def test_what_is_made_up_is_made_up_anew(service: httpx.Client) -> None:
    asked = {"query": "SELECT (STRUUID() AS ?x) {}"}
    assert service.get("/sparql", params=asked).content != service.get("/sparql", params=asked).content


def test_a_view_of_a_day_is_answered_by_a_worker_as_by_the_store(service: httpx.Client, store: OxigraphStore) -> None:
    from kg.query.viewing import Moment, make_view, moment

    query = "SELECT (COUNT(*) AS ?x) { ?s ?p ?o }"
    for day in (moment("2010-01-01", None), moment(None, "2019-12-31"), moment("2010-01-01", "2019-12-31")):
        view = make_view(store, day)
        parameters = {name: value.isoformat() for name, value in (("at", day.at), ("known", day.known)) if value}
        found = service.get("/sparql", params={"query": query, **parameters})
        assert found.json()["results"]["bindings"][0]["x"]["value"] == view.store.rows(query)[0]["x"].value
        assert found.headers["x-view"] == str(day)
    assert not Moment()


def test_rows_are_cut_at_the_setting_in_the_service(store: OxigraphStore) -> None:
    with served(store, Settings(max_rows=5)) as url, httpx.Client(base_url=url, timeout=30) as client:
        answer = client.get("/sparql", params={"query": "SELECT ?s { ?s ?p ?o }"})
        assert answer.headers["x-truncated"] == "true"
        assert len(answer.json()["results"]["bindings"]) == 5
        assert "x-truncated" not in client.get("/sparql", params={"query": "SELECT ?s { ?s ?p ?o } LIMIT 5"}).headers
        lines = client.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }", "format": "nt"}).text.splitlines()
        assert [line[:1] for line in lines] == ["<"] * 5 + ["#"]


def test_a_rate_fills_steadily() -> None:
    now = [0.0]
    rate = Rate(60, lambda: now[0])
    assert [rate.take("a") for _ in range(61)] == [0] * 60 + [1]
    assert rate.take("b") == 0
    now[0] = 1.0
    assert [rate.take("a"), rate.take("a")] == [0, 1]
    now[0] = 600.0
    assert [rate.take("a") for _ in range(61)] == [0] * 60 + [1]
    slow = Rate(2, lambda: now[0])
    assert [slow.take("a") for _ in range(3)] == [0, 0, 30]


def test_one_machine_is_one_client_whatever_its_address() -> None:
    assert network("192.0.2.1") == "192.0.2.1"
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::9") != network("2001:db8:1:3::9")
    assert network("fe80::1%eth0") == "fe80::"
    assert network("not:an:address") == "not:an:address"


def test_sparql_stands_in_the_description_of_the_api(service: httpx.Client) -> None:
    paths = service.get("/openapi.json").json()["paths"]
    assert {"get", "post"} <= set(paths["/sparql"])
    assert "application/sparql-query" in paths["/sparql"]["post"]["requestBody"]["content"]
