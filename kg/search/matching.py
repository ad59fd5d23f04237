"""From the text of a search to the names that match, best first: a table of things with the name and the rank of each."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator

from kg.namespaces import KINDS, expand
from kg.search.folding import bare, prepared, sound
from kg.search.layout import TIERS
from kg.search.reading import CODES, MATCHES
from kg.search.spelling import MANY, Spelling

_LAST = "\U0010ffff"
_SHORT = 3
"""Letters up to which a word may be missing in a search for the misspelt, and the first be the rest of a longer one."""
_LONG = 12
"""Letters that a text has at least beside a short word that is left out."""
_CURIE = re.compile(r"[a-z][\w-]*:([^\s/:]+)", re.I)
_TIER = {tier: place * 2 for place, tier in enumerate(TIERS)}
SEVERAL = 1
"""Added to a tier where the words stand in several names of a thing."""
_CODES = ", ".join(str(place) for place, match in enumerate(MATCHES) if match in CODES)

_FOUND = "CREATE TEMP TABLE IF NOT EXISTS found (thing INTEGER PRIMARY KEY, name INTEGER NOT NULL, rank INTEGER NOT NULL)"
_NONE = "SELECT 0 AS thing, 0 AS name, 0 AS rank WHERE 0"
_WHOLE = f"""SELECT thing, id, rank + ((CASE WHEN match IN ({_CODES}) THEN {_TIER["code"]} ELSE {_TIER["exact"]} END) << 32)
  FROM name WHERE folded = :wanted"""  # noqa: S608 - numbers of our own
_BEGINNING = f"SELECT thing, id, rank + ({_TIER['prefix']} << 32) FROM name WHERE folded > :wanted AND folded < :wanted || :last"  # noqa: S608
_IN_NAMES = """SELECT n.thing, n.id, n.rank + ({tier} << 32) FROM names f CROSS JOIN name n ON n.id = f.rowid WHERE f.names MATCH {words}"""
_IN_THINGS = """SELECT t.id, t.name, n.rank + ({tier} << 32) FROM things f CROSS JOIN thing t ON t.id = f.rowid
  CROSS JOIN name n ON n.id = t.name
  WHERE f.things MATCH {words}"""
_AS_PHRASE = f"CASE WHEN instr(' ' || n.folded, ' ' || :wanted) THEN {_TIER['phrase']} ELSE {_TIER['words']} END"
_AS_WHOLE = f"""CASE WHEN length(n.folded) - length(replace(n.folded, ' ', '')) = {{gaps}} AND n.match NOT IN ({_CODES})
  THEN {_TIER["form"]} ELSE {_TIER["inflected"]} END"""


def gather(connection: sqlite3.Connection, text: str) -> None:
    """Fill the temporary table `found` (thing, name, rank) with what a text matches; name 0 where it is the thing's own IRI."""
    connection.execute(_FOUND)
    connection.execute("DELETE FROM found")
    if thing := _addressed(connection, text.strip()):
        connection.execute("INSERT INTO found VALUES (?, 0, ?)", (thing, _TIER["code"] << 32))
        return
    for meant in _meanings(text.strip()):
        if _match(connection, meant):
            return


def _addressed(connection: sqlite3.Connection, text: str) -> int | None:
    """Return the thing whose IRI, `kind/slug` or `kind:slug` a text is."""
    kind, colon, slug = text.partition(":")
    iri = expand(f"{kind}/{slug}" if colon and kind in KINDS else text)
    row = connection.execute("SELECT id FROM thing WHERE iri IN (?, ?)", (iri, f"{iri}_")).fetchone()
    return row[0] if row else None


def _meanings(text: str) -> Iterator[str]:
    """Yield the text, then what an address or a CURIE of another vocabulary ends in."""
    yield text
    if "://" in text:
        yield text.rstrip("/").rpartition("/")[2]
    elif curie := _CURIE.fullmatch(text):
        yield curie[1]


def _match(connection: sqlite3.Connection, text: str) -> bool:
    wanted = prepared(text)
    if not wanted:
        return False
    return _Matching(connection, text, wanted).run()


