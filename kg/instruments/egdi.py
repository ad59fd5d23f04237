"""The EGDI over the graph's editions or a table of the user's: ranking, what-if, and the index from raw indicators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from kg.analytics import egdi
from kg.analytics.egdi import Ranking, Scores, Standing, WhatIf
from kg.analytics.numbers import rounded
from kg.analytics.reports import Cells, Facts, Report, Scalar, tab
from kg.analytics.standardising import Raw, Undefined, standardise
from kg.analytics.tables import Checked, Table
from kg.errors import BadParameter, BadTable, TableProblem
from kg.instruments.reading import ACTUAL, Figure, Rule, check_areas, passages_of, read_figures, rule_for
from kg.store.base import Store

NAME, RAW = "egdi", "egdi-indicators"
INDEX, RANK = "egdi-value", "egdi-rank"
SOURCES = ("ziyadin-2019/methodology-2", "ziyadin-2019/methodology-7", "ziyadin-2019/table-2", "ziyadin-2019/results-3")
RAW_SOURCES = tuple(f"ziyadin-2019/methodology-{n}" for n in (7, 9, 10, 11, 12, 13, 14, 15))
_RANKED = (
    "rank: areas with a larger index, plus 1; areas with the same printed index share a rank; the published index counts, the computed "
    "one where none is published"
)


def run(
    store: Store, table: Table | None = None, *, edition: str | None = None, area: str | None = None, changes: Sequence[str] = ()
) -> Report:
    """Rank an edition of the graph (the latest unless given), or a table of component scores (`area`, components, perhaps the index).

    With an area: where it stands, and with changes (`tii-value=+0.1`) where it would. Raises BadParameter, BadTable.
    """
    if changes and not area:
        raise BadParameter(NAME, "set", "says what to change, but not where; give an area too")
    if table is None:
        edition, scores, figures = _from_graph(store, edition)
        rule = rule_for(store, NAME, INDEX, edition)
        if area:
            area = check_areas(store, NAME, [area])[0]
        passages = passages_of(store, [f for f in figures if area in (None, f.area) and f.period == edition])
    else:
        rule, passages = rule_for(store, NAME, INDEX, edition), ()
        scores = _from_table(table, rule)
    ranking = egdi.rank(scores, rule.weights, rule.tolerance)
    inputs: Facts = {
        "edition": edition,
        "area": area,
        "set": tuple(changes),
        "rule": f"rule/{rule.slug}",
        "table": table.name if table else None,
    }
    notes = _notes(ranking, scores, from_graph=table is None)
    if area is None:
        summary: Facts = {**_edition(edition), "ranked": len(ranking.standings), "unranked": len(ranking.unranked)}
        tables = (tab("ranking", _columns(rule), [_cells(one, rule, len(ranking.standings)) for one in ranking.standings]),)
        return Report(NAME, _method(rule), SOURCES, inputs, summary, tables, tuple(notes), passages)
    before = ranking.of(area)
    if before is None:
        raise BadParameter(NAME, "area", _why_unranked(area, edition, ranking, scores))
    told = egdi.what_if(ranking, area, egdi.parse_changes(changes, list(rule.weights)), rule.weights) if changes else None
    ranked = len(ranking.standings)
    rows: list[Cells] = [{"state": "as it is", **_cells(before, rule, ranked)}]
    if told:
        rows.append({"state": "what if", **_cells(told.after, rule, ranked)})
    summary = _summary(edition, before, told, ranked)
    if ranked == 1:
        notes.append(f"{area} alone has an index here, so that there is no rank; import the UN's tables (egovkg import un-egdi)")
    tables = (tab("standing", ("state", *_columns(rule)), rows),)
    return Report(NAME, _method(rule), SOURCES, inputs, summary, tables, tuple(notes), passages)


def run_raw(store: Store, table: Table, *, edition: str | None = None) -> Report:
    """Compute components and the index from raw indicators: a row a value (`area`, `component`, `indicator`, `value`)."""
    rule = rule_for(store, RAW, INDEX, edition)
    checked = Checked(table, ("area", "component", "indicator", "value"))
    values: dict[str, dict[str, dict[str, Decimal]]] = {name: defaultdict(dict) for name in rule.weights}
    for line in checked:
        component = checked.choice(line, "component", list(rule.weights))
        value = checked.number(line, "value")
        area, indicator = line.cells["area"], line.cells["indicator"]
        for column in ("area", "indicator"):
            if not line.cells[column]:
                checked.wrong(line, column, "is empty")
        if component and value is not None and area and indicator:
            if area in values[component][indicator]:
                checked.wrong(line, "value", f"is the second of {area} for {component}/{indicator}; give one")
            values[component][indicator][area] = value
    for component, indicators in values.items():
        if not indicators and table.lines:
            checked.wrong(table.lines[0], "component", f"{component} has no values in the table; every component needs one indicator")
    checked.done()
    raw = Raw(values)
    try:
        found = standardise(raw)
    except Undefined as error:
        raise BadTable([TableProblem(table.name, 0, "value", str(error))]) from None
    ranking = egdi.rank([Scores(area, found.components.get(area, {})) for area in raw.areas], rule.weights, rule.tolerance)
    steps: list[Cells] = [
        {"component": component, "indicator": indicator, "area": area, "value": values[component][indicator][area], "z": rounded(z, 4)}
        for component, indicators in found.z.items()
        for indicator, column in indicators.items()
        for area, z in column.items()
    ]
    notes = [f"{area} has no value of {', '.join(names)}: nothing is estimated" for area, names in found.lacking.items()]
    notes += _notes(ranking, [], from_graph=False)
    method = (
        "Z = (x − μ) ÷ σ over the areas (σ with n in the denominator); composite = mean of the Z of a component's indicators",
        "component = (composite − smallest) ÷ (largest − smallest), 0 to 1: it is relative to the areas of this table",
        *_method(rule),
    )
    tables = (
        tab("ranking", _columns(rule), [_cells(one, rule, len(ranking.standings)) for one in ranking.standings]),
        tab("steps", ("component", "indicator", "area", "value", "z"), steps),
    )
    inputs: Facts = {"edition": edition, "rule": f"rule/{rule.slug}", "table": table.name}
    summary: Facts = {"ranked": len(ranking.standings), "unranked": tuple(sorted(ranking.unranked))}
    return Report(RAW, method, RAW_SOURCES, inputs, summary, tables, tuple(notes))


def _from_graph(store: Store, edition: str | None) -> tuple[str, list[Scores], list[Figure]]:
    published = [figure for figure in read_figures(store, INDEX) if figure.role == ACTUAL and not figure.breakdown]
    editions = sorted({figure.period for figure in published})
    if not editions:
        raise BadParameter(NAME, "edition", "cannot be read: the graph has no figures of the EGDI")
    chosen = edition or editions[-1]
    if chosen not in editions:
        raise BadParameter(NAME, "edition", f"is {chosen!r}; editions here are {', '.join(editions)}", editions)
    components = rule_for(store, NAME, INDEX, chosen).weights
    figures = published + [f for name in components for f in read_figures(store, name) if f.role == ACTUAL and not f.breakdown]
    ranks = {f.area: int(f.value) for f in read_figures(store, RANK) if f.period == chosen and f.role == ACTUAL}
    by_area: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for name in components:
        for figure in (f for f in figures if f.iri.value.split("/observation/")[1].partition("/")[0] == name and f.period == chosen):
            by_area[figure.area][name] = figure.value
    values = {figure.area: figure.value for figure in published if figure.period == chosen}
    areas = sorted(values.keys() | by_area.keys())
    return chosen, [Scores(area, by_area.get(area, {}), values.get(area), ranks.get(area)) for area in areas], figures


def _from_table(table: Table, rule: Rule) -> list[Scores]:
    checked = Checked(table, ("area", *rule.weights), (INDEX,))
    scores, seen = [], set()
    for line in checked:
        area = line.cells["area"]
        if not area:
            checked.wrong(line, "area", "is empty")
        if area in seen:
            checked.wrong(line, "area", f"{area} stands twice; give an area one row")
        seen.add(area)
        values = {name: checked.number(line, name, Decimal(0), Decimal(1)) for name in rule.weights}
        published = checked.number(line, INDEX, Decimal(0), Decimal(1))
        scores.append(Scores(area, {name: value for name, value in values.items() if value is not None}, published))
    checked.done()
    return scores


def _method(rule: Rule) -> tuple[str, ...]:
    total = sum(rule.weights.values())
    terms = " + ".join(f"{weight} × {name}" if weight != 1 else name for name, weight in rule.weights.items())
    return (f"EGDI = ({terms}) ÷ {total}, indices from 0 to 1 (rule/{rule.slug})", _RANKED)


def _columns(rule: Rule) -> tuple[str, ...]:
    return ("area", "rank", "shared", "published_rank", INDEX, "computed", *rule.weights)


def _cells(one: Standing, rule: Rule, ranked: int) -> Cells:
    scores, several = one.scores, ranked > 1  # a rank of one is none
    return {
        "area": scores.area,
        "rank": one.rank if several else None,
        "shared": one.shared if several else None,
        "published_rank": scores.published_rank,
        INDEX: one.value,
        "computed": one.computed,
        **{name: scores.components.get(name) for name in rule.weights},
    }


def _summary(edition: str | None, before: Standing, told: WhatIf | None, ranked: int) -> Facts:
    found: dict[str, Scalar | Sequence[str]] = {
        **_edition(edition),
        "area": before.scores.area,
        "ranked": ranked,
        "index": before.value,
        "rank": before.rank if ranked > 1 else None,
    }
    if before.scores.published_rank is not None:
        found["published_rank"] = before.scores.published_rank
    if told:
        found |= {
            "index_then": told.after.value, "change": told.after.value - before.value, "rank_then": told.after.rank if ranked > 1 else None,
            "shared_then": told.after.shared if ranked > 1 else None, "passed": told.passed, "lost_to": told.lost_to,
        }  # fmt: skip
    return found


def _edition(edition: str | None) -> dict[str, str]:
    return {"edition": edition} if edition else {}


def _notes(ranking: Ranking, scores: Sequence[Scores], *, from_graph: bool) -> list[str]:
    notes = [f"{area} is not ranked: no {', '.join(missing)}" for area, missing in ranking.unranked.items()]
    deviating = [one.scores.area for one in ranking.standings if one.deviates]
    if deviating:
        notes.append(f"the published index of {', '.join(deviating)} is not the weighted mean of its components; the published one counts")
    odd = [one for one in ranking.standings if one.scores.published_rank not in (None, one.rank)]
    if from_graph and len(ranking.standings) > 1 and odd:
        told = ", ".join(f"{one.scores.area} ({one.scores.published_rank}, here {one.rank})" for one in odd)
        notes.append(f"the published rank differs from that by printed index: {told}")
    return notes


def _why_unranked(area: str, edition: str | None, ranking: Ranking, scores: Sequence[Scores]) -> str:
    if area in ranking.unranked:
        return f"is {area}, which has no {', '.join(ranking.unranked[area])} and no index{f' in {edition}' if edition else ''}"
    known = [one.area for one in scores]
    shown = ", ".join(known[:12]) + (f" … ({len(known)} in all)" if len(known) > 12 else "")
    return f"is {area}, which has no index{f' in {edition}' if edition else ' in the table'}; possible: {shown}"
