"""The order of names in each language: Kazakh letters in their alphabetical place, numbers by their value."""

from __future__ import annotations

import re
import unicodedata

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = re.compile(r"\d+")
_FIRST = 0x100
"""Letters of the language's own alphabet come first, as in its dictionaries: then the other script's, after the digits."""


def _table(first: str, second: str) -> dict[int, str]:
    return {ord(letter): chr(_FIRST + place) for place, letter in enumerate(first + second)}


_TABLES = {"en": _table(_LATIN, _KAZAKH), "ru": _table(_KAZAKH, _LATIN), "kk": _table(_KAZAKH, _LATIN)}
_TABLES["ru"] |= _table(_RUSSIAN + "әғқңөұүһі", _LATIN)


def sort_key(text: str, language: str) -> tuple[str, str]:
    """Return what to sort a name by in a language: letters by its alphabet, then the text as it is."""
    small = _DIGITS.sub(lambda digits: digits[0].zfill(8), text.casefold())
    if language == "en" and not small.isascii():
        small = "".join(unicodedata.normalize("NFD", letter)[0] if letter.translate(_TABLES["en"]) == letter else letter for letter in small)
    letters = "".join(letter if letter.isalnum() else " " for letter in small)
    return " ".join(letters.split()).translate(_TABLES[language]), text
