"""Answers kept as they were sent, so that asking again costs no evaluation: bounded by bytes, the one used last goes last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from kg.formats import Format

_SHARE = 8
"""One answer takes an eighth of the room at most."""
_OVERHEAD = 1000
"""Bytes that an entry costs beside its body and key."""


@dataclass(frozen=True)
class Given:
    """An answer: its bytes and format, whether it is all, the release of its data, and the tag that stands for its bytes.

    `unknown`: functions that the query called and nobody knows. `key`: what it is kept under, None where it is not kept.
    """

    body: bytes
    format: Format
    complete: bool
    release: str
    tag: str
    unknown: tuple[str, ...] = ()
    key: Hashable = None


class Cache:
    """Answers by what was asked. `size` is in bytes; 0 keeps nothing."""

    def __init__(self, size: int) -> None:
        self._room = self._size = size
        self._kept: OrderedDict[Hashable, tuple[Given, int]] = OrderedDict()

    def get(self, key: Hashable) -> Given | None:
        """Return the answer that was kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def takes(self, given: Given, length: int) -> bool:
        """Say whether an answer is small enough to be kept."""
        return _cost(given, length) <= self._size // _SHARE

    def put(self, key: Hashable, given: Given, length: int) -> None:
        """Keep an answer; `length` is that of the key's text in bytes."""
        cost = _cost(given, length)
        if key in self._kept or not self.takes(given, length):
            return
        self._kept[key] = given, cost
        self._room -= cost
        while self._room < 0:
            _, (_, freed) = self._kept.popitem(last=False)
            self._room += freed

    def clear(self) -> None:
        """Forget all: after a write nobody asks for answers of the release before."""
        self._kept.clear()
        self._room = self._size

    def __len__(self) -> int:
        return len(self._kept)


def _cost(given: Given, length: int) -> int:
    return len(given.body) + length + _OVERHEAD
