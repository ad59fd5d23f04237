"""The command line: what it prints where, with which exit code; never a traceback."""

from __future__ import annotations

import csv
import gc
import io
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli.main import app
from kg.config import Settings, described
from kg.formats import DATASETS, GRAPHS, N_QUADS, N_TRIPLES, TURTLE, Format, find_format
from kg.loading.dataset import Dataset
from kg.namespaces import SERVICE
from kg.rdf import nquads, parse
from kg.resources import records_dir
from kg.store.oxigraph import OxigraphStore
from tests.serving import served
from tests.stores import copy_store

Run = Callable[..., Result]
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?p a egov:Programme }"
SELECT = "SELECT ?p WHERE { ?p a egov:Programme } ORDER BY ?p LIMIT 2"
CONSTRUCT = "CONSTRUCT { ?p a egov:Programme } WHERE { ?p a egov:Programme }"
VIOLATING = """PREFIX egov: <https://w3id.org/egovkg/ontology#>
<https://w3id.org/egovkg/id/programme/x> a egov:Programme ; egov:approvedBy "a decree" .
"""
CONFORMING = '<https://example.org/a> <https://example.org/p> "б" .\n'


@pytest.fixture(scope="module")
def built(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_store(made_store, tmp_path_factory.mktemp("cli") / "store")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: Path) -> Run:
    """Run a command in an empty folder, over a store that holds the dataset."""
    monkeypatch.chdir(tmp_path)
    for name, *_ in described(Settings()):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EGOVKG_STORE", str(built))

    def command(*arguments: str | Path, input: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(app, [str(a) for a in arguments], input=input)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result

    return command


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return Path(shutil.copytree(records_dir(), tmp_path / "records"))


def test_two_builds_give_the_same_bytes(run: Run, tmp_path: Path, dataset: Dataset) -> None:
    for name in ("a.nq", "b.nq"):
        result = run("build", "--out", name)
        assert result.exit_code == 0
        assert result.stdout == ""
        assert f"release {dataset.release}" in result.stderr
    first = (tmp_path / "a.nq").read_bytes()
    assert first == (tmp_path / "b.nq").read_bytes() == dataset.nquads
    assert first.splitlines() == sorted(first.splitlines())


def test_a_build_into_another_process_gives_the_same_bytes(dataset: Dataset) -> None:
    command = [sys.executable, "-m", "kg.cli", "build", "--out", "-"]
    result = subprocess.run(command, capture_output=True, check=True, env={"PYTHONHASHSEED": "7", "PATH": ""})
    assert result.stdout == dataset.nquads


def test_a_build_makes_a_store_that_answers(run: Run, tmp_path: Path) -> None:
    assert run("build", "--store", "mine").exit_code == 0
    assert run("query", COUNT, "--store", tmp_path / "mine").stdout.split()[1:]


def test_a_build_that_cannot_write_says_so(run: Run) -> None:
    result = run("build", "--out", "/nowhere/at/all.nq")
    assert result.exit_code == 2
    assert "/nowhere/at/all.nq cannot be written" in result.stderr


def test_the_shipped_records_conform(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "conform" in result.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("programme/digital-kazakhstan.yaml", "type: Programme", "type: Program", 1),
        ("programme/digital-kazakhstan.yaml", "label:", "lable:", 2),
        ("programme/digital-kazakhstan.yaml", "act/P1700000827", "act/P1700000828", None),
        ("act/P1700000827.yaml", "'827'", "'828'", None),
        ("programme/digital-kazakhstan.yaml", "type: Programme", "type: Programme\ntype: Programme", None),
        ("programme/digital-kazakhstan.yaml", "type: Programme", "\ttype: Programme", 1),
        ("programme/digital-kazakhstan.yaml", "type: Programme", "type: {Programme", None),
        ("observations/orazgaliyeva-2023-table-3.csv", "egdi-value,KAZ,2003", "egdi-valeu,KAZ,2003", None),
    ],
)
def test_a_wrong_record_is_named_with_file_line_and_rule(run: Run, records: Path, file: str, old: str, new: str, line: int | None) -> None:
    path = records / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    every = [("check", path), ("check", "--records", records), ("check", records)]
    for command in every if line == 1 else every[:1]:
        result = run(*command)
        assert result.exit_code == 1
        found = [row for row in result.stdout.splitlines() if file in row]
        assert found, result.stdout
        place, _, message = next((row for row in found if f":{line}: [" in row), found[0]).partition(": [")
        assert message.partition("]")[0]
        assert place.rpartition(":")[2].isdigit()
        assert line is None or place.endswith(f"{file}:{line}")
    refused = run("build", "--records", records, "--out", "x.nq")
    assert refused.exit_code == 1
    assert not Path("x.nq").exists()


