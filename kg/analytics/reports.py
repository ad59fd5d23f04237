"""What an instrument answers: method and sources beside the result, as JSON, CSV or text. One form for all instruments."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Scalar = str | int | bool | Decimal | None
"""A cell; None is "not known", never zero."""
Cells = Mapping[str, Scalar]
Facts = Mapping[str, Scalar | Sequence[str]]


@dataclass(frozen=True)
class Tab:
    """A table of a result; always whole."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Report:
    """The answer of an instrument.

    `method` are its formulas in words, with units; `sources` the passages that state them (`document/passage`), `data` those that
    state the figures it was given by the graph. `summary` is the result in short, `tables` all of it, `notes` what to know before using it.
    """

    instrument: str
    method: tuple[str, ...]
    sources: tuple[str, ...]
    inputs: Facts
    summary: Facts
    tables: tuple[Tab, ...]
    notes: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

    def table(self, name: str | None = None) -> Tab | None:
        """Return the table of a name, the first where none is given; None for an unknown name."""
        return next((tab for tab in self.tables if name in (None, tab.name)), None)


def tab(name: str, columns: Sequence[str], rows: Sequence[Cells]) -> Tab:
    """Return a table whose rows have every column, in order."""
    return Tab(name, tuple(columns), tuple({column: row.get(column) for column in columns} for row in rows))


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as plain JSON values: decimals as numbers, unknown as null."""
    return {
        "instrument": report.instrument,
        "method": list(report.method),
        "sources": list(report.sources),
        "data": list(report.data),
        "inputs": {key: _plain(value) for key, value in report.inputs.items()},
        "summary": {key: _plain(value) for key, value in report.summary.items()},
        "tables": [
            {
                "name": one.name,
                "columns": list(one.columns),
                "count": len(one.rows),
                "rows": [{key: _plain(value) for key, value in row.items()} for row in one.rows],
            }
            for one in report.tables
        ],
        "notes": list(report.notes),
        "complete": True,
    }


def as_csv(table: Tab) -> str:
    """Return a table as CSV; an unknown value is an empty cell, a decimal has its printed digits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([[_text(row[column]) for column in table.columns] for row in table.rows])
    return out.getvalue()


def as_text(report: Report) -> str:
    """Return a report for people: the summary, every table aligned, notes, method and sources."""
    lines = [f"{_spaced(key)}: {_shown(value)}" for key, value in report.summary.items()]
    for one in (one for one in report.tables if one.rows):
        lines += ["", f"{_spaced(one.name)} ({len(one.rows)})", *_aligned(one)]
    if report.notes:
        lines += ["", *(f"! {note}" for note in report.notes)]
    lines += ["", *(f"method: {line}" for line in report.method), f"sources: {', '.join(report.sources)}"]
    if report.data:
        lines.append(f"figures from: {', '.join(report.data)}")
    return "\n".join(lines) + "\n"


def _aligned(table: Tab) -> list[str]:
    used = [column for column in table.columns if any(row[column] is not None for row in table.rows)]
    cells = [used, *([_text(row[column]) or "–" for column in used] for row in table.rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(used))]
    right = [all(row[column] is None or isinstance(row[column], int | Decimal) for row in table.rows) for column in used]
    return ["  " + "  ".join(_padded(cell, widths[at], right[at]) for at, cell in enumerate(line)).rstrip() for line in cells]


def _padded(cell: str, width: int, right: bool) -> str:
    return cell.rjust(width) if right else cell.ljust(width)


def _plain(value: Scalar | Sequence[str]) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    return list(value) if isinstance(value, tuple | list) else value


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def _shown(value: Scalar | Sequence[str]) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(value) or "none"
    return "unknown" if value is None else _text(value)  # type: ignore[arg-type]


def _spaced(name: str) -> str:
    return name.replace("_", " ")
