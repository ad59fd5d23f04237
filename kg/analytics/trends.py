"""Series side by side: values, ranks, differences, distance to the peers, and whether the peers come closer together.

What kuanaliev-2025 asks for (conclusion-5: comparison within Central Asia; conclusion-4: longitudinal analysis).
Units are those of the indicator. Rank: areas with a larger value, plus 1, over every area that has a value in the period.
Convergence (σ): the standard deviation of the peers (n in the denominator) falls; (β): who started lower gained more, i.e. the
least-squares slope of the gain on the first value is negative. Nothing is interpolated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, pstdev

from kg.analytics.intervals import fit
from kg.analytics.numbers import Places

Series = Mapping[str, Mapping[int, Decimal]]
"""Values by area and year."""


@dataclass(frozen=True)
class Point:
    """An area in a year. Changes are against its own previous year with a value (`since`); None where there is none.

    `ranked` areas have a value in the year. `gap` is value − mean of the peers that have a value, itself included.
    """

    area: str
    year: int
    value: Decimal
    rank: int
    shared: int
    ranked: int
    since: int | None
    change: Decimal | None
    rank_change: int | None
    gap: float


@dataclass(frozen=True)
class Trend:
    """An area over the years: first and last value, their difference, and the least-squares slope a year (None for one year)."""

    area: str
    n: int
    first: int
    last: int
    change: Decimal
    slope: float | None
    r_squared: float | None


@dataclass(frozen=True)
class Spread:
    """The peers in a year: how many have a value, who has none, mean, standard deviation, smallest and largest."""

    year: int
    n: int
    missing: tuple[str, ...]
    mean: float
    deviation: float
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Convergence:
    """From the first to the last year in which every peer has a value. `sigma` compares deviations, `beta` is the slope."""

    first: int
    last: int
    n: int
    deviation_first: float
    deviation_last: float
    beta: float | None

    @property
    def sigma(self) -> str:
        """Say whether the peers came closer together."""
        if self.deviation_last == self.deviation_first:
            return "unchanged"
        return "converging" if self.deviation_last < self.deviation_first else "diverging"


def points(series: Series, peers: Sequence[str], years: Sequence[int]) -> list[Point]:
    """Return every peer's point of every year that has one, by area and year; ranks over all areas of the series."""
    found: list[Point] = []
    means = {year: fmean(values) for year in years if (values := [float(series[p][year]) for p in peers if year in series.get(p, {})])}
    columns = {year: Places(values[year] for values in series.values() if year in values) for year in years}
    for area in peers:
        before: tuple[int, Decimal, int] | None = None
        for year in years:
            value = series.get(area, {}).get(year)
            if value is None:
                continue
            place = columns[year].rank(value)
            since, change, moved = (before[0], value - before[1], place - before[2]) if before else (None, None, None)
            ranks = (place, columns[year].shared(value), len(columns[year]))
            found.append(Point(area, year, value, *ranks, since, change, moved, float(value) - means[year]))
            before = (year, value, place)
    return found


def trend(area: str, values: Mapping[int, Decimal]) -> Trend | None:
    """Return an area's trend, None where it has no value."""
    if not values:
        return None
    years = sorted(values)
    line = fit([(year, float(values[year])) for year in years]) if len(years) > 1 else None
    return Trend(
        area, len(years), years[0], years[-1], values[years[-1]] - values[years[0]],
        line.slope if line else None, line.r_squared if line else None,
    )  # fmt: skip


def spreads(series: Series, peers: Sequence[str], years: Sequence[int]) -> list[Spread]:
    """Return the spread of the peers in every year in which two or more of them have a value."""
    found = []
    for year in years:
        values = [series[area][year] for area in peers if year in series.get(area, {})]
        if len(values) > 1:
            numbers = [float(value) for value in values]
            missing = tuple(area for area in peers if year not in series.get(area, {}))
            found.append(Spread(year, len(values), missing, fmean(numbers), pstdev(numbers), min(values), max(values)))
    return found


def converge(series: Series, peers: Sequence[str], years: Sequence[int]) -> Convergence | None:
    """Compare the first with the last year in which every peer has a value; None for fewer than two such years or peers."""
    whole = [one for one in spreads(series, peers, years) if not one.missing]
    if len(whole) < 2:
        return None
    first, last = whole[0], whole[-1]
    starts = [(float(series[area][first.year]), float(series[area][last.year] - series[area][first.year])) for area in peers]
    beta = fit(starts).slope if len({start for start, _ in starts}) > 1 and len(starts) > 2 else None
    return Convergence(first.year, last.year, len(peers), first.deviation, last.deviation, beta)
