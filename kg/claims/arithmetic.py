"""Arithmetic that figures must satisfy: rules are data, findings are conflicts between print and computation.

| kind | the result should be |
|---|---|
| weighted-mean | Σ weight · input / Σ weight |
| sum | Σ weight · input |
| ratio | first input / second input (× 100 where the result is a percentage) |
| contribution | what share of the change of the second input is that of the first, in percent, over the result's period |
| between | a mean of the inputs, whatever their weights: not below the smallest nor above the largest; the nearer bound is given |
| peak | the year of the result's period `a/b` in which the input is largest (in several years alike: nothing is computed) |
| growth | the input from the first to the second end of the result's period `a/b`: % change, quotient (unit times) or difference |
| fall | how many times smaller the input is at the second end of the result's period than at the first |

The tolerance follows from the printed digits: half the last digit of the result plus what half the last digit of each
input can do to it. A rule may state a tolerance of its own. Rounding is therefore never a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.claims.acceptance import Fact
from kg.claims.readings import VALUE, VALUE_COMPANIONS, Reading, Span, make_reading
from kg.namespaces import EGOV, ID, entity
from kg.terms import Terms


@dataclass(frozen=True)
class Measure:
    """An indicator in one breakdown, and its weight in a rule."""

    indicator: str
    breakdown: str = ""
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Rule:
    """One arithmetic rule. `periods` limits it to some periods, `except_periods` to all others; empty means no limit.

    With `except_zero`, a result printed as 0 where an input is 0 is no result at all: the source had nothing to compute it from.
    """

    slug: str
    kind: str
    result: Measure
    inputs: tuple[Measure, ...]
    periods: frozenset[str] = frozenset()
    except_periods: frozenset[str] = frozenset()
    tolerance: Decimal | None = None
    except_zero: bool = False

    def applies_to(self, period: str) -> bool:
        """Say whether the rule holds for a period."""
        return (not self.periods or period in self.periods) and period not in self.except_periods


@dataclass(frozen=True)
class Computation:
    """What a rule gives for one observation, beside what is stated there (None: nobody states it)."""

    rule: Rule
    observation: ox.NamedNode
    computed: Decimal
    formula: str
    inputs: tuple[Reading, ...]
    stated: Reading | None
    fails: bool


_OVER_TIME = frozenset({"growth", "fall", "peak", "contribution"})
"""Kinds of rule whose result is about a period `a/b` and whose input lies in the years of it."""
_PERCENT = frozenset({"percent", "percent-change"})

Figures = Mapping[tuple[str, str, str, str], Reading]
"""The accepted figures by indicator, breakdown, area and period."""


def compute(rules: Iterable[Rule], facts: Iterable[Fact], terms: Terms) -> list[Computation]:
    """Apply every rule to every area and period whose inputs are all at hand."""
    figures = figures_of(facts, terms)
    found = [_one(rule, figures, area, period, terms) for rule in rules for area, period in _occasions(rule, figures)]
    return [computation for computation in found if computation]


def figures_of(facts: Iterable[Fact], terms: Terms) -> dict[tuple[str, str, str, str], Reading]:
    """Index the accepted observations by their key, as readings in their base unit."""
    about: dict[ox.NamedNode, dict[ox.NamedNode, ox.NamedNode | ox.Literal]] = defaultdict(dict)
    prefix = f"{ID}observation/"
    for subject, predicate, value in facts:
        if subject.value.startswith(prefix) and (predicate == VALUE or predicate in VALUE_COMPANIONS):
            about[subject][predicate] = value
    figures = {}
    for subject, beside in about.items():
        key = key_of(subject)
        if key and VALUE in beside:
            figures[key] = make_reading((subject, VALUE, beside[VALUE], subject), beside, terms)
    return figures


def key_of(observation: ox.NamedNode) -> tuple[str, str, str, str] | None:
    """Return indicator, breakdown, area and period of an observation's IRI; None for targets and baselines."""
    parts = observation.value.removeprefix(f"{ID}observation/").split("/")
    indicator, area, rest = parts[0], parts[1], parts[2:]
    period = rest.pop(0)
    if rest and rest[0][:4].isdigit():
        period += "/" + rest.pop(0)
    if rest and rest[-1] in ("target", "baseline"):
        return None
    return indicator, "/".join(rest), area, period


def _occasions(rule: Rule, figures: Figures) -> list[tuple[str, str]]:
    wanted = rule.result if rule.kind in _OVER_TIME else rule.inputs[0]
    keys = sorted(key for key in figures if key[:2] == (wanted.indicator, wanted.breakdown))
    return [(area, period) for _, _, area, period in keys if rule.applies_to(period)]


def _one(rule: Rule, figures: Figures, area: str, period: str, terms: Terms) -> Computation | None:
    inputs = _inputs(rule, figures, area, period)
    if inputs is None:
        return None
    result = rule.result
    stated = figures.get((result.indicator, result.breakdown, area, period))
    if stated is None and rule.kind in ("ratio", *_OVER_TIME):
        return None  # nothing says in which unit it would be
    if rule.except_zero and stated and _is_zero(stated) and any(map(_is_zero, inputs)):
        return None
    percent = bool(stated and stated.span and stated.span.unit in _PERCENT)
    times = bool(stated and stated.span and stated.span.unit in ("times", "ratio"))
    outcome = _between(inputs, stated) if rule.kind == "between" else _evaluate(rule, inputs, percent, times)
    if outcome is None:
        return None
    slug = "/".join(part for part in (result.indicator, area, period, result.breakdown) if part)
    observation = stated.subject if stated else entity("observation", slug)
    fails = _fails(stated, outcome.value, outcome.slack, rule.tolerance)
    return Computation(rule, observation, outcome.value, outcome.formula, tuple(inputs), stated, fails)


