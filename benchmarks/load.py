"""The load of `benchmarks.endurance`, in a process of its own: `python -m benchmarks.load URL`, options as JSON on its standard input.

Reads, writes and hostile queries are sent when they are due, whether or not earlier ones were answered; times count from then.
Prints a JSON object each interval: for each kind how many, milliseconds (p50, p99, max), and how many of each status.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import count, cycle
from typing import Any
from urllib.parse import quote

from benchmarks.asking import Answer, Client, percentile
from benchmarks.watching import TOKEN
from tests.test_hostile import DEEP, HEAVY

POINT = "SELECT ?p ?o { <https://w3id.org/egovkg/id/%s> ?p ?o } #%d"
CACHED = "SELECT ?i (COUNT(*) AS ?n) { ?o egov:indicator ?i } GROUP BY ?i ORDER BY ?i"
HUGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
OWN = "https://w3id.org/egovkg/graph/endurance"
PASSAGE = "https://w3id.org/egovkg/id/passage/abil-2023/table-2"
PROGRAMME = "<https://w3id.org/egovkg/id/programme/digital-kazakhstan>"
JOURNAL = "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/egovkg/graph/journal> { ?s ?p ?o } }"
DIRECT = {"content_type": "application/sparql-query"}
TABLES = ("/conflicts", "/ontology", "/?q=digital", "/api/v1/models", "/api/v1/stages", "/api/v1/timeline?limit=20")
READER, WRITER, ATTACKER = "127.0.0.2", "127.0.0.3", "127.0.0.4"
MOST = 400
"""Requests of a kind that may be under way; more are counted as left out, for then the service does not keep up."""


class Load:
    """Sends the mix and counts what comes of it."""

    def __init__(self, url: str, options: dict[str, float]) -> None:
        self._options = options
        self._reader, self._writer, self._attacker = (Client(url, source) for source in (READER, WRITER, ATTACKER))
        self._took: dict[str, list[float]] = {}
        self._statuses: Counter[str] = Counter()
        self._entities: list[str] = []
        self._under_way: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = count()

    async def run(self) -> None:
        """Send and tell until this process is ended."""
        answer = await self._reader.ask("/api/v1/entities?limit=500")
        self._entities = [hit["id"] for hit in json.loads(answer.body)["hits"]]
        await asyncio.gather(
            self._due("light", self._options["light"], self._light()),
            self._due("cached", self._options["cached"], self._cached()),
            self._due("write", self._options["write"], self._writes()),
            self._due("hostile", self._options["hostile"], self._hostile()),
            self._tell(),
        )

    async def _due(self, kind: str, rate: float, requests: Iterator[tuple[str, Callable[[], Awaitable[Answer | None]]]]) -> None:
        if not rate:
            return
        begin, sent = time.perf_counter(), 0
        while True:
            due = begin + sent / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent += 1
            if self._under_way[kind] >= MOST:
                self._statuses[f"{kind} left out"] += 1
                continue
            name, request = next(requests)
            self._under_way[kind] += 1
            task = asyncio.create_task(self._send(kind, name, request, due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, kind: str, name: str, request: Callable[[], Awaitable[Answer | None]], due: float) -> None:
        try:
            answer = await request()
            status = "gone" if answer is None else f"{answer.status}{' cut' if answer.headers.get('x-truncated') else ''}"
        except (OSError, TimeoutError) as error:
            status = type(error).__name__
        self._under_way[kind] -= 1
        self._took.setdefault(name, []).append(time.perf_counter() - due)
        self._statuses[f"{kind} {status}"] += 1

    def _light(self) -> Iterator[tuple[str, Callable[[], Awaitable[Answer]]]]:
        """Six points, two look-ups, a page, a search or table: none of them twice the same within a release's cache but by chance."""
        kinds = cycle(["point", "point", "lookup", "point", "page", "point", "table", "point", "lookup", "point"])
        for number, kind in zip(self._numbers, kinds, strict=False):
            entity = random.choice(self._entities)
            target = {
                "point": f"/sparql?query={quote(POINT % (entity, number))}",
                "lookup": f"/api/v1/entities/{entity}",
                "page": f"/id/{entity}.html",
                "table": TABLES[number // 10 % len(TABLES)] if number // 10 % 2 else f"/api/v1/entities?q={quote(entity[-5:])}",
            }[kind]
            yield kind, lambda target=target: self._reader.ask(target)  # type: ignore[misc]

    def _cached(self) -> Iterator[tuple[str, Callable[[], Awaitable[Answer]]]]:
        while True:
            yield "cached", lambda: self._reader.ask(f"/sparql?query={quote(CACHED)}")

    def _writes(self) -> Iterator[tuple[str, Callable[[], Awaitable[Answer]]]]:
        """In turn in and out: triples of an own graph, a claim of a passage (facts follow), a graph put in another's place."""
        claim = f'{{ GRAPH <{PASSAGE}> {{ {PROGRAMME} skos:altLabel "Endurance"@en }} }}'
        for number in count():
            things = " ".join(f"<x:{number}> <x:p{place}> {place} ." for place in range(10))
            yield "write", lambda things=things: self._update(f"INSERT DATA {{ GRAPH <{OWN}> {{ {things} }} }}")  # type: ignore[misc]
            yield "write", lambda things=things: self._update(f"DELETE DATA {{ GRAPH <{OWN}> {{ {things} }} }}")  # type: ignore[misc]
            yield "write", lambda: self._update(f"INSERT DATA {claim}")
            yield "write", lambda: self._update(f"DELETE DATA {claim}")
            triples = "\n".join(f"<x:put> <x:p{place}> {number} ." for place in range(50)).encode()
            yield "write", lambda triples=triples: self._put(triples)  # type: ignore[misc]

    def _update(self, update: str) -> Awaitable[Answer]:
        return self._writer.ask("/update", update.encode(), authorization=f"Bearer {TOKEN}", content_type="application/sparql-update")

    def _put(self, triples: bytes) -> Awaitable[Answer]:
        target = f"/graphs?graph={quote(OWN + '-put', safe='')}"
        return self._writer.ask(target, triples, "PUT", authorization=f"Bearer {TOKEN}", content_type="text/turtle")

    def _hostile(self) -> Iterator[tuple[str, Callable[[], Awaitable[Answer | None]]]]:
        for query in cycle([*HEAVY.values(), HUGE, *DEEP.values()]):
            yield "hostile", lambda query=query: self._attacker.ask("/sparql", query.encode(), **DIRECT)  # type: ignore[misc]
            yield "gone", lambda: self._attacker.leave("/sparql", HUGE.encode(), 0.3, **DIRECT)

    async def _tell(self) -> None:
        every = self._options["every"]
        begin = time.perf_counter()
        for number in count(1):
            await asyncio.sleep(max(0.0, begin + number * every - time.perf_counter()))
            took, self._took = self._took, {}
            statuses, self._statuses = self._statuses, Counter()
            said: dict[str, Any] = {"statuses": dict(sorted(statuses.items())), "kinds": {}, "waiting": self._under_way.total()}
            took["light"] = [one for kind in ("point", "lookup", "page", "table") for one in took.get(kind, [])]
            for kind, times in took.items():
                figures = (percentile(times, 0.5), percentile(times, 0.99), max(times, default=float("nan")))
                said["kinds"][kind] = {
                    "n": len(times),
                    **{k: round(v * 1000, 2) for k, v in zip(("p50", "p99", "max"), figures, strict=True)},
                }
            said["journal"] = await self._journal()
            print(json.dumps(said), flush=True)

    async def _journal(self) -> int:
        """Return how many statements the journal's graph holds, -1 where it is not answered: the graph grows by a few with each write."""
        try:
            answer = await self._reader.ask(f"/sparql?query={quote(JOURNAL)}", accept="application/sparql-results+json")
            return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])
        except (OSError, TimeoutError, ValueError, LookupError):
            return -1


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the process that started this one
    asyncio.run(Load(sys.argv[1], json.loads(sys.stdin.read())).run())
