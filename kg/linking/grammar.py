"""The words of citations as patterns that read a shadow: kinds of act, issuers, countries, by language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.linking.patterns import compiled, data, either

LANGUAGES = ("ru", "en", "kk", "rom")
_BEFORE = r"(?<![\w@/.#_-])"
_AFTER = r"(?![\w_])"

OWN = "KZ"
"""The country whose acts the graph knows."""


@dataclass(frozen=True)
class Issuer:
    """A body that issues acts; `letter` is what its resolutions are filed under."""

    code: str
    letter: str


@cache
def kind_pattern(language: str) -> re.Pattern[str]:
    """Return the pattern of all words for kinds of act in a language; the group that matched is the class."""
    parts = [rf"(?P<{kind['class']}>{either(kind[language])})" for kind in data("grammar.toml")["kind"] if language in kind]
    order = sorted(parts, key=lambda part: -len(part))
    return compiled(rf"{_BEFORE}(?:{'|'.join(order)}){_AFTER}")


@cache
def _issuers() -> list[tuple[Issuer, re.Pattern[str]]]:
    every = []
    for entry in data("grammar.toml")["issuer"]:
        heads = [head for language in LANGUAGES for head in entry.get(language, ())]
        every.append((Issuer(entry["code"], entry["letter"]), compiled(rf"{_BEFORE}{either(heads)}{_AFTER}")))
    return every


def issuer_in(shadow: str, start: int, end: int) -> Issuer | None:
    """Return the body that a stretch of a shadow names; the body of a resolution, not the one it belongs to (Board, of the Bank)."""
    found = [(match.start(), issuer) for issuer, pattern in _issuers() if (match := pattern.search(shadow, start, end))]
    if not found:
        return None
    if any(issuer.code == "eaeu" for _, issuer in found):
        return next(issuer for _, issuer in found if issuer.code == "eaeu")
    at, first = min(found, key=lambda pair: pair[0])
    if first.code in ("president", "government") and any(issuer.code == "body" for place, issuer in found if place > at):
        return next(issuer for _, issuer in found if issuer.code == "body")
    return first


@cache
def own_country() -> re.Pattern[str]:
    """Return the pattern of words that speak of Kazakhstan."""
    words = data("grammar.toml")["country"]["own"]
    first = "".join(sorted({char for word in words for char in _first(word)}))
    return compiled(rf"(?<![\w-])(?=[{first}]){either(words)}{_AFTER}")


@cache
def foreign_country() -> re.Pattern[str]:
    """Return the pattern of words that speak of another country; the group that matched is its code."""
    foreign = data("grammar.toml")["country"]["foreign"]
    first = "".join(sorted({char for words in foreign.values() for word in words for char in _first(word)}))
    return compiled(rf"(?<![\w-])(?=[{first}])(?:{'|'.join(f'(?P<{code}>{either(words)})' for code, words in foreign.items())}){_AFTER}")


def _first(word: str) -> str:
    """Return the letters that a word's pattern may begin with."""
    return word[:1] if word[:1].isalpha() else "".join(char for char in word if char.isalpha())


@cache
def own_name() -> re.Pattern[str]:
    """Return the pattern of the country's names as they stand inside of citations."""
    names = (
        r"республик\w{1,2} казахстан",
        "рк",
        "рк",
        r"казахстан\w{0,2}",
        r"казахстанск\w{2,3}",
        "republic of kazakhstan",
        "rk",
        "gok",
        "rok",
        r"kazakhstan(?:.s|i)?",
        "respubliki kazakhstan",
        r"қазақстан республикасы\w{0,4}",
        "қр",
    )
    return compiled(rf"(?<!\w){either(names)}{_AFTER}")
