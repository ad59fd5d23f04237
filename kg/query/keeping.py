"""What is read once a release: answers that many questions need, kept for a store until its data change.

What can follow a change is taken into the release after it (`carry`) and brought up to date when it is next asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from kg.store.base import Store
from kg.store.changes import Change

T = TypeVar("T")
Follow = Callable[[Store, T, Sequence[Change]], T]
_MOST = 20_000
"""Quads of changes that something follows; beyond that it is read anew."""


@dataclass(frozen=True)
class _Kept:
    value: Any
    follow: Follow[Any] | None
    missed: tuple[Change, ...] = ()


_KEPT: WeakKeyDictionary[Store, tuple[str, dict[Hashable, _Kept]]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def kept(store: Store, key: Hashable, read: Callable[[], T], follow: Follow[T] | None = None) -> T:
    """Return what `read` gives, read once for each release of the store; each time where the data have no release.

    `follow` makes of what was read before some changes what it is after them, by what the store says now. It is kept, so it
    must not hold the store, which would then never be let go.
    What is kept is shared between threads: it must not be changed.
    """
    release = store.release()  # before it is read: a write in between makes it one of an older release, so read again
    if not release:
        return read()
    with _LOCK:
        known = _KEPT.get(store)
        if known is None or known[0] != release:
            known = _KEPT[store] = release, {}
        old = known[1].get(key)
    if old is None:
        new = _Kept(read(), follow)
    elif old.missed and old.follow:
        new = _Kept(old.follow(store, old.value, old.missed), old.follow)
    else:
        new = old
    with _LOCK:
        if known[1].get(key) is old:
            known[1][key] = new
    found: T = new.value
    return found


def carry(store: Store, before: str, change: Change | None) -> None:
    """Take what can follow a change into the release after it. To be called once a commit; None: nobody knows what changed."""
    with _LOCK:
        known = _KEPT.pop(store, None)
        if known is None:
            return
        release = store.release()
        if known[0] == release:  # somebody has asked already, and read anew
            _KEPT[store] = known
        elif known[0] == before and change is not None:
            after = {key: replace(one, missed=(*one.missed, change)) for key, one in known[1].items() if one.follow}
            _KEPT[store] = release, {key: one for key, one in after.items() if _size(one) <= _MOST}


def _size(one: _Kept) -> int:
    return sum(len(change.added) + len(change.removed) for change in one.missed)
