"""Are a store's files whole? The engine looks at most of them only when it reads them, and a query over one cut short may never end."""

from __future__ import annotations

import time
from hashlib import file_digest
from pathlib import Path

from kg.errors import StoreDamaged

_END = 0x88E241B785F4CFF7.to_bytes(8, "little")
"""With this number ends each table file of RocksDB (kBlockBasedTableMagicNumber)."""
_PATIENCE = 1.0
"""Seconds that the engine gets, once it has opened a store, to remove what a process that was killed had begun to write."""


def cut_short(store: Path) -> set[Path]:
    """Return the table files of a store's directory that do not end as such files do."""
    return {file for file in store.glob("*.sst") if not _is_whole(file)}


def check_whole(store: Path, suspects: set[Path]) -> None:
    """Raise StoreDamaged for a store, opened now, whose files were `cut_short` before and are still there: it needs them."""
    until = time.monotonic() + _PATIENCE
    while suspects := suspects & cut_short(store):
        if time.monotonic() > until:
            names = ", ".join(sorted(file.name for file in suspects))
            raise StoreDamaged(store, f"{names}: the end of the file is missing")
        time.sleep(0.05)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder, by its path there."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            found[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").hexdigest()
    return found


def _is_whole(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - len(_END)))
            return opened.read() == _END
    except FileNotFoundError:  # the engine removes files of its own accord
        return True
