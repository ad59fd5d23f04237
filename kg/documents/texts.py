"""A document's text and the way back to the file: where in the original a stretch of it stands."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

from kg.errors import UnusableInput

Format = Literal["txt", "html", "docx", "pdf"]


class UnreadableDocument(UnusableInput):
    """A document whose text cannot be had: broken, encrypted, scanned, larger than the limits, or of an unknown form."""


@dataclass(frozen=True)
class Limits:
    """What a document may be: bytes of the file, bytes once unpacked, characters of text, pages."""

    file: int = 50_000_000
    unpacked: int = 200_000_000
    text: int = 20_000_000
    pages: int = 3_000


@dataclass(frozen=True)
class Piece:
    """A stretch of text from one place of the original.

    `at` counts characters of the text. `start` and `end` are places in the original, in the unit of the format (see `Place`).
    A piece with as many characters as places goes character by character; any other (an entity) belongs together.
    """

    at: int
    length: int
    part: int
    start: int
    end: int


@dataclass(frozen=True)
class Place:
    """Where a stretch of text stands in the original, half-open.

    txt and html: `start` and `end` in Unicode code points of the decoded file, `part` 0. docx: `part` is the paragraph
    (from 1, in the order of the document, those in tables with them), offsets within its text. pdf: `part` is the page (from 1), offsets
    within the page's text. Where a stretch goes over several parts, `last` is the last of them.
    """

    part: int
    start: int
    last: int
    end: int


@dataclass(frozen=True)
class Document:
    """A document's text, in code points, with its places; `notes` say what a reader should know of the reading."""

    text: str
    format: Format
    pieces: tuple[Piece, ...]
    encoding: str = ""
    notes: tuple[str, ...] = ()
    _starts: list[int] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._starts.extend(piece.at for piece in self.pieces)

    def place(self, start: int, end: int) -> Place:
        """Return where the characters from `start` to `end` of the text stand in the original."""
        first, last = self._piece(start), self._piece(max(start, end - 1))
        begin = first.start + (start - first.at if _even(first) else 0)
        stop = last.start + (end - last.at) if _even(last) and end <= last.at + last.length else last.end
        return Place(first.part, begin, last.part, stop)

    def _piece(self, at: int) -> Piece:
        found = max(0, bisect_right(self._starts, at) - 1)
        return self.pieces[found] if self.pieces else Piece(0, 0, 0, 0, 0)


def _even(piece: Piece) -> bool:
    return piece.length == piece.end - piece.start


@dataclass
class Builder:
    """Puts a text together from pieces; raises UnreadableDocument where it becomes too long."""

    limits: Limits
    parts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    length: int = 0

    def add(self, text: str, part: int, start: int, end: int) -> None:
        """Add a stretch of text with its place."""
        if not text:
            return
        if self.length + len(text) > self.limits.text:
            raise UnreadableDocument(f"the document has more than {self.limits.text:,} characters of text; split it")
        self.parts.append(text)
        self.pieces.append(Piece(self.length, len(text), part, start, end))
        self.length += len(text)

    def gap(self, text: str) -> None:
        """Add blanks that stand for the border between two parts; they belong to the place before them."""
        if not self.parts or self.parts[-1].endswith("\n"):
            return
        last = self.pieces[-1]
        self.add(text, last.part, last.end, last.end)

    def done(self, format: Format, encoding: str = "", notes: tuple[str, ...] = ()) -> Document:
        """Return the document."""
        return Document("".join(self.parts), format, tuple(self.pieces), encoding, notes)
