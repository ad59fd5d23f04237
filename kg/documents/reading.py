"""Read a document, whatever it is: a pure function of its bytes."""

from __future__ import annotations

import re
from pathlib import Path

from kg.documents.packed import read_docx
from kg.documents.plain import read_plain
from kg.documents.portable import read_pdf
from kg.documents.texts import Document, Format, Limits, UnreadableDocument
from kg.documents.web import read_html

ENDINGS: dict[str, Format] = {
    ".txt": "txt",
    ".md": "txt",
    ".text": "txt",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
"""The endings of file names that are read, and as what."""

_HTML = re.compile(
    rb"^\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html|head|body|\?xml[^>]*>\s*<!doctype html)", re.IGNORECASE | re.DOTALL
)
_READERS = {"txt": read_plain, "html": read_html, "docx": read_docx, "pdf": read_pdf}
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old .doc or an encrypted document"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
)


def read_document(data: bytes, name: str = "", limits: Limits = Limits()) -> Document:
    """Return the text of a document; its form is told from its first bytes, then from the ending of its name.

    Raises UnreadableDocument for what is too large, damaged, encrypted, a scan, or of another form.
    """
    if len(data) > limits.file:
        raise UnreadableDocument(f"the document has {len(data):,} bytes, more than the {limits.file:,} that are read; split it")
    if not data.strip():
        raise UnreadableDocument("the document is empty")
    return _READERS[format_of(data, name)](data, limits)


def format_of(data: bytes, name: str = "") -> Format:
    """Return what a document is; raises UnreadableDocument for a form that is not read."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    for start, what in _OTHERS:
        if data.startswith(start):
            raise UnreadableDocument(f"the file is {what}; give txt, html, docx (without a password) or pdf")
    if _HTML.match(data[:4096]):
        return "html"
    return "html" if ENDINGS.get(Path(name).suffix.lower()) == "html" else "txt"


def read_file(path: Path, limits: Limits = Limits()) -> Document:
    """Return the text of a file; raises UnreadableDocument, also where it cannot be opened."""
    try:
        if path.stat().st_size > limits.file:
            raise UnreadableDocument(f"{path} has {path.stat().st_size:,} bytes, more than the {limits.file:,} that are read; split it")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(f"{path} cannot be read: {error.strerror}") from None
    try:
        return read_document(data, path.name, limits)
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{path}: {error}") from None
