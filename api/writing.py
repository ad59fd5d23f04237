"""One write at a time: weighed against the data as they stand, committed, and only then answered.

    lock ──▶ If-Match ──▶ weigh (a job: trial, facts, shapes) ──▶ commit ──▶ readers see the new release ──▶ answer

A write that is not weighed in its time changes nothing. A commit is never broken off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.running import Runner
from kg.config import Settings
from kg.errors import Busy, WriteRefused
from kg.namespaces import BASE
from kg.store.base import Store
from kg.store.changes import change_from
from kg.store.journal import Entry
from kg.store.oxigraph import OxigraphStore
from kg.store.tokens import Tokens, tokens_file
from kg.store.writing import Job, Writer
from kg.updating.graphs import is_curated
from kg.updating.weighing import weigh

_COMMIT = 600.0
_QUEUE = 64


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


async def _nothing() -> None: ...


@dataclass
class Writes:
    """The writes of a service. `after` is called when one was made, before it is acknowledged.

    `rehearse` runs the text of an update over an empty graph in a worker, so that one which ends a process ends only that.
    """

    settings: Settings
    writer: Writer
    tokens: Tokens
    after: Callable[[], Awaitable[None]] = _nothing
    rehearse: Callable[[str, str], Awaitable[None]] | None = None
    job: Job = weigh
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._weighing = Runner(1, self.settings.timeout)
        self._committing = Runner(1, _COMMIT)

    async def write(self, payload: Mapping[str, Any], who: str, what: str, condition: Condition = Condition()) -> Written:
        """Make a write; raises what weighing and committing raise, TookTooLong, or Busy where others take all the time."""
        if self._waiting >= _QUEUE:
            raise Busy
        self._waiting += 1
        try:
            try:
                await asyncio.wait_for(self._lock.acquire(), self.settings.timeout)
            except TimeoutError:
                raise Busy from None
        finally:
            self._waiting -= 1
        try:
            return await asyncio.shield(self._one(payload, who, what, condition))
        finally:
            self._lock.release()

    async def _one(self, payload: Mapping[str, Any], who: str, what: str, condition: Condition) -> Written:
        plain = self.settings.empty and not self.settings.shacl
        if self.settings.base != BASE and not plain:
            raise WriteRefused(f"a graph built for another base ({self.settings.base}) is read-only; write to one of {BASE}")
        if self.rehearse and payload.get("update"):
            await self.rehearse(payload["update"], str(payload.get("base") or ""))
        await self._weighing.run(lambda: self.writer.check(condition.graph, condition.match, condition.none_match))
        curated = not plain and is_curated(self.writer.store.opened)
        asked = {**payload, "curated": curated, "shacl": self.settings.shacl}
        found = await self._weighing.run(lambda: self.writer.weigh(self.job, asked))
        change, derived = change_from(found), int(found["derived"])
        entry = await self._committing.run(lambda: self.writer.commit(change, who, what, derived))
        if entry.after != entry.before:
            await self.after()
        return Written(entry, bool(found["existed"]))


def writes_of(settings: Settings, store: Store) -> Writes | None:
    """Return the writes of a service over a store, None over a remote one."""
    if not isinstance(store, OxigraphStore):
        return None
    tokens = Tokens(tokens_file(store.path) if store.path else None, settings.token)
    return Writes(settings, Writer(store, durable=settings.flush), tokens)
