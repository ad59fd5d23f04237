"""The shadow of a text: what the grammar reads instead of it, with the way back to every character.

Case, look-alike letters (РК and PK, Kazakh і and Latin i), dashes, quotes, blanks, tags, entities and escapes are folded.
Almost everything keeps its place; what does not (a run of blanks, a tag, an entity, a combining mark) is noted, so that
`start` and `end` give the exact place in the text. Nothing is ever searched for twice: offsets cannot drift.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

OPEN, CLOSE, QUOTE, APOSTROPHE = "«", "»", '"', "'"
"""The four quotes of a shadow: opening, closing, either, and the single one."""

LOOKALIKES = str.maketrans("авекмнорстухёіїһѵјѕəѳ", "abekmhopctyxeiihvjsәө")
"""Small letters that look alike, and the one that stands for both in a shadow."""
_SINGLE = {
    " ": "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000|*`",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d\xad",
    OPEN: "«‹„❮《",
    CLOSE: "»›❯》",
    QUOTE: "“”‟❝❞〝〞＂″",
    APOSTROPHE: "‘’‚‛`´ʼʹ′＇",
    "№": "№",
}
_Replace = Callable[[str], str]
_KNOWN = [*range(0x0700), *range(0x1E00, 0x1F00), *range(0x2000, 0x2200), *range(0xFF00, 0xFF60)]


def _small(char: str) -> str:
    low = char.lower()
    return low if len(low) == 1 else unicodedata.normalize("NFD", low)[0]


def _folded(char: str) -> str:
    for to, these in _SINGLE.items():
        if char in these:
            return to
    if "\uff00" <= char < "\uff5f":
        char = unicodedata.normalize("NFKC", char)
    return _small(char).translate(LOOKALIKES)


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = value = _folded(chr(code))
        return value


_TABLE = _Table({code: _folded(chr(code)) for code in _KNOWN})
_TABLE[ord("\xad")] = "\xad"
_TABLE[ord("`")] = " "

_TAG = r"<(?!\w+:)[/!?]?[a-z][^<>]{0,600}>"
_ENTITY = r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z][a-z0-9]{1,8});"
_ESCAPE = r"\\+(?:u00a0|[nrt]|[\"'_/-])|%5f|%e2%84%96"
_NOTHING = r"[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
_BLANKS = rf"(?: |{_TAG}|&nbsp;|\\+u00a0|\\+[nrt](?![a-z]))+"
_CHANGES = re.compile(rf"  +|{_TAG}(?:{_BLANKS})?| {_TAG}(?:{_BLANKS})?|{_ENTITY}|{_ESCAPE}|{_NOTHING}")
_MARKED = re.compile(r"[^\W_][\u0300-\u036f]+|[\u0300-\u036f]+")
_MARKS = re.compile(r"[\u0300-\u036f]")
_CHEAP = re.compile(r"  |[<&\\%\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def fold(text: str) -> str:
    """Return a text as its shadow shows it; for the words of grammar and names."""
    return Shadow(text).text


def _replaced(found: str) -> str:
    if found[0] == "&":
        plain = html.unescape(found)
        return _TABLE[ord(plain)] if len(plain) == 1 else found
    if found[0] == "\\":
        return found[-1] if found[-1] in "\"'_/-" else " "
    if found[0] == "%":
        return "_" if found == "%5f" else "№"
    if found[0] in " <":
        return " "
    return ""


def _unmarked(found: str) -> str:
    """Return a letter without its combining marks, composed where Cyrillic й wants it."""
    if _MARKS.match(found):
        return ""
    whole = unicodedata.normalize("NFC", found)[0]
    return "й" if whole == "й" else _TABLE[ord(whole)]


@dataclass(frozen=True)
class _Change:
    """A stretch of the shadow that stands for another number of characters of the text before it."""

    at: int
    width: int
    start: int
    end: int


class Shadow:
    """A folded text and the way back; offsets are half-open, in code points."""

    def __init__(self, original: str) -> None:
        self.original = original
        folded = original.translate(_TABLE)
        layers: list[list[_Change]] = []
        if _MARKS.search(folded):
            folded, changes = _apply(folded, _MARKED, _unmarked)
            layers.append(changes)
        if _CHEAP.search(folded):
            folded, changes = _apply(folded, _CHANGES, _replaced)
            layers.append(changes)
            folded, changes = _apply(folded, _RUNS, lambda _: " ")
            layers.append(changes)
        self.text = folded
        self._layers = [_Layer(changes) for changes in reversed(layers) if changes]

    def start(self, at: int) -> int:
        """Return where in the text the character at a place of the shadow begins."""
        for layer in self._layers:
            at = layer.start(at)
        return at

    def end(self, at: int) -> int:
        """Return where in the text the character before a place of the shadow ends."""
        for layer in self._layers:
            at = layer.end(at)
        return at

    def surface(self, start: int, end: int) -> str:
        """Return the words of the text under a stretch of the shadow."""
        return self.original[self.start(start) : self.end(end)]


_RUNS = re.compile("  +")


class _Layer:
    def __init__(self, changes: list[_Change]) -> None:
        self._changes = changes
        self._at = [change.at for change in changes]

    def start(self, at: int) -> int:
        found = bisect_right(self._at, at) - 1
        if found < 0:
            return at
        change = self._changes[found]
        if at < change.at + change.width:
            return change.start
        return change.end + at - change.at - change.width

    def end(self, at: int) -> int:
        if at <= 0:
            return 0
        found = bisect_right(self._at, at - 1) - 1
        while found >= 0 and not self._changes[found].width and self._changes[found].at == at:
            found -= 1
        if found < 0:
            return at
        change = self._changes[found]
        if at <= change.at + change.width:
            return change.end if change.width else change.end + at - change.at
        return change.end + at - change.at - change.width


def _apply(text: str, pattern: re.Pattern[str], replace: _Replace) -> tuple[str, list[_Change]]:
    parts: list[str] = []
    changes: list[_Change] = []
    last = length = 0
    for found in pattern.finditer(text):
        start, end = found.span()
        new = replace(found.group())
        if len(new) == end - start == 1 and new == text[start]:
            continue
        parts += (text[last:start], new)
        length += start - last
        if len(new) == end - start > 1:  # an entity that is none: every character keeps its place
            length += len(new)
        else:
            changes.append(_Change(length, len(new), start, end))
            length += len(new)
        last = end
    return ("".join([*parts, text[last:]]), changes) if changes else (text, changes)
