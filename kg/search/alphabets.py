"""The order of names in each language: Kazakh letters in their alphabetical place, numbers by their value."""

from __future__ import annotations

import re
import unicodedata

from kg.store.letters import ALPHABET

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = re.compile(r"\d+")
_FIRST = 0x100
"""Letters of the language's own alphabet come first, as in its dictionaries: after the digits, before the other script's."""


class _Order(dict[int, str]):
    """What each character becomes to be sorted by: a letter its place, a sign a blank; a table for `str.translate`."""

    def __init__(self, letters: str) -> None:
        super().__init__({ord(letter): chr(_FIRST + place) for place, letter in enumerate(letters)})

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        bare = ord(unicodedata.normalize("NFD", letter)[0])
        self[code] = self[bare] if bare != code else letter if letter.isalnum() else " "
        return self[code]


_ORDERS = {
    "en": _Order(_LATIN + ALPHABET),
    "ru": _Order(_RUSSIAN + "".join(letter for letter in ALPHABET if letter not in _RUSSIAN) + _LATIN),
    "kk": _Order(ALPHABET + _LATIN),
}


def sort_key(text: str, language: str) -> tuple[str, str]:
    """Return what to sort a name by in a language (en, ru, kk): letters by its alphabet, numbers by value, then the text as it is."""
    small = _DIGITS.sub(lambda digits: digits[0].zfill(8), text.casefold())
    return " ".join(small.translate(_ORDERS[language]).split()), text
