"""What is read once a release: answers that many questions need, kept for a store until its data change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from kg.store.base import Store

T = TypeVar("T")
_KEPT: WeakKeyDictionary[Store, tuple[str, dict[Hashable, Any]]] = WeakKeyDictionary()


def kept(store: Store, key: Hashable, read: Callable[[], T]) -> T:
    """Return what `read` gives, read once for each release of the store; each time where the data have no release.

    What is kept is shared between threads: it must not be changed.
    """
    release = store.release()  # before it is read: a write in between makes it one of an older release, so read again
    if not release:
        return read()
    known = _KEPT.get(store)
    if known is None or known[0] != release:
        known = release, {}
        _KEPT[store] = known
    if key not in known[1]:
        known[1][key] = read()
    found: T = known[1][key]
    return found
