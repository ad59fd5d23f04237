"""Measure what docs/benchmarks.md quotes: `make bench`. Medians of several runs; trust ratios, the machines are shared."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import pyoxigraph as ox
import rdflib

from kg.importing.countries import countries
from kg.importing.records import MEMBERS
from kg.importing.un_egdi import HEADS
from kg.loading.dataset import build
from kg.namespaces import PREFIXES
from kg.query.named import load_templates, read_values, run
from kg.query.names import Names
from kg.store.oxigraph import OxigraphStore
from kg.validation.engines import FastSHACL, PySHACL
from kg.validation.shacl import shipped_shapes

RUNS = 5
_HEADS = ("edition", "country", "egdi-rank", "egdi-value", "epi-value", "osi-value", "hci-value", "tii-value")
_SERIES = """SELECT ?year ?value WHERE {
  ?o egov:indicator <https://w3id.org/egovkg/id/indicator/egdi-value> ; egov:year ?year ; sdmx-measure:obsValue ?value } ORDER BY ?year"""


def main() -> None:
    """Print one line for each figure."""
    folder = Path(tempfile.mkdtemp())
    egovkg = Path(sys.executable).with_name("egovkg")
    _say("egovkg build --out (whole process)", lambda: _run(egovkg, "build", "--out", str(folder / "a.nq")))
    _run(egovkg, "build", "--out", str(folder / "b.nq"))
    same = (folder / "a.nq").read_bytes() == (folder / "b.nq").read_bytes()
    print(f"two builds give the same bytes: {same}")
    _run(egovkg, "build", "--store", str(folder / "store"))
    _say("egovkg serve: start to first answer, store at hand", lambda: _start(egovkg, folder / "store"))
    _imports(egovkg, folder)
    dataset = build()
    print(f"statements {dataset.statements}, facts {dataset.facts}, conflicts {len(dataset.conflicts)}")
    store = OxigraphStore()
    store.fill(dataset.nquads)
    ours = _say("series of an indicator, embedded store", lambda: store.rows(_SERIES), 50)
    graph = rdflib.Graph().parse(data=b"\n".join(_facts(dataset.nquads)), format="nt")
    theirs = _say("the same by rdflib", lambda: list(graph.query(_prefixed(_SERIES))), 10)
    print(f"ratio rdflib / embedded: {theirs / ours:.0f}")
    _named(store)
    data = b"\n".join(_facts(dataset.nquads)).decode()
    fast = _say("SHACL over the default graph, shacl", lambda: FastSHACL().validate(data, shipped_shapes()))
    slow = _say("the same by pySHACL", lambda: PySHACL().validate(data, shipped_shapes()), 1)
    print(f"ratio pySHACL / shacl: {slow / fast:.0f}")


def _imports(egovkg: Path, folder: Path) -> None:
    """Import made-up country tables as large as the UN's twelve editions, and build with them."""
    tables = made_tables(folder)
    environ = os.environ | {"EGOVKG_IMPORTS": str(folder / "imports"), "EGOVKG_STORE": str(folder / "both")}
    for what in ("egovkg import, 12 editions of 193 countries, no build", "the same again (nothing changes)"):
        _say(what, lambda: _run(egovkg, "import", "un-egdi", "--no-build", *tables, env=environ), 1)
    _say("egovkg build --out with them (whole process)", lambda: _run(egovkg, "build", "--out", str(folder / "c.nq"), env=environ), 3)
    print(f"peak memory of a child, MB: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f}")
    _say("egovkg build with them, store and all", lambda: _run(egovkg, "build", env=environ), 1)


def made_tables(folder: Path) -> list[str]:
    """Write tables of made-up figures with ranks and indices that hold together, in the UN's form; return their paths."""
    members = list(countries().values())[:MEMBERS]
    paths = []
    for year in range(2012, 2036, 2):
        rows = []
        for number, country in enumerate(members, 1):
            parts = [round(1 - (number * step + year) % 200 / 200, 5) for step in (1, 3, 7)]
            rows.append((sum(parts) / 3, country.names["en"], parts))
        rows.sort(key=lambda row: (-row[0], row[1]))
        lines = [",".join(HEADS[key] for key in _HEADS)]
        last = (0, "")
        for place, (mean, name, parts) in enumerate(rows, 1):
            last = last if f"{mean:.5f}" == last[1] else (place, f"{mean:.5f}")
            lines.append(f'{year},"{name} ",{last[0]},{mean:.5f},{parts[0]:.5f},{",".join(f"{part:.5f}" for part in parts)}')
        path = folder / f"made-{year}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(str(path))
    return paths


def _named(store: OxigraphStore) -> None:
    """Print the slowest of the named queries, each asked its example."""
    names, times = Names.of(store), {}
    for template in load_templates().values():
        given = {parameter.name: parameter.example for parameter in template.parameters if parameter.required}
        values = read_values(template, given, store, names)
        begin = time.perf_counter()
        run(store, template, values)
        times[template.name] = time.perf_counter() - begin
    slowest = sorted(times, key=lambda name: -times[name])[:3]
    print(
        f"{len(times)} named queries: median {median(times.values()):.4f} s; slowest " + ", ".join(f"{n} {times[n]:.4f} s" for n in slowest)
    )


def _say(what: str, work: Callable[[], object], runs: int = RUNS) -> float:
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    print(f"{what}: median {median(times):.4f} s ({min(times):.4f} to {max(times):.4f}, {runs} runs)", flush=True)
    return median(times)


def _run(*command: object, env: Mapping[str, str] | None = None) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, env=env)


def _start(egovkg: Path, store: Path) -> None:
    port = "8791"
    process = subprocess.Popen([str(egovkg), "serve", "--store", str(store), "--port", port], stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            try:
                urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1).read()
                return
            except OSError:
                time.sleep(0.02)
    finally:
        process.terminate()
        process.wait()


def _facts(nquads: bytes) -> list[bytes]:
    """Return the default graph's lines as N-Triples."""
    default = ox.DefaultGraph()
    quads = (quad for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS) if quad.graph_name == default)
    return [f"{quad.subject} {quad.predicate} {quad.object} .".encode() for quad in quads]


def _prefixed(query: str) -> str:
    return "\n".join([*(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items()), query])


if __name__ == "__main__":
    main()
