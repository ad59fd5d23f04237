"""Bytes to characters: what the file says of itself, UTF-8, or the old Cyrillic code page."""

from __future__ import annotations

import codecs
import re

from kg.documents.texts import UnreadableDocument

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{3,20})", re.IGNORECASE)
_TAKEN = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "windows-1251",
    "koi8-r",
    "iso-8859-5",
    "windows-1252",
    "iso-8859-1",
    "utf-16",
    "kz1048",
    "ptcp154",
)


def decoded(data: bytes, *, html: bool = False) -> tuple[str, str]:
    """Return the characters of a file, a byte order mark among them, and the encoding; raises UnreadableDocument."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _as(data, name), name
    tried = ["utf-8"]
    if html and (found := _DECLARED.search(data[:4096])):
        name = found.group(1).decode("ascii").lower()
        if name in _TAKEN:
            tried.insert(0, name)
    for name in tried:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    if b"\0" in data[:4096]:
        raise UnreadableDocument("the file is no text; give txt, html, docx or pdf")
    return _as(data, "windows-1251"), "windows-1251"


def _as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(f"the file is not in {encoding} (byte {error.start}); save it as UTF-8") from None
