"""Verification: texts found by digest, failures named, and every number of a text judged exactly once."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kg.cli.main import app
from kg.curation.formatting import canonical
from kg.curation.forms import RecordForm
from kg.curation.passages import check_sources, read_sources
from kg.curation.reading import read_records
from kg.curation.records import Curated, Passage, Record
from kg.curation.segmenting import canonical_text, digest
from kg.errors import UnusableInput
from kg.findings import Source
from kg.loading.dataset import Dataset
from kg.terms import Terms, load_terms
from kg.verification.carrying import Carried, Carrier
from kg.verification.citations import Work
from kg.verification.coverage import State, Verdict, judge
from kg.verification.numbers import numbers_in, values_in
from kg.verification.report import Report, check_unclaimed, verify
from tests.seeds import seeds
from tests.world import TEXT, World, place

HERE = Source("x.yaml", 1)


def _document(passages: dict[str, tuple[str, int, int]], unclaimed: list[dict[str, object]] | None = None) -> tuple[Record, list[Passage]]:
    given = {
        slug: {"locator": slug, "type": kind, "start": start, "end": end, "sha256": "0" * 64}
        for slug, (kind, start, end) in passages.items()
    }
    form = RecordForm.model_validate(
        {"type": "Report", "label": {"en": "Doe (2020)"}, "passages": given, "unclaimed": unclaimed or [], "claims": [{}]}
    )
    record = Record("document", "doe-2020", (), form, (), HERE)
    return record, [Passage("doe-2020", slug, item, HERE) for slug, item in form.passages.items()]


def _judged(text: str, kind: str = "paragraph", claimed: str = "", unclaimed: list[str] | None = None) -> list[Verdict]:
    """Judge a text that is one passage `p`, with the numbers of `claimed` carried by a claim."""
    reasons: list[dict[str, object]] = [{"passage": "p", "numbers": unclaimed, "why": {"en": "because"}}] if unclaimed else []
    record, passages = _document({"p": (kind, 0, len(text))}, reasons)
    carried = Carried()
    carried.add(values_in(claimed), Carrier("a claim", HERE))
    return judge(text, record, passages, {"doe-2020/p": carried}, [])


def _states(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    return [(verdict.number.printed, str(verdict.state)) for verdict in verdicts]


# Structure


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("as Table 3 and Figures 1–4 show, see sections 2 and 5", "caption"),
        ("Таблица 2 и рис. 4", "caption"),
        ("see https://doi.org/10.1016/j.giq.2013.06.002 now", "address"),
        ("doi: 10.21511/ppm.21(2).2023.53", "address"),
        ("mail a1.b22@x3.kz", "address"),
        ("lies at http://adilet.zan.kz/rus/\ndocs/P1700000827", "address"),
        ("lies at adilet.zan.kz/rus/docs/P1700000827", "address"),
        ("http://x.org Collected April 30, 2021.", "look-up date"),
        ("Q1. How old are you?\nQ2: And you?", "question number"),
        ("1. First thing\n2. Second thing\n(3) Third", "list number"),
        ("three aims: (1) to see; (2) to go", "list number"),
        ("from G2C and B2B to COVID-19", "name"),
        ("a mark<sup>1, 3</sup>", "note mark"),
        ("words\n\n472\n\nmore words", "page number"),
        (r"$$x = y \tag{2}$$", "caption"),
        ("$$x = y$$ (1)", "caption"),
    ],
)
def test_what_orders_a_text_is_structure(text: str, kind: str) -> None:
    verdicts = _judged(text)
    assert verdicts
    assert {(verdict.state, verdict.by) for verdict in verdicts} == {(State.STRUCTURE, kind)}


@pytest.mark.parametrize("text", ["Stage 3 of 5", "ranked 28th", "by 13.7%", "in 2019", "a share (5) of it", "the top 10 countries", "§ 7"])
def test_what_says_something_is_no_structure(text: str) -> None:
    assert {verdict.state for verdict in _judged(text)} == {State.UNCOVERED}


def test_the_number_before_a_reference_is_structure_and_its_year_is_not() -> None:
    assert _states(_judged("12. Doe, J. 2020. A title.", "reference")) == [("12", "structure"), ("2020", "uncovered")]


def test_a_column_that_counts_the_rows_is_structure_and_no_other_is() -> None:
    counted = _judged("Table 1. X\n1\ta\t7\n2\tb\t8\n3\tc\t9", "table")
    assert [verdict.number.printed for verdict in counted if verdict.by == "row number"] == ["1", "2", "3"]
    assert [verdict.number.printed for verdict in counted if verdict.state is State.UNCOVERED] == ["7", "8", "9"]
    years = _judged("Table 1. X\n2019\t7\n2020\t8", "table")
    assert "row number" not in {verdict.by for verdict in years}


def test_lines_that_differ_in_their_figures_are_no_running_heads() -> None:
    text = "".join(f"Number of users {n}\nGrowth was {n} percent here\n" for n in (70, 50, 60))
    assert {verdict.state for verdict in _judged(text)} == {State.UNCOVERED}


def test_a_line_that_stands_on_every_page_is_a_running_head() -> None:
    text = "".join(f"Some words {n}00 here.\nJournal of Things, 26(1), 2021, page {n}\n" for n in (4, 5, 6))
    heads = [verdict for verdict in _judged(text) if verdict.by == "running head"]
    assert {verdict.number.printed for verdict in heads} == {"26", "1", "2021", "4", "5", "6"}


def test_a_paragraph_said_twice_is_judged_twice_at_its_own_place() -> None:
    words = "In all 320 complaints were made.\n"
    text = words * 2
    record, passages = _document({"a": ("paragraph", 0, len(words)), "b": ("paragraph", len(words), len(text))})
    carried = Carried()
    carried.add({Decimal(320)}, Carrier("a claim", HERE))
    first, second = judge(text, record, passages, {"doe-2020/a": carried}, [])
    assert (first.state, first.passages, first.line) == (State.COVERED, ("doe-2020/a",), 1)
    assert (second.state, second.passages, second.line) == (State.UNCOVERED, ("doe-2020/b",), 2)


# Coverage


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("14, 219 respondents", "14219"),
        ("4 900 tenge", "4900"),
        ("4\u00a0900 tenge", "4,900"),
        ("index 0,8681", "0.8681"),
        ("pages 578-591", "578–591"),
        ("from 2015 to 2021", "2015/2021"),
        ("an e ff ective 84.1%", "84.1"),
        ("an eﬀective 15th place", "15"),
        ("fell by −3.5", "-3.5"),
        ("vol. 14, 212–226", "14 and 212 to 226"),
    ],
)
def test_a_number_is_covered_however_it_is_printed(text: str, claimed: str) -> None:
    assert {verdict.state for verdict in _judged(text, claimed=claimed)} == {State.COVERED}


def test_a_number_that_only_resembles_a_claimed_one_is_not_covered() -> None:
    assert {verdict.state for verdict in _judged("14, 219 and 84.1 and 100", claimed="14 84 10 19")} == {State.UNCOVERED}


def test_an_explanation_covers_its_number_in_its_passage_alone() -> None:
    assert _states(_judged("for 3 years, 4 900 of 5", unclaimed=["3", "4900"])) == [
        ("3", "explained"),
        ("4 900", "explained"),
        ("5", "uncovered"),
    ]


def test_a_line_number_is_that_of_the_text_file() -> None:
    assert [(verdict.number.printed, verdict.line) for verdict in _judged("a\nb 77\n\nc 88")] == [("77", 2), ("88", 4)]


WORKS = [
    Work(frozenset({"Effing", "van Hillegersberg"}), frozenset({"2011"}), frozenset({"doe-2020/refs-1"})),
    Work(frozenset({"Lee"}), frozenset({"2010", "2018"}), frozenset({"doe-2020/refs-2"})),
    Work(frozenset({"World Bank"}), frozenset({"2021"}), frozenset({"doe-2020/refs-3"})),
]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("(Effing, 2011)", ["citation year"]),
        ("(E ff ing & Huibers, 2011)", ["citation year"]),
        ("(Eﬀing, 2011)", ["citation year"]),
        ("(Ef-\nfing et al., 2011; World\nBank, 2021)", ["citation year", "citation year"]),
        ("Lee (2010, 2018) said", ["citation year", "citation year"]),
        ("Lee and others' review (2010, pp. 3–12) said", ["citation year", "cited page", "cited page"]),
        ("(see Lee 2010a)", ["citation year"]),
        ("as Lee said (in 2010)", [""]),
        ("Coleen (2010)", [""]),
        ("(Lee, 2012)", [""]),
        ("(Doe, 2011)", [""]),
        ("Lee was born. In 2010 it rained", [""]),
        ("as in [1]", ["citation number"]),
        ("as in [1; 2, p. 14]", ["citation number", "citation number", "cited page"]),
        ("as in [9]", [""]),
    ],
)
def test_a_year_is_a_citation_where_a_known_author_of_that_year_stands_before_it(text: str, kinds: list[str]) -> None:
    references = "\n1. Effing\n2. Lee\n3. Bank"
    starts = [(text + references).index(f"\n{n}.") + 1 for n in (1, 2, 3)]
    spans = {f"refs-{n}": ("reference", start, start + 5) for n, start in enumerate(starts, 1)}
    record, passages = _document({"p": ("paragraph", 0, len(text)), **spans})
    verdicts = [verdict for verdict in judge(text + references, record, passages, {}, WORKS) if verdict.number.end <= len(text)]
    assert [verdict.by for verdict in verdicts] == kinds


WORDS = st.sampled_from(
    ["Table", "in", "Doe (2020)", "(Doe, 2019, 12)", "[3]", "G2C", "http://x.org/a/1", "15th", "4 900", "0,57", "1)", "\n", "\n\n1. A",
     "\t", "−2", "2015–2021", "5 May", "12.05.2020", "%", "\u00a0", "№"]
) | st.integers(0, 10**6).map(str)  # fmt: skip


@given(st.lists(WORDS, max_size=30), st.data())
def test_every_number_of_any_text_is_judged_exactly_once(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    cut = data.draw(st.integers(0, len(text)))
    kinds = st.sampled_from(["table", "paragraph", "reference", "front-matter"])
    spans = {"a": (data.draw(kinds), 0, cut), "b": (data.draw(kinds), data.draw(st.integers(0, cut)), len(text))}
    spans = {slug: span for slug, span in spans.items() if span[1] < span[2]}
    some = data.draw(st.lists(st.sampled_from(words) if words else st.nothing(), max_size=4)) if words else []
    reasons: list[dict[str, object]] = [
        {"passage": "a", "numbers": [word], "why": {"en": "x"}} for word in some if any(c.isdigit() for c in word)
    ]
    record, passages = _document(spans, reasons)
    carried = Carried()
    carried.add(values_in(" ".join(some)), Carrier("a claim", HERE))
    verdicts = judge(text, record, passages, {"doe-2020/b": carried}, [])
    assert [verdict.number for verdict in verdicts] == numbers_in(text)
    assert sum(Counter(verdict.state for verdict in verdicts).values()) == len(verdicts)
    assert all(bool(verdict.by) == (verdict.state is not State.UNCOVERED) for verdict in verdicts)
    digits = [at for at, character in enumerate(text) if character in "0123456789"]
    assert all(sum(v.number.start <= at < v.number.end for v in verdicts) == 1 for at in digits)


# The tiny world: its passages, claims and explanations

PAPER = TEXT + "As others show (Roe, 2015; Poe, 2016), it grew for 3 years to 41 (Table 1). Roe (2015, 7) has 100.\n"
ROE = """type: Report
label: {en: Roe (2015), ru: Роу (2015), kk: Роу (2015)}
claims:
  - {issued: 2015, creator: ['Roe, A.'], citedBy: document/doe-2020, stated: [doe-2020/text-1]}
