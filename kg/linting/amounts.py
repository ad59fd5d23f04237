"""Figures in running text: places in a ranking, values of an index, percentages; none that is a change, a bound or a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.claims.readings import Span, span_of
from kg.terms import load_terms


@dataclass(frozen=True)
class Amount:
    """A figure with its place. `kind` is the base unit: rank, index or percent."""

    kind: str
    value: Decimal
    resolution: Decimal
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Return the values that the figure stands for as it is printed."""
        return span_of(self.value, self.resolution, "", load_terms().units[self.kind])


_NOT_RANKED = (
    r"(?!\s+(?:century|session|edition|anniversary|congress|meeting|time|year|article|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|of\b))"
)
_RANKS = (
    r"(?<![\d.,])(?P<n>\d{1,3})(?:st|nd|rd|th)(?:[ -](?:place|position|rank|spot)\b|(?=\s+(?:in|on|by|out of|among|globally"
    r"|worldwide|overall)\b))",
    r"\b(?:rank(?:ed|s|ing)?|placed|(?:rose|climbed|moved|fell|dropped|up|down|from|to|stands?|stood|was|is|came)(?: up"
    r"| down)?(?: to| at)?)"
    r"\s+(?:the\s+)?(?P<n>\d{1,3})(?:st|nd|rd|th)\b" + _NOT_RANKED,
    r"\b(?:ranked|ranks|ranking|rank|place|position)(?:\s+(?:as|at|of|was|is|number|no\.?))?\s*[:#]?\s*(?P<n>\d{1,3})"
    r"(?![\d%]|[.,]\d|st\b|nd\b|rd\b|th\b|\s*(?:points?|places?|positions?|countries|percent|per cent|%|times))",
    r"(?<![\d.,])(?P<n>\d{1,3})\s?-?\s?(?:ое|ом|ой|ий|ый|ем|ей|ую|го|му|е|м|й|я|ю)\s+(?:место|месте|места|месту|местом"
    r"|позици[яюией]+|строчк\w+|ранг\w*)",
    r"(?<![\d.,])(?P<n>\d{1,3})\s(?:место|месте|месту|позицию|строчку|строчке)\b",
    r"\bместо\s*[-–—:]\s*(?P<n>\d{1,3})(?![\d.,%])",
    r"(?<![\d.,])(?P<n>\d{1,3})\s?(?:[-–]\s?(?:ші|шы|інші|ыншы|нші|ншы)?\s?|(?:ші|шы)\s)(?:орын\w*|орн\w+|позиция\w*)",
    r"(?<![\d.,])(?P<n>\d{1,3})\s(?:орында|орыннан|орынды)\b",
)
_INDEX = r"(?<![\d.,])(?P<n>0[.,]\d{2,6})(?![\d%]|[.,]\d|\s?(?:%|percent|per cent|процент|пайыз))"
_PERCENT = (
    r"(?<![\d.,–-])(?P<n>\d{1,3}(?:[.,]\d{1,3})?)\s?(?:%|per ?cent\b|процент(?:а|ов|ами|ам)?\b|пайыз(?:ы|ын|ды|ды)?\b)"
    r"(?!\s*(?:-|\s)?(?:points?|п\.?\s?п|пункт|тармақ)|-?\s?[гкқғ][аеәе]\b|(?:дан|ден|тан|тен)\s+(?:астам|артық)|-(?:дан|ден"
    r"|тан|тен)|\s+(?:more|less|higher|lower|increase|growth|больше|меньше|роста?|артық|кем)\b)"
)
_PATTERNS = [
    *((re.compile(pattern, re.IGNORECASE), "rank") for pattern in _RANKS),
    (re.compile(_INDEX), "index"),
    (re.compile(_PERCENT, re.IGNORECASE), "percent"),
]
_LOOSE = re.compile(
    r"(?:\btop|\baverage|\bmean|\bmore than|\bover|\babove|\bbelow|\bless than|\bat least|\bnearly|\balmost|\babout|\baround"
    r"|\bapproximately|\bup to"
    r"|\bby|\bexceed\w*|\bwithin|\bbetween|\bnot|\brather than|\binstead of|[<>~≈±+]"
    r"|топ|средн\w+|\bболее|\bменее|\bсвыше|\bоколо|\bпочти|\bпорядка|\bдо|\bвыше|\bниже|\bпримерно|превы\w+|\bне|вместо"
    r"|орташа|кемінде|артық|астам|жуық|шамамен|дейін|емес)[\s:«\"–—-]*(?:(?:the|of|is|was|a|is at|value|score|балл\w*"
    r"|значени\w+|показател\w+|the value of)\s+){0,3}$",
    re.IGNORECASE,
)
_ON = re.compile(r"\bна\s+$", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s*(?:%|пайыз\w*)?(?:-?\w{2,3})?\s*(?:or more|or higher|and above|и более|и выше|астам|артық|жуық|емес|\+)", re.IGNORECASE
)


def read_amounts(text: str, start: int, end: int) -> Iterator[Amount]:
    """Yield the figures between two places of a text, in order, none overlapping another."""
    found: list[Amount] = []
    for pattern, kind in _PATTERNS:
        for match in pattern.finditer(text, start, end):
            at, behind = match.span("n")
            if not any(amount.start < behind and at < amount.end for amount in found) and not _vague(text, start, at, match.end(), kind):
                found.append(_amount(match.group("n"), kind, at, match.end()))
    yield from sorted(found, key=lambda amount: amount.start)


def _vague(text: str, start: int, at: int, end: int, kind: str) -> bool:
    before = text[max(start, at - 40) : at]
    return bool(_LOOSE.search(before) or (kind != "rank" and _ON.search(before)) or _BEHIND.match(text, end))


def _amount(digits: str, kind: str, start: int, end: int) -> Amount:
    plain = digits.replace(",", ".")
    decimals = len(plain.partition(".")[2])
    return Amount(kind, Decimal(plain), Decimal(1).scaleb(-decimals), start, end)
