"""`egovkg link`, `POST /api/v1/link` and the page: formats, limits, many files, and nothing of a document's own runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg.cli.main import app
from kg.documents.reading import read_document
from kg.linking.annotations import as_jsonld, as_turtle, source_of
from kg.linking.corpora import Task, link_files
from kg.linking.highlighting import as_html
from kg.linking.linker import Linker
from kg.linking.output import Linked, lines
from kg.namespaces import OA
from tests.stores import copy_store
from tests.test_documents import CITED, made_pdf

TEXT = "Программа «Цифровой Казахстан» утверждена ППРК № 827 от 12.12.2017 г. <script>alert('x')</script> & EGDI"
runner = CliRunner()


@pytest.fixture(scope="module")
def store_dir(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_store(made_store, tmp_path_factory.mktemp("stores") / "store")


def _linked(linker: Linker, data: bytes, name: str = "a.txt") -> Linked:
    document = read_document(data, name)
    return Linked(name, source_of(data), document, linker.link(document.text))


def test_json_lines_give_offsets_type_iri_score_reasons_and_candidates(linker: Linker) -> None:
    found = [json.loads(line) for line in lines(_linked(linker, TEXT.encode()))]
    assert [item["type"] for item in found] == ["programme", "act", "indicator"]
    for item in found:
        assert TEXT[item["start"] : item["end"]] == item["surface"]
        assert {"iri", "key", "score", "reasons", "candidates", "document"} <= set(item)
    assert found[1]["iri"].endswith("/act/P1700000827")


def test_annotations_follow_the_web_annotation_model(linker: Linker) -> None:
    linked = _linked(linker, TEXT.encode())
    page = json.loads(as_jsonld(linked))
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    for item in page["items"]:
        assert item["type"] == "Annotation"
        position, quote = item["target"]["selector"]
        assert TEXT[position["start"] : position["end"]] == quote["exact"]
        assert TEXT.startswith(quote["prefix"], position["start"] - len(quote["prefix"]))
        assert TEXT.startswith(quote["suffix"], position["end"])
        assert item["target"]["source"] == source_of(TEXT.encode())


def test_turtle_says_the_same_as_json_ld_without_blank_nodes(linker: Linker) -> None:
    linked = _linked(linker, TEXT.encode())
    triples = list(ox.parse(as_turtle(linked), format=ox.RdfFormat.TURTLE))
    assert not any(isinstance(term, ox.BlankNode) for triple in triples for term in (triple.subject, triple.object))
    exact = {triple.object.value for triple in triples if triple.predicate == OA.exact}
    assert exact == {item["target"]["selector"][1]["exact"] for item in json.loads(as_jsonld(linked))["items"]}


def test_in_a_pdf_the_selector_names_the_page(linker: Linker) -> None:
    linked = _linked(linker, made_pdf(["One.", f"By {CITED}."]), "a.pdf")
    [item] = json.loads(as_jsonld(linked))["items"]
    selector = item["target"]["selector"][0]
    assert (selector["type"], selector["value"]) == ("FragmentSelector", "page=2")
    assert selector["refinedBy"]["end"] - selector["refinedBy"]["start"] == len(CITED)
    assert json.loads(next(lines(linked)))["place"]["unit"] == "page"


def test_the_html_is_self_contained_and_runs_nothing_of_the_document(linker: Linker) -> None:
    text = as_html(_linked(linker, TEXT.encode(), 'a"><script>.txt')).decode()
    assert "<script" not in text
    assert "&lt;script&gt;alert(&#x27;x&#x27;)" in text
    assert re.findall(r"(?<!-)src=|@import|url\(|<link", text) == []
    assert '<mark class="programme"' in text


def test_the_command_links_a_file_to_json_lines(store_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    done = runner.invoke(app, ["link", str(path), "--against", str(store_dir)])
    assert done.exit_code == 0, done.output
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["programme", "act", "indicator"]


def test_the_command_reads_stdin(store_dir: Path) -> None:
    done = runner.invoke(app, ["link", "-", "--format", "jsonld", "--against", str(store_dir)], input=TEXT.encode())
    assert len(json.loads(done.stdout)["items"]) == 3


def test_one_bad_file_does_not_stop_the_rest_and_a_second_run_takes_up_where_the_first_ended(store_dir: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(TEXT, encoding="utf-8")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    arguments = ["link", str(folder), "--out", str(out), "--format", "html", "--against", str(store_dir)]
    done = runner.invoke(app, arguments)
    assert done.exit_code == 1
    assert "bad.pdf: the PDF is damaged" in done.stderr
    written = sorted(path.name for path in out.rglob("*.html"))
    assert written == ["0.txt.html", "1.txt.html", "2.txt.html"]
    again = runner.invoke(app, arguments)
    assert "3 document(s) done before" in again.stderr


def test_the_results_are_the_same_whatever_the_number_of_processes(linker: Linker, tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text(TEXT * (number + 1), encoding="utf-8")
    assert list(link_files(linker, paths, Task(), 1)) == list(link_files(linker, paths, Task(), 3))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.txt"], "cannot be read"),
        (["a.txt", "--format", "xml"], "--format is 'xml'"),
        (["a.txt", "--lang", "de"], "--lang is 'de'"),
        (["a.txt", "--date", "soon"], "--date is 'soon'"),
        (["-", "a.txt"], "stdin alone"),
        (["a.txt", "b.txt", "-f", "html"], "--out"),
    ],
)
def test_wrong_arguments_are_told_with_the_cure(store_dir: Path, arguments: list[str], words: str) -> None:
    done = runner.invoke(app, ["link", *arguments, "--against", str(store_dir)], input="")
    assert done.exit_code in (1, 2)
    assert words in done.stderr


def test_the_service_links_a_text(service: httpx.Client) -> None:
    answer = service.post("/api/v1/link", json={"text": TEXT})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["count"], found["format"]) == (3, "txt")
    assert [item["type"] for item in found["mentions"]] == ["programme", "act", "indicator"]


def test_a_text_is_taken_as_it_is_whatever_it_looks_like(service: httpx.Client) -> None:
    text = "<html><body>%PDF-1.4 <p>ППРК № 827 от 12.12.2017</p>"
    [item] = service.post("/api/v1/link", json={"text": text}).json()["mentions"]
    assert text[item["start"] : item["end"]] == item["surface"] == "ППРК № 827 от 12.12.2017"


def test_the_service_links_an_uploaded_file(service: httpx.Client) -> None:
    answer = service.post("/api/v1/link", files={"file": ("a.pdf", made_pdf([CITED]))}, data={"lang": "en", "date": "2020-01-01"})
    assert answer.status_code == 200, answer.text
    [item] = answer.json()["mentions"]
    assert (item["surface"], item["place"]["part"]) == (CITED, 1)


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "the body is not"),
        ({"json": {"txt": "x"}}, 400, "the body is not"),
        ({"json": {"text": "x", "lang": "de"}}, 400, "en, ru, kk"),
        ({"json": {"text": "x", "date": "x"}}, 400, "give a day"),
        ({"json": {"text": " "}}, 400, "empty"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415, "not understood"),
        ({"files": {"file": ("a.docx", b"PK\x03\x04broken")}}, 400, "damaged"),
        ({"files": {"other": ("a.txt", b"x")}}, 400, "neither"),
        ({"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "form cannot be read"),
        ({"content": b"x" * 10_100_000, "headers": {"Content-Type": "application/json"}}, 413, "EGOVKG_MAX_DOCUMENT"),
    ],
    ids=lambda value: "request" if isinstance(value, dict) else str(value),
)
def test_what_cannot_be_linked_is_answered_as_a_problem(
    service: httpx.Client, request_: dict[str, object], status: int, words: str
) -> None:
    answer = service.post("/api/v1/link", **request_)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert words in answer.json()["detail"]


def test_the_page_shows_the_marked_text_escaped(service: httpx.Client) -> None:
    assert '<form action="/link' in service.get("/link").text
    answer = service.post("/link", files={"text": (None, TEXT)}, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert 'href="/id/act/P1700000827.html' in answer.text


def test_the_page_tells_what_is_wrong(service: httpx.Client) -> None:
    answer = service.post("/link", files={"file": ("a.pdf", b"%PDF-1.4 broken")}, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "damaged" in answer.text