"""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    return folder


@pytest.fixture
def curated(world: World, papers: Path) -> Callable[[], Curated]:
    """Put the paper under some name, the world's document in step with it; return a reader of the records."""
    (papers / "whatever.bin").write_bytes(b"\xef\xbb\xbf" + PAPER.replace("\n", "\r\n").encode())
    start, end = len(TEXT), len(PAPER) - 1
    span = digest(PAPER[start:end])
    passage = f"  text-2: {{locator: 'Text, par. 2', start: {start}, end: {end}, sha256: {span}}}\n"
    world.change("document/doe-2020.yaml", f"text: {{sha256: {digest(TEXT)}}}", f"text: {{sha256: {digest(PAPER)}}}")
    world.change("document/doe-2020.yaml", "claims:", f"{passage}claims:")
    world.write("document/roe-2015.yaml", ROE)
    return lambda: read_records(world.root, load_terms())


def _explain(world: World, numbers: str, passage: str = "text-2") -> None:
    item = f"unclaimed:\n  - {{passage: {passage}, numbers: {numbers}, why: {{en: not a figure}}}}\n"
    world.change("document/doe-2020.yaml", "claims:", f"{item}claims:")


def _by_number(report: Report) -> dict[tuple[str, int], str]:
    return {(v.number.printed, v.number.start): str(v.state) for item in report.documents for v in item.verdicts}


