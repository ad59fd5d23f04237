"""Who is at which job: a worker at one, and behind it one more that was sent already, so that a quick worker need not wait for it.

    begin ──▶ at work ──▶ end
    stand ──▶ behind another ──▶ that one ended: at work
                └── that one takes long, or nobody waits any more: taken back

What was taken back is a gap in the line until the worker has answered it: with nothing, unless it had just begun.
"""

from __future__ import annotations

from asyncio import Future
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from kg.store.process import Kind, Process
from kg.store.tasks import Outcome, Task


class Lines:
    """The tasks of each worker, and how many workers each client holds. `share` is how many one may hold while others wait."""

    def __init__(self, share: int) -> None:
        self._share = share
        self._at_work: dict[Process, Task] = {}
        self._behind: dict[Process, Task] = {}
        self._held: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._at_work) + len(self._behind)

    def __iter__(self) -> Iterator[Task]:
        yield from self._at_work.values()
        yield from self._behind.values()

    @property
    def working(self) -> int:
        """Return how many workers are at work."""
        return len(self._at_work)

    @property
    def standing(self) -> int:
        """Return how many tasks, or gaps, stand behind others."""
        return len(self._behind)

    @property
    def at_work(self) -> tuple[Task, ...]:
        """Return the tasks that are being done."""
        return tuple(self._at_work.values())

    def is_guest(self, client: str) -> bool:
        """Say whether a client holds its share already."""
        return bool(client) and self._held.get(client, 0) >= self._share

    def begin(self, task: Task, process: Process, now: float) -> None:
        """Note that a worker begins with a task."""
        task.process, task.guest, task.since = process, self.is_guest(task.client), now
        self._at_work[process] = task
        self._held[task.client] += 1

    def has(self, process: Process) -> bool:
        """Say whether a worker is at work."""
        return process in self._at_work

    def of(self, process: Process) -> Task:
        """Return the task that a worker is at; raises KeyError where it is at none."""
        return self._at_work[process]

    def end(self, task: Task) -> None:
        """Take from a task the worker that is at it; raises KeyError where none is."""
        process, task.process = task.process, None
        if process is None:
            raise KeyError(task)
        del self._at_work[process]
        self._held[task.client] -= 1
        if not self._held[task.client]:
            del self._held[task.client]

    def open(self, kind: Kind, since: float) -> list[Process]:
        """Return the workers of a kind behind whose task one more may stand: quick ones that began after a time."""
        return [
            process
            for process, task in self._at_work.items()
            if process.kind is kind and process.quick and task.since > since and process not in self._behind
        ]

    def stand(self, task: Task, process: Process) -> None:
        """Let a task stand behind the one that a worker is at."""
        self._behind[process] = task
        task.behind = process

    def step_up(self, process: Process) -> Task | None:
        """Return the task that stands behind, which does so no longer."""
        task = self._behind.pop(process, None)
        if task:
            task.behind = None
        return task

    def stuck(self, since: float) -> list[Process]:
        """Return the workers behind whose task, begun before a time, somebody waits."""
        return [process for process, task in self._behind.items() if not task.future.done() and self._at_work[process].since <= since]

    def take_back(self, process: Process) -> Task:
        """Return the task that stands behind and leave a gap, of which nothing is expected."""
        task = self._behind[process]
        gone: Future[Outcome] = task.future.get_loop().create_future()
        gone.cancel()
        self._behind[process] = replace(task, future=gone)
        task.behind = None
        return task
