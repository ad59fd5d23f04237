"""Nothing acknowledged is lost and nothing is half there: kills in the middle of writes, a full disk, torn files; backup and restore."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from pathlib import Path
from secrets import token_hex

import httpx
import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg.cli.main import app
from kg.config import Settings
from kg.errors import BackupDamaged, StoreFull, UnusableInput
from kg.loading.dataset import build
from kg.store import writing
from kg.store.backups import back_up, read_backup, release_of, restore
from kg.store.changes import Change
from kg.store.journal import Entry, Journal
from kg.store.oxigraph import OxigraphStore
from kg.store.tokens import beside, now
from kg.store.writing import Writer
from tests.crashing import Service, Tally, check, killed_while_writing, write
from tests.serving import served
from tests.world import World

A = Change((ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.NamedNode("x:o")),))


def entry(before: str, after: str) -> Entry:
    return Entry("somebody", now(), "a test", before, after, 1, 0)


@pytest.mark.parametrize("flush", ["on", "off"])
def test_ten_kills_in_the_middle_of_writes_lose_nothing_acknowledged(tmp_path: Path, flush: str) -> None:
    tally = Tally()
    for number in range(5):
        killed_while_writing(tmp_path / "store", tally, 1 + 4 * number, EGOVKG_FLUSH=flush)
        assert check(tmp_path / "store", tally) == (set(), set())
    assert tally.kills == 5
    assert len(set(tally.releases)) == len(tally.releases)


def test_a_kill_before_the_transaction_leaves_no_entry_and_one_after_it_leaves_one(world: World, tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    store.fill(build(world.root).nquads)
    release = store.release()
    beside(path, "writing").write_text(json.dumps(vars(entry(release, "never-made"))))
    assert Writer(store).release == release
    assert list(Journal(path).entries()) == []
    beside(path, "writing").write_text(json.dumps(vars(entry("before", release))))
    Writer(store)
    assert [(one.before, one.after, one.state) for one in Journal(path).entries()] == [("before", release, "done")]
    assert not beside(path, "writing").exists()
    store.close()


def test_a_store_without_a_release_counts_an_open_write_as_made(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    Writer(store).commit(A, "somebody", "a test")
    beside(path, "writing").write_text(json.dumps(vars(entry("x", "perhaps"))))
    assert Writer(store).release == "perhaps"
    assert [one.state for one in Journal(path).entries()] == ["done", "uncertain"]
    store.close()


def test_a_write_whose_journal_has_no_room_at_the_end_counts_and_is_noted_before_the_next(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    writer = Writer(store)
    beside(path, "journal.jsonl").mkdir()
    first = writer.commit(A, "somebody", "a test")
    assert (len(store.opened), writer.release) == (1, first.after)
    with pytest.raises(StoreFull):
        writer.commit(A.reversed(), "somebody", "back")
    assert len(store.opened) == 1
    beside(path, "journal.jsonl").rmdir()
    second = writer.commit(A.reversed(), "somebody", "back")
    assert [one.after for one in Journal(path).entries()] == [first.after, second.after]
    store.close()


def test_a_curated_store_that_is_served_as_a_plain_one_is_never_taken_for_stale(world: World, tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    store.fill(build(world.root).nquads)
    before = store.release()
    with served(store, Settings(store=str(path), token="t", empty=True, shacl=False)) as url:
        headers = {"Authorization": "Bearer t", "Content-Type": "application/sparql-update"}
        assert httpx.post(f"{url}/update", timeout=60, content="INSERT DATA { <x:a> <x:p> 1 }", headers=headers).status_code == 200
        assert store.release() != before
        assert httpx.post(f"{url}/update", timeout=60, content="DROP ALL", headers=headers).status_code == 200
        assert httpx.get(f"{url}/healthz", timeout=60).headers["X-Dataset-Release"] not in ("", before)
    assert len(store.opened) == 0
    store.close()


def test_half_a_line_at_the_end_of_the_journal_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    first = Writer(store).commit(A, "somebody", "a test")
    with beside(path, "journal.jsonl").open("a") as file:
        file.write('{"who": "some')
    writer = Writer(store)
    assert writer.release == first.after
    second = writer.commit(A.reversed(), "somebody", "back")
    assert [one.after for one in Journal(path).entries()] == [first.after, second.after]
    store.close()


def test_a_full_disk_is_told_as_such_and_the_store_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Service(path) as service, httpx.Client(base_url=service.url, timeout=60) as client:
        assert write(client, "INSERT DATA { <x:first> <x:p> 1 }").status_code == 200
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (100_000, 100_000))
        acknowledged, statuses = 0, set()
        for number in range(8):
            size = 1500 if number % 2 else 10
            rows = " ".join(f"<x:{number}-{row}> <x:p> '{token_hex(100)}'." for row in range(size))
            answer = write(client, f"INSERT DATA {{ <x:n{number}> <x:all> {size} . {rows} }}")
            statuses.add(answer.status_code)
            acknowledged += answer.status_code == 200
            if answer.status_code != 200:
                assert answer.headers["Content-Type"] == "application/problem+json"
                assert "nothing was changed" in answer.json()["detail"]
        assert statuses == {200, 507}
        still = client.get("/sparql", params={"query": "ASK { <x:first> <x:p> 1 }"})
        assert still.json()["boolean"] is True
    store = OxigraphStore(path)
    heads = [int(row["n"].value) for row in store.rows("SELECT ?n { ?s <x:all> ?n }")]
    rows_there = len(store.rows("SELECT ?s { ?s <x:p> ?o }"))
    store.close()
    assert len(heads) >= acknowledged
    assert rows_there == sum(heads) + 1


def test_a_disk_that_fills_up_in_the_transaction_leaves_store_journal_and_release_and_the_next_write_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    writer = Writer(store)
    before = writer.commit(A, "somebody", "a test")

    def full(*_: object) -> None:
        raise OSError("IO error: No space left on device: while appending")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "apply", full)
        with pytest.raises(StoreFull, match="No space left on device"):
            writer.commit(A.reversed(), "somebody", "back")
    assert (len(store.opened), writer.release) == (1, before.after)
    assert writer.commit(A.reversed(), "somebody", "back").before == before.after
    assert [one.what for one in Journal(path).entries()] == ["a test", "back"]
    store.close()


def test_a_journal_that_cannot_be_written_refuses_the_write(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    writer = Writer(store)
    beside(path, "writing").mkdir()
    with pytest.raises(StoreFull, match="nothing was changed"):
        writer.commit(A, "somebody", "a test")
    assert len(store.opened) == 0
    store.close()


# Backup and restore


def test_a_backup_restores_the_same_data_and_release(world: World, tmp_path: Path) -> None:
    path, folder = tmp_path / "store", tmp_path / "backup"
    store = OxigraphStore(path)
    store.fill(build(world.root).nquads)
    Writer(store).commit(A, "somebody", "a test")
    release, quads = store.release(), set(store.quads())
    store.close()
    made = back_up(path, folder)
    assert (made.release, made.statements) == (release, len(quads))
    restore(folder, tmp_path / "elsewhere")
    again = OxigraphStore(tmp_path / "elsewhere")
    assert (again.release(), set(again.quads())) == (release, quads)
    assert [one.after for one in Journal(tmp_path / "elsewhere").entries()] == [release]
    again.close()


def test_a_backup_while_the_service_writes_is_whole_and_of_an_acknowledged_release(tmp_path: Path) -> None:
    path = tmp_path / "store"
    service = Service(path)
    tally, done = Tally(), threading.Event()

    def work() -> None:
        with httpx.Client(base_url=service.url, timeout=30) as client:
            while not done.is_set():
                tally.sent += 1
                answer = write(client, f"INSERT DATA {{ <x:{tally.sent}> <x:left> {tally.sent} ; <x:right> {tally.sent} }}")
                tally.releases.append(answer.json()["release"])

    thread = threading.Thread(target=work)
    thread.start()
    runner = CliRunner()
    results = [runner.invoke(app, ["backup", str(tmp_path / f"backup{number}"), "--store", str(path)]) for number in range(5)]
    done.set()
    thread.join()
    service.stop()
    assert [result.exit_code for result in results] == [0] * 5, results[0].output
    for number in range(5):
        target = tmp_path / f"restored{number}"
        assert runner.invoke(app, ["restore", str(tmp_path / f"backup{number}"), "--store", str(target)]).exit_code == 0
        store = OxigraphStore(target)
        halves = [{row["n"].value for row in store.rows(f"SELECT ?n {{ ?s <x:{side}> ?n }}")} for side in ("left", "right")]
        release = release_of(store)
        store.close()
        assert halves[0] == halves[1]
        assert release in ["", *tally.releases]
        assert release == read_backup(tmp_path / f"backup{number}").release
        if release:
            assert len(halves[0]) == tally.releases.index(release) + 1


def test_restore_keeps_a_store_that_is_there_unless_forced_and_never_one_in_use(tmp_path: Path) -> None:
    path, folder = tmp_path / "store", tmp_path / "backup"
    OxigraphStore(path).close()
    back_up(path, folder)
    store = OxigraphStore(path)
    store.opened.update("INSERT DATA { <x:later> <x:p> 1 }")
    runner = CliRunner()
    busy = runner.invoke(app, ["restore", str(folder), "--store", str(path), "--force"])
    assert (busy.exit_code, "in use" in busy.output) == (2, True)
    store.close()
    kept = runner.invoke(app, ["restore", str(folder), "--store", str(path)])
    assert (kept.exit_code, "--force" in kept.output) == (2, True)
    assert runner.invoke(app, ["restore", str(folder), "--store", str(path), "--force"]).exit_code == 0
    again = OxigraphStore(path)
    assert len(again.opened) == 0
    again.close()


def test_a_damaged_or_foreign_backup_is_one_sentence_and_leaves_the_store(tmp_path: Path) -> None:
    path, folder = tmp_path / "store", tmp_path / "backup"
    store = OxigraphStore(path)
    store.opened.update("INSERT DATA { <x:a> <x:p> 1 }")
    store.close()
    back_up(path, folder)
    for harm in (
        lambda data: data[: len(data) // 2],
        lambda data: bytes([*data[:100], data[100] ^ 1, *data[101:]]),
    ):
        for file in (folder / "store").glob("*.sst"):
            data = file.read_bytes()
            file.write_bytes(harm(data))
            with pytest.raises(BackupDamaged, match=file.name):
                restore(folder, path, force=True)
            file.write_bytes(data)
    lost = next((folder / "store").glob("*.sst"))
    kept = lost.read_bytes()
    lost.unlink()
    with pytest.raises(BackupDamaged, match=r"is damaged \(.*nothing was changed"):
        restore(folder, path, force=True)
    about = (folder / "backup.json").read_text()
    (folder / "backup.json").write_text(json.dumps({**json.loads(about), "files": {}}))  # as backups were once
    lost.write_bytes(kept[: len(kept) // 2])
    with pytest.raises(BackupDamaged):
        restore(folder, path, force=True)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["backup", "store"]
    with pytest.raises(UnusableInput, match="is no backup"):
        restore(tmp_path, path, force=True)
    with pytest.raises(UnusableInput, match="not empty"):
        back_up(path, folder)
    again = OxigraphStore(path)
    assert len(again.opened) == 1
    again.close()


def test_a_backup_holds_no_tokens(tmp_path: Path) -> None:
    path = tmp_path / "store"
    OxigraphStore(path).close()
    runner = CliRunner()
    assert runner.invoke(app, ["token", "new", "job", "--store", str(path)]).exit_code == 0
    assert runner.invoke(app, ["backup", str(tmp_path / "backup"), "--store", str(path)]).exit_code == 0
    assert not [file for file in (tmp_path / "backup").rglob("*") if "token" in file.name]


def test_what_was_written_survives_a_change_of_the_records(world: World, tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    store.fill(build(world.root).nquads)
    with served(store, Settings(store=str(path), token="t")) as url:
        headers = {"Authorization": "Bearer t", "Content-Type": "text/turtle"}
        assert httpx.put(f"{url}/graphs?graph=x:mine", timeout=60, content="<x:a> <x:p> 1 .", headers=headers).status_code == 201
    store.close()
    command = [
        sys.executable,
        "-m",
        "kg.cli",
        "query",
        "ASK { GRAPH <x:mine> { <x:a> <x:p> 1 } }",
        "--store",
        str(path),
        "--format",
        "json",
    ]
    assert '"boolean":true' in subprocess.run(command, capture_output=True, text=True, check=True).stdout.replace(" ", "")
