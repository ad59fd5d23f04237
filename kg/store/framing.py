"""Messages between the service and its workers: two lengths, a JSON header, raw bytes. Nothing that runs when it is read."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

PREFIX = struct.Struct(">II")
"""Lengths of header and body, in bytes."""
MAX_HEADER = 1 << 24
"""Bytes of a worker's header, at most (a report of broken shapes is long); the service's may be as long as a query."""

TAKEN_BACK = "taken back"
"""The name of the message that says: the job before this one is not wanted any more. It is not answered; the job is, with nothing."""
OWN = "own"
"""In the header of a worker's message: it has its graph in memory, and reads no snapshot any more."""


def framed(header: Mapping[str, Any], body: bytes = b"") -> list[bytes]:
    """Return a message as the pieces to send, in order."""
    text = json.dumps(header).encode()
    start = PREFIX.pack(len(text), len(body)) + text
    return [start, body] if body else [start]


class Unframed(Exception):
    """Bytes that are no message."""


class Reader:
    """Messages out of a stream of bytes that arrives in pieces."""

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._pieces: list[bytes] = []
        self._held = 0
        self._wanted = PREFIX.size

    def feed(self, data: bytes) -> list[tuple[dict[str, Any], bytes]]:
        """Take a piece; return the messages that are whole now. Raises Unframed."""
        self._pieces.append(data)
        self._held += len(data)
        found = []
        while self._held >= self._wanted:
            whole = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
            header, body = PREFIX.unpack_from(whole)
            if header > MAX_HEADER or body > self._max_body:
                raise Unframed
            self._wanted = PREFIX.size + header + body
            if self._held < self._wanted:
                self._pieces = [whole]
                break
            start = PREFIX.size + header
            found.append((json_of(whole[PREFIX.size : start]), whole[start : self._wanted]))
            rest = whole[self._wanted :]
            self._pieces, self._held, self._wanted = ([rest] if rest else []), len(rest), PREFIX.size
        return found


def json_of(text: bytes) -> dict[str, Any]:
    """Return the object that a header is; raises Unframed."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unframed from None
    if not isinstance(found, dict):
        raise Unframed
    return found