def test_a_record_that_is_no_text_is_named(run: Run, records: Path) -> None:
    (records / "programme" / "digital-kazakhstan.yaml").write_bytes(b"\xff\xfe\x00")
    result = run("check", "--records", records)
    assert result.exit_code == 1
    assert "digital-kazakhstan.yaml:1: [" in result.stdout


def test_a_path_that_is_not_there_is_unusable(run: Run) -> None:
    result = run("check", "nowhere.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no nowhere.yaml" in result.stderr


def test_a_new_record_is_written_once_and_check_says_what_it_lacks(run: Run, records: Path) -> None:
    result = run("new", "programme", "my-programme", "--records", records)
    path = Path(result.stdout.strip())
    assert (result.exit_code, path.name) == (0, "my-programme.yaml")
    again = run("new", "programme", "my-programme", "--records", records)
    assert again.exit_code == 2
    checked = run("check", path)
    assert checked.exit_code == 1
    assert "my-programme.yaml:" in checked.stdout
    label = "label: {en: My programme, ru: Моя программа, kk: Менің бағдарламам}\n"
    claim = "claims:\n  - {programmeType: state-programme, stated: [abil-2023/references-7]}\n"
    path.write_text(f"type: Programme\n{label}{claim}", encoding="utf-8")
    assert run("check", path).exit_code == 0


@pytest.mark.parametrize(("kind", "slug"), [("dragon", "x"), ("programme", "../x"), ("programme", "Ә"), ("programme", "")])
def test_a_record_of_no_kind_or_slug_is_refused(run: Run, records: Path, kind: str, slug: str) -> None:
    assert run("new", kind, slug, "--records", records).exit_code == 2
    assert not (records.parent / "x.yaml").exists()


def test_a_new_document_is_cut_into_passages(run: Run, records: Path, tmp_path: Path) -> None:
    text = tmp_path / "paper.txt"
    text.write_text("Title\n\nRESULTS\n\nFirst paragraph.\n\nSecond paragraph.\n", encoding="utf-8")
    result = run("new", "document", "paper-2024", "--text", text, "--section", "results=RESULTS", "--records", records)
    assert result.exit_code == 0, result.output
    assert "results-2" in Path(result.stdout.strip()).read_text(encoding="utf-8")
    assert run("new", "document", "b", "--text", text, "--section", "oops", "--records", records).exit_code == 2


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {"good": tmp_path / "good.ttl", "bad": tmp_path / "bad.ttl", "broken": tmp_path / "broken.ttl"}
    for name, text in (("good", CONFORMING), ("bad", VIOLATING), ("broken", "<a> <b>")):
        made[name].write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
@pytest.mark.parametrize("format", ["table", "json", "ttl", "sarif"])
def test_validation_exits_0_1_2_in_every_format(run: Run, files: dict[str, Path], format: str, engine: str) -> None:
    good = run("validate", files["good"], "--format", format, "--engine", engine)
    bad = run("validate", files["bad"], "--format", format, "--engine", engine)
    broken = run("validate", files["broken"], "--format", format, "--engine", engine)
    assert (good.exit_code, bad.exit_code, broken.exit_code) == (0, 1, 2), bad.output
    assert broken.stdout == ""
    assert "Programme-approvedBy" in bad.stdout
    if format in ("json", "sarif"):
        assert json.loads(good.stdout) != json.loads(bad.stdout)
    if format == "ttl":
        assert "ValidationReport" in {str(q.object).rpartition("#")[2].rstrip(">") for q in parse(bad.stdout_bytes, TURTLE)}


def test_validation_says_what_it_cannot_use(run: Run, files: dict[str, Path]) -> None:
    assert "table, json, ttl, sarif" in run("validate", files["good"], "--format", "docx").stderr
    for arguments in (
        ("nowhere.ttl",),
        (files["good"], "--engine", "magic"),
        (files["good"], "--shapes", "nowhere.ttl"),
        (files["good"], "--shapes", files["broken"]),
    ):
        result = run("validate", *arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments
        assert result.stderr.startswith("egovkg: ")


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_a_select_is_printed_in_each_format(run: Run, name: str) -> None:
    result = run("query", SELECT, "--format", name)
    assert result.exit_code == 0
    assert result.stdout.count("https://w3id.org/egovkg/id/programme/") == 2


@pytest.mark.parametrize("format", GRAPHS, ids=lambda f: f.name)
def test_a_construct_is_printed_in_each_format(run: Run, format: Format) -> None:
    result = run("query", CONSTRUCT, "-f", format.name)
    assert len(parse(result.stdout_bytes, format)) > 10


def test_a_pipe_gets_tab_separated_values_and_a_table_short_names(run: Run) -> None:
    assert run("query", SELECT).stdout.splitlines()[0] == "?p"
    rows = list(csv.reader(io.StringIO(run("query", SELECT, "--format", "table").stdout), delimiter="\t"))
    assert rows[0] == ["p"]
    assert all(name.startswith("programme/") for (name,) in rows[1:])
    assert run("query", "ASK { ?s ?p ?o }", "--format", "table").stdout == "true\n"


def test_a_query_comes_from_a_file_or_from_stdin(run: Run, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(SELECT + " # Қазақстан", encoding="utf-8")
    expected = run("query", SELECT).stdout
    assert run("query", "q.rq").stdout == expected
    assert run("query", "-", input=SELECT).stdout == expected
    assert run("query", SELECT, "--out", "rows.tsv").stdout == ""
    assert (tmp_path / "rows.tsv").read_text(encoding="utf-8") == expected
    (tmp_path / "bad.rq").write_bytes(b"\xff")
    for name in ("bad.rq", "nowhere.rq"):
        assert run("query", name).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((SELECT, "--format", "docx"), "json, xml, csv, tsv, ttl"),
        (("SELECT *\nWHERE {",), "line 2, column"),
        (("CLEAR ALL",), "SPARQL update"),
        (("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",), "SERVICE is not allowed"),
        ((SELECT, "--format", "ttl"), "is not offered here"),
        ((CONSTRUCT, "--format", "csv"), "is not offered here"),
        ((SELECT, "--store", "http://127.0.0.1:1"), "does not answer"),
    ],
)
def test_a_query_that_cannot_be_answered_is_one_sentence(run: Run, arguments: tuple[str, ...], says: str) -> None:
    result = run("query", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("egovkg: ")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_running_service_can_be_asked(run: Run, store: OxigraphStore) -> None:
    with served(store) as url:
        assert run("query", SELECT, "--store", url).stdout == run("query", SELECT).stdout
        assert run("show", "programme/digital-kazakhstan", "--store", url).stdout == run("show", "programme/digital-kazakhstan").stdout
        told = [line for line in run("export").stdout.splitlines() if not line.endswith(f" {SERVICE} .")]
        assert run("export", "--store", url).stdout.splitlines() == told  # a store on disk tells of itself
        refused = run("load", "x.ttl", "--store", url)
        assert (refused.exit_code, "read-only" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    "name", ["programme/digital-kazakhstan", "digital-kazakhstan", "https://w3id.org/egovkg/id/programme/digital-kazakhstan"]
)
def test_show_prints_facts_with_passages(run: Run, name: str) -> None:
    result = run("show", name)
    assert result.exit_code == 0
    assert result.stdout.startswith("Digital Kazakhstan\n")
    assert "← " in result.stdout
    assert run("show", name, "--lang", "kk").stdout.startswith("Цифрлық Қазақстан\n")


def test_show_prints_rdf(run: Run) -> None:
    for format in (TURTLE, N_TRIPLES):
        assert parse(run("show", "act/P1700000827", "--format", format.name).stdout_bytes, format)
    assert "ttl, nt, jsonld" in run("show", "act/P1700000827", "--format", "docx").stderr


def test_show_of_a_stranger_names_its_like(run: Run) -> None:
    result = run("show", "digital-kazakstan")
    assert result.exit_code == 2
    assert "did you mean programme/digital-kazakhstan" in result.stderr


def test_conflicts_are_listed_with_every_side(run: Run, dataset: Dataset) -> None:
    result = run("conflicts")
    assert f"{len(dataset.conflicts)} conflict(s), complete" in result.stderr
    assert result.stdout.count("\n[") + 1 == len(dataset.conflicts)
    as_json = json.loads(run("conflicts", "--format", "json").stdout)
    assert len(as_json) == len(dataset.conflicts)
    arithmetic = json.loads(run("conflicts", "--kind", "arithmetic", "--document", "orazgaliyeva-2023", "--format", "json").stdout)
    assert {item["kind"] for item in arithmetic} == {"arithmetic"}
    assert run("conflicts", "--kind", "none-such").stdout == ""


def test_a_profile_tells_what_is_stated_what_is_computed_and_what_to_do_first(run: Run) -> None:
    result = run("profile", "KAZ")
    assert result.exit_code == 0
    assert "ahead (stated); ahead (computed: there above the own level)" in result.stdout
    assert "Ahead: B2G solutions for traffic safety monitoring" in result.stdout
    assert "G2C (level of the framework): unknown" in result.stdout
    assert "first (computed" in result.stdout
    assert "опережает" in run("profile", "KAZ", "--lang", "ru").stdout
    assert run("profile", "Казахстан", "--framework", "stage-model-openness").stdout == result.stdout


def test_a_profile_is_printed_as_data(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("profile", "KAZ", "--format", "csv").stdout)))
    assert [row["element"].rpartition("/")[2] for row in rows if row["standing"] == "ahead"] == ["b2g", "c2g"]
    (found,) = json.loads(run("profile", "KAZ", "-f", "json").stdout)
    assert (found["area"], found["assessed"]) == ("area/KAZ", True)
    assert len(found["positions"]) == len(rows)


