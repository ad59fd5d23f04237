"""Named queries on the command line: a word is a question's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli.main import app
from kg.query.named import load_templates
from kg.store.oxigraph import OxigraphStore
from tests.serving import served
from tests.stores import copy_store
from tests.test_query_named import HEADER, QUERY


@pytest.fixture(scope="module")
def built(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_store(made_store, tmp_path_factory.mktemp("cli") / "store")


@pytest.fixture(autouse=True)
def over(built: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EGOVKG_STORE", str(built))
    monkeypatch.delenv("EGOVKG_QUERIES", raising=False)


def query(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["query", *arguments])
    assert "Traceback" not in result.output
    return result


def test_a_name_with_parameters_is_answered_like_a_query() -> None:
    result = query("programmes-ended-last", "-p", "date=2024-01-01", "--format", "csv")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "programme,end,exactness"
    assert "programme/digital-kazakhstan,2022-12-31" in result.stdout
    drawn = query("programmes-ended-last", "--param", "date=2024-01-01", "--format", "table").stdout
    assert drawn.splitlines()[1].startswith("programme/digital-kazakhstan\t2022-12-31")


def test_the_list_has_every_question_with_its_parameters() -> None:
    result = query("--list")
    for template in load_templates().values():
        assert f"{template.name}\n    {template.question['en']}\n" in result.stdout
    assert "-p date=2024-01-01  date: the day" in result.stdout


def test_no_rows_come_with_the_reason_on_stderr() -> None:
    result = query("programmes-in-force", "-p", "date=1995-01-01")
    assert result.exit_code == 0
    assert result.stdout == "?programme\t?type\t?start\t?end\t?by\t?act\n"
    assert result.stderr.startswith("no rows (none): all ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("programs-in-force",), "did you mean programmes-in-force"),
        (("programmes-in-force",), "date is missing"),
        (("programmes-in-force", "-p", "2024-01-01"), "write name=value"),
        (("programmes-in-force", "-p", "date=2024"), "year-month-day"),
        (("indicator-at", "-p", "indicator=egdi-valu", "-p", "year=2020"), "indicator/egdi-value"),
        (("SELECT ?p { ?p ?q ?r }", "-p", "a=b"), "-p goes with a name"),
        ((), "give a query"),
    ],
)
def test_a_wrong_call_is_one_sentence(arguments: tuple[str, ...], says: str) -> None:
    result = query(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_unknown_name_builds_no_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EGOVKG_STORE", str(tmp_path / "none"))
    assert query("nonsense").exit_code == 2
    assert not (tmp_path / "none").exists()


def test_a_folder_of_one_s_own_is_asked_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(HEADER + QUERY, encoding="utf-8")
    monkeypatch.setenv("EGOVKG_QUERIES", str(tmp_path))
    assert "2022-12-31" in query("mine", "-p", "programme=digital-kazakhstan").stdout
    assert query("mine.rq").exit_code == 0, "a file is a file: its parameters are free"
    monkeypatch.setenv("EGOVKG_QUERIES", str(tmp_path / "nowhere"))
    assert "give a folder that is there" in query("mine").stderr


def test_a_running_service_answers_a_name(store: OxigraphStore) -> None:
    call = ("indicator-at", "-p", "indicator=egdi-rank", "-p", "year=2020")
    with served(store) as url:
        assert query(*call, "--store", url).stdout == query(*call).stdout
