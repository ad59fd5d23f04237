"""The instruments over the graph and over tables: the papers' worked examples, what is refused and how, what is said to be missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analytics.reports import Report, as_csv, as_json, as_text
from kg.analytics.tables import Table, parse_number, read_csv, read_json
from kg.errors import BadParameter, BadTable
from kg.instruments import egdi, goals, maturity, packaged, readiness, survey, trend, value
from kg.instruments.catalogue import INSTRUMENTS
from kg.instruments.reading import read_rules
from kg.namespaces import passage_of
from kg.query.entities import evidence_of
from kg.store.oxigraph import OxigraphStore

D = Decimal


def example(name: str) -> Table:
    return read_csv(packaged.example(name), f"{name}.csv")


def table(text: str) -> Table:
    return read_csv(text.encode(), "mine.csv")


def rows(report: Report, name: str | None = None) -> list[dict[str, Any]]:
    found = report.table(name)
    assert found is not None
    return [dict(row) for row in found.rows]


def test_every_source_that_an_instrument_names_is_a_passage_of_the_graph(store: OxigraphStore) -> None:
    named = {source for one in INSTRUMENTS for source in one.sources}
    found = {node.value.partition("/passage/")[2] for node in evidence_of(store, {passage_of(source) for source in named})}
    assert named - found == set()


def test_the_weights_of_an_edition_are_read_from_the_graph(store: OxigraphStore) -> None:
    by_edition = {edition: next(rule for rule in read_rules(store, "egdi-value") if rule.applies(edition)) for edition in ("2010", "2018")}
    assert by_edition["2010"].weights["osi-value"] == D("0.34")
    assert set(by_edition["2018"].weights.values()) == {D(1)}


def test_the_index_of_the_paper_follows_from_its_second_table(store: OxigraphStore) -> None:
    found = egdi.run(store, example("egdi-scores"), area="KAZ")
    assert (found.summary["index"], found.summary["rank"]) == (D("0.7597"), None)
    assert "ziyadin-2019/methodology-7" in found.sources


@pytest.mark.parametrize(("edition", "computed"), [("2010", "0.55782"), ("2018", "0.75973"), ("2022", "0.86283")])
def test_kazakhstans_index_follows_from_its_components_in_each_edition(store: OxigraphStore, edition: str, computed: str) -> None:
    found = rows(egdi.run(store, edition=edition, area="KAZ"))[0]
    assert found["computed"] == D(computed)


def test_the_graph_alone_has_no_rank_but_the_published_one(store: OxigraphStore) -> None:
    found = egdi.run(store, edition="2022", area="KAZ", changes=["tii-value=+0.1"])
    assert (found.summary["rank"], found.summary["rank_then"], found.summary["published_rank"]) == (None, None, 28)
    assert found.summary["index_then"] == D("0.89613")
    assert "import un-egdi" in found.notes[-1]
    assert found.data == ("orazgaliyeva-2023/table-3",)


def test_a_table_is_ranked_and_what_if_moves_one_area(store: OxigraphStore) -> None:
    found = egdi.run(store, example("egdi-peers"), area="ALPHA", changes=["tii-value=+0.1"])
    assert (found.summary["rank"], found.summary["rank_then"], found.summary["passed"]) == (3, 1, ("GAMMA", "BETA"))
    assert found.notes == ("EPSILON is not ranked: no tii-value",)


def test_raw_indicators_give_the_index_that_was_worked_out_by_hand(store: OxigraphStore) -> None:
    found = egdi.run_raw(store, example("egdi-indicators"))
    by_area = {row["area"]: row for row in rows(found)}
    # OSI: (80 − 40) ÷ 60; HCI: (99.0 − 95.0) ÷ 4.8; TII of BETA: the smallest mean of Z
    assert (by_area["ALPHA"]["osi-value"], by_area["BETA"]["hci-value"], by_area["BETA"]["tii-value"]) == (D("0.66667"), D("0.83333"), D(0))
    assert by_area["ALPHA"]["egdi-value"] == D("0.88889")
    assert len(rows(found, "steps")) == 12


def test_e_participation_has_its_published_ranks_and_no_others(store: OxigraphStore) -> None:
    found = rows(trend.run(store, areas=["KAZ"]))
    by_year = {row["year"]: row for row in found}
    assert (by_year[2012]["value"], by_year[2012]["published_rank"], by_year[2012]["rank"]) == (D("0.94740"), 3, None)
    assert by_year[2008]["change"] == D("-0.11544")
    assert by_year[2008]["since"] == 2005


def test_breaks_in_method_are_flagged_from_the_rules_and_the_surveys(store: OxigraphStore) -> None:
    found = {row["year"]: row["break"] for row in rows(trend.run(store, indicator="egdi-value", areas=["KAZ"]))}
    assert {year for year, told in found.items() if told} == {2008, 2012, 2022}
    assert "rule/egdi-weighted-mean-2008-2010" in str(found[2008])


def test_a_group_whose_members_have_no_figures_says_so(store: OxigraphStore) -> None:
    found = trend.run(store, group_="central-asia")
    assert [note for note in found.notes if note.endswith("has no value")] == [
        f"{area} has no value" for area in ("KGZ", "TJK", "TKM", "UZB")
    ]
    assert found.summary["convergence"] is None


def test_the_survey_made_to_match_gives_the_published_shares_and_means(store: OxigraphStore) -> None:
    found = {row["item"]: row for row in rows(survey.run(store, example("satisfaction"), base="all"))}
    printed = {row["breakdown"]: row["value"] for row in observations("bokayev-2021-table-2")}
    assert {f"criterion-{item}": row["share"] for item, row in found.items() if item != survey.TOTAL} == {
        name: D(number).quantize(D("0.1")) for name, number in printed.items()
    }
    means = {"information": "4.97", "procedure": "4.93", "deadlines": "4.91", "employees": "4.83", "results": "4.88", "expenses": "4.86"}
    assert {item: str(found[item]["mean"]) for item in means} == means
    assert (str(found["feedback"]["mean"]), found[survey.TOTAL]["share"]) == ("3.43", D("74.8"))
    assert (found["information"]["n"], found["information"]["missing"]) == (931, 69)


def observations(name: str) -> list[dict[str, str]]:
    from kg.resources import records_dir

    lines = read_csv((records_dir() / "observations" / f"{name}.csv").read_bytes(), name).lines
    return [dict(line.cells) for line in lines]


def test_a_breakdown_has_every_group_and_the_whole(store: OxigraphStore) -> None:
    found = rows(survey.run(store, table("team,x,y\na,5,4\na,4,\nb,5,5\n"), items=["x", "y"], by="team"))
    assert [(row["group"], row["item"], row["n"], row["share"]) for row in found] == [
        (None, "x", 3, D("66.7")), (None, "y", 2, D("50.0")), (None, "all items", None, D("58.3")),
        ("a", "x", 2, D("50.0")), ("a", "y", 1, D("0.0")), ("a", "all items", None, D("25.0")),
        ("b", "x", 1, D("100.0")), ("b", "y", 1, D("100.0")), ("b", "all items", None, D("100.0")),
    ]  # fmt: skip


def test_items_of_the_electronic_services_are_the_papers_third_table(store: OxigraphStore) -> None:
    found = survey.run(store, table("online-payment,submission\n5,5\n4,5\n"), framework="electronic-services-assessment")
    assert found.inputs["items"] == ("submission", "online-payment")


def test_public_value_names_what_was_not_assessed(store: OxigraphStore) -> None:
    found = value.run(store, example("public-value"), scale="0:100")
    assert (found.summary["scored"], found.summary["criteria"], found.summary["completeness"]) == (4, 20, D("20.0"))
    assert found.summary["value"] == D("0.543")
    assert "trust/participation" in str(found.summary["missing"])


def test_the_empty_sheet_of_public_value_can_be_sent_back(store: OxigraphStore) -> None:
    empty = value.run(store)
    sheet = empty.table()
    assert sheet is not None
    assert (empty.summary["value"], empty.summary["scored"]) == (None, 0)
    filled = as_csv(sheet).replace("trust/security,Security (trust),,", "trust/security,Security (trust),4,")
    again = value.run(store, table(filled))
    assert again.summary["scored"] == 1


def test_the_empty_sheet_of_maturity_can_be_sent_back(store: OxigraphStore) -> None:
    sheet = maturity.run(store, scheme="oecd-2016-digital-transformation").table()
    assert sheet is not None
    answered = as_csv(sheet).replace("Traditional digital technologies,,", "Traditional digital technologies,yes,")
    found = maturity.run(store, table(answered), scheme="oecd-2016-digital-transformation")
    assert found.summary["reached"] == "1 – Digitization of processes (OECD)"
    assert found.sources == ("ziyadin-2019/literature-7", "ziyadin-2019/literature-8", "ziyadin-2019/literature-9")


def test_gartners_table_says_which_stage_is_reached_and_what_the_next_lacks(store: OxigraphStore) -> None:
    found = maturity.run(store, example("maturity"), lang="ru")
    assert found.summary["reached"] == "1 – Стадия электронного правительства (Gartner)"
    assert found.summary["missing"] == ("core-technology: Открытые данные, открытые сервисы",)
    assert len(tuple(found.summary["unknown"] or ())) == 2  # type: ignore[arg-type]
    assert len(rows(found)) == 20


READINESS = {
    ("computers-per-organisation", 2021): "18.3", ("computers-internet-share", 2019): "56.2", ("computers-internet-share", 2021): "59.7",
    ("cloud-share", 2021): "8.8", ("ict-specialists-per-organisation", 2019): "1.9", ("security-specialists-per-100", 2021): "4.1",
}  # fmt: skip


@pytest.mark.parametrize("own", [False, True])
def test_readiness_follows_from_the_papers_eighth_table(store: OxigraphStore, own: bool) -> None:
    found = readiness.run(store, example("readiness") if own else None)
    figures = {(row["figure"], row["year"]): str(row["value"]) for row in rows(found)}
    assert {key: figures[key] for key in READINESS} == READINESS
    changes = {row["count"]: row for row in rows(found, "changes")}
    assert (changes["ict-costs"]["percent"], changes["ict-costs/own-software-development"]["times"]) == (D("20.2"), D("9.53"))
    assert [changes[name]["difference"] for name in ("ict-specialists", "information-security-specialists")] == [D(-113), D(-12)]


def test_the_plan_of_integrations_was_missed_and_by_how_much(store: OxigraphStore) -> None:
    found = goals.run(store, indicator="information-space-integrations")
    assert (found.summary["verdict"], found.summary["distance"]) == ("missed", D(15))
    assert [row["fulfilment"] for row in rows(found)] == [D("25.4"), D("85.9"), D("79.1"), D("88.9")]
    assert found.data == ("orazgaliyeva-2023/table-7",)


def test_satisfaction_with_services_is_forecast_with_an_interval(store: OxigraphStore) -> None:
    graph = goals.run(store, indicator="public-services-satisfaction", baseline="2018=72.4", target="2025=80")
    own = goals.run(None, example("monitoring"))
    assert (own.summary["verdict"], own.summary["forecast"], own.summary["forecast_low"]) == ("uncertain", D("79.54"), D("70.08"))
    assert graph.summary["verdict"] in ("uncertain", "on-track", "off-track")
    assert graph.inputs["target"] == "2025=80"


Call = Callable[[OxigraphStore], Report]
REFUSED: dict[str, tuple[Call, str]] = {
    "an edition that there is not": (lambda s: egdi.run(s, edition="2023"), "editions here are 2003, 2004"),
    "an area that there is not": (lambda s: egdi.run(s, area="XXX"), "'XXX', which is no area here"),
    "an area that no IRI can have": (lambda s: egdi.run(s, area="K Z>"), "which is no area here"),
    "a change without an area": (lambda s: egdi.run(s, changes=["tii-value=+0.1"]), "give an area too"),
    "an area without an index": (lambda s: egdi.run(s, area="RUS"), "possible: KAZ"),
    "an area that the table does not have": (lambda s: egdi.run(s, example("egdi-peers"), area="ZETA"), "possible: ALPHA, BETA"),
    "an area that lacks a component": (lambda s: egdi.run(s, example("egdi-peers"), area="EPSILON"), "has no tii-value"),
    "an indicator that there is not": (lambda s: trend.run(s, indicator="epi", areas=["KAZ"]), "possible: .*epi-"),
    "no area at all": (lambda s: trend.run(s), "give areas, or a group \\(central-asia\\)"),
    "a group that there is not": (lambda s: trend.run(s, group_="asia"), "a named group \\(central-asia\\) or areas"),
    "years the wrong way round": (lambda s: trend.run(s, areas=["KAZ"], begin=2020, end=2010), "earlier year first"),
    "years without a value": (lambda s: trend.run(s, areas=["KAZ"], begin=2030), "it has values for KAZ and 2003 to 2022"),
    "a column that there is not": (lambda s: survey.run(s, example("satisfaction"), by="city"), "columns are respondent, region"),
    "no column of a criterion": (lambda s: survey.run(s, table("q1\n5\n")), "call them information, accessibility"),
    "a framework that there is not": (lambda s: value.run(s, framework="value"), "possible: .*public-value"),
    "a scale upside down": (lambda s: value.run(s, scale="5:1"), "such as 1:5"),
    "a scheme without parameters": (lambda s: maturity.run(s, scheme="kassen-2019-stages"), "possible: .*gartner-2017"),
    "an area without counts": (lambda s: readiness.run(s, area="EST"), "none of these counts"),
    "a breakdown that there is not": (
        lambda s: goals.run(s, indicator="public-services-satisfaction", breakdown="moon", target="2025=80"), "criterion-feedback"),
    "a goal without a target": (lambda s: goals.run(s, indicator="public-services-satisfaction"), "give it as YEAR=VALUE"),
    "a target that cannot be read": (lambda s: goals.run(s, indicator="ict-costs", target="2025"), "write YEAR=VALUE"),
    "a goal of nothing": (lambda s: goals.run(s), "give an indicator of the graph, or a table"),
    "a confidence of 1": (lambda s: goals.run(s, indicator="ict-costs", target="2025=1", confidence=1.0), "below 1"),
    "every answer satisfied": (lambda s: survey.run(s, example("satisfaction"), satisfied=[1, 2, 3, 4, 5]), "not all of them"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_an_option_that_cannot_be_used_says_what_is_possible(store: OxigraphStore, what: str) -> None:
    call, told = REFUSED[what]
    with pytest.raises(BadParameter, match=told):
        call(store)


TABLES: dict[str, tuple[Callable[[OxigraphStore, Table], Report], list[str], list[str]]] = {
    "scores": (
        egdi.run,
        ["area,osi-value,tii-value,hci-value", "A,1.2,x,0.1", "A,0.1,0.1,0.1"],
        [":2: osi-value 1.2 is out of range; give a number from 0 to 1", ":2: tii-value 'x' is no number", ":3: area A stands twice"],
    ),
    "scores without a column": (egdi.run, ["area;osi-value", "A;1"], [": hci-value is missing; columns are area, osi-value"]),
    "indicators": (
        egdi.run_raw,
        ["area,component,indicator,value", "A,tii,u,1", ",tii-value,u,2", "A,tii-value,u,3", "A,tii-value,u,4"],
        [":2: component 'tii' is not known; possible: osi-value, hci-value, tii-value", ":3: area is empty", ":5: value is the second of A",
         "osi-value has no values"],
    ),
    "indicators all the same": (
        egdi.run_raw,
        ["area,component,indicator,value", *(f"{a},{c},u,1" for c in ("osi-value", "hci-value", "tii-value") for a in "AB")],
        ["the same value in every area"],
    ),
    "answers": (
        survey.run,
        ["feedback", "6", "2.5", "5"],
        [":2: feedback 6 is no answer on the five-point scale; possible: 1, 2", ":3: feedback 2.5"],
    ),
    "criteria": (
        value.run,
        ["criterion,score", "trust/secure,4", "trust/security,9", "trust/participation,4", "trust/participation,5"],
        [":2: criterion 'trust/secure' is not known; possible: ", ":3: score 9 is out of range; give a number from 1 to 5",
         ":5: criterion trust/participation is scored twice"],
    ),
    "parent and part": (
        value.run, ["criterion,score", "effectiveness/efficiency,4", "effectiveness/efficiency/cost-savings,4"], ["one or the other"]
    ),
    "stages": (
        maturity.run,
        ["stage,parameter,value,threshold", "9,main-channel,yes,", "1,channel,yes,", "1,main-channel,perhaps,", "1,core-technology,50,"],
        [":2: stage '9'", ":3: parameter 'channel'", ":4: value 'perhaps' is no answer; possible: yes, no, passed",
         ":5: threshold is missing"],
    ),
    "counts": (
        readiness.run,
        ["indicator,period,value,breakdown", "computers,2021,1,", "ict-costs,21,1,", "ict-costs,2021,-1,", "ict-costs,2021,1,tea"],
        [":2: indicator 'computers'", ":3: period '21'", ":4: value -1 is out of range", ":5: breakdown 'tea'"],
    ),
    "goal": (
        goals.run,
        ["period,role,value", "2021,aim,3", "21,actual,3", "2021,actual,", "2022,actual,3", "2022,actual,4"],
        [":2: role 'aim' is not known; possible: baseline, target, actual", ":3: period '21'", ":6: period 2022 has two"],
    ),
    "series": (
        trend.run,
        ["area,period,value", "A,x,1", ",2020,1", "A,2020,1", "A,2020,2"],
        [":2: period 'x'", ":3: area is empty", ":5: period 2020 of A stands twice"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLES)
def test_every_cell_that_cannot_be_used_is_named_with_its_line(store: OxigraphStore, what: str) -> None:
    call, lines, told = TABLES[what]
    with pytest.raises(BadTable) as caught:
        call(store, table("\n".join(lines)))
    assert [part for part in told if part not in str(caught.value)] == []
    assert all(problem.table == "mine.csv" for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "has no rows"), (b"a,b\n", "has no rows"), (b"a,a\n1,2\n", "mine.csv:1: a stands twice"), (b"a,\n1,2\n", "2 has no name"),
     (b"a,b\n1\n", "mine.csv:2: has 1 cells under 2 columns"), (b"a\n\xff\n", "mine.csv:2: is not UTF-8"), (b'a\n"x\n', "is no CSV")],
)  # fmt: skip
def test_a_file_that_is_no_table_says_why(data: bytes, told: str) -> None:
    with pytest.raises(BadTable, match=told):
        read_csv(data, "mine.csv")


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"{", "is no JSON"), (b"[]", "must be"), (b'{"rows": [], "x": 1}', "options go into the address"),
     (b'{"rows": [1]}', "rows:1: must be an object"),
     (b'{"rows": [{"a": [1]}]}', "plain values"), (b'{"rows": []}', "has no rows"), (b"[" * 100_000, "is no JSON|must be")],
)  # fmt: skip
def test_rows_that_are_no_table_say_why(data: bytes, told: str) -> None:
    with pytest.raises(BadTable, match=told):
        read_json(data)


def test_json_rows_keep_their_digits_and_absent_cells_are_empty() -> None:
    found = read_json(b'{"rows": [{"a": 0.75970, "b": true}, {"a": null}]}')
    assert [dict(line.cells) for line in found.lines] == [{"a": "0.75970", "b": "yes"}, {"a": "", "b": ""}]


def test_semicolons_commas_for_points_and_a_byte_order_mark_are_read() -> None:
    found = read_csv("\ufeffarea;value\nA;0,5\n".encode(), "x")
    assert found.columns == ("area", "value")
    assert parse_number(found.lines[0].cells["value"]) == D("0.5")


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_number(text: str) -> None:
    found = parse_number(text)
    assert found is None or found.is_finite()


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_a_table(data: bytes) -> None:
    for table_of in (read_csv, read_json):
        try:
            found = table_of(data, "x")
        except BadTable:
            continue
        assert found.lines


def test_a_report_is_the_same_in_every_format(store: OxigraphStore) -> None:
    report = egdi.run(store, example("egdi-peers"))
    plain, first = as_json(report), report.table()
    assert first is not None
    assert json.loads(json.dumps(plain)) == plain
    assert plain["tables"][0]["rows"][0]["egdi-value"] == 0.88
    assert as_csv(first).splitlines()[1].startswith("GAMMA,1,1,,0.8800,0.8800")
    assert "GAMMA" in as_text(report)
    assert plain["complete"] is True


def test_a_table_of_many_rows_is_ranked_without_comparing_each_with_each(store: OxigraphStore) -> None:
    lines = "".join(f"A{at},0.{at % 9973:05},0.5,0.5\n" for at in range(20_000))
    found = egdi.run(store, table(f"area,osi-value,tii-value,hci-value\n{lines}"))
    assert found.summary["ranked"] == 20_000
