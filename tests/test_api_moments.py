"""`at` and `known` over HTTP: what was in force on a day, what was published by a day."""

from __future__ import annotations

import httpx
import pytest

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?p a egov:Programme }"


def test_a_list_at_a_day_leaves_out_what_was_not_in_force_and_says_how_much(service: httpx.Client) -> None:
    whole = service.get("/api/v1/entities", params={"kind": "programme", "limit": 1000}).json()
    page = service.get("/api/v1/entities", params={"kind": "programme", "at": "2009-07-01", "limit": 1000}).json()
    ids = {hit["id"] for hit in page["hits"]}
    assert {"programme/digital-divide-reduction", "programme/e-government-2008-2010"} <= ids
    assert "programme/digital-kazakhstan" not in ids
    assert len(ids) < whole["count"]
    assert page["view"]["at"] == "2009-07-01"
    assert page["view"]["outside"] > 0
    assert whole["view"] is None


def test_an_entity_says_whether_it_was_in_force(service: httpx.Client) -> None:
    found = service.get("/api/v1/entities/programme/digital-kazakhstan", params={"at": "2024-01-01"}).json()
    assert (found["validity"]["state"], found["validity"]["end"]) == ("not-in-force", "2022-12-31")
    assert found["facts"]


def test_an_entity_is_told_as_the_documents_of_a_day_had_it(service: httpx.Client) -> None:
    address = "/api/v1/entities/programme/digital-kazakhstan"
    whole, then = (service.get(address, params=params).json() for params in ({}, {"known": "2021-12-31"}))
    told = {passage["document"]["id"] for fact in then["facts"] for passage in fact["passages"]}
    assert told == {"document/bokayev-2021", "document/ziyadin-2019"}
    assert then["view"]["later"] == ["document/abil-2023", "document/kuanaliev-2025", "document/orazgaliyeva-2023"]
    assert len(then["conflicts"]) < len(whole["conflicts"])


def test_what_no_document_had_named_yet_is_unknown_then(service: httpx.Client) -> None:
    assert service.get("/api/v1/entities/programme/technological-leap", params={"known": "2021-12-31"}).status_code == 404


def test_sparql_answers_for_a_moment_and_says_so(service: httpx.Client) -> None:
    def count(**moment: str) -> int:
        answer = service.get("/sparql", params={"query": COUNT, "format": "json", **moment})
        assert answer.headers.get("x-view", "") == ", ".join(f"{name} {day}" for name, day in moment.items())
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    assert count(known="2021-12-31") < count()
    assert count(at="1990-01-01") < count(at="2009-07-01") < count()
    form = service.post("/sparql", data={"query": COUNT, "known": "2021-12-31"}, headers={"Accept": "application/sparql-results+json"})
    assert int(form.json()["results"]["bindings"][0]["n"]["value"]) == count(known="2021-12-31")


def test_conflicts_of_a_day_are_those_of_what_was_published(service: httpx.Client) -> None:
    then = service.get("/api/v1/conflicts", params={"known": "2021-12-31"}).json()
    documents = {side["document"] for conflict in then["conflicts"] for side in conflict["sides"]}
    assert documents == {"document/bokayev-2021", "document/ziyadin-2019"}


@pytest.mark.parametrize("route", ["/api/v1/entities", "/api/v1/entities/programme/digital-kazakhstan", "/api/v1/conflicts", "/sparql"])
def test_what_is_no_day_is_answered_422_with_the_form_of_one(service: httpx.Client, route: str) -> None:
    answer = service.get(route, params={"known": "31.12.2021", **({"query": COUNT} if route == "/sparql" else {})})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "such as 2009-07-01" in answer.json()["detail"]


def test_an_empty_list_of_a_kind_says_whether_there_is_none_or_nobody_knows(service: httpx.Client) -> None:
    def empty(**params: str) -> str:
        body = service.get("/api/v1/entities", params={"kind": "survey", **params}).json()
        assert (body["count"], body["hits"]) == (0, [])
        return str(body["empty"]["state"])

    assert empty(known="1995-01-01") == "unknown"  # no document was out
    assert service.get("/api/v1/entities", params={"kind": "survey"}).json()["empty"] is None


def test_a_cursor_of_one_moment_is_not_taken_at_another(service: httpx.Client) -> None:
    page = service.get("/api/v1/entities", params={"kind": "programme", "at": "2009-07-01", "limit": 1}).json()
    assert service.get(page["next"]).json()["view"]["at"] == "2009-07-01"
    assert service.get(page["next"].replace("2009-07-01", "2010-07-01")).status_code == 400
