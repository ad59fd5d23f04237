"""egovkg's /sparql beside other endpoints, in turn in one run: `python -m benchmarks.peers` (needs `wrk`).

`--rdflib-endpoint PYTHON`: the Python of an environment with rdflib-endpoint (default: one is made). `--virtuoso PROGRAM`: virtuoso-t
(default: the one on the PATH). Each holds the facts, the curated dataset's default graph, and answers JSON or N-Triples over 8 connections.
The words of a query differ each time (a number in a comment), so nobody answers from a cache; egovkg keeps no answers here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from urllib.parse import quote
from urllib.request import Request, urlopen

from benchmarks.service import QUERIES, serving
from benchmarks.watching import bound
from kg.loading.dataset import build
from kg.namespaces import PREFIXES

ASKED = ("point", "star", "path", "construct")
_GRAPH = "https://w3id.org/egovkg/facts"
_VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
ServerThreads = 20
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 100000
"""
_SCRIPT = """
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", "{path}" .. "%20%23" .. number .. "x" .. {seed}, {{["Accept"] = "{accept}"}})
end
"""
_RDFLIB = """
import sys, uvicorn
from rdflib import Dataset, Graph
from rdflib_endpoint import SparqlEndpoint
graph = Graph()
graph.parse(sys.argv[1], format="nt")
uvicorn.run(SparqlEndpoint(graph=graph, path="/sparql"), port=int(sys.argv[2]), log_level="error", access_log=False)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rdflib-endpoint", metavar="PYTHON", help="`none`: leave it out")
    parser.add_argument("--virtuoso", metavar="PROGRAM", default=shutil.which("virtuoso-t") or "none", help="`none`: leave it out")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="egovkg-peers-") as made, ExitStack() as stack:
        folder = Path(made)
        facts = folder / "facts.nt"
        facts.write_bytes(b"".join(line for line in build().nquads.splitlines(keepends=True) if _is_fact(line)))
        peers = {
            name: stack.enter_context(serving(form, port)) for name, form, port in (("egovkg", "pool", 8971), ("thread", "thread", 8972))
        }
        for name, peer in (("virtuoso", _virtuoso(given.virtuoso, folder)), ("rdflib-endpoint", _rdflib(given.rdflib_endpoint, folder))):
            url = stack.enter_context(peer)
            if url:
                peers[name] = url
            else:
                print(f"{name}: absent", flush=True)
        rows = {name: {query: _rows(url, QUERIES[query]) for query in ASKED} for name, url in peers.items()}
        print(f"rows or triples of each answer: {rows}", flush=True)
        for number in range(given.rounds):
            for query in ASKED:
                for name, url in peers.items():
                    rate = _rate(url, QUERIES[query], folder, given.seconds, number)
                    found.setdefault((query, name), []).append(rate)
                    print(f"round {number + 1}, {query}, {name}: {rate:.1f}/s", flush=True)
        print(f"\n| requests/s, median of {given.rounds} × {given.seconds:g} s | {' | '.join(peers)} |")
        print("|---" * (len(peers) + 1) + "|")
        for query in ASKED:
            ours = median(found[query, "egovkg"])
            cells = [f"{median(found[query, name]):,.0f} (× {ours / max(1e-9, median(found[query, name])):.1f})" for name in peers]
            print(f"| {query} | {' | '.join(cells)} |")
        print("\n(× n): egovkg's rate divided by this one")


def _is_fact(line: bytes) -> bool:
    """Say whether a line of N-Quads has no graph name."""
    import pyoxigraph as ox

    return any(quad.graph_name == ox.DefaultGraph() for quad in ox.parse(line, format=ox.RdfFormat.N_QUADS))


def _full(query: str) -> str:
    return " ".join([*(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items() if f"{name}:" in query), query])


def _accept(query: str) -> str:
    return "application/n-triples" if query.startswith("CONSTRUCT") else "application/sparql-results+json"


def _rows(url: str, query: str) -> int:
    request = Request(f"{url}/sparql?query={quote(_full(query))}", headers={"Accept": _accept(query)})
    with urlopen(request, timeout=60) as answer:
        said = answer.read().decode()
    if query.startswith("CONSTRUCT"):
        return sum(1 for line in said.splitlines() if line.strip() and not line.startswith("#"))
    import json

    return len(json.loads(said)["results"]["bindings"])


def _rate(url: str, query: str, folder: Path, seconds: float, seed: int) -> float:
    """Return answers a second over 8 connections; what is no answer counts for nothing."""
    script = folder / "ask.lua"
    path = f"/sparql?query={quote(_full(query), safe='')}"
    script.write_text(_SCRIPT.format(path=path, seed=seed, accept=_accept(query)), encoding="utf-8")
    command = ["wrk", "-t1", "-c8", f"-d{max(1, round(seconds))}", "-s", str(script), url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wrong = next((int(line.rpartition(":")[2]) for line in said.splitlines() if "Non-2xx" in line), 0)
    words = next(line for line in said.splitlines() if "requests in" in line).split()
    if wrong:
        print(f"  {wrong} of {words[0]} answers were none")
    return (int(words[0]) - wrong) / float(words[3].rstrip("s,"))


@contextmanager
def _virtuoso(program: str, folder: Path) -> Iterator[str]:
    """Serve the facts by a Virtuoso of its own, a fresh database."""
    if program == "none":
        yield ""
        return
    home = folder / "virtuoso"
    home.mkdir()
    (home / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=8974, http=8975, folder=folder), encoding="utf-8")
    with subprocess.Popen([program, "-f", "+configfile", "virtuoso.ini"], cwd=home, stderr=subprocess.DEVNULL, preexec_fn=bound) as process:
        try:
            isql = shutil.which("isql-vt") or shutil.which("isql") or "isql-vt"
            commands = f"DB.DBA.TTLP_MT(file_to_string_output('{folder}/facts.nt'), '', '{_GRAPH}', 0); checkpoint; exit;"
            for _ in range(120):
                done = subprocess.run([isql, "8974", "dba", "dba", f"exec={commands}"], capture_output=True, text=True)
                if done.returncode == 0 and "Error" not in done.stdout + done.stderr:
                    break
                time.sleep(0.5)
            _await("http://127.0.0.1:8975/sparql?query=ASK%20%7B%7D", process)
            print(f"virtuoso: loaded, {done.stdout.strip().splitlines()[-1:]}", flush=True)
            yield "http://127.0.0.1:8975"
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


@contextmanager
def _rdflib(python: str | None, folder: Path) -> Iterator[str]:
    """Serve the facts by rdflib-endpoint, from an environment that is made where none is named."""
    if python == "none":
        yield ""
        return
    if not python:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "peer")], check=True)
        python = str(folder / "peer" / "bin" / "python")
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "rdflib-endpoint[web]"], capture_output=True, text=True)
        if done.returncode:
            print(f"rdflib-endpoint: cannot be installed: {done.stderr.strip()[-200:]}")
            yield ""
            return
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [python, "-c", _RDFLIB, str(folder / "facts.nt"), "8973"]
    with subprocess.Popen(command, env=environ, preexec_fn=bound) as process:
        try:
            _await("http://127.0.0.1:8973/sparql?query=ASK%20%7B%7D", process)
            yield "http://127.0.0.1:8973"
        finally:
            process.terminate()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with suppress(OSError), urlopen(url, timeout=5) as answer:
            answer.read()
            return
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended")
        time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


if __name__ == "__main__":
    main()
