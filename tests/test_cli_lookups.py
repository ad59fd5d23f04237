"""The look-ups on the command line: data on stdout, what is unknown on stderr, exit code 2 for what there is not."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli.main import app
from kg.loading.dataset import Dataset
from kg.store.oxigraph import OxigraphStore


@pytest.fixture(scope="module")
def folder(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store directory that holds the dataset."""
    path = tmp_path_factory.mktemp("store") / "store"
    made = OxigraphStore(path)
    made.fill(dataset.nquads)
    made.close()
    return path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--store", str(folder)])


def rows(text: str, delimiter: str = "\t") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_a_lineage_reads_as_text_with_each_date_and_passage(folder: Path) -> None:
    result = run(folder, "lineage", "P1700000827", "--at", "2020-01-01")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert "  signed: 2017-12-12" in lines
    assert "  in force: unknown, no source says" in lines
    assert "  on 2020-01-01: in force (signed 2017-12-12; no source gives the day it came into force)" in lines
    assert "  approves: Digital Kazakhstan  (programme/digital-kazakhstan)" in lines
    assert "      ← Abil & Bauyrzhankyzy (2023), References, 7" in lines


def test_a_series_is_a_table_with_its_gaps_and_cautions_on_stderr(folder: Path) -> None:
    result = run(folder, "series", "egdi-value", "--area", "KAZ", "--from", "2008", "--to", "2012")
    assert [(row["period"], row["printed"]) for row in rows(result.stdout)] == [
        ("2008", "0.47430"),
        ("2010", "0.47430"),
        ("2012", "0.68438"),
    ]
    assert "no figure for 2009" in result.stderr
    assert "the method changed between 2010 and 2012" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("evidence", "digital-kazakhstan", "approvedBy"),
        ("series", "egdi-value"),
        ("lineage", "P1700000827"),
        ("accountability", "digital-kazakhstan"),
        ("stages",),
        ("stages", "--compare"),
        ("models",),
        ("timeline", "--kind", "programme"),
    ],
)
def test_every_look_up_comes_as_table_csv_and_json(folder: Path, arguments: tuple[str, ...]) -> None:
    tabbed, commas = (run(folder, *arguments, "--format", form) for form in ("tsv", "csv"))
    assert rows(tabbed.stdout) == rows(commas.stdout, ",") != []
    assert json.loads(run(folder, *arguments, "--format", "json").stdout)


def test_a_missing_link_is_a_row_of_the_chain(folder: Path) -> None:
    found = rows(run(folder, "accountability", "technological-leap").stdout)
    assert "responsible body" in {row["relation"] for row in found if row["step"] == "missing"}


def test_an_answer_goes_into_a_file(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "models.csv"
    assert run(folder, "models", "--format", "csv", "--out", str(target)).stdout == ""
    assert rows(target.read_text(encoding="utf-8"), ",")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("series", "nothing-at-all"), "there is no entity"),
        (("series", "egdi-value", "--area", "Atlantis"), "there is no such area"),
        (("lineage", "P170000082"), "did you mean act/P1700000827"),
        (("models", "--format", "docx"), "give one of table, json, csv, tsv"),
        (("stages", "--from", "2006"), "they go with --compare"),
        (("stages", "--compare", "--at", "2006-01-01"), "give the years with --from and --to"),
        (("timeline", "--lang", "fr"), "there are no names in that language"),
        (("evidence", "-"), "nothing is given"),
    ],
)
def test_what_there_is_not_is_refused_in_a_sentence(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    result = run(folder, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_search_names_what_matched_and_says_when_it_is_cut(folder: Path) -> None:
    result = run(folder, "search", "Цифрового Казахстана", "--limit", "2", "--lang", "ru")
    assert result.exit_code == 0, result.output
    first, second = rows(result.stdout)
    assert (first["id"], first["matched"], first["matchedLanguage"], first["how"]) == (
        "programme/digital-kazakhstan", "Цифровой Казахстан", "ru", "form"
    )  # fmt: skip
    assert second["id"] != first["id"]
    assert result.stderr.startswith("2 of ")
    assert json.loads(run(folder, "search", "827", "--format", "json").stdout)["count"] == 1


def test_a_search_that_finds_nothing_says_what_is_near(folder: Path) -> None:
    result = run(folder, "search", "digtl kazahstn")
    assert result.exit_code == 0
    assert rows(result.stdout) == []
    assert "programme/digital-kazakhstan" in result.stderr
    assert run(folder, "search", "--kind", "dragon").exit_code == 2
