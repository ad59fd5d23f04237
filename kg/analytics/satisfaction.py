"""A satisfaction survey scored from its respondents: five-point mean and share satisfied, by criterion or item and by group.

bokayev-2021: a five-point scale (methodology-7); the share is that of *complete* satisfaction (its text on Table 2), so that an answer of
5 counts as satisfied and 4 does not, unless told otherwise; Table 1 bears this out: 74.8 % with a mean of 4.73 cannot be
with 4 counted in (with all others at 3 the mean would be 4.50 at most). A total over criteria is the plain mean of their shares: Table 3,
(80.2 + 80.4 + 82.5 + 81.7 + 49.5 + 55.9 + 82.5 + 57.6 + 80.8) ÷ 9 = 72.3. The mean of Table 2 is 74.8, the overall share of Table 1.
Units: share in percent (one decimal), mean in points from 1 to 5 (two decimals).
Share: Wilson's score interval; mean: mean ± t(n − 1) · s ÷ √n. With weights n is Kish's (Σw)² ÷ Σw².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from kg.analytics.intervals import Interval, student_t, wilson

POINTS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Answer:
    """One respondent's answer to one item; None: not answered. The weight is positive."""

    value: int | None
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Item:
    """An item scored. `n` answers, `missing` respondents without; `satisfied` of the n.

    `mean` and its interval None where nobody answered (interval: fewer than two). `share` is of those who answered, or (base `all`) of
    all who were asked. `effective` is the sample size that the intervals use.
    """

    n: int
    missing: int
    satisfied: int
    mean: float | None
    mean_interval: Interval | None
    share: float | None
    share_interval: Interval | None
    effective: float


def score(answers: Sequence[Answer], satisfied: Sequence[int] = (5,), base: str = "answered", confidence: float = 0.95) -> Item:
    """Score one item over respondents. `base` is `answered` or `all`; raises ValueError for another."""
    if base not in ("answered", "all"):
        raise ValueError("the base is `answered` or `all`")
    given = [(answer.value, float(answer.weight)) for answer in answers if answer.value is not None]
    count = sum(value in satisfied for value, _ in given)
    weight = sum(weight for _, weight in given)
    mean = sum(value * w for value, w in given) / weight if given else None
    effective = weight**2 / sum(w * w for _, w in given) if given else 0.0
    mean_interval = None
    if mean is not None and effective > 1:
        spread = sqrt(sum(w * (value - mean) ** 2 for value, w in given) / weight * effective / (effective - 1))
        half = student_t(confidence, effective - 1) * spread / sqrt(effective)
        mean_interval = Interval(max(float(POINTS[0]), mean - half), min(float(POINTS[-1]), mean + half))
    asked = [float(answer.weight) for answer in answers] if base == "all" else [w for _, w in given]
    share, share_interval = None, None
    if asked:
        total = sum(asked)
        share = min(1.0, sum(w for value, w in given if value in satisfied) / total)
        size = total**2 / sum(w * w for w in asked)
        share_interval = wilson(share * size, size, confidence)
    return Item(len(given), len(answers) - len(given), count, mean, mean_interval, share, share_interval, effective)


def mean_bounds(share: float, satisfied: Sequence[int] = (5,)) -> Interval:
    """Return the least and the largest five-point mean that a share satisfied (0 to 1) leaves possible, among the same answers.

    A printed mean outside them was not taken over the same answers as the share: bokayev-2021 has 90.3 % and 4.97 for information.
    """
    others = [point for point in POINTS if point not in satisfied]
    rest = 1 - share
    low = share * min(satisfied) + rest * (min(others) if others else min(satisfied))
    return Interval(low, share * max(satisfied) + rest * (max(others) if others else max(satisfied)))
