"""What a series of figures does from point to point: differences, growth, changes of method, years without a figure.

Nothing is interpolated: a change is between two printed figures, a year without one is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Annotated

from pydantic import Field

from kg.query.telling import Cited, Number, Shape, Thing

_RATIO_FREE = frozenset({"rank", "calendar-year", "percent-change"})
"""Units whose values cannot be divided by one another with any sense."""
_YEAR, _MONTH = re.compile(r"\d{4}"), re.compile(r"\d{4}-\d\d")
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Rival(Shape):
    """What passages say that was not taken as the figure: as printed, in their unit."""

    printed: str
    unit: str | None
    passages: tuple[Cited, ...]


@dataclass(frozen=True)
class Point(Shape):
    """One figure. `value` is in the line's unit; None where sources disagree and nothing decides (`rivals` says what they print)."""

    id: Annotated[str, Field(examples=["observation/egdi-value/KAZ/2010"])]
    period: Annotated[str, Field(description="Year, month or interval", examples=["2010", "2023-04", "2015/2021"])]
    begin: str
    end: str
    value: Number | None
    printed: Annotated[str | None, Field(description="As the source prints it", examples=["0.47430"])] = None
    printed_unit: Annotated[str | None, Field(examples=["million-service"])] = None
    qualifier: Annotated[str | None, Field(description="about, more-than, at-least, almost, up-to")] = None
    status: Annotated[str | None, Field(description="normal, computed, estimated, out-of-range")] = None
    agreement: Annotated[int, Field(description="Documents whose passages give the figure")] = 0
    sources: tuple[Cited, ...] = ()
    rivals: tuple[Rival, ...] = ()
    conflicts: Annotated[tuple[str, ...], Field(description="Conflicts that the figure is part of")] = ()
    methods: Annotated[tuple[Thing, ...], Field(description="Rules by which the figure follows from others in that period")] = ()
    computed_by: Annotated[Thing | None, Field(description="The rule that gave a value which no source states")] = None


@dataclass(frozen=True)
class Change(Shape):
    """From one figure to the next of the same kind of period, in the line's unit; growth in percent, None where it has no sense.

    `cautions` are sentences on what makes the two less comparable.
    """

    start: Annotated[str, Field(examples=["2010"])]
    end: Annotated[str, Field(examples=["2012"])]
    difference: Number
    difference_formula: Annotated[str, Field(examples=["0.68440 − 0.47430"])]
    growth: Number | None
    growth_formula: Annotated[str | None, Field(examples=["(0.68440 ÷ 0.47430 − 1) × 100"])]
    method_changed: bool = False
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap(Shape):
    """Years for which the line has no figure, first and last, and what the graph knows of them."""

    start: str
    end: str
    why: str


def changes(points: Sequence[Point], unit: str) -> list[Change]:
    """Return the change between each two neighbouring figures: years with years, months with months; intervals have none."""
    found = []
    for form in (_YEAR, _MONTH):
        kept = [point for point in points if form.fullmatch(point.period) and point.value is not None]
        found += [_change(one, other, unit) for one, other in pairwise(kept)]
    return found


def gaps(points: Sequence[Point], first: str, last: str, elsewhere: Iterable[str]) -> list[Gap]:
    """Return the years from `first` to `last` (four digits; empty: those of the points) that have no figure, neighbours together.

    `elsewhere` are the years for which other lines of the indicator have figures. A line without yearly figures has no gaps.
    """
    there = {point.period for point in points if _YEAR.fullmatch(point.period) and point.value is not None}
    if not there:
        return []
    others = set(elsewhere)
    years = range(int(first or min(there)), int(last or max(there)) + 1)
    lacking = [year for year in years if f"{year:04}" not in there]
    runs = groupby(enumerate(lacking), key=lambda item: (item[1] - item[0], f"{item[1]:04}" in others))
    found = []
    for (_, known), run in runs:
        numbers = [year for _, year in run]
        why = (
            "no source gives this figure; other lines of the indicator have one"
            if known
            else "no source gives any figure of this indicator"
        )
        found.append(Gap(f"{numbers[0]:04}", f"{numbers[-1]:04}", why))
    return found


def _change(one: Point, other: Point, unit: str) -> Change:
    assert one.value is not None
    assert other.value is not None
    old, new = plain(one.value), plain(other.value)
    ratio = unit not in _RATIO_FREE and one.value > 0
    before, after = {rule.iri for rule in one.methods}, {rule.iri for rule in other.methods}
    return Change(
        start=one.period,
        end=other.period,
        difference=other.value - one.value,
        difference_formula=f"{new} − {old}",
        growth=((other.value / one.value - 1) * 100).quantize(_PLACES) if ratio else None,
        growth_formula=f"({new} ÷ {old} − 1) × 100" if ratio else None,
        method_changed=before != after,
        cautions=tuple(_cautions(one, other, unit)),
    )


def _cautions(one: Point, other: Point, unit: str) -> Iterable[str]:
    if {rule.iri for rule in one.methods} != {rule.iri for rule in other.methods}:
        before, after = (" and ".join(rule.label for rule in point.methods) or "no known rule" for point in (one, other))
        yield f"the method changed between {one.period} and {other.period}: {before}; then {after}"
    if unit in _RATIO_FREE:
        yield f"values in the unit {unit} have no ratio: no growth is given"
    for point in (one, other):
        if point.qualifier:
            yield f"the figure of {point.period} is not exact ({point.qualifier} {point.printed})"
        if point.conflicts:
            yield f"the figure of {point.period} is part of a disagreement: {', '.join(point.conflicts)}"


def plain(value: Decimal) -> str:
    """Return a number without exponent and trailing zeros: 24200000, 0.4743."""
    return f"{value.normalize():f}"