def test_a_text_is_found_by_its_digest_whatever_its_file_is_called(curated: Callable[[], Curated], papers: Path, terms: Terms) -> None:
    report = verify(curated(), terms, papers)
    (checked,) = report.documents
    assert (checked.file, checked.verified, report.failures) == (papers / "whatever.bin", True, [])
    assert (checked.selectors.done, checked.selectors.total, checked.figures.done) == (3, 3, 3)


def test_citations_of_known_works_are_structure_and_others_stay_open(curated: Callable[[], Curated], papers: Path, terms: Terms) -> None:
    (checked,) = verify(curated(), terms, papers).documents
    found = [(v.number.printed, str(v.state), v.by) for v in checked.verdicts if v.passages == ("doe-2020/text-2",)]
    assert found == [
        ("2015", "structure", "citation year"),
        ("2016", "uncovered", ""),
        ("3", "uncovered", ""),
        ("41", "uncovered", ""),
        ("1", "structure", "caption"),
        ("2015", "structure", "citation year"),
        ("7", "structure", "cited page"),
        ("100", "uncovered", ""),
    ]


def test_figures_years_and_units_of_a_table_are_covered_by_its_cells(curated: Callable[[], Curated], papers: Path, terms: Terms) -> None:
    (checked,) = verify(curated(), terms, papers).documents
    table = [v for v in checked.verdicts if v.tabular and v.state is not State.STRUCTURE]
    assert {v.number.printed: str(v.state) for v in table} == {
        "2010": "covered", "2012": "covered", "12.5": "covered", "41": "covered", "0.474": "covered", "0.684": "uncovered",
    }  # fmt: skip
    assert (str(checked.tables), str(checked.shares[0])) == ("0/1", "5/6")


