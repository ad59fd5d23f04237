"""The search index after a write: made by another process, while the old one answers and says of which release it is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from kg.config import Settings
from kg.formats import N_TRIPLES
from kg.namespaces import ID
from kg.query.names import Names
from kg.search.questions import Asked
from kg.store.changes import Change
from kg.store.oxigraph import OxigraphStore
from tests.serving import served
from tests.stores import copy_store

TOKEN = "a-token-for-tests"


@pytest.fixture
def store(made_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OxigraphStore]:
    """Yield the dataset on disk; no index is small enough to wait for."""
    monkeypatch.setattr("kg.search.renewing.WAITED_FOR", 0)
    monkeypatch.setattr("kg.search.renewing.APART", 0)
    made = OxigraphStore(copy_store(made_store, tmp_path / "store"))
    yield made
    made.close()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Yield what lets the processes that make an index begin: until it is set, they wait."""
    may, real = threading.Event(), subprocess.Popen

    class Held(real):  # type: ignore[misc, valid-type]
        def wait(self, timeout: float | None = None) -> Any:
            may.wait()
            return super().wait(timeout)

    monkeypatch.setattr("kg.search.renewing.subprocess.Popen", Held)
    yield may
    may.set()


def named(store: OxigraphStore, name: str) -> None:
    data = f'<{ID}programme/{name}> <http://www.w3.org/2004/02/skos/core#prefLabel> "Wholly mine {name}"@en .\n'
    store.load(data.encode(), N_TRIPLES)


def test_the_old_names_answer_and_say_so_until_the_new_ones_are_there(store: OxigraphStore, held: threading.Event) -> None:
    before = Names.of(store)
    assert before.search(Asked("827")).behind is None
    release = store.release()
    named(store, "one")
    names = before.after_write(store)
    found = names.search(Asked("827"))
    assert (found.behind, found.counts.count) == (release, 1)
    assert names.search(Asked("wholly mine")).hits == []
    held.set()
    names.wait()
    found = names.search(Asked("wholly mine"))
    assert (found.behind, [hit.iri for hit in found.hits]) == (None, [f"{ID}programme/one"])
    assert not list(store.path.parent.glob("*.indexed")) if store.path else False


def test_writes_in_a_row_make_one_index_after_the_other_and_none_in_vain(store: OxigraphStore, held: threading.Event) -> None:
    names = Names.of(store)
    for name in ("one", "two", "three"):
        named(store, name)
        names = names.after_write(store)
    assert names.behind is not None
    held.set()
    names.wait()
    assert names.search(Asked("wholly mine")).counts.count == 3
    assert names.behind is None


def test_an_index_that_cannot_be_made_leaves_the_old_one_and_says_so(
    store: OxigraphStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    names, release = Names.of(store), store.release()
    named(store, "one")
    names = names.after_write(store)
    names.wait()
    assert names.search(Asked("827")).behind == release
    assert "not made anew" in caplog.text


def test_a_closed_service_breaks_off_what_is_being_made(store: OxigraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def slow(_: list[str], **options: Any) -> subprocess.Popen[bytes]:
        started.append(real([sys.executable, "-c", "import time; time.sleep(600)"], **options))
        return started[0]

    monkeypatch.setattr("kg.search.renewing.subprocess.Popen", slow)
    named(store, "one")
    names = Names.of(store).after_write(store)
    while not started:
        os.sched_yield()
    names.close()
    assert started[0].returncode is not None


def test_a_search_over_http_names_the_release_that_answered(store: OxigraphStore, held: threading.Event) -> None:
    with served(store, Settings(token=TOKEN)) as url, httpx.Client(base_url=url, timeout=60) as client:
        before = client.get("/api/v1/entities?q=digital&limit=5")
        passage = f"{ID}passage/orazgaliyeva-2023/results-1"
        update = f'INSERT DATA {{ GRAPH <{passage}> {{ <{ID}programme/digital-kazakhstan> skos:altLabel "Wholly mine"@en }} }}'
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        assert client.post("/update", content=update, headers=headers).status_code == 200
        between = client.get("/api/v1/entities?q=digital&limit=5")
        old = before.headers["x-dataset-release"]
        assert (between.json()["behind"], between.headers["x-index-release"]) == (old, old)
        assert between.headers["x-dataset-release"] != old
        assert old in client.get("/?q=digital").text
        held.set()
        client.get("/api/v1/entities?q=digital")
        app_names_are_new(client)
        after = client.get(between.json()["next"])
        assert after.status_code == 400  # a cursor goes with the names that it was made from
        assert "cursor" in after.json()["detail"]


def app_names_are_new(client: httpx.Client) -> None:
    while client.get("/api/v1/entities?q=digital&limit=1").json()["behind"]:
        os.sched_yield()


def test_a_search_right_after_a_write_waits_for_a_small_index(made_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.search.renewing.PATIENCE", 300)  # a busy machine is no reason to fail
    store = OxigraphStore(copy_store(made_store, tmp_path / "store"))
    names = Names.of(store)
    named(store, "one")
    names = names.after_write(store)
    found = names.search(Asked("wholly mine"))
    assert (found.behind, found.counts.count) == (None, 1)
    names.close()
    store.close()


@pytest.mark.parametrize(
    ("quad", "makes_anew"),
    [
        ("<urn:s> <urn:p> <urn:o> <urn:own>", False),
        (f'<{ID}act/one> <https://example.org/size> "7"', False),
        (f'<{ID}act/one> <http://www.w3.org/2004/02/skos/core#altLabel> "One"@en', True),
        (f'<{ID}act/one> <https://schema.org/startDate> "2020-01-01"', True),
        (f"<{ID}act/one> <urn:p> <urn:o> <{ID}passage/one/1>", True),
    ],
)
def test_only_a_write_to_what_the_index_is_made_of_makes_it_anew(store: OxigraphStore, quad: str, makes_anew: bool) -> None:
    names = Names.of(store)
    names.search(Asked("827"))
    change = Change(tuple(ox.parse(f"{quad} .", format=ox.RdfFormat.N_QUADS)))
    after = names.after_write(store, change)
    assert (after is not names) == makes_anew
    after.close()


def test_a_service_that_finds_an_index_of_older_data_answers_by_it_until_a_new_one_is_made(
    store: OxigraphStore, held: threading.Event
) -> None:
    Names.of(store).search(Asked("827"))
    release = store.release()
    named(store, "one")
    names = Names.served(store)
    found = names.search(Asked("827"))
    assert (found.behind, found.counts.count) == (release, 1)
    held.set()
    names.wait()
    assert [hit.iri for hit in names.search(Asked("wholly mine")).hits] == [f"{ID}programme/one"]
    names.close()
    again = Names.served(store)
    assert again.search(Asked("wholly mine")).behind is None
    again.close()
