"""The instruments' formulas: the papers' worked examples, values of other libraries, and properties that always hold."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.analytics import egdi, maturity, monitoring, public_value, readiness, satisfaction, trends
from kg.analytics.egdi import Change, Scores
from kg.analytics.intervals import fit, student_t, wilson
from kg.analytics.monitoring import Goal
from kg.analytics.numbers import Places, decimals_of, percent, rounded, signed, significant
from kg.analytics.public_value import Criterion, Score
from kg.analytics.satisfaction import Answer
from kg.analytics.standardising import Raw, Undefined, min_max, standardise, z_scores
from kg.errors import BadParameter

D = Decimal
EQUAL = {"osi-value": D(1), "hci-value": D(1), "tii-value": D(1)}
EDITION_2010 = {"osi-value": D("0.34"), "hci-value": D("0.33"), "tii-value": D("0.33")}
SCORE = st.decimals(0, 1, places=4)
COUNTRY = st.fixed_dictionaries({"osi-value": SCORE, "hci-value": SCORE, "tii-value": SCORE})


def scores(*columns: dict[str, Decimal]) -> list[Scores]:
    return [Scores(f"A{at}", column) for at, column in enumerate(columns)]


def test_the_index_of_the_paper_is_the_mean_of_its_three_components() -> None:
    value = egdi.index({"osi-value": D("0.8681"), "tii-value": D("0.5723"), "hci-value": D("0.8388")}, EQUAL)
    assert value is not None
    assert rounded(value, 4) == D("0.7597")


def test_in_2010_the_online_services_weigh_more() -> None:
    value = egdi.index({"osi-value": D("0.52698"), "tii-value": D("0.17969"), "hci-value": D("0.96773")}, EDITION_2010)
    assert value is not None
    assert rounded(value, 5) == D("0.55782")


def test_without_a_component_there_is_no_index_and_no_rank() -> None:
    whole, part = {"osi-value": D(1), "hci-value": D(1), "tii-value": D(1)}, {"osi-value": D(1)}
    assert egdi.index(part, EQUAL) is None
    found = egdi.rank(scores(whole, part), EQUAL)
    assert [one.scores.area for one in found.standings] == ["A0"]
    assert found.unranked == {"A1": ("hci-value", "tii-value")}


def test_equal_printed_indices_share_a_rank_and_the_next_counts_them_all() -> None:
    printed = [("A", "0.9"), ("B", "0.8"), ("C", "0.8"), ("D", "0.7")]
    found = egdi.rank([Scores(area, {}, D(value)) for area, value in printed], EQUAL)
    assert [(one.scores.area, one.rank, one.shared) for one in found.standings] == [("A", 1, 1), ("B", 2, 2), ("C", 2, 2), ("D", 4, 1)]


def test_a_published_index_of_0_counts_and_is_told_to_deviate() -> None:
    found = egdi.rank([Scores("X", {"osi-value": D(0), "hci-value": D("0.9"), "tii-value": D("0.3")}, D("0.00000"))], EQUAL, D("0.0001"))
    assert (found.standings[0].value, found.standings[0].deviates) == (D(0), True)


@given(COUNTRY, st.sampled_from([EQUAL, EDITION_2010]))
def test_an_index_lies_between_its_smallest_and_largest_component(country: dict[str, Decimal], weights: dict[str, Decimal]) -> None:
    value = egdi.index(country, weights)
    assert value is not None
    assert min(country.values()) <= value <= max(country.values())


@given(st.lists(COUNTRY, min_size=2, max_size=12), st.sampled_from(sorted(EQUAL)), SCORE, SCORE)
def test_more_of_a_component_never_lowers_index_or_rank(
    countries: list[dict[str, Decimal]], component: str, one: Decimal, other: Decimal
) -> None:
    ranking = egdi.rank(scores(*countries), EQUAL)
    less, more = sorted((one, other))
    low, high = (egdi.what_if(ranking, "A0", [Change(component, value, relative=False)], EQUAL) for value in (less, more))
    assert low.after.value <= high.after.value
    assert low.after.rank >= high.after.rank
    assert 0 <= low.after.value <= 1


@given(st.lists(COUNTRY, min_size=1, max_size=12))
def test_a_change_by_nothing_changes_nothing(countries: list[dict[str, Decimal]]) -> None:
    ranking = egdi.rank(scores(*countries), EQUAL)
    told = egdi.what_if(ranking, "A0", [Change("tii-value", D(0), relative=True)], EQUAL)
    assert (told.after.value, told.after.rank, told.after.shared) == (told.before.value, told.before.rank, told.before.shared)
    assert told.passed == told.lost_to == ()


@given(st.lists(COUNTRY, min_size=2, max_size=12), SCORE)
def test_who_is_passed_is_as_many_as_the_ranks_and_ties_say(countries: list[dict[str, Decimal]], value: Decimal) -> None:
    ranking = egdi.rank(scores(*countries), EQUAL)
    told = egdi.what_if(ranking, "A0", [Change("tii-value", value, relative=False)], EQUAL)
    if told.after.value > told.before.value:
        assert len(told.passed) == told.before.rank + told.before.shared - told.after.rank - told.after.shared
        assert told.lost_to == ()
    else:
        assert told.passed == ()


def test_a_change_beyond_the_scale_is_refused_with_what_is_possible() -> None:
    ranking = egdi.rank(scores({"osi-value": D("0.5"), "hci-value": D("0.5"), "tii-value": D("0.95")}), EQUAL)
    with pytest.raises(BadParameter, match=r"from 0\.95 to 1\.05.*change it by −0\.95 to \+0\.05"):
        egdi.what_if(ranking, "A0", egdi.parse_changes(["tii-value=+0.1"], list(EQUAL)), EQUAL)


@pytest.mark.parametrize(
    ("words", "told"),
    [(["tii=+0.1"], "no component 'tii'"), (["tii-value"], "write tii-value=\\+0.1"), (["tii-value=x"], "write tii"),
     (["tii-value=0.1", "tii-value=0.2"], "twice")],
)  # fmt: skip
def test_a_change_that_cannot_be_read_says_how_to_write_it(words: list[str], told: str) -> None:
    with pytest.raises(BadParameter, match=told):
        egdi.parse_changes(words, list(EQUAL))


COLUMN = st.dictionaries(st.sampled_from("ABCDEFGH"), st.decimals(-1000, 1000, places=2), min_size=2)


@given(COLUMN)
def test_standardised_values_have_mean_0_and_deviation_1(column: dict[str, Decimal]) -> None:
    assume(len(set(column.values())) > 1)
    found = z_scores(column, "x").values()
    assert sum(found) / len(found) == pytest.approx(0, abs=1e-9)
    assert sum(z * z for z in found) / len(found) == pytest.approx(1)


@given(COLUMN, st.decimals("0.1", 100, places=1), st.decimals(-100, 100, places=1))
def test_standardised_values_do_not_depend_on_the_unit(column: dict[str, Decimal], factor: Decimal, shift: Decimal) -> None:
    assume(len(set(column.values())) > 1)
    other = z_scores({area: value * factor + shift for area, value in column.items()}, "x")
    assert other == pytest.approx(z_scores(column, "x"), abs=1e-6)


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.floats(-1e6, 1e6), min_size=2))
def test_min_max_lies_from_0_to_1_and_keeps_the_order(values: dict[str, float]) -> None:
    assume(max(values.values()) - min(values.values()) > 1e-3)
    found = min_max(values, "x")
    assert (min(found.values()), max(found.values())) == (0, 1)
    ordered = sorted(values, key=lambda area: values[area])
    assert all(found[one] <= found[other] for one, other in pairwise(ordered))


def test_raw_indicators_give_components_and_nothing_missing_is_estimated() -> None:
    users = {"A": D(90), "B": D(60), "C": D(30)}
    mobile = {"A": D(130), "B": D(110)}
    found = standardise(Raw({"tii-value": {"users": users, "mobile": mobile}}))
    assert found.lacking == {"C": ("tii-value/mobile",)}
    assert found.components == {"A": {"tii-value": D("1.00000")}, "B": {"tii-value": D("0.00000")}}


@pytest.mark.parametrize(("column", "told"), [({"A": D(1)}, "at least two"), ({"A": D(1), "B": D(1)}, "0 ÷ 0")])
def test_what_cannot_be_standardised_is_told(column: dict[str, Decimal], told: str) -> None:
    with pytest.raises(Undefined, match=told):
        z_scores(column, "users")


QUANTILES = {  # scipy.stats.t.ppf of scipy 1.17.1 at 0.9, 0.95, 0.975, 0.995
    1: (3.0776835371752544, 6.313751514675037, 12.706204736174694, 63.656741162871526),
    2: (1.8856180831641272, 2.9199855803537242, 4.302652729749462, 9.924843200918287),
    3: (1.637744353696209, 2.3533634348018233, 3.1824463052837078, 5.840909309733355),
    4: (1.533206274058944, 2.1318467863266495, 2.7764451051977934, 4.604094871349992),
    10: (1.372183641110336, 1.8124611228116756, 2.228138851986274, 3.16927267261695),
    101: (1.2899898085679689, 1.6600806304117863, 1.983731002955606, 2.6253859646684408),
    14218: (1.2816111115370794, 1.6449608058120795, 1.9601308483576658, 2.5761751446684236),
}


@pytest.mark.parametrize("freedom", QUANTILES)
def test_students_t_is_that_of_scipy(freedom: int) -> None:
    found = [student_t(2 * p - 1, freedom) for p in (0.9, 0.95, 0.975, 0.995)]
    assert found == pytest.approx(QUANTILES[freedom], rel=1e-9)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(748, 1000, 0.720176639029259, 0.7739252887619057), (0, 10, 0, 0.27753279986288926), (10, 10, 0.7224672001371106, 1),
     (1, 3, 0.06149194472039626, 0.7923403991979523)],
)  # fmt: skip
def test_wilsons_interval_is_that_of_statsmodels(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


@given(st.integers(1, 2000), st.data(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilsons_interval_holds_the_share_and_stays_within_0_and_1(n: int, data: st.DataObject, confidence: float) -> None:
    successes = data.draw(st.integers(0, n))
    found = wilson(successes, n, confidence)
    assert 0 <= found.low <= successes / n <= found.high <= 1


def test_the_line_and_its_prediction_are_those_of_statsmodels() -> None:
    line = fit([(2018, 72.4), (2019, 74.8), (2020, 75.1), (2021, 75.4)])
    assert (line.slope, line.r_squared) == pytest.approx((0.93, 0.7657370517927973))
    near, far = line.prediction(2022, 0.95), line.prediction(2025, 0.95)
    assert near is not None
    assert far is not None
    assert (near.low, near.high, far.low, far.high) == pytest.approx((71.216866, 82.283134, 70.084976, 88.995024))
    assert fit([(1, 1), (2, 2)]).prediction(3, 0.95) is None
    with pytest.raises(ValueError, match="two different years"):
        fit([(1, 1), (1, 2)])


def test_shares_of_the_papers_second_table_average_to_its_first() -> None:
    table_2 = [35.8, 90.3, 92.4, 91, 90.1, 84.9, 40, 73.7]
    table_3 = [80.2, 80.4, 82.5, 81.7, 49.5, 55.9, 82.5, 57.6, 80.8]
    assert rounded(sum(table_2) / 8, 1) == D("74.8")
    assert rounded(sum(table_3) / 9, 1) == D("72.3")


def test_the_printed_mean_of_2019_allows_only_the_best_answer_to_count_as_satisfied() -> None:
    assert 4.73 in satisfaction.mean_bounds(0.748, (5,))
    assert satisfaction.mean_bounds(0.748, (4, 5)).high == pytest.approx(4.496)
    assert 4.97 not in satisfaction.mean_bounds(0.903, (5,))


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, None]), max_size=60), st.sampled_from(["answered", "all"]))
def test_a_scored_item_counts_every_respondent_once(answers: list[int | None], base: str) -> None:
    found = satisfaction.score([Answer(value) for value in answers], base=base)
    assert found.n + found.missing == len(answers)
    assert (found.mean is None) == (found.n == 0)
    if found.mean is not None and found.mean_interval is not None:
        assert 1 <= found.mean_interval.low <= found.mean <= found.mean_interval.high <= 5
    if found.share is not None and found.share_interval is not None:
        assert 0 <= found.share_interval.low <= found.share + 1e-12
        assert found.share <= found.share_interval.high + 1e-12 <= 1 + 1e-9
    if found.n and base == "answered" and found.share is not None and found.mean is not None:
        assert satisfaction.mean_bounds(found.share).low - 1e-9 <= found.mean <= satisfaction.mean_bounds(found.share).high + 1e-9


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5]), min_size=2, max_size=40), st.decimals("0.1", 9, places=1))
def test_equal_weights_change_nothing(answers: list[int], weight: Decimal) -> None:
    plain, heavy = (satisfaction.score([Answer(value, w) for value in answers]) for w in (D(1), weight))
    assert (heavy.mean, heavy.share, heavy.effective) == pytest.approx((plain.mean, plain.share, plain.effective))


def test_a_weight_moves_mean_and_share() -> None:
    found = satisfaction.score([Answer(5, D(3)), Answer(1, D(1))])
    assert (found.mean, found.share) == (4, 0.75)
    assert found.effective == pytest.approx(1.6)


CRITERIA = [Criterion("t/a", "t"), Criterion("t/b", "t"), Criterion("t/b/1", "t/b"), Criterion("t/b/2", "t/b"), Criterion("e/x", "e")]


def test_a_dimension_is_the_mean_of_its_scored_criteria_and_names_the_others() -> None:
    found = {one.slug: one for one in public_value.assess(CRITERIA, ["t", "e"], [Score("t/a", D(5)), Score("t/b/1", D(3))], D(1), D(5))}
    assert found["t/b"].value == D("0.5")
    assert found["t"].value == D("0.75")
    assert (found["t"].scored, found["t"].criteria, found["t"].missing) == (2, 3, ("t/b/2",))
    assert found["e"].value is None
    assert public_value.overall(found, ["t", "e"]) is None


def test_a_criterion_is_scored_itself_or_by_its_parts_not_both() -> None:
    own = public_value.assess(CRITERIA, ["t"], [Score("t/b", D(5))], D(1), D(5))
    assert next(one for one in own if one.slug == "t/b").scored == 2
    with pytest.raises(ValueError, match="t/b is scored and so are parts of it"):
        public_value.assess(CRITERIA, ["t"], [Score("t/b", D(5)), Score("t/b/1", D(3))], D(1), D(5))


def test_raters_are_averaged_and_weights_count() -> None:
    given = [Score("t/a", D(5), rater="x"), Score("t/a", D(1), rater="y"), Score("t/b", D(5), D(3))]
    found = {one.slug: one for one in public_value.assess(CRITERIA, ["t"], given, D(1), D(5))}
    assert found["t/a"].value == D("0.5")
    assert found["t"].value == D("0.875")


STAGES = [
    maturity.Stage(n, f"s/{n}", f"Stage {n}", (maturity.Parameter("channel", "c"), maturity.Parameter("core", "t"))) for n in (1, 2, 3)
]
MET: dict[maturity.Key, maturity.State] = {(1, "channel"): "met", (1, "core"): "met"}


@pytest.mark.parametrize(
    ("more", "reached", "missing", "open_end"),
    [({}, 1, 0, True), ({(2, "core"): "not-met"}, 1, 1, False), ({(2, "core"): "met", (2, "channel"): "met"}, 2, 0, True),
     ({(1, "core"): "not-met"}, None, 1, False)],
)  # fmt: skip
def test_a_stage_is_reached_when_it_and_all_below_are_met(
    more: dict[maturity.Key, maturity.State], reached: int | None, missing: int, open_end: bool
) -> None:
    found = maturity.assess(STAGES, {**MET, **more})
    assert (found.reached.ordinal if found.reached else None, len(found.missing), found.open_end) == (reached, missing, open_end)


def test_a_skipped_stage_shows_in_the_highest_met() -> None:
    found = maturity.assess(STAGES, {**MET, (3, "channel"): "met", (3, "core"): "met"})
    assert found.reached is not None
    assert found.highest is not None
    assert (found.reached.ordinal, found.highest.ordinal) == (1, 3)
    every: dict[maturity.Key, maturity.State] = {(n, name): "met" for n in (1, 2, 3) for name in ("channel", "core")}
    assert maturity.assess(STAGES, every).next is None


def test_a_figure_without_its_denominator_says_what_it_lacks() -> None:
    figure = readiness.Figure("share", "Share", ("with", ""), ("all", ""), 100, 1, "percent")
    counts = {("with", ""): {2019: D(81831), 2020: D(1)}, ("all", ""): {2019: D(145529), 2021: D(0)}}
    found = {one.year: one for one in readiness.figures(counts, [figure])}
    assert (found[2019].value, found[2019].formula) == (D("56.2"), "81831 ÷ 145529 × 100")
    assert (found[2020].value, found[2020].lacking) == (None, ("all",))
    assert found[2021].lacking == ("with",)
    zero = readiness.figures({("with", ""): {2021: D(1)}, ("all", ""): {2021: D(0)}}, [figure])
    assert (zero[0].value, zero[0].lacking) == (None, ("all is 0",))


def test_growth_compares_the_first_with_the_last_year() -> None:
    found = readiness.growth(
        {("own", ""): {2019: D("100.5"), 2021: D("958.0")}, ("one", ""): {2019: D(1)}, ("nil", ""): {2019: D(0), 2020: D(2)}}
    )
    assert [(one.key[0], one.percent, one.times) for one in found] == [("own", D("853.2"), D("9.53")), ("nil", None, None)]


def years(*values: float, start: int = 2018) -> dict[int, Decimal]:
    return {start + at: D(str(value)) for at, value in enumerate(values)}


UP = Goal(D(80), 2025, D("72.4"), 2018, rising=True)


@pytest.mark.parametrize(
    ("goal", "actual", "verdict"),
    [
        (UP, years(72.4, 74.8, 75.1, 75.4), "uncertain"),
        (UP, years(72, 74, 76, 78, 79.9), "on-track"),
        (UP, years(72, 72.1, 72.2, 72.3), "off-track"),
        (UP, years(75, 74, 73), "moving-away"),
        (UP, years(75, 75, 75), "moving-away"),
        (UP, years(72.4, 80), "reached"),
        (UP, years(72.4, 75), "unknown"),
        (UP, years(72.4), "unknown"),
        (UP, {2018: D(72), 2025: D(79)}, "missed"),
        (UP, {2018: D(72), 2025: D(79), 2026: D(81)}, "missed"),
        (UP, {2018: D(72), 2026: D(81)}, "reached"),
        (Goal(D(1), 2025, D(24), 2018, rising=False), years(24, 18, 12, 5.9), "on-track"),
        (Goal(D(1), 2025, D(24), 2018, rising=False), years(24, 26, 28), "moving-away"),
    ],
)
def test_a_goal_gets_the_verdict_that_its_values_bear_out(goal: Goal, actual: dict[int, Decimal], verdict: str) -> None:
    found = monitoring.assess(goal, actual)
    assert found.verdict == verdict
    assert found.verdict in monitoring.VERDICTS
    assert found.reason


def test_the_paces_and_the_path_follow_from_the_formulas() -> None:
    found = monitoring.assess(UP, years(72.4, 74.8, 75.1, 75.4))
    assert (found.progress, found.distance) == (D("39.5"), D("4.6"))
    assert found.pace == pytest.approx(1.0)
    assert found.required == pytest.approx(1.15)
    assert found.path == D("72.4") + D("7.6") * 3 / 7
    assert monitoring.fulfilment(years(67, 170, 115, 135), years(17, 146, 91, 120)) == {
        2018: D("25.4"), 2019: D("85.9"), 2020: D("79.1"), 2021: D("88.9"),
    }  # fmt: skip


@given(st.lists(st.decimals(0, 100, places=1), min_size=3, max_size=8), st.decimals(1, 99, places=1))
def test_a_forecast_lies_within_its_interval_and_a_wider_confidence_holds_the_narrower(values: list[Decimal], target: Decimal) -> None:
    goal = Goal(target, 2040, values[0], 2018, rising=True)
    actual = {2018 + at: value for at, value in enumerate(values)}
    narrow, wide = (monitoring.assess(goal, actual, confidence) for confidence in (0.8, 0.95))
    if narrow.interval and wide.interval and narrow.forecast is not None:
        assert narrow.forecast in narrow.interval
        assert wide.interval.low <= narrow.interval.low <= narrow.interval.high <= wide.interval.high


SERIES = {"A": {2018: D("0.4"), 2020: D("0.55"), 2022: D("0.7")}, "B": {2018: D("0.6"), 2020: D("0.66"), 2022: D("0.72")},
          "C": {2018: D("0.8"), 2022: D("0.82")}}  # fmt: skip


def test_a_point_knows_its_rank_its_change_and_its_distance_to_the_group() -> None:
    found = trends.points(SERIES, ["A", "C"], [2018, 2020, 2022])
    last = next(one for one in found if (one.area, one.year) == ("C", 2022))
    assert (last.rank, last.ranked, last.since, last.change, last.rank_change) == (1, 3, 2018, D("0.02"), 0)
    assert last.gap == pytest.approx(0.06)


def test_convergence_compares_the_years_in_which_all_have_a_value() -> None:
    found = trends.converge(SERIES, ["A", "B", "C"], [2018, 2020, 2022])
    assert found is not None
    assert (found.first, found.last, found.sigma) == (2018, 2022, "converging")
    assert found.beta == pytest.approx(-0.7)
    assert [one.missing for one in trends.spreads(SERIES, ["A", "B", "C"], [2018, 2020, 2022])] == [(), ("C",), ()]
    assert trends.converge(SERIES, ["A"], [2018, 2022]) is None
    assert trends.trend("Z", {}) is None


@given(st.lists(st.decimals(0, 1, places=2), min_size=1, max_size=30))
def test_places_are_those_of_counting(values: list[Decimal]) -> None:
    places = Places(values)
    for value in values:
        assert places.rank(value) == 1 + sum(other > value for other in values)
        assert places.shared(value) == values.count(value)


def test_numbers_keep_the_digits_of_their_source() -> None:
    assert decimals_of([D("0.75970"), D(1)]) == 5
    assert (rounded(D("2.5"), 0), rounded(D("-0.04"), 1), percent(D(1), D(8))) == (D(3), D("0.0"), D("12.5"))
    assert [signed(D(value)) for value in ("0.1", "-3", "0")] == ["+0.1", "−3", "0"]
    assert [str(significant(value)) for value in (0.0044123, 12345.6, 0)] == ["0.004412", "12346", "0"]
    with pytest.raises(ZeroDivisionError):
        percent(D(1), D(0))
