"""The table docs/questions.md: questions, the calls that answer them, and the answers. `python -m tests.questions` writes it anew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from kg.loading.dataset import build
from kg.query.names import Names
from kg.store.base import Store
from kg.store.oxigraph import OxigraphStore
from tests.asking import asked, short

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "docs" / "questions.md"
_SHOWN = 12
_HEAD = """# Questions and answers

What can be asked by name, and what the graph answers. Every line is a call of `egovkg query NAME -p key=value …` and of
`/api/v1/queries/NAME?key=value&…`; `egovkg query --list` and `/api/v1/queries` have every parameter. Things are shown as `kind/slug`.
The answers are generated: `python -m tests.questions` writes this page, and a test compares it with the graph.
"""


def questions() -> Mapping[str, list[dict[str, str]]]:
    """Return the questions by group: `q`, `call`, and the columns to `show`."""
    found: Any = yaml.safe_load((HERE / "questions.yaml").read_text(encoding="utf-8"))
    return {str(group): list(items) for group, items in found.items()}


def rendered(store: Store) -> str:
    """Return the page."""
    names = Names.of(store)
    parts = [_HEAD]
    for group, items in questions().items():
        lines = [f"\n## {group}\n\n| question | call | answer |\n|---|---|---|\n"]
        lines += [f"| {item['q']} | `{item['call']}` | {answer(store, names, item)} |\n" for item in items]
        parts.append("".join(lines))
    return "".join(parts)


def answer(store: Store, names: Names, item: Mapping[str, str]) -> str:
    """Return the rows of one call in short: the shown columns, each distinct row once; says how many more there are."""
    columns = item["show"].split()
    result = asked(store, names, item["call"])
    if result.empty:
        return f"no rows ({result.empty.state}: {result.empty.why})"
    rows = list(dict.fromkeys(", ".join(row[column] or "–" for column in columns) for row in short(result.rows, columns)))
    text = "<br>".join(row.replace("|", "\\|") for row in rows[:_SHOWN])
    return text + (f"<br>… {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else "")


if __name__ == "__main__":
    filled = OxigraphStore()
    filled.fill(build().nquads)
    TABLE.write_text(rendered(filled), encoding="utf-8")
