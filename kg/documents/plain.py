"""Plain text: the text is the file, character by character."""

from __future__ import annotations

from kg.documents.decoding import decoded
from kg.documents.texts import Builder, Document, Limits, UnreadableDocument


def read_plain(data: bytes, limits: Limits) -> Document:
    """Return the text of a plain file; raises UnreadableDocument."""
    text, encoding = decoded(data)
    notes = () if encoding == "utf-8" else (f"read as {encoding}",)
    return read_text(text, limits, encoding, notes)


def read_text(text: str, limits: Limits, encoding: str = "utf-8", notes: tuple[str, ...] = ()) -> Document:
    """Return a text that is at hand as a document; raises UnreadableDocument where it is empty or too long."""
    if not text.strip():
        raise UnreadableDocument("the document is empty")
    builder = Builder(limits)
    builder.add(text, 0, 0, len(text))
    return builder.done("txt", encoding, notes)
