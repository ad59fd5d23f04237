"""Which data the workers of a pool see: a snapshot and the changes since, brought up to date at each commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from kg.errors import StoreError
from kg.store.crew import Crew
from kg.store.following import takes
from kg.store.snapshots import Snapshot, Snapshots

_REST = 2.0
"""Seconds after a change until new workers start from a snapshot that has it."""


class Sight:
    """Takes snapshots for a crew and tells it of changes. Belongs to the event loop's thread."""

    def __init__(self, snapshots: Snapshots, crew: Crew) -> None:
        self._snapshots, self._crew = snapshots, crew
        self._kept: list[Snapshot] = []
        self._taking = asyncio.Lock()
        self._later: asyncio.Task[None] | None = None
        self.release = ""

    async def renew(self) -> None:
        """Take the data as they stand now: running jobs end on the old ones, new ones see the new."""
        async with self._taking:
            taken = await asyncio.to_thread(self._snapshots.take)
            self.release = taken.release
            await self._use(taken, self._crew.switch)

    async def follow(self, change: bytes, release: str) -> None:
        """Let the workers see a change that was committed, and the data be of a release."""
        if not takes(change) or not self._crew.follows:
            with suppress(OSError, RuntimeError, StoreError):  # no room for a snapshot: then they are told after all
                await self.renew()
                return
        self._crew.follow(change)
        self.release = release
        if self._crew.log.is_long:
            await self._shorten()
        elif not self._later:
            self._later = asyncio.get_running_loop().create_task(self._shorten_later())

    def close(self) -> None:
        """Remove the snapshots."""
        if self._later:
            self._later.cancel()
        self._snapshots.close()

    async def _shorten_later(self) -> None:
        await asyncio.sleep(_REST)
        self._later = None
        await self._shorten()

    async def _shorten(self) -> None:
        """Let new workers start from a newer snapshot, so that they have less to make up for."""
        async with self._taking:
            generation, end = self._crew.log.generation, self._crew.log.end
            with suppress(OSError, RuntimeError, StoreError):
                taken = await asyncio.to_thread(self._snapshots.take)
                if generation == self._crew.log.generation:
                    await self._use(taken, lambda path: self._crew.renew(path, end))
                else:
                    await asyncio.to_thread(self._snapshots.drop, taken)

    async def _use(self, taken: Snapshot, used: Callable[[str], None]) -> None:
        """Use a snapshot; older ones go that no worker reads any more: the engine opens most files only when it needs them."""
        used(str(taken.path))
        read = self._crew.reads
        old = [snapshot for snapshot in self._kept if str(snapshot.path) not in read]
        self._kept = [snapshot for snapshot in self._kept if snapshot not in old] + [taken]
        for snapshot in old:
            await asyncio.to_thread(self._snapshots.drop, snapshot)
