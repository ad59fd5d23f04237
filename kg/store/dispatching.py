"""Which waiting job goes to which worker, and when it is taken from it again.

One client holds all workers only while nobody else waits: what it holds beyond its share goes back to wait, its worker
killed, as soon as another client's job would have to wait. A worker that is quick gets one job more before it has answered,
which stands behind the one that it is at; where that one turns out to be long, the other is taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from kg.errors import Exhausted
from kg.store.crew import Crew
from kg.store.lines import Lines
from kg.store.passing import revived
from kg.store.process import PLAIN, Kind, Process
from kg.store.tasks import PATIENCE, Limits, Outcome, Task
from kg.store.waiting import Waiting

_GRACE = 0.4
"""Seconds that a job may take of a worker, within its limit, though nobody waits for it any more: most end by then, and a new worker
costs more.

Without it a queue that is behind kills a worker with each job that reached one at the end of its time, and falls ever further behind.
"""
_LEAST = 0.05
"""Seconds that a job may take of a worker however short its limit, else a small one with a tiny limit would cost a worker."""
_QUICK = 0.004
"""Seconds: a worker that was done so soon with its last job is sent the next one while it is at this one, if it has just begun."""
_STANDING = 0.005
"""Seconds after which a job that stands behind another is taken back; looked at as often."""


class Dispatcher:
    """Jobs, waiting and being done, and the crew that does them. `release` says which data a job that is given now sees."""

    def __init__(self, limits: Limits, main: Kind, release: Callable[[], str]) -> None:
        self.crew = Crew(limits, main, self.dispatch, self._lost)
        self._workers, self._main, self._release = limits.workers, main, release
        self._waiting = Waiting(main)
        self._lines = Lines(limits.share)
        self._looking: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting) + len(self._lines)

    @property
    def working(self) -> int:
        """Return how many jobs are being done."""
        return self._lines.working

    def add(self, task: Task) -> None:
        """Take a job; its future says what becomes of it."""
        self._waiting.add(task)
        self.dispatch()

    def leave(self, task: Task) -> None:
        """Forget a job, however it ended; a worker that is still at it is killed, unless it has only begun."""
        if task.process:
            self._let_go(task)
        elif task.behind:
            task.behind.take_back()
        elif not task.future.done() or task.future.cancelled() or task.future.exception():
            self._waiting.remove(task)

    def cancel(self) -> None:
        """Tell all who wait that nothing comes."""
        for task in (*self._lines, *self._waiting):
            if not task.future.done():
                task.future.cancel()

    def dispatch(self) -> None:
        """Give free workers to those that wait, and let one stand behind each that is quick."""
        waiting, lines = self._waiting, self._lines
        while waiting and lines.working < self._workers and (task := waiting.take(self.crew.has, lines.is_guest)):
            process = self.crew.take(task.kind)
            self._begin(task, process)
            self._ask(task, process)
        count, others = waiting.kinds
        if count and not others and self._main is PLAIN:  # whoever waits for another kind of worker would not come to his turn
            self._line_up()
        self.crew.grow(count, others)
        if waiting and lines.working >= self._workers:
            self._make_room()

    def _begin(self, task: Task, process: Process) -> None:
        self._lines.begin(task, process, asyncio.get_running_loop().time())

    def _ask(self, task: Task, process: Process) -> None:
        task.release = self._release()
        process.ask(task.job, task.payload, task.body, task.seconds, self._answered)

    def _line_up(self) -> None:
        """Send the next jobs to workers that will be done in no time."""
        loop = asyncio.get_running_loop()
        for process in self._lines.open(self._main, loop.time() - _QUICK):
            if not self.crew.sees_all(process):
                continue
            task = self._waiting.take(self._is_main, self._lines.is_guest)
            if task is None:
                return
            self._lines.stand(task, process)
            self._ask(task, process)
            if self._looking is None:
                self._looking = loop.call_later(_STANDING, self._look)

    def _is_main(self, kind: Kind) -> bool:
        return kind is self._main

    def _look(self) -> None:
        """Take back what stands behind a job that turned out to be long."""
        loop = asyncio.get_running_loop()
        for process in self._lines.stuck(loop.time() - _STANDING):
            task = self._lines.take_back(process)
            process.take_back()
            self._waiting.put_back(task)
        self._looking = loop.call_later(_STANDING, self._look) if self._lines.standing else None
        self.dispatch()

    def _make_room(self) -> None:
        """Let a client's job beyond its share wait again, if another client's would have to wait for it."""
        before = asyncio.get_running_loop().time() - PATIENCE
        guest = next((task for task in self._lines.at_work if task.guest and task.since < before), None)
        if guest and self._waiting.any_client(lambda client: not self._lines.is_guest(client)):
            self._end(guest)
            if not guest.future.done():
                self._waiting.add(guest)
            self.dispatch()

    def _answered(self, process: Process, header: dict[str, Any], body: bytes) -> None:
        task = self._lines.of(process)
        if header.get("spent"):
            self._end(task)
        else:
            process.quick = asyncio.get_running_loop().time() < task.since + _QUICK
            self._lines.end(task)
            self._go_on(process)
        if not task.future.done():
            if "error" in header:
                task.future.set_exception(revived(header["error"]))
            else:
                task.future.set_result(Outcome(header, body, task.release))
        self.dispatch()

    def _go_on(self, process: Process) -> None:
        """Let a worker begin with what stood behind its last job, or rest."""
        following = self._lines.step_up(process)
        if following is None:
            self.crew.give_back(process)
            return
        self._begin(following, process)
        if following.future.done():
            self._let_go(following)

    def _let_go(self, task: Task) -> None:
        """Kill the worker that is at a job which nobody waits for, unless it ends very soon."""
        loop = asyncio.get_running_loop()
        left = task.since + max(_LEAST, min(_GRACE, task.seconds)) - loop.time()
        if left > 0:
            loop.call_later(left, self._cut, task)
        else:
            self._cut(task)

    def _cut(self, task: Task) -> None:
        if task.process:
            self._end(task)
            self.dispatch()

    def _end(self, task: Task) -> None:
        """Kill the worker that is at a job."""
        process = task.process
        assert process is not None
        self._lines.end(task)
        self.crew.cut(process)
        self._put_back(process)

    def _put_back(self, process: Process) -> None:
        """Let wait again what stood behind the last job of a worker that is no more."""
        following = self._lines.step_up(process)
        if following and not following.future.done():
            self._waiting.put_back(following)

    def _lost(self, process: Process) -> None:
        """Tell whoever asked that its job ended the worker: whatever it was at took too much."""
        if self._lines.has(process):
            task = self._lines.of(process)
            self._lines.end(task)
            self._put_back(process)
            if not task.future.done():
                task.future.set_exception(Exhausted())
        self.dispatch()
