"""Quoted titles in a shadow: where they end, though quotes nest, are left open, or look alike at both ends."""

from __future__ import annotations

import re

from kg.linking.patterns import compiled
from kg.linking.shadow import APOSTROPHE, CLOSE, OPEN, QUOTE

LONGEST = 600
_QUOTES = re.compile(f"[{OPEN}{CLOSE}{QUOTE}]")
_SINGLE_END = re.compile(r"'(?![\w'])")
_LEAD = compiled(r"^(?:о|об|обо|on|about|on the|concerning)\s")
_TAIL = compiled(r"\s(?:туралы|жөнінде)$")
_KAZAKH_TAIL = compiled(r"[^«»\"]{1,220} туралы[»\"]")
_SIGNS = re.compile(r"[\W_]+")


def title_end(shadow: str, at: int) -> int | None:
    """Return the place behind the closing quote of the title that opens at a place, None where none does."""
    if at >= len(shadow):
        return None
    if shadow[at] == APOSTROPHE:
        found = _SINGLE_END.search(shadow, at + 3, at + LONGEST)
        return found.end() if found and shadow[at + 1 : at + 2].isalpha() else None
    if shadow[at] not in (OPEN, QUOTE):
        return None
    if not _opens(shadow, at):
        return None
    depth, first = 0, None
    for quote in _QUOTES.finditer(shadow, at, at + LONGEST):
        if _opens(shadow, quote.start()):
            depth += 1
            continue
        depth -= 1
        first = first or quote.end()
        if depth <= 0:
            more = _KAZAKH_TAIL.match(shadow, quote.end())
            return more.end() if more else quote.end() if quote.end() - at > 3 else None
    return first


def _opens(shadow: str, at: int) -> bool:
    """Say whether a quote opens: by its form, or, where both ends look alike, by what stands before and behind it."""
    if shadow[at] != QUOTE:
        return shadow[at] == OPEN
    before = shadow[at - 1] if at else " "
    left = before in " ([{-" or (before in (OPEN, QUOTE) and _opens(shadow, at - 1))
    return left and shadow[at + 1 : at + 2] not in ("", " ", ",", ".", ";", ")")


def plain_title(title: str) -> str:
    """Return a title's words alone, as titles are compared: no quotes, no "On", "О", "туралы" at its ends."""
    words = _SIGNS.sub(" ", title).strip()
    return _TAIL.sub("", _LEAD.sub("", words)).strip()
