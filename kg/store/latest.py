"""A copy of a served store for those who make backups: nobody but the service may open the store itself.

Whoever wants one lays a file into the folder beside the store; the service sees it, copies the store (hard links) as it stands
between two writes, and takes the file away. So a write costs nothing for it.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from kg.errors import EgovkgError
from kg.store.tokens import beside

_RELEASE, _WANTED, _COPY = "release", "wanted", "copy"
_PAUSE = 0.1
_PATIENCE = 120.0

Copy = Callable[[Path], str]
"""Copies the store into a folder that is not there yet and returns the release."""


class Latest:
    """The service's side: makes a copy whenever one is wanted. Whoever holds the store's lock owns the folder."""

    def __init__(self, store: Path, copy: Copy) -> None:
        self._home = beside(store, "latest")
        self._copy = copy
        self._closed = threading.Event()
        shutil.rmtree(self._home, ignore_errors=True)
        self._home.mkdir(parents=True, exist_ok=True)
        threading.Thread(target=self._watch, daemon=True).start()

    def close(self) -> None:
        """Make no more copies, and remove those there are."""
        self._closed.set()
        shutil.rmtree(self._home, ignore_errors=True)

    def _watch(self) -> None:
        while not self._closed.wait(_PAUSE):
            if (self._home / _WANTED).exists():
                self._take()

    def _take(self) -> None:
        draft = self._home / f"{_COPY}.new"
        for folder in (draft, self._home / _COPY):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            draft.mkdir()
            (draft / _RELEASE).write_text(self._copy(draft / "store"), encoding="utf-8")
            draft.rename(self._home / _COPY)
        except (OSError, RuntimeError, EgovkgError):
            shutil.rmtree(draft, ignore_errors=True)
        (self._home / _WANTED).unlink(missing_ok=True)


def wanted(store: Path) -> tuple[ox.Store, str] | None:
    """Ask the service of a store for a copy, and return it opened, with its release; None where no service gives one."""
    home = beside(store, "latest")
    try:
        (home / _WANTED).touch(exist_ok=False)
        until = time.monotonic() + _PATIENCE
        while (home / _WANTED).exists() and time.monotonic() < until:
            time.sleep(_PAUSE / 2)
        return ox.Store.read_only(str(home / _COPY / "store")), (home / _COPY / _RELEASE).read_text(encoding="utf-8")
    except (OSError, RuntimeError):
        return None


def done(store: Path) -> None:
    """Give back what `wanted` returned: the copy would hold room on the disk."""
    shutil.rmtree(beside(store, "latest") / _COPY, ignore_errors=True)
