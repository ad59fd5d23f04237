"""Named queries in tests: a call such as `programmes-in-force date=2024-01-01` as rows of short texts."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from kg.query.named import assignments, find_template, load_templates, read_values, run
from kg.query.names import Names
from kg.query.parameters import written
from kg.store.base import Row, Store


def called(store: Store, names: Names, call: str) -> list[dict[str, str]]:
    """Answer a call; a cell without a value is an empty text."""
    name, *given = shlex.split(call)
    template = find_template(load_templates(), name)
    result = run(store, template, read_values(template, assignments(given, name), store, names))
    return short(result.rows, list(template.columns))


def short(rows: Sequence[Row], columns: Sequence[str]) -> list[dict[str, str]]:
    """Return rows with things as `kind/slug` and literals as their text."""
    return [{column: text(row, column) for column in columns} for row in rows]


def text(row: Row, column: str) -> str:
    """Return one cell as a short text, empty where it has no value."""
    term: Mapping[str, object] = row
    value = term.get(column)
    return "" if value is None else written(value)  # type: ignore[arg-type]
