"""`egovkg lint`, `POST /api/v1/lint` and the page: forms of a report, forms of a document, exit codes; nothing of a document runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from kg.cli.main import app
from kg.store.oxigraph import OxigraphStore
from tests.test_documents import made_pdf
from tests.test_linking_offsets import made_docx

CITED = "Resolution of the Government of the Republic of Kazakhstan No. 827 dated December 21, 2017"
TEXT = f"<script>alert('x')</script> & so on.\n\nBy {CITED}. In 2022, Kazakhstan ranked 28th in the EGDI."
runner = CliRunner()


@pytest.fixture(scope="module")
def store_dir(store: OxigraphStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stores") / "store"
    filled = OxigraphStore(path)
    filled.fill(b"".join(f"{quad} .\n".encode() for quad in store.quads()))
    filled.close()
    return path


@pytest.fixture
def linted(store_dir: Path, tmp_path: Path) -> Any:
    def run(name: str, data: bytes, *options: str) -> Any:
        (tmp_path / name).write_bytes(data)
        return runner.invoke(app, ["lint", str(tmp_path / name), "--store", str(store_dir), *options])

    return run


def test_the_table_names_place_rule_suggestion_and_passages(linted: Any) -> None:
    done = linted("a.txt", TEXT.encode(), "--date", "2023-01-01")
    assert done.exit_code == 1, done.output
    lines = done.stdout.splitlines()
    assert "a.txt:3:4: error [Act-mismatch] No. 827 is dated 2017-12-12, not 2017-12-21" in lines[0]
    assert lines[1].strip() == CITED
    assert "P1700000827" in lines[2]
    assert any("abil-2023/references-7" in line for line in lines)
    assert lines[-1] == "1 error(s), 0 warning(s), 1 note(s) in 1 document(s)"


def test_notes_alone_exit_with_0_findings_with_1_and_unusable_input_with_2(linted: Any, store_dir: Path) -> None:
    assert linted("a.txt", b"In 2022, Kazakhstan ranked 28th in the EGDI.").exit_code == 0
    assert linted("a.txt", b"Nothing to see.").exit_code == 0
    assert linted("a.txt", b"In 2022, Kazakhstan ranked 24th in the EGDI.").exit_code == 1
    broken = linted("a.pdf", b"%PDF-1.4 broken")
    assert broken.exit_code == 2
    assert "the PDF is damaged" in broken.stderr
    for arguments, words in (
        (["nowhere.txt"], "cannot be read"),
        (["a.txt", "--format", "xml"], "--format is 'xml'"),
        (["a.txt", "--lang", "de"], "--lang is 'de'"),
        (["a.txt", "--date", "soon"], "--date is 'soon'"),
        (["-", "a.txt"], "stdin alone"),
        ([str(store_dir)], "is a folder"),
    ):
        done = runner.invoke(app, ["lint", *arguments, "--store", str(store_dir)], input="")
        assert done.exit_code == 2, arguments
        assert words in done.stderr


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("a.txt", CITED.encode(), None),
        ("a.html", f"<html><body>\n<p>By <b>{CITED}</b>.</p>".encode(), {"unit": "source", "part": 0, "start": 22, "last": 0, "end": 112}),
        ("a.docx", made_docx(["One.", f"By {CITED}."]), {"unit": "paragraph", "part": 2, "start": 3, "last": 2, "end": 3 + len(CITED)}),
        ("a.pdf", made_pdf(["One.", f"By {CITED}."]), {"unit": "page", "part": 2, "start": 3, "last": 2, "end": 3 + len(CITED)}),
    ],
)
def test_every_form_of_document_is_checked_and_the_json_has_its_place(linted: Any, name: str, data: bytes, place: dict[str, Any]) -> None:
    done = linted(name, data, "--format", "json", "--date", "2020-01-01")
    [document] = json.loads(done.stdout)["documents"]
    assert (document["written"], document["dated"], document["count"]) == ("2020-01-01", "given", 1)
    [finding] = document["findings"]
    assert (finding["rule"], finding["level"], finding["surface"]) == ("Act-mismatch", "error", CITED)
    assert finding.get("place") == place
    assert finding["iri"].endswith("/act/P1700000827")
    assert {"value", "agrees", "passage", "document", "issued", "locator"} == set(finding["evidence"][0])


def test_sarif_has_rules_levels_and_regions_that_hold_the_words(linted: Any) -> None:
    text = f"\ufeffBy {CITED}.\r\nIn 2022, Kazakhstan ranked 24th in the EGDI."
    log = json.loads(linted("a.txt", text.encode(), "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    lines = text.removeprefix("\ufeff").split("\r\n")
    assert len(run["results"]) == 2
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] == "error"
        assert result["message"]["text"]
        [location] = result["locations"]
        region = location["physicalLocation"]["region"]
        words = region["snippet"]["text"]
        assert lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == words
        assert text[1:][region["charOffset"] : region["charOffset"] + region["charLength"]] == words
        assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("/a.txt")


def test_in_a_pdf_sarif_names_the_page(linted: Any) -> None:
    log = json.loads(linted("a.pdf", made_pdf(["One.", f"By {CITED}."]), "-f", "sarif").stdout)
    [location] = log["runs"][0]["results"][0]["locations"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "page 2", "kind": "page"}]


def test_the_service_checks_the_example_of_its_description(service: httpx.Client) -> None:
    operation = service.get("/openapi.json").json()["paths"]["/api/v1/lint"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    answer = service.post("/api/v1/lint", json=example)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["format"], found["dated"], found["count"]) == ("txt", "given", 2)
    assert [finding["rule"] for finding in found["findings"]] == ["Figure-contradicts", "Act-mismatch"]
    for finding in found["findings"]:
        assert example["text"][finding["start"] : finding["end"]] == finding["surface"]


def test_the_service_checks_an_uploaded_file(service: httpx.Client) -> None:
    answer = service.post("/api/v1/lint", files={"file": ("a.pdf", made_pdf([CITED]))}, data={"lang": "en", "date": "2020-01-01"})
    assert answer.status_code == 200, answer.text
    [finding] = answer.json()["findings"]
    assert (finding["surface"], finding["place"]["part"]) == (CITED, 1)


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        ({"json": {"txt": "x"}}, 400, "the body is not"),
        ({"json": {"text": "x", "lang": "de"}}, 400, "en, ru, kk"),
        ({"json": {"text": "x", "date": "x"}}, 400, "give a day"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415, "not understood"),
        ({"files": {"file": ("a.docx", b"PK\x03\x04broken")}}, 400, "damaged"),
    ],
    ids=["body", "language", "day", "type", "file"],
)
def test_what_cannot_be_checked_is_answered_as_a_problem(service: httpx.Client, request_: dict[str, Any], status: int, words: str) -> None:
    answer = service.post("/api/v1/lint", **request_)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert words in answer.json()["detail"]


def test_the_page_shows_text_findings_and_passages_escaped(service: httpx.Client) -> None:
    assert '<form action="/lint' in service.get("/lint").text
    answer = service.post("/lint", files={"text": (None, TEXT), "date": (None, "2023-01-01")}, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert f'<mark class="is-error">{CITED}</mark>' in answer.text
    assert 'href="/id/passage/abil-2023/references-7.html' in answer.text
    assert "2 findings" in answer.text


def test_the_page_tells_what_is_wrong(service: httpx.Client) -> None:
    answer = service.post("/lint", files={"file": ("a.pdf", b"%PDF-1.4 broken")}, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
