"""Measure the service under load, side by side: `python -m benchmarks.service` (`wrk`, else a client of our own). Trust ratios.

Three forms of one service are started in turn: the engine in a thread of the service, the pool, the pool with kept answers.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from statistics import median
from urllib.parse import quote
from urllib.request import Request, urlopen

from benchmarks.asking import CLIENT, percentile
from benchmarks.asking import rate as asked

FORMS = ("thread", "pool", "kept")
ROUNDS = 3
_ENTITY = "<https://w3id.org/egovkg/id/programme/digital-kazakhstan>"
QUERIES = {
    "point": f"SELECT ?o {{ {_ENTITY} skos:prefLabel ?o }}",
    "10,000 rows": "SELECT * { ?s ?p ?o } LIMIT 10000",
    "star": "SELECT ?o ?v ?y { ?o egov:indicator ?i ; egov:year ?y ; sdmx-measure:obsValue ?v ; sdmx-attribute:unitMeasure ?u } LIMIT 500",
    "path": f"SELECT ?x {{ {_ENTITY} (egov:approvedBy|dcterms:isReplacedBy|dcterms:replaces)+ ?x }}",
    "construct": "CONSTRUCT { ?p egov:approvedBy ?a } WHERE { ?p egov:approvedBy ?a }",
}
HOSTILE = {
    "product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a < ?d && ?d < ?g && STR(?c) < STR(?f)) }",
    "sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "huge answer": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "depth": f"SELECT * {{ {'{' * 30_000}{'}' * 30_000} }}",
    "path": "SELECT (COUNT(*) AS ?n) { ?a (!<x:p>|^!<x:p>)* ?b }",
}


def main() -> None:
    """Print a line for each query, form and round, and one for each hostile case."""
    found: dict[tuple[str, str], list[float]] = {}
    print(f"client: {'wrk -t1 -c8 -d3' if shutil.which('wrk') else CLIENT + ', 8 connections, 3 s'}", flush=True)
    for round_ in range(ROUNDS):
        for form in FORMS:
            with serving(form, 8940 + round_ * 3 + FORMS.index(form)) as url:
                for name, query in QUERIES.items():
                    rate = _wrk(f"{url}/sparql?query={quote(query)}")["rate"]
                    found.setdefault((name, form), []).append(rate)
                    print(f"{name}, {form}: {rate:.0f}/s", flush=True)
    print("\n| requests/s | engine in a thread | pool | kept answers |\n|---|---|---|---|")
    for name in QUERIES:
        thread, pool, kept = (median(found[name, form]) for form in FORMS)
        print(f"| {name} | {thread:,.0f} | {pool:,.0f} (ratio {pool / thread:.2f}) | {kept:,.0f} |")
    with serving("pool", 8960) as url:
        light = f"{url}/sparql?query={quote(QUERIES['point'])}"
        print(f"light queries alone: p99 {_wrk(light, 2)['p99']:.1f} ms")
        for name, query in HOSTILE.items():
            _hostile(name, query, url, light)


def _hostile(name: str, query: str, url: str, light: str) -> None:
    """Send a hostile query again and again from one thread, light ones from elsewhere, and tell what becomes of both."""
    outcomes: list[tuple[str, float]] = []
    done = threading.Event()

    def attack() -> None:
        while not done.is_set():
            begin = time.perf_counter()
            request = Request(f"{url}/sparql?timeout=0.3", query.encode(), {"Content-Type": "application/sparql-query"})
            try:
                with urlopen(request, timeout=60) as answer:
                    status = f"{answer.status}{' cut' if answer.headers['X-Truncated'] else ''}"
                    answer.read()
            except OSError as error:
                status = str(getattr(error, "code", error))
            outcomes.append((status, time.perf_counter() - begin))

    thread = threading.Thread(target=attack)
    thread.start()
    measured = _wrk(light, 2)
    done.set()
    thread.join()
    statuses = ", ".join(sorted({status for status, _ in outcomes}))
    print(
        f"hostile, {name}: {len(outcomes)} answered {statuses} after median {median(took for _, took in outcomes):.2f} s (limit 0.3 s); "
        f"light p99 {measured['p99']:.1f} ms, {measured['rate']:.0f}/s",
        flush=True,
    )


def _wrk(url: str, connections: int = 8) -> dict[str, float]:
    if not shutil.which("wrk"):
        answers, took, statuses = asyncio.run(asked(url, url[url.index("/", 8) :], connections, 3))
        assert set(statuses) == {200}, statuses
        return {"rate": answers, "p99": percentile(took, 0.99) * 1000}
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", "-d3", "--latency", url], check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert rate
    return {"rate": float(rate[1]), "p99": float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]}


@contextmanager
def serving(form: str, port: int) -> Iterator[str]:
    """Run one form of the service in a process of its own."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.service", form, str(port)]) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                with suppress(OSError):
                    urlopen(f"{url}/readyz", timeout=5).read()
                    break
                time.sleep(0.1)
            time.sleep(5)  # the workers copy the graph into memory
            yield url
        finally:
            process.terminate()


def serve(form: str, port: int) -> None:
    """Serve the built dataset from memory with two workers, in one of the three forms."""
    import uvicorn

    from api.app import create_app
    from api.server import configured
    from kg.config import Settings
    from kg.loading.dataset import build
    from kg.store.oxigraph import OxigraphStore

    store = OxigraphStore()
    store.fill(build().nquads)
    app = create_app(Settings(workers=2, cache=64_000_000 if form == "kept" else 0), store)
    if form == "thread":
        app.state.context.evaluator.pool = None
    uvicorn.Server(configured(app, port=port, log_level="error")).run()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1], int(sys.argv[2]))
    else:
        main()
