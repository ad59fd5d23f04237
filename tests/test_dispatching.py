"""Who is served when: clients in turn, one job behind another where workers are quick, nothing lost whatever becomes of either."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox
import pytest

from kg.errors import Busy, EgovkgError, Exhausted, TookTooLong
from kg.store.changes import Change, apply, packed
from kg.store.pool import Pool
from kg.store.process import PLAIN, Kind, Process
from kg.store.tasks import Outcome, Task
from kg.store.waiting import Waiting
from tests.test_pool import COUNT, asked, count, filled, pooled

FOREVER = asked('SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = "no such text") }')
SLOW = asked(
    "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?b ?c } LIMIT 700 } { SELECT ?d { ?d ?e ?f } LIMIT 700 } "
    "FILTER(STRLEN(CONCAT(STR(?a), STR(?d))) < 0) }"
)


@pytest.fixture
def lined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have every job stand behind another that finds all workers at work, however slow the machine; return what was taken back."""
    monkeypatch.setattr("kg.store.dispatching._QUICK", 60.0)
    monkeypatch.setattr(Process, "quick", property(lambda process: True, lambda process, value: None), raising=False)
    seen: list[str] = []
    take_back = Process.take_back

    def told(process: Process) -> None:
        seen.append("taken back")
        take_back(process)

    monkeypatch.setattr(Process, "take_back", told)
    return seen


