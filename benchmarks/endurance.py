"""Hours of mixed load on one service, and what it holds meanwhile: `python -m benchmarks.endurance --minutes 120`.

The real dataset in a store of its own, served with a token; reads, writes that keep the graph's size, hostile queries, clients that leave.
A line of CSV each interval as it goes, so an end at any moment leaves what was measured; the plot is drawn anew with each tenth line
and at the end.
`python -m benchmarks.endurance --summary FILE.csv` says once more what a CSV tells.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.drawing import drawn
from benchmarks.watching import TOKEN, Reading, bound, built, processor, reading, serving, size

KINDS = ("light", "point", "lookup", "page", "table", "cached", "write", "hostile")
COLUMNS = (
    "minute", "service_pid", "service_mb", "workers_mb", "workers_max_mb", "worker_largest_mb", "workers", "zombies", "files", "threads",
    "processor_share", "load_share", "store_mb", "snapshots_mb", "snapshots", "scratch_mb", "journal_mb", "journal_statements", "waiting",
    *(f"{kind}_{figure}" for kind in KINDS for figure in ("n", "p50_ms", "p99_ms")), "statuses",
)  # fmt: skip
WARM_UP = 0.1


class Ended(Exception):
    """Somebody, or the service itself, ended the run."""


class Watch(threading.Thread):
    """Reads what the service holds each second, for memory goes up and down between two lines."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._readings = pid, list[Reading]()
        self.is_gone = False

    def run(self) -> None:
        while not self.is_gone:
            try:
                self._readings.append(reading(self._pid))
            except ProcessLookupError:
                self.is_gone = True
            time.sleep(1)

    def taken(self) -> list[Reading]:
        """Return the readings since the last call."""
        found, self._readings = self._readings, []
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--rate", type=float, default=30, help="light reads a second")
    parser.add_argument("--cached", type=float, default=5, help="cached reads a second")
    parser.add_argument("--writes", type=float, default=1, help="writes a second")
    parser.add_argument("--hostile", type=float, default=0.2, help="hostile queries a second")
    parser.add_argument("--timeout", type=float, default=2, help="seconds a query may take (EGOVKG_TIMEOUT)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=float, default=15, help="seconds between two lines")
    parser.add_argument("--out", type=Path, default=Path("endurance.csv"))
    parser.add_argument("--plot", type=Path, help="SVG (default: beside the CSV)")
    parser.add_argument("--summary", type=Path, help="read a CSV instead of measuring")
    given = parser.parse_args()
    if given.summary:
        summarise(rows(given.summary))
        return
    plot = given.plot or given.out.with_suffix(".svg")
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    said = given.out.with_suffix(".log")
    with tempfile.TemporaryDirectory(prefix="egovkg-endurance-") as folder:
        try:
            measure(given, Path(folder) / "store", plot, said)
        except (KeyboardInterrupt, Ended) as error:
            print(f"ended early: {error or 'by the user'}", flush=True)
    draw(given.out, plot)
    print(f"wrote {given.out}, {plot}, {said} (what the service said)")
    summarise(rows(given.out))


def measure(given: argparse.Namespace, store: Path, plot: Path, log: Path) -> None:
    """Serve, load, and write a line each interval; raises Ended where service or load end by themselves."""
    built(store)
    log.write_text("", encoding="utf-8")
    environment = {"EGOVKG_TOKEN": TOKEN, "EGOVKG_TIMEOUT": f"{given.timeout:g}", "EGOVKG_WORKERS": str(given.workers)}
    options = {"light": given.rate, "cached": given.cached, "write": given.writes, "hostile": given.hostile, "every": given.every}
    with serving(store, log, **environment) as (url, pid), given.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        print(f"serving at {url}, process {pid}; a line in {given.out} each {given.every:g} s", flush=True)
        command = [sys.executable, "-m", "benchmarks.load", url]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=bound) as load:
            assert load.stdin
            assert load.stdout
            load.stdin.write(json.dumps(options))
            load.stdin.close()
            watch = Watch(pid)
            watch.start()
            begin, last = time.monotonic(), (time.monotonic(), 0.0, 0.0)
            try:
                for number, line in enumerate(load.stdout, 1):
                    now = (time.monotonic(), reading(pid).processor, processor(load.pid))
                    row = _row(json.loads(line), watch.taken(), store)
                    row |= {"minute": round((now[0] - begin) / 60, 3), "service_pid": pid}
                    row["processor_share"], row["load_share"] = (
                        round(max(0.0, now[place] - last[place]) / (now[0] - last[0]), 3) for place in (1, 2)
                    )
                    last = now
                    writer.writerow(row)
                    file.flush()
                    if number % 10 == 0:
                        draw(given.out, plot)
                    if watch.is_gone:
                        raise Ended(f"the service, process {pid}, has ended by itself")
                    if now[0] - begin >= given.minutes * 60:
                        return
                raise Ended("the load has ended by itself")
            except ProcessLookupError as error:
                raise Ended(f"the service, process {pid}, has ended by itself") from error
            finally:
                watch.is_gone = True
                load.terminate()


