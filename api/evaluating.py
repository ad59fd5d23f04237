"""What a client wrote, evaluated: from the cache, by a worker process, or, for a remote store, by its own server."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from ipaddress import IPv6Address

from fastapi import Request

from api.caching import Cache, Given
from api.running import Runner
from kg.config import Settings
from kg.errors import Exhausted, QueryFailed
from kg.formats import BOOLEAN, GRAPHS, RESULTS
from kg.query.moments import kind_of
from kg.query.viewing import Moment, Views
from kg.store.base import QueryDataset, Store, Wish
from kg.store.cutting import Bounds
from kg.store.guarding import NO_SERVICE, calls_service
from kg.store.pool import Pool
from kg.store.process import Means
from kg.store.snapshots import Snapshots
from kg.store.tasks import Limits

Gone = Callable[[], Awaitable[None]]
_CHANGING = re.compile(r"(?:now|rand|uuid|bnode)(?:\s|#[^\n\r]*+)*+\(", re.I)
_FORMATS = {format.name: format for format in (*RESULTS, BOOLEAN, *GRAPHS)}
_SLACK = 1 << 20
"""Bytes by which an answer may pass its bound before it is cut: the serialiser writes in pieces."""


@dataclass(frozen=True)
class Asked:
    """A query with all that its answer depends on."""

    query: str
    wish: Wish
    dataset: QueryDataset = field(default_factory=QueryDataset)
    moment: Moment = field(default_factory=Moment)
    bounds: Bounds | None = None
    timeout: float | None = None


@dataclass(frozen=True)
class Client:
    """Who asks: an address (of IPv6 the network), and what returns when he has left."""

    address: str = ""
    gone: Gone | None = None


@dataclass
class Evaluator:
    """Answers queries over one store. `pool` is None where the store is remote."""

    settings: Settings
    store: Store
    views: Views
    runner: Runner
    pool: Pool | None
    cache: Cache
    bounds: Bounds = field(init=False)

    def __post_init__(self) -> None:
        self.bounds = Bounds(self.settings.max_rows, self.settings.max_answer)

    async def answer(self, asked: Asked, client: Client = Client()) -> Given:
        """Return the answer; raises QueryError, UnknownFormat or OverLimit."""
        if self.pool is None:
            return await self._remote(asked)
        bounds = asked.bounds or self.bounds
        key = (self.pool.release, asked.query, asked.dataset, asked.moment, bounds, _first(asked.wish))
        if found := self.cache.get(key):
            return found
        payload = {
            "query": asked.query,
            "results": [format.name for format in asked.wish.results[:1]],
            "graph": [format.name for format in asked.wish.graph[:1]],
            "default": asked.dataset.default,
            "named": asked.dataset.named,
            "base": asked.dataset.base,
            "truth": [format.name for format in asked.wish.truth[:1]],
            "rows": bounds.rows,
            "bytes": bounds.bytes,
            "salt": self.pool.release,
        }
        try:
            done = await self.pool.run(
                "query", payload, kind=kind_of(asked.moment), timeout=asked.timeout, client=client.address, gone=client.gone
            )
        except Exhausted:
            if calls_service(asked.query):  # a sealed worker that tries a call by https ends
                raise QueryFailed(f"the query could not be evaluated: {NO_SERVICE}") from None
            raise
        given = Given(
            done.body,
            _FORMATS[done.header["format"]],
            bool(done.header["complete"]),
            done.release,
            f'"{done.header["tag"]}"',
            tuple(map(str, done.header["unknown"])),
        )
        if key[0] == done.release and self.cache.takes(given, len(asked.query)) and lasting(asked.query):
            given = replace(given, key=key)
            self.cache.put(key, given, len(asked.query))
        return given

    async def _remote(self, asked: Asked) -> Given:
        store = self.store if not asked.moment else (await self.runner.run(lambda: self.views.of(asked.moment))).store
        answer = await self.runner.run(lambda: store.answer(asked.query, asked.wish, asked.dataset), asked.timeout)
        release = self.views.of(Moment()).release
        tag = sha256(release.encode() + answer.body).hexdigest()[:32]
        return Given(answer.body, answer.format, answer.complete, release, f'"{tag}"', answer.unknown)

    @property
    def release(self) -> str:
        """Return the release that queries see now."""
        return (self.pool.release if self.pool else "") or self.views.of(Moment()).release


def evaluator(settings: Settings, store: Store, views: Views, runner: Runner, snapshots: Snapshots | None) -> Evaluator:
    """Return an evaluator with workers of its own, unless the store is remote (no snapshots); nothing is started yet."""
    pool = Pool(limits(settings), snapshots) if snapshots else None
    return Evaluator(settings, store, views, runner, pool, Cache(settings.cache))


def limits(settings: Settings) -> Limits:
    """Return the limits of the pool that the settings ask for."""
    means = Means(settings.worker_memory << 20, settings.in_memory, settings.max_answer + _SLACK)
    return Limits(settings.workers, settings.queue, settings.client_workers, settings.timeout, means)


def client_of(request: Request) -> Client:
    """Return who asks."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return Client(network(request.client.host) if request.client else "", gone)


def network(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network of an IPv6 one, which one machine has all of."""
    if ":" not in address:
        return address
    try:
        return str(IPv6Address(int(IPv6Address(address.partition("%")[0])) >> 64 << 64))
    except ValueError:
        return address


def lasting(query: str) -> bool:
    """Say whether a query has the same answer each time; in doubt no. An escape may hide a name."""
    return "\\u" not in query.lower() and not _CHANGING.search(query)


def _first(wish: Wish) -> tuple[str, ...]:
    return tuple(formats[0].name if formats else "" for formats in (wish.results, wish.graph, wish.truth))
