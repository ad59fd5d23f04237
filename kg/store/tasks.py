"""What goes through a pool: a job with its limits, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import OverLimit
from kg.store.process import Kind, Means, Process

PATIENCE = 0.05
"""Seconds after which a job counts as a long one: its client is watched, and its place may be another's."""


@dataclass(frozen=True)
class Limits:
    """Jobs at a time, jobs that wait, workers that one client may hold while others wait (0: all but one), seconds of a job.

    `start` is how many seconds the first job may wait for the first worker beside its own time; `spare` is how many workers are
    kept ready beyond those that work, so that one that is killed is not missed.
    """

    workers: int = 2
    queue: int = 1000
    per_client: int = 0
    timeout: float = 30.0
    means: Means = field(default_factory=Means)
    spare: int = 1
    start: float = 10.0

    @property
    def share(self) -> int:
        """Return how many workers one client may hold while others wait."""
        return min(self.workers, self.per_client or max(1, self.workers - 1))


@dataclass(frozen=True)
class Outcome:
    """What a job answered, and the release of the data that it saw."""

    header: dict[str, Any]
    body: bytes
    release: str


class ClientLeft(OverLimit):
    """The client did not wait for its answer."""

    def __init__(self) -> None:
        super().__init__("the client left before its answer")


@dataclass(eq=False)
class Task:
    """A job that waits or is being done; `process` is who does it, `behind` who will when it is done with another."""

    job: str
    payload: Mapping[str, Any]
    body: bytes
    kind: Kind
    client: str
    seconds: float
    future: asyncio.Future[Outcome]
    process: Process | None = None
    behind: Process | None = None
    release: str = ""
    guest: bool = False
    since: float = 0.0
