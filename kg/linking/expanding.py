"""Abbreviations that a document spells out: «National Institute of Technology (NIT)» says what NIT is here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.linking.lexicon import Name
from kg.linking.shadow import Shadow, fold

_WORD = re.compile(r"[^\W\d_][\w'-]*")
_SMALL = frozenset(fold("of for and the in on to at a an и в во на по о об с для при і және мен").split(" "))
_FAR = 90


def other_expansions(shadow: Shadow, hits: Sequence[tuple[int, int, tuple[Name, ...], bool]]) -> set[tuple[str, str]]:
    """Return the abbreviations, each with a thing, that the document spells out as something else than a name of that thing."""
    found: set[tuple[str, str]] = set()
    for start, end, names, _ in hits:
        exact = [name for name in names if name.exact]
        if exact and (words := expansion(shadow, start, end)):
            own = {
                name.iri for first, last, others, _ in hits if first < words[1] and words[0] < last and first != start for name in others
            }
            found |= {(shadow.text[start:end], name.iri) for name in exact if name.iri not in own}
    return found


def expansion(shadow: Shadow, start: int, end: int) -> tuple[int, int] | None:
    """Return the words whose first letters the abbreviation at a place stands for, in front of it where it is in brackets.

    None where it is not in brackets, or the words before the bracket do not begin with its letters.
    """
    text = shadow.text
    if text[start - 1 : start] != "(" or text[end : end + 1] not in (")", ",", ";"):
        return None
    letters = [char for char in text[start:end] if char.isalpha()]
    words = list(_WORD.finditer(text, max(0, start - _FAR), start))
    found = _spelled(letters, words, small=False) or _spelled(letters, words, small=True)
    return (found, start - 1) if found is not None else None


def _spelled(letters: list[str], words: list[re.Match[str]], *, small: bool) -> int | None:
    at = None
    kept = [word for word in words if small or word.group() not in _SMALL]
    if len(kept) < len(letters):
        return None
    for letter, word in zip(reversed(letters), reversed(kept), strict=False):
        if word.group()[0] != letter:
            return None
        at = word.start()
    return at