class _Matching:
    """One text and its words on their way through the tiers."""

    def __init__(self, connection: sqlite3.Connection, text: str, wanted: str) -> None:
        self._connection, self._wanted = connection, wanted
        self._spelling = Spelling(connection)
        self._words = wanted.split()
        self._sounds = sound(bare(text)).split()
        self._alike = len(self._sounds) == len(self._words)
        self._selects: list[str] = []
        self._begun: dict[str, set[str]] = {}
        self._values: dict[str, str] = {"wanted": wanted, "last": _LAST}

    def run(self) -> bool:
        """Fill `found`; say whether there is anything."""
        self._selects += [_WHOLE, _BEGINNING]
        before = ""
        for tier, expression in (("words", self._beginning()), ("inflected", self._related()), ("part", self._holding())):
            if expression and expression != before:
                self._ask(tier, f"({expression}) NOT ({before})" if before else expression)
                before = expression
        if not self._alike and (expression := self._sounding()):
            self._ask("inflected", expression, len(self._sounds))
        self._inside()
        if self._write():
            return True
        return any(self._ask("misspelt", expression) and self._write() for expression in self._misspelt() if expression)

    def _ask(self, tier: str, expression: str, length: int = 0) -> bool:
        """Add what an expression matches; `length`, if not that of the text, is the number of words of a whole name."""
        key = f"words{len(self._values)}"
        self._values[key] = expression
        one = {"words": _AS_PHRASE, "inflected": _AS_WHOLE.format(gaps=(length or len(self._words)) - 1)}.get(tier, str(_TIER[tier]))
        self._selects.append(_IN_NAMES.format(tier=one, words=f":{key}"))
        if len(self._words) > 1:
            several = _TIER["several" if tier == "words" else tier] + SEVERAL
            self._selects.append(_IN_THINGS.format(tier=several, words=f":{key}"))
        return True

    def _write(self) -> bool:
        union = " UNION ALL ".join([_NONE, *self._selects])
        self._selects.clear()
        inserted = self._connection.execute(
            f"INSERT INTO found SELECT thing, name, min(rank) FROM ({union}) GROUP BY thing", self._values  # noqa: S608 - values are bound
        )  # fmt: skip
        return inserted.rowcount > 0

    def _beginning(self) -> str:
        return _all([_any(self._starting(word)) for word in self._words])

    def _related(self) -> str:
        return self._groups(lambda word, sounded: self._spelling.related(word, sounded))

    def _holding(self) -> str:
        return self._groups(lambda word, sounded: self._spelling.related(word, sounded) | self._spelling.holding(word))

    def _sounding(self) -> str:
        return _all([_any(_exactly(self._spelling.related(sounded, sounded))) for sounded in self._sounds])

    def _groups(self, others: Callable[[str, str], set[str]]) -> str:
        found = []
        for place, word in enumerate(self._words):
            sounded = self._sounds[place] if self._alike else ""
            found.append(_any(self._starting(word) | _exactly(others(word, sounded))))
        return _all(found)

    def _starting(self, word: str) -> set[str]:
        """Return expressions for the words that are or begin with this one.

        Of a word that very many begin with, only the word itself, unless it is the last, which may not be written to its end.
        """
        if word not in self._begun:
            words = self._spelling.beginning(word)
            many = len(words) > MANY
            whole = many and word != self._words[-1] and word in words
            self._begun[word] = {f'"{word}"*'} if many and not whole else _exactly([word] if whole else words)
        return self._begun[word]

    def _inside(self) -> None:
        """Ask for the text as a whole within a name, its first word being the rest of a longer one."""
        first, *others = self._words
        if not others or len(first) > _SHORT or not all(self._starting(word) for word in others):
            return
        self._values["rest"] = _all([_any(self._starting(word)) for word in others])
        select = _IN_NAMES.format(tier=_TIER["part"], words=":rest")
        self._selects.append(f"{select} AND instr(n.folded, :wanted)")

    def _misspelt(self) -> Iterator[str]:
        """Yield what finds the misspelt: each longer word may be, or else a single short one, which is then left out."""
        right, wrong = [], []
        for place, word in enumerate(self._words):
            sounded = self._sounds[place] if self._alike else ""
            terms = self._starting(word) | _exactly(self._spelling.related(word, sounded))
            right.append(_any(terms))
            wrong.append(_any(terms | _exactly(self._spelling.misspelt(word, sounded))))
        yield _all(wrong)
        for place, word in enumerate(self._words):
            others = right[:place] + right[place + 1 :]
            if word.isalpha() and len(word) <= _SHORT and len(self._wanted) - len(word) >= _LONG:
                yield _all(others)


def _exactly(words: Iterable[str]) -> set[str]:
    return {f'"{word}"' for word in words}


def _any(terms: set[str]) -> str:
    """Return an expression for any of the terms, empty where there are none."""
    return f"({' OR '.join(sorted(terms))})" if terms else ""


def _all(parts: list[str]) -> str:
    """Return an expression for all of the parts, empty where one of them has nothing that fits."""
    return " AND ".join(dict.fromkeys(parts)) if parts and all(parts) else ""
