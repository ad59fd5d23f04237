"""Rules of arithmetic: what each kind computes, and that rounding alone is never a finding."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.claims.arithmetic import Computation, Measure, Rule, compute, figures_of, key_of
from kg.claims.conflicts import Conflict
from kg.claims.readings import VALUE, Span, span_of
from kg.claims.rules import rules_from
from kg.curation.graphs import editorial_quads, exponent
from kg.loading.dataset import Dataset
from kg.namespaces import EGOV, SDMX_A, XSD, concept, derived_graph, entity
from kg.terms import load_terms

Fact = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def _observation(slug: str, printed: str, unit: str = "index") -> list[Fact]:
    node, value = entity("observation", slug), Decimal(printed)
    resolution = f"{Decimal(1).scaleb(exponent(value)):f}"
    return [
        (node, VALUE, ox.Literal(f"{value:f}", datatype=XSD.decimal)),
        (node, SDMX_A.unitMeasure, concept("unit", unit)),
        (node, EGOV.resolution, ox.Literal(resolution, datatype=XSD.decimal)),
        (node, EGOV.printed, ox.Literal(printed)),
    ]


def _rule(kind: str, *inputs: Measure) -> Rule:
    return Rule("r", kind, Measure("result"), inputs or (Measure("a"), Measure("b")))


def _compute(rule: Rule, *figures: tuple[str, ...]) -> list[Computation]:
    return compute([rule], [fact for figure in figures for fact in _observation(*figure)], load_terms())


def _one(rule: Rule, *figures: tuple[str, ...]) -> Computation:
    (found,) = _compute(rule, *figures)
    return found


def test_a_weighted_mean_divides_by_the_sum_of_the_weights() -> None:
    rule = _rule("weighted-mean", Measure("a", weight=Decimal(1)), Measure("b", weight=Decimal(3)))
    found = _one(rule, ("a/KAZ/2010", "0.2"), ("b/KAZ/2010", "0.4"), ("result/KAZ/2010", "0.35"))
    assert (found.computed, found.formula, found.fails) == (Decimal("0.35"), "(1 × 0.2 + 3 × 0.4) ÷ 4", False)


def test_weights_that_add_up_to_one_are_shown_without_a_division() -> None:
    rule = _rule("weighted-mean", Measure("a", weight=Decimal("0.4")), Measure("b", weight=Decimal("0.6")))
    assert _one(rule, ("a/KAZ/2010", "0.2"), ("b/KAZ/2010", "0.4")).formula == "0.4 × 0.2 + 0.6 × 0.4"


def test_a_sum_may_take_away() -> None:
    rule = _rule("sum", Measure("a"), Measure("b", weight=Decimal(-1)))
    found = _one(rule, ("a/KAZ/2010", "12", "number"), ("b/KAZ/2010", "5", "number"), ("result/KAZ/2010", "9", "number"))
    assert (found.computed, found.fails) == (Decimal(7), True)


def test_a_sum_counts_in_the_base_unit() -> None:
    found = _one(_rule("sum"), ("a/KAZ/2010", "1.2", "thousand"), ("b/KAZ/2010", "300", "number"), ("result/KAZ/2010", "1.5", "thousand"))
    assert (found.computed, found.fails) == (Decimal(1500), False)


@pytest.mark.parametrize(
    ("stated", "unit", "computed", "fails"),
    [("40", "percent", "40", False), ("0.4", "ratio", "0.4", False), ("45", "percent", "40", True), ("0.5", "ratio", "0.4", True)],
)
def test_a_ratio_is_a_percentage_where_the_result_is_one(stated: str, unit: str, computed: str, fails: bool) -> None:
    found = _one(_rule("ratio"), ("a/KAZ/2010", "40.0", "number"), ("b/KAZ/2010", "100.0", "number"), ("result/KAZ/2010", stated, unit))
    assert (found.computed, found.fails) == (Decimal(computed), fails)


@pytest.mark.parametrize(
    ("stated", "unit", "computed", "formula"),
    [
        ("50", "percent-change", "50", "(60 ÷ 40 − 1) × 100"),
        ("1.5", "times", "1.5", "60 ÷ 40"),
        ("20", "number", "20", "60 − 40"),
        ("20", "percentage-point", "20", "60 − 40"),
    ],
)
def test_growth_is_a_change_in_percent_a_quotient_or_a_difference(stated: str, unit: str, computed: str, formula: str) -> None:
    given_unit = "percent" if unit == "percentage-point" else "number"
    figures = [("a/KAZ/2015", "40.00", given_unit), ("a/KAZ/2021", "60.00", given_unit), ("result/KAZ/2015/2021", stated, unit)]
    found = _one(_rule("growth", Measure("a")), *figures)
    assert (found.computed, found.formula, found.fails) == (Decimal(computed), formula, False)


def test_growth_downwards_is_negative() -> None:
    figures = [("a/KAZ/2015", "60", "number"), ("a/KAZ/2021", "45", "number"), ("result/KAZ/2015/2021", "-25", "percent-change")]
    assert _one(_rule("growth", Measure("a")), *figures).computed == Decimal(-25)


@pytest.mark.parametrize("kind", ["ratio", "growth"])
def test_nothing_is_computed_where_no_source_says_in_which_unit(kind: str) -> None:
    inputs = (Measure("a"), Measure("b")) if kind == "ratio" else (Measure("a"),)
    figures = [("a/KAZ/2015", "1", "number"), ("a/KAZ/2021", "2", "number"), ("b/KAZ/2015", "3", "number")]
    assert _compute(_rule(kind, *inputs), *figures) == []


def _peak_of(*figures: tuple[str, str], stated: str = "2015") -> list[Computation]:
    users = [(f"a/KAZ/{year}", printed, "million-person") for year, printed in figures]
    return _compute(_rule("peak", Measure("a")), *users, ("result/KAZ/2013/2016", stated, "calendar-year"))


def test_a_peak_is_the_year_of_the_largest_figure_within_the_period() -> None:
    (found,) = _peak_of(("2012", "9.9"), ("2013", "3.1"), ("2014", "4.5"), ("2016", "4.2"), ("2017", "8"))
    assert (found.computed, found.formula, found.fails) == (Decimal(2014), "largest of 3 years: 4.5 in", True)
    (found,) = _peak_of(("2013", "3.1"), ("2015", "4.5"))
    assert not found.fails


def test_no_peak_is_computed_from_one_year_or_where_two_may_be_the_largest() -> None:
    assert _peak_of(("2014", "4.5")) == []
    assert _peak_of(("2014", "4.5"), ("2015", "4.5"), ("2016", "4.2")) == []


def test_a_fall_is_how_many_times_smaller_the_end_is() -> None:
    found = _one(_rule("fall", Measure("a")), ("a/KAZ/2015", "98", "number"), ("a/KAZ/2021", "5", "number"),
                 ("result/KAZ/2015/2021", "20", "times"))  # fmt: skip
    assert (found.computed, found.formula, found.fails) == (Decimal("19.6"), "98 ÷ 5", False)


@pytest.mark.parametrize(
    ("stated", "computed", "fails"), [("72.4", "71.3", True), ("65", "65", False), ("71.4", "71.3", False), ("61.0", "61.5", True)]
)
def test_a_mean_lies_between_its_parts_whatever_their_weights(stated: str, computed: str, fails: bool) -> None:
    found = _one(
        _rule("between"), ("a/KAZ/2018", "71.3", "percent"), ("b/KAZ/2018", "61.5", "percent"), ("result/KAZ/2018", stated, "percent")
    )
    assert (found.computed, found.fails) == (Decimal(computed), fails)
    assert found.formula == "between 61.5 and 71.3; nearest"


def test_a_contribution_is_the_parts_share_of_the_change_of_the_whole() -> None:
    figures = [("a/KAZ/2019", "100"), ("a/KAZ/2021", "150"), ("b/KAZ/2019", "1000"), ("b/KAZ/2021", "1500")]
    found = _one(_rule("contribution"), *[(*one, "number") for one in figures], ("result/KAZ/2019/2021", "50", "percent"))
    assert (found.computed, found.formula, found.fails) == (Decimal(10), "50 ÷ 500 × 100", True)


def test_about_a_year_is_a_year_either_way_and_no_share_of_it() -> None:
    unit = load_terms().units["calendar-year"]
    assert span_of(Decimal(2020), Decimal(1), "about", unit) == Span(Decimal(2019), Decimal(2021), "calendar-year")


def test_nothing_is_divided_by_zero() -> None:
    figures = [("a/KAZ/2010", "1", "number"), ("b/KAZ/2010", "0", "number"), ("result/KAZ/2010", "1", "ratio")]
    assert _compute(_rule("ratio"), *figures) == []


def test_a_rule_waits_for_all_its_inputs() -> None:
    assert _compute(_rule("sum"), ("a/KAZ/2010", "1"), ("b/KAZ/2012", "1"), ("b/UZB/2010", "1")) == []


def test_a_value_that_no_source_states_is_computed_and_fails_nothing() -> None:
    found = _one(_rule("sum"), ("a/KAZ/2010", "0.1"), ("b/KAZ/2010", "0.2"))
    assert (found.stated, found.fails, found.observation) == (None, False, entity("observation", "result/KAZ/2010"))


@pytest.mark.parametrize(("only", "never", "periods"), [(["2010"], [], ["2010"]), ([], ["2010"], ["2012"]), ([], [], ["2010", "2012"])])
def test_a_rule_holds_for_its_periods_only(only: list[str], never: list[str], periods: list[str]) -> None:
    figures = [(f"{name}/KAZ/{year}", "0.1") for name in "ab" for year in ("2010", "2012")]
    rule = replace(_rule("sum"), periods=frozenset(only), except_periods=frozenset(never))
    assert [computation.observation.value[-4:] for computation in _compute(rule, *figures)] == periods


def test_targets_and_baselines_are_no_inputs() -> None:
    assert _compute(_rule("sum"), ("a/KAZ/2010/target", "1"), ("b/KAZ/2010", "1")) == []


def test_a_stated_tolerance_takes_the_place_of_the_digits() -> None:
    figures = [("a/KAZ/2010", "0.10"), ("b/KAZ/2010", "0.20"), ("result/KAZ/2010", "0.33")]
    assert _one(_rule("sum"), *figures).fails
    assert not _one(replace(_rule("sum"), tolerance=Decimal("0.03")), *figures).fails
    assert _one(replace(_rule("sum"), tolerance=Decimal("0.02")), *figures).fails


@pytest.mark.parametrize(
    ("slug", "key"),
    [
        ("a/KAZ/2010", ("a", "", "KAZ", "2010")),
        ("a/KAZ/2010/total+urban", ("a", "total+urban", "KAZ", "2010")),
        ("a/KAZ/2015/2021", ("a", "", "KAZ", "2015/2021")),
        ("a/KAZ/2015/2021/urban", ("a", "urban", "KAZ", "2015/2021")),
        ("a/KAZ/2023-04", ("a", "", "KAZ", "2023-04")),
        ("a/KAZ/2010/target", None),
        ("a/KAZ/2010/urban/baseline", None),
    ],
)
def test_an_observations_key_is_read_back_from_its_iri(slug: str, key: tuple[str, ...] | None) -> None:
    assert key_of(entity("observation", slug)) == key


NUMBERS = st.decimals("0.001", 10**4, places=4, allow_nan=False, allow_infinity=False)
DIGITS = st.integers(0, 4)


def _rounded(value: Decimal, digits: int) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN):f}"


@given(st.lists(st.tuples(NUMBERS, DIGITS, st.integers(1, 9)), min_size=1, max_size=4), DIGITS, st.sampled_from(["sum", "weighted-mean"]))
def test_a_rounded_mean_or_sum_of_rounded_inputs_is_no_finding(inputs: list[tuple[Decimal, int, int]], digits: int, kind: str) -> None:
    measures = [Measure(f"i{n}", weight=Decimal(weight)) for n, (_, _, weight) in enumerate(inputs)]
    true = sum((value * weight for value, _, weight in inputs), Decimal(0))
    if kind == "weighted-mean":
        true /= sum(weight for _, _, weight in inputs)
    figures = [(f"i{n}/KAZ/2010", _rounded(value, places), "number") for n, (value, places, _) in enumerate(inputs)]
    assert not _one(_rule(kind, *measures), *figures, ("result/KAZ/2010", _rounded(true, digits), "number")).fails


@given(NUMBERS, NUMBERS, DIGITS, DIGITS, DIGITS, st.sampled_from(["percent", "ratio"]))
def test_a_rounded_ratio_of_rounded_figures_is_no_finding(
    above: Decimal, below: Decimal, places: int, more: int, digits: int, unit: str
) -> None:
    true = above / below * (100 if unit == "percent" else 1)
    figures = [("a/KAZ/2010", _rounded(above, places), "number"), ("b/KAZ/2010", _rounded(below, more), "number")]
    found = _compute(_rule("ratio"), *figures, ("result/KAZ/2010", _rounded(true, digits), unit))
    assert not any(computation.fails for computation in found)


@given(NUMBERS, NUMBERS, st.integers(0, 2), st.sampled_from(["percent-change", "times", "number"]))
def test_rounded_growth_of_exact_figures_is_no_finding(begin: Decimal, end: Decimal, digits: int, unit: str) -> None:
    true = {"percent-change": (end / begin - 1) * 100, "times": end / begin, "number": end - begin}[unit]
    figures = [("a/KAZ/2015", f"{begin:f}", "number"), ("a/KAZ/2021", f"{end:f}", "number")]
    assert not _one(_rule("growth", Measure("a")), *figures, ("result/KAZ/2015/2021", _rounded(true, digits), unit)).fails


# The E-Government Development Index as the first paper prints it

COMPONENTS = ("osi-value", "tii-value", "hci-value")
YEARS = ("2003", "2004", "2005", "2008", "2010", "2012", "2014", "2016", "2018", "2020", "2022")


@pytest.fixture(scope="module")
def egdi(dataset: Dataset) -> dict[str, Computation]:
    quads = ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS)
    facts: list[Fact] = [
        (q.subject, q.predicate, q.object)
        for q in quads
        if isinstance(q.graph_name, ox.DefaultGraph)
        and isinstance(q.subject, ox.NamedNode)
        and isinstance(q.object, ox.NamedNode | ox.Literal)
    ]
    rules = [rule for rule in rules_from(editorial_quads(dataset.curated, load_terms()))[0] if rule.result.indicator == "egdi-value"]
    found = compute(rules, facts, load_terms())
    return {key[3]: computation for computation in found if (key := key_of(computation.observation)) and key[2] == "KAZ"}


def test_every_edition_of_the_index_is_computed_once(egdi: dict[str, Computation]) -> None:
    assert tuple(sorted(egdi)) == YEARS


def test_of_the_index_2010_alone_fails(egdi: dict[str, Computation]) -> None:
    assert [year for year, computation in sorted(egdi.items()) if computation.fails] == ["2010"]


def test_2008_agrees_under_the_weights_of_its_edition_and_not_under_equal_ones(egdi: dict[str, Computation]) -> None:
    weighted = egdi["2008"].computed
    equal = sum((Decimal(reading.value.value) for reading in egdi["2008"].inputs), Decimal(0)) / 3
    assert abs(weighted - Decimal("0.47430")) <= Decimal("0.0001")
    assert equal.quantize(Decimal("0.00001")) == Decimal("0.47586")


def test_the_conflict_of_2010_shows_print_computation_and_every_passage(dataset: Dataset) -> None:
    (conflict,) = _arithmetic_about(dataset, "egdi-value")
    assert conflict.subject == entity("observation", "egdi-value/KAZ/2010")
    assert conflict.computed is not None
    assert conflict.computed.quantize(Decimal("0.00001")) == Decimal("0.55782")
    assert conflict.computation == "0.34 × 0.52698 + 0.33 × 0.96773 + 0.33 × 0.17969 = 0.55782"
    assert {reading.value.value for reading in conflict.inputs} == {"0.52698", "0.96773", "0.17969"}
    assert (conflict.rule, conflict.under) == ("stated-over-computed", "egdi-weighted-mean-2008-2010")


def _arithmetic_about(dataset: Dataset, indicator: str) -> list[Conflict]:
    return [c for c in dataset.conflicts if c.kind == "arithmetic" and f"/{indicator}/" in c.subject.value]


def test_the_fact_of_2010_stays_what_the_source_prints(dataset: Dataset) -> None:
    lines = dataset.nquads.decode().splitlines()
    node = entity("observation", "egdi-value/KAZ/2010")
    literal = '"{}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    derived = derived_graph("egdi-weighted-mean-2008-2010")
    assert [line for line in lines if line.startswith(f"{node} {VALUE} ") and line.endswith("#decimal> .")] == [
        f"{node} {VALUE} {literal.format('0.47430')} ."
    ]
    assert f"{node} {VALUE} {literal.format('0.55782')} {derived} ." in lines


def test_figures_are_indexed_in_their_base_unit() -> None:
    figures = figures_of(_observation("a/KAZ/2010", "1.5", "thousand"), load_terms())
    assert figures["a", "", "KAZ", "2010"].span == Span(Decimal(1450), Decimal(1550), "number")


@pytest.mark.parametrize(
    ("result", "first", "second", "compared"),
    [("0.00", "0.00", "0.40", False), ("0.00", "0.20", "0.40", True), ("0.10", "0.00", "0.40", True), ("0.20", "0.00", "0.40", True)],
    ids=["nothing without a component", "nothing with all components", "another index", "the right index"],
)
def test_a_rule_that_excepts_zero_passes_over_an_index_of_zero_where_a_component_is_zero(
    result: str, first: str, second: str, compared: bool
) -> None:
    figures = (("a/KAZ/2010", first), ("b/KAZ/2010", second), ("result/KAZ/2010", result))
    rule = _rule("weighted-mean")
    assert len(_compute(rule, *figures)) == 1
    assert len(_compute(replace(rule, except_zero=True), *figures)) == int(compared)
