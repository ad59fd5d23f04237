"""From a word as it is asked for to the words of the index that it may stand for: beginnings, forms, parts, misspellings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from kg.search.folding import forms

_LAST = "\U0010ffff"
MANY = 200
"""Words with one beginning, up to which they are asked for one by one: the engine merges all that begin so before it looks further."""
_PART = 3
"""Letters from which on a word is looked for within others: those of a trigram."""
_MISSPELT = 4
"""Letters from which on a word may be misspelt."""


class Spelling:
    """The words of an index, as one connection reads them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def beginning(self, word: str) -> list[str]:
        """Return the words that are or begin with this one, some hundreds at most: where there are more, none but the first.

        Their expression is then the engine's own for beginnings (see matching.py).
        """
        query = f"SELECT substr(form, 2) FROM form WHERE form >= ? AND form < ? LIMIT {MANY + 1}"  # noqa: S608 - a number of our own
        return [row[0] for row in self._connection.execute(query, (f"w{word}", f"w{word}{_LAST}"))]

    def related(self, word: str, sounded: str) -> set[str]:
        """Return the words that have a form in common with this one, or begin with what it sounds like."""
        found = self._with(forms(word))
        if sounded and not sounded.isdecimal():
            query = "SELECT w.text FROM form f JOIN word w ON w.id = f.word WHERE f.form >= ? AND f.form < ?"
            bounds = (f"s{sounded}", f"s{sounded}{_LAST if len(sounded) >= _MISSPELT else chr(0)}")
            found |= {row[0] for row in self._connection.execute(query, bounds)}
        return found

    def holding(self, word: str) -> set[str]:
        """Return the words within which this one stands."""
        if len(word) < _PART:
            return set()
        rows = self._connection.execute("SELECT w.text FROM part p JOIN word w ON w.id = p.rowid WHERE part MATCH ?", (f'"{word}"',))
        return {row[0] for row in rows}

    def misspelt(self, word: str, sounded: str = "", *, digits: bool = False) -> set[str]:
        """Return the words from which this one, or what it may be a form of, is one letter away; numbers are taken as they are."""
        found: set[str] = set()
        if len(word) < _MISSPELT or (not digits and any(map(str.isdigit, word))):
            return found
        for form in {f"w{word}", f"s{sounded or word}", *forms(word)}:
            if len(form) > _MISSPELT and form[0] != "t":
                found |= self._with(self._near(form))
        return found

    def _near(self, form: str) -> Iterator[str]:
        """Yield the forms one letter away: half of them is as asked for, the first or the last."""
        mark, text = form[0], form[1:]
        half = len(text) // 2
        back = text[half:][::-1]
        query = "SELECT DISTINCT form FROM form WHERE form >= ? AND form < ? AND length(form) BETWEEN ? AND ?"
        lengths = (len(form) - 1, len(form) + 1)
        starts, ends = f"{mark}{text[:half]}", f"{mark.upper()}{back}"
        for (other,) in self._connection.execute(query, (starts, starts + _LAST, *lengths)):
            if one_letter_apart(other[1:], text):
                yield other
        for (other,) in self._connection.execute(query, (ends, ends + _LAST, *lengths)):
            if one_letter_apart(other[:0:-1], text):
                yield mark + other[:0:-1]
        if half:
            yield f"{mark}{text[: half - 1]}{text[half]}{text[half - 1]}{text[half + 1 :]}"

    def _with(self, wanted: Iterable[str]) -> set[str]:
        query = "SELECT w.text FROM form f JOIN word w ON w.id = f.word WHERE f.form = ?"
        return {row[0] for form in wanted for row in self._connection.execute(query, (form,))}


def one_letter_apart(one: str, other: str) -> bool:
    """Say whether two words are the same but for one letter, put in, left out, replaced, or changed places with the next."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    shortest = min(len(one), len(other))
    while start < shortest and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and len(b) > 1 and a[2:] == b[2:])
