"""Russian and Kazakh letters: folded for search, written in Latin, put in the order of the Kazakh alphabet. Pure functions."""

from __future__ import annotations

import re
import unicodedata

_FOLD = {**dict(zip("әғқңөұүһіё", "агкноуухие", strict=True)), "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"}
_MARKS = re.compile(r"[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")
_NUMBER_SIGN = re.compile(r"\b(?:no?|nr|number|номер) (?=\d)")

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""The 42 letters of the Kazakh alphabet in their order, which holds the Russian one; code points would put ә, қ, і after я."""

_RANK = {letter: chr(0xE000 + place) for place, letter in enumerate(ALPHABET)}

_RU = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "ë", "ж": "ž", "з": "z", "и": "i", "й": "j", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "č", "ш": "š", "щ": "ŝ", "ъ": "ʺ", "ы": "y", "ь": "ʹ", "э": "è", "ю": "û", "я": "â",
}  # fmt: skip
"""ISO 9:1995, which is GOST 7.79-2000 system A: a letter for a letter, so that it can be taken back."""

_KK = {
    "а": "a", "ә": "ä", "б": "b", "в": "v", "г": "g", "ғ": "ğ", "д": "d", "е": "e", "ё": "io", "ж": "j", "з": "z", "и": "i",
    "й": "i", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "ñ", "о": "o", "ө": "ö", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ұ": "ū", "ү": "ü", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "ş", "щ": "şş", "ъ": "",
    "ы": "y", "і": "ı", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
"""The Kazakh Latin alphabet in the version of 28 January 2021 (31 letters); letters of loanwords by their sound."""

_KK_CAPITALS = {"и": "İ", "й": "İ", "і": "I"}
_KAZAKH = frozenset("әғқңөұүһі")


class _Plain(dict[int, str]):
    """What becomes of each character in folding, found out when it is first met: a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        bare = unicodedata.normalize("NFD", letter)[0]
        plain = "" if _MARKS.match(letter) else _FOLD.get(letter) or (bare if "a" <= bare <= "z" else letter)
        self[code] = plain if plain.isalnum() or not plain else " "
        return self[code]


_PLAIN = _Plain()


def fold(text: str) -> str:
    """Return the text in small letters, signs as single blanks, without diacritics, Kazakh letters as the Russian ones (ә→а, қ→к).

    "No." and its like before a number go.
    """
    small = text.casefold()
    if not small.isascii():
        small = unicodedata.normalize("NFC", small)
    folded = " ".join(small.translate(_PLAIN).split())
    return _NUMBER_SIGN.sub("", folded) if folded[:1] == "n" or " n" in folded or "ном" in folded else folded


def transliterate(text: str, language: str = "") -> str:
    """Return Cyrillic in Latin letters: `kk` by the Kazakh alphabet of 2021, else by ISO 9:1995.

    Where no language is given, a text with a letter that only Kazakh has is Kazakh. All else stays as it is.
    """
    primary = language.lower().partition("-")[0]
    kazakh = primary == "kk" or (not primary and not _KAZAKH.isdisjoint(text.lower()))
    table = _KK if kazakh else _RU
    composed = unicodedata.normalize("NFC", text)
    return "".join(_letter(letter, table, composed[place + 1 : place + 2]) for place, letter in enumerate(composed))


def _letter(letter: str, table: dict[str, str], following: str) -> str:
    small = letter.lower()
    if small not in table:
        return letter
    latin = table[small]
    if small == letter:
        return latin
    if table is _KK and small in _KK_CAPITALS:
        return _KK_CAPITALS[small]
    return latin.upper() if following.isupper() else latin[:1].upper() + latin[1:]


def sort_key(text: str) -> str:
    """Return a text whose plain order is the dictionary order of the Kazakh (and so the Russian) alphabet, case aside.

    Its letters are of the private use area: to order by, not to show. Signs, digits and Latin letters come before Cyrillic.
    """
    return "".join(_RANK.get(letter, letter) for letter in unicodedata.normalize("NFC", text).casefold())
