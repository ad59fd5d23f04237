"""Series: one unit, formulas that can be checked by hand, sources a figure, gaps and breaks of method named, nothing made up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import Impossible, UnknownEntity
from kg.query.growth import Point, changes, gaps
from kg.query.series import Line, Series, Wanted, read_series
from kg.query.telling import Teller
from kg.store.oxigraph import OxigraphStore
from tests.looking import looked, view_of, write_second_paper
from tests.world import TABLE, World

VIOLATIONS = """type: Indicator
label: {en: Violations, ru: Нарушения, kk: Бұзушылық}
unit: violation
claims:
  - {name: {en: Violations}, stated: [doe-2020/table-1]}
"""
RUSSIA = """type: Area
label: {en: Russia, ru: Россия, kk: Ресей}
claims:
  - {areaType: country, stated: [doe-2020/text-1]}
"""


def point(period: str, value: str | None) -> Point:
    return Point(period, period, f"{period}-01-01", f"{period}-12-31", None if value is None else Decimal(value))


def series(world: World, wanted: Wanted) -> Series:
    return read_series(*looked(world), wanted)


def only(found: Series) -> Line:
    assert len(found.lines) == 1, found.lines
    return found.lines[0]


def test_figures_of_different_scales_come_in_the_base_unit(world: World) -> None:
    world.write("indicator/violations.yaml", VIOLATIONS)
    world.add_row("violations,KAZ,2010,,,41,violation,,,41,")
    world.add_row("violations,KAZ,2012,,,12.5,thousand-violation,,,12.5,")
    line = only(series(world, Wanted("violations")))
    assert line.unit == "violation"
    assert [p.value for p in line.points] == [Decimal(41), Decimal(12500)]
    assert [(p.printed, p.printed_unit) for p in line.points] == [("41", "violation"), ("12.5", "thousand-violation")]


def test_a_change_gives_its_formula_and_the_years_between_are_named_not_filled(world: World) -> None:
    line = only(series(world, Wanted("users-share")))
    assert [p.period for p in line.points] == ["2010", "2012"]
    (change,) = line.changes
    assert (change.start, change.end, change.difference) == ("2010", "2012", Decimal("28.5"))
    assert change.difference_formula == "41 − 12.5"
    assert (change.growth, change.growth_formula) == (Decimal("228.0000"), "(41 ÷ 12.5 − 1) × 100")
    (gap,) = line.gaps
    assert (gap.start, gap.end) == ("2011", "2011")
    assert "no source gives any figure" in gap.why


def test_a_figure_names_its_passages_and_how_many_documents_agree(world: World) -> None:
    write_second_paper(world)
    world.write("observations/roe-2023-table-1.csv", world.read(TABLE))
    (first, _) = only(series(world, Wanted("users-share"))).points
    assert first.agreement == 2
    assert [source.id for source in first.sources] == ["passage/doe-2020/table-1", "passage/roe-2023/table-1"]


def test_a_figure_on_which_sources_disagree_undecided_has_no_value_and_tells_every_side(world: World) -> None:
    write_second_paper(world)
    world.write("observations/roe-2023-table-1.csv", world.read(TABLE).replace("12.5,percent,,,12.5", "41,percent,,,41"))
    line = only(series(world, Wanted("users-share")))
    (first, _) = line.points
    assert first.conflicts == ("conflict/value-observation-users-share-KAZ-2010-obsValue",)
    assert (first.value, first.printed) == (None, None), "nothing decides between two papers of one year"
    assert sorted(rival.printed for rival in first.rivals) == ["12.5", "41"]
    assert line.changes == ()


def test_of_rivals_the_accepted_figure_counts_and_the_other_is_told(world: World) -> None:
    write_second_paper(world)
    world.change("document/roe-2023.yaml", "authority: peer-reviewed", "authority: news")
    world.write("observations/roe-2023-table-1.csv", world.read(TABLE).replace("12.5,percent,,,12.5", "41,percent,,,41"))
    (first, _) = only(series(world, Wanted("users-share"))).points
    assert (first.value, first.agreement, [rival.printed for rival in first.rivals]) == (Decimal("12.5"), 1, ["41"])
    assert [source.id for source in first.rivals[0].passages] == ["passage/roe-2023/table-1"]


def test_an_edition_with_other_weights_is_a_change_of_method(world: World) -> None:
    rule = "type: Rule\nlabel: {{en: {0}, ru: {0}, kk: {0}}}\nrule:\n  kind: weighted-mean\n  result: {{indicator: index-value}}\n"
    inputs = "  inputs:\n    - {indicator: users-share}\n"
    world.write("rule/old.yaml", rule.format("Old weights") + inputs + "  periods: ['2010']\n")
    world.write("rule/new.yaml", rule.format("New weights") + inputs + "  exceptPeriods: ['2010']\n")
    world.add_row("index-value,KAZ,2012,,,0.684,index,,,0.684,")
    line = next(line for line in series(world, Wanted("index-value")).lines)
    assert [[rule.label for rule in p.methods] for p in line.points] == [["Old weights"], ["New weights"]]
    (change,) = line.changes
    assert change.method_changed
    assert "the method changed between 2010 and 2012: Old weights; then New weights" in change.cautions


def test_targets_are_a_line_of_their_own(world: World) -> None:
    world.add_row("users-share,KAZ,2012,,target,41,percent,,,41,")
    assert sorted(line.role for line in series(world, Wanted("users-share")).lines) == ["actual", "target"]


def test_an_area_without_figures_is_unknown_and_says_why(world: World) -> None:
    world.write("area/RUS.yaml", RUSSIA)
    found = series(world, Wanted("users-share", areas=("KAZ", "RUS")))
    assert len(found.lines) == 1
    (missing,) = found.missing
    assert (missing.what, missing.state) == ("area/RUS", "unknown")
    assert "no source gives Users of Russia; its figures are of 2010 to 2012" in missing.why


@pytest.mark.parametrize(
    ("wanted", "parameter", "possible"),
    [
        (Wanted("users-share", areas=("Mars",)), "area", ("KAZ",)),
        (Wanted("users-share", breakdowns=("urban",)), "breakdown", ("total",)),
        (Wanted("users-share", first="20101"), "from", ()),
        (Wanted("users-share", first="2012-13"), "from", ()),
        (Wanted("users-share", first="2012", last="2010"), "from", ()),
    ],
)
def test_what_there_is_not_is_refused_with_what_is_possible(
    world: World, wanted: Wanted, parameter: str, possible: tuple[str, ...]
) -> None:
    with pytest.raises(Impossible) as caught:
        series(world, wanted)
    assert (caught.value.parameter, caught.value.possible) == (parameter, possible)


def test_an_unknown_indicator_is_answered_with_those_that_look_like_it(world: World) -> None:
    with pytest.raises(UnknownEntity) as caught:
        series(world, Wanted("user-share"))
    assert "indicator/users-share" in caught.value.near


def test_a_period_is_touched_by_the_years_asked_for(world: World) -> None:
    assert [p.period for p in only(series(world, Wanted("users-share", first="2011"))).points] == ["2012"]
    assert [p.period for p in only(series(world, Wanted("users-share", last="2010-06"))).points] == ["2010"]


def test_ranks_have_a_difference_and_no_growth() -> None:
    (change,) = changes([point("2010", "46"), point("2012", "38")], "rank")
    assert (change.difference, change.growth, change.growth_formula) == (Decimal(-8), None, None)


def test_years_are_compared_with_years_and_intervals_with_nothing() -> None:
    points = [point("2010", "1"), Point("x", "2010/2012", "2010-01-01", "2012-12-31", Decimal(5)), point("2011", "2")]
    assert [(c.start, c.end) for c in changes(points, "number")] == [("2010", "2011")]


@given(st.sets(st.integers(1990, 2030), min_size=1), st.integers(1985, 2000), st.integers(2020, 2035))
def test_gaps_and_figures_together_are_every_year_once(years: set[int], first: int, last: int) -> None:
    points = [point(str(year), "1") for year in sorted(years)]
    found = gaps(points, str(first), str(last), ())
    lacking = [year for gap in found for year in range(int(gap.start), int(gap.end) + 1)]
    inside = {year for year in years if first <= year <= last}
    assert sorted([*lacking, *inside]) == list(range(first, last + 1))


@given(st.lists(st.decimals("0.001", "1e9", places=3), min_size=2, max_size=8))
def test_differences_add_up_to_the_whole_change(values: list[Decimal]) -> None:
    points = [point(str(2000 + place), str(value)) for place, value in enumerate(values)]
    assert sum((change.difference for change in changes(points, "number")), Decimal(0)) == values[-1] - values[0]


# The real graph


def test_the_index_of_kazakhstan_is_that_of_table_3_with_the_break_of_2008_to_2010(store: OxigraphStore) -> None:
    line = only(read_series(view_of(store), Teller(store), Wanted("egdi-value", areas=("KAZ",))))
    assert [(p.period, p.printed) for p in line.points] == [
        ("2003", "0.38661"), ("2004", "0.43437"), ("2005", "0.48125"), ("2008", "0.47430"), ("2010", "0.47430"), ("2012", "0.68438"),
        ("2014", "0.72827"), ("2016", "0.72499"), ("2018", "0.75970"), ("2020", "0.83750"), ("2022", "0.86280"),
    ]  # fmt: skip
    broken = [(c.start, c.end) for c in line.changes if c.method_changed]
    assert broken == [("2005", "2008"), ("2010", "2012")]
    assert [p.period for p in line.points if p.conflicts] == ["2010"]


def test_the_ranks_of_kazakhstan_share_the_breaks_of_the_index_that_they_order(store: OxigraphStore) -> None:
    line = only(read_series(view_of(store), Teller(store), Wanted("egdi-rank", areas=("KAZ",))))
    assert [(c.start, c.end) for c in line.changes if c.method_changed] == [("2005", "2008"), ("2010", "2012")]


def test_pages_of_lines_are_the_whole_each_line_once(store: OxigraphStore) -> None:
    wanted = Wanted("egov-services-users-share")
    whole = read_series(view_of(store), Teller(store), wanted, limit=1000)
    pages = [read_series(view_of(store), Teller(store), wanted, first, 5) for first in range(0, whole.count, 5)]
    assert [line for page in pages for line in page.lines] == list(whole.lines)
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    assert sum(len(line.points) for line in whole.lines) == 42
