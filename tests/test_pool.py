"""Worker processes: what they may do, what ends them, and that whoever asks always gets an answer or an error."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import Busy, Exhausted, QueryFailed, QuerySyntaxError, TookTooLong, TooMany, UnknownFormat
from kg.store.changes import Change, apply, packed
from kg.store.oxigraph import OxigraphStore
from kg.store.passing import JobFailed
from kg.store.pool import Pool
from kg.store.process import Kind, Means
from kg.store.snapshots import Snapshots
from kg.store.tasks import ClientLeft, Limits, Outcome
from tests.serving import canary
from tests.test_store_guarding import CALLS

RAW = Kind(("tests.raw_jobs",))
TRIAL = Kind(RAW.modules, copy=True, once=True)
LINES = b"".join(b'<urn:s%d> <urn:p> "%d" .\n' % (number, number) for number in range(2000))
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a < ?d && ?d < ?g && ?c > ?f) }"
Work = Callable[[Pool], Awaitable[None]]


def asked(query: str, **more: Any) -> dict[str, Any]:
    whole = {
        "query": query,
        "results": ["json"],
        "graph": ["ttl"],
        "truth": [],
        "default": [],
        "named": [],
        "base": "",
        "rows": 0,
        "bytes": 0,
        "salt": "",
    }
    return {**whole, **more}


def count(outcome: Outcome) -> str:
    value: str = json.loads(outcome.body)["results"]["bindings"][0]["n"]["value"]
    return value


COUNT = asked("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def filled(path: Path | None = None) -> OxigraphStore:
    store = OxigraphStore(path)
    store.fill(LINES)
    return store


def pooled(work: Work, store: OxigraphStore | None = None, **limits: Any) -> None:
    """Run some work with a pool over a small store, and see that nothing of it is left afterwards."""

    async def whole() -> None:
        snapshots = Snapshots(store or filled())
        pool = Pool(Limits(**{"workers": 2, "timeout": 20.0, **limits}), snapshots)
        try:
            await pool.start()
            await work(pool)
            pids = pool.pids
        finally:
            await pool.close()
        for pid in pids:
            assert not alive(pid)

    asyncio.run(whole())


def alive(pid: int) -> bool:
    """Say whether a process is there and no corpse."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("disk", [False, True])
def test_a_query_is_answered_from_a_snapshot_of_either_store(tmp_path: Path, disk: bool) -> None:
    store = filled(tmp_path / "store" if disk else None)

    async def work(pool: Pool) -> None:
        assert count(await pool.run("query", COUNT)) == "2000"
        assert (await pool.run("query", COUNT)).release == store.release()

    pooled(work, store)
    assert sorted(path.name for path in tmp_path.iterdir()) == (["store"] if disk else [])


def test_errors_of_a_query_come_back_as_themselves() -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(QuerySyntaxError) as syntax:
            await pool.run("query", asked("SELECT *\nWHERE { ?s ?p }"))
        assert syntax.value.line == 2
        with pytest.raises(QueryFailed, match="no IRI"):
            await pool.run("query", asked("ASK {}", default=["not an iri"]))
        with pytest.raises(UnknownFormat) as format:
            await pool.run("query", asked("ASK {}", results=[]))
        assert "text/csv" in format.value.offered
        with pytest.raises(JobFailed):
            await pool.run("no such job", {})

    pooled(work)


def test_a_query_past_its_time_is_killed_and_its_processor_is_free() -> None:
    async def work(pool: Pool) -> None:
        before = set(pool.pids)
        begin = time.monotonic()
        with pytest.raises(TookTooLong):
            await pool.run("query", asked(ENDLESS), timeout=0.2)
        assert time.monotonic() - begin < 5
        await _until(lambda: any(not alive(pid) for pid in before))
        assert count(await pool.run("query", COUNT)) == "2000"

    pooled(work)


def test_a_client_that_leaves_takes_its_worker_with_it() -> None:
    async def work(pool: Pool) -> None:
        before = set(pool.pids)
        left = asyncio.Event()

        async def gone() -> None:
            await left.wait()

        asking = asyncio.create_task(pool.run("query", asked(ENDLESS), gone=gone))
        await _until(lambda: pool.running == 1)
        left.set()
        with pytest.raises(ClientLeft):
            await asking
        await _until(lambda: any(not alive(pid) for pid in before))

        asking = asyncio.create_task(pool.run("query", asked(ENDLESS)))
        await _until(lambda: pool.running == 1)
        running = set(pool.pids)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await _until(lambda: any(not alive(pid) for pid in running))

    pooled(work)


async def _until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come about")


