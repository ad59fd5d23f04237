"""Named queries in tests: a call such as `programmes-in-force date=2024-01-01` as rows of short texts."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from kg.query.named import Result, assignments, find_template, load_templates, read_values, run
from kg.query.names import Names
from kg.query.parameters import written
from kg.store.base import Row, Store


def asked(store: Store, names: Names, call: str) -> Result:
    """Answer a call."""
    name, *given = shlex.split(call)
    template = find_template(load_templates(), name)
    return run(store, template, read_values(template, assignments(given, name), store, names))


def called(store: Store, names: Names, call: str) -> list[dict[str, str]]:
    """Answer a call as rows of texts; a cell without a value is an empty text."""
    result = asked(store, names, call)
    return short(result.rows, list(result.template.columns))


def short(rows: Sequence[Row], columns: Sequence[str]) -> list[dict[str, str]]:
    """Return rows with things as `kind/slug` and literals as their text."""
    return [{column: text(row, column) for column in columns} for row in rows]


def text(row: Row, column: str) -> str:
    """Return one cell as a short text, empty where it has no value."""
    term: Mapping[str, object] = row
    value = term.get(column)
    return "" if value is None else written(value)  # type: ignore[arg-type]
