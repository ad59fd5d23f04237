"""A copy of a served store as it stands, beside it: what `egovkg backup` reads, for nobody but the writer may open the store.

It is made of hard links after each write, under a number; a reader takes the highest and keeps what it has opened.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg.store.tokens import beside

_RELEASE = "release"


class Latest:
    """Keeps the copy of one store; whoever holds the store's lock owns the folder, so what lies there at first is left over."""

    def __init__(self, store: Path) -> None:
        self._home = beside(store, "latest")
        self._number = 0
        shutil.rmtree(self._home, ignore_errors=True)

    def take(self, store: ox.Store, release: str) -> None:
        """Copy a store and drop the copy before; where there is no room there is no copy."""
        self._number += 1
        draft = self._home / f"{self._number}.new"
        try:
            draft.mkdir(parents=True)
            store.backup(str(draft / "store"))
            (draft / _RELEASE).write_text(release, encoding="utf-8")
            draft.rename(self._home / str(self._number))
        except (OSError, RuntimeError):
            shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self._home / str(self._number - 1), ignore_errors=True)

    def close(self) -> None:
        """Remove the copy."""
        shutil.rmtree(self._home, ignore_errors=True)


def newest(store: Path) -> tuple[ox.Store, str] | None:
    """Return the newest copy that the service of a store keeps, opened, and its release; None where there is none."""
    home = beside(store, "latest")
    for _ in range(100):  # a copy may go while it is being opened: then there is a newer one
        numbers = [int(path.name) for path in home.glob("*") if path.name.isdigit()]
        if not numbers:
            return None
        folder = home / str(max(numbers))
        with suppress(OSError, RuntimeError):
            return ox.Store.read_only(str(folder / "store")), (folder / _RELEASE).read_text(encoding="utf-8")
    return None
