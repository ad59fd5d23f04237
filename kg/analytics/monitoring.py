"""A goal judged beyond done / not done: trend, distance, pace, forecast with an interval, a verdict and its reason.

orazgaliyeva-2023 (conclusion) and ziyadin-2019 (conclusion) ask for this in place of the binary assessment.
Units are those of the indicator; years are whole. The formulas:
progress = (latest − baseline) ÷ (target − baseline) × 100; distance = target − latest;
pace = (latest − baseline) ÷ years gone; required pace = (target − latest) ÷ years left;
path = baseline + (target − baseline) × years gone ÷ all years (a straight line);
forecast = the least-squares line through the actual values, at the target's year, with its prediction interval
line ± t(n − 2) · s · √(1 + 1/n + (x − x̄)² ÷ Σ(xᵢ − x̄)²), from three values on. It supposes that the years go on as they did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kg.analytics.intervals import Interval, Line, fit
from kg.analytics.numbers import percent

VERDICTS = ("reached", "missed", "on-track", "off-track", "uncertain", "moving-away", "unknown")
"""What can be said of a goal."""


@dataclass(frozen=True)
class Goal:
    """A goal: what it starts from, what is to be reached by which year, and whether more is better."""

    target: Decimal
    year: int
    baseline: Decimal
    start: int
    rising: bool

    def reached_by(self, value: Decimal | float) -> bool:
        """Say whether a value reaches the target."""
        return value >= self.target if self.rising else value <= self.target

    def path(self, year: int) -> Decimal | None:
        """Return where a straight line from baseline to target would be in a year within them; None outside or for no time at all."""
        if self.year <= self.start or not self.start <= year <= self.year:
            return None
        return self.baseline + (self.target - self.baseline) * (year - self.start) / (self.year - self.start)


@dataclass(frozen=True)
class Assessment:
    """Where a goal stands. `progress` in percent of the way (None for a goal that is its baseline); paces a year.

    `required` None when no year is left or the target is reached; `forecast` None for fewer than two years,
    its interval for fewer than three.
    """

    latest: Decimal
    latest_year: int
    progress: Decimal | None
    distance: Decimal
    path: Decimal | None
    pace: float | None
    required: float | None
    line: Line | None
    forecast: float | None
    interval: Interval | None
    verdict: str
    reason: str


def assess(goal: Goal, actual: Mapping[int, Decimal], confidence: float = 0.95) -> Assessment:
    """Judge a goal by its actual values, the target year's own where there is one, else the latest; raises ValueError for none."""
    if not actual:
        raise ValueError("a goal is judged by at least one actual value")
    last = goal.year if goal.year in actual else max(actual)
    latest = actual[last]
    whole = goal.target - goal.baseline
    progress = percent(latest - goal.baseline, whole) if whole else None
    pace = float(latest - goal.baseline) / (last - goal.start) if last > goal.start else None
    left = goal.year - last
    reached = goal.reached_by(latest)
    required = float(goal.target - latest) / left if left > 0 and not reached else None
    line = fit([(year, float(value)) for year, value in actual.items()]) if len(actual) > 1 else None
    forecast = line.at(goal.year) if line and left > 0 else None
    interval = line.prediction(goal.year, confidence) if line and left > 0 else None
    verdict, reason = _verdict(goal, last, reached, line, forecast, interval, confidence)
    return Assessment(
        latest, last, progress, goal.target - latest, goal.path(last), pace, required, line, forecast, interval, verdict, reason
    )


def fulfilment(targets: Mapping[int, Decimal], actual: Mapping[int, Decimal]) -> dict[int, Decimal | None]:
    """Return actual ÷ target × 100 of every year with a target; None without an actual value or with a target of 0."""
    return {year: percent(actual[year], target) if target and year in actual else None for year, target in sorted(targets.items())}


def _verdict(
    goal: Goal, last: int, reached: bool, line: Line | None, forecast: float | None, interval: Interval | None, confidence: float
) -> tuple[str, str]:
    if reached and last >= goal.year:
        late = "" if last == goal.year else f"; of {goal.year} itself there is none"
        return "reached", f"the value of {last} reaches the target{late}"
    if reached:
        return "reached", f"the value of {last} reaches the target {goal.year - last} year(s) early; that it stays so is not known"
    if last >= goal.year:
        return "missed", f"the value of {last} does not reach the target of {goal.year}"
    if line is None or forecast is None:
        return "unknown", "there is one actual value only: no trend can be drawn"
    if line.slope == 0 or (line.slope > 0) != goal.rising:
        way = "falls" if line.slope < 0 else "rises" if line.slope else "is level"
        return "moving-away", f"the trend of the values {way}, which does not lead to the target"
    if interval is None:
        return "unknown", "two actual values give a line without a measure of its error; a third year is needed"
    share = f"{100 * confidence:g} %"
    if goal.reached_by(interval.low) and goal.reached_by(interval.high):
        return "on-track", f"the whole {share} interval of the forecast reaches the target"
    if not goal.reached_by(interval.low) and not goal.reached_by(interval.high):
        return "off-track", f"the whole {share} interval of the forecast falls short of the target"
    side = "reaches" if goal.reached_by(forecast) else "falls short of"
    return "uncertain", f"the forecast {side} the target, but the target lies within its {share} interval"
