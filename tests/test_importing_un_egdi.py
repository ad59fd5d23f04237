"""UN country tables: every quirk of the files is read, every bad row is named with its line and cure, nothing is half imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kg.cli.main import app
from kg.config import Settings, described
from kg.curation.formatting import canonical
from kg.curation.tables import read_table
from kg.errors import UnusableInput
from kg.findings import Finding
from kg.importing.countries import country_by_code, country_of
from kg.importing.folder import plan_import, plan_removal, settle, stage
from kg.importing.records import MEMBERS, edition_files, names_in
from kg.importing.un_egdi import COLUMNS, Edition, Figure, Reading, Row, read_tables
from kg.loading.dataset import Dataset, build, fingerprint
from kg.namespaces import entity
from kg.query.entities import read_entity
from kg.resources import records_dir
from kg.store.oxigraph import OxigraphStore
from kg.terms import Terms

Run = Callable[..., Result]
HEADER = (
    "Survey Year,Country Name,E-Government Rank,E-Government Index,E-Participation Index,"
    "Online Service Index,Human Capital Index,Telecommunication Infrastructure Index"
)
KAZAKHSTAN = '2010,"Kazakhstan ",46,0.55782,0.55714,0.52698,0.96773,0.17969'
IRELAND = '2010,"Ireland ",21,0.68655,0.44285,0.49841,0.99310,0.57386'
REAL = Path(__file__).parents[2] / "shared" / "data" / "un-egdi"


def _file(folder: Path, *rows: str, header: str = HEADER, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def _only(found: Reading) -> Row:
    assert [str(finding) for finding in found.findings] == []
    assert len(found.editions) == 1
    assert len(found.editions[0].rows) == 1
    return found.editions[0].rows[0]


def _wrong(path: Path, edition: str | None = None) -> Finding:
    findings = read_tables([path], edition).findings
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


# What is read


def test_blanks_around_a_name_are_no_part_of_it(tmp_path: Path) -> None:
    row = _only(read_tables([_file(tmp_path, KAZAKHSTAN)]))
    assert (row.name, row.country.alpha3, row.source.line) == ("Kazakhstan", "KAZ", 2)


def test_a_figure_keeps_its_digits(tmp_path: Path) -> None:
    row = _only(read_tables([_file(tmp_path, "2010,Kazakhstan,46,0.47430,0.50000,0.52698,0.96773,0.17969")]))
    assert row.figures["egdi-value"] == Figure("0.47430", "0.47430")
    assert row.figures["egdi-rank"] == Figure("46", "46")


def test_a_column_has_one_precision_though_a_spreadsheet_dropped_the_zeros(tmp_path: Path) -> None:
    rows = ("2012,Singapore,10,0.84742,.9474,1,0.84996,0.69229", "2012,Kazakhstan,38,0.68438,0.9474,0.78431,0.91337,0.35546")
    found = {row.country.alpha3: row.figures for row in read_tables([_file(tmp_path, *rows)]).editions[0].rows}
    assert found["SGP"]["osi-value"] == Figure("1.00000", "1")
    assert found["SGP"]["epi-value"] == Figure("0.9474", ".9474")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Country,Rank,E_Index,E_Participation,Online_Service,Human_Capital,Tele_Infra,Survey Year",
            "Kazakhstan ,24,0.9,0.8,0.9,0.8,0.9,2024\r",
        ),
        ("Tele_Infra;Country;Human_Capital;Rank;Online_Service;E_Index;Year;E_Participation", "0.9;Kazakhstan;0.8;24;0.9;0.9;2024;0.8"),
        ("EGDI\tEPI\tOSI\tHCI\tTII\tEGDI Rank\tMember State\tSurvey Year", "0.9\t0.8\t0.9\t0.8\t0.9\t24\tKazakhstan\t2024"),
    ],
    ids=["2024", "semicolons, other order", "tabs, short names"],
)
def test_columns_are_found_by_their_names_in_any_order(tmp_path: Path, header: str, row: str) -> None:
    found = _only(read_tables([_file(tmp_path, row, header=header)]))
    values = {key: figure.value for key, figure in found.figures.items()}
    assert values == {
        "egdi-rank": "24", "egdi-value": "0.9", "epi-value": "0.8", "osi-value": "0.9", "hci-value": "0.8", "tii-value": "0.9",
    }  # fmt: skip


def test_a_byte_order_mark_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = _file(tmp_path, "", KAZAKHSTAN, ",,,,,,,", encoding="utf-8-sig")
    assert _only(read_tables([path])).source.line == 3


def test_a_column_that_is_not_taken_over_is_named(tmp_path: Path) -> None:
    found = read_tables([_file(tmp_path, KAZAKHSTAN + ",Asia", header=HEADER + ",Region")])
    assert found.remarks == (f"{tmp_path / 'table.csv'}: not taken over: Region",)


@pytest.mark.parametrize(("name", "edition"), [("EGOV_DATA_2024.csv", None), ("table.csv", "2024"), ("on-2025-01-02.csv", "2024")])
def test_an_edition_that_no_column_says_comes_from_the_option_or_the_name(tmp_path: Path, name: str, edition: str | None) -> None:
    header, row = HEADER.partition(",")[2], KAZAKHSTAN.partition(",")[2]
    found = read_tables([_file(tmp_path, row, header=header, name=name)], edition)
    assert [one.year for one in found.editions] == ["2024"]


def test_a_file_may_hold_several_editions(tmp_path: Path) -> None:
    found = read_tables([_file(tmp_path, KAZAKHSTAN, KAZAKHSTAN.replace("2010", "2026", 1))])
    assert [one.year for one in found.editions] == ["2010", "2026"]


def test_a_country_without_rank_and_figures_has_none(tmp_path: Path) -> None:
    row = _only(read_tables([_file(tmp_path, '2003,"South Sudan",,0.00000,0.00000,0.00000,0.00000,0.00000')]))
    assert {key: (figure.value, figure.status) for key, figure in row.figures.items()} == dict.fromkeys(
        ("egdi-value", "epi-value", "osi-value", "hci-value", "tii-value"), ("", "missing")
    )


def test_zeros_of_a_country_with_a_rank_are_figures(tmp_path: Path) -> None:
    row = _only(read_tables([_file(tmp_path, "2003,Iraq,174,0.00000,0.00000,0.00000,0.93000,0.01578")]))
    assert row.figures["egdi-value"] == Figure("0.00000", "0.00000")


def test_a_dash_is_a_missing_figure(tmp_path: Path) -> None:
    row = _only(read_tables([_file(tmp_path, KAZAKHSTAN.replace("0.55714", "–"))]))
    assert row.figures["epi-value"] == Figure("", "–", "missing")


def test_an_index_above_one_is_taken_over_as_printed_and_said(tmp_path: Path) -> None:
    found = read_tables([_file(tmp_path, "2003,Tuvalu,174,0.00000,0.00000,0.00000,1.03000,0.01514")])
    assert _only(found).figures["hci-value"].status == "out-of-range"
    assert "table.csv:2: the column 'Human Capital Index' is 1.03000, above 1" in found.remarks[0]


def test_equals_may_share_a_rank(tmp_path: Path) -> None:
    rows = ("2018,Serbia,49,0.71550,0.8,0.7,0.8,0.6", "2018,Slovakia,49,0.71550,0.8,0.7,0.8,0.6")
    assert read_tables([_file(tmp_path, *rows)]).findings == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Swaziland", "SWZ"),
        ("Eswatini", "SWZ"),
        ("Türkiye", "TUR"),
        ("TURKEY", "TUR"),
        ("Georgia (Country)", "GEO"),
        ("Czech Republic", "CZE"),
        ("Côte d'Ivoire", "CIV"),
        ("Congo", "COG"),
        ("Democratic Republic of the Congo", "COD"),
        ("Gambia (Republic of The)", "GMB"),
        ("Micronesia (Federated States of)", "FSM"),
        ("Republic of Korea", "KOR"),
        ("Democratic People's Republic of Korea", "PRK"),
        ("The former Yugoslav Republic of Macedonia", "MKD"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
    ],
)
def test_a_country_is_known_by_its_present_and_past_names(name: str, code: str) -> None:
    country = country_of(name)
    assert country
    assert country.alpha3 == code


def test_a_country_has_names_in_three_languages() -> None:
    assert dict(country_by_code("DEU").names) == {"en": "Germany", "ru": "Германия", "kk": "Германия"}


# What is refused


@pytest.mark.parametrize(
    ("row", "rule", "words"),
    [
        (KAZAKHSTAN.replace("Kazakhstan ", "Kazachstan"), "Import-country", "'Kazachstan' is no country; did you mean Kazakhstan?"),
        (KAZAKHSTAN.replace("Kazakhstan ", "World average"), "Import-country", "remove a row that is no country's"),
        (KAZAKHSTAN.replace(",46,", ",46.5,"), "Import-rank", "a rank is a whole number"),
        (KAZAKHSTAN.replace(",46,", ",0,"), "Import-rank", "a rank is a whole number"),
        (KAZAKHSTAN.replace(",46,", ",,"), "Import-value", "'E-Government Rank' is empty; write the figure, or -"),
        (KAZAKHSTAN.replace("0.55714", ""), "Import-value", "'E-Participation Index' is empty"),
        (KAZAKHSTAN.replace("0.55714", '"0,55714"'), "Import-value", "write digits with a decimal point"),
        (KAZAKHSTAN.replace("0.55714", "-0.5"), "Import-value", "write digits with a decimal point"),
        (KAZAKHSTAN.replace("0.55714", "5.5E-1"), "Import-value", "write digits with a decimal point"),
        (KAZAKHSTAN.replace("0.55714", "55.714"), "Import-value", "an index lies between 0 and 1, so check the columns"),
        (KAZAKHSTAN.replace("2010", "10"), "Import-edition", "the survey year '10' is none; write four digits"),
        (KAZAKHSTAN + ",1", "Import-fields", "9 fields where the head has 8"),
        (KAZAKHSTAN.rpartition(",")[0], "Import-fields", "7 fields where the head has 8"),
        (IRELAND, "Import-country", "Ireland stands in"),
        (KAZAKHSTAN.replace("46", "21"), "Import-rank", "but not its index; correct one"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_cure(tmp_path: Path, row: str, rule: str, words: str) -> None:
    finding = _wrong(_file(tmp_path, IRELAND, row))
    assert finding.source
    assert str(finding.source) in (f"{tmp_path / 'table.csv'}:3", f"{tmp_path / 'table.csv'}:2")
    assert (finding.rule, words in finding.message) == (rule, True), finding.message


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER.replace("E-Government Index", "Score"), "there is no column for egdi-value; call it the column 'E-Government Index'"),
        (HEADER.replace("E-Participation Index", "EGDI"), "the columns E-Government Index and EGDI say the same; keep one"),
    ],
)
def test_a_table_without_a_column_or_with_it_twice_is_refused(tmp_path: Path, header: str, words: str) -> None:
    assert any(words in finding.message for finding in read_tables([_file(tmp_path, KAZAKHSTAN, header=header)]).findings)


def test_an_edition_that_nothing_says_is_asked_for_once(tmp_path: Path) -> None:
    header, rows = HEADER.partition(",")[2], (KAZAKHSTAN.partition(",")[2], IRELAND.partition(",")[2])
    finding = _wrong(_file(tmp_path, *rows, header=header))
    assert "give --edition 2024, or a column Survey Year" in finding.message


def test_an_edition_that_the_column_contradicts_is_refused(tmp_path: Path) -> None:
    assert "leave --edition out" in _wrong(_file(tmp_path, KAZAKHSTAN), "2012").message


def test_an_edition_that_is_no_year_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="--edition is 'twelve'; give the year"):
        read_tables([_file(tmp_path, KAZAKHSTAN)], "twelve")


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "2024.csv"
    path.write_bytes(content)
    assert read_tables([path]).findings


def test_a_head_alone_is_refused(tmp_path: Path) -> None:
    assert "no rows below its head" in _wrong(_file(tmp_path)).message


@pytest.mark.parametrize("content", [f"{HEADER}\n{KAZAKHSTAN}".encode("utf-16"), (HEADER + '\n2010,"Kaz').encode(), b"\xff\xfe\x00"])
def test_a_file_that_is_no_csv_is_refused_with_the_cure(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableInput, match="save it as CSV in UTF-8"):
        read_tables([path])


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEADER}\n{text}".encode()))
def test_any_bytes_are_read_or_refused_but_never_raise_another_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "table.csv"
    path.write_bytes(data)
    try:
        found = read_tables([path])
    except UnusableInput:
        return
    assert found.findings or found.editions


# What is written

_INDEX = st.integers(0, 100_000).map(lambda number: f"{number / 100_000:.5f}")
_ROWS = st.dictionaries(st.sampled_from(("KAZ", "UZB", "CIV", "TUR", "COD", "GBR")), st.lists(_INDEX, min_size=5, max_size=5), min_size=1)


@given(_ROWS)
def test_what_is_written_reads_back_as_what_was_printed(
    tmp_path_factory: pytest.TempPathFactory, terms: Terms, rows: dict[str, list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("round")
    lines = []
    for rank, (code, values) in enumerate(rows.items(), 1):
        out = io.StringIO()
        csv.writer(out).writerow(["2026", f" {country_by_code(code).names['en']} ", rank, *values])
        lines.append(out.getvalue().strip("\r\n"))
    found = read_tables([_file(folder, *lines)])
    assert found.findings == ()
    files = edition_files(found.editions[0])
    name = "observations/un-egovkb-2026-country-table.csv"
    (folder / "observations").mkdir(exist_ok=True)
    (folder / name).write_text(files[name], encoding="utf-8")
    findings: list[Finding] = []
    cells = read_table(folder / name, name, terms, findings)
    assert findings == []
    keys = ("egdi-value", "epi-value", "osi-value", "hci-value", "tii-value")
    expected = {(key, code, value) for code, values in rows.items() for key, value in zip(keys, values, strict=True)}
    expected |= {("egdi-rank", code, str(rank)) for rank, code in enumerate(rows, 1)}
    assert {(cell.indicator, cell.area, cell.printed) for cell in cells} == expected
    assert all(cell.value is not None and f"{cell.value:f}" == cell.printed and cell.period == "2026" for cell in cells)
    assert {cell.passage for cell in cells} == {"un-egovkb-2026/country-table"}


def _import(imports: Path, *files: Path, curated: Sequence[str] = ("KAZ", "SGP")) -> bool:
    plan = plan_import(imports, read_tables(files).editions, curated)
    changes = plan.changes
    if changes:
        settle(stage(plan, imports), imports)
    return changes


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_records_are_written_in_canonical_form(tmp_path: Path) -> None:
    rows = [KAZAKHSTAN, "2010,Côte d'Ivoire,144,0.28,0.1,0.2,0.4,0.1", "2010,Gambia (Republic of The),167,0.2,0.1,0.1,0.4,0.1"]
    _import(tmp_path / "imports", _file(tmp_path, *rows))
    files = {name: text.decode() for name, text in _tree(tmp_path / "imports").items() if name.endswith(".yaml")}
    assert set(files) == {f"un-egdi/{name}.yaml" for name in ("area/CIV", "area/GMB", "document/un-egovkb-2010")}
    assert [name for name, text in files.items() if canonical(text) != text] == []


def test_a_second_import_of_the_same_changes_no_byte(tmp_path: Path) -> None:
    imports, file = tmp_path / "imports", _file(tmp_path, KAZAKHSTAN, IRELAND)
    assert _import(imports, file)
    before = _tree(imports)
    assert not _import(imports, _file(tmp_path, IRELAND, KAZAKHSTAN, name="other-order.csv"))
    assert _tree(imports) == before


def test_editions_one_after_the_other_are_as_all_at_once(tmp_path: Path) -> None:
    files = [_file(tmp_path, row.replace("2010", year, 1), name=f"{year}.csv") for year, row in (("2010", IRELAND), ("2012", IRELAND))]
    for file in files:
        _import(tmp_path / "one", file)
    _import(tmp_path / "all", *files)
    assert _tree(tmp_path / "one") == _tree(tmp_path / "all")
    assert names_in(_tree(tmp_path / "all")["un-egdi/area/IRL.yaml"].decode()) == {"Ireland": {"2010", "2012"}}


def test_a_corrected_edition_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    imports = tmp_path / "imports"
    _import(imports, _file(tmp_path, KAZAKHSTAN, IRELAND))
    plan = plan_import(imports, read_tables([_file(tmp_path, KAZAKHSTAN)]).editions, ["KAZ"])
    assert (plan.added, plan.replaced, plan.unchanged) == ((), ("2010",), ())
    assert sorted(plan.files) == ["document/un-egovkb-2010.yaml", "observations/un-egovkb-2010-country-table.csv"]


def test_removing_an_edition_leaves_what_was_there_before_it(tmp_path: Path) -> None:
    imports = tmp_path / "imports"
    _import(imports, _file(tmp_path, IRELAND))
    before = _tree(imports)
    _import(imports, _file(tmp_path, IRELAND.replace("2010", "2012", 1), KAZAKHSTAN.replace("2010", "2012", 1), name="2012.csv"))
    settle(stage(plan_removal(imports, ["2012"]), imports), imports)
    assert _tree(imports) == before
    settle(stage(plan_removal(imports, []), imports), imports)
    assert _tree(imports) == {}


def test_an_edition_that_is_not_there_cannot_be_removed(tmp_path: Path) -> None:
    _import(tmp_path, _file(tmp_path, IRELAND))
    with pytest.raises(UnusableInput, match=r"the edition 2014 is not in .*; those imported are 2010"):
        plan_removal(tmp_path, ["2014"])


def test_imports_of_a_killed_command_are_put_back(tmp_path: Path) -> None:
    imports = tmp_path / "imports"
    _import(imports, _file(tmp_path, IRELAND))
    imports.rename(tmp_path / "imports.old")
    assert not _import(imports, _file(tmp_path, IRELAND))
    assert "un-egdi/area/IRL.yaml" in _tree(imports)


def test_a_document_of_fewer_than_all_members_says_that_it_is_partial() -> None:
    countries = [country for country in (country_of(name) for name in ("Kazakhstan", "Ireland")) if country]
    rows = tuple(Row(country, country.names["en"], {}, None) for country in countries)  # type: ignore[arg-type]
    assert "extent: partial" in edition_files(Edition("2010", rows))["document/un-egovkb-2010.yaml"]
    assert "extent: complete" in edition_files(Edition("2010", rows[:1] * MEMBERS))["document/un-egovkb-2010.yaml"]


# The dataset


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return imports of two editions: Kazakhstan, equals, a country without a web presence, one whose index is wrong."""
    folder = tmp_path_factory.mktemp("imports")
    rows = (
        KAZAKHSTAN, IRELAND, "2010,Nauru,184,0.00000,0.01428,0.01269,0.00000,0.00000",
        "2010,Somalia,184,0.00000,0.00000,0.00000,0.00000,0.01220",
        "2010,Cambodia,140,0.29890,0.22727,0.19732,0.69069,0.02032", "2003,Iraq,174,0.00000,0.00000,0.00000,0.93000,0.01578",
        "2003,Tuvalu,174,0.00000,0.00000,0.00000,1.03000,0.01514", "2003,South Sudan,,0.00000,0.00000,0.00000,0.00000,0.00000",
    )  # fmt: skip
    _import(folder / "imports", _file(folder, *rows), curated=[path.stem for path in (records_dir() / "area").glob("*.yaml")])
    return folder / "imports"


