"""Series of areas side by side over the graph or a table: values, ranks, changes, distance to the group, convergence, breaks in method."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from kg.analytics import trends
from kg.analytics.numbers import decimals_of, rounded, significant
from kg.analytics.reports import Cells, Facts, Report, Scalar, tab
from kg.analytics.tables import Checked, Table
from kg.errors import BadParameter
from kg.instruments.packaged import breaks, group, groups, rank_indicators
from kg.instruments.reading import (
    ACTUAL,
    Figure,
    check_areas,
    check_indicator,
    passages_of,
    read_figures,
    read_rules,
)
from kg.store.base import Store

NAME = "trend"
SOURCES = ("kuanaliev-2025/abstract-1", "kuanaliev-2025/conclusion-5", "ziyadin-2019/methodology-15")
METHOD = (
    "rank: areas with a larger value in the year, plus 1, over every area that has one (a small value ranks low even where less is better)",
    "change: against the area's own previous year with a value; gap: value − mean of the group's areas that have one",
    "slope: least squares, a year; deviation: standard deviation of the group (n in the denominator)",
    "σ-convergence: the deviation falls between the first and the last year in which the whole group has a value; "
    "β-convergence: the least-squares slope of the gain on the first value is negative",
    "a UN index is relative to the countries of its edition (min–max): compare ranks and distances across editions rather than values",
)
_POINTS = ("area", "year", "value", "change", "since", "rank", "shared", "ranked", "rank_change", "published_rank", "gap", "break")
_YEARS = range(1900, 2101)


def run(
    store: Store | None, table: Table | None = None, *, indicator: str = "epi-value", areas: Sequence[str] = (), group_: str | None = None,
    begin: int | None = None, end: int | None = None,
) -> Report:  # fmt: skip
    """Return the series of areas (or of a group) with ranks and comparison. Raises BadParameter, BadTable."""
    if begin is not None and end is not None and begin > end:
        raise BadParameter(NAME, "from", f"is {begin}, after `to`, {end}; give the earlier year first")
    if table is not None:
        series, figures, flags = _from_table(table), [], {}
        peers = _peers(None, areas, group_) or list(series)
    else:
        assert store is not None
        indicator = check_indicator(store, NAME, indicator)
        figures = [f for f in read_figures(store, indicator) if f.role == ACTUAL and not f.breakdown and f.year]
        series = _series(figures)
        flags = _breaks(store, indicator)
        peers = _peers(store, areas, group_)
        if not peers:
            raise BadParameter(NAME, "area", f"is missing; give areas, or a group ({', '.join(groups())})", list(groups()))
    every = sorted({year for values in series.values() for year in values})
    years = [year for year in every if (begin is None or year >= begin) and (end is None or year <= end)]
    found = trends.points(series, peers, years)
    if not found:
        raise BadParameter(NAME, "area", _nothing(indicator, peers, every, series))
    inputs: Facts = {
        "indicator": None if table else indicator, "areas": tuple(peers), "group": group_, "from": begin, "to": end,
        "table": table.name if table else None,
    }  # fmt: skip
    used = [f for f in figures if f.area in peers and f.year in years]
    ranks = _published_ranks(store, indicator) if store is not None and table is None else {}
    rows = [_point(one, flags, series, ranks) for one in found]
    lines = [one for area in peers if (one := trends.trend(area, {y: series.get(area, {})[y] for y in years if y in series.get(area, {})}))]
    spread = trends.spreads(series, peers, years)
    together = trends.converge(series, peers, years)
    tables = (
        tab("points", _POINTS, rows),
        tab("areas", ("area", "n", "first", "last", "change", "slope", "r_squared"), [_trend(one) for one in lines]),
        tab("group", ("year", "n", "missing", "mean", "deviation", "low", "high", "break"), [_spread(one, flags) for one in spread]),
    )
    notes = _notes(peers, series, years, flags, found)
    passages = passages_of(store, used) if store is not None and used else ()
    return Report(NAME, METHOD, SOURCES, inputs, _summary(peers, years, together, found), tables, tuple(notes), passages)


def _from_table(table: Table) -> dict[str, dict[int, Decimal]]:
    checked = Checked(table, ("area", "period", "value"))
    series: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for line in checked:
        area, period = line.cells["area"], line.cells["period"]
        value = checked.number(line, "value")
        if not area:
            checked.wrong(line, "area", "is empty")
        elif not (period.isdigit() and int(period) in _YEARS):
            checked.wrong(line, "period", f"{period!r} is no year; write one such as 2022")
        elif value is not None:
            if int(period) in series[area]:
                checked.wrong(line, "period", f"{period} of {area} stands twice; give one value")
            series[area][int(period)] = value
    checked.done()
    return dict(series)


def _series(figures: Sequence[Figure]) -> dict[str, dict[int, Decimal]]:
    series: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for figure in figures:
        series[figure.area][int(figure.period)] = figure.value
    return dict(series)


def _peers(store: Store | None, areas: Sequence[str], group_: str | None) -> list[str]:
    given = check_areas(store, NAME, areas) if store is not None else list(areas)
    named = group(group_, NAME) if group_ else []
    if store is not None and group_ not in groups():
        named = check_areas(store, NAME, named, "group")
    return list(dict.fromkeys([*given, *named]))


def _breaks(store: Store, indicator: str) -> dict[int, str]:
    flags = {edition: f"{what} ({source})" for (slug, edition), (what, source) in breaks().items() if slug == indicator}
    rules = read_rules(store, indicator)
    special = sorted({int(period) for rule in rules for period in rule.only if period.isdigit()})
    if special:
        years = sorted({f.year for f in read_figures(store, indicator) if f.year})
        for before, after in pairwise(years):
            old, new = (next((r for r in rules if r.applies(str(year))), None) for year in (before, after))
            if old and new and old.weights != new.weights:
                flags[after] = "; ".join(part for part in (f"weights change (rule/{new.slug})", flags.get(after, "")) if part)
    return flags


def _published_ranks(store: Store, indicator: str) -> dict[tuple[str, int], int]:
    slug = rank_indicators().get(indicator)
    figures = read_figures(store, slug) if slug else []
    return {(f.area, int(f.period)): int(f.value) for f in figures if f.role == ACTUAL and not f.breakdown and f.year}


def _point(one: trends.Point, flags: Mapping[int, str], series: trends.Series, ranks: Mapping[tuple[str, int], int]) -> Cells:
    digits = decimals_of(series[one.area].values())
    several = one.ranked > 1  # a rank of one is none
    return {
        "area": one.area, "year": one.year, "value": one.value, "change": one.change, "since": one.since,
        "rank": one.rank if several else None, "shared": one.shared if several else None, "ranked": one.ranked,
        "rank_change": one.rank_change if several else None,
        "published_rank": ranks.get((one.area, one.year)), "gap": rounded(one.gap, digits),
        "break": flags.get(one.year),
    }  # fmt: skip


def _trend(one: trends.Trend) -> Cells:
    r_squared = None if one.r_squared is None else rounded(one.r_squared, 3)
    return {
        "area": one.area, "n": one.n, "first": one.first, "last": one.last, "change": one.change,
        "slope": None if one.slope is None else significant(one.slope), "r_squared": r_squared,
    }  # fmt: skip


def _spread(one: trends.Spread, flags: Mapping[int, str]) -> Cells:
    digits = decimals_of([one.low, one.high])
    return {
        "year": one.year, "n": one.n, "missing": " ".join(one.missing) or None, "mean": rounded(one.mean, digits),
        "deviation": rounded(one.deviation, digits), "low": one.low, "high": one.high, "break": flags.get(one.year),
    }  # fmt: skip


def _summary(peers: Sequence[str], years: Sequence[int], together: trends.Convergence | None, found: Sequence[trends.Point]) -> Facts:
    summary: dict[str, Scalar | Sequence[str]] = {"areas": tuple(peers), "years": f"{found_years(found)}", "points": len(found)}
    if together:
        summary |= {
            "convergence": together.sigma, "from_year": together.first, "to_year": together.last,
            "deviation_first": significant(together.deviation_first), "deviation_last": significant(together.deviation_last),
            "beta": None if together.beta is None else significant(together.beta),
        }  # fmt: skip
    else:
        summary |= {"convergence": None}
    return summary


def found_years(found: Sequence[trends.Point]) -> str:
    """Return the first and the last year of points, as people write a span."""
    years = sorted({one.year for one in found})
    return f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _notes(
    peers: Sequence[str], series: trends.Series, years: Sequence[int], flags: Mapping[int, str], found: Sequence[trends.Point]
) -> list[str]:
    notes = [f"{area} has no value" for area in peers if not any(year in series.get(area, {}) for year in years)]
    for area in peers:
        gaps = [str(year) for year in years if year not in series.get(area, {})]
        if gaps and len(gaps) < len(years):
            notes.append(f"{area} has no value for {', '.join(gaps)}; nothing is interpolated")
    notes += [f"break in method {year}: {flags[year]}" for year in years if year in flags]
    if max(one.ranked for one in found) < 20:
        notes.append("fewer than 20 areas have a value here, so that ranks are those among them, not the world's (egovkg import un-egdi)")
    if len(peers) < 2:
        notes.append("convergence needs two areas or more")
    return notes


def _nothing(indicator: str, peers: Sequence[str], every: Sequence[int], series: trends.Series) -> str:
    some = ", ".join(sorted(series)[:12])
    span = f"{every[0]} to {every[-1]}" if every else "no year"
    return f"is {', '.join(peers)}: no value of {indicator} in the years asked for; it has values for {some} and {span}"
