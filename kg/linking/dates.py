"""Dates as citations write them in Russian, Kazakh, English and romanised Russian."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.linking.patterns import compiled, data, either

FIRST, LAST = 1990, 2035
"""The years in which an act of Kazakhstan can have been signed."""

_RU_YEAR = r"(?: ?(?:года|году|годов|год|г\.?(?!\w)|ж\.?(?!\w)|жылғы|жылы|жыл(?!\w)))?"
_EN_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"


@dataclass(frozen=True)
class Day:
    """A date as far as it is given: year, month, day; 0 for what is not said."""

    year: int = 0
    month: int = 0
    day: int = 0

    @property
    def whole(self) -> bool:
        """Say whether year, month and day are all known."""
        return bool(self.year and self.month and self.day)

    def __str__(self) -> str:
        if self.whole:
            return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
        return f"{self.year:04d}" if self.year else ""

    def agrees(self, other: Day) -> bool:
        """Say whether two dates can be one: what both give is the same."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(not a or not b or a == b for a, b in pairs)


def _months(language: str, group: str) -> str:
    names = data("calendar.toml")[language]
    return "(?:" + "|".join(f"(?P<{group}{number}>{name})" for number, name in enumerate(names, 1)) + ")"


def _forms() -> tuple[re.Pattern[str], ...]:
    ru, kk, en, rom = (_months(language, "m") for language in ("ru", "kk", "en", "rom"))
    kk_year = r"(?P<y>\d{4}) ?-?(?:ж\.?|жылғы|жылдың|жылы|жыл)"
    day = r"[\"'«<(_]{0,2} ?(?P<d>\d{1,2}) ?[\"'»>)_]{0,2}"
    return tuple(
        compiled(form)
        for form in (
            rf"{day}(?:-?го)? ?{ru},? ?(?P<y>\d{{4}})(?!\d){_RU_YEAR}",
            rf"{kk_year} ?{day}(?:-?(?:ші|шы))? ?{kk}",
            rf"{kk_year} ?{kk} (?P<d>\d{{1,2}})(?:-\w+)?",
            rf"(?P<d>\d{{1,2}})(?:-?(?:ші|шы))? {kk},? (?P<y>\d{{4}})(?!\d)(?: ?-?(?:ж\.?(?!\w)|жыл\w*))?",
            rf"(?P<y>\d{{4}}) ?[-./] ?(?P<m>\d{{1,2}}) ?[-./] ?(?P<d>\d{{1,2}})(?!\d){_RU_YEAR}(?:\.(?= ?(?:№|n ?\d)))?",
            rf"(?P<d>\d{{1,2}}) ?[-./] ?(?P<m>\d{{1,2}}) ?[-./] ?(?P<y>\d{{4}})(?!\d){_RU_YEAR}",
            rf"(?P<d>\d{{1,2}})[./](?P<m>\d{{1,2}})[./](?P<yy>\d{{2}})(?![\d.]){_RU_YEAR}",
            rf"{en},? {_EN_DAY},?(?: of)? ?(?P<y>\d{{4}})(?!\d)(?: ?г\.)?",
            rf"{_EN_DAY}(?: day)?(?: of)?[ -]{en}[, -] ?(?P<y>\d{{4}})(?!\d)",
            rf"{_EN_DAY} {rom} (?P<y>\d{{4}})(?: goda| g\.)?",
            rf"{ru} (?P<y>\d{{4}})(?!\d){_RU_YEAR}",
            rf"{en} (?P<y>\d{{4}})(?!\d)",
            rf"{en} {_EN_DAY}(?!\d)",
            r"(?P<y>\d{4}) ?-?(?:года|году|год|г\.?(?!\w)|жылғы|жылдың|жылы|ж\.)(?!\w)",
        )
    )


_FORMS = _forms()
_YEAR = re.compile(r"(?P<y>(?:19|20)\d\d)(?![\w]|[-/.]\d)")
_ANY = [name for names in (data("calendar.toml")[language] for language in ("ru", "kk", "en", "rom")) for name in names]
BEGIN = rf"[\"'«<(_]{{0,2}} ?(?:\d{{1,4}}|{either(_ANY)}(?!\w))"
"""How any date begins, as a pattern in plain letters."""


def read_date(shadow: str, at: int) -> tuple[Day, int] | None:
    """Return the date that begins at a place of a shadow, and its end; None where there is none that can be."""
    for form in _FORMS:
        if (found := form.match(shadow, at)) and (day := _day(found)):
            return day, found.end()
    return None


def read_year(shadow: str, at: int) -> tuple[Day, int] | None:
    """Return the bare year that stands at a place, and its end."""
    found = _YEAR.match(shadow, at)
    day = _day(found) if found else None
    return (day, found.end()) if found and day else None


def _day(found: re.Match[str]) -> Day | None:
    groups = {name: value for name, value in found.groupdict().items() if value}
    month = next((int(name[1:]) for name in groups if name[0] == "m" and name != "m"), 0) or int(groups.get("m", 0))
    year = int(groups.get("y", 0))
    if short := groups.get("yy"):
        year = (1900 if int(short) > 80 else 2000) + int(short)
    date = int(groups.get("d", 0))
    if month > 12 >= date and "m" in groups and "y" in groups and found.start("y") < found.start("m"):
        month, date = date, month  # 2012.19.04, as Kazakh databases write it
    day = Day(year, month, date)
    if day.year and not FIRST <= day.year <= LAST:
        return None
    return day if day.month <= 12 and day.day <= 31 and (not day.day or day.month) else None
