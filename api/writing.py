"""One write at a time: weighed in a worker against the data as they stand, committed, and only then answered.

    lock ──▶ If-Match ──▶ weigh (a worker: trial, facts, shapes) ──▶ commit ──▶ all workers follow ──▶ answer

The service itself evaluates and parses nothing of what a client sent: it gets quads, which it commits. A write that is not
weighed in its time, or ends its worker, changes nothing. A commit is never broken off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from api.running import Runner
from kg.config import Settings
from kg.errors import Busy, EgovkgError, Exhausted, QueryFailed, StoreError, TookTooLong, WriteRefused
from kg.namespaces import BASE
from kg.store.base import Store
from kg.store.changes import packed
from kg.store.journal import Entry
from kg.store.oxigraph import OxigraphStore
from kg.store.pool import Pool
from kg.store.process import Means
from kg.store.snapshots import Snapshots
from kg.store.tasks import Limits
from kg.store.tokens import Tokens, tokens_file
from kg.store.trying import Update, Upload, reaching_out
from kg.store.writing import Writer
from kg.updating.graphs import is_curated
from kg.updating.sending import MOST, PLAIN, RULED, received, sent
from kg.updating.weighing import Rules, Weighed

_COMMIT = 600.0
_QUEUE = 64
_SLACK = 1 << 20
_START = 120.0
"""Seconds that the first write waits for its worker, which copies the graph into memory."""
Followed = Callable[[bytes | None], Awaitable[None]]
"""Called with each change that was committed (packed); None: nobody can say what changed."""


@dataclass(frozen=True)
class Condition:
    """What a client expects of a graph (None: the default graph) that it writes to: the headers If-Match and If-None-Match."""

    graph: str | None = None
    match: str | None = None
    none_match: str | None = None


@dataclass(frozen=True)
class Written:
    """A write that was made: the journal's entry, and whether the graph was there before."""

    entry: Entry
    existed: bool


async def _nothing(_: bytes | None) -> None: ...


@dataclass
class Writes:
    """The writes of a service. `after` is called when one was made, before it is acknowledged.

    `pool` holds one worker that keeps a copy of the data; `ready` starts it, else the first write, and the one after it was killed.
    """

    settings: Settings
    writer: Writer
    tokens: Tokens
    snapshots: Snapshots
    pool: Pool
    after: Followed = _nothing
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._checking = Runner(1, self.settings.timeout)
        self._committing = Runner(1, _COMMIT)

    async def ready(self) -> None:
        """Start the worker that weighs, where anybody may write, so that the first write need not wait for it."""
        with suppress(EgovkgError, OSError, RuntimeError):  # the first write says what is wrong
            if self.tokens.any():
                await self.pool.start()

    async def write(self, asked: Update | Upload, who: str, what: str, condition: Condition = Condition()) -> Written:
        """Make a write; raises what weighing and committing raise, TookTooLong, Exhausted, or Busy where others take all the time."""
        if self._waiting >= _QUEUE:
            raise Busy(write=True)
        self._waiting += 1
        try:
            try:
                await asyncio.wait_for(self._lock.acquire(), self.settings.timeout)
            except TimeoutError:
                raise Busy(write=True) from None
        finally:
            self._waiting -= 1
        one = asyncio.create_task(self._one(asked, who, what, condition))
        one.add_done_callback(lambda _: self._lock.release())
        return await asyncio.shield(one)

    async def _one(self, asked: Update | Upload, who: str, what: str, condition: Condition) -> Written:
        plain = self.settings.empty and not self.settings.shacl
        if self.settings.base != BASE and not plain:
            raise WriteRefused(f"a graph built for another base ({self.settings.base}) is read-only; write to one of {BASE}")
        await self._checking.run(lambda: self.writer.check(condition.graph, condition.match, condition.none_match))
        curated = not plain and is_curated(self.writer.store.opened)
        weighed = await self._weighed(asked, Rules(curated, self.settings.shacl))
        try:
            entry, change = await self._committing.run(lambda: self._commit(weighed, who, what))
        except Exception:
            with suppress(OSError, RuntimeError, EgovkgError):
                await self._follow(None)
            raise
        if entry.after != entry.before:
            await self._follow(change)
        return Written(entry, weighed.existed)

    async def _weighed(self, asked: Update | Upload, rules: Rules) -> Weighed:
        payload, body = sent(asked, rules)
        try:
            try:
                outcome = await self.pool.run("weigh", payload, body=body)
            except StoreError:  # a copy that took in many writes may be full where a new one is not
                outcome = await self.pool.run("weigh", payload, body=body)
        except TookTooLong as error:
            raise TookTooLong(error.seconds, write=True) from None
        except Exhausted:
            if isinstance(asked, Update) and (refusal := reaching_out(asked.text)):  # a sealed worker that tries a call by https ends
                raise QueryFailed(f"the update could not be evaluated: {refusal}") from None
            raise Exhausted(write=True) from None
        except Busy:
            raise Busy(write=True) from None
        return await self._committing.run(lambda: received(outcome))

    def _commit(self, weighed: Weighed, who: str, what: str) -> tuple[Entry, bytes]:
        entry = self.writer.commit(weighed.change, who, what, weighed.derived)
        return entry, packed(self.writer.made_last)

    async def _follow(self, change: bytes | None) -> None:
        """Let those that weigh see what was committed, then everybody else."""
        if change is None:
            await self.pool.refresh()
        else:
            await self.pool.follow(change, self.writer.release)
        await self.after(change)


def writes_of(settings: Settings, store: Store) -> Writes | None:
    """Return the writes of a service over a store, None over a remote one; nothing is started yet."""
    if not isinstance(store, OxigraphStore):
        return None
    writer = Writer(store, durable=settings.flush)
    tokens = Tokens(tokens_file(store.path) if store.path else None, settings.token)
    snapshots = Snapshots(store, lambda: writer.release)
    means = Means(settings.worker_memory << 20, 0, MOST + _SLACK)
    limits = Limits(workers=1, queue=_QUEUE, timeout=settings.timeout, means=means, spare=0, start=_START)
    kind = PLAIN if settings.empty and not settings.shacl else RULED
    return Writes(settings, writer, tokens, snapshots, Pool(limits, snapshots, kind))