def test_a_profile_of_an_area_without_claims_says_so_and_of_none_is_refused(run: Run) -> None:
    nothing = run("profile", "DNK")
    assert nothing.exit_code == 0
    assert "! no passage assesses area/DNK" in nothing.stdout
    for arguments, says in (
        (("DNKK",), "did you mean area/DNK"),
        (("KAZ", "--framework", "x"), "did you mean framework/stage-model-openness"),
        (("KAZ", "--format", "docx"), "text, json, csv"),
        (("KAZ", "--lang", "de"), "en, ru, kk"),
    ):
        result = run("profile", *arguments)
        code, printed, error = result.exit_code, result.stdout, result.stderr
        del result
        gc.collect()  # a refusal's traceback keeps the store open; a command of its own would have ended
        assert (code, printed) == (2, ""), arguments
        assert error.startswith("egovkg: ")
        assert says in error


@pytest.mark.parametrize("format", DATASETS, ids=lambda f: f.name)
def test_an_export_of_all_graphs_reads_back_as_the_same_dataset(run: Run, dataset: Dataset, format: Format) -> None:
    exported = run("export", "--format", format.name).stdout_bytes
    again = OxigraphStore()
    again.fill(nquads([quad for quad in parse(exported, format) if quad.graph_name != SERVICE]))
    whole = OxigraphStore()
    whole.fill(dataset.nquads)
    assert again.dump(N_QUADS) == whole.dump(N_QUADS)


