"""Readiness of organisations: shares, figures per organisation, and changes, from a table of counts.

orazgaliyeva-2023, Table 8 (indicators of ICT development of public administration organisations) and its text (results-17 to -21).
Each figure is a quotient of two counts of one year: numerator ÷ denominator × scale, e.g. computers per organisation 2021 =
147,103 ÷ 8,039 = 18.3 (the text: 18); computers with Internet 2019 = 81,831 ÷ 145,529 × 100 = 56.2 %. Changes compare the first with the
last year: ICT costs 2019 to 2021 (45,185.0 ÷ 37,582.8 − 1) × 100 = +20.2 %. The text differs from its own table for 2021 (60.4 % of
computers, 10 % of organisations with cloud services): the table gives 59.7 and 8.8.
No index of readiness is made: the paper judges it "average" without a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.analytics.numbers import percent, rounded

Key = tuple[str, str]
"""Indicator and breakdown (empty: the total)."""
Counts = Mapping[Key, Mapping[int, Decimal]]
"""Counts by key and year, in each indicator's own unit."""


@dataclass(frozen=True)
class Figure:
    """A quotient of two counts. `scale` 100 makes a percentage (or a figure per 100), 1 a figure per unit."""

    name: str
    label: str
    above: Key
    below: Key
    scale: int
    decimals: int
    unit: str


@dataclass(frozen=True)
class Value:
    """A figure of a year. None where a count is missing or the denominator is 0; `lacking` names what is missing."""

    figure: Figure
    year: int
    value: Decimal | None
    formula: str
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Growth:
    """A count from its first to its last year: the difference, and in percent (None from 0)."""

    key: Key
    first: int
    last: int
    begin: Decimal
    end: Decimal
    percent: Decimal | None
    times: Decimal | None


def figures(counts: Counts, wanted: Sequence[Figure]) -> list[Value]:
    """Return every figure of every year of the counts, those that cannot be computed with what they lack."""
    years = sorted({year for column in counts.values() for year in column})
    return [_value(counts, figure, year) for figure in wanted for year in years]


def growth(counts: Counts) -> list[Growth]:
    """Return the change of every count that has two years or more, in the order of the counts."""
    found = []
    for key, column in counts.items():
        first, last = min(column), max(column)
        if first == last:
            continue
        begin, end = column[first], column[last]
        part = percent(end - begin, begin) if begin else None
        found.append(Growth(key, first, last, begin, end, part, rounded(end / begin, 2) if begin else None))
    return found


def _value(counts: Counts, figure: Figure, year: int) -> Value:
    above, below = (counts.get(key, {}).get(year) for key in (figure.above, figure.below))
    lacking = tuple(named(key) for key, count in ((figure.above, above), (figure.below, below)) if count is None)
    if above is None or below is None:
        return Value(figure, year, None, "", lacking)
    formula = f"{above} ÷ {below}" + (f" × {figure.scale}" if figure.scale != 1 else "")
    if not below:
        return Value(figure, year, None, formula, (f"{named(figure.below)} is 0",))
    return Value(figure, year, rounded(figure.scale * above / below, figure.decimals), formula, ())


def named(key: Key) -> str:
    """Return an indicator with its breakdown in one word."""
    return "/".join(part for part in key if part)
