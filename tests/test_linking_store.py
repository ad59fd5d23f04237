"""Linked documents in a store: one graph each, put there, found, renewed and taken out whole, by hand, by service and after a build."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

import kg.cli.linking
from kg.cli.main import app
from kg.config import Settings
from kg.errors import StoreError, UnusableInput, WriteRefused
from kg.formats import N_QUADS
from kg.linking.corpora import Task, link_files
from kg.linking.keeping import PROGRAM, Keeper, documents_of, find, read_linker, removed
from kg.linking.linker import Linker
from kg.linking.output import Run
from kg.loading.dataset import Dataset
from kg.loading.opening import holds_more, linked_graphs, make_store, open_store
from kg.namespaces import BASE, DCAT, EGOV, LINKED, OA, RDF, RELEASE
from kg.query.coverage import why_empty
from kg.query.named import find_template, load_templates, read_values, run
from kg.query.names import Names
from kg.store.changes import Change, apply
from kg.store.oxigraph import OxigraphStore
from kg.store.writing import JOURNAL, Writer
from tests.asking import called
from tests.conftest import LETTER
from tests.serving import served
from tests.test_documents import CITED, made_pdf
from tests.test_updates import BEARER, TOKEN

runner = CliRunner()
WHEN = "2026-11-21T10:00:00Z"
RUN = Run(when=WHEN, program=PROGRAM, names="0" * 64)
TOLD = (RELEASE, JOURNAL)
"""The graphs in which a store tells what was written to it: the only ones in which linking and unlinking leaves a trace."""


@pytest.fixture(scope="module")
def small(dataset: Dataset) -> Dataset:
    """The dataset, of its facts only the few that the letters speak of."""
    kept = ("id/programme/digital-kazakhstan>", "id/act/P1700000827", "id/indicator/egdi-value>", "dataset>")
    start = tuple(f"<{BASE}{name}".encode() for name in kept)
    lines = [line for line in dataset.nquads.splitlines(keepends=True) if line.startswith(start)]
    return replace(dataset, nquads=b"".join(lines), statements=len(lines))


@pytest.fixture(scope="module")
def built(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "store"
    make_store(small, path).close()
    return path


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    """A store of a few facts for one test."""
    copy = tmp_path / "store"
    ox.Store.read_only(str(built)).backup(str(copy))
    return copy


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder of three letters, two of them with the same bytes, and a broken file."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for name, text in (("1.txt", LETTER), ("2.txt", f"{LETTER} EGDI."), ("copy.txt", LETTER)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.cli.linking, "now", lambda: WHEN)


@contextmanager
def opened(path: Path) -> Iterator[OxigraphStore]:
    with closing(OxigraphStore(path)) as store:
        yield store


def exported(path: Path, *without: ox.NamedNode) -> bytes:
    with opened(path) as store:
        lines = store.dump(N_QUADS).splitlines(keepends=True)
    return b"".join(line for line in lines if not any(f" {graph} .\n".encode() in line for graph in without))


def link(path: Path, *arguments: object, code: int = 0) -> str:
    done = runner.invoke(app, ["link", *map(str, arguments), "--store", str(path)])
    assert done.exit_code == code, done.output
    return done.stderr


def unlink(path: Path, *arguments: str, code: int = 0) -> str:
    done = runner.invoke(app, ["unlink", *arguments, "--store", str(path)])
    assert done.exit_code == code, done.output
    return done.stderr


def graph_of(text: str) -> str:
    return LINKED + sha256(text.encode()).hexdigest()


# Into the store


def test_a_document_becomes_one_graph_and_no_fact(path: Path, letters: Path) -> None:
    with opened(path) as store:
        facts = set(store.opened.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    told = link(path, letters / "1.txt", "--lang", "ru", "--date", "2021-06-30")
    assert "1 document(s) loaded into" in told
    with opened(path) as store:
        assert set(store.opened.quads_for_pattern(None, None, None, ox.DefaultGraph())) == facts
        [one] = documents_of(store)
        assert linked_graphs(store) == [ox.NamedNode(graph_of(LETTER))]
    assert (one.names, one.mentions, one.format, one.language, one.written) == ((str(letters / "1.txt"),), 3, "txt", "ru", "2021-06-30")
    assert (one.when, one.program, one.digest) == (WHEN, PROGRAM, sha256(LETTER.encode()).hexdigest())
    assert one.release
    assert len(one.known) == 64


def test_without_store_nothing_is_written_and_output_goes_to_stdout(path: Path, letters: Path) -> None:
    before = exported(path)
    done = runner.invoke(app, ["link", str(letters / "1.txt"), "--against", str(path)])
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["programme", "act", "act"]
    assert exported(path) == before


def test_with_store_output_is_written_only_where_it_is_asked_for(path: Path, letters: Path, tmp_path: Path) -> None:
    quiet = runner.invoke(app, ["link", str(letters / "1.txt"), "--store", str(path)])
    assert quiet.stdout == ""
    shown = runner.invoke(app, ["link", str(letters / "1.txt"), "--store", str(path), "-f", "jsonl"])
    assert len(shown.stdout.splitlines()) == 3
    link(path, letters, "--out", tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out").rglob("*.jsonl")) == ["1.txt.jsonl", "2.txt.jsonl", "copy.txt.jsonl"]


def test_the_journal_has_an_entry_for_each_document(path: Path, letters: Path) -> None:
    link(path, letters)
    with opened(path) as store, closing(Writer(store)) as writer:
        entries = list(writer.journal.entries())
        assert [entry.who for entry in entries] == ["egovkg link"] * 3
        assert [entry.what for entry in entries] == [
            f"PUT {graph_of(LETTER)}",
            f"PUT {graph_of(LETTER + ' EGDI.')}",
            f"POST {graph_of(LETTER)}",
        ]
        assert entries[-1].after == store.release()


def test_two_files_with_the_same_bytes_are_one_document_with_two_names(path: Path, letters: Path) -> None:
    link(path, letters)
    with opened(path) as store:
        found = {one.digest: one.names for one in documents_of(store)}
    assert found[sha256(LETTER.encode()).hexdigest()] == (str(letters / "1.txt"), str(letters / "copy.txt"))
    assert len(found) == 2


def test_a_changed_file_is_another_document(path: Path, letters: Path) -> None:
    link(path, letters / "1.txt")
    (letters / "1.txt").write_text("EGDI", encoding="utf-8")
    link(path, letters / "1.txt")
    with opened(path) as store:
        assert [one.names for one in documents_of(store)] == [(str(letters / "1.txt"),)] * 2
    assert "2 linked documents go by" in unlink(path, str(letters / "1.txt"), code=2)


def test_a_second_run_leaves_what_is_there_and_says_so(path: Path, letters: Path) -> None:
    link(path, letters)
    before = exported(path)
    told = link(path, letters)
    assert "3 document(s) done before" in told
    assert "0 document(s) loaded" in told
    assert exported(path) == before


def test_other_settings_replace_what_was_found_before_and_keep_the_names(path: Path, letters: Path) -> None:
    link(path, letters)
    assert "1 document(s) loaded" in link(path, letters / "1.txt", "--date", "2019-01-01")
    with opened(path) as store:
        one = find(documents_of(store), str(letters / "copy.txt"))
        mentions = list(store.opened.quads_for_pattern(None, RDF.type, EGOV.Mention, ox.NamedNode(LINKED + one.digest)))
    assert (one.written, len(one.names), len(mentions)) == ("2019-01-01", 2, one.mentions)


def test_a_new_name_in_the_graph_makes_a_document_be_linked_again(path: Path, letters: Path) -> None:
    link(path, letters / "1.txt")
    with opened(path) as store:
        first = read_linker(store)[1]
        assert read_linker(store)[1] == first
        name = '<https://w3id.org/egovkg/id/programme/digital-kazakhstan> <http://www.w3.org/2004/02/skos/core#altLabel> "Zztop"@en .'
        store.load(name.encode(), N_QUADS)
        assert read_linker(store)[1] != first
    assert "1 document(s) loaded" in link(path, letters / "1.txt")


# Out of it again


def test_unlinking_leaves_nothing_but_what_the_store_tells_of_its_writes(path: Path, letters: Path) -> None:
    before = exported(path, *TOLD)
    link(path, letters)
    assert exported(path, *TOLD) != before
    told = unlink(path, str(letters / "copy.txt"), graph_of(f"{LETTER} EGDI."))
    assert told.count("taken out") == 2
    assert exported(path, *TOLD) == before
    with opened(path) as store:
        assert linked_graphs(store) == []
        left = {quad.predicate for quad in store.opened.quads_for_pattern(None, None, None, RELEASE)}
        assert DCAT.version in left
        assert not any("txt" in str(quad) for quad in store.opened.quads_for_pattern(None, None, None, JOURNAL))


def test_of_a_store_that_tells_no_release_every_byte_is_as_before(tmp_path: Path, linker: Linker) -> None:
    settings = Settings(empty=True)
    with opened(tmp_path / "plain") as store:
        store.opened.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.Literal("b"), ox.DefaultGraph()))
    before = exported(tmp_path / "plain")
    done = Task("", RUN, graph=True).done(linker, LETTER.encode(), "a.txt")
    with closing(Keeper(OxigraphStore(tmp_path / "plain"), settings)) as keeper:
        assert keeper.keep(done.source, done.name, done.graph, RUN)
        assert not keeper.keep(done.source, done.name, done.graph, RUN)
    assert exported(tmp_path / "plain") != before
    assert [one.names for one in removed(OxigraphStore(tmp_path / "plain"), settings, ["a.txt"])] == [("a.txt",)]
    assert exported(tmp_path / "plain") == before


def test_documents_are_listed_and_found_by_name_digest_and_iri(path: Path, letters: Path) -> None:
    link(path, letters)
    listed = runner.invoke(app, ["unlink", "--list", "--store", str(path)]).stdout.splitlines()
    assert listed[0].startswith("name\tdigest\tformat")
    assert len(listed) == 4
    with opened(path) as store:
        documents = documents_of(store)
    for one in documents:
        for given in (one.names[0], one.digest, one.digest[:8], one.source, LINKED + one.digest):
            assert find(documents, given) == one


@pytest.mark.parametrize(
    ("given", "says"),
    [("1.txt", "did you mean"), ("letters/1.tx", "did you mean"), ("ni:///md5;x", "listed by"), ("0" * 64, "listed by")],
)
def test_an_unknown_document_is_told_with_what_is_near_and_nothing_is_taken_out(path: Path, letters: Path, given: str, says: str) -> None:
    link(path, letters)
    before = exported(path)
    assert says in unlink(path, str(letters / "2.txt"), given, code=2)
    assert exported(path) == before


def test_of_a_store_without_linked_documents_none_is_near() -> None:
    with pytest.raises(UnusableInput, match="none is there; link some"):
        find([], "a.txt")


# Many files, several processes, kills


def _corpus(folder: Path) -> Path:
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:02}.txt").write_text(f"№ {number}. {LETTER * (number % 4 + 1)}", encoding="utf-8")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 broken")
    (folder / "locked.pdf").write_bytes(made_pdf(["EGDI"], "/Encrypt << /Filter /Standard >>"))
    (folder / "two.pdf").write_bytes(made_pdf(["One.", f"By {CITED}.", "EGDI"]))
    return folder


def test_sixty_documents_and_broken_ones_give_the_same_store_whatever_the_number_of_processes(built: Path, tmp_path: Path) -> None:
    corpus = _corpus(tmp_path / "corpus")
    for jobs in ("1", "2"):
        ox.Store.read_only(str(built)).backup(str(tmp_path / f"store{jobs}"))
        told = link(tmp_path / f"store{jobs}", corpus, "-j", jobs, code=1)
        assert "61 document(s) loaded" in told
        assert "2 of 63 document(s) could not be read" in told
        assert "broken.docx: " in told
        assert "locked.pdf: " in told
    assert exported(tmp_path / "store1", JOURNAL) == exported(tmp_path / "store2", JOURNAL)
    with opened(tmp_path / "store2") as store:
        assert len(documents_of(store)) == 61
    again = link(tmp_path / "store2", corpus, "-j", "2", code=1)
    assert "61 document(s) done before" in again


def test_a_run_that_was_broken_off_is_taken_up_where_it_ended(path: Path, built: Path, tmp_path: Path, linker: Linker) -> None:
    corpus = _corpus(tmp_path / "corpus")
    link(path, *sorted(corpus.glob("0*.txt")), "--out", tmp_path / "out")
    told = link(path, corpus, "--out", tmp_path / "out", "-j", "2", code=1)
    assert "10 document(s) done before" in told
    assert "51 document(s) loaded" in told
    whole = list(link_files(linker, sorted(corpus.glob("*.txt")), Task()))
    written = {file.name: file.read_bytes() for file in (tmp_path / "out").rglob("*.jsonl")}
    assert len(written) == 61
    assert all(written[f"{Path(outcome.name).name}.jsonl"] == outcome.output for outcome in whole)


def test_a_write_that_fails_half_way_leaves_whole_documents_only(path: Path, letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def full(store: ox.Store, change: Change) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        apply(store, change)

    monkeypatch.setattr("kg.store.writing.apply", full)
    assert "nothing was changed" in link(path, letters, code=2)
    with opened(path) as store:
        [one] = documents_of(store)
        mentions = list(store.opened.quads_for_pattern(None, RDF.type, OA.Annotation, ox.NamedNode(LINKED + one.digest)))
    assert len(mentions) == one.mentions == 3
    monkeypatch.undo()
    assert "1 document(s) done before" in link(path, letters)


def test_a_kill_half_way_leaves_whole_documents_only_and_the_next_run_does_the_rest(path: Path, tmp_path: Path) -> None:
    corpus = _corpus(tmp_path / "corpus")
    files = [str(file) for file in sorted(corpus.glob("*.txt"))]
    journal = path.with_name(f"{path.name}.journal.jsonl")
    with subprocess.Popen([sys.executable, "-m", "kg.cli", "link", *files, "--store", str(path)], stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not (journal.exists() and journal.read_bytes().count(b"\n") >= 3):
            time.sleep(0.02)
        process.kill()
    with opened(path) as store:
        found = documents_of(store)
        graphs = {graph.value.removeprefix(LINKED) for graph in linked_graphs(store)}
        mentions = store.rows("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?m a egov:Mention } } GROUP BY ?g ORDER BY ?g")
    assert len(found) >= 3
    assert graphs == {one.digest for one in found}
    assert {row["g"].value: int(row["n"].value) for row in mentions} == {LINKED + one.digest: one.mentions for one in found}
    told = link(path, *files)
    assert f"{len(found)} document(s) done before" in told
    assert f"{60 - len(found)} document(s) loaded" in told


# What is refused


def test_a_store_in_use_and_an_address_are_refused_with_the_way_round(path: Path, letters: Path) -> None:
    with opened(path):
        told = link(path, letters, code=2)
        assert "in use by another process" in told
        assert "PUT the Turtle with a token" in told
        assert "in use by another process" in unlink(path, "1.txt", code=2)
    done = runner.invoke(app, ["link", str(letters), "--store", "http://127.0.0.1:9"])
    assert done.exit_code == 2
    assert "PUT the Turtle with a token" in done.stderr


def test_store_and_against_together_are_refused(path: Path, letters: Path) -> None:
    assert "give one of them" in link(path, letters, "--against", path, code=2)


def test_unlink_needs_a_document_or_the_list(path: Path) -> None:
    assert "--list" in unlink(path, code=2)
    assert "--list" in unlink(path, "--list", "a.txt", code=2)


def test_a_store_of_another_base_is_refused(tmp_path: Path) -> None:
    with closing(OxigraphStore()) as store, pytest.raises(WriteRefused, match="another base"):
        Keeper(store, Settings(base="https://example.org/kg/"))


# Questions


def test_documents_that_cite_an_act_are_found_with_the_passage(linked_store: OxigraphStore) -> None:
    names = Names.of(linked_store)
    [row] = called(linked_store, names, "documents-citing thing=act/P1700000827")
    assert (row["name"], row["quote"]) == ("letters/17.txt", "ППРК № 827 от 12.12.2017 г.")
    assert LETTER[int(row["start"]) : int(row["end"])] == row["quote"]
    assert called(linked_store, names, "documents-citing thing=act/P1700000827 sure=1") == []
    [unknown] = called(linked_store, names, "cited-but-unknown")
    assert (unknown["cited"], unknown["documents"]) == ("act:KZ-V-345-NK-2023-08-17", "1")
    [listed] = called(linked_store, names, "linked-documents")
    for given in ("letters/17.txt", listed["digest"], graph_of(LETTER)):
        rows = called(linked_store, names, f"mentions-of-document document={given}")
        assert [row["type"] for row in rows] == ["programme", "act", "act"]


def test_a_thing_that_no_linked_document_names_is_none_and_without_documents_unknown(
    store: OxigraphStore, linked_store: OxigraphStore
) -> None:
    template = find_template(load_templates(), "documents-citing")
    values = read_values(template, {"thing": "indicator/egdi-value"}, linked_store, Names.of(linked_store))
    empty = run(linked_store, template, values).empty
    assert empty is not None
    assert (empty.state, empty.coverage) == ("none", ())
    assert "1 document(s)" in empty.why
    assert why_empty(store, "linked").state == "unknown"


def test_mentions_are_no_evidence(linked_store: OxigraphStore, store: OxigraphStore) -> None:
    names = Names.of(linked_store)
    for call in ("cited-by work=act/P1700000827", "evidence thing=act/P1700000827"):
        assert called(linked_store, names, call) == called(store, names, call)


# Over the service, and after a build


def test_the_turtle_can_be_put_to_the_service_and_is_the_same_graph(store: OxigraphStore, linker: Linker) -> None:
    task = Task("ttl", RUN, graph=True)
    done = task.done(linker, LETTER.encode(), "letters/17.txt")
    filled = OxigraphStore()
    filled.fill(b"".join(f"{quad} .\n".encode() for quad in store.quads()))
    first = done.output.decode().splitlines()[0]
    graph = first.removeprefix("# graph <").removesuffix(">")
    assert graph == graph_of(LETTER)
    with served(filled, Settings(token=TOKEN)) as url, httpx.Client(base_url=url, timeout=60) as client:
        headers = {**BEARER, "Content-Type": "text/turtle"}
        answer = client.put("/graphs", params={"graph": graph}, content=done.output, headers=headers)
        assert answer.status_code == 201, answer.text
        kept = client.get("/graphs", params={"graph": graph, "format": "nt"}).content.splitlines()
        assert sorted(kept) == sorted(done.graph.splitlines())
        asked = client.get("/api/v1/queries/documents-citing", params={"thing": "act/P1700000827"}).json()
        assert [row["quote"]["value"] for row in asked["rows"]] == ["ППРК № 827 от 12.12.2017 г."]
        wrong = done.output.replace(b"mentionScore 0.", b"mentionScore 7.")
        refused = client.put("/graphs", params={"graph": graph}, content=wrong, headers=headers)
        assert refused.status_code == 422
        assert "Mention-score" in refused.text
        assert client.delete("/graphs", params={"graph": graph}, headers=BEARER).status_code == 204
    assert linked_graphs(filled) == []


def test_what_is_linked_against_a_service_may_be_put_to_it(small: Dataset, letters: Path) -> None:
    filled = OxigraphStore()
    filled.fill(small.nquads)
    with served(filled, Settings(token=TOKEN)) as url, httpx.Client(base_url=url, timeout=60) as client:
        done = runner.invoke(app, ["link", str(letters / "1.txt"), "-f", "ttl", "--against", url])
        headers = {**BEARER, "Content-Type": "text/turtle"}
        answer = client.put("/graphs", params={"graph": graph_of(LETTER)}, content=done.stdout_bytes, headers=headers)
        assert answer.status_code == 201, answer.text
        listed = runner.invoke(app, ["unlink", "--list", "--store", url]).stdout
        assert str(letters / "1.txt") in listed
        refused = runner.invoke(app, ["unlink", "1.txt", "--store", url])
        assert "DELETE takes it out" in refused.stderr
    [one] = documents_of(filled)
    assert one.release == small.release


def test_a_build_keeps_the_linked_documents_and_says_so(small: Dataset, path: Path, letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link(path, letters)
    with opened(path) as store:
        before = documents_of(store)
    monkeypatch.setattr("kg.loading.dataset.build", lambda *_, **__: small)
    done = runner.invoke(app, ["build", "--store", str(path)])
    assert "2 linked document(s) kept" in done.stderr
    with opened(path) as store:
        assert documents_of(store) == before
        assert store.release() != small.release
    assert holds_more(path)
    with closing(open_store(Settings(store=str(path)))) as again:
        assert documents_of(again) == before


def test_a_build_for_another_base_refuses_a_store_with_linked_documents(small: Dataset, path: Path, letters: Path) -> None:
    link(path, letters)
    before = exported(path)
    with pytest.raises(StoreError, match="egovkg unlink"):
        make_store(small, path, "https://example.org/kg/")
    assert exported(path) == before