def _row(said: dict[str, Any], readings: list[Reading], store: Path) -> dict[str, object]:
    snapshots = store.with_name(f"{store.name}.snapshots")
    row: dict[str, object] = {
        "store_mb": round(size(store), 2),
        "snapshots_mb": round(size(snapshots), 2),
        "snapshots": sum(1 for _ in snapshots.iterdir()) if snapshots.exists() else 0,
        "scratch_mb": round(size(store.with_name(f"{store.name}.scratch")), 2),
        "journal_mb": round(size(store.with_name(f"{store.name}.journal.jsonl")), 3),
        "journal_statements": said["journal"],
        "waiting": said["waiting"],
        "statuses": "; ".join(f"{name}: {number}" for name, number in said["statuses"].items()),
    }
    if readings:
        row |= {
            "service_mb": round(mean(one.service for one in readings), 1),
            "workers_mb": round(mean(sum(one.workers) for one in readings), 1),
            "workers_max_mb": round(max(sum(one.workers) for one in readings), 1),
            "worker_largest_mb": round(max(max(one.workers, default=0) for one in readings), 1),
            "workers": round(mean(len(one.workers) for one in readings), 1),
            "zombies": max(one.zombies for one in readings),
            "files": round(mean(one.files for one in readings), 1),
            "threads": readings[-1].threads,
        }
    for kind in KINDS:
        figures = said["kinds"].get(kind, {"n": 0, "p50": math.nan, "p99": math.nan})
        row |= {f"{kind}_n": figures["n"], f"{kind}_p50_ms": figures["p50"], f"{kind}_p99_ms": figures["p99"]}
    return row


def rows(path: Path) -> list[dict[str, str]]:
    """Return the whole lines of a CSV as it was written, also where the last one was not finished."""
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["statuses"] is not None]


def _numbers(found: list[dict[str, str]], column: str) -> list[float]:
    return [float(row[column] or "nan") for row in found]


def draw(path: Path, plot: Path) -> None:
    """Draw a CSV as SVG."""
    found = rows(path)
    panels = {
        "Resident memory, MB": {
            "service": "service_mb", "workers, mean of the sum": "workers_mb", "workers, largest sum": "workers_max_mb",
        },
        "Light reads, ms": {"p99": "light_p99_ms", "p50": "light_p50_ms"},
        "Writes, ms": {"p99": "write_p99_ms", "p50": "write_p50_ms"},
        "On disk, MB": {"store": "store_mb", "snapshots": "snapshots_mb", "journal": "journal_mb"},
        "Open files, threads, workers": {"files": "files", "threads": "threads", "workers": "workers"},
    }  # fmt: skip
    lines = {title: {name: _numbers(found, column) for name, column in panel.items()} for title, panel in panels.items()}
    plot.write_text(drawn(_numbers(found, "minute"), lines), encoding="utf-8")


def slope(minutes: list[float], values: list[float]) -> float:
    """Return how much a value grows an hour, by least squares; not a number with fewer than three values."""
    pairs = [(minute / 60, value) for minute, value in zip(minutes, values, strict=True) if math.isfinite(value)]
    if len(pairs) < 3:
        return math.nan
    middle, average = mean(hour for hour, _ in pairs), mean(value for _, value in pairs)
    return sum((hour - middle) * (value - average) for hour, value in pairs) / sum((hour - middle) ** 2 for hour, _ in pairs)


def summarise(found: list[dict[str, str]]) -> None:
    """Print what the lines tell, as rows of a Markdown table."""
    if not found:
        print("no line was written")
        return
    minutes = _numbers(found, "minute")
    later = [row for row in found if float(row["minute"]) >= minutes[-1] * WARM_UP]
    print(f"\n| {minutes[-1]:.1f} minutes, {len(found)} lines | after the warm-up | last | largest | growth an hour |")
    print("|---|---|---|---|---|")
    for name, column in {
        "service, MB": "service_mb", "workers, mean of the sum, MB": "workers_mb", "largest worker, MB": "worker_largest_mb",
        "workers": "workers", "ended children not waited for": "zombies", "open files": "files", "threads": "threads",
        "store, MB": "store_mb", "snapshots, MB": "snapshots_mb", "scratch, MB": "scratch_mb", "journal file, MB": "journal_mb",
        "statements of the journal": "journal_statements", "requests under way": "waiting",
        **{f"{kind}, {figure}, ms": f"{kind}_{figure}_ms" for kind in KINDS for figure in ("p50", "p99")},
        "cores used by service and workers": "processor_share", "cores used by the load": "load_share",
    }.items():  # fmt: skip
        values = _numbers(later, column)
        seen = [value for value in values if math.isfinite(value)] or [math.nan]
        growth = slope(_numbers(later, "minute"), values)
        print(f"| {name} | {seen[0]:.6g} | {seen[-1]:.6g} | {max(seen):.6g} | {growth:+.4g} |")
    statuses: Counter[str] = Counter()
    for row in found:
        for part in filter(None, row["statuses"].split("; ")):
            name, _, number = part.rpartition(": ")
            statuses[name] += int(number)
    wrong = {name: number for name, number in statuses.items() if not _is_right(name)}
    print("\nanswers: " + ", ".join(f"{name} {number:,}" for name, number in sorted(statuses.items())))
    print(f"restarts of the service: {len({row['service_pid'] for row in found}) - 1}; wrong answers: {wrong or 'none'}")


def _is_right(name: str) -> bool:
    kind, _, status = name.partition(" ")
    good = {"write": ("200", "201", "204"), "hostile": ("200", "200 cut", "400", "429", "503", "504", "gone")}
    return status in good.get(kind, ("200",))


def _stop(number: int, _: object) -> None:
    raise Ended(f"by signal {number}")


if __name__ == "__main__":
    main()
