"""Folders that workers read: the data of one release, never changed, removed when nobody starts from them any more."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.store.oxigraph import OxigraphStore


@dataclass(frozen=True)
class Snapshot:
    """A folder with the data of one release."""

    path: Path
    release: str


class Snapshots:
    """Makes snapshots of a store: beside its folder, so that they are hard links, else in a temporary folder.

    Several pools may share one; the first that closes it removes all, so they end together.
    """

    def __init__(self, store: OxigraphStore, release: Callable[[], str] | None = None) -> None:
        self._store, self._release = store, release
        self._root: Path | None = None
        self._made = 0
        self._lock = threading.Lock()

    def take(self) -> Snapshot:
        """Make a snapshot of the data as they stand. Blocks: milliseconds on disk, seconds per million statements in memory."""
        with self._lock:
            if self._root is None:
                self._root = _folder(self._store.path)
            self._made += 1
            path = self._root / str(self._made)
        own = self._store.snapshot(path)
        return Snapshot(path, self._release() if self._release else own)

    def drop(self, snapshot: Snapshot) -> None:
        """Remove a snapshot; processes that have opened it keep what they have."""
        shutil.rmtree(snapshot.path, ignore_errors=True)

    def close(self) -> None:
        """Remove all."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None


def _folder(store: Path | None) -> Path:
    """Return a new folder; whoever holds the store's lock owns the folder beside it, so what lies there is left over."""
    if store is not None:
        beside = store.with_name(f"{store.name}.snapshots")
        try:
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir()
            return beside
        except OSError:
            pass
    return Path(tempfile.mkdtemp(prefix="egovkg-"))
