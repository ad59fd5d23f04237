"""Public value by its dimensions: scores by criterion, brought to 0 to 1, averaged up the tree; what is not scored is named.

abil-2023 (methodology-1, -4 to -6; after Karunasena, Kelly, Kearns): service delivery, desired outcomes, trust, effectiveness, each with
criteria. The paper gives no formula; ours is the plainest: (score − least) ÷ (most − least), the mean of several raters, the
weighted mean of the criteria scored (weight 1 unless given) for a dimension, the plain mean of dimensions for the whole, only where every
dimension has a score. Completeness is criteria scored ÷ criteria. A criterion with parts takes the mean of its parts, or a
score of its own, not both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Criterion:
    """A criterion by its slug within the framework (`trust/security`) and the slug of what it is right below."""

    slug: str
    parent: str


@dataclass(frozen=True)
class Score:
    """A score in the scale's unit, by one rater."""

    criterion: str
    value: Decimal
    weight: Decimal = Decimal(1)
    rater: str = ""


@dataclass(frozen=True)
class Assessed:
    """A criterion or dimension. `value` 0 to 1, None where nothing below it is scored; `scored` of `criteria` leaves have a score."""

    slug: str
    parent: str
    value: Decimal | None
    raters: int
    scored: int
    criteria: int
    missing: tuple[str, ...]
    weight: Decimal


def assess(
    criteria: Sequence[Criterion], dimensions: Sequence[str], scores: Sequence[Score], low: Decimal, high: Decimal
) -> list[Assessed]:
    """Return dimensions and criteria, parents first, in the framework's order. Raises ValueError where a parent and its part are scored."""
    below: dict[str, list[str]] = {}
    parents = {criterion.slug: criterion.parent for criterion in criteria}
    for criterion in criteria:
        below.setdefault(criterion.parent, []).append(criterion.slug)
    given: dict[str, list[Score]] = {}
    for score in scores:
        given.setdefault(score.criterion, []).append(score)
    found: dict[str, Assessed] = {}

    def walk(slug: str) -> Assessed:
        own = given.get(slug, [])
        found[slug] = Assessed(slug, parents.get(slug, ""), None, 0, 0, 0, (), Decimal(1))
        parts = [walk(child) for child in below.get(slug, [])]
        if own:
            if any(part.scored for part in parts):
                raise ValueError(
                    f"{slug} is scored and so are parts of it ({', '.join(p.slug for p in parts if p.scored)}); score one or the other"
                )
            value = sum((one.value for one in own), Decimal(0)) / len(own)
            normalised = (value - low) / (high - low)
            leaves = sum(part.criteria for part in parts) or 1
            weight = sum((one.weight for one in own), Decimal(0)) / len(own)
            found[slug] = Assessed(slug, parents.get(slug, ""), normalised, len(own), leaves, leaves, (), weight)
        elif parts:
            found[slug] = _combined(slug, parents.get(slug, ""), parts)
        else:
            found[slug] = Assessed(slug, parents.get(slug, ""), None, 0, 0, 1, (slug,), Decimal(1))
        return found[slug]

    for dimension in dimensions:
        walk(dimension)
    return list(found.values())


def overall(assessed: Mapping[str, Assessed], dimensions: Sequence[str]) -> Decimal | None:
    """Return the mean of the dimensions, None unless each has a score."""
    values = [value for dimension in dimensions if (value := assessed[dimension].value) is not None]
    return sum(values, Decimal(0)) / len(values) if values and len(values) == len(dimensions) else None


def _combined(slug: str, parent: str, parts: Sequence[Assessed]) -> Assessed:
    weighted = [(part.weight, part.value) for part in parts if part.value is not None]
    total = sum((weight for weight, _ in weighted), Decimal(0))
    value = sum((weight * value for weight, value in weighted), Decimal(0)) / total if total else None
    missing = tuple(name for part in parts for name in part.missing)
    return Assessed(
        slug, parent, value, max((part.raters for part in parts), default=0), sum(part.scored for part in parts),
        sum(part.criteria for part in parts), missing, Decimal(1),
    )  # fmt: skip
