"""A table of the user's: CSV or JSON rows read whole, every cell known by its line, every mistake told at once."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.errors import BadTable, TableProblem

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_LONGEST = 30
"""Digits of a number, at most: a longer one is a mistake, and would make sums slow."""
_NOTHING = frozenset({"", "-", "–", "—", "..", "…", "n/a", "na", "null", "none"})
_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One row: where it stands (line of a file, place in a list of rows), and its cells by column, stripped."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """Rows under named columns. `name` is the file's, or `rows` of a request's body, which counts its rows from 1."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read_csv(data: bytes, name: str) -> Table:
    """Read comma, semicolon or tab separated values in UTF-8 with a head row; raises BadTable with every line that is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadTable([TableProblem(name, line, "", "is not UTF-8; save the file as CSV in UTF-8")]) from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    problems: list[TableProblem] = []
    columns: tuple[str, ...] = ()
    lines: list[Line] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if not columns:
                columns = _columns(stripped, name, reader.line_num)
            elif len(stripped) != len(columns):
                problems.append(TableProblem(name, reader.line_num, "", f"has {len(stripped)} cells under {len(columns)} columns"))
            else:
                lines.append(Line(reader.line_num, dict(zip(columns, stripped, strict=True))))
    except csv.Error as error:
        raise BadTable(
            [TableProblem(name, reader.line_num, "", f"is no CSV ({error}); quote cells that hold a quote or a line break")]
        ) from None
    return _whole(Table(name, columns, tuple(lines)), problems)


def read_json(data: bytes, name: str = "rows") -> Table:
    """Read `{"rows": [{"column": value}]}`, numbers digit by digit; `true` and `false` become yes and no, null an empty cell."""
    try:
        body = json.loads(data, parse_float=str, parse_int=str, parse_constant=str)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise BadTable([TableProblem(name, line, "", 'is no JSON; send {"rows": [{"column": value, …}, …]}')]) from None
    rows = body.get("rows") if isinstance(body, dict) else None
    if not isinstance(rows, list) or (isinstance(body, dict) and body.keys() - {"rows"}):
        raise BadTable([TableProblem(name, 0, "", 'must be {"rows": [{"column": value, …}, …]}; options go into the address')])
    problems: list[TableProblem] = []
    found: list[dict[str, str]] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or any(isinstance(value, dict | list) for value in row.values()):
            problems.append(TableProblem(name, number, "", "must be an object of plain values"))
        else:
            found.append({key.strip(): _cell(value) for key, value in row.items()})
    columns = tuple(dict.fromkeys(key for row in found for key in row))
    lines = [Line(number, {column: row.get(column, "") for column in columns}) for number, row in enumerate(found, 1)]
    return _whole(Table(name, columns, tuple(lines)), problems)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _columns(cells: Sequence[str], name: str, line: int) -> tuple[str, ...]:
    problems = [TableProblem(name, line, f"{place}", "has no name; name every column") for place, cell in enumerate(cells, 1) if not cell]
    twice = sorted({cell for cell in cells if cell and cells.count(cell) > 1})
    problems += [TableProblem(name, line, cell, "stands twice in the head; give each column a name of its own") for cell in twice]
    if problems:
        raise BadTable(problems)
    return tuple(cells)


def _whole(table: Table, problems: list[TableProblem]) -> Table:
    if not problems and not table.lines:
        problems = [TableProblem(table.name, 0, "", "has no rows; give a head row with the columns and at least one row")]
    if problems:
        raise BadTable(problems)
    return table


class Checked:
    """Reads the cells of a table and gathers what is wrong; `done` raises BadTable with all of it."""

    def __init__(self, table: Table, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        self.table = table
        self._problems: list[TableProblem] = []
        missing = [column for column in required if column not in table.columns]
        takes = f"columns are {', '.join(required)}" + (f", and if you like {', '.join(optional)}" if optional else "")
        for column in missing:
            self._problems.append(TableProblem(table.name, 0, column, f"is missing; {takes}"))
        if missing:
            self.done()

    def __iter__(self) -> Iterator[Line]:
        return iter(self.table.lines)

    def wrong(self, line: Line, column: str, problem: str, possible: Sequence[str] = ()) -> None:
        """Note a mistake in a cell, with the values that would do."""
        shown = ", ".join(possible[:_SHOWN]) + (f" … ({len(possible)} in all)" if len(possible) > _SHOWN else "")
        told = f"{problem}; possible: {shown}" if possible else problem
        self._problems.append(TableProblem(self.table.name, line.number, column, told, tuple(possible)))

    def number(self, line: Line, column: str, low: Decimal | None = None, high: Decimal | None = None) -> Decimal | None:
        """Return a number within bounds; None for an empty cell (also `-`, `n/a`) and for a mistake, which is noted."""
        text = line.cells.get(column, "")
        if text.lower() in _NOTHING:
            return None
        value = parse_number(text)
        if value is None:
            self.wrong(line, column, f"{text!r} is no number; write digits with a point, such as 0.7520")
        elif (low is not None and value < low) or (high is not None and value > high):
            self.wrong(line, column, f"{text} is out of range; give a number {bounds(low, high)}")
            return None
        return value

    def choice(self, line: Line, column: str, possible: Sequence[str]) -> str | None:
        """Return a word that must be one of some; None for a mistake, which is noted."""
        text = line.cells.get(column, "")
        if text in possible:
            return text
        self.wrong(line, column, f"{text!r} is not known" if text else "is empty", possible)
        return None

    def done(self) -> None:
        """Raise BadTable where anything was wrong."""
        if self._problems:
            raise BadTable(self._problems)


def parse_number(text: str) -> Decimal | None:
    """Return a plain decimal number (a comma may stand for the point), None for anything else."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace(",", ".") if text.count(",") == 1 and "." not in text else text
    plain = plain.replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(plain) or sum(map(str.isdigit, plain)) > _LONGEST:
        return None
    return Decimal(plain)


def bounds(low: Decimal | None, high: Decimal | None) -> str:
    """Return a range in words."""
    if low is None:
        return f"of at most {high}"
    return f"of at least {low}" if high is None else f"from {low} to {high}"
