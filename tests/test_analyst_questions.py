"""The analyst's questions: the table in docs/ is what the service answers, and the command line answers the same."""

from __future__ import annotations

import shlex
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from kg.cli.main import app
from kg.loading.dataset import Dataset
from kg.store.oxigraph import OxigraphStore
from tests.analyst_questions import TABLE, Question, answer, questions, rendered

ALL = [item for group in questions().values() for item in group]


@pytest.fixture(scope="module")
def folder(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store directory that holds the dataset."""
    path = tmp_path_factory.mktemp("store") / "store"
    made = OxigraphStore(path)
    made.fill(dataset.nquads)
    made.close()
    return path


def test_the_table_is_what_the_service_answers(service: httpx.Client) -> None:
    assert TABLE.read_text(encoding="utf-8") == rendered(service), "write it anew: python -m tests.analyst_questions"


def test_there_are_thirty_questions_over_every_look_up_and_some_answers_are_unknown(service: httpx.Client) -> None:
    assert len(ALL) >= 30
    asked = {
        item.get.partition("?")[0].split("/")[0 if not item.get.startswith(("acts", "programmes", "indicators")) else -1] for item in ALL
    }
    assert asked >= {"entities", "evidence", "conflicts", "observations", "lineage", "accountability", "stages", "models", "timeline",
                     "profiles", "instruments", "queries"}  # fmt: skip
    assert sum(any("unknown" in line for line in answer(service, item)) for item in ALL) >= 4


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.cli)
def test_the_command_line_answers_the_same(service: httpx.Client, folder: Path, item: Question) -> None:
    result = CliRunner().invoke(app, [*shlex.split(item.cli), "--store", str(folder)])
    assert result.exit_code == (0 if item.status == 200 else 2), result.output
    told = item.told or answer(service, item)[0].partition(", ")[0]
    assert told in " ".join(result.output.split())