@pytest.fixture(scope="module")
def imported(imports: Path) -> Dataset:
    return build(imports=imports)


def _conflicts(dataset: Dataset) -> dict[tuple[str, str], str]:
    """Return the conflicts about figures that the UN publishes, comparisons left out."""
    published = tuple(f"{name}-{what}/" for name in ("egdi", "epi", "osi", "hci", "tii") for what in ("value", "rank"))
    about = {(c.kind, c.subject.value.partition("/observation/")[2]): c.rule for c in dataset.conflicts if not c.labels}
    return {key: rule for key, rule in about.items() if key[1].startswith(published)}


def test_the_un_table_goes_before_a_paper_and_the_paper_stays_a_claim(imported: Dataset, dataset: Dataset) -> None:
    assert _conflicts(dataset) == {("arithmetic", "egdi-value/KAZ/2010"): "stated-over-computed"}
    assert _conflicts(imported)["value", "egdi-value/KAZ/2010"] == "authority"
    assert ("arithmetic", "egdi-value/KAZ/2010") not in _conflicts(imported)
    store = OxigraphStore()
    store.fill(imported.nquads)
    found = read_entity(store, entity("observation", "egdi-value/KAZ/2010"))
    values = {(s.value.value, s.accepted): [e.passage.value.rpartition("/id/passage/")[2] for e in s.evidence]
              for s in found.statements if s.property.value.endswith("obsValue")}  # fmt: skip
    assert values == {("0.55782", True): ["un-egovkb-2010/country-table"], ("0.4743", False): ["orazgaliyeva-2023/table-3"]}
    store.close()


