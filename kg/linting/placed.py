"""Things at places of a text, found by place without going through all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


T = TypeVar("T", bound=_Placed)


class Placed(Generic[T]):
    """Things in the order of their places."""

    def __init__(self, things: Iterable[T]) -> None:
        self._things = sorted(things, key=lambda thing: thing.start)
        self._starts = [thing.start for thing in self._things]

    def starting(self, start: int, end: int) -> list[T]:
        """Return the things that begin from one place up to, and not at, another."""
        return self._things[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def before(self, place: int) -> T | None:
        """Return the last thing that begins before a place."""
        at = bisect_left(self._starts, place)
        return self._things[at - 1] if at else None
