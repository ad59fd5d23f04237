"""Each hostile case of the tests, as a table in Markdown: `python -m benchmarks.hostile [--limit 1.5] [--cases product,paths]`.

A light client of another address asks meanwhile, at a bounded rate. Then 200 clients at once, and a store of a million triples:
`python -m benchmarks.hostile --connections 200`, `python -m benchmarks.hostile --restart FOLDER` (made there once).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from urllib.parse import quote
from urllib.request import urlopen

from benchmarks.asking import Client, percentile
from benchmarks.watching import Peak, bound, built, reading, serving
from tests.test_hostile import DEEP, DIRECT, HEAVY, LIGHT

_RATE = 50
_MILLION = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, help="seconds a query may take (EGOVKG_TIMEOUT; 1.5, clients at once: 30)")
    parser.add_argument("--cases", help="only these, comma between")
    parser.add_argument("--rest", type=float, default=5, help="seconds between a case and the look whether the service rests")
    parser.add_argument("--connections", type=int, help="only clients at once")
    parser.add_argument("--seconds", type=float, default=5, help="how long the clients at once ask")
    parser.add_argument("--restart", type=Path, metavar="FOLDER", help="only the start over a million triples, kept in this folder")
    given = parser.parse_args()
    if given.restart:
        restart(given.restart)
        return
    given.limit = given.limit or (30 if given.connections else 1.5)
    with tempfile.TemporaryDirectory(prefix="egovkg-hostile-") as folder:
        store = Path(folder) / "store"
        built(store)
        settings = {"EGOVKG_TIMEOUT": f"{given.limit:g}", "EGOVKG_WORKERS": "2", "EGOVKG_MAX_ANSWER": "3000000", "EGOVKG_CACHE": "0"}
        with serving(store, None, **settings) as (url, pid):
            time.sleep(3)  # the workers copy the graph into memory
            if given.connections:
                asyncio.run(_many(url, given.connections, given.seconds))
                return
            every = {**HEAVY, **{f"depth: {name}": query for name, query in DEEP.items()}}
            wanted = given.cases.split(",") if given.cases else list(every)
            print(f"limit {given.limit:g} s; light: {_RATE} a second from another address\n")
            print(
                "| case | answer | after, s | over the limit, s | light p50, ms | light p99, ms | light answered "
                "| largest worker, MB over before | cores used later |\n|---|---|---|---|---|---|---|---|---|"
            )
            asyncio.run(_quiet(url))
            for name in wanted:
                with Peak(pid) as peak:
                    status, took, times, wrong = asyncio.run(_attacked(url, every[name]))
                time.sleep(given.rest)
                before = reading(pid).processor
                time.sleep(1)
                idle = reading(pid).processor - before
                over = f"{took - given.limit:+.2f}" if took >= given.limit else "in time"
                print(
                    f"| {name} | {status} | {took:.2f} | {over} | {_ms(times, 0.5)} | {_ms(times, 0.99)} "
                    f"| {len(times) - wrong} of {len(times)} "
                    f"| {peak.largest - peak.before:.0f} | {idle:.2f} |",
                    flush=True,
                )


def _ms(times: list[float], share: float) -> str:
    return f"{percentile(times, share) * 1000:.1f}"


async def _light(url: str, done: asyncio.Event) -> tuple[list[float], int]:
    """Ask light queries, each when it is due, until it is done; return their seconds and how many were not answered."""
    client = Client(url, "127.0.0.2")
    times: list[float] = []
    wrong = 0

    async def one(due: float) -> None:
        nonlocal wrong
        try:
            answer = await client.ask(f"/sparql?query={quote(f'{LIGHT} #{time.perf_counter_ns()}')}")
            wrong += answer.status != 200
        except (OSError, TimeoutError):
            wrong += 1
        times.append(time.perf_counter() - due)

    begin = time.perf_counter()
    tasks: list[asyncio.Task[None]] = []
    while not done.is_set():
        due = begin + len(tasks) / _RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    client.close()
    return times, wrong


async def _quiet(url: str) -> None:
    """Print the pace of light queries while nobody attacks."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(3, done.set)
    times, wrong = await _light(url, done)
    print(f"| none | | | | {_ms(times, 0.5)} | {_ms(times, 0.99)} | {len(times) - wrong} of {len(times)} | | |", flush=True)