def test_an_export_in_n_quads_is_what_was_built(run: Run, tmp_path: Path, built: Path) -> None:
    assert run("export", "--out", "all.nq").stdout == ""
    (tmp_path / "again").mkdir()
    again = OxigraphStore(tmp_path / "again")
    again.fill((tmp_path / "all.nq").read_bytes())
    assert again.dump(N_QUADS) == (tmp_path / "all.nq").read_bytes()
    again.close()


def test_an_export_in_turtle_and_n_triples_is_the_facts(run: Run, dataset: Dataset) -> None:
    turtle = parse(run("export", "--format", "ttl").stdout_bytes, TURTLE)
    assert set(turtle) == set(parse(run("export", "-f", "nt").stdout_bytes, find_format("nt", GRAPHS)))
    assert "nq, trig, jsonld, ttl, nt" in run("export", "--format", "docx").stderr


def test_what_is_loaded_is_in_the_export_and_the_rest_is_as_it_was(run: Run, files: dict[str, Path], built: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(built, tmp_path / "mine")
    before = set(run("export", "--store", mine).stdout.splitlines())
    result = run("load", files["good"], "--graph", "https://example.org/g", "--store", mine)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 new statement" in result.stderr
    assert "0 new statement" in run("load", files["good"], "--graph", "https://example.org/g", "--store", mine).stderr
    after = set(run("export", "--store", mine).stdout.splitlines())
    added = {line for line in after - before if "example.org" in line}
    assert added == {'<https://example.org/a> <https://example.org/p> "б" <https://example.org/g> .'}
    assert all("version" in line for line in (before ^ after) - added)


def test_a_file_that_violates_the_shapes_is_refused_whole(
    run: Run, files: dict[str, Path], built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shutil.copytree(built, tmp_path / "mine")
    before = run("export", "--store", mine).stdout
    result = run("load", files["bad"], "--store", mine)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{files['bad']}: [Programme-approvedBy]" in result.stderr
    for arguments in ((files["broken"],), ("nowhere.ttl",), (files["good"], "--graph", "no iri"), (files["good"], "--format", "docx")):
        assert run("load", *arguments, "--store", mine).exit_code == 2, arguments
    assert run("export", "--store", mine).stdout == before
    monkeypatch.setenv("EGOVKG_SHACL", "off")
    assert run("load", files["bad"], "--store", mine).exit_code == 0


def test_a_loaded_store_is_not_thrown_away_when_records_change(run: Run, files: dict[str, Path], built: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(built, tmp_path / "mine")
    run("load", files["good"], "--store", mine)
    store = OxigraphStore(mine)
    from kg.loading.opening import freshness

    assert freshness(store) in ("fresh", "loaded")
    store.close()
    assert "example.org/a" in run("export", "--store", mine).stdout


def test_serving_on_a_port_that_is_taken_is_one_sentence(run: Run, built: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "give another with --port" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_damaged_store_is_one_sentence_for_every_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "file").write_text("x")
    for command in (("query", SELECT), ("show", "827"), ("conflicts",), ("export",), ("serve", "--port", "0"), ("doctor",)):
        result = run(*command, "--store", tmp_path / "odd")
        assert result.exit_code in (1, 2)
        assert result.stderr.strip().splitlines()[-1].startswith("egovkg: the store")


def test_a_folder_of_other_things_is_never_replaced_by_a_store(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear-aunt.txt").write_text("x")
    result = run("build", "--store", tmp_path / "letters")
    assert result.exit_code == 2
    assert [file.name for file in (tmp_path / "letters").iterdir()] == ["dear-aunt.txt"]


def test_doctor_lists_every_setting_and_the_store(run: Run, built: Path) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    for name, _, meaning, _ in described(Settings()):
        assert f"{name}=" in result.stdout
        assert meaning in result.stdout
    assert f"* EGOVKG_STORE={built}" in result.stdout
    assert "is sound" in result.stdout
    assert "fresh" in result.stdout
    assert "none yet" in run("doctor", "--store", "nowhere").stdout


@pytest.mark.parametrize(("name", "value"), [("EGOVKG_TIMEOUT", "abc"), ("EGOVKG_PORT", "x"), ("EGOVKG_BASE", "x")])
def test_a_setting_that_cannot_be_read_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    for command in (("query", SELECT), ("doctor",), ("build",), ("serve",), ("load", "x.ttl")):
        result = run(*command)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"egovkg: {name} is {value!r}; give ")


def names_of_commands() -> list[str]:
    return sorted(command.name or command.callback.__name__ for command in app.registered_commands if command.callback)


@pytest.mark.parametrize("name", names_of_commands())
def test_every_command_has_help_and_is_in_the_reference(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    text = (Path(__file__).resolve().parent.parent / "docs" / "reference.md").read_text(encoding="utf-8")
    assert f"`egovkg {name}" in text
    options = {word.rstrip(".;") for word in result.stdout.replace(",", " ").split() if word.startswith("--") and word != "--help"}
    assert [option for option in sorted(options) if f"{option}" not in text] == []


def test_without_a_command_the_help_is_shown_and_the_version_is_there(run: Run) -> None:
    from kg import __version__

    assert "Commands" in run().output
    assert run("--version").stdout == f"egovkg {__version__}\n"
    assert run("nonsense").exit_code == 2
