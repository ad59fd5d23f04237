"""Wrong records: each gives a finding with file, line, rule and cure; nothing is ever raised."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import UnusableInput
from kg.findings import Severity, violations
from kg.loading.checking import check_records
from tests.world import FILES, HEADER, PROGRAMME, TABLE, World, place

PROGRAMME_FILE = "programme/digital-land.yaml"
ACT_FILE = "act/P1700000827.yaml"
DOCUMENT_FILE = "document/doe-2020.yaml"
SHARE_FILE = "indicator/users-share.yaml"
LINKING_RULE = "type: Rule\nlabel: {en: a, ru: b, kk: c}\nrule: "


@dataclass(frozen=True)
class Slip:
    """One thing changed in a valid world, and the only finding that it must give."""

    name: str
    file: str
    old: str
    new: str
    line: int
    rule: str
    cure: str


SLIPS = [
    Slip("unknown top-level key", PROGRAMME_FILE, "claims:", "budget: 5\nclaims:", 3, "Record-key", "goes under `claims`"),
    Slip("unknown claim key", PROGRAMME_FILE, "approvedBy", "aprovedBy", 4, "Claim-key", "did you mean `approvedBy`?"),
    Slip("editorial key in a claim", PROGRAMME_FILE, "approvedBy: act/P1700000827", "altLabel: x", 4, "Claim-key", "unknown key"),
    Slip("unknown slug", PROGRAMME_FILE, "P1700000827", "P1700000872", 4, "Claim-approvedBy", "did you mean act/P1700000827?"),
    Slip("slug with no likeness", PROGRAMME_FILE, "P1700000827", "Z9", 4, "Claim-approvedBy", "`egovkg new act Z9`"),
    Slip("no slug at all", PROGRAMME_FILE, "act/P1700000827", "P1700000827", 4, "Claim-approvedBy", "kind/slug"),
    Slip("slug with a blank", PROGRAMME_FILE, "act/P1700000827", "act/P17 827", 4, "Claim-approvedBy", "kind/slug"),
    Slip("wrong kind of entity", PROGRAMME_FILE, "act/P1700000827", "area/KAZ", 4, "Claim-approvedBy", "refers to act"),
    Slip("unknown passage", "area/KAZ.yaml", "doe-2020/text-1", "doe-2020/text-2", 4, "Claim-stated", "did you mean doe-2020/text-1"),
    Slip("unknown document", "area/KAZ.yaml", "doe-2020/text-1", "roe-2020/text-1", 4, "Claim-stated", "add it under `passages`"),
    Slip("end before begin", PROGRAMME_FILE, "endDate: 2022", "endDate: 2012", 7, "Thing-dateOrder", "correct one of them"),
    Slip("Adilet id against the number", ACT_FILE, "'827'", "'828'", 1, "LegalAct-idNumber", "correct one of them"),
    Slip("month 13", PROGRAMME_FILE, "2022", "2017-13", 8, "Claim-endDate", "correct year, month or day"),
    Slip("30 February", PROGRAMME_FILE, "2022", "2017-02-30", 8, "Claim-endDate", "correct year, month or day"),
    Slip("month 0", PROGRAMME_FILE, "2022", "2022-00", 8, "Claim-endDate", "correct year, month or day"),
    Slip("day 0", PROGRAMME_FILE, "2022", "2022-05-00", 8, "Claim-endDate", "correct year, month or day"),
    Slip("year 0", PROGRAMME_FILE, "2022", "0000", 8, "Claim-endDate", "correct year, month or day"),
    Slip("date in words", PROGRAMME_FILE, "2022", "end of 2022", 8, "Claim-endDate", "write 2017-12-12, 2017-12 or 2017"),
    Slip("date in Arabic digits", PROGRAMME_FILE, "2022", "٢٠٢٢", 8, "Claim-endDate", "write 2017-12-12, 2017-12 or 2017"),
    Slip("bad code", PROGRAMME_FILE, "state-programme", "state-program", 5, "Claim-programmeType", "code list programme-type"),
    Slip("text without language", "area/KAZ.yaml", "{en: Kazakhstan}, area", "Kazakhstan, area", 4, "Claim-name", "`name: {en: …"),
    Slip("empty text", "area/KAZ.yaml", "{en: Kazakhstan}, area", "{en: ' '}, area", 4, "Claim-name", "write the text"),
    Slip("bad language tag", "area/KAZ.yaml", "{en: Kazakhstan}, area", "{English: x}, area", 4, "Claim-name", "BCP 47"),
    Slip("mapping for a plain value", PROGRAMME_FILE, "2022", "{en: 2022}", 8, "Claim-endDate", "takes a plain value"),
    Slip("address with a blank", ACT_FILE, "number: '827'", "url: 'https://x y'", 5, "Claim-url", "without blanks"),
    Slip("address with a bad host", ACT_FILE, "number: '827'", "url: 'https://['", 5, "Claim-url", "no address"),
    Slip("match that is no address", SHARE_FILE, "unit: percent", "unit: percent\nexactMatch: [foo bar]", 4, "Record-exactMatch", "from https://"),
    Slip("label of a wrong shape", PROGRAMME_FILE, "{en: Digital Land", "{en: [a]", 2, "Record-label", "docs/record-format.md"),
    Slip("unknown class", PROGRAMME_FILE, "type: Programme", "type: Program", 1, "Record-type", "use Programme"),
    Slip("class of another folder", PROGRAMME_FILE, "type: Programme", "type: Area", 1, "Record-type", "move the file or correct `type`"),
    Slip("unknown authority", DOCUMENT_FILE, "peer-reviewed", "reviewed", 3, "Document-authority", "use one of"),
    Slip("unknown unit of an indicator", SHARE_FILE, "percent", "per-cent", 3, "Indicator-unit", "use one of"),
    Slip("identifier of no scheme", SHARE_FILE, "unit: percent", "identifiers: {foo: x}", 1, "Identifier-scheme", "use adilet"),
    Slip("identifier scheme with a blank", PROGRAMME_FILE, "claims:", "identifiers: {a b: x}\nclaims:", 3, "Record-identifiers", "pattern"),
    Slip("coverage of a bad kind", PROGRAMME_FILE, "claims:", "coverage: [{kind: a b, extent: complete, scope: {en: x}}]\nclaims:", 3,
         "Record-coverage", "pattern"),
    Slip("alias of another record", SHARE_FILE, "claims:", "aliases: [Index-value]\nclaims:", 1, "Record-identifier", "duplicate id"),
    Slip("passages of an area", "area/KAZ.yaml", "claims:", "passages: {p: {locator: x}}\nclaims:", 1, "Record-passages", "move them"),
    Slip("a date to the day and to the year", PROGRAMME_FILE, "startDate: 2018", "startDate: [2018, 2018-03-01]", 7, "Claim-startDate",
         "keep the finer"),
    Slip("claim that is no mapping", "area/KAZ.yaml", "claims:", "claims:\n  - hello", 4, "Record-claims", "docs/record-format.md"),
    Slip("claim with nothing but passages", PROGRAMME_FILE, "claims:", "claims:\n  - stated: [doe-2020/text-1]", 4, "Claim-key", "add one"),
    Slip("claim without stated", PROGRAMME_FILE, "2022\n    stated: [doe-2020/text-1]", "2022", 7, "Claim-stated", "add `stated:"),
    Slip("quote left in a record", DOCUMENT_FILE, "passages:", "passages:\n  text-2: {locator: x, quote: heading}", 6, "Passage-quote",
         "egovkg check --fix --sources DIR"),
]  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_gives_one_finding_with_file_line_rule_and_cure(world: World, slip: Slip) -> None:
    world.change(slip.file, slip.old, slip.new)
    finding = world.only_violation()
    assert (place(finding), finding.rule) == (f"{slip.file}:{slip.line}", slip.rule)
    assert slip.cure in finding.message


def test_a_misspelt_top_level_key_is_refused_with_the_key_it_looks_like(world: World) -> None:
    world.change(PROGRAMME_FILE, "label:", "lable:")
    found = {finding.rule: finding for finding in world.violations()}
    assert place(found["Record-key"]) == f"{PROGRAMME_FILE}:2"
    assert "did you mean `label`?" in found["Record-key"].message
    assert "`label` is missing; add it" in found["Record-label"].message


def test_a_record_without_claims_is_refused(world: World) -> None:
    world.write("area/NLD.yaml", "type: Area\nlabel: {en: Netherlands, ru: Нидерланды, kk: Нидерланд}\n")
    finding = world.only_violation()
    assert place(finding) == "area/NLD.yaml:1"
    assert "at least one claim with `stated`" in finding.message


def test_two_records_with_one_identifier_are_refused_and_the_other_is_named(world: World) -> None:
    for name in ("users-share", "index-value"):
        world.change(f"indicator/{name}.yaml", "claims:", "identifiers: {doi: 10.1/x}\nclaims:")
    finding = world.only_violation()
    assert place(finding) == f"{SHARE_FILE}:1"
    assert finding.rule == "Record-identifier"
    assert "doi 10.1/x is also that of indicator/index-value" in finding.message


def test_two_acts_whose_ids_differ_by_the_final_underscore_are_one_id(world: World) -> None:
    world.write("act/P1700000827_.yaml", FILES[ACT_FILE])
    assert "Record-identifier" in {finding.rule for finding in world.violations()}


def test_a_missing_translation_is_a_warning_that_stops_nothing(world: World) -> None:
    world.change(PROGRAMME_FILE, ", kk: Цифрлық ел", "")
    outcome = check_records(world.root)
    assert [(f.rule, f.severity) for f in outcome.findings] == [("Label-kk", Severity.WARNING)]


def test_a_record_of_an_older_slug_is_no_duplicate_of_itself(world: World) -> None:
    world.change(PROGRAMME_FILE, "claims:", "aliases: [digital-land]\nclaims:")
    assert world.violations() == []


UNREADABLE: list[tuple[str, str | bytes, int, str]] = [
    ("an empty file", "", 1, "start it with `type: …`"),
    ("only a comment", "# nothing\n", 1, "start it with `type: …`"),
    ("a key twice", PROGRAMME + "type: Programme\n", 10, "join the two"),
    ("bad YAML", "type: Programme\nlabel: {en: x\nclaims: []\n", 3, "check quotes, colons and indentation"),
    ("a tab", "type: Programme\nlabel:\n\ten: x\n", 3, "use two spaces a level"),
    ("an anchor", PROGRAMME.replace("2018", "&year 2018"), 7, "write the value out"),
    ("an alias", PROGRAMME.replace("2018", "*year"), 7, "write the value out"),
    ("a tag", PROGRAMME.replace("2018", "!!int 2018"), 7, "write the plain value"),
    ("a value left out", PROGRAMME.replace("2018", ""), 7, "write one or remove the key"),
    ("a mapping as key", "{a: b}: c\n", 1, "a key must be a plain word"),
    ("two documents", PROGRAMME + "---\n" + PROGRAMME, 1, "keep one thing a file"),
    ("a control character", "type: Programme\0", 1, "check quotes, colons and indentation"),
    ("Latin-1", "type: Programme # é\n".encode("latin-1"), 1, "save it as UTF-8"),
    ("brackets 5,000 deep", "a: " + "[" * 5000, 1, "check the brackets"),
]


@pytest.mark.parametrize(("text", "line", "cure"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_an_unreadable_file_gives_one_finding_with_its_line(world: World, text: str | bytes, line: int, cure: str) -> None:
    world.write("programme/other.yaml", text)
    finding = world.only_violation()
    assert (place(finding), finding.rule) == (f"programme/other.yaml:{line}", "Record-yaml")
    assert cure in finding.message


def test_a_record_that_cannot_be_read_is_not_reported_as_unknown_where_others_name_it(world: World) -> None:
    world.write(DOCUMENT_FILE, "type: [")
    world.write("area/KAZ.yaml", "type: [")
    assert [place(finding) for finding in world.violations()] == ["area/KAZ.yaml:1", f"{DOCUMENT_FILE}:1"]


def test_a_list_in_place_of_a_record_is_refused(world: World) -> None:
    world.write("programme/other.yaml", "- type: Programme\n")
    assert place(world.only_violation()) == "programme/other.yaml:1"


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("programmes/other.yaml", "put it in one of"),
        ("observation/other.txt.yml", "ends in .yaml"),
        ("programme/other.yml", "ends in .yaml"),
        ("programme/with blank.yaml", "ASCII letters"),
        ("programme/<x>.yaml", "ASCII letters"),
        ("programme/бағдарлама.yaml", "ASCII letters"),
    ],
)
def test_a_record_in_a_wrong_place_is_refused(world: World, name: str, cure: str) -> None:
    world.write(name, PROGRAMME)
    finding = world.only_violation()
    assert finding.rule == "Record-kind"
    assert cure in finding.message


@pytest.mark.parametrize(
    ("rule", "cure"),
    [
        ("{kind: ratio, result: {indicator: index-value}, inputs: [{indicator: users-share}]}", "has 2 of `inputs`"),
        ("{kind: growth, result: {indicator: index-value}, inputs: [{indicator: osi}, {indicator: index-value}]}", "has 1 of `inputs`"),
        ("{kind: weighted-mean, result: {indicator: index-value}, inputs: [{indicator: users-share, weight: 0}]}", "add up to 0"),
        ("{kind: mean, result: {indicator: index-value}, inputs: [{indicator: users-share}]}", "weighted-mean"),
        ("{kind: sum, result: {indicator: user-share}, inputs: [{indicator: index-value}]}", "did you mean indicator/users-share"),
        ("{kind: sum, result: {indicator: users-share, breakdown: a b}, inputs: [{indicator: index-value}]}", "breakdown"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_computed_is_refused(world: World, rule: str, cure: str) -> None:
    world.write("rule/x.yaml", LINKING_RULE + rule + "\n")
    finding = world.only_violation()
    assert finding.rule == "Record-rule"
    assert cure in finding.message


ROWS = [
    ("a share of 120 percent", "users-share,KAZ,2011,,,120,percent,,,120,", "Observation-share", "between 0 and 100"),
    ("a negative share", "users-share,KAZ,2011,,,-1,percent,,,-1,", "Observation-share", "between 0 and 100"),
    ("an index above 1", "index-value,KAZ,2011,,,1.2,index,,,1.2,", "Observation-index", "between 0 and 1"),
    ("a rank of 1.5", "users-share,KAZ,2011,,,1.5,rank,,,1.5,", "Observation-rank", "whole number"),
    ("too few fields", "users-share,KAZ,2011,,,12,percent,,,12", "Observation-csv", "quote fields that hold a comma"),
    ("an unquoted comma", "users-share,KAZ,2011,,,1200,number,,,1,200,", "Observation-csv", "quote fields that hold a comma"),
    ("a thousands separator", "users-share,KAZ,2011,,,12 000,number,,,12 000,", "Observation-value", "no separators"),
    ("an exponent", "users-share,KAZ,2011,,,1e3,number,,,1e3,", "Observation-value", "no number"),
    ("Arabic digits", "users-share,KAZ,2011,,,٣,number,,,٣,", "Observation-value", "no number"),
    ("no value", "users-share,KAZ,2011,,,,percent,,,12,", "Observation-value", "no number"),
    ("a value that is missing", "users-share,KAZ,2011,,,12,percent,missing,,–,", "Observation-value", "empty the column or the status"),
    ("a value that is not printed", "users-share,KAZ,2011,,,12,percent,,,21%,", "Observation-value", "say in `note` how it was read"),
    ("an unknown unit", "users-share,KAZ,2011,,,12,percentage,,,12,", "Observation-unit", "code list unit"),
    ("no unit", "users-share,KAZ,2011,,,12,,,,12,", "Observation-unit", "code list unit"),
    ("an unknown breakdown", "users-share,KAZ,2011,martians,,12,percent,,,12,", "Observation-breakdown", "code list breakdown"),
    ("an unknown role", "users-share,KAZ,2011,,aim,12,percent,,,12,", "Observation-role", "code list value-role"),
    ("an unknown status", "users-share,KAZ,2011,,,12,percent,lost,,12,", "Observation-status", "code list obs-status"),
    ("an unknown qualifier", "users-share,KAZ,2011,,,12,percent,,circa,12,", "Observation-qualifier", "code list qualifier"),
    ("an unknown indicator", "user-share,KAZ,2011,,,12,percent,,,12,", "Observation-indicator", "did you mean indicator/users-share?"),
    ("an unknown area", "users-share,KAS,2011,,,12,percent,,,12,", "Observation-area", "did you mean area/KAZ?"),
    ("a month that is none", "users-share,KAZ,2011-13,,,12,percent,,,12,", "Observation-period", "2010, 2023-04 or 2015/2021"),
    ("a day that is none", "users-share,KAZ,2011-02-30,,,12,percent,,,12,", "Observation-period", "2010, 2023-04 or 2015/2021"),
    ("an interval that ends before it begins", "users-share,KAZ,2015/2012,,,12,percent,,,12,", "Thing-dateOrder", "correct one of them"),
    ("nothing printed", "users-share,KAZ,2011,,,12,percent,,,,", "Observation-printed", "as it stands in the source"),
    ("the key of another row", "users-share,KAZ,2010,,,13,percent,,,13,", "Observation-key", "stands in line 2"),
]


@pytest.mark.parametrize(("row", "rule", "cure"), [case[1:] for case in ROWS], ids=[case[0] for case in ROWS])
def test_a_wrong_row_is_refused_with_file_and_line(world: World, row: str, rule: str, cure: str) -> None:
    world.add_row(row)
    finding = world.only_violation()
    assert (place(finding), finding.rule) == (f"{TABLE}:5", rule)
    assert cure in finding.message


@pytest.mark.parametrize(
    ("name", "text", "rule", "cure"),
    [
        ("doe-2020-table-2.csv", "indicator,area\n", "Observation-header", HEADER),
        ("doe-2020-text.csv", HEADER + "\n", "Observation-header", "passage,indicator"),
        ("doe-2020-table-2.csv", "", "Observation-header", HEADER),
        ("doe-2020-table-2.csv", HEADER + '\nusers-share,KAZ,2011,,,12,percent,,,"12,\n', "Observation-csv", "check quotes"),
        ("doe-2020-table-2.csv", b"\xff\xfe", "Observation-csv", "check quotes and encoding"),
        ("doe-2020.csv", HEADER + "\n", "Observation-file", "call it <document>-table-3.csv"),
    ],
)
def test_a_wrong_observation_file_gives_one_finding(world: World, name: str, text: str | bytes, rule: str, cure: str) -> None:
    world.write(f"observations/{name}", text)
    finding = world.only_violation()
    assert (place(finding), finding.rule) == (f"observations/{name}:1", rule)
    assert cure in finding.message


def test_a_cell_of_a_table_without_a_passage_is_refused(world: World) -> None:
    world.write("observations/doe-2020-table-2.csv", HEADER + "\nusers-share,KAZ,2011,,,12,percent,,,12,\n")
    finding = world.only_violation()
    assert place(finding) == "observations/doe-2020-table-2.csv:2"
    assert "did you mean doe-2020/table-1" in finding.message


@pytest.mark.parametrize(
    ("value", "printed"), [("1200", '"1,200"'), ("1200", "1 200"), ("12.5", '"12,5 %"'), ("12", "12*"), ("33", "A third")]
)
def test_a_value_may_be_printed_with_marks_separators_or_in_words(world: World, value: str, printed: str) -> None:
    world.add_row(f"users-share,KAZ,2011,,,{value},number,,,{printed},")
    assert world.violations() == []


def test_a_value_read_from_other_digits_needs_a_note(world: World) -> None:
    world.add_row("users-share,KAZ,2011,,,12,percent,,,21%,A slip of the paper.")
    assert world.violations() == []


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="no records"):
        check_records(tmp_path)


def test_the_tiny_world_is_valid(world: World) -> None:
    outcome = check_records(world.root)
    assert outcome.findings == ()
    assert (len(outcome.curated.records), len(outcome.curated.cells)) == (6, 3)


NOISE = st.text(st.sampled_from(" \t\n:-{}[]&*!'\"#,/%@`|><\\\0\ufeffәa1é😀"), max_size=6)


@settings(max_examples=120)
@given(name=st.sampled_from(sorted(FILES)), cut=st.integers(0, 400), length=st.integers(0, 40), noise=NOISE)
def test_a_file_damaged_anywhere_gives_findings_and_raises_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, cut: int, length: int, noise: str
) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    text = world.read(name)
    world.write(name, text[:cut] + noise + text[cut + length :])
    found = check_records(world.root).findings
    assert all(finding.source and finding.source.line >= 1 and finding.message for finding in violations(found))
