"""The instruments on the command line, and the page that shows them: its outputs are what the commands print."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli.assessing import app as assess
from kg.cli.main import app
from kg.importing.un_egdi import read_tables
from tests import instruments as page
from tests.stores import copy_store

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def curated(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_store(made_store, tmp_path_factory.mktemp("instruments") / "store")


@pytest.fixture(scope="module")
def un(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    return page.un_store(tmp_path_factory.mktemp("un")) if page.UN.is_dir() else None


@pytest.fixture
def run(curated: Path) -> Iterator[Run]:
    def command(*arguments: str, input: bytes | None = None) -> Result:
        result = CliRunner().invoke(app, list(arguments), input=input, env={"EGOVKG_STORE": str(curated)})
        assert "Traceback" not in result.output
        return result

    with page.examples():
        yield command


def test_the_page_shows_what_the_commands_print(curated: Path, un: Path | None) -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.count("$ egovkg ") >= 12
    assert page.rendered(text, curated, un) == text, "run `python -m tests.instruments`"


def test_the_rank_that_a_better_infrastructure_would_give_follows_from_the_uns_table(un: Path | None) -> None:
    if un is None:
        pytest.skip(f"the UN's tables are not in {page.UN}: they are no part of the project (say where with EGOVKG_TEST_UN_EGDI)")
    told = json.loads(page.output("egdi --area KAZ --edition 2022 --set tii-value=+0.1 --format json", un))
    edition = next(one for one in read_tables([page.UN / "EGOV_DATA_2022.csv"]).editions if one.year == "2022")
    printed = {row.country.alpha3: float(row.figures["egdi-value"].value) for row in edition.rows if row.figures["egdi-value"].value}
    then = round(printed["KAZ"] + 0.1 / 3, 5)
    assert (told["summary"]["index_then"], told["summary"]["ranked"]) == (then, len(printed))
    assert told["summary"]["rank_then"] == 1 + sum(value > then for area, value in printed.items() if area != "KAZ")


def test_the_ranks_by_printed_index_are_the_uns_own_but_for_ties_that_it_ranks_apart(un: Path | None) -> None:
    if un is None:
        pytest.skip(f"the UN's tables are not in {page.UN}: they are no part of the project (say where with EGOVKG_TEST_UN_EGDI)")
    for edition in page.EDITIONS:
        told = json.loads(page.output(f"egdi --edition {edition} --format json", un))
        ranked = told["tables"][0]["rows"]
        assert len(ranked) > 180
        apart = [row for row in ranked if row["published_rank"] not in (None, row["rank"])]
        assert all(row["rank"] < row["published_rank"] < row["rank"] + row["shared"] for row in apart)
        assert len(apart) == sum(note.count(", here ") for note in told["notes"])
        assert all(row["computed"] is None or abs(row["computed"] - row["egdi-value"]) <= 0.0001 for row in ranked)


def test_a_table_may_come_from_stdin_and_go_out_as_csv(run: Run) -> None:
    result = run("assess", "monitoring", "-", "--format", "csv", input=Path("monitoring.csv").read_bytes())
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "year,actual,target,fulfilment,path,line"
    assert "rests on 4 values" in result.stderr


def test_examples_are_listed_and_written(run: Run) -> None:
    assert "maturity" in run("assess", "example").stdout.split()
    assert run("assess", "example", "maturity").stdout == Path("maturity.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["egdi", "nowhere.csv"], "nowhere.csv cannot be read"),
        (["egdi", "--indicators", "egdi-indicators.csv", "--area", "KAZ"], "goes without a table"),
        (["egdi", "egdi-scores.csv", "--format", "xml"], "give one of text, json, csv"),
        (["egdi", "egdi-scores.csv", "--table", "ranking"], "goes with --format csv"),
        (["egdi", "egdi-scores.csv", "--format", "csv", "--table", "x"], "give one of ranking"),
        (["egdi", "trend.csv"], "trend.csv: osi-value is missing"),
        (["assess", "satisfaction", "satisfaction.csv", "--satisfied", "6"], "write answers from 1 to 5"),
        (["assess", "maturity", "--lang", "de"], "give one of en, ru, kk"),
        (["assess", "example", "none"], "give one of egdi-indicators"),
    ],
)
def test_what_cannot_be_used_is_a_sentence_and_exit_code_2(run: Run, arguments: list[str], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize(
    "name", sorted(command.name or command.callback.__name__ for command in assess.registered_commands if command.callback)
)
def test_every_instrument_has_help_and_is_in_the_reference(run: Run, name: str) -> None:
    result = run("assess", name, "--help")
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"`egovkg assess {name}" in text
    options = {word.rstrip(".;") for word in result.stdout.replace(",", " ").split() if word.startswith("--") and word != "--help"}
    assert [option for option in sorted(options) if option not in text] == []