def processor(pid: int) -> int:
    """Return what a process has used of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_what_stands_behind_a_long_query_is_done_by_whoever_comes_free(lined: list[str]) -> None:
    async def work(pool: Pool) -> None:
        await asyncio.gather(*(pool.run("query", COUNT) for _ in range(8)))
        long = asyncio.create_task(pool.run("query", FOREVER, timeout=2.5))
        await asyncio.sleep(0)
        found = await asyncio.wait_for(asyncio.gather(*(pool.run("query", COUNT) for _ in range(8))), 2)
        assert {count(outcome) for outcome in found} == {"2000"}
        assert lined
        assert not long.done()
        with pytest.raises(TookTooLong):
            await long

    pooled(work)


def test_a_worker_leaves_out_what_was_taken_back_and_lives(lined: list[str]) -> None:
    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT)
        before = set(pool.pids)
        slow = asyncio.create_task(pool.run("query", SLOW))
        await asyncio.sleep(0)
        assert count(await pool.run("query", COUNT)) == "2000"
        assert count(await slow) == "0"
        assert lined == ["taken back"]
        for _ in range(3):
            assert count(await pool.run("query", COUNT)) == "2000"
        assert set(pool.pids) == before

    pooled(work, workers=1)


def test_what_stands_behind_a_job_that_ends_its_worker_is_done_by_another(lined: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.dispatching._STANDING", 60.0)

    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT)
        long = asyncio.create_task(pool.run("query", FOREVER))
        await asyncio.sleep(0)
        behind = asyncio.create_task(pool.run("query", COUNT))
        await asyncio.sleep(1)
        assert not behind.done()
        os.kill(max(pool.pids, key=processor), signal.SIGKILL)
        with pytest.raises(Exhausted):
            await long
        assert count(await behind) == "2000"
        assert lined == []

    pooled(work, workers=1)


def test_who_leaves_while_he_stands_behind_another_costs_no_worker(lined: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.dispatching._STANDING", 60.0)

    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT)
        before = set(pool.pids)
        slow = asyncio.create_task(pool.run("query", SLOW))
        await asyncio.sleep(0)
        with pytest.raises(EgovkgError):
            await pool.run("query", FOREVER, timeout=0.01)
        assert lined == ["taken back"]
        assert count(await slow) == "0"
        assert count(await pool.run("query", COUNT)) == "2000"
        assert set(pool.pids) == before

    pooled(work, workers=1)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_goes_on_each_query_sees_the_data_of_the_release_that_it_names(seed: int, lined: list[str]) -> None:
    """Short, slow and endless queries of several clients, some of whom leave, while changes are committed."""
    chance, store = random.Random(seed), filled()

    async def work(pool: Pool) -> None:
        done = 0

        async def client(name: str) -> int:
            answered = 0
            for _ in range(25):
                sort = chance.choices(["short", "slow", "endless", "left"], [20, 2, 1, 2])[0]
                committed = done
                job = {"short": COUNT, "slow": SLOW}.get(sort, FOREVER)
                run = pool.run("query", job, client=name, timeout=0.1 if sort == "endless" else None)
                try:
                    outcome = await asyncio.wait_for(run, chance.random() / 50 if sort == "left" else None)
                except (TookTooLong, Busy, TimeoutError):
                    assert sort in ("endless", "left")
                    continue
                release = int(outcome.release[1:]) if outcome.release.startswith("r") else 0
                assert release >= committed
                if sort == "short":
                    assert count(outcome) == str(2000 + release)
                    answered += 1
            return answered

        async def commits() -> None:
            nonlocal done
            for number in range(1, 16):
                await asyncio.sleep(chance.random() / 20)
                quad = ox.Quad(ox.NamedNode(f"urn:new{number}"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o"))
                change = Change((quad,), ())
                apply(store.opened, change)
                await pool.follow(packed(change), f"r{number}")
                done = number

        answered, _ = await asyncio.gather(asyncio.gather(*(client(name) for name in "abcdef")), commits())
        assert sum(answered) > 60
        assert lined

    pooled(work, store, timeout=60.0)


def view(count: int) -> Kind:
    """Return a kind of worker whose graph holds so many statements."""
    return Kind(("tests.raw_jobs",), "numbers", (("count", str(count)),))


def test_nobody_is_answered_from_another_view_however_many_ask(lined: list[str]) -> None:
    async def work(pool: Pool) -> None:
        for _ in range(20):
            seen = [pool.run("query", COUNT, kind=view(number), client="v") for number in (3, 4, 3)]
            plain = [pool.run("query", COUNT, client="p") for _ in range(8)]
            found = [count(outcome) for outcome in await asyncio.gather(*seen, *plain)]
            assert found == ["3", "4", "3", *["2000"] * 8]

    pooled(work, timeout=60.0)


def test_who_asks_for_a_view_has_his_turn_among_many_plain_queries(lined: list[str]) -> None:
    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT, kind=view(1))
        ended = False

        async def others(name: str) -> None:
            while not ended:
                await pool.run("query", COUNT, client=name)

        busy = [asyncio.create_task(others(name)) for name in "abcdefgh"]
        for _ in range(20):
            assert count(await pool.run("query", COUNT, kind=view(1), client="v", timeout=10)) == "1"
        ended = True
        await asyncio.gather(*busy)

    pooled(work, timeout=60.0)


def test_a_worker_that_stood_still_leaves_out_what_was_taken_back_meanwhile(lined: list[str]) -> None:
    async def work(pool: Pool) -> None:
        while len(pool.pids) < 2:
            await asyncio.sleep(0.02)
        await pool.run("query", COUNT)
        before = set(pool.pids)
        for pid in before:
            os.kill(pid, signal.SIGSTOP)
            while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":  # each thread stops in its turn
                await asyncio.sleep(0.002)
        short = asyncio.create_task(pool.run("query", COUNT))
        await asyncio.sleep(0)
        long = asyncio.create_task(pool.run("query", FOREVER, timeout=3))
        async with asyncio.timeout(10):
            while not lined:
                await asyncio.sleep(0.005)
        long.cancel()
        for pid in before:
            os.kill(pid, signal.SIGCONT)
        assert count(await short) == "2000"
        await asyncio.sleep(1)
        assert set(pool.pids) == before

    pooled(work, workers=1)


def test_small_queries_with_a_tiny_limit_cost_no_worker() -> None:
    async def work(pool: Pool) -> None:
        await pool.run("query", COUNT)
        before = set(pool.pids)
        for _ in range(10):
            with suppress(TookTooLong, Busy):
                await pool.run("query", COUNT, timeout=0.0002)
        assert count(await pool.run("query", COUNT)) == "2000"
        assert before <= set(pool.pids)

    pooled(work)


def test_of_idle_workers_with_a_view_three_are_kept() -> None:
    async def work(pool: Pool) -> None:
        for number in (1, 2, 3):
            await asyncio.gather(*(pool.run("query", COUNT, kind=view(number)) for _ in range(6)))
        await asyncio.sleep(0.5)
        assert len(pool.pids) <= 3 + 3 + 1

    pooled(work, workers=3, timeout=60.0)


def waiting(*clients: str, kinds: dict[int, Kind] | None = None) -> Waiting:
    made = Waiting(PLAIN)
    for number, client in enumerate(clients):
        made.add(task(client, str(number), (kinds or {}).get(number, PLAIN)))
    return made


def task(client: str, name: str, kind: Kind = PLAIN) -> Task:
    return Task(name, {}, b"", kind, client, 1.0, cast("asyncio.Future[Outcome]", None))


def served(rows: Waiting, guests: str = "", **more: Any) -> list[str]:
    order = []
    while found := rows.take(more.get("has", lambda kind: True), lambda client: client in guests if client else False):
        order.append(found.job)
    return order


def test_clients_are_served_in_turn_each_in_its_own_order() -> None:
    assert served(waiting("a", "a", "a", "b", "c", "b")) == ["0", "3", "4", "1", "5", "2"]


def test_guests_are_served_after_all_others() -> None:
    assert served(waiting("a", "a", "b", "", "b"), guests="a") == ["2", "3", "4", "0", "1"]


def test_a_job_whose_kind_of_worker_is_not_there_lets_others_go_before() -> None:
    other = view(1)
    rows = waiting("a", "a", "b", kinds={0: other})
    assert rows.kinds == (2, [other])
    assert served(rows, has=lambda kind: kind is PLAIN) == ["1", "2"]
    assert (len(rows), rows.kinds) == (1, (0, [other]))


def test_what_comes_back_is_served_first_and_who_left_is_not() -> None:
    rows = waiting("a", "b")
    back, gone = task("b", "back"), task("a", "gone")
    rows.put_back(back)
    rows.add(gone)
    rows.remove(gone)
    rows.remove(gone)
    assert [waiter.job for waiter in rows] == ["back", "1", "0"]
    assert served(rows) == ["back", "0", "1"]
    assert len(rows) == 0
