"""The E-Government Development Index: from component scores, ranked, and what a change would do.

Formula 1 (ziyadin-2019/methodology-7): EGDI = 1/3 (OSI + TII + HCI), each component normalised, 0 to 1; by edition the
weights differ (0.34 OSI, 0.33 HCI, 0.33 TII in 2008 and 2010), so that weights are given, not known here:
EGDI = Σ weight × component ÷ Σ weight. All values are indices without unit, from 0 to 1, decimals as printed.
Worked example (ziyadin-2019/table-2, results-3): (0.8681 + 0.5723 + 0.8388) ÷ 3 = 0.7597.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.analytics.numbers import Places, decimals_of, rounded, signed
from kg.analytics.tables import parse_number
from kg.errors import BadParameter

Weights = Mapping[str, Decimal]
"""Weight by component (`osi-value`, `tii-value`, `hci-value`)."""


@dataclass(frozen=True)
class Scores:
    """An area's component scores of one edition; a component that is not known is left out. `published` is the printed index."""

    area: str
    components: Mapping[str, Decimal]
    published: Decimal | None = None
    published_rank: int | None = None


@dataclass(frozen=True)
class Standing:
    """An area in the ranking. `value` is what it is ranked by: the published index, else the computed one.

    `rank` counts those with a larger value, plus 1; `shared` is how many areas have this value (1: no tie). `computed` is None where
    a component is missing; `deviates`: the published index differs from it by more than the rule's tolerance.
    """

    scores: Scores
    value: Decimal
    computed: Decimal | None
    rank: int
    shared: int
    deviates: bool


@dataclass(frozen=True)
class Ranking:
    """Standings, best first (ties by area), and the areas that cannot be ranked with the components that they lack."""

    standings: tuple[Standing, ...]
    unranked: Mapping[str, tuple[str, ...]]
    decimals: int

    def of(self, area: str) -> Standing | None:
        """Return an area's standing, None where it is not ranked."""
        return next((standing for standing in self.standings if standing.scores.area == area), None)


@dataclass(frozen=True)
class Change:
    """A change of a component: to a value, or (`relative`) by one."""

    component: str
    amount: Decimal
    relative: bool


@dataclass(frozen=True)
class WhatIf:
    """An area before and after changes, and the areas that it would overtake or be overtaken by."""

    before: Standing
    after: Standing
    passed: tuple[str, ...]
    lost_to: tuple[str, ...]


def index(components: Mapping[str, Decimal], weights: Weights) -> Decimal | None:
    """Return the weighted mean, unrounded; None where a component is missing."""
    if any(name not in components for name in weights):
        return None
    return sum((weight * components[name] for name, weight in weights.items()), Decimal(0)) / sum(weights.values())


def rank(areas: Sequence[Scores], weights: Weights, tolerance: Decimal = Decimal(0)) -> Ranking:
    """Rank areas by their published index, or by the computed one where none is published. Equal printed values share a rank."""
    decimals = _decimals(areas)
    values: dict[str, tuple[Decimal, Decimal | None]] = {}
    unranked: dict[str, tuple[str, ...]] = {}
    for scores in areas:
        computed = index(scores.components, weights)
        value = scores.published if scores.published is not None else computed
        if value is None:
            unranked[scores.area] = tuple(name for name in weights if name not in scores.components)
        else:
            values[scores.area] = (rounded(value, decimals), None if computed is None else rounded(computed, decimals))
    places = Places(value for value, _ in values.values())
    standings = []
    for scores in (scores for scores in areas if scores.area in values):
        value, computed = values[scores.area]
        deviates = scores.published is not None and computed is not None and abs(scores.published - computed) > tolerance
        standings.append(Standing(scores, value, computed, places.rank(value), places.shared(value), deviates))
    return Ranking(tuple(sorted(standings, key=lambda one: (one.rank, one.scores.area))), unranked, decimals)


def what_if(ranking: Ranking, area: str, changes: Sequence[Change], weights: Weights) -> WhatIf:
    """Change components of one area, all others as they are; raises BadParameter for a component it lacks or a score outside 0 to 1.

    The index moves by Σ weight × change ÷ Σ weight from the published one (from the computed one where they deviate).
    """
    before = ranking.of(area)
    if before is None:
        raise ValueError(f"{area} is not ranked")
    components = dict(before.scores.components)
    missing = [name for name in weights if name not in components]
    if missing:
        raise BadParameter(
            "egdi", "set", f"cannot be used: {area} has no {', '.join(missing)} here, so nothing says what a change would do"
        )
    for change in changes:
        old = components[change.component]
        new = old + change.amount if change.relative else change.amount
        if not 0 <= new <= 1:
            raise BadParameter(
                "egdi", "set", f"would bring {change.component} of {area} from {old} to {new}, but a score lies from 0 to 1: "
                f"change it by {signed(-old)} to {signed(1 - old)}",
            )  # fmt: skip
        components[change.component] = new
    computed, was = index(components, weights), index(before.scores.components, weights)
    assert computed is not None
    assert was is not None
    base = before.scores.published if before.scores.published is not None and not before.deviates else was
    value = rounded(min(Decimal(1), max(Decimal(0), base + computed - was)), ranking.decimals)
    others = [one for one in ranking.standings if one.scores.area != area]
    after = Standing(
        replace(before.scores, components=components, published=None, published_rank=None),
        value,
        rounded(computed, ranking.decimals),
        1 + sum(one.value > value for one in others),
        1 + sum(one.value == value for one in others),
        deviates=False,
    )
    passed = tuple(one.scores.area for one in others if before.value <= one.value < value)
    lost = tuple(one.scores.area for one in others if value < one.value <= before.value)
    return WhatIf(before, after, passed, lost)


def parse_changes(words: Sequence[str], components: Sequence[str]) -> list[Change]:
    """Read changes: `tii-value=+0.1` and `tii-value=-0.1` by, `tii-value=0.85` to. Raises BadParameter."""
    found: list[Change] = []
    for word in words:
        name, equals, text = word.partition("=")
        amount = parse_number(text.strip()) if equals else None
        if name not in components:
            raise BadParameter("egdi", "set", f"is {word!r}: there is no component {name!r}; give {', '.join(components)}", components)
        if amount is None:
            raise BadParameter("egdi", "set", f"is {word!r}; write {name}=+0.1 to change by, or {name}=0.85 to change to")
        if any(change.component == name for change in found):
            raise BadParameter("egdi", "set", f"changes {name} twice; give it once")
        found.append(Change(name, amount, text.strip()[0] in "+-\N{MINUS SIGN}"))
    return found


def _decimals(areas: Sequence[Scores]) -> int:
    published = [scores.published for scores in areas if scores.published is not None]
    return decimals_of(published or [value for scores in areas for value in scores.components.values()])