def test_explained_numbers_leave_the_list(curated: Callable[[], Curated], world: World, papers: Path, terms: Terms) -> None:
    _explain(world, "['3', '100']")
    report = verify(curated(), terms, papers)
    states = Counter(_by_number(report).values())
    assert (states["explained"], report.failures) == (2, [])
    explained = [v for v in report.documents[0].verdicts if v.state is State.EXPLAINED]
    assert all(v.by == "not a figure" and v.source and v.source.file.endswith("doe-2020.yaml") for v in explained)


@pytest.mark.parametrize(
    ("numbers", "passage", "message"),
    [
        ("['5']", "text-2", "no number of this passage"),
        ("['2015']", "text-2", "needs no explanation"),
        ("['12.5']", "table-1", "needs no explanation: covered"),
        ("['3 or 4']", "text-2", "one number an item"),
    ],
)
def test_explanations_of_what_is_not_there_or_is_covered_are_refused(
    curated: Callable[[], Curated], world: World, papers: Path, terms: Terms, numbers: str, passage: str, message: str
) -> None:
    _explain(world, numbers, passage)
    records = curated()
    (failure,) = verify(records, terms, papers).failures
    assert failure.reference == f"doe-2020/{passage}"
    assert failure.finding.rule == "Document-unclaimed"
    assert message in failure.finding.message
    assert list(check_unclaimed(records, terms, read_sources(papers))) == [failure.finding]


@pytest.mark.parametrize(
    ("numbers", "passage", "rule"),
    [("['3']", "text-9", "Claim-stated"), ("[three]", "text-2", "Document-unclaimed"), ("[]", "text-2", "Record-unclaimed")],
)
def test_explanations_without_passage_or_number_are_refused_without_the_text_too(
    curated: Callable[[], Curated], world: World, numbers: str, passage: str, rule: str
) -> None:
    _explain(world, numbers, passage)
    found = curated().findings
    assert rule in {finding.rule for finding in found}
    assert all(place(finding).startswith("document/doe-2020.yaml:") for finding in found if finding.rule == rule)


def test_only_documents_have_explanations(curated: Callable[[], Curated], world: World) -> None:
    world.change("area/KAZ.yaml", "claims:", "unclaimed:\n  - {passage: x, numbers: ['3'], why: {en: x}}\nclaims:")
    assert [finding.rule for finding in curated().findings] == ["Record-unclaimed"]


def test_the_canonical_form_keeps_an_explanation_on_its_line_before_the_claims(world: World, curated: Callable[[], Curated]) -> None:
    text = world.read("document/doe-2020.yaml")
    line = "- {passage: text-2, numbers: ['3'], why: {en: not a figure of this paper but of nobody as far as anybody can say}}"
    fixed = canonical(text + f"unclaimed:\n{line}\n")
    assert line in fixed
    assert fixed.index("unclaimed:") < fixed.index("claims:\n  -")
    assert canonical(fixed) == fixed


