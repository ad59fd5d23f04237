"""The changes that workers have to be told of: those since the snapshot from which new workers start, in their order."""

from __future__ import annotations

from kg.store.process import Base

_MOST, _LONGEST = 256, 4 << 20
"""Changes, and bytes of them, that a new worker makes up for; beyond that it starts from a newer snapshot."""


class Log:
    """Numbers count all changes of a generation; a generation is what follows on one snapshot without a break."""

    def __init__(self) -> None:
        self._snapshot = ""
        self._generation = 0
        self._changes: list[bytes] = []
        self._first = self._start = 0

    @property
    def base(self) -> Base:
        """Return what a new worker starts from."""
        return Base(self._snapshot, tuple(self._changes[self._start - self._first :]), self.end, self._generation)

    @property
    def snapshot(self) -> str:
        """Return the folder of the snapshot, empty before there is one."""
        return self._snapshot

    @property
    def generation(self) -> int:
        """Return the generation that counts now."""
        return self._generation

    @property
    def end(self) -> int:
        """Return how many changes there were."""
        return self._first + len(self._changes)

    @property
    def is_long(self) -> bool:
        """Say whether it is time for a newer snapshot."""
        late = self._changes[self._start - self._first :]
        return len(late) > _MOST or sum(map(len, late)) > _LONGEST

    def note(self, change: bytes) -> None:
        """Add a change."""
        self._changes.append(change)

    def after(self, seen: int) -> bytes | None:
        """Return the change after so many, None after the last; raises LookupError where it is not kept any more."""
        if seen < self._first:
            raise LookupError(seen)
        return self._changes[seen - self._first] if seen < self.end else None

    def shorten(self, snapshot: str, end: int, seen: int) -> None:
        """Start new workers from a newer snapshot, made after `end` changes; all after the `seen`-th are kept for the others."""
        self._snapshot, self._start = snapshot, end
        del self._changes[: seen - self._first]
        self._first = seen

    def restart(self, snapshot: str) -> None:
        """Begin a generation: nobody who saw the data before can follow."""
        self._first = self._start = self.end
        self._changes = []
        self._snapshot = snapshot
        self._generation += 1


def takes(change: bytes) -> bool:
    """Say whether workers can be told of a change; one too large for that is better seen in a new snapshot."""
    return len(change) <= _LONGEST
