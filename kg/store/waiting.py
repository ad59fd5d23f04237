"""Jobs that wait for a worker, a row for each client. Clients are served in turn, so that a long row delays only itself."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

from kg.store.process import Kind
from kg.store.tasks import Task


class Waiting:
    """The rows. `main` is the kind that most jobs are of."""

    def __init__(self, main: Kind) -> None:
        self._main = main
        self._rows: OrderedDict[str, deque[Task]] = OrderedDict()
        self._count = 0
        self._others: list[Kind] = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Task]:
        for row in self._rows.values():
            yield from row

    @property
    def kinds(self) -> tuple[int, list[Kind]]:
        """Return how many wait for a worker of the main kind, and the kinds that the others wait for."""
        return self._count - len(self._others), self._others

    def add(self, task: Task) -> None:
        """Put a job at the end of its client's row."""
        self._rows.setdefault(task.client, deque()).append(task)
        self._note(task)

    def put_back(self, task: Task) -> None:
        """Put a job before all that wait."""
        self._rows.setdefault(task.client, deque()).appendleft(task)
        self._rows.move_to_end(task.client, last=False)
        self._note(task)

    def remove(self, task: Task) -> None:
        """Take out a job, if it is there."""
        row = self._rows.get(task.client)
        if row and task in row:
            row.remove(task)
            self._forget(task, row)

    def take(self, has: Callable[[Kind], bool], is_guest: Callable[[str], bool]) -> Task | None:
        """Take out who is served next, of those whose kind of worker there is: clients that are no guests go before others."""
        chosen: Task | None = None
        for client, row in self._rows.items():
            guest = is_guest(client)
            if guest and chosen:
                continue
            task = next((task for task in row if has(task.kind)), None)
            if task:
                chosen = task
                if not guest:
                    break
        if chosen:
            row = self._rows[chosen.client]
            row.remove(chosen)
            self._rows.move_to_end(chosen.client)
            self._forget(chosen, row)
        return chosen

    def any_client(self, holds: Callable[[str], bool]) -> bool:
        """Say whether something holds of a client that waits; jobs of the service's own have none."""
        return any(client and holds(client) for client in self._rows)

    def _note(self, task: Task) -> None:
        self._count += 1
        if task.kind is not self._main:
            self._others.append(task.kind)

    def _forget(self, task: Task, row: deque[Task]) -> None:
        self._count -= 1
        if task.kind is not self._main:
            self._others.remove(task.kind)
        if not row:
            del self._rows[task.client]
