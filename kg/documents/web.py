"""HTML: what a reader sees, each stretch with its characters in the source.

The parser of the standard library tells where every piece stands, which those that build a tree do not; nothing is loaded.
"""

from __future__ import annotations

import html
from html.parser import HTMLParser

from kg.documents.decoding import decoded
from kg.documents.texts import Builder, Document, Limits

_UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "svg", "math"})
_KEPT = frozenset({"title"})
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code",
     "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark",
     "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "nobr"}
)  # fmt: skip
_CELLS = frozenset({"td", "th"})


def read_html(data: bytes, limits: Limits) -> Document:
    """Return the text of an HTML file; raises UnreadableDocument."""
    source, encoding = decoded(data, html=True)
    reader = _Reader(source, limits)
    reader.feed(source)
    reader.close()
    notes = () if encoding == "utf-8" else (f"read as {encoding}",)
    return reader.builder.done("html", encoding, notes)


class _Reader(HTMLParser):
    def __init__(self, source: str, limits: Limits) -> None:
        super().__init__(convert_charrefs=False)
        self.builder = Builder(limits)
        self._source = source
        self._lines = [0]
        at = -1
        while (at := source.find("\n", at + 1)) >= 0:
            self._lines.append(at + 1)
        self._unseen: list[str] = []

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _seen(self) -> bool:
        return not self._unseen or self._unseen[-1] in _KEPT

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN or (tag in _KEPT and self._unseen):
            self._unseen.append(tag)
        elif tag == "body":
            self._unseen.clear()
        self._border(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._border(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            del self._unseen[len(self._unseen) - 1 - self._unseen[::-1].index(tag) :]
        self._border(tag)

    def _border(self, tag: str) -> None:
        if tag not in _INLINE and self._seen():
            self.builder.gap("\t" if tag in _CELLS else "\n")

    def handle_data(self, data: str) -> None:
        if self._seen():
            start = self._at()
            self.builder.add(data, 0, start, start + len(data))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        if not self._seen():
            return
        start = self._at()
        end = start + len(written)
        if self._source[end : end + 1] == ";":
            end += 1
        self.builder.add(html.unescape(self._source[start:end]), 0, start, end)

    def unknown_decl(self, data: str) -> None:
        """Pass over a marked section; the base class would do so too, and says nothing."""
