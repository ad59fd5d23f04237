"""Tables for other tools: rows with numbers, data frames of pandas and polars, HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib import import_module
from typing import Any

from kg.errors import MissingExtra

Table = tuple[tuple[str, ...], Sequence[tuple[str, ...]]]
"""A header and rows of text: what CSV, the command line and data frames are made from."""

_TRUTH = {"true": True, "false": False}
_SHOWN = 60


def records(table: Table, numbers: Iterable[str]) -> list[dict[str, Any]]:
    """Return rows by column; in the columns of `numbers` a number, elsewhere text, truth values as such, empty as None."""
    header, rows = table
    numeric = frozenset(numbers)
    return [{name: _value(text, name in numeric) for name, text in zip(header, row, strict=True)} for row in rows]


def pandas_frame(header: Sequence[str], rows: Sequence[dict[str, Any]]) -> Any:
    """Return a pandas.DataFrame; raises MissingExtra."""
    return _module("pandas").DataFrame(rows, columns=list(header))


def polars_frame(header: Sequence[str], rows: Sequence[dict[str, Any]]) -> Any:
    """Return a polars.DataFrame; raises MissingExtra."""
    return _module("polars").DataFrame(
        [[row[name] for name in header] for row in rows], schema=list(header), orient="row", infer_schema_length=None
    )


def as_html(table: Table, notes: Iterable[str] = ()) -> str:
    """Return the first rows as an HTML table that says how many there are, with notes below."""
    header, rows = table
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows[:_SHOWN])
    told = f"{len(rows)} row(s)" + (f", the first {_SHOWN} shown; all with .table() or .to_pandas()" if len(rows) > _SHOWN else "")
    below = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{told}</p>{f'<ul>{below}</ul>' if below else ''}"


def _value(text: str, numeric: bool) -> Any:
    if not text:
        return None
    if numeric:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return _TRUTH.get(text, text)


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingExtra(name) from None