@pytest.mark.parametrize(
    ("job", "payload"),
    [
        ("spin", {"hoard": 4 << 30}),
        ("spin", {"die": True}),
        ("babble", {}),
        ("raw", {"query": f"SELECT * {{ FILTER({'(' * 300_000}1{')' * 300_000}) }}"}),
        ("raw", {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c"}),
    ],
    ids=["memory", "crash", "babble", "depth", "sorting"],
)
def test_a_worker_that_ends_by_itself_is_an_error_of_the_query_and_is_replaced(job: str, payload: dict[str, Any]) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(Exhausted, match="more memory or depth than allowed"):
            await pool.run(job, payload, kind=RAW)
        assert (await pool.run("spin", {"seconds": 0}, kind=RAW)).header["pid"]
        assert count(await pool.run("query", COUNT)) == "2000"

    pooled(work, means=Means(memory=128 << 20), timeout=60.0)


@pytest.mark.parametrize("query", CALLS)
def test_without_the_guard_a_worker_still_calls_nobody(query: str) -> None:
    async def work(pool: Pool) -> None:
        with canary() as listening:
            with suppress(JobFailed, Exhausted):
                await pool.run("raw", {"query": query.replace("URL", listening.url)}, kind=RAW)
            assert listening.knocks() == 0

    pooled(work)


@pytest.mark.parametrize(
    "update", ["LOAD <URL>", "LOAD SILENT <URL>", "LOAD <file:///etc/passwd>", "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }"]
)
def test_an_update_in_a_worker_fetches_nothing(update: str) -> None:
    async def work(pool: Pool) -> None:
        with canary() as listening:
            try:
                found = await pool.run("update", {"update": update.replace("URL", listening.url)}, kind=TRIAL)
                assert found.header["count"] == 2000
            except JobFailed:
                pass
            assert listening.knocks() == 0

    pooled(work)


HEAD = b'<!DOCTYPE a [%s]><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:"><r:Description r:about="urn:a">'
TEXT = b"<e:b>&x9;</e:b></r:Description></r:RDF>"
ENTITIES = [b'<!ENTITY x%d "%s">' % (number, b"&x%d;" % (number - 1) * 30) for number in range(1, 10)]


@pytest.mark.parametrize(
    ("type", "document"),
    [
        ("application/rdf+xml", HEAD % b'<!ENTITY x9 SYSTEM "URL">' + TEXT),
        ("application/rdf+xml", HEAD % (b'<!ENTITY x0 "%s">' % (b"x" * 1000) + b"".join(ENTITIES)) + TEXT),
        ("application/ld+json", b'{"@context": "URL", "@id": "urn:a", "name": "x"}'),
        ("application/ld+json", b'{"urn:a":' * 100_000 + b"1" + b"}" * 100_000),
        ("text/turtle", b"<urn:a> <urn:b> " + b"[ <urn:c> " * 200_000 + b"1" + b"]" * 200_000 + b" ."),
        ("text/turtle", b"<urn:a> <urn:b> " + b"(" * 200_000 + b")" * 200_000 + b" ."),
    ],
    ids=["entity", "bomb", "context", "json", "properties", "lists"],
)
def test_a_document_that_bites_ends_a_worker_at_most(type: str, document: bytes) -> None:
    async def work(pool: Pool) -> None:
        with canary() as listening:
            try:
                found = await pool.run("parse", {"type": type}, body=document.replace(b"URL", listening.url.encode()), kind=RAW)
                assert found.header["count"] > 0
            except (JobFailed, Exhausted):
                pass
            assert listening.knocks() == 0
        assert count(await pool.run("query", COUNT)) == "2000"

    pooled(work, timeout=60.0)


def test_a_sealed_worker_can_open_no_file_and_no_socket_and_start_no_program() -> None:
    async def work(pool: Pool) -> None:
        assert (await pool.run("open", {}, kind=RAW)).header == {"done": []}

    pooled(work)


def test_an_update_is_tried_on_a_copy_that_nobody_else_sees() -> None:
    async def work(pool: Pool) -> None:
        for _ in range(2):
            assert (await pool.run("update", {"update": "INSERT DATA { <urn:new> <urn:p> 1 }"}, kind=TRIAL)).header == {"count": 2001}
        assert count(await pool.run("query", COUNT)) == "2000"

    pooled(work)


def test_a_job_that_nobody_waits_for_any_more_may_end_if_it_does_so_soon_and_its_worker_stays() -> None:
    async def work(pool: Pool) -> None:
        kept = (await pool.run("spin", {"seconds": 0}, kind=RAW)).header["pid"]
        first = asyncio.create_task(pool.run("spin", {"seconds": 0.3}, kind=RAW))
        await asyncio.sleep(0)
        with pytest.raises((TookTooLong, Busy)):  # it comes to the worker when most of its time is over
            await pool.run("spin", {"seconds": 0.2}, kind=RAW, timeout=0.4)
        await first
        assert (await pool.run("spin", {"seconds": 0}, kind=RAW)).header["pid"] == kept
        with pytest.raises(TookTooLong):
            await pool.run("spin", {"seconds": 10}, kind=RAW, timeout=0.05)
        assert (await pool.run("spin", {"seconds": 0}, kind=RAW)).header["pid"] != kept

    pooled(work, workers=1)


def test_under_attack_more_workers_are_kept_ready_and_afterwards_fewer_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.crew._LULL", 1.5)

    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT)
        for _ in range(2):
            with pytest.raises(TookTooLong):
                await pool.run("query", asked(ENDLESS), timeout=0.5)
        under_attack = len(pool.pids)
        for _ in range(200):
            await asyncio.sleep(0.05)
            await pool.run("query", COUNT)
            if len(pool.pids) == 2:
                break
        assert (under_attack, len(pool.pids)) == (3, 2)

    pooled(work, workers=1)


def test_a_snapshot_stays_while_a_worker_may_still_open_its_files(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")

    async def work(pool: Pool) -> None:
        busy = asyncio.create_task(pool.run("spin", {"seconds": 1}, kind=RAW))
        while not pool.running:
            await asyncio.sleep(0.01)
        for _ in range(3):
            await pool.refresh()
        assert (tmp_path / "store.snapshots" / "1").exists()
        assert len(list((tmp_path / "store.snapshots").iterdir())) <= 4
        await busy
        await pool.refresh()
        assert not (tmp_path / "store.snapshots" / "1").exists()

    pooled(work, store, means=Means(in_memory=0))
    store.close()


def test_a_full_queue_refuses_and_waiting_counts_as_time() -> None:
    async def work(pool: Pool) -> None:
        holding = [asyncio.create_task(pool.run("query", asked(ENDLESS))) for _ in range(3)]
        await _until(lambda: pool.running == 2)
        with pytest.raises(Busy) as full:
            await pool.run("query", COUNT)
        assert full.value.wait > 0
        holding[2].cancel()
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await pool.run("query", COUNT, timeout=0.1)
        for task in holding:
            task.cancel()
        await asyncio.gather(*holding, return_exceptions=True)
        assert count(await pool.run("query", COUNT)) == "2000"

    pooled(work, queue=1)


def test_one_client_cannot_fill_the_queue() -> None:
    async def work(pool: Pool) -> None:
        holding = [asyncio.create_task(pool.run("query", asked(ENDLESS), client="a")) for _ in range(3)]
        await _until(lambda: pool.running == 2)
        with pytest.raises(TooMany):
            await pool.run("query", COUNT, client="a")
        assert count(await pool.run("query", COUNT, client="b")) == "2000"
        for task in holding:
            task.cancel()
        await asyncio.gather(*holding, return_exceptions=True)

    pooled(work, queue=4)


def test_a_client_beyond_its_share_makes_room_for_another_and_is_served_later() -> None:
    async def work(pool: Pool) -> None:
        long = [asyncio.create_task(pool.run("spin", {"seconds": 1.5}, kind=RAW, client="a")) for _ in range(2)]
        await _until(lambda: pool.running == 2)
        await asyncio.sleep(0.1)
        assert count(await pool.run("query", COUNT, client="b", timeout=1)) == "2000"
        assert len({outcome.header["pid"] for outcome in await asyncio.gather(*long)}) == 2

    pooled(work)


def test_new_data_are_seen_by_the_next_query_while_a_running_one_ends_on_the_old() -> None:
    store = filled()

    async def work(pool: Pool) -> None:
        slow = asked(
            "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?b ?c } LIMIT 900 } { SELECT ?d { ?d ?e ?f } LIMIT 900 } "
            "FILTER(STRLEN(CONCAT(STR(?a), STR(?d))) < 0) }"
        )
        running = asyncio.create_task(pool.run("query", slow))
        await _until(lambda: pool.running == 1)
        from kg.formats import N_QUADS

        old = store.release()
        store.load(b"<urn:new> <urn:p> <urn:o> .\n", N_QUADS)
        assert count(await pool.run("query", COUNT)) == "2000"
        assert await pool.refresh() == store.release() != old
        found = await pool.run("query", COUNT)
        assert (count(found), found.release) == ("2001", store.release())
        assert ((await running).release, count(await running)) == (old, "0")
        assert (await pool.run("spin", {"seconds": 0}, kind=RAW)).release == store.release()

    pooled(work, store, timeout=60.0)


def test_workers_follow_a_change_without_ending_and_new_ones_start_with_it() -> None:
    store = filled()

    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT)
        pids = set(pool.pids)
        for number in range(600):  # more than are kept for new workers
            change = Change((ox.Quad(ox.NamedNode(f"urn:new{number}"), ox.NamedNode("urn:p"), ox.Literal(number)),))
            apply(store.opened, change)
            await pool.follow(packed(change), f"release {number}")
            found = await pool.run("query", COUNT)
            assert (count(found), found.release) == (str(2001 + number), f"release {number}")
        assert pids <= set(pool.pids)
        with pytest.raises(Exhausted):
            await pool.run("spin", {"die": True}, kind=RAW)
        for _ in range(2):
            with pytest.raises(TookTooLong):
                await pool.run("query", asked(ENDLESS), timeout=0.5)
        assert not pids & set(pool.pids)
        assert count(await pool.run("query", COUNT)) == "2600"

    pooled(work, store, timeout=60.0)


def test_a_busy_worker_follows_after_its_job_and_one_that_starts_is_told_of_what_it_missed() -> None:
    store = filled()

    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT)
        busy = asyncio.create_task(pool.run("spin", {"seconds": 0.5}, kind=RAW))
        graph = ox.NamedNode("urn:g")
        quad = ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), ox.Literal("x"), graph)
        for change in (Change((quad,), (), (graph,)), Change((), (quad,)), Change((), (), (), (graph,)), Change((quad,), (), (graph,))):
            apply(store.opened, change)
            await pool.follow(packed(change), "new")
        await busy
        graphs = asked("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
        found = [await pool.run("query", graphs), await pool.run("query", graphs, kind=Kind(copy=True))]
        assert [count(one) for one in found] == ["1", "1"]

    pooled(work, store, timeout=60.0)


@pytest.mark.parametrize(("limit", "size"), [(100, 1), (1_000_000, 60_000)], ids=["graph on disk", "large change"])
def test_what_cannot_be_followed_is_seen_in_a_new_snapshot(limit: int, size: int) -> None:
    store = filled()

    async def work(pool: Pool) -> None:
        assert count(await pool.run("query", COUNT)) == "2000"
        new = (ox.Quad(ox.NamedNode(f"urn:{'new' * 20}{number}"), ox.NamedNode("urn:p"), ox.Literal(number)) for number in range(size))
        change = Change(tuple(new))
        store.opened.extend(change.added)
        await pool.follow(packed(change), store.release())
        assert count(await pool.run("query", COUNT)) == str(2000 + size)

    pooled(work, store, means=Means(in_memory=limit), timeout=60.0)


def test_a_graph_above_the_limit_stays_on_disk_and_is_answered_all_the_same() -> None:
    async def work(pool: Pool) -> None:
        assert count(await pool.run("query", COUNT)) == "2000"
        await asyncio.sleep(0.3)
        assert count(await pool.run("query", COUNT)) == "2000"

    pooled(work, means=Means(in_memory=100))


def test_workers_end_when_the_event_loop_ends_without_a_word() -> None:
    pids: list[int] = []

    async def careless() -> None:
        pool = Pool(Limits(workers=2), Snapshots(filled()))
        await pool.run("query", COUNT)
        pids.extend(pool.pids)

    asyncio.run(careless())
    assert pids
    assert not any(alive(pid) for pid in pids)


def test_workers_of_a_service_that_is_killed_end_with_it(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = f"""
import asyncio, time
from pathlib import Path
from kg.store.pool import Pool
from kg.store.snapshots import Snapshots
from kg.store.tasks import Limits
from kg.store.tasks import ClientLeft, Limits, Outcome
from tests.test_pool import ENDLESS, asked, filled
async def main():
    pool = Pool(Limits(workers=2), Snapshots(filled()))
    await pool.start()
    holding = [asyncio.create_task(pool.run("query", asked(ENDLESS))) for _ in range(2)]
    await asyncio.sleep(0.5)
    Path({str(tmp_path / "pids")!r}).write_text(" ".join(map(str, pool.pids)))
    print("here", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"here\n"
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        assert pids
        assert all(alive(pid) for pid in pids)
        process.kill()
        process.wait()
    asyncio.run(_until(lambda: not any(alive(pid) for pid in pids)))


def test_a_store_that_cannot_be_read_is_an_error_and_no_wait(tmp_path: Path) -> None:
    store = filled()
    store.close()

    async def whole() -> None:
        pool = Pool(Limits(), Snapshots(store))
        with pytest.raises(QueryFailed, match="closed"):
            await pool.run("query", COUNT)
        await pool.close()

    asyncio.run(whole())


def test_what_the_engine_makes_up_differs_between_workers_and_queries() -> None:
    made: set[str] = set()

    async def work(pool: Pool) -> None:
        for _ in range(4):
            both = await asyncio.gather(*(pool.run("query", asked("SELECT (STRUUID() AS ?n) {}")) for _ in range(2)))
            made.update(count(outcome) for outcome in both)

    pooled(work)
    assert len(made) == 8
