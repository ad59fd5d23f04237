"""Plain text: the text is the file, character by character."""

from __future__ import annotations

from kg.documents.decoding import decoded
from kg.documents.texts import Builder, Document, Limits


def read_plain(data: bytes, limits: Limits) -> Document:
    """Return the text of a plain file; raises UnreadableDocument."""
    text, encoding = decoded(data)
    builder = Builder(limits)
    builder.add(text, 0, 0, len(text))
    notes = () if encoding == "utf-8" else (f"read as {encoding}",)
    return builder.done("txt", encoding, notes)
