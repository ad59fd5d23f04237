"""Identifiers of the Adilet database: found in texts, taken apart, made where they can be, compared with citations.

A letter, two digits of the year of adoption and a number field, eleven characters in all: seven digits, padded, and an
underscore up to 2010 (`U040001471_`), eight digits from 2011 on (`P1700000827`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"(?<![a-z0-9_])([zkupvgshnr])(\d\d)([0-9a-z_]{6,8}_?|[0-9a-z]{8,9})(?![a-z0-9])")
_ADDRESS = re.compile(r"(?:adilet[^\s\"'<>]{0,40}|/docs/|/archive/docs/)$")
_DERIVABLE = frozenset("ZKUP")
_NEW = 2011


@dataclass(frozen=True)
class Identifier:
    """An identifier as the database writes it, with its letter, the year of adoption and the number it stands for."""

    text: str

    @property
    def letter(self) -> str:
        """Return the letter: Z laws, K codes, U decrees, P resolutions, V orders, G unregistered orders, S, H."""
        return self.text[0]

    @property
    def year(self) -> int:
        """Return the year of adoption."""
        short = int(self.text[1:3])
        return (1900 if short > 80 else 2000) + short

    @property
    def number(self) -> str:
        """Return the act's number without padding, for laws, codes, decrees and resolutions; empty for the others."""
        field = self.text[3:].rstrip("S_")
        return field.lstrip("0") if self.letter in _DERIVABLE and field.isdigit() else ""


def find_identifiers(shadow: str) -> list[tuple[int, int, Identifier]]:
    """Return the identifiers in a shadow with their places; outside of an address only those of the exact form count."""
    found = []
    for match in _SHAPE.finditer(shadow):
        letter, year, field = match.groups()
        addressed = bool(_ADDRESS.search(shadow, max(0, match.start() - 60), match.start()))
        text = f"{letter}{year}{field}".upper()
        if fixed := _whole(text, strict=not addressed):
            end = match.end() if len(fixed) >= len(text) else match.start() + len(fixed)
            found.append((match.start(), end, Identifier(fixed)))
    return found


def _whole(text: str, *, strict: bool) -> str | None:
    """Return an identifier in full form (a lost underscore restored), None where it is none."""
    year, field = int(text[1:3]), text[3:]
    old = year > 80 or year < _NEW - 2000
    if not (old or year <= 35):
        return None
    if len(text) == 12 and text.endswith("_"):
        text, field = text[:-1], field[:-1]
    if old and len(text) == 10 and field[-1] != "_":
        text, field = f"{text}_", f"{field}_"
    if len(text) != 11 or not any(char.isdigit() for char in field):
        return None
    if strict and not _plausible(text[0], field, old):
        return None
    return text


def _plausible(letter: str, field: str, old: bool) -> bool:
    """Say whether a bare word is an identifier rather than a part number: padding where the database pads."""
    if letter in _DERIVABLE:
        return bool(
            re.fullmatch(r"\d00\d{4}_|00\d{5}_|0\d{6}S?_?|\d{7}_|0\d{7}" if old else r"0000\d{4}|0000\d{3}S|00000\d{3}", field)
        ) and (field.startswith("0") or old)
    if letter == "V":
        return bool(re.fullmatch(r"0\d{6}_|0\d{7}|000\d{5}|[0-9A-Z]{2}00\d{4}|\d[A-Z]\d{6}", field)) and "0" in field[:3]
    if letter == "S":
        return bool(re.fullmatch(r"0{4,7}\d{1,4}_?|0[0-9_]{7}", field))
    if letter == "H":
        return bool(re.fullmatch(r"[A-Z]{2}\d{6}|0[A-Z0-9]\d{6}", field))
    return letter == "G" and bool(re.fullmatch(r"[A-Z]{1,3}[A-Z0-9]0\d{4,6}|[A-Z0-9]{2,3}00\d{3,4}M?|[A-Z]{2}\d{5}M", field))


def make_identifier(letter: str, number: str, year: int) -> str | None:
    """Return the identifier of a law, code, decree or resolution from its bare canonical number; None where it cannot be derived.

    `PS` is a normative resolution of the Supreme Court.
    """
    court = letter == "PS"
    letter = letter[0]
    if letter not in _DERIVABLE or not year:
        return None
    if not number.isdigit() or len(number) > 5:
        return None
    if court:
        return f"P{year % 100:02d}" + (f"{number:0>7}S" if year >= _NEW - 1 else f"{number:0>6}S_")
    return f"{letter}{year % 100:02d}" + (f"{number:0>8}" if year >= _NEW else f"{number:0>7}_")


def registered_identifier(registration: str, year: int) -> str | None:
    """Return the identifier of an order registered at the Ministry of Justice, from the number of its registration."""
    if not registration.isdigit() or not year:
        return None
    return f"V{year % 100:02d}" + (f"{registration:0>8}" if year >= _NEW else f"{registration:0>7}_")
