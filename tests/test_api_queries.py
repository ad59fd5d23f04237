"""Named queries over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from kg.config import Settings
from kg.errors import UnusableInput
from kg.query.coverage import LINKED
from kg.query.named import load_templates
from kg.store.oxigraph import OxigraphStore
from tests.serving import served
from tests.test_query_named import HEADER, QUERY

ASK = "/api/v1/queries/programmes-in-force?date=2024-01-01"


def json_of(service: httpx.Client, path: str, **headers: str) -> Any:
    answer = service.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_named_query_is_listed_and_its_example_answers(service: httpx.Client) -> None:
    listed = json_of(service, "/api/v1/queries")
    assert listed["count"] == len(load_templates()) == len(listed["queries"])
    assert listed["complete"] is True
    for item in listed["queries"]:
        answer = json_of(service, item["example"])
        if item["kind"] == LINKED:  # nothing is linked into the store of the service
            assert (answer["count"], answer["empty"]["state"]) == (0, "unknown")
            continue
        assert answer["count"] == len(answer["rows"]) > 0
        assert [column["name"] for column in answer["columns"]] == [column["name"] for column in item["columns"]]


def test_rows_have_labels_in_the_reader_s_language(service: httpx.Client) -> None:
    answer = json_of(service, ASK, **{"Accept-Language": "ru"})
    assert (answer["count"], answer["complete"], answer["empty"]) == (4, True, None)
    assert answer["parameters"] == {"date": "2024-01-01"}
    programmes = {row["programme"]["id"]: row["programme"] for row in answer["rows"]}
    assert programmes["programme/national-development-plan-2025"]["labelLanguage"] == "ru"
    assert answer["question"] == load_templates()["programmes-in-force"].question["ru"]
    assert json_of(service, "/api/v1/queries?lang=kk")["queries"][0]["question"] == next(iter(load_templates().values())).question["kk"]


def test_a_language_given_to_the_call_is_that_of_the_texts(service: httpx.Client) -> None:
    answer = json_of(service, "/api/v1/queries/programme-aims?programme=technological-leap&aspect=goal&lang=kk")
    assert {row["text"]["language"] for row in answer["rows"]} == {"kk"}


def test_a_cell_without_a_value_is_null(service: httpx.Client) -> None:
    rows = json_of(service, "/api/v1/queries/programmes-in-force?date=2009-07-01")["rows"]
    assert any(row["act"] is None for row in rows)


@pytest.mark.parametrize(
    ("path", "accept", "type", "start"),
    [
        (ASK, "text/csv", "text/csv", "programme,type,start"),
        (f"{ASK}&format=csv", "application/json", "text/csv", "programme,type,start"),
        (f"{ASK}&format=tsv", "*/*", "text/tab-separated-values", "?programme\t?type"),
        (ASK, "text/html,*/*;q=0.8", "application/json", '{"name":"programmes-in-force"'),
    ],
)
def test_the_format_is_that_of_the_address_or_of_accept(service: httpx.Client, path: str, accept: str, type: str, start: str) -> None:
    answer = service.get(path, headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(type)
    assert answer.text.startswith(start)


@pytest.mark.parametrize(
    ("path", "status", "member", "says"),
    [
        ("programs-in-force", 404, "near", "programmes-in-force"),
        ("programmes-in-force", 422, "detail", "date is missing"),
        ("programmes-in-force?date=yesterday", 422, "detail", "year-month-day"),
        ("programmes-in-force?date=2024-01-01&date=2025-01-01", 422, "detail", "given twice"),
        ("programmes-in-force?date=2024-01-01&colour=red", 422, "possible", "date"),
        ("indicator-at?indicator=egdi-valu&year=2020", 422, "possible", "indicator/egdi-value"),
        ("indicator-at?indicator=egdi-value&year=2020&area=KAZA", 422, "possible", "area/KAZ"),
        ("findings?lang=de", 422, "detail", "possible are en, ru, kk"),
        ("programmes?format=xml", 406, "offered", "text/csv"),
    ],
)
def test_a_wrong_call_is_a_problem_that_names_the_cure(service: httpx.Client, path: str, status: int, member: str, says: str) -> None:
    answer = service.get(f"/api/v1/queries/{path}")
    assert answer.status_code == status
    if status != 406:
        assert answer.headers["content-type"] == "application/problem+json"
        assert says in answer.json()[member]


def test_an_empty_answer_says_none_or_unknown_and_why(service: httpx.Client) -> None:
    none = json_of(service, "/api/v1/queries/programmes-in-force?date=1995-01-01")
    assert (none["count"], none["empty"]["state"]) == (0, "none")
    assert all(item["document"]["id"].startswith("document/") for item in none["empty"]["coverage"])
    unknown = json_of(service, "/api/v1/queries/findings?topic=area/KAZ&type=definition")
    assert unknown["empty"]["state"] == "unknown"
    assert {item["extent"] for item in unknown["empty"]["coverage"]} & {"partial", "silent"}


def test_the_shacl_description_is_turtle(service: httpx.Client) -> None:
    answer = service.get("/api/v1/queries.ttl")
    assert answer.headers["content-type"].startswith("text/turtle")
    assert answer.text.count("sh:SPARQLExecutable") == len(load_templates())


def test_a_folder_of_the_settings_is_served_too(store: OxigraphStore, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(HEADER + QUERY, encoding="utf-8")
    with served(store, Settings(queries=str(tmp_path))) as url:
        answer = httpx.get(f"{url}/api/v1/queries/mine?programme=digital-kazakhstan", timeout=60).json()
    assert [row["end"]["value"] for row in answer["rows"]] == ["2022-12-31"]


def test_a_wrong_template_is_told_at_the_start_of_the_service(store: OxigraphStore, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(HEADER + "SELECT nothing", encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"mine\.rq"):
        create_app(Settings(queries=str(tmp_path)), store)