def test_a_selector_moved_by_one_is_found_and_named(curated: Callable[[], Curated], world: World, papers: Path, terms: Terms) -> None:
    world.change("document/doe-2020.yaml", "start: 10,", "start: 11,")
    (failure,) = verify(curated(), terms, papers).failures
    assert failure.reference == "doe-2020/text-1"
    assert place(failure.finding) == "document/doe-2020.yaml:6"
    assert "doe-2020/text-1" in failure.finding.message
    assert "quote" in failure.finding.message


def test_a_selector_beyond_the_end_of_the_text_is_found(curated: Callable[[], Curated], world: World, papers: Path, terms: Terms) -> None:
    end = len(PAPER) - 1
    span = digest(PAPER[len(TEXT) : end])
    world.change("document/doe-2020.yaml", f"end: {end}, sha256: {span}", f"end: {end + 9}, sha256: {digest(PAPER[len(TEXT) :])}")
    (failure,) = verify(curated(), terms, papers).failures
    assert (failure.reference, failure.finding.rule) == ("doe-2020/text-2", "Passage-digest")


@pytest.mark.parametrize("at", [12, len(TEXT) - 5, 3])
def test_a_changed_byte_is_found_and_its_passage_named(curated: Callable[[], Curated], papers: Path, terms: Terms, at: int) -> None:
    (papers / "whatever.bin").write_bytes((PAPER[:at] + "#" + PAPER[at + 1 :]).encode())
    report = verify(curated(), terms, papers)
    (checked,) = report.documents
    hit = {12: "doe-2020/text-1", len(TEXT) - 5: "doe-2020/table-1"}.get(at)
    assert checked.altered
    assert not checked.verified
    assert {f.reference for f in report.failures if f.finding.rule == "Passage-digest"} == ({hit} if hit else set())
    whole = [f for f in report.failures if f.finding.rule == "Document-text"]
    assert [f.reference for f in whole] == ["doe-2020"]
    assert (hit or "outside its passages") in whole[0].finding.message


def test_a_line_put_before_a_text_is_an_altered_copy_too(curated: Callable[[], Curated], papers: Path, terms: Terms) -> None:
    (papers / "whatever.bin").write_text("A new first line\n" + PAPER, encoding="utf-8")
    report = verify(curated(), terms, papers)
    assert report.documents[0].altered
    assert {failure.reference for failure in report.failures} >= {"doe-2020", "doe-2020/text-1", "doe-2020/text-2", "doe-2020/table-1"}


def test_a_figure_that_is_only_a_part_of_a_printed_number_is_not_printed(
    curated: Callable[[], Curated], world: World, papers: Path, terms: Terms
) -> None:
    world.add_row("users-share,KAZ,2013,,,2.5,percent,,,2.5,")
    (failure,) = verify(curated(), terms, papers).failures
    assert (failure.reference, failure.finding.rule) == ("doe-2020/table-1", "Observation-printed")
    assert place(failure.finding) == "observations/doe-2020-table-1.csv:5"


def test_a_folder_without_the_text_of_any_document_is_refused(curated: Callable[[], Curated], papers: Path, terms: Terms) -> None:
    (papers / "whatever.bin").write_text("Something else altogether.\n", encoding="utf-8")
    with pytest.raises(UnusableInput, match="no text in"):
        verify(curated(), terms, papers)
    with pytest.raises(UnusableInput, match="did you mean doe-2020"):
        verify(curated(), terms, papers, "doe-2021")
    (papers / "whatever.bin").write_bytes(b"%PDF\0\0")
    with pytest.raises(UnusableInput, match="no texts"):
        verify(curated(), terms, papers)


# The command


@pytest.fixture
def run(world: World, papers: Path, curated: Callable[[], Curated]) -> Callable[..., Result]:
    def command(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["verify", "--sources", str(papers), "--records", str(world.root), *arguments])
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result

    return command


def test_numbers_without_a_claim_are_no_failure(run: Callable[..., Result]) -> None:
    result = run()
    assert result.exit_code == 0
    assert "3 selectors verified in 1 document(s), 0 failure(s)" in result.stderr
    assert "5 number(s) listed, complete" in result.stderr
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    (row,) = [row for row in rows if row[3:4] == ["3"]]
    assert row[:3] == ["uncovered", "doe-2020/text-2", "7"]
    assert "it grew for [3] years" in row[4]


