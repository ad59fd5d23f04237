"""Measure the look-ups: server time of each call against its floor, the same question in process, in one run.

`python -m benchmarks.lookups [--store DIR] [--entities N …] [--plot FILE.svg] [--runs N]`: medians in milliseconds, of the clock
and of the processor. The server runs in this process, in a thread of its own; what the client spends counts as the server's. On a
busy machine trust the processor. `--entities 0 10000 100000` asks the curated graph, then with so many made-up things beside it.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil, floor, log10
from pathlib import Path
from statistics import median

import httpx
import pyoxigraph as ox

from benchmarks.made import made_lines
from kg.client.graph import Graph
from kg.config import Settings
from kg.loading.dataset import build
from kg.query.telling import Teller
from kg.query.timeline import read_timeline
from kg.query.viewing import Moment, Views
from kg.search.indexing import index_path, make_index
from kg.store.oxigraph import OxigraphStore
from tests.serving import served

CURATED = 2300
"""Curated things, about: where the axis of the plot begins."""
CALLS: dict[str, tuple[str, Callable[[Graph], object]]] = {
    "search, many hits": ("/api/v1/entities?q=Цифровой", lambda g: g.search("Цифровой")),
    "search, few hits": ("/api/v1/entities?q=Мангистауская", lambda g: g.search("Мангистауская")),
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
    "timeline": ("/api/v1/timeline", lambda g: read_timeline(Views(g.store).of(Moment()), Teller(g.store))),
    "conflicts": ("/api/v1/conflicts", lambda g: g.conflicts()),
}  # fmt: skip


def main() -> None:
    """Print a row a call, for each size of the graph; with `--plot` draw how the processor time of each grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="store directory; without it, the curated records")
    parser.add_argument(
        "--entities", type=int, nargs="+", default=[0], help="made-up things beside the curated ones; several: a table each"
    )
    parser.add_argument("--plot", type=Path, help="an SVG of processor time by size")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--calls", nargs="+", choices=list(CALLS), default=list(CALLS), help="only these calls")
    given = parser.parse_args()
    grown: dict[str, list[tuple[int, float]]] = {}
    if given.store:
        measured(OxigraphStore(given.store), given.runs, given.calls)
        return
    curated = build().nquads
    for count in given.entities:
        with tempfile.TemporaryDirectory() as folder:
            store = OxigraphStore(Path(folder) / "store")
            store.opened.bulk_load(input=curated, format=ox.RdfFormat.N_QUADS)
            if count:
                store.opened.bulk_load(input=_Lines(made_lines(count)), format=ox.RdfFormat.N_QUADS)
            store.opened.optimize()
            begin = time.process_time()
            if any(name.startswith("search") for name in given.calls):
                make_index(store, index_path(Path(folder) / "store"))
            seconds = time.process_time() - begin
            print(
                f"\n{count:,} made-up things, {len(store.opened):,} statements; index made in {seconds:.1f} s of the processor\n",
                flush=True,
            )
            for name, taken in measured(store, given.runs, given.calls).items():
                grown.setdefault(name, []).append((max(count, CURATED), taken))
    if given.plot:
        given.plot.write_text(drawn(grown), encoding="utf-8")


def measured(store: OxigraphStore, runs: int, names: Sequence[str]) -> dict[str, float]:
    """Print the table of one store, close it, and return the processor milliseconds of each call over HTTP.

    What is read once a release is there before the first measurement; `first` is how long that took.
    """
    graph, taken = Graph(store), {}
    print("| call | server, ms | floor, ms | server, processor ms | floor, processor ms | first, ms |\n|---|---|---|---|---|---|")
    with served(store, Settings(timeout=300)) as url, httpx.Client(base_url=url, timeout=600) as client:
        (trivial,) = in_turn((lambda: client.get("/healthz").raise_for_status(),), runs)
        for name in names:
            address, ask = CALLS[name]
            begin = time.perf_counter()
            client.get(address).raise_for_status()
            first = (time.perf_counter() - begin) * 1000
            server, floor = in_turn((lambda a=address: client.get(a).raise_for_status(), lambda a=ask: a(graph)), runs)  # type: ignore[misc]
            taken[name] = server[1]
            print(f"| {name} | {server[0]:.1f} | {floor[0]:.1f} | {server[1]:.1f} | {floor[1]:.1f} | {first:.0f} |", flush=True)
    print(f"\na request that asks nothing (/healthz): {trivial[0]:.1f} ms, {trivial[1]:.1f} of the processor")
    store.close()
    return taken


class _Lines(io.RawIOBase):
    """A file of lines that are made while they are read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._rest = lines, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, length = [self._rest], len(self._rest)
        while size < 0 or length < size:
            line = next(self._lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        whole = b"".join(parts)
        end = len(whole) if size < 0 else size
        self._rest = whole[end:]
        return whole[:end]


def drawn(grown: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """Return an SVG: things against milliseconds of the processor, both in powers of ten, a line a call."""
    sizes, times = ([point[axis] for points in grown.values() for point in points] for axis in (0, 1))
    spans = [(floor(log10(min(values))), ceil(log10(max(values))) or 1) for values in (sizes, times)]

    def place(value: float, axis: int, length: int) -> float:
        low, high = spans[axis]
        return (log10(value) - low) / ((high - low) or 1) * length

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 430" font-family="sans-serif" font-size="12">',
        '<rect width="780" height="430" fill="white"/>',
    ]
    for power in range(spans[0][0], spans[0][1] + 1):
        x = 60 + place(10**power, 0, 500)
        parts.append(f'<path d="M{x:.0f} 20V380" stroke="#ddd"/><text x="{x:.0f}" y="398" text-anchor="middle">{10**power:,}</text>')
    for power in range(spans[1][0], spans[1][1] + 1):
        y = 380 - place(10**power, 1, 360)
        parts.append(f'<path d="M60 {y:.0f}H560" stroke="#ddd"/><text x="52" y="{y + 4:.0f}" text-anchor="end">{10**power:g}</text>')
    parts.append('<text x="310" y="418" text-anchor="middle">things in the graph</text>')
    parts.append('<text x="60" y="14">milliseconds of the processor a call</text>')
    ends = sorted((380 - place(points[-1][1], 1, 360), name) for name, points in grown.items())
    label = 0.0
    for number, (end, name) in enumerate(ends):
        colour = f"hsl({number * 360 // len(ends)} 65% 40%)"
        path = " ".join(f"{60 + place(size, 0, 500):.1f},{380 - place(taken, 1, 360):.1f}" for size, taken in grown[name])
        label = max(end, label + 14)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="566" y="{label + 4:.0f}" fill="{colour}">{name} {grown[name][-1][1]:.0f}</text>')
    return "\n".join([*parts, "</svg>\n"])


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