def test_an_index_of_zero_without_a_component_is_no_conflict_and_a_wrong_one_is(imported: Dataset) -> None:
    assert _conflicts(imported) == {
        ("value", "egdi-value/KAZ/2010"): "authority",
        ("arithmetic", "egdi-value/KHM/2010"): "stated-over-computed",
    }


def test_a_curated_area_goes_before_an_imported_one(imports: Path, tmp_path: Path) -> None:
    copy = tmp_path / "imports" / "un-egdi" / "area"
    copy.mkdir(parents=True)
    text = (
        (imports / "un-egdi" / "area" / "IRL.yaml")
        .read_text(encoding="utf-8")
        .replace("stated:\n      - un-egovkb-2010/", "stated:\n      - nowhere/")
    )
    (copy / "KAZ.yaml").write_text(text, encoding="utf-8")
    curated = build(imports=tmp_path / "imports").curated
    assert curated.records["area/KAZ"].form.label["en"] == "Kazakhstan"


def test_the_fingerprint_follows_the_imports(imports: Path, tmp_path: Path) -> None:
    assert len({fingerprint(), fingerprint(imports=imports), fingerprint(imports=tmp_path / "none")}) == 2


# The command


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name, *_ in described(Settings()):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(a) for a in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result

    return command


def test_import_builds_says_so_and_does_nothing_a_second_time(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, KAZAKHSTAN, IRELAND)
    first = run("import", "un-egdi", file)
    assert first.exit_code == 0
    assert "added: 2010" in first.output
    assert "release" in first.output
    before = _tree(tmp_path / ".egovkg" / "imports")
    second = run("import", "un-egdi", file)
    assert (second.exit_code, "nothing changed: 2010" in second.output) == (0, True)
    assert _tree(tmp_path / ".egovkg" / "imports") == before
    assert "0.68655" in run("show", "observation/egdi-value/IRL/2010").output


