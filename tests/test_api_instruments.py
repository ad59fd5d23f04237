"""The instruments over HTTP: every example of the description works, every mistake is a problem with its cell, CSV as well as JSON."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from kg.config import Settings
from kg.instruments import packaged
from kg.instruments.catalogue import INSTRUMENTS
from kg.store.oxigraph import OxigraphStore
from tests.serving import served

CSV = {"Content-Type": "text/csv"}
BY_NAME = {one.name: one for one in INSTRUMENTS}


def described(service: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = service.get("/openapi.json").json()["paths"]
    return {path: found[path] for path in found if path.startswith("/api/v1/instruments/")}


def test_every_instrument_is_listed_with_an_example_that_works(service: httpx.Client) -> None:
    listed = service.get("/api/v1/instruments").json()
    assert (listed["count"], listed["complete"]) == (len(INSTRUMENTS), True)
    for one in listed["instruments"]:
        answer = service.post(one["address"], content=one["example"], headers=CSV, params=OPTIONS.get(one["name"], {}))
        assert (one["name"], answer.status_code, answer.json().get("instrument")) == (one["name"], 200, one["name"])


OPTIONS = {"public-value": {"scale": "0:100"}}


@pytest.mark.parametrize("name", BY_NAME)
def test_the_examples_of_the_description_are_true(service: httpx.Client, name: str) -> None:
    body = described(service)[f"/api/v1/instruments/{name}"]["post"]["requestBody"]["content"]
    options = OPTIONS.get(name, {})
    address = f"/api/v1/instruments/{name}"
    by_csv = service.post(address, content=body["text/csv"]["example"].encode(), headers=CSV, params=options)
    by_json = service.post(address, json=body["application/json"]["example"], params=options)
    assert (by_csv.status_code, by_json.status_code) == (200, 200)
    if name != "satisfaction":  # whose JSON example is shorter
        assert by_csv.json() == by_json.json()
    found = by_csv.json()
    assert found["method"]
    assert found["sources"]
    assert all(len(table["rows"]) == table["count"] for table in found["tables"])


@pytest.mark.parametrize("name", [one.name for one in INSTRUMENTS if one.graph])
def test_what_the_graph_can_answer_is_a_get(service: httpx.Client, name: str) -> None:
    options = {"trend": {"area": "KAZ"}, "monitoring": {"indicator": "information-space-integrations"}}.get(name, {})
    answer = service.get(f"/api/v1/instruments/{name}", params=options)
    assert answer.status_code == 200
    assert service.get(f"/api/v1/instruments/{name}", params=options, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", [one.name for one in INSTRUMENTS if not one.graph])
def test_what_needs_a_table_has_no_get(service: httpx.Client, name: str) -> None:
    assert service.get(f"/api/v1/instruments/{name}").status_code == 405


@pytest.mark.parametrize("change", ["tii-value=%2B0.1", "tii-value=+0.1", "tii-value=0.852"])
def test_a_plus_in_the_address_is_a_plus(service: httpx.Client, change: str) -> None:
    found = service.get(f"/api/v1/instruments/egdi?area=KAZ&edition=2022&set={change}").json()
    assert found["summary"]["index_then"] == 0.89613


def test_a_table_of_the_result_comes_as_csv(service: httpx.Client) -> None:
    address = "/api/v1/instruments/maturity"
    answer = service.post(address, content=packaged.example("maturity"), headers={**CSV, "Accept": "text/csv"}, params={"table": "stages"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.splitlines()[:2] == [
        "stage,id,label,state", "1,stage/gartner-2017-digital-government-maturity/1,E-government stage (Gartner),met",
    ]  # fmt: skip
    wrong = service.post(address, content=packaged.example("maturity"), headers=CSV, params={"table": "stage"})
    assert (wrong.status_code, wrong.json()["possible"]) == (422, ["parameters", "stages"])


def test_cells_that_cannot_be_used_are_named_in_the_problem(service: httpx.Client) -> None:
    answer = service.post("/api/v1/instruments/maturity", json={"rows": [{"stage": 9, "parameter": "x", "value": True}] * 150})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (len(problem["problems"]), problem["count"], problem["complete"]) == (100, 150, False)
    assert problem["problems"][0] == {
        "line": 1, "column": "stage", "problem": "'9' is not known; possible: 1, 2, 3, 4, 5", "possible": ["1", "2", "3", "4", "5"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("egdi?edition=1999", "edition"), ("egdi?area=XXX", "area"), ("trend?indicator=nonsense", "indicator"), ("trend?group=asia", "group"),
     ("maturity?lang=de", "lang"), ("maturity?scheme=x", "scheme"), ("public-value?framework=x", "framework"), ("monitoring", "indicator"),
     ("monitoring?indicator=ict-costs&breakdown=tea&target=2025=1", "breakdown")],
)  # fmt: skip
def test_an_option_that_cannot_be_used_is_422_with_its_name(service: httpx.Client, query: str, parameter: str) -> None:
    answer = service.get(f"/api/v1/instruments/{query}")
    assert (answer.status_code, answer.json()["parameter"]) == (422, parameter)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"a\n1\n", "text/plain", 415), (b"", "text/csv", 422), (b"{", "application/json", 422), (b"a\n1\n", "application/json", 422)],
)
def test_a_body_that_is_no_table_is_refused(service: httpx.Client, body: bytes, kind: str, status: int) -> None:
    answer = service.post("/api/v1/instruments/egdi", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]


def test_a_format_that_is_not_offered_is_406(service: httpx.Client) -> None:
    assert service.get("/api/v1/instruments/readiness?format=xml").status_code == 406


def test_a_table_that_is_too_large_is_413(store: OxigraphStore) -> None:
    with served(store, Settings(max_query=50)) as url:
        answer = httpx.post(f"{url}/api/v1/instruments/maturity", content=packaged.example("maturity"), headers=CSV, timeout=60)
    assert answer.status_code == 413
    assert "EGOVKG_MAX_QUERY" in answer.json()["detail"]
