"""Baseline, target, actual and gap of an indicator: figures of one area, breakdown and unit set beside each other by period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from kg.query.growth import Point, plain
from kg.query.series import Line
from kg.query.telling import Number, Shape, Thing


@dataclass(frozen=True)
class Figure(Shape):
    """A figure in the unit of its comparison, with the observation that it is."""

    id: str
    period: str
    value: Number
    printed: str | None
    passages: Annotated[tuple[str, ...], Field(description="Passages that print it")]


@dataclass(frozen=True)
class Assessment(Shape):
    """A target beside baseline and actual of the same area, breakdown and unit.

    `gap` is actual less target, both of one period (for periods that differ there is none); `lacking` names in words what
    no source gives. Without a target, `actual` is the last figure.
    """

    area: Thing
    breakdown: str
    unit: str
    baseline: Figure | None
    target: Figure | None
    actual: Figure | None
    gap: Number | None
    gap_formula: str | None
    lacking: tuple[str, ...]


def assess(lines: Iterable[Line]) -> list[Assessment]:
    """Return an assessment for each target, or where there is none, one for each area, breakdown and unit."""
    groups: dict[tuple[str, str, str], dict[str, Line]] = defaultdict(dict)
    for line in lines:
        groups[line.area.id, line.breakdown, line.unit][line.role] = line
    return [assessment for roles in groups.values() for assessment in _assess(roles)]


def _assess(roles: dict[str, Line]) -> Iterable[Assessment]:
    some = next(iter(roles.values()))
    known = {role: [point for point in line.points if point.value is not None] for role, line in roles.items()}
    actuals, targets = known.get("actual", []), known.get("target", [])
    baseline = _figure(known["baseline"][0]) if known.get("baseline") else None
    wanted: list[Point | None] = [*targets] or [None]
    for target in wanted:
        actual = _actual(actuals, target)
        lacking = [] if target else ["no source states a target"]
        if baseline is None:
            lacking.append("no source states a baseline")
        gap, formula = None, None
        if target and actual is None:
            others = ", ".join(point.period for point in actuals)
            lacking.append(f"no source gives the actual value of {target.period}" + (f"; there are those of {others}" if others else ""))
        if target and actual and target.value is not None and actual.value is not None:
            gap, formula = actual.value - target.value, f"{plain(actual.value)} − {plain(target.value)}"
        yield Assessment(
            some.area, some.breakdown, some.unit, baseline, _figure(target), _figure(actual), gap, formula, tuple(lacking)
        )  # fmt: skip


def _actual(actuals: list[Point], target: Point | None) -> Point | None:
    if target is None:
        return actuals[-1] if actuals else None
    return next((point for point in actuals if point.period == target.period), None)


def _figure(point: Point | None) -> Figure | None:
    if point is None or point.value is None:
        return None
    return Figure(point.id, point.period, point.value, point.printed, tuple(item.id for item in point.sources))