def test_a_store_is_built_anew_after_an_import_without_a_build_and_after_its_removal(run: Run, tmp_path: Path) -> None:
    assert run("import", "un-egdi", "--no-build", _file(tmp_path, IRELAND)).exit_code == 0
    assert not (tmp_path / ".egovkg" / "store").exists()
    assert "0.68655" in run("show", "observation/egdi-value/IRL/2010").output
    assert "removed: 2010" in run("import", "--remove", "--no-build", "un-egdi").output
    assert run("show", "observation/egdi-value/IRL/2010").exit_code == 2


def test_one_bad_row_in_any_file_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    good, bad = _file(tmp_path, KAZAKHSTAN), _file(tmp_path, IRELAND.replace("21,", "x,"), name="bad.csv")
    result = run("import", "un-egdi", good, bad)
    assert result.exit_code == 1
    assert f"{bad}:2: [Import-rank] the column 'E-Government Rank' is 'x'" in result.output
    assert "the files have 1 error(s), and nothing was imported" in result.output
    assert not (tmp_path / ".egovkg").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("world-bank", "x.csv"), "the source is 'world-bank'; give one of un-egdi"),
        (("un-egdi",), "there is no file to import"),
        (("un-egdi", "nowhere.csv"), "nowhere.csv cannot be read"),
        (("--remove", "un-egdi", "2010"), "nothing is imported"),
        (("--remove", "--edition", "2010", "un-egdi"), "--edition is for files"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_the_cure(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run("import", *arguments)
    assert (result.exit_code, words in result.output) == (2, True), result.output


def test_a_store_with_loaded_data_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    assert run("build").exit_code == 0
    (tmp_path / "mine.nt").write_text("<https://example.org/a> <https://example.org/p> 'b' .\n".replace("'", '"'), encoding="utf-8")
    assert run("load", "mine.nt").exit_code == 0
    result = run("import", "un-egdi", _file(tmp_path, IRELAND))
    assert (result.exit_code, "holds loaded data too, and nothing was imported" in result.output) == (2, True)
    assert not (tmp_path / ".egovkg" / "imports").exists()


# The UN's own files, where they are at hand


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    if not REAL.is_dir():
        pytest.skip("the UN's tables are not here: they are no part of the project (give them in ../shared/data/un-egdi)")
    imports = tmp_path_factory.mktemp("real") / "imports"
    curated = [path.stem for path in (records_dir() / "area").glob("*.yaml")]
    plan = plan_import(imports, read_tables(sorted(REAL.glob("*.csv"))).editions, curated)
    return build(imports=stage(plan, imports))


def test_all_twelve_editions_are_read_whole(real: Dataset) -> None:
    cells = [cell for cell in real.curated.cells if cell.passage.endswith("/country-table")]
    assert len({cell.passage for cell in cells}) == 12
    assert len({cell.area for cell in cells}) == MEMBERS
    assert len(cells) == 12 * MEMBERS * (len(COLUMNS) - 3) - 8  # unranked countries have no rank cell
    assert sum(cell.value is None for cell in cells) == 8 * 5


def test_of_all_editions_two_indices_are_wrong_and_one_paper_misprints(real: Dataset) -> None:
    assert _conflicts(real) == {
        ("value", "egdi-value/KAZ/2010"): "authority",
        ("arithmetic", "egdi-value/CMR/2008"): "stated-over-computed",
        ("arithmetic", "egdi-value/KHM/2008"): "stated-over-computed",
    }


def test_the_paper_agrees_with_the_un_in_every_other_cell(real: Dataset) -> None:
    table = {cell.slug: cell.value for cell in real.curated.cells if cell.passage == "orazgaliyeva-2023/table-3"}
    un = {cell.slug: cell.value for cell in real.curated.cells if cell.passage.endswith("/country-table")}
    both = table.keys() & un.keys()
    assert len(both) == 66
    assert [slug for slug in both if table[slug] != un[slug]] == ["egdi-value/KAZ/2010"]