def test_json_and_table_say_the_same(run: Callable[..., Result]) -> None:
    for options in ((), ("--all",)):
        report = json.loads(run(*options, "--format", "json").stdout)
        table = [line.split("\t") for line in run(*options).stdout.split("\n\n")[1].splitlines()[1:]]
        numbers = [[n["state"], n["passage"] or "", str(n["line"]), n["number"]] for d in report["documents"] for n in d["numbers"]]
        assert [row[:4] for row in table] == numbers
    coverage = report["documents"][0]["coverage"]
    assert len(numbers) == sum(coverage[str(state)] for state in State)
    assert any(n["by"] and "users-share/KAZ/2010 = 12.5" in n["by"] for n in report["documents"][0]["numbers"])


def test_a_failure_gives_exit_code_1_and_its_file_and_line(run: Callable[..., Result], world: World) -> None:
    world.change("document/doe-2020.yaml", "start: 10,", "start: 11,")
    result = run("--document", "doe-2020")
    assert result.exit_code == 1
    assert "document/doe-2020.yaml:6: [Passage-digest] passage doe-2020/text-1:" in result.stdout
    (failure,) = json.loads(run("--format", "json").stdout)["failures"]
    assert (failure["passage"], failure["line"]) == ("doe-2020/text-1", 6)


def test_a_document_without_text_is_named_as_not_verified(run: Callable[..., Result], world: World) -> None:
    world.write("document/poe-2016.yaml", ROE.replace("Roe", "Poe").replace("label:", f"text: {{sha256: {'0' * 64}}}\nlabel:"))
    result = run()
    assert result.exit_code == 0
    assert "not verified, because there is no text of it in the folder: poe-2016" in result.stderr
    assert json.loads(run("--format", "json").stdout)["notVerified"] == ["poe-2016"]
    assert run("--document", "poe-2016").exit_code == 2


def test_options_and_folders_that_cannot_be_used_give_exit_code_2(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("--format", "xml").exit_code == 2
    assert run("--document", "nobody").exit_code == 2
    assert CliRunner().invoke(app, ["verify", "--sources", str(tmp_path / "none")]).exit_code == 2
    assert CliRunner().invoke(app, ["verify"]).exit_code == 2


def test_records_that_break_a_rule_are_named_and_not_verified(run: Callable[..., Result], world: World) -> None:
    world.change("document/doe-2020.yaml", "issued: 2020", "isued: 2020")
    result = run()
    assert result.exit_code == 1
    assert "isued" in result.stderr


# Against the papers' texts


def test_every_selector_of_the_papers_verifies(dataset: Dataset, terms: Terms) -> None:
    report = verify(dataset.curated, terms, seeds())
    assert [str(failure.finding) for failure in report.failures] == []
    assert report.missing == []
    assert all(item.selectors.done == item.selectors.total > 0 and item.verdicts for item in report.documents)


def test_a_byte_changed_in_a_copy_of_a_paper_is_found_and_its_passage_named(dataset: Dataset, terms: Terms, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(seeds(), tmp_path / "papers"))
    folder.chmod(0o755)
    passage = dataset.curated.passages["orazgaliyeva-2023/results-4"]
    start = passage.form.start
    assert start is not None
    (file,) = [path for path in folder.iterdir() if path.name.startswith("001")]
    text = canonical_text(file.read_text(encoding="utf-8"))
    file.chmod(0o644)
    file.write_text(text[:start] + "#" + text[start + 1 :], encoding="utf-8")
    report = verify(dataset.curated, terms, folder)
    assert {failure.reference for failure in report.failures} == {"orazgaliyeva-2023", "orazgaliyeva-2023/results-4"}
    assert {item.slug for item in report.documents if item.altered} == {"orazgaliyeva-2023"}


@settings(max_examples=20)
@given(data=st.data())
def test_any_selector_of_the_papers_moved_by_one_is_found(dataset: Dataset, data: st.DataObject) -> None:
    sources = read_sources(seeds())
    anchored = [name for name, passage in sorted(dataset.curated.passages.items()) if passage.form.start is not None]
    name = data.draw(st.sampled_from(anchored))
    passage, by = dataset.curated.passages[name], data.draw(st.sampled_from([-1, 1]))
    form = passage.form.model_copy(update={"start": (passage.form.start or 0) + by, "end": (passage.form.end or 0) + by})
    moved = Passage(passage.document, passage.slug, form, passage.source)
    curated = Curated(dataset.curated.records, (), {**dataset.curated.passages, name: moved})
    found = list(check_sources(curated, sources))
    assert [finding.source for finding in found] == [passage.source]
    assert name in found[0].message
