"""The table docs/analyst-questions.md: questions, the call that answers each, the answer. `python -m tests.analyst_questions` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import yaml

from kg.loading.dataset import build
from kg.store.oxigraph import OxigraphStore
from tests.serving import served

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "docs" / "analyst-questions.md"
_SHOWN, _LONGEST = 6, 160
_HEAD = """# An analyst's questions

Each line is one question, the one call that answers it (its address goes after `http://127.0.0.1:8000/api/v1/`; below it the same as a
command), and a part of the answer as it was given. The answers are generated: `python -m tests.analyst_questions` writes this page, and a
test asks every question of the service and of the command line and compares. [Questions and answers](questions.md) has the named queries.
"""


@dataclass(frozen=True)
class Question:
    """A question, its call in either form, and what the table shows of the answer (see analyst_questions.yaml)."""

    q: str
    get: str
    cli: str
    show: str
    each: str = ""
    told: str = ""
    status: int = 200


def questions() -> Mapping[str, list[Question]]:
    """Return the questions by group."""
    found: Any = yaml.safe_load((HERE / "analyst_questions.yaml").read_text(encoding="utf-8"))
    return {str(group): [Question(**item) for item in items] for group, items in found.items()}


def rendered(client: httpx.Client) -> str:
    """Return the page."""
    parts = [_HEAD]
    for group, items in questions().items():
        parts.append(f"\n## {group}\n\n| question | call | answer |\n|---|---|---|\n")
        parts += [f"| {item.q} | `{item.get}`<br>`egovkg {item.cli}` | {'<br>'.join(_short(answer(client, item)))} |\n" for item in items]
    return "".join(parts)


def answer(client: httpx.Client, item: Question) -> list[str]:
    """Return what the service answers: a line for each item of the list that is shown, or one."""
    got = client.get(f"/api/v1/{quote(item.get, safe='/?&=:,()')}")
    assert got.status_code == item.status, f"{item.get}: {got.status_code} {got.text}"
    things = next(_at(got.json(), item.each)) if item.each else [got.json()]
    pointers = item.show.split() or [""]
    lines = [", ".join(_text(value) for pointer in pointers for value in _at(thing, pointer)) for thing in things]
    assert any(lines), f"{item.get}: nothing to show"
    return list(dict.fromkeys(lines))


def _at(value: Any, pointer: str) -> Iterator[Any]:
    """Yield what stands at a JSON pointer; `*` is every item of a list."""
    head, _, rest = pointer.removeprefix("/").partition("/")
    if not head:
        yield value
    elif head == "*":
        for item in value:
            yield from _at(item, rest)
    else:
        yield from _at(value[int(head)] if isinstance(value, list) else value[head], rest)


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(str(value).split()).replace("|", "\\|")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _short(lines: list[str]) -> list[str]:
    more = len(lines) - _SHOWN
    return [*lines[:_SHOWN], f"… {more} more"] if more > 0 else lines


if __name__ == "__main__":
    filled = OxigraphStore()
    filled.fill(build().nquads)
    with served(filled) as url, httpx.Client(base_url=url, timeout=60) as asking:
        TABLE.write_text(rendered(asking), encoding="utf-8")
