"""A goal judged by its yearly values: from the graph's baseline, target and actual figures, or a table of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from kg.analytics import monitoring
from kg.analytics.monitoring import Assessment, Goal
from kg.analytics.numbers import decimals_of, rounded, significant
from kg.analytics.reports import Cells, Facts, Report, tab
from kg.analytics.tables import Checked, Table
from kg.errors import BadParameter
from kg.instruments.reading import ACTUAL, BASELINE, TARGET, Figure, check_areas, check_indicator, passages_of, read_figures
from kg.store.base import Store

NAME = "monitoring"
SOURCES = ("orazgaliyeva-2023/discussion-6", "ziyadin-2019/conclusion-6", "ziyadin-2019/conclusion-3")
METHOD = (
    "progress = (latest − baseline) ÷ (target − baseline), percent; distance = target − latest; pace = (latest − baseline) ÷ years gone; "
    "required pace = (target − latest) ÷ years left; path: a straight line from baseline to target",
    "forecast: least-squares line through the actual values at the target's year, interval line ± t(n − 2) · s · "
    "√(1 + 1/n + (x − x̄)² ÷ Σ(x − x̄)²); it supposes that the years go on as they did",
    "verdicts: reached, missed (the year is over), on-track or off-track (the whole interval), uncertain, moving-away, unknown",
)
_ROLES = (BASELINE, TARGET, ACTUAL)
Values = dict[str, dict[int, Decimal]]


def run(
    store: Store | None, table: Table | None = None, *, indicator: str | None = None, area: str = "KAZ", breakdown: str = "",
    baseline: str | None = None, target: str | None = None, direction: str | None = None, confidence: float = 0.95,
) -> Report:  # fmt: skip
    """Judge a goal. The table has `period`, `value` and `role` (baseline, target, actual); `baseline` and `target` are `YEAR=VALUE`.

    Without a baseline the first actual value is it; of several targets the last year's is judged, each is compared with its year.
    Raises BadParameter, BadTable.
    """
    if not 0.5 <= confidence < 1:
        raise BadParameter(NAME, "confidence", f"is {confidence}; give a number from 0.5 to below 1, such as 0.95")
    used: list[Figure] = []
    if table is not None:
        values = _from_table(table)
    elif indicator:
        assert store is not None
        indicator = check_indicator(store, NAME, indicator)
        area = check_areas(store, NAME, [area])[0]
        values, used = _from_graph(store, indicator, area, breakdown)
    else:
        raise BadParameter(NAME, "indicator", "is missing; give an indicator of the graph, or a table")
    for role, word in ((BASELINE, baseline), (TARGET, target)):
        if word:
            values[role] = _pair(role, word)
    goal, notes = _goal(values, direction)
    found = monitoring.assess(goal, values[ACTUAL], confidence)
    digits = decimals_of([*values[ACTUAL].values(), goal.target])
    rows = _years(values, goal, found, digits)
    inputs: Facts = {
        "indicator": None if table else indicator, "area": None if table else area, "breakdown": breakdown or None,
        "table": table.name if table else None, "baseline": f"{goal.start}={goal.baseline}", "target": f"{goal.year}={goal.target}",
        "direction": "up" if goal.rising else "down", "confidence": Decimal(str(confidence)),
    }  # fmt: skip
    if found.line and found.line.n < 5 and found.interval:
        notes.append(
            f"the forecast rests on {found.line.n} values: its interval is wide, and a straight line can hardly be told from another shape"
        )
    passages = passages_of(store, used) if store is not None and used else ()
    columns = ("year", "actual", "target", "fulfilment", "path", "line")
    return Report(NAME, METHOD, SOURCES, inputs, _summary(goal, found, digits), (tab("years", columns, rows),), tuple(notes), passages)


def _from_table(table: Table) -> Values:
    checked = Checked(table, ("period", "value", "role"))
    values: Values = {role: {} for role in _ROLES}
    for line in checked:
        role = checked.choice(line, "role", _ROLES)
        value = checked.number(line, "value")
        period = line.cells["period"]
        if not (period.isdigit() and len(period) == 4):
            checked.wrong(line, "period", f"{period!r} is no year; write one such as 2021")
        elif role and value is not None:
            if int(period) in values[role]:
                checked.wrong(line, "period", f"{period} has two {role} values; give one")
            values[role][int(period)] = value
    checked.done()
    return values


def _from_graph(store: Store, indicator: str, area: str, breakdown: str) -> tuple[Values, list[Figure]]:
    figures = [figure for figure in read_figures(store, indicator, area) if figure.year]
    known = sorted({figure.breakdown for figure in figures})
    chosen = [figure for figure in figures if figure.breakdown == breakdown]
    if not figures:
        raise BadParameter(NAME, "area", f"is {area}, which has no yearly figures of {indicator}")
    if not chosen:
        offered = [name or "(none: the total)" for name in known]
        raise BadParameter(NAME, "breakdown", f"is {breakdown!r}; {indicator} has {', '.join(offered)}", known)
    values: Values = {role: {int(f.period): f.value for f in chosen if f.role == role} for role in _ROLES}
    return values, chosen


def _goal(values: Values, direction: str | None) -> tuple[Goal, list[str]]:
    actual, targets, baselines = values[ACTUAL], values[TARGET], values[BASELINE]
    notes = []
    if not actual:
        raise BadParameter(NAME, "actual", "values are missing: a goal is judged by at least one")
    if not targets:
        raise BadParameter(NAME, "target", "is missing: nothing says what is to be reached; give it as YEAR=VALUE, such as 2025=80")
    if len(baselines) > 1:
        raise BadParameter(NAME, "baseline", f"has {len(baselines)} values ({', '.join(map(str, sorted(baselines)))}); give one")
    year = max(targets)
    start = min(baselines) if baselines else min(actual)
    baseline = baselines[start] if baselines else actual[start]
    if not baselines:
        notes.append(f"no baseline is given: the first actual value ({start}) stands for it")
    if len(targets) > 1:
        notes.append(f"{len(targets)} years have a target: that of {year} is judged, the others are compared with their years")
    if direction not in (None, "up", "down"):
        raise BadParameter(NAME, "direction", f"is {direction!r}; give up (more is better) or down", ["up", "down"])
    if direction is None and targets[year] == baseline:
        raise BadParameter(
            NAME, "direction", "is missing: the target is the baseline, so say whether more is better (up) or less (down)", ["up", "down"]
        )
    rising = direction == "up" if direction else targets[year] > baseline
    return Goal(targets[year], year, baseline, start, rising), notes


def _pair(role: str, word: str) -> dict[int, Decimal]:
    from kg.analytics.tables import parse_number

    year, equals, text = word.partition("=")
    value = parse_number(text.strip()) if equals else None
    if value is None or not (year.strip().isdigit() and len(year.strip()) == 4):
        raise BadParameter(NAME, role, f"is {word!r}; write YEAR=VALUE, such as 2025=80")
    return {int(year): value}


def _years(values: Values, goal: Goal, found: Assessment, digits: int) -> list[Cells]:
    shares: Mapping[int, Decimal | None] = monitoring.fulfilment(values[TARGET], values[ACTUAL])
    years = sorted({*values[ACTUAL], *values[TARGET], goal.start})
    rows: list[Cells] = []
    for year in years:
        path = goal.path(year)
        line = rounded(found.line.at(year), digits + 1) if found.line else None
        ahead = None if path is None else rounded(path, digits)
        own = {"actual": values[ACTUAL].get(year), "target": values[TARGET].get(year)}
        rows.append({"year": year, **own, "fulfilment": shares.get(year), "path": ahead, "line": line})
    return rows


def _summary(goal: Goal, found: Assessment, digits: int) -> Facts:
    def computed(value: float | None) -> Decimal | None:
        return None if value is None else rounded(value, digits + 1)

    line = found.line
    return {
        "verdict": found.verdict, "reason": found.reason, "latest": found.latest, "latest_year": found.latest_year,
        "progress_percent": found.progress, "distance": found.distance,
        "ahead_of_path": None if found.path is None else rounded(found.latest - found.path, digits + 1),
        "pace": _significant(found.pace), "required_pace": _significant(found.required),
        "slope": _significant(line.slope if line else None),
        "r_squared": None if line is None or line.r_squared is None else rounded(line.r_squared, 3),
        "forecast": computed(found.forecast), "forecast_low": computed(found.interval.low if found.interval else None),
        "forecast_high": computed(found.interval.high if found.interval else None),
    }  # fmt: skip


def _significant(value: float | None) -> Decimal | None:
    return None if value is None else significant(value)
