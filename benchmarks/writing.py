"""What a small write costs, over HTTP, as the store grows: `python -m benchmarks.writing [STATEMENTS …]` (0: the curated graph).

A service in a process of its own, its writes made durable (EGOVKG_FLUSH) and not. Beside the time of a write, as its client sees
it, the processor that the service and all its workers used for it: copies that follow are in it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

import httpx

from kg.store.oxigraph import OxigraphStore

_TOKEN = "a-token-for-benchmarks"
_WRITES = 100


def main(sizes: list[int]) -> None:
    """Print a row for each size of the store."""
    print("statements\tdurable\tfirst write, ms\tmedian, ms\tworst, ms\tprocessor a write, ms\tfirst query after a write, ms")
    for size in sizes:
        for durable in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                _measure(Path(folder) / "store", size, durable)


def _measure(path: Path, size: int, durable: bool) -> None:
    if size:
        store = OxigraphStore(path)
        store.fill(b"".join(b'<urn:s%d> <urn:p%d> "value %d" .\n' % (n // 5, n % 5, n) for n in range(size)))
        store.close()
    environment = {"EGOVKG_STORE": str(path), "EGOVKG_TOKEN": _TOKEN, "EGOVKG_FLUSH": str(int(durable)), "EGOVKG_CACHE": "0"}
    if size:
        environment |= {"EGOVKG_EMPTY": "1", "EGOVKG_SHACL": "off"}
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        assert process.stderr
        url = next(line.split()[-1] for line in process.stderr if line.startswith("serving "))
        try:
            with httpx.Client(base_url=url, timeout=120) as client:
                count = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"})
                assert count.status_code == 200
                _at_rest(process.pid)
                first = _write(client, -1)
                _at_rest(process.pid)
                begin = _processor(process.pid)
                took = [_write(client, number) for number in range(_WRITES)]
                _at_rest(process.pid)
                used = (_processor(process.pid) - begin) / _WRITES
                asked = [_write_and_ask(client, number) for number in range(20)]
                statements = size or "curated"
                figures = (first, median(took), max(took), used, median(asked))
                print(statements, durable, *(f"{figure * 1000:.1f}" for figure in figures), sep="\t", flush=True)
        finally:
            process.terminate()
            process.communicate()


def _write(client: httpx.Client, number: int) -> float:
    update = f"INSERT DATA {{ GRAPH <urn:mine> {{ <urn:new{number}> <urn:p> {number} }} }}"
    headers = {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/sparql-update"}
    begin = time.perf_counter()
    answer = client.post("/update", content=update, headers=headers)
    took = time.perf_counter() - begin
    assert answer.json()["added"] == 1, answer.text
    return took


def _write_and_ask(client: httpx.Client, number: int) -> float:
    _write(client, 1000 + number)
    begin = time.perf_counter()
    answer = client.get("/sparql", params={"query": f"ASK {{ GRAPH <urn:mine> {{ <urn:new{1000 + number}> ?p ?o }} }}"})
    assert answer.json()["boolean"] is True
    return time.perf_counter() - begin


def _at_rest(pid: int) -> None:
    """Wait until the service and its workers have nothing to do."""
    before = -1.0
    while (now := _processor(pid)) - before > 0.02:
        before = now
        time.sleep(1)


def _processor(pid: int) -> float:
    """Return the seconds of processor that a process and its children, ended ones too, have used."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
            if fields and int(entry.name) == pid:
                ticks += sum(map(int, fields[11:15]))
            elif fields and int(fields[1]) == pid:
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [0, 100_000, 1_000_000])
