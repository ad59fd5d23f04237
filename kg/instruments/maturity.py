"""Digital-government maturity by a scheme's stages and parameters in the graph. Without a sheet: the empty one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kg.analytics import maturity
from kg.analytics.maturity import Key, Parameter, Stage, State
from kg.analytics.reports import Cells, Facts, Report, tab
from kg.analytics.tables import Checked, Line, Table, parse_number
from kg.instruments.reading import read_stages
from kg.query.labels import chain
from kg.store.base import Store

NAME = "maturity"
SCHEME = "gartner-2017-digital-government-maturity"
METHOD = (
    "a parameter is met when it is answered yes (or passed: met once, outdated since), or when its percentage reaches the threshold given",
    "a stage is met when each of its parameters is; reached is the highest stage met whose lower stages are all met; unknown is not no",
    "the sources give no thresholds: they are the user's",
)
_WORDS: dict[str, State] = {"yes": "met", "passed": "met", "no": "not-met", "unknown": "unknown", "": "unknown"}
_COLUMNS = ("stage", "parameter", "requirement", "value", "threshold", "state")


def run(store: Store, table: Table | None = None, *, scheme: str = SCHEME, lang: str = "en") -> Report:
    """Assess a sheet (`stage`, `parameter`, `value`, perhaps `threshold`); a value is yes, no, passed, unknown, or a percentage.

    Raises BadParameter, BadTable.
    """
    stages, sources = read_stages(store, NAME, scheme, chain(lang))
    given, cells = _given(table, stages) if table else ({}, {})
    found = maturity.assess(stages, given)
    rows: list[Cells] = [
        {
            "stage": stage.ordinal, "parameter": parameter.name, "requirement": parameter.requirement,
            "state": given.get((stage.ordinal, parameter.name), "unknown"), **cells.get((stage.ordinal, parameter.name), {}),
        }
        for stage in stages for parameter in stage.parameters
    ]  # fmt: skip
    overview: list[Cells] = [
        {"stage": stage.ordinal, "id": stage.slug, "label": stage.label, "state": found.states[stage.ordinal]} for stage in stages
    ]
    reached = found.reached
    summary: Facts = {
        "reached": _named(reached) if reached else ("unknown" if found.open_end else "none"),
        "at_least": found.open_end, "next": _named(found.next) if found.next else None,
        "missing": _asked(found.missing),
        "unknown": _asked(found.unknown),
    }  # fmt: skip
    notes = []
    if found.highest and (reached is None or found.highest.ordinal > reached.ordinal):
        notes.append(f"stage {found.highest.ordinal} is met, but a lower one is not: stages were skipped, or answers are missing")
    if found.open_end:
        notes.append("what is unknown of the next stage could raise the result: it is a lower bound")
    if table is None:
        notes.append("nothing is answered yet: this is the empty sheet; fill in the column `value` and send it back (format csv)")
    tables = (tab("parameters", _COLUMNS, rows), tab("stages", ("stage", "id", "label", "state"), overview))
    inputs: Facts = {"scheme": f"scheme/{scheme.removeprefix('scheme/')}", "table": table.name if table else None}
    return Report(NAME, METHOD, sources, inputs, summary, tables, tuple(notes))


def _given(table: Table, stages: list[Stage]) -> tuple[dict[Key, State], dict[Key, Cells]]:
    checked = Checked(table, ("stage", "parameter", "value"), ("threshold",))
    names = {str(stage.ordinal): [parameter.name for parameter in stage.parameters] for stage in stages}
    states: dict[Key, State] = {}
    cells: dict[Key, Cells] = {}
    for line in checked:
        stage = checked.choice(line, "stage", list(names))
        parameter = checked.choice(line, "parameter", names[stage]) if stage else None
        state = _state(checked, line)
        if stage is None or parameter is None or state is None:
            continue
        key = (int(stage), parameter)
        if key in states:
            checked.wrong(line, "parameter", f"{parameter} of stage {stage} stands twice; answer it once")
        states[key] = state
        cells[key] = {"value": line.cells["value"] or None, "threshold": line.cells.get("threshold") or None}
    checked.done()
    return states, cells


def _state(checked: Checked, line: Line) -> State | None:
    text = line.cells["value"].lower()
    if text in _WORDS:
        return _WORDS[text]
    value = parse_number(text.removesuffix("%").strip())
    if value is None:
        checked.wrong(
            line, "value", f"{line.cells['value']!r} is no answer", ["yes", "no", "passed", "unknown", "a percentage, with a threshold"]
        )
        return None
    if not 0 <= value <= 100:
        checked.wrong(line, "value", f"{text} is out of range; give a percentage from 0 to 100")
        return None
    threshold = checked.number(line, "threshold", Decimal(0), Decimal(100))
    if threshold is None:
        checked.wrong(line, "threshold", "is missing; a percentage is met or not only against a threshold that you give")
        return None
    return "met" if value >= threshold else "not-met"


def _named(stage: Stage) -> str:
    return f"{stage.ordinal} – {stage.label}"


def _asked(parameters: Sequence[Parameter]) -> tuple[str, ...]:
    return tuple(f"{parameter.name}: {parameter.requirement}" for parameter in parameters)
