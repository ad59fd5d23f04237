"""Lineage: both ways, over several links, each with evidence; four dates apart; what rests on a repealed act."""

from __future__ import annotations

from datetime import date

import pytest

from kg.errors import UnknownEntity
from kg.query.lineage import Lineage, trace
from kg.query.telling import Teller
from kg.store.oxigraph import OxigraphStore
from tests.looking import ACTS, act, looked, view_of, write_acts
from tests.world import World


def traced(world: World, name: str, day: date | None = None) -> Lineage:
    return trace(*looked(write_acts(world)), name, day)


def told(found: Lineage) -> set[tuple[str, str, str, str, int]]:
    return {(edge.start, edge.relation, edge.end, edge.way, edge.depth) for edge in found.edges}


def test_an_act_is_told_with_what_it_rests_on_and_what_rests_on_it(world: World) -> None:
    found = traced(world, "P1700000827")
    act = "act/P1700000827"
    assert told(found) == {
        (act, "based on", "act/P1600000003", "rests-on", 1),
        ("act/P1800000001", "amends", act, "rested-on", 1),
        ("act/P2000000002", "repeals", act, "rested-on", 1),
        ("act/P1800000004", "based on", act, "rested-on", 1),
        ("programme/digital-land", "approved by", act, "rested-on", 1),
    }
    assert found.amended_by == ("act/P1800000001",)
    assert found.act.repealed_by == ("act/P2000000002",)
    assert all(edge.passages for edge in found.edges)


def test_the_walk_goes_on_over_several_links_and_never_sideways(world: World) -> None:
    found = traced(world, "P1600000003")
    assert ("programme/digital-land", "approved by", "act/P1700000827", "rested-on", 2) in told(found)
    rules = traced(world, "P1800000004")
    assert told(rules) == {
        ("act/P1800000004", "based on", "act/P1700000827", "rests-on", 1),
        ("act/P1700000827", "based on", "act/P1600000003", "rests-on", 2),
    }


def test_acts_that_amend_each_other_end_the_walk(world: World) -> None:
    world.write("act/P1700000001.yaml", act("Other", "number: '1', signedDate: 2017-12-12, amends: act/P1700000827"))
    world.change("act/P1700000827.yaml", "number: '827'", "number: '827'\n    amends: act/P1700000001")
    found = trace(*looked(world), "P1700000827")
    assert {(edge.start, edge.end) for edge in found.edges if edge.relation == "amends"} == {
        ("act/P1700000827", "act/P1700000001"),
        ("act/P1700000001", "act/P1700000827"),
    }


def test_the_four_dates_are_kept_apart_and_those_that_no_source_gives_are_named(world: World) -> None:
    dates = traced(world, "P1600000003").act.dates
    assert dates is not None
    days = [day.date for day in (dates.signed, dates.published, dates.in_force, dates.applicable) if day]
    assert days == ["2016-02-01", "2016-02-10", "2016-03-01", "2016-04-01"]
    lacking = {item.what for item in traced(world, "P1700000827").missing}
    assert {"date published", "date in force", "date applicable"} <= lacking
    assert "date signed" not in lacking


@pytest.mark.parametrize(
    ("name", "day", "state"),
    [
        ("P1700000827", "2017-12-11", "not-in-force"),
        ("P1700000827", "2017-12-12", "in-force"),
        ("P1700000827", "2020-05-31", "in-force"),
        ("P1700000827", "2020-06-02", "not-in-force"),
        ("P1600000003", "2016-02-20", "not-in-force"),
        ("P1600000003", "2016-03-01", "in-force"),
    ],
)
def test_the_state_on_a_day_follows_commencement_and_repeal(world: World, name: str, day: str, state: str) -> None:
    found = traced(world, name, date.fromisoformat(day)).act.state
    assert found is not None
    assert found.state == state


def test_a_state_says_which_dates_it_was_judged_by(world: World) -> None:
    state = traced(world, "P1700000827", date(2021, 1, 1)).act.state
    assert state is not None
    assert state.why == ("signed 2017-12-12; no source gives the day it came into force; repealed by act/P2000000002 of 2020-06-01")


def test_what_rests_on_a_repealed_act_is_named_from_the_repeal_on(world: World) -> None:
    rules = "act/P1800000004 (based on) rests on act/P1700000827, repealed by act/P2000000002"
    assert rules in traced(world, "P1700000827").on_repealed
    assert traced(world, "P1700000827", date(2019, 1, 1)).on_repealed == ()
    after = traced(world, "P1700000827", date(2021, 1, 1)).on_repealed
    assert after == (rules, "programme/digital-land (approved by) rests on act/P1700000827, repealed by act/P2000000002")
    assert traced(world, "P1700000827", date(2023, 1, 1)).on_repealed == (rules,), "the programme has ended by then"


def test_an_amendment_of_a_later_day_does_not_count_yet(world: World) -> None:
    assert traced(world, "P1700000827", date(2018, 1, 1)).amended_by == ()


def test_an_unknown_act_is_answered_with_those_that_look_like_it(world: World) -> None:
    with pytest.raises(UnknownEntity) as caught:
        traced(world, "P170000082")
    assert "act/P1700000827" in caught.value.near


def test_the_list_has_a_row_for_each_link(world: World) -> None:
    found = traced(world, "P1700000827")
    header, rows = found.table()
    assert len(rows) == len(found.edges) == len(ACTS) + 1
    assert ("act/P1800000001", "Amendment", "amends", "act/P1700000827", "Resolution", "rested-on", "1", "doe-2020/text-1") in rows
    assert len(header) == 8


# The real graph


def test_decree_464_amends_the_list_of_state_programmes_and_approves_one(store: OxigraphStore) -> None:
    found = trace(view_of(store), Teller(store), "U1300000464")
    links = {(edge.start, edge.relation, edge.end) for edge in found.edges}
    assert ("act/U1300000464", "amends", "act/U100000957_") in links
    assert ("programme/information-kazakhstan-2020", "approved by", "act/U1300000464") in links


def test_an_identifier_without_its_underscore_finds_the_act(store: OxigraphStore) -> None:
    assert trace(view_of(store), Teller(store), "U040001471").act.thing.id == "act/U040001471_"
