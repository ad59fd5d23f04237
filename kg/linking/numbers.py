"""Numbers of acts as citations write them: 827, 1155-1, 418-V, 345/НҚ, ҚР ДСМ-76, 18/145."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kg.linking.patterns import compiled

SIGN = r"(?:за |под |бойынша )?(?:№ ?№?|n[oº°]\.? ?№?|n\.? ?(?=[\dқkд])|nr\.? ?|numbers? (?=\d)|номер\w{0,2} |нөмір\w* |# ?(?=\d))"
"""What stands before a number, as a pattern in plain letters: №, N, No., number …"""

_SESSION = r"(?:[ -]?-[ -]?(?:[ivx]{1,6}|у|vі{1,3})|(?<=\d)[ivx]{1,5})(?![\w])"
_ENDING = r"(?:[-/] ?(?:\d{1,5}|[^\W\d_]{1,4})(?![\w])|(?:нқ|қбпү|дсп)(?!\w)| - \d{1,2}(?= ?(?:от|dated|of|,|\()))"
_HEALTH = r"(?:(?:[қк]р)?[ -]{0,2}дсм|(?:kr)?[ -]{0,2}dsm)[ -]{0,2}"
_BODY = rf"(?P<number>(?:{_HEALTH})?(?:[а-яa-z]{{1,2}}-)?\d{{1,5}}(?!\d)(?:{_SESSION}|{_ENDING}{{1,3}}|[a-zа-я](?!\w))?)"
_AFTER = r"(?P<law> ?-? ?(?:зрк|қрз|крз|zrk)(?!\w))?"
_SIGNED = compiled(rf"{SIGN}\(?{_BODY}{_AFTER}")
_BARE_LAW = compiled(rf"(?P<number>\d{{1,4}}[ -]?-[ -]?[ivx]{{1,6}}(?!\w)){_AFTER}")
_BARE = compiled(rf"(?P<number>\d{{1,4}}(?:-\d)?){_AFTER}(?= ?(?:от|dated|of|from) [\"«]?\d)")
_TRANSLITERATED = {
    **dict(zip("АБВГДЕЗИЙКЛМНОПРСТУФХЦЭЫ", "ABVGDEZIJKLMNOPRSTUFXCEY", strict=True)),
    **dict(zip("ІѴҚҒҢӨҰҮҺӘ", "IVKGNOUUHA", strict=True)),
    "Ж": "ZH",
    "Ч": "CH",
    "Ш": "SH",
    "Ю": "JU",
    "Я": "JA",
    "Ъ": "",
    "Ь": "",
    "Ё": "E",
    "Щ": "SHH",
}
_ROMAN = re.compile(r"-(?:X{0,2}(?:IX|IV|V?I{0,3}))$")
_CYRILLIC_ROMAN = re.compile(r"(?<=\d-)(?=[XVIУ]*У)[XVIУ]+$")
_LAW = re.compile(r"\s*-?\s*(?:ЗРК|ҚРЗ|КРЗ)$")


@dataclass(frozen=True)
class Number:
    """An act's number as printed and in canonical form (`345-NK`); `session`: a Roman number of a convocation stands behind it."""

    printed: str
    canonical: str
    crimean: bool = False

    @property
    def session(self) -> bool:
        """Say whether the number ends in the Roman number of a convocation, as those of laws do."""
        return self.bare != self.canonical

    @property
    def bare(self) -> str:
        """Return the canonical number without the convocation."""
        found = _ROMAN.search(self.canonical)
        return self.canonical[: found.start()] if found and len(found.group()) > 1 else self.canonical


def number_of(printed: str, *, crimean: bool = False) -> Number:
    """Return a number in canonical form: capitals of A to Z and digits, everything else a hyphen."""
    text = _LAW.sub("", unicodedata.normalize("NFKC", printed).upper()).replace("№", "")
    text = _CYRILLIC_ROMAN.sub(lambda found: found.group().replace("У", "V"), text)
    latin = "".join(_TRANSLITERATED.get(char, char) for char in text)
    return Number(printed, re.sub(r"[^A-Z0-9]+", "-", latin).strip("-"), crimean)


def read_number(shadow: str, at: int, *, signed: bool = True) -> tuple[int, int, int, bool] | None:
    """Return start and end of the number at a place, the end of what belongs behind it (ЗРК), and whether it is a Crimean law's.

    With `signed` False also a number without № is read: that of a law (418-V), or one before a date.
    """
    found = _SIGNED.match(shadow, at)
    if not found and not signed:
        found = _BARE_LAW.match(shadow, at) or _BARE.match(shadow, at)
    if not found:
        return None
    law = found.group("law") or ""
    start, end = found.span("number")
    inside = shadow[start:end].endswith(_ZRK)
    crimean = ("-" in law or inside) and not _HAS_SESSION.search(shadow, start, end)
    if inside and not crimean:
        end -= len(_ZRK)
    return start, end, found.end(), crimean


_ZRK = "-зрк".translate(str.maketrans("рк", "pk"))
_HAS_SESSION = re.compile(r"-[ivx]+")
