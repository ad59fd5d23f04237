"""The journal: who changed what and when, a JSON object a line, only ever appended to; and what a kill left open.

Before the store is changed, the entry lies in `<store>.writing`; after it, in `<store>.journal.jsonl`. Where a start finds
the former, the store's own release says whether the change was made; a store that names none counts as changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import StoreFull
from kg.store.tokens import beside


@dataclass(frozen=True)
class Entry:
    """One write: who, when, what in a few words, the release before and after, how many quads of which kind.

    `state` is `done`, or `uncertain` after a kill that a store without a release of its own cannot tell about.
    """

    who: str
    when: str
    what: str
    before: str
    after: str
    added: int
    removed: int
    derived: int = 0
    state: str = "done"


class Journal:
    """The journal of one store; without a path it is kept in memory."""

    def __init__(self, store: Path | None, *, durable: bool = True) -> None:
        self._file = beside(store, "journal.jsonl") if store else None
        self._open = beside(store, "writing") if store else None
        self._durable = durable
        self._kept: list[Entry] = []
        self.last: Entry | None = next(iter(reversed(list(self.entries()))), None)

    def entries(self) -> Iterator[Entry]:
        """Yield all entries, oldest first; half a line at the end (a power cut) is passed over."""
        yield from self._kept
        if self._file and self._file.exists():
            with self._file.open(encoding="utf-8") as lines:
                for line in lines:
                    with suppress(ValueError, TypeError):
                        yield Entry(**json.loads(line))

    def recover(self, release: str) -> None:
        """Settle the entry that a kill left open, given the release that the store names (empty: none)."""
        if self._open is None or not self._open.exists():
            return
        with suppress(ValueError, TypeError):
            entry = Entry(**json.loads(self._open.read_text(encoding="utf-8")))
            if not release:
                self.finish(Entry(**{**asdict(entry), "state": "uncertain"}))
            elif release == entry.after and (self.last is None or self.last.after != release):
                self.finish(entry)
        self._open.unlink(missing_ok=True)

    def begin(self, entry: Entry) -> None:
        """Note a write that is about to be made; raises StoreFull."""
        if self._open:
            _write(self._open, _line(entry), "w", self._durable)

    def finish(self, entry: Entry) -> None:
        """Note that a write was made; raises StoreFull."""
        if self._file and self._open:
            _write(self._file, _line(entry), "a", self._durable)
            self._open.unlink(missing_ok=True)
        else:
            self._kept.append(entry)
        self.last = entry

    def give_up(self) -> None:
        """Note that a write was not made."""
        if self._open:
            with suppress(OSError):
                self._open.unlink(missing_ok=True)


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False) + "\n"


def _write(path: Path, text: str, mode: str, durable: bool) -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            if mode == "a" and file.tell() and not _whole(path):
                file.write("\n")
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
    except OSError as error:
        raise StoreFull(path, error.strerror or str(error)) from None


def _whole(path: Path) -> bool:
    """Say whether a file ends with a line's end."""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
