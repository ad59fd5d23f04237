"""Comparisons: claims on different things that cannot all be right are shown together, and each stays a fact."""

from __future__ import annotations

import pytest

from kg.claims.conflicts import Conflict
from kg.loading.dataset import build
from kg.namespaces import EGOV, SCHEMA
from kg.query.conflicts import find_conflicts
from kg.query.entities import read_entity
from kg.store.oxigraph import OxigraphStore
from tests.world import World, node, place

STAGE = """type: Stage
label: {{en: {name}, ru: Этап, kk: Кезең}}
claims:
  - inScheme: scheme/{name}
    ordinal: 3
    startDate: {year}
    stated: [doe-2020/{passage}]
"""
SCHEME = """type: StageScheme
label: {{en: {name}, ru: Схема, kk: Схема}}
claims:
  - {{name: {{en: {name}}}, stated: [doe-2020/text-1]}}
"""
COMPARISON = """type: Rule
label: {en: When the third stage began, ru: Когда начался третий этап, kk: Үшінші кезең қашан басталды}
compare:
  kind: period
  property: startDate
  of: [stage/first/3, stage/second/3]
"""


@pytest.fixture
def staged(world: World) -> World:
    """Return a world with two schemes whose third stages begin in 2007 and 2009."""
    for name, year, passage in (("first", 2007, "text-1"), ("second", 2009, "table-1")):
        world.write(f"scheme/{name}.yaml", SCHEME.format(name=name))
        world.write(f"stage/{name}/3.yaml", STAGE.format(name=name, year=year, passage=passage))
    world.write("rule/third-stage.yaml", COMPARISON)
    return world


def _only(world: World) -> Conflict:
    (conflict,) = build(world.root).conflicts
    return conflict


def test_two_things_of_which_sources_say_what_cannot_both_be_right_are_a_conflict_of_both(staged: World) -> None:
    conflict = _only(staged)
    assert (conflict.kind, conflict.slug, conflict.rule) == ("period", "period-third-stage", "both-stand")
    assert (conflict.subject, conflict.others) == (node("stage/first/3"), (node("stage/second/3"),))
    assert [reading.value.value for reading in conflict.readings] == ["2007-01-01", "2009-01-01"]


def test_each_side_of_a_comparison_stays_a_fact(staged: World) -> None:
    store = OxigraphStore()
    store.fill(build(staged.root).nquads)
    rows = store.rows("SELECT ?stage ?begin { ?stage a egov:Stage ; schema:startDate ?begin } ORDER BY ?stage")
    assert [row["begin"].value for row in rows] == ["2007-01-01", "2009-01-01"]


def test_a_comparison_is_found_from_either_thing_with_the_side_of_each(staged: World) -> None:
    store = OxigraphStore()
    store.fill(build(staged.root).nquads)
    for name in ("stage/first/3", "stage/second/3"):
        (conflict,) = read_entity(store, node(name)).conflicts
        assert conflict.label == "When the third stage began"
        told = {(side.subject, side.locator, side.worded({}, ("en",))) for side in conflict.sides}
        assert told == {(node("stage/first/3"), "Text, par. 1", "2007"), (node("stage/second/3"), "Table 1", "2009")}
    assert [conflict.rule for conflict in find_conflicts(store, kind="period")] == ["both-stand"]


def test_a_comparison_of_one_thing_shows_the_rival_values_of_a_property_that_may_have_many(staged: World) -> None:
    staged.write("rule/third-stage.yaml", COMPARISON.replace("startDate", "inScheme").replace("period", "identity"))
    conflict = _only(staged)
    assert (conflict.kind, conflict.predicate.value) == ("identity", "http://www.w3.org/2004/02/skos/core#inScheme")


def test_figures_of_two_observations_are_compared_in_one_unit(staged: World) -> None:
    figures = "observation/users-share/KAZ/2010, observation/users-share/KAZ/2012"
    staged.change("rule/third-stage.yaml", "stage/first/3, stage/second/3", figures)
    staged.change("rule/third-stage.yaml", "startDate", "value")
    assert [reading.companion(EGOV.printed) for reading in _only(staged).readings] == ["12.5", "41"]


@pytest.mark.parametrize(
    ("old", "new", "cure"),
    [
        ("startDate", "startDat", "did you mean `startDate`?"),
        ("startDate", "approves", "is no key of a claim that can be compared"),
        ("startDate", "endDate", "no passage states the property of stage/first/3, stage/second/3"),
        ("stage/second/3]", "stage/second/4]", "there is no record stage/second/4; did you mean stage/second/3"),
        ("stage/first/3, ", "", "the claims that are compared agree"),
        ("of: [", "stated: [doe-2020/text-9]\n  of: [", "there is no passage doe-2020/text-9"),
    ],
)
def test_a_comparison_that_compares_nothing_is_refused_with_its_line(staged: World, old: str, new: str, cure: str) -> None:
    staged.change("rule/third-stage.yaml", old, new)
    finding = staged.violations()[0]
    assert place(finding).startswith("rule/third-stage.yaml:"), finding
    assert cure in finding.message


def test_the_passages_that_a_comparison_names_are_the_only_ones_it_looks_at(staged: World) -> None:
    staged.change("stage/first/3.yaml", "    startDate: 2007\n", "")
    staged.write("stage/first/3.yaml", staged.read("stage/first/3.yaml")
                 + "  - {startDate: 2007, stated: [doe-2020/text-1]}\n  - {endDate: 2010, stated: [doe-2020/table-1]}\n")  # fmt: skip
    staged.change("rule/third-stage.yaml", "  of:", "  stated: [doe-2020/text-1, doe-2020/table-1]\n  of:")
    assert _only(staged).predicate == SCHEMA.startDate
