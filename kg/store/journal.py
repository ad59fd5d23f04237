"""The journal: who changed what and when, a JSON object a line, only ever appended to; and what a kill left open.

Before the store is changed, the entry lies in `<store>.writing`; after it, in `<store>.journal.jsonl`. Where a start finds
the former, the store's own release says whether the change was made; a store that names none counts as changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kg.errors import StoreFull
from kg.store.tokens import beside

_TAIL = 1 << 16
"""Bytes at the end of the file in which the last entry is looked for: an entry has less than a kilobyte or two."""


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
        self._unwritten: Entry | None = None
        self.last: Entry | None = self._newest()

    def entries(self) -> Iterator[Entry]:
        """Yield all entries, oldest first; half a line at the end (a power cut) is passed over."""
        yield from self._kept
        if self._file and self._file.exists():
            with self._file.open(encoding="utf-8") as lines:
                for line in lines:
                    if entry := _read(line):
                        yield entry

    def recover(self, release: str) -> None:
        """Settle the entry that a kill left open, given the release that the store names (empty: none)."""
        if self._open is None or not self._open.exists():
            return
        entry = _read(self._open.read_text(encoding="utf-8"))
        known = self.last.after if self.last else ""
        if entry and entry.after != known and release in ("", entry.after):
            self.finish(entry if release else replace(entry, state="uncertain"))
        self.give_up()

    def begin(self, entry: Entry) -> None:
        """Note a write that is about to be made; raises StoreFull."""
        if self._open:
            if self._unwritten:
                self._append(self._unwritten)
            _write(self._open, _line(entry), "w", self._durable)

    def finish(self, entry: Entry) -> None:
        """Note that a write was made. Where there is no room for it, it stays noted as begun, and is told before the next write."""
        self.last = entry
        if self._open:
            try:
                self._append(entry)
                self._open.unlink(missing_ok=True)
            except StoreFull:
                self._unwritten = entry
        else:
            self._kept.append(entry)

    def _append(self, entry: Entry) -> None:
        assert self._file
        _write(self._file, _line(entry), "a", self._durable)
        self._unwritten = None

    def _newest(self) -> Entry | None:
        """Return the last whole entry, read from the end of the file."""
        if not self._file or not self._file.exists():
            return None
        with self._file.open("rb") as file:
            file.seek(max(0, self._file.stat().st_size - _TAIL))
            lines = file.read().decode(errors="replace").splitlines()
        return next((entry for line in reversed(lines) if (entry := _read(line))), None)

    def give_up(self) -> None:
        """Note that a write was not made."""
        if self._open:
            with suppress(OSError):
                self._open.unlink(missing_ok=True)


def _read(line: str) -> Entry | None:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None


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