async def _attacked(url: str, query: str) -> tuple[str, float, list[float], int]:
    """Send one hostile query; return its outcome and seconds, and the light queries' seconds and failures meanwhile."""
    done = asyncio.Event()
    light = asyncio.create_task(_light(url, done))
    attacker = Client(url, "127.0.0.3")
    await asyncio.sleep(0.2)
    begin = time.perf_counter()
    try:
        answer = await attacker.ask("/sparql", query.encode(), **{name.lower(): value for name, value in DIRECT.items()})
        status = f"{answer.status}{' cut' if answer.headers.get('x-truncated') else ''}"
    except (OSError, TimeoutError) as error:
        status = type(error).__name__
    took = time.perf_counter() - begin
    await asyncio.sleep(0.3)
    done.set()
    times, wrong = await light
    attacker.close()
    return status, took, times, wrong


async def _many(url: str, connections: int, seconds: float) -> None:
    """Let many clients, each of an address of its own, ask one light query after another."""
    times: list[float] = []
    statuses: Counter[str] = Counter()
    end = time.perf_counter() + seconds

    async def work(number: int) -> None:
        client = Client(url, f"127.0.1.{number % 250 + 1}")
        while time.perf_counter() < end:
            begin = time.perf_counter()
            try:
                answer = await client.ask(f"/sparql?query={quote(f'{LIGHT} #{number}-{begin}')}")
                statuses[str(answer.status)] += 1
            except (OSError, TimeoutError) as error:
                statuses[type(error).__name__] += 1
            times.append(time.perf_counter() - begin)
        client.close()

    await asyncio.gather(*(work(number) for number in range(connections)))
    share = statuses["200"] / max(1, statuses.total())
    print("| connections | requests | answered | p50, ms | p99, ms | requests/s | by status |\n|---|---|---|---|---|---|---|")
    said = ", ".join(f"{name}: {number}" for name, number in sorted(statuses.items()))
    print(f"| {connections} | {len(times)} | {share:.1%} | {_ms(times, 0.5)} | {_ms(times, 0.99)} | {len(times) / seconds:.0f} | {said} |")


def restart(folder: Path, runs: int = 5) -> None:
    """Time the start over a million triples until the first answers: after an end as an operator's, and after a kill."""
    folder.mkdir(parents=True, exist_ok=True)
    store = folder / "million"
    if not store.exists():
        from kg.store.oxigraph import OxigraphStore

        made = OxigraphStore(store)
        made.fill(b"".join(b'<x:s%d> <x:p%d> "value %d" .\n' % (n // 10, n % 10, n) for n in range(_MILLION)))
        made.close()
    print("| a million triples, seconds from the start of the process | answers `/readyz` | answers a query |\n|---|---|---|")
    _started(store, signal.SIGTERM)  # once for the disk's cache, and for what the service makes beside the store
    for name, how in (("after an orderly end", signal.SIGTERM), ("after kill −9", signal.SIGKILL)):
        found = [_started(store, how) for _ in range(runs)]
        ready, asked = (sorted(one[place] for one in found) for place in (0, 1))
        print(
            f"| {name}, median of {runs} | {median(ready):.2f} ({ready[0]:.2f} to {ready[-1]:.2f}) "
            f"| {median(asked):.2f} ({asked[0]:.2f} to {asked[-1]:.2f}) |",
            flush=True,
        )


def _started(store: Path, end: signal.Signals) -> tuple[float, float]:
    """Start the service, wait for its answers, end it; return seconds."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("EGOVKG_")}
    environ |= {"EGOVKG_EMPTY": "1", "EGOVKG_SHACL": "off"}
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", "--store", str(store)]
    begin = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ, preexec_fn=bound) as process:
        try:
            assert process.stderr
            url = next((line.split()[-1] for line in process.stderr if line.startswith("serving ")), "")
            if not url:
                raise SystemExit("the service did not start")
            times = []
            for target in ("/readyz", f"/sparql?query={quote('SELECT * { <x:s7> ?p ?o }')}"):
                while True:
                    try:
                        with urlopen(url + target, timeout=60) as answer:
                            answer.read()
                        break
                    except OSError:
                        time.sleep(0.01)
                times.append(time.perf_counter() - begin)
            return times[0], times[1]
        finally:
            process.send_signal(end)
            process.communicate()


if __name__ == "__main__":
    main()
