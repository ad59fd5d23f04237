"""A large dataset as lines of text: cheap to make, to sort and to write, where an object a statement would be slow."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO

_CHUNK = 10_000


def joined(lines: Sequence[str]) -> bytes:
    """Return the text of lines in UTF-8."""
    text = BytesIO()
    text.writelines(written(lines))
    return text.getvalue()


def written(lines: Sequence[str]) -> Iterator[bytes]:
    """Yield the text of lines in pieces: one of a hundred megabytes would be in memory twice."""
    for start in range(0, len(lines), _CHUNK):
        yield "".join(lines[start : start + _CHUNK]).encode()


def digest_of(lines: Sequence[str]) -> str:
    """Return the first 16 digits of the SHA-256 of the lines' text."""
    digest = sha256()
    for piece in written(lines):
        digest.update(piece)
    return digest.hexdigest()[:16]


@contextmanager
def no_collector() -> Iterator[None]:
    """Pause Python's search for cycles: a build makes a million small objects and no cycle, and would be searched again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
