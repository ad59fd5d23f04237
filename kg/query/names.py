"""Find entities by name: label, alternative label, notation, number or identifier, in any of the three languages.

The index (kg/search) lies in a file beside the store and belongs to one release: a build makes it, and where it is missing
or of another release, the first search does; for a service, and after a write that touches names, another process does, while the
old one answers.
A store that lies in no directory has it in memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kg.search.index import Index, left_index, open_index
from kg.search.indexing import index_path
from kg.search.questions import Asked, Hit, Page
from kg.search.reading import touches
from kg.search.renewing import Renewal, renewal_after
from kg.store.base import Store
from kg.store.changes import Change
from kg.store.letters import fold
from kg.store.oxigraph import OxigraphStore

__all__ = ["Asked", "Hit", "Names", "Page", "fold"]


class Names:
    """The names of every entity of a store. Nothing is read before the first question."""

    def __init__(self, opened: Callable[[], Index], renewal: Renewal | None = None) -> None:
        self._opened, self._renewal = opened, renewal
        self._index: Index | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, store: Store) -> Names:
        """Return the names of a store, whose index is opened, or made, when it is first asked."""
        directory: Path | None = getattr(store, "path", None)
        return cls(lambda: open_index(store, index_path(directory) if directory else None))

    @classmethod
    def served(cls, store: Store) -> Names:
        """Return the names of a store that this process may write to: an index left by older data answers until it is made anew."""
        if isinstance(store, OxigraphStore) and store.path is not None:
            left = left_index(index_path(store.path))
            if left is not None and left.release() != store.release() and (renewal := renewal_after(store, left)):
                return cls(lambda: renewal.index, renewal)
        return cls.of(store)

    def after_write(self, store: Store, change: Change | None = None) -> Names:
        """Return the names of the store after a write to it (None: nobody knows what changed): those of before until others are made."""
        opened = self._index is not None or self._renewal is not None
        if opened and change is not None and not touches(change):
            return self
        if self._renewal is not None:
            self._renewal.changed()
            return self
        renewal = renewal_after(store, self._index) if isinstance(store, OxigraphStore) else None
        return Names(lambda: renewal.index, renewal) if renewal else Names.of(store)

    @property
    def behind(self) -> str | None:
        """Return the release whose names answer, where the index of the data as they stand is still being made."""
        return self._renewal.index.release() if self._renewal is not None and self._renewal.behind else None

    def wait(self) -> None:
        """Return when the names are those of the data as they stand."""
        if self._renewal is not None:
            self._renewal.wait()

    def close(self) -> None:
        """Break off what is being made in the background."""
        if self._renewal is not None:
            self._renewal.close()

    def search(self, asked: Asked, start: int = 0, limit: int | None = None) -> Page:
        """Return hits from `start` on, `limit` of them (None: all), best first, and counts by kind and document."""
        index = self._open
        return replace(index.search(asked, start, limit), behind=self.behind)

    def find(self, text: str, kind: str | None = None, limit: int | None = None) -> list[Hit]:
        """Return hits, one an entity, best first (kg/search/layout.py says in which order).

        Empty text finds all of which a source is curated; text of signs alone finds nothing.
        """
        return self._open.search(Asked(text, kind), 0, limit).hits

    def of_thing(self, iri: str) -> list[Hit]:
        """Return the hit of one thing; nothing where it has no name."""
        return self._open.of_thing(iri)

    def exact(self, text: str) -> list[str]:
        """Return the entities of which a name or slug is exactly the text, folded."""
        return self._open.exact(text)

    def near(self, text: str) -> list[str]:
        """Return up to five `kind/slug` whose name or slug looks like the text."""
        return self._open.near(text)

    @property
    def _open(self) -> Index:
        if self._renewal is not None:
            return self._renewal.newest()
        with self._lock:
            if self._index is None:
                self._index = self._opened()
            return self._index
