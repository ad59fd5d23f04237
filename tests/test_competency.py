"""Competency questions: each file of tests/competency is a call (or a query), its answer written down from the papers, not from the graph.

`NN-slug.rq` names a template and its parameters in `# template: …`, or is SPARQL. `NN-slug.json` has the columns compared and the rows
expected; `round` (decimals by column), `where` (only rows with these cells), `ordered`, `mode: includes` (with `why`) and, by
default, the distinct rows in any order.
"""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from kg.query.coverage import LINKED
from kg.query.named import load_templates
from kg.query.names import Names
from kg.store.oxigraph import OxigraphStore
from tests import questions
from tests.asking import called, short

FOLDER = Path(__file__).resolve().parent / "competency"
QUESTIONS = Path(__file__).resolve().parents[2] / "shared" / "competency" / "questions.md"
CALL = re.compile(r"^# template: (.+)$", re.M)
FILES = sorted(FOLDER.glob("*.rq"))


@pytest.fixture(scope="module")
def names(store: OxigraphStore) -> Names:
    return Names.of(store)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_graph_gives_the_answer_of_the_papers(store: OxigraphStore, names: Names, path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    call = CALL.search(text)
    columns: list[str] = expected["columns"]
    rows = called(store, names, call[1]) if call else short(store.rows(text), columns)
    kept = [row for row in rows if all(row[column] == value for column, value in expected.get("where", {}).items())]
    found = [tuple(rounded(row[column], expected.get("round", {}).get(column)) for column in columns) for row in kept]
    wanted = [tuple(row) for row in expected["rows"]]
    assert wanted
    if expected.get("mode") == "includes":
        assert expected["why"]
        assert set(wanted) <= set(found)
    elif expected.get("ordered"):
        assert found == wanted
    else:
        assert set(found) == set(wanted)


def rounded(text: str, places: int | None) -> str:
    if places is None or not text:
        return text
    return str(Decimal(text).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)).replace("-0.000", "0.000")


def test_every_question_with_a_gold_answer_has_a_call() -> None:
    if not QUESTIONS.is_file():
        pytest.skip(f"the list of questions is not at {QUESTIONS}")
    asked = set(re.findall(r"^### CQ(\d+) ", QUESTIONS.read_text(encoding="utf-8"), re.M))
    assert asked
    assert asked - {path.name[:2] for path in FILES} == set()


def test_the_page_of_questions_has_the_graph_s_answers(store: OxigraphStore) -> None:
    assert questions.TABLE.read_text(encoding="utf-8") == questions.rendered(store), "write it anew: python -m tests.questions"


def test_the_page_asks_sixty_questions_and_each_names_a_query() -> None:
    calls = [item["call"] for items in questions.questions().values() for item in items]
    assert len(calls) == len(set(calls)) >= 60
    assert {call.split()[0] for call in calls} <= set(load_templates())


def test_every_template_is_used_by_a_question() -> None:
    used = {item["call"].split()[0] for items in questions.questions().values() for item in items}
    used |= {call[1].split()[0] for path in FILES if (call := CALL.search(path.read_text(encoding="utf-8")))}
    asked = {name for name, template in load_templates().items() if template.kind != LINKED}
    assert asked - used == set()