def _inputs(rule: Rule, figures: Figures, area: str, period: str) -> list[Reading] | None:
    begin, _, end = period.partition("/")
    source = rule.inputs[0]
    found: list[Reading | None]
    if rule.kind == "peak":
        years = (key for key in figures if key[:3] == (source.indicator, source.breakdown, area) and begin <= key[3] <= (end or begin))
        found = [figures[key] for key in sorted(years)]
    elif rule.kind in _OVER_TIME:
        found = [figures.get((each.indicator, each.breakdown, area, year)) for each in rule.inputs for year in (begin, end)]
    else:
        found = [figures.get((source.indicator, source.breakdown, area, period)) for source in rule.inputs]
    readings = [reading for reading in found if reading is not None and reading.span]
    return readings if len(readings) == len(found) else None


def _is_zero(reading: Reading) -> bool:
    return Decimal(reading.value.value) == 0


def _evaluate(rule: Rule, inputs: list[Reading], percent: bool, times: bool) -> Outcome | None:
    numbers = [_Number((r.span.low + r.span.high) / 2, (r.span.high - r.span.low) / 2) for r in inputs if r.span]
    if rule.kind == "peak":
        return _peak(inputs)
    if rule.kind == "contribution":
        return _contribution(numbers)
    if rule.kind in ("weighted-mean", "sum"):
        return _weighted(rule, numbers)
    if rule.kind == "growth" and not percent and not times:
        begin, end = numbers
        return Outcome(end.value - begin.value, begin.half + end.half, f"{_plain(end.value)} − {_plain(begin.value)}")
    above, below = reversed(numbers) if rule.kind == "growth" else numbers
    return _quotient(above, below, percent, less_one=rule.kind == "growth" and percent)


def _between(inputs: list[Reading], stated: Reading | None) -> Outcome | None:
    """Return the bound that the stated value is nearer to, or the value itself where it lies between them."""
    spans = [reading.span for reading in inputs if reading.span]
    if stated is None or stated.span is None:
        return None
    low, high = min(spans, key=lambda span: span.low), max(spans, key=lambda span: span.high)
    middle = (stated.span.low + stated.span.high) / 2
    ends = ((low.low + low.high) / 2, (high.low + high.high) / 2)
    value = min(max(middle, ends[0]), ends[1])
    half = (high.high - high.low) / 2 if value == ends[1] else (low.high - low.low) / 2
    return Outcome(value, half, f"between {_plain(ends[0])} and {_plain(ends[1])}; nearest")


def _contribution(numbers: list[_Number]) -> Outcome | None:
    """Return by how much of the whole's change the part's accounts for; None where the whole may not have changed."""
    part, whole = (_Number(end.value - begin.value, begin.half + end.half) for begin, end in (numbers[:2], numbers[2:]))
    return _quotient(part, whole, percent=True, less_one=False)


def _peak(inputs: list[Reading]) -> Outcome | None:
    """Return the year of the largest input; None where there are fewer than two, or two that may be the largest."""
    ranked = sorted((reading for reading in inputs if reading.span), key=lambda r: r.span.low if r.span else 0, reverse=True)
    if len(ranked) < 2 or not ranked[0].span or not ranked[1].span or ranked[0].span.meets(ranked[1].span):
        return None
    year = (key_of(ranked[0].subject) or ("", "", "", ""))[3]
    largest = ranked[0].companion(EGOV.printed)
    return Outcome(Decimal(year), Decimal(0), f"largest of {len(ranked)} years: {largest} in") if year.isdigit() else None


@dataclass(frozen=True)
class Outcome:
    """A computed value in base units, the slack that the rounding of its inputs allows, and the sum in words."""

    value: Decimal
    slack: Decimal
    formula: str


@dataclass(frozen=True)
class _Number:
    """A printed number in base units and half the worth of its last digit."""

    value: Decimal
    half: Decimal


def _weighted(rule: Rule, numbers: list[_Number]) -> Outcome:
    weighted = [(source.weight, number) for source, number in zip(rule.inputs, numbers, strict=True)]
    total = sum((weight for weight, _ in weighted), Decimal(0)) if rule.kind == "weighted-mean" else Decimal(1)
    formula = " + ".join(f"{weight} × {_plain(number.value)}" for weight, number in weighted)
    return Outcome(
        value=sum((weight * number.value for weight, number in weighted), Decimal(0)) / total,
        slack=sum((abs(weight) * number.half for weight, number in weighted), Decimal(0)) / total,
        formula=formula if total == 1 else f"({formula}) ÷ {total}",
    )


def _quotient(above: _Number, below: _Number, percent: bool, *, less_one: bool) -> Outcome | None:
    """Return above ÷ below, as a percentage or (less one) a percentage of change; None where below may be zero."""
    if abs(below.value) <= below.half:
        return None
    scale = Decimal(100 if percent else 1)
    quotient = above.value / below.value
    extremes = [(above.value + up) / (below.value + down) for up in (-above.half, above.half) for down in (-below.half, below.half)]
    slack = scale * max(abs(extreme - quotient) for extreme in extremes)
    words = f"{_plain(above.value)} ÷ {_plain(below.value)}"
    if less_one:
        return Outcome((quotient - 1) * scale, slack, f"({words} − 1) × 100")
    return Outcome(quotient * scale, slack, f"{words} × 100" if percent else words)


def _fails(stated: Reading | None, computed: Decimal, slack: Decimal, tolerance: Decimal | None) -> bool:
    if stated is None or stated.span is None:
        return False
    span: Span = stated.span
    slack = slack if tolerance is None else tolerance
    return not (span.low - slack <= computed <= span.high + slack)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
