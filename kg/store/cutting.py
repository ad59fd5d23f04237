"""Answers within bounds of rows and bytes: cut at a whole row, closed as the format wants it, and said so inside.

An answer that keeps its bounds is not looked through: counting how often a row could begin gives more than the rows
there are, and only where that exceeds the bound are the rows told apart exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.formats import CSV, JSON, JSON_LD, RDF_XML, TSV, XML, Format
from kg.rdf import prefixes_for, rdf_format

if TYPE_CHECKING:
    from typing_extensions import Buffer


@dataclass(frozen=True)
class Bounds:
    """Rows (or triples) and bytes of an answer, at most; 0: no bound."""

    rows: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class _Rows:
    """How a format tells rows apart: `sign` is at least as frequent as rows are, `end` finds what ends one.

    `beyond`: bytes of `end` after the row; `later`: how many ends are seen before it is sure that a row more follows.
    """

    sign: bytes
    end: re.Pattern[bytes]
    beyond: int
    later: int
    head: bytes
    tail: bytes


_SAID = b"truncated: the limit of the service was reached; narrow the query, or page with LIMIT and OFFSET"
_ROWS: dict[str, _Rows] = {
    JSON.name: _Rows(
        b"},{", re.compile(rb'(?:[^"}]++|"(?:[^"\\]++|\\.)*+"|\}(?!,\{))*+\},\{', re.S), 2, 0, b'"bindings":[', b']},"truncated":true}'
    ),
    XML.name: _Rows(
        b"</result>", re.compile(rb"(?:[^<]++|<(?!/result>))*+</result>"), 0, 1, b"<results>", b"</results><!-- " + _SAID + b" --></sparql>"
    ),
    CSV.name: _Rows(b"\n", re.compile(rb'(?:[^"\n]++|"[^"]*+")*+\n'), 0, 1, b"\n", b""),
    TSV.name: _Rows(b"\n", re.compile(rb"[^\n]*+\n"), 0, 1, b"\n", b""),
}
_SHORTEST = 2
"""Bytes of the shortest row: `{}` and its comma, or an empty line."""


class _Full(Exception):
    """As many bytes are written as may be."""


class _Sink(BytesIO):
    """Takes what a serialiser writes. Past the bound it is full; it then raises, or is asked."""

    def __init__(self, bound: int, raises: bool) -> None:
        super().__init__()
        self._bound, self._raises = bound, raises
        self.full = False

    def write(self, data: Buffer, /) -> int:
        written = super().write(data)
        if self._bound and self.tell() > self._bound:
            self.full = True
            if self._raises:
                raise _Full
        return written


def results(found: ox.QuerySolutions | ox.QueryBoolean, format: Format, bounds: Bounds) -> tuple[bytes, bool]:
    """Serialise rows or a truth value within bounds; return the bytes, and whether they are all."""
    assert isinstance(format.engine, ox.QueryResultsFormat)
    if isinstance(found, ox.QueryBoolean) or not (bounds.rows or bounds.bytes):
        return found.serialize(format=format.engine) or b"", True
    sink = _Sink(bounds.bytes, raises=True)
    try:
        found.serialize(sink, format=format.engine)
    except _Full:
        return _cut(sink.getvalue(), format, bounds, full=True)
    body = sink.getvalue()
    sign = _ROWS[format.name].sign
    if not bounds.rows or len(body) // _SHORTEST <= bounds.rows or body.count(sign) <= bounds.rows - (format.name == JSON.name):
        return body, True
    return _cut(body, format, bounds, full=False)


def _cut(body: bytes, format: Format, bounds: Bounds, full: bool) -> tuple[bytes, bool]:
    """Return the body up to the last whole row within the bounds; all of it where it turns out to keep them."""
    form = _ROWS[format.name]
    last = start = body.index(form.head) + len(form.head)
    room = bounds.bytes - len(form.tail) if bounds.bytes else len(body)
    for number, end in enumerate(_ends(form, body, start), 1):
        if bounds.rows and number >= bounds.rows + form.later:
            return body[: last if form.later else end] + form.tail, False
        if end > room:
            break
        last = end
    else:
        if not full:
            return body, True
    return body[:last] + form.tail, False


def _ends(form: _Rows, body: bytes, place: int) -> Iterator[int]:
    """Yield where each row ends that is sure to have ended. Each search begins where the last one ended: linear in the body."""
    while match := form.end.match(body, place):
        place = match.end()
        yield place - form.beyond


def graph(found: ox.QueryTriples, format: Format, bounds: Bounds) -> tuple[bytes, bool]:
    """Serialise a graph within bounds; return the bytes, and whether they are all. The serialiser closes what it began."""
    sink = _Sink(bounds.bytes, raises=False)
    taking = _Taking(found, sink, bounds.rows)
    ox.serialize(iter(taking), sink, format=rdf_format(format), prefixes=prefixes_for(format))
    if taking.complete:
        return sink.getvalue(), True
    if format is JSON_LD:
        return sink.getvalue(), False
    said = b"<!-- " + _SAID + b" -->\n" if format is RDF_XML else b"# " + _SAID + b"\n"
    return sink.getvalue() + b"\n" * (not sink.getvalue().endswith(b"\n")) + said, False


class _Taking:
    """The triples of a graph for as long as there is room."""

    def __init__(self, found: ox.QueryTriples, sink: _Sink, rows: int) -> None:
        self._found, self._sink, self._rows = found, sink, rows
        self.complete = True

    def __iter__(self) -> Iterator[ox.Triple]:
        for number, triple in enumerate(self._found):
            if self._sink.full or (self._rows and number >= self._rows):
                self.complete = False
                return
            yield triple
