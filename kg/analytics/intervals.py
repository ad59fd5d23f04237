"""Intervals and the fitted line: the line from Python's statistics, Student's t from scipy, around them textbook formulas.

docs/decisions/0008G-statistics.md says why.

Units are those of the data. Floats (IEEE 754 double) throughout: what is returned is rounded by the instruments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, sqrt
from statistics import NormalDist, linear_regression


@dataclass(frozen=True)
class Interval:
    """A closed interval."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Line:
    """The least-squares line through points: value = intercept + slope × x.

    `error` is the standard deviation of the residuals with n − 2 degrees of freedom, None for two points.
    `r_squared` is the share of the variance that the line explains, None where the values do not vary.
    """

    slope: float
    intercept: float
    n: int
    mean_x: float
    spread_x: float
    error: float | None
    r_squared: float | None

    def at(self, x: float) -> float:
        """Return the value of the line."""
        return self.intercept + self.slope * x

    def prediction(self, x: float, confidence: float) -> Interval | None:
        """Return the interval for one new value: line ± t(n−2) · s · √(1 + 1/n + (x − x̄)² / Σ(xᵢ − x̄)²). None for two points."""
        if self.error is None:
            return None
        half = student_t(confidence, self.n - 2) * self.error * sqrt(1 + 1 / self.n + (x - self.mean_x) ** 2 / self.spread_x)
        return Interval(self.at(x) - half, self.at(x) + half)


def fit(points: Sequence[tuple[float, float]]) -> Line:
    """Return the least-squares line through two or more points at different x; raises ValueError for fewer."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if len(set(xs)) < 2:
        raise ValueError("a line needs values of at least two different years")
    slope, intercept = linear_regression(xs, ys)
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    residual = sum((y - intercept - slope * x) ** 2 for x, y in points)
    total = sum((y - mean_y) ** 2 for y in ys)
    error = sqrt(residual / (len(points) - 2)) if len(points) > 2 else None
    return Line(slope, intercept, len(points), mean_x, sum((x - mean_x) ** 2 for x in xs), error, 1 - residual / total if total else None)


def wilson(successes: float, n: float, confidence: float) -> Interval:
    """Return Wilson's score interval of a share, 0 to 1; n may be an effective sample size. Raises ValueError for n ≤ 0.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)   Wilson 1927
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError("a share needs 0 ≤ successes ≤ n and n > 0")
    z, p = NormalDist().inv_cdf((1 + confidence) / 2), successes / n
    middle, scale = p + z * z / (2 * n), 1 + z * z / n
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(max(0.0, (middle - half) / scale) if successes else 0.0, min(1.0, (middle + half) / scale) if successes < n else 1.0)


@lru_cache(maxsize=4096)
def student_t(confidence: float, freedom: float) -> float:
    """Return t with P(|T| ≤ t) = confidence for so many degrees of freedom (rounded down, at least 1).

    From scipy, which is loaded when it is first needed: it takes a third of a second. Raises ValueError for a confidence
    that is not between 0 and 1, or too near to 1.
    """
    from scipy.special import stdtrit

    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    found = float(stdtrit(max(1, int(freedom)), (1 + confidence) / 2))
    if not isfinite(found):
        raise ValueError("the confidence is too near to 1")
    return found
