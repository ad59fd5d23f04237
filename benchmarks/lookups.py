"""Measure the look-ups: server time of each call against its floor, the same question in process, in one run.

`python -m benchmarks.lookups [--store DIR] [--runs N]`: medians in milliseconds, of the clock and of the processor. The server
runs in this process, in a thread of its own; what the client spends counts as the server's. On a busy machine trust the processor.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import httpx

from kg.client.graph import Graph
from kg.loading.dataset import build
from kg.store.oxigraph import OxigraphStore
from tests.serving import served

CALLS: dict[str, tuple[str, Callable[[Graph], object]]] = {
    "search": ("/api/v1/entities?q=Цифровой", lambda g: g.search("Цифровой")),
    "entity": ("/api/v1/entities/programme/digital-kazakhstan", lambda g: g.entity("programme/digital-kazakhstan")),
    "evidence": ("/api/v1/evidence?subject=programme/digital-kazakhstan&predicate=approvedBy",
                 lambda g: g.evidence("programme/digital-kazakhstan", "approvedBy")),
    "series, one area": ("/api/v1/indicators/egdi-value/observations?area=KAZ", lambda g: g.series("egdi-value", "KAZ")),
    "series, 8 areas": ("/api/v1/indicators/egov-services-users-share/observations", lambda g: g.series("egov-services-users-share")),
    "lineage": ("/api/v1/acts/P1700000827/lineage?at=2020-01-01", lambda g: g.lineage("P1700000827", "2020-01-01")),
    "accountability": ("/api/v1/programmes/digital-kazakhstan/accountability", lambda g: g.accountability("digital-kazakhstan")),
    "stages": ("/api/v1/stages", lambda g: g.stages()),
    "stages side by side": ("/api/v1/stages/compare", lambda g: g.compare_stages()),
    "models": ("/api/v1/models", lambda g: g.models()),
    "timeline": ("/api/v1/timeline", lambda g: g.timeline()),
    "conflicts": ("/api/v1/conflicts", lambda g: g.conflicts()),
}  # fmt: skip


def main() -> None:
    """Print a row a call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="store directory; without it, the curated records in memory")
    parser.add_argument("--runs", type=int, default=30)
    given = parser.parse_args()
    store = OxigraphStore(given.store) if given.store else OxigraphStore()
    if not given.store:
        store.fill(build().nquads)
    graph = Graph(store)
    print("| call | server, ms | floor, ms | server, processor ms | floor, processor ms |\n|---|---|---|---|---|")
    with served(store) as url, httpx.Client(base_url=url, timeout=60) as client:
        (trivial,) = in_turn((lambda: client.get("/healthz").raise_for_status(),), given.runs)
        for name, (address, ask) in CALLS.items():
            server, floor = in_turn((lambda a=address: client.get(a).raise_for_status(), lambda a=ask: a(graph)), given.runs)  # type: ignore[misc]
            print(f"| {name} | {server[0]:.1f} | {floor[0]:.1f} | {server[1]:.1f} | {floor[1]:.1f} |", flush=True)
    print(f"\na request that asks nothing (/healthz): {trivial[0]:.1f} ms, {trivial[1]:.1f} of the processor")
    store.close()


def in_turn(works: Sequence[Callable[[], object]], runs: int) -> list[tuple[float, float]]:
    """Return clock and processor milliseconds of each of several works, medians, done in turn so that a busy moment hits all alike."""
    times: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(runs + 1):
        for work, taken in zip(works, times, strict=True):
            clock, processor = time.perf_counter(), time.process_time()
            work()
            taken.append((time.perf_counter() - clock, time.process_time() - processor))
    return [(median(pair[0] for pair in taken[1:]) * 1000, median(pair[1] for pair in taken[1:]) * 1000) for taken in times]


if __name__ == "__main__":
    main()
