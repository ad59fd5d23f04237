"""From raw indicators to component indices: Z-standardisation and min–max, as the EGDI is made.

Formula 2 (ziyadin-2019/methodology-9 to -14): Z = (x − μ) ÷ σ over all areas, μ the mean and σ the standard deviation of the sample, so
that no indicator outweighs the others by its spread. A component's composite is the mean of the Z of its indicators; it is then
brought to 0 to 1 (ziyadin-2019/methodology-15): (composite − smallest) ÷ (largest − smallest). Z has no unit. Nothing missing is estimated.
The paper gives no raw figures; the worked example in docs/instruments.md is our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, pstdev

from kg.analytics.numbers import rounded

DECIMALS = 5
"""Decimals of a computed component, as the UN prints them."""


class Undefined(ValueError):
    """A step that has no result: a value for fewer than two areas, or the same in all."""


@dataclass(frozen=True)
class Raw:
    """Raw values by component, indicator and area, in each indicator's own unit."""

    values: Mapping[str, Mapping[str, Mapping[str, Decimal]]]

    @property
    def areas(self) -> tuple[str, ...]:
        """Return every area that has any value, in alphabetical order."""
        return tuple(sorted({area for one in self.values.values() for column in one.values() for area in column}))


@dataclass(frozen=True)
class Standardised:
    """What the steps gave. `z` and `composites` by component; `lacking`: by area, the component/indicator without a value."""

    z: Mapping[str, Mapping[str, Mapping[str, float]]]
    composites: Mapping[str, Mapping[str, float]]
    components: Mapping[str, Mapping[str, Decimal]]
    lacking: Mapping[str, tuple[str, ...]]


def standardise(raw: Raw) -> Standardised:
    """Return Z, composite and normalised component of every area that has all indicators of the component; raises Undefined."""
    z: dict[str, dict[str, dict[str, float]]] = {}
    composites: dict[str, dict[str, float]] = {}
    components: dict[str, dict[str, Decimal]] = defaultdict(dict)
    lacking: dict[str, list[str]] = defaultdict(list)
    for component, indicators in raw.values.items():
        z[component] = {name: z_scores(column, f"{component}/{name}") for name, column in indicators.items()}
        for area in raw.areas:
            lacking[area] += [f"{component}/{name}" for name, column in indicators.items() if area not in column]
        whole = [area for area in raw.areas if all(area in column for column in indicators.values())]
        composites[component] = {area: fmean(column[area] for column in z[component].values()) for area in whole}
        for area, value in min_max(composites[component], component).items():
            components[area][component] = rounded(value, DECIMALS)
    return Standardised(z, composites, dict(components), {area: tuple(names) for area, names in lacking.items() if names})


def z_scores(values: Mapping[str, Decimal], name: str) -> dict[str, float]:
    """Return (x − μ) ÷ σ by area, σ with n in the denominator (with n − 1, every Z shrinks alike and min–max gives the same)."""
    if len(values) < 2:
        raise Undefined(f"{name} has a value for {len(values)} area; a Z needs at least two")
    if len(set(values.values())) == 1:
        raise Undefined(f"{name} has the same value in every area, so that its Z is 0 ÷ 0; leave it out")
    numbers = {area: float(value) for area, value in values.items()}
    middle, spread = fmean(numbers.values()), pstdev(numbers.values())
    if not spread:
        raise Undefined(f"{name} differs too little between areas to be standardised; leave it out")
    return {area: (value - middle) / spread for area, value in numbers.items()}


def min_max(values: Mapping[str, float], name: str) -> dict[str, float]:
    """Return (x − smallest) ÷ (largest − smallest) by area: 0 for the smallest, 1 for the largest."""
    if len(values) < 2:
        raise Undefined(f"{name} is complete for {len(values)} area; min–max needs at least two")
    low, high = min(values.values()), max(values.values())
    if low == high:
        raise Undefined(f"{name} is the same in every area, so that min–max is 0 ÷ 0")
    return {area: min(1.0, max(0.0, (value - low) / (high - low))) for area, value in values.items()}
