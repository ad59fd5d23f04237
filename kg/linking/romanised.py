"""Kazakh in Latin letters with acute accents (the alphabet of 2018): read as Cyrillic, so that one grammar serves for both."""

from __future__ import annotations

import re

_LATIN = "áǵqńóuúyiabvgdejzklmnoprstýfhcı"
_CYRILLIC = "әғқңөұүыіабвгдежзклмнопрстуфхци"
_LETTERS: dict[int, int | str] = dict(str.maketrans(_LATIN + _LATIN.upper(), _CYRILLIC + _CYRILLIC.upper()))
_LETTERS[ord("I")] = "І"
_MARK = re.compile("[ǵńǴŃ]")
_ENOUGH = 2
_DIGRAPH = re.compile("([SsCc])([Hh])")
_KEPT = "\xad"


def is_romanised(text: str) -> bool:
    """Say whether a text has letters that only Kazakh in Latin letters has."""
    return len(_MARK.findall(text[:20000])) >= _ENOUGH


def in_cyrillic(text: str) -> str:
    """Return a text in Cyrillic letters, with as many characters: a soft hyphen stands for the second letter of sh and ch."""
    return _DIGRAPH.sub(_joined, text).translate(_LETTERS)


def _joined(found: re.Match[str]) -> str:
    first = {"s": "ш", "c": "ч"}[found.group(1).lower()]
    return (first.upper() if found.group(1).isupper() else first) + _KEPT
