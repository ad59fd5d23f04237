"""A pool of killable worker processes: everything that a client writes is evaluated there, never in the service itself.

    run ──▶ queue ──▶ a free worker ──▶ answer
              │            ├── past its time: TookTooLong, and killed unless it ends very soon
              │            ├── ended by itself (memory, depth): Exhausted
              │            └── the client left: killed
              └── full: Busy · one client's share full: TooMany

One client holds all workers only while nobody else waits: what it holds beyond its share is put back in the queue,
its worker killed, as soon as another client's job would have to wait.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from kg.errors import Busy, Exhausted, TookTooLong, TooMany
from kg.store.crew import Crew
from kg.store.passing import revived
from kg.store.process import PLAIN, Kind, Process
from kg.store.sight import Sight
from kg.store.snapshots import Snapshots
from kg.store.tasks import ClientLeft, Limits, Outcome, Task

_PATIENCE = 0.05
"""Seconds after which a job counts as a long one: its client is watched, and its place may be another's."""
_GRACE = 0.4
"""Seconds that a job may take of a worker, within its limit, though nobody waits for it any more: most end by then, and a new worker
costs more.

Without it a queue that is behind kills a worker with each job that reached one at the end of its time, and falls ever further behind.
"""


class Pool:
    """The workers of one store; some of the `main` kind are always kept ready.

    Belongs to one event loop, in whose thread everything here happens.
    """

    def __init__(self, limits: Limits, snapshots: Snapshots, main: Kind = PLAIN) -> None:
        self.limits = limits
        self._main = main
        self._crew = Crew(limits, main, self._dispatch, self._lost)
        self._queue: deque[Task] = deque()
        self._running: dict[Process, Task] = {}
        self._held: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._sight = Sight(snapshots, self._crew)
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
                await self._crew.there(self.limits.start)
            except Exception as error:
                self._failure = error
            started.set()
            await asyncio.Event().wait()
        finally:
            for task in (*self._running.values(), *self._queue):
                if not task.future.done():
                    task.future.cancel()
            await self._crew.close()
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
        self._dispatch()
        return self.release

    async def follow(self, change: bytes, release: str) -> None:
        """Let all workers see a change that was committed (packed), and the data be of a release; no worker ends for it.

        To be called once a commit, in their order. A job that is asked for after this sees the change; running jobs do not.
        """
        if self._keeper is None:
            return
        await self.start()
        await self._sight.follow(change, release)
        self._dispatch()

    @property
    def release(self) -> str:
        """Return the release that new jobs see; empty before the start."""
        return self._sight.release

    @property
    def running(self) -> int:
        """Return how many jobs are being done."""
        return len(self._running)

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the ids of the worker processes, for operators and tests."""
        return self._crew.pids

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
        if not self._crew.log.snapshot:
            await self.start()
        self._admit(client)
        loop = asyncio.get_running_loop()
        seconds = min(timeout or self.limits.timeout, self.limits.timeout)
        task = Task(job, payload, body, kind or self._main, client, seconds, loop.create_future())
        self._asked[client] += 1
        self._queue.append(task)
        ends: list[asyncio.Task[None] | asyncio.TimerHandle] = []
        if seconds > _PATIENCE:
            ends.append(loop.call_later(_PATIENCE, self._after_a_while, task, gone, ends))
        else:
            ends.append(loop.call_later(seconds, self._overdue, task))
        try:
            self._dispatch()
            return await task.future
        finally:
            for end in ends:
                end.cancel()
            self._leave(task)

    def _admit(self, client: str) -> None:
        if len(self._queue) + len(self._running) >= self.limits.queue + self.limits.workers:
            raise Busy
        if client and self._asked[client] >= self.limits.share + max(1, self.limits.queue // 2):
            raise TooMany("too many queries of one client at a time")

    def _dispatch(self) -> None:
        """Give free workers to those that wait: first to clients below their share, then to whoever there is."""
        while self._queue:
            task = self._next(guests=False) or self._next(guests=True)
            if task is None:
                break
            self._queue.remove(task)
            self._give(task)
        self._crew.grow([task.kind for task in self._queue])
        if self._queue and len(self._running) >= self.limits.workers:
            self._make_room()

    def _next(self, guests: bool) -> Task | None:
        if len(self._running) >= self.limits.workers:
            return None
        for task in self._queue:
            if (not task.client or self._held[task.client] < self.limits.share or guests) and self._crew.has(task.kind):
                return task
        return None

    def _give(self, task: Task) -> None:
        process = self._crew.take(task.kind)
        task.process, task.release = process, self.release
        task.guest = bool(task.client) and self._held[task.client] >= self.limits.share
        task.since = asyncio.get_running_loop().time()
        self._running[process] = task
        self._held[task.client] += 1
        process.ask(task.job, task.payload, task.body, task.seconds, lambda header, body: self._answered(task, header, body))

    def _make_room(self) -> None:
        """Put a client's job beyond its share back in the queue, if another client's waits for it."""
        if not any(task.client and self._held[task.client] < self.limits.share for task in self._queue):
            return
        before = asyncio.get_running_loop().time() - _PATIENCE
        for task in tuple(self._running.values()):
            if task.guest and task.since < before:
                process = self._release(task)
                if not task.future.done():
                    self._queue.append(task)
                if process:
                    self._crew.cut(process)
                self._dispatch()
                return

    def _answered(self, task: Task, header: dict[str, Any], body: bytes) -> None:
        process = self._release(task)
        if process and header.get("spent"):
            self._crew.cut(process)
        elif process:
            self._crew.give_back(process)
        if not task.future.done():
            if "error" in header:
                task.future.set_exception(revived(header["error"]))
            else:
                task.future.set_result(Outcome(header, body, task.release))
        self._dispatch()

    def _release(self, task: Task) -> Process | None:
        """Take a task's worker from it."""
        process, task.process = task.process, None
        if process:
            self._running.pop(process, None)
            self._held[task.client] -= 1
            if not self._held[task.client]:
                del self._held[task.client]
        return process

    def _leave(self, task: Task) -> None:
        """Forget a task, however it ended; a worker that is still at it is killed, unless it has only begun."""
        self._asked[task.client] -= 1
        if not self._asked[task.client]:
            del self._asked[task.client]
        if task.process:
            left = task.since + min(_GRACE, task.seconds) - asyncio.get_running_loop().time()
            if left > 0:
                asyncio.get_running_loop().call_later(left, self._cut, task)
            else:
                self._cut(task)
        elif not task.future.done() or task.future.cancelled() or task.future.exception():
            with suppress(ValueError):
                self._queue.remove(task)

    def _cut(self, task: Task) -> None:
        """Kill the worker that is still at a task which nobody waits for."""
        process = self._release(task)
        if process:
            self._crew.cut(process)
            self._dispatch()

    def _overdue(self, task: Task) -> None:
        if not task.future.done():
            task.future.set_exception(TookTooLong(task.seconds) if task.process else Busy())

    def _after_a_while(
        self, task: Task, gone: Callable[[], Awaitable[None]] | None, ends: list[asyncio.Task[None] | asyncio.TimerHandle]
    ) -> None:
        """See to it that a job which takes long is ended in time, or when its client leaves: most are done before."""
        loop = asyncio.get_running_loop()
        ends.append(loop.call_later(task.seconds - _PATIENCE, self._overdue, task))
        if gone:
            ends.append(loop.create_task(self._watch(task, gone)))
        if self._queue:
            self._dispatch()

    async def _watch(self, task: Task, gone: Callable[[], Awaitable[None]]) -> None:
        await gone()
        if not task.future.done():
            task.future.set_exception(ClientLeft())

    def _lost(self, process: Process) -> None:
        """Tell whoever asked that its job ended the worker: whatever it was at took too much."""
        task = self._running.get(process)
        if task:
            self._release(task)
            if not task.future.done():
                task.future.set_exception(Exhausted())
        self._dispatch()
