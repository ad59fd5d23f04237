"""The numbers of a text: every digit belongs to exactly one, each with its place, its kind and how it may be read.

A number is what one would read aloud as one: `14, 219`, `4 900` and `37,582.8` are one number each, a range is two.
Where a comma can be a decimal or a thousands mark, both readings stand: a claim decides which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

BLANK = "[ \u00a0\u2007\u2009\u202f]"
"""A blank that may stand within a number."""

MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?"
    r"|сентябр[ья]|октябр[ья]|ноябр[ья]|декабр[ья]|қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан)"
)
_DATE = r"[0-9]{1,2}\.[0-9]{1,2}\.(?:19|20)[0-9]{2}(?![0-9])|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])"
_CODE = r"[0-9]+(?:\.[0-9]+){2,}"
_DECIMALS = r"(?:[.,][0-9]+)?(?![0-9])"
_GROUPS = "|".join(rf"(?:{mark}[0-9]{{3}}(?![0-9]))+" for mark in (",", rf",{BLANK}", BLANK, "['’]"))
_GROUPED = rf"(?<![0-9])[1-9][0-9]{{0,2}}(?:{_GROUPS}){_DECIMALS}"
_PLAIN = r"[0-9]+(?:[.,][0-9]+)?"
_BARE = r"(?<![\w.)\]])\.[0-9]+"
_SIGN = r"(?:(?<![^\s(\[|])[-−–])?"
_NUMBER = re.compile(rf"(?:{_DATE}|{_CODE}|{_SIGN}(?:{_GROUPED}|{_PLAIN}|{_BARE}))")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_ORDINAL = r"(?:st|nd|rd|th|-?(?:й|я|е|го|ой|ая|ое|ом|ші|шы|інші|ыншы))?"
_BEFORE_MONTH = re.compile(rf"{_ORDINAL}\s+(?:of\s+)?{MONTHS}\b", re.I)
_AFTER_MONTH = re.compile(rf"\b{MONTHS}\.?\s+$", re.I)
_LONGEST_MONTH = 14
_UNITS = re.compile(r"(?:GB|MB|TB|Gb|Mb|USD|KZT|EUR|RUB|K|M|B|S|ST|ND|RD|TH)\b")


@dataclass(frozen=True, order=True)
class Number:
    """One number of a text: `start` and `end` in code points, `printed` as it stands, its sign included.

    `values` are the readings, without sign; `parts` the numbers that it may be instead (`12, 345` may be two).
    `dated` says that it is a year, a day or a whole date, `in_name` that letters cling to it (G2C, COVID-19).
    """

    start: int
    end: int
    printed: str
    dated: bool
    values: frozenset[Decimal]
    parts: tuple[Decimal, ...] = ()
    in_name: bool = False

    def among(self, carried: Iterable[Decimal]) -> bool:
        """Say whether one of the readings, or every part, is among the given values."""
        known = carried if isinstance(carried, set | frozenset | dict) else set(carried)
        return any(value in known for value in self.values) or (bool(self.parts) and all(part in known for part in self.parts))


def numbers_in(text: str) -> list[Number]:
    """Return every number of a text in its order; each ASCII digit lies in exactly one of them."""
    found = (_number(text, match.start(), match.end()) for match in _NUMBER.finditer(text))
    return [replace(number, in_name=_clings(text, number)) for number in found]


def values_in(text: str) -> set[Decimal]:
    """Return every reading of every number of a text that is no part of a name."""
    return {value for number in numbers_in(text) if not number.in_name for value in number.values or number.parts}


def _number(text: str, start: int, end: int) -> Number:
    printed = text[start:end]
    if printed[0] in "-−–" and text[:start].rstrip()[-1:].isdigit():
        start, printed = start + 1, printed[1:]  # `2015 –2021` is a range
    bare = printed.lstrip("-−–")
    if re.fullmatch(_DATE, bare) or re.fullmatch(_CODE, bare):
        parts = tuple(Decimal(part) for part in re.split("[.-]", bare))
        return Number(start, end, printed, bool(re.fullmatch(_DATE, bare)), frozenset(), parts)
    dated = bool(_YEAR.fullmatch(bare)) or (len(bare) <= 2 and bare.isdigit() and _is_day(text, start, end))
    return Number(start, end, printed, dated, _readings(bare), _parts(bare))


def _is_day(text: str, start: int, end: int) -> bool:
    return bool(_BEFORE_MONTH.match(text, end) or _AFTER_MONTH.search(text[max(0, start - _LONGEST_MONTH) : start]))


def _readings(bare: str) -> frozenset[Decimal]:
    grouped = re.fullmatch(rf"([1-9][0-9]{{0,2}}(?:(?:,{BLANK}?|{BLANK}|['’.])[0-9]{{3}})+)(?:([.,])([0-9]+))?", bare)
    found = set()
    if grouped:
        found.add(Decimal("".join(re.findall("[0-9]", grouped[1])) + (f".{grouped[3]}" if grouped[3] else "")))
    if re.fullmatch(r"[0-9]*[.,]?[0-9]+", bare):
        found.add(Decimal(bare.replace(",", ".")))
    return frozenset(found)


def _parts(bare: str) -> tuple[Decimal, ...]:
    """Return what a number is made of where a blank or a comma in it may part two numbers."""
    parts = re.split(rf",{BLANK}?|{BLANK}", bare)
    return tuple(Decimal(part) for part in parts) if len(parts) > 1 and parts[0] != "0" and "'" not in bare and "’" not in bare else ()


def _clings(text: str, number: Number) -> bool:
    """Say whether digits are part of a name: G2C, COVID-19, 33A; not 15th, 5km, 2022a, 1990s, mid-1990s or Vision-2050."""
    before, after = text[: number.start][-2:], text[number.end : number.end + 12]
    if before[-1:].isalpha():
        return True
    if after[:1].isupper():
        return not _UNITS.match(after)
    clings = len(before) == 2 and before[0].isalpha() and before[1] in "-‑"
    return clings and not (number.dated and len(number.printed) == 4)
