"""Which worker processes there are: one more than work, the views asked for last, none of an old release.

Each that was lost at its work counts for a while: so many more are kept ready, for under attack a new one may come too late.

    start ──▶ (behind? told of the next change) ──▶ idle ──▶ a job ──▶ (behind? …) ──▶ idle

An idle worker has seen every change that was committed. Views of a moment, and graphs too large for memory, do not follow:
their workers end at a change.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from kg.store.following import Log
from kg.store.process import Kind, Process
from kg.store.tasks import Limits

_PREPARED = 3
"""Idle workers with a preparation (views of a moment) that are kept."""
_PATIENCE = 5.0
"""Seconds to wait, at most, before a worker is started anew that ended before it was ready."""
_COMING = 120.0
"""Seconds after which a worker that is not ready counts as one that cannot start."""
_LULL = 20.0
"""Seconds for which a lost worker counts."""
_FOLLOWING = 30.0
"""Seconds of processor that a worker may take to follow one change."""


class Crew:
    """Starts and ends processes. `free` is called when one became ready, `lost` when one ended that was not told to."""

    def __init__(self, limits: Limits, main: Kind, free: Callable[[], None], lost: Callable[[Process], None]) -> None:
        self._workers, self._spare, self._means, self._main = limits.workers, limits.spare, limits.means, main
        self._free, self._told = free, lost
        self.log = Log()
        self._all: set[Process] = set()
        self._leaving: set[Process] = set()
        self._idle: list[Process] = []
        self._following: set[Process] = set()
        self._failed = self._lost = 0
        self._resting = False
        self._is_full = False
        self._closed = False
        self._one = asyncio.Event()

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the ids of all processes."""
        return tuple(process.pid for process in self._all)

    def has(self, kind: Kind) -> bool:
        """Say whether a worker of the kind is idle."""
        return any(process.kind is kind or process.kind == kind for process in self._idle)

    def take(self, kind: Kind) -> Process:
        """Return an idle worker of the kind, the one used last: its caches are warm."""
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place].kind is kind or self._idle[place].kind == kind:
                return self._idle.pop(place)
        raise LookupError(kind)

    def give_back(self, process: Process) -> None:
        """Take a worker back after a job."""
        if process.is_dead:
            return
        if process.kind.once:
            self.end(process)
        else:
            self._catch_up(process)

    def end(self, process: Process) -> None:
        """Kill a worker; `lost` is not called for it."""
        if process.is_dead:
            return
        self._all.discard(process)
        self._is_full = False
        self._leaving.add(process)
        self._following.discard(process)
        if process in self._idle:
            self._idle.remove(process)
        process.kill()

    def cut(self, process: Process) -> None:
        """Kill a worker at its work."""
        self._count(process)
        self.end(process)

    def switch(self, snapshot: str) -> None:
        """Start workers of another snapshot; idle ones of the old one end now, busy ones after their job."""
        self.log.restart(snapshot)
        self._is_full = False
        self._failed, self._resting = 0, False
        for process in tuple(self._all):
            if process in self._idle or process in self._following or not process.is_ready:
                self.end(process)
        self.grow()

    def follow(self, change: bytes) -> None:
        """Tell all workers of a change: idle ones now, others after their job."""
        self.log.note(change)
        for process in tuple(self._all):
            if process in self._idle:
                self._idle.remove(process)
                self._catch_up(process)
            elif process.kind.prepare and not process.is_ready:
                self.end(process)
        self.grow()

    def renew(self, snapshot: str, end: int) -> None:
        """Start new workers from a newer snapshot, made after `end` changes; whoever is there goes on."""
        self.log.shorten(snapshot, end, min([end, *(process.seen for process in self._ours())]))

    @property
    def reads(self) -> frozenset[str]:
        """Return the snapshots that workers may still read."""
        return frozenset(process.reads for process in self._all)

    @property
    def follows(self) -> bool:
        """Say whether the workers can follow, as far as is known: else a change needs a new snapshot."""
        return all(process.follows or process.kind.prepare for process in self._all)

    def sees_all(self, process: Process) -> bool:
        """Say whether a worker has been told of every change that was committed."""
        return process.generation == self.log.generation and process.seen == self.log.end

    @staticmethod
    def _can(process: Process) -> bool:
        return process.follows and not process.kind.prepare

    def _catch_up(self, process: Process) -> None:
        """Tell a worker that is at rest of the next change that it has not seen; one that has seen all is idle."""
        self._following.discard(process)
        try:
            change = self.log.after(process.seen)
        except LookupError:
            change = None
            process.generation = -1
            self._is_full = False
        if self._closed or process.generation != self.log.generation or (change and not self._can(process)):
            self.end(process)
            self._free()
        elif change is None:
            if process.kind is self._main and self._is_too_many():
                self.end(process)
                return
            self._idle.append(process)
            self._make_place(_PREPARED)
            self._free()
        else:
            process.seen += 1
            self._following.add(process)
            process.ask("follow", {}, change, _FOLLOWING, lambda *_: self._catch_up(process))

    async def there(self, seconds: float) -> None:
        """Wait until there is a worker, but no longer than some seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._one.wait(), seconds)

    async def close(self) -> None:
        """End all, and wait until they have ended."""
        self._closed = True
        for process in tuple(self._all):
            self.end(process)
        while self._leaving:
            process = self._leaving.pop()
            while process.reaped is None:
                await asyncio.sleep(0.002)
            await process.reaped

    def grow(self, waiting: int = 0, others: Sequence[Kind] = ()) -> None:
        """Start what is missing: for plain queries one worker more than work, for other kinds as many as jobs wait."""
        main = self._main
        if self._is_full and not others:
            return  # as it is at almost every query, so it is to cost little
        if self._closed or not self.log.snapshot or self._resting:
            return
        ours = self._ours()
        self._is_full = sum(process.kind is main for process in ours) >= self._most
        there = Counter(process.kind for process in ours)
        at_rest = {*self._idle, *self._following}
        busy = sum(process.kind == main and process.is_ready and process not in at_rest for process in ours)
        target = min(self._workers, max(1, busy + waiting)) + self._most - self._workers
        for _ in range(target - there[main]):
            self._start(main)
        coming = [process for process in ours if not process.is_ready or process in self._following]
        starting = Counter(process.kind for process in coming if process.kind != main)
        room = self._workers - starting.total()
        for kind, count in Counter(others).items():
            for _ in range(min(count - starting[kind], room)):
                self._make_place(_PREPARED - 1)
                self._start(kind)
                room -= 1

    @property
    def _most(self) -> int:
        """Return how many plain workers there are while all work."""
        return self._workers + self._spare + (min(self._workers, self._lost) if self._spare else 0)

    def _count(self, process: Process) -> None:
        """Count a worker that was lost at its work, for a while."""
        if process.kind is self._main:
            self._lost += 1
            self._is_full = False
            asyncio.get_running_loop().call_later(_LULL, self._forget)

    def _forget(self) -> None:
        """Count one lost worker less, and end one that was ready in its place."""
        self._lost -= 1
        self._is_full = False
        idle = [process for process in self._idle if process.kind is self._main]
        if idle and self._is_too_many():
            self.end(idle[0])

    def _is_too_many(self) -> bool:
        most = self._most
        return len(self._all) > most and sum(process.kind is self._main for process in self._ours()) > most

    def _ours(self) -> list[Process]:
        """Return the processes that started from data of which they can be told changes."""
        return [process for process in self._all if process.generation == self.log.generation]

    def _make_place(self, most: int) -> None:
        """End the idle workers of other kinds that were used first, but for so many."""
        prepared = [process for process in self._idle if process.kind is not self._main]
        for process in prepared[: max(0, len(prepared) - most)]:
            self.end(process)

    def _start(self, kind: Kind) -> None:
        process = Process(self.log.base, kind, self._means, self._ready, self._ended)
        process.start()
        self._all.add(process)
        asyncio.get_running_loop().call_later(_COMING, self._given_up, process)

    def _given_up(self, process: Process) -> None:
        """Kill a worker that did not become ready; `_ended` counts it as failed."""
        if not process.is_ready:
            process.kill()

    def _ready(self, process: Process) -> None:
        self._failed = 0
        self._one.set()
        self._catch_up(process)
        self._free()

    def _ended(self, process: Process) -> None:
        if process not in self._all:
            if not self._closed:
                self._leaving.discard(process)
            return
        self._all.discard(process)
        self._is_full = False
        self._following.discard(process)
        if process in self._idle:
            self._idle.remove(process)
        if not process.is_ready:  # it could not even start: not again at once
            self._failed += 1
            self._resting = True
            asyncio.get_running_loop().call_later(min(_PATIENCE, 0.1 * 2**self._failed), self._again)
        else:
            self._count(process)
        self._told(process)

    def _again(self) -> None:
        self._resting = False
        self._free()
