"""Stages by scheme and side by side; interaction models; the axis of time."""

from __future__ import annotations

from datetime import date

import pytest

from kg.errors import Impossible, UnknownEntity
from kg.query.models import read_models
from kg.query.stages import read_stages
from kg.query.staging import Comparison, compare_stages
from kg.query.telling import Teller
from kg.query.timeline import read_timeline
from kg.store.oxigraph import OxigraphStore
from tests.looking import looked, view_of, write_acts, write_schemes
from tests.world import World


def compared(world: World, first: str = "", last: str = "") -> Comparison:
    return compare_stages(*looked(write_schemes(world)), first=first, last=last)


def verdicts(found: Comparison) -> dict[int, str]:
    return {year.year: verdict.verdict for year in found.years for verdict in year.verdicts}


def test_stages_come_in_their_scheme_and_order_with_the_passage_that_puts_them_there(world: World) -> None:
    found = read_stages(*looked(write_schemes(world)), ["one"])
    assert [(stage.stage.id, stage.ordinal) for stage in found.stages] == [("stage/one/1", 1), ("stage/one/2", 2)]
    assert all([cited.id for cited in stage.passages] == ["passage/doe-2020/text-1"] for stage in found.stages)
    assert (found.stages[0].begin.date if found.stages[0].begin else "") == "2004", "no longer than it is known"


def test_on_a_day_only_the_stages_that_cover_it_stand_and_the_undated_are_named(world: World) -> None:
    view, teller = looked(write_schemes(world))
    found = read_stages(view, teller, day=date(2006, 7, 1))
    assert {stage.stage.id for stage in found.stages} == {"stage/one/1", "stage/one/2", "stage/two/1"}
    assert found.undated == ("stage/three/1",)
    later = read_stages(view, teller, day=date(2030, 1, 1))
    assert [stage.stage.id for stage in later.stages] == ["stage/two/2"], "it is open-ended"
    assert "scheme/one" in {item.what for item in later.missing}


def test_an_alignment_says_its_kind_and_that_the_curators_made_it(world: World) -> None:
    found = compared(world)
    (alignment,) = found.alignments
    assert (alignment.one, alignment.other, alignment.kind, alignment.stated_by) == ("stage/one/1", "stage/two/1", "close", "editorial")


def test_an_alignment_that_a_passage_states_names_the_passage(world: World) -> None:
    write_schemes(world)
    world.change("stage/one/2.yaml", "{inScheme:", "{exactMatch: 'https://w3id.org/egovkg/id/stage/two/2', inScheme:")
    found = compare_stages(*looked(world))
    alignment = next(item for item in found.alignments if item.kind == "exact")
    assert (alignment.stated_by, [cited.id for cited in alignment.passages]) == ("passages", ["passage/doe-2020/text-1"])


def test_schemes_agree_differ_or_are_not_aligned_year_by_year(world: World) -> None:
    found = verdicts(compared(world))
    assert found == {2005: "agree", 2006: "agree", 2007: "differ", 2008: "not-aligned", 2009: "not-aligned", 2010: "not-aligned"}


def test_the_axis_reaches_as_far_as_was_asked_and_says_which_scheme_is_silent(world: World) -> None:
    found = compared(world, "2003", "2004")
    assert [year.year for year in found.years] == [2003, 2004]
    assert "two gives no stage for 2003, 2004" in {item.why for item in found.missing}
    assert [scheme.id for scheme in found.undated] == ["scheme/three"]


@pytest.mark.parametrize(("first", "last"), [("1000", "2000"), ("2010", "2000"), ("abc", "")])
def test_an_axis_that_cannot_be_is_refused(world: World, first: str, last: str) -> None:
    with pytest.raises(Impossible):
        compared(world, first, last)


def test_an_unknown_scheme_is_answered_with_those_there_are(world: World) -> None:
    with pytest.raises(UnknownEntity) as caught:
        read_stages(*looked(write_schemes(world)), ["nowhere"])
    assert caught.value.near == ("scheme/one", "scheme/three", "scheme/two")


def test_an_interaction_model_is_told_with_its_parties_and_what_is_missing(world: World) -> None:
    world.write("model/g2c.yaml", "type: InteractionModel\nlabel: {en: G2C, ru: G2C, kk: G2C}\nnotation: [G2C]\nclaims:\n"
                "  - {fromParty: government, toParty: citizen, stated: [doe-2020/text-1]}\n")  # fmt: skip
    found = read_models(*looked(world))
    (model,) = found.models
    assert (model.start[0].thing.id, model.end[0].thing.id) == ("concept/party/government", "concept/party/citizen")
    assert {item.what for item in found.missing} == {"model/g2c approach", "model/g2c circuit", "model/g2c example"}


def test_the_axis_of_time_says_what_each_begin_is(world: World) -> None:
    write_acts(world)
    world.write("programme/undated.yaml", "type: Programme\nlabel: {en: Undated, ru: Без даты, kk: Күнсіз}\nclaims:\n"
                "  - {name: {en: Undated}, stated: [doe-2020/text-1]}\n")  # fmt: skip
    world.write("programme/approved.yaml", "type: Programme\nlabel: {en: Approved, ru: Утверждена, kk: Бекітілген}\nclaims:\n"
                "  - {approvedBy: act/P1600000003, stated: [doe-2020/text-1]}\n")  # fmt: skip
    found = read_timeline(*looked(world))
    basis = {event.thing.id: event.basis for event in found.events}
    assert basis["programme/digital-land"] == "start"
    assert basis["act/P1600000003"] == "signed"
    assert basis["programme/approved"] == "approval"
    assert found.undated == ("programme/undated",)
    begins = [event.begin.day for event in found.events if event.begin]
    assert begins == sorted(begins)


def test_an_act_stands_on_its_day_and_a_programme_as_long_as_it_ran(world: World) -> None:
    view, teller = looked(write_acts(world))
    found = read_timeline(view, teller, "2021", "2021")
    assert [event.thing.id for event in found.events] == ["programme/digital-land"]
    with pytest.raises(Impossible):
        read_timeline(view, teller, kinds=["finding"])


def test_a_span_without_anything_is_unknown(world: World) -> None:
    (missing,) = read_timeline(*looked(world), "1900", "1901").missing
    assert missing.state == "unknown"


# The real graph


def test_in_2006_four_schemes_give_a_stage_and_three_of_them_are_aligned(store: OxigraphStore) -> None:
    found = compare_stages(view_of(store), Teller(store), first="2006", last="2006")
    (year,) = found.years
    given = {item.scheme: item.stages for item in year.given}
    assert given["scheme/abil-2023-phases"] == ("stage/abil-2023-phases/3",)
    assert given["scheme/bokayev-2021-introduction"] == ("stage/bokayev-2021-introduction/1", "stage/bokayev-2021-introduction/2")
    agreeing = {(v.one, v.other) for v in year.verdicts if v.verdict == "agree"}
    assert ("scheme/bokayev-2021-introduction", "scheme/kuanaliev-2025-e-government") in agreeing
    assert not any("abil-2023-phases" in name for pair in agreeing for name in pair)


def test_the_models_of_the_papers_have_their_parties(store: OxigraphStore) -> None:
    found = {model.notation: model for model in read_models(view_of(store), Teller(store)).models}
    assert found.keys() >= {"G2C", "G2B", "G2G", "B2G", "C2G"}
    assert all(model.start and model.end for model in found.values())
