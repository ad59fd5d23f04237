"""Readiness of organisations over the graph's figures of an area, or a table in the form of the records' observation files."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from kg.analytics import readiness
from kg.analytics.readiness import Counts, Key, named
from kg.analytics.reports import Cells, Facts, Report, tab
from kg.analytics.tables import Checked, Table
from kg.errors import BadParameter, BadTable, TableProblem
from kg.instruments.packaged import readiness_counts, readiness_figures
from kg.instruments.reading import ACTUAL, Figure, check_areas, passages_of, read_figures
from kg.store.base import Store

NAME = "readiness"
SOURCES = (
    "orazgaliyeva-2023/table-8", "orazgaliyeva-2023/results-17", "orazgaliyeva-2023/results-18", "orazgaliyeva-2023/results-19",
    "orazgaliyeva-2023/results-20",
)  # fmt: skip
METHOD = (
    "figure = numerator ÷ denominator × scale, both of one year; the formula of each value stands beside it",
    "growth = (last ÷ first − 1) × 100 in percent, and last ÷ first in times; the units are those of the counts",
    "no index of readiness is made: the paper judges readiness without a formula",
)


def run(store: Store | None, table: Table | None = None, *, area: str | None = None) -> Report:
    """Return shares, figures per organisation and changes. Raises BadParameter, BadTable."""
    wanted = readiness_figures()
    keys = list(readiness_counts())
    passages: tuple[str, ...] = ()
    if table is not None:
        counts, area = _from_table(table, area, keys)
    else:
        assert store is not None
        area = check_areas(store, NAME, [area or "KAZ"])[0]
        counts, used = _from_graph(store, area, keys)
        passages = passages_of(store, used)
        if not counts:
            raise BadParameter(NAME, "area", f"is {area}, of which the graph has none of these counts: {', '.join(map(named, keys))}")
    values = [value for value in readiness.figures(counts, wanted) if value.value is not None or value.lacking]
    known = [value for value in values if value.value is not None]
    rows: list[Cells] = [
        {
            "figure": one.figure.name, "label": one.figure.label, "year": one.year, "value": one.value, "unit": one.figure.unit,
            "formula": one.formula or None,
        }
        for one in known
    ]  # fmt: skip
    changes: list[Cells] = [
        {
            "count": named(one.key), "first": one.first, "last": one.last, "begin": one.begin, "end": one.end,
            "difference": one.end - one.begin, "percent": one.percent, "times": one.times,
        }
        for one in readiness.growth(counts)
    ]  # fmt: skip
    lacking: dict[str, list[str]] = defaultdict(list)
    for value in values:
        if value.value is None:
            lacking[f"{value.figure.name}: no {', '.join(value.lacking)}"].append(str(value.year))
    notes = [f"{what} in {', '.join(years)}" for what, years in lacking.items()]
    years = sorted({one.year for one in known})
    summary: Facts = {"area": area, "years": tuple(map(str, years)), "figures": len(known), "not_computed": len(values) - len(known)}
    tables = (
        tab("figures", ("figure", "label", "year", "value", "unit", "formula"), rows),
        tab("changes", ("count", "first", "last", "begin", "end", "difference", "percent", "times"), changes),
    )
    inputs: Facts = {"area": area, "table": table.name if table else None}
    return Report(NAME, METHOD, SOURCES, inputs, summary, tables, tuple(notes), passages)


def _from_graph(store: Store, area: str, keys: list[Key]) -> tuple[Counts, list[Figure]]:
    counts: dict[Key, dict[int, Decimal]] = {}
    used: list[Figure] = []
    figures = {indicator: read_figures(store, indicator, area) for indicator in dict.fromkeys(key[0] for key in keys)}
    for key in keys:
        found = [f for f in figures[key[0]] if f.breakdown == key[1] and f.role == ACTUAL and f.year]
        if found:
            counts[key] = {int(figure.period): figure.value for figure in found}
            used += found
    return counts, used


def _from_table(table: Table, area: str | None, keys: list[Key]) -> tuple[Counts, str]:
    checked = Checked(table, ("indicator", "period", "value"), ("area", "breakdown", "role"))
    areas = list(dict.fromkeys(line.cells.get("area", "") for line in checked))
    if area is None and len(areas) > 1:
        raise BadParameter(NAME, "area", f"is missing: the table has {', '.join(areas)}; say which", areas)
    if area is not None and area not in areas:
        raise BadParameter(NAME, "area", f"is {area!r}, which the table does not have; possible: {', '.join(areas)}", areas)
    chosen = area if area is not None else areas[0]
    counts: dict[Key, dict[int, Decimal]] = defaultdict(dict)
    known = {key[0] for key in keys}
    for line in checked:
        if line.cells.get("area", "") != chosen or line.cells.get("role", "") not in ("", ACTUAL):
            continue
        key = (line.cells["indicator"], line.cells.get("breakdown", ""))
        value = checked.number(line, "value", Decimal(0))
        period = line.cells["period"]
        if key[0] not in known:
            checked.wrong(line, "indicator", f"{key[0]!r} is none of the table's", sorted(known))
        elif key not in keys:
            checked.wrong(
                line, "breakdown", f"{key[1]!r} is none of {key[0]}", [breakdown or "(empty)" for one, breakdown in keys if one == key[0]]
            )
        elif not (period.isdigit() and len(period) == 4):
            checked.wrong(line, "period", f"{period!r} is no year; write one such as 2021")
        elif value is not None:
            if int(period) in counts[key]:
                checked.wrong(line, "period", f"{named(key)} of {period} stands twice; give one value")
            counts[key][int(period)] = value
    checked.done()
    if not counts:
        raise BadTable([TableProblem(table.name, 0, "value", "holds no value; give at least one count")])
    return {key: counts[key] for key in keys if key in counts}, chosen
