"""The index after a write is made anew by another process, while the old one answers.

write ──▶ changed ──▶ snapshot ──▶ process (`python -m kg.search.renewing`) ──▶ file in place ──▶ searches see it
             └── while one is being made: once more, some seconds later, so that writes in a row take little and see an end

A search right after a write waits for a small index, so that who wrote a name finds it; under writes in a row none waits.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

from kg.search.index import Index, left_index
from kg.search.indexing import index_path, make_index
from kg.store.oxigraph import OxigraphStore

WAITED_FOR = 50_000
"""Names up to which a search waits for the index of the data as they stand."""
PATIENCE = 20.0
"""Seconds that it waits at most; the usual is one or two."""
APART = 10.0
"""Seconds from the beginning of one index to that of the next, at least."""
_LOG = logging.getLogger("egovkg")


class Renewal:
    """The index of a store on disk that is written to. May be asked by several threads at a time."""

    def __init__(self, store: OxigraphStore, index: Index) -> None:
        assert store.path is not None
        self._store, self._path = store, store.path
        self._lock = threading.Lock()
        self._index, self._behind = index, False
        self._again = False
        self._closing, self._first = threading.Event(), threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    @property
    def index(self) -> Index:
        """Return the newest index that there is."""
        return self._index

    @property
    def behind(self) -> bool:
        """Say whether the index is that of data before the last write."""
        return self._behind

    def newest(self) -> Index:
        """Return the index for a search: of the data as they stand, where that is worth waiting for and no writes come in a row."""
        if not self._first.is_set() and self._index.names() <= WAITED_FOR:
            self._first.wait(PATIENCE)
        return self._index

    def changed(self) -> None:
        """Begin to make the index anew; returns at once."""
        with self._lock:
            if self._closing.is_set():
                return
            self._behind = True
            if self._thread is not None:
                self._again = True
                return
            self._first.clear()
            self._thread = threading.Thread(target=self._follow, name="search index", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when the index is that of the data as they stand."""
        while (thread := self._thread) is not None:
            thread.join()

    def close(self) -> None:
        """Break off what is being made."""
        with self._lock:
            self._closing.set()
            if self._process is not None:
                self._process.kill()
        self.wait()

    def _follow(self) -> None:
        while True:
            begun = monotonic()
            fresh = None if self._closing.is_set() else self._made()
            with self._lock:
                if fresh is not None:
                    self._index = fresh
                self._first.set()
                if not self._again or self._closing.is_set():
                    self._behind = fresh is None
                    self._thread = None
                    return
            self._closing.wait(APART - (monotonic() - begun))
            self._again = False

    def _made(self) -> Index | None:
        """Return the index of the data as they stand; None where it could not be made."""
        folder = self._path.with_name(f"{self._path.name}.indexed")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            self._store.snapshot(folder)
            with self._lock:
                if self._closing.is_set():
                    return None
                nice = "10" if self._index.names() > WAITED_FOR else "0"  # nobody waits for a large one
                command = [sys.executable, "-m", "kg.search.renewing", str(folder), str(index_path(self._path)), nice]
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
            if self._process.wait() == 0:
                return Index(index_path(self._path))
            if not self._closing.is_set():
                _LOG.error("the search index was not made anew (exit code %d); searches see the data as before", self._process.returncode)
        except Exception:
            _LOG.exception("the search index was not made anew; searches see the data as before")
        finally:
            self._process = None
            shutil.rmtree(folder, ignore_errors=True)
        return None


def renewal_after(store: OxigraphStore, index: Index | None) -> Renewal | None:
    """Return what makes the index anew after a write, begun already; None where the next search must make it itself.

    `index` is that of the data before, None where none was opened: then the file beside the store counts.
    """
    if store.path is None:
        return None
    before = index or left_index(index_path(store.path))
    if before is None:
        return None
    renewal = Renewal(store, before)
    renewal.changed()
    return renewal


def main() -> None:
    """Make the index of the snapshot in a folder: folder, file of the index, how nice to be to everything else."""
    import os

    with suppress(OSError):
        os.nice(int(sys.argv[3]))
    store = OxigraphStore(Path(sys.argv[1]))
    make_index(store, Path(sys.argv[2]))
    store.close()


if __name__ == "__main__":
    main()
