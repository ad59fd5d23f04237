"""A pool of killable worker processes: everything that a client writes is evaluated there, never in the service itself.

    run ──▶ queue ──▶ a free worker ──▶ answer
              │            ├── past its time: TookTooLong, and killed unless it ends very soon
              │            ├── ended by itself (memory, depth): Exhausted
              │            └── the client left: killed
              └── full: Busy · one client's share full: TooMany

Who is served when is dispatching.py's to say.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from kg.errors import Busy, TookTooLong, TooMany
from kg.store.dispatching import Dispatcher
from kg.store.process import PLAIN, Kind
from kg.store.sight import Sight
from kg.store.snapshots import Snapshots
from kg.store.tasks import PATIENCE, ClientLeft, Limits, Outcome, Task


class Pool:
    """The workers of one store; some of the `main` kind are always kept ready.

    Belongs to one event loop, in whose thread everything here happens.
    """

    def __init__(self, limits: Limits, snapshots: Snapshots, main: Kind = PLAIN) -> None:
        self.limits = limits
        self._main = main
        self._jobs = Dispatcher(limits, main, lambda: self.release)
        self._asked: Counter[str] = Counter()
        self._sight = Sight(snapshots, self._jobs.crew)
        self._keeper: asyncio.Task[None] | None = None
        self._started: asyncio.Event | None = None
        self._failure: Exception | None = None

    async def start(self) -> None:
        """Take the first snapshot and start workers, the first of which is there then; whoever asks first does it otherwise."""
        if self._keeper is None:
            self._started = asyncio.Event()
            self._keeper = asyncio.get_running_loop().create_task(self._keep(self._started))
        assert self._started is not None
        await self._started.wait()
        if self._failure:
            raise self._failure

    async def _keep(self, started: asyncio.Event) -> None:
        """Hold the pool open until it is cancelled: by `close`, or by the end of the event loop."""
        try:
            try:
                await self._sight.renew()
                await self._jobs.crew.there(self.limits.start)
            except Exception as error:
                self._failure = error
            started.set()
            await asyncio.Event().wait()
        finally:
            self._jobs.cancel()
            await self._jobs.crew.close()
            self._sight.close()

    async def close(self) -> None:
        """End all workers and remove the snapshots."""
        if self._keeper:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper

    async def refresh(self) -> str:
        """Take the data as they stand now: running jobs end on the old ones, new ones see the new. Return their release."""
        await self.start()
        await self._sight.renew()
        self._jobs.dispatch()
        return self.release

    async def follow(self, change: bytes, release: str) -> None:
        """Let all workers see a change that was committed (packed), and the data be of a release; no worker ends for it.

        To be called once a commit, in their order. A job that is asked for after this sees the change; running jobs do not.
        """
        if self._keeper is None:
            return
        await self.start()
        await self._sight.follow(change, release)
        self._jobs.dispatch()

    @property
    def release(self) -> str:
        """Return the release that new jobs see; empty before the start."""
        return self._sight.release

    @property
    def running(self) -> int:
        """Return how many jobs are being done."""
        return self._jobs.working

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the ids of the worker processes, for operators and tests."""
        return self._jobs.crew.pids

    async def run(
        self,
        job: str,
        payload: Mapping[str, Any],
        *,
        body: bytes = b"",
        kind: Kind | None = None,
        timeout: float | None = None,
        client: str = "",
        gone: Callable[[], Awaitable[None]] | None = None,
    ) -> Outcome:
        """Do a job in a worker of a kind, the main one unless it is given.

        `timeout` can only lower the limit; `gone` returns when the client has left.
        Raises TookTooLong, Exhausted, Busy, TooMany, ClientLeft, or the job's own error.
        """
        if not self._jobs.crew.log.snapshot:
            await self.start()
        self._admit(client)
        loop = asyncio.get_running_loop()
        seconds = min(timeout or self.limits.timeout, self.limits.timeout)
        task = Task(job, payload, body, kind or self._main, client, seconds, loop.create_future())
        self._asked[client] += 1
        ends: list[asyncio.Task[None] | asyncio.TimerHandle] = []
        if seconds > PATIENCE:
            ends.append(loop.call_later(PATIENCE, self._after_a_while, task, gone, ends))
        else:
            ends.append(loop.call_later(seconds, self._overdue, task))
        try:
            self._jobs.add(task)
            return await task.future
        finally:
            for end in ends:
                end.cancel()
            self._asked[client] -= 1
            if not self._asked[client]:
                del self._asked[client]
            self._jobs.leave(task)

    def _admit(self, client: str) -> None:
        if len(self._jobs) >= self.limits.queue + self.limits.workers:
            raise Busy
        if client and self._asked[client] >= self.limits.share + max(1, self.limits.queue // 2):
            raise TooMany("too many queries of one client at a time")

    def _overdue(self, task: Task) -> None:
        if not task.future.done():
            task.future.set_exception(TookTooLong(task.seconds) if task.process else Busy())

    def _after_a_while(
        self, task: Task, gone: Callable[[], Awaitable[None]] | None, ends: list[asyncio.Task[None] | asyncio.TimerHandle]
    ) -> None:
        """See to it that a job which takes long is ended in time, or when its client leaves: most are done before."""
        loop = asyncio.get_running_loop()
        ends.append(loop.call_later(task.seconds - PATIENCE, self._overdue, task))
        if gone:
            ends.append(loop.create_task(self._watch(task, gone)))
        self._jobs.dispatch()

    async def _watch(self, task: Task, gone: Callable[[], Awaitable[None]]) -> None:
        await gone()
        if not task.future.done():
            task.future.set_exception(ClientLeft())
