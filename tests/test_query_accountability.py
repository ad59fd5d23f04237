"""Accountability: each link of the chain with evidence, each missing one in words, gaps only of one period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kg.query.accountability import Chain, read_chain
from kg.query.series import Wanted, read_series
from kg.query.targets import assess
from kg.query.telling import Teller
from kg.store.oxigraph import OxigraphStore
from tests.looking import looked, view_of, write_acts
from tests.world import World

BODY = """type: PublicOrganisation
label: {en: Ministry, ru: Министерство, kk: Министрлік}
claims:
  - {name: {en: Ministry}, stated: [doe-2020/text-1]}
"""
FINDING = """type: {kind}
label: {{en: {label}, ru: {label}, kk: {label}}}
claims:
  - {{description: {{en: {label}}}, concerns: programme/digital-land, stated: [doe-2020/text-1]}}
"""
TIES = "  - {responsibleBody: organisation/ministry, hasIndicator: indicator/users-share, stated: [doe-2020/text-1]}\n"


def chain(world: World, day: date | None = None) -> Chain:
    return read_chain(*looked(world), "digital-land", day)


def missing(found: Chain) -> dict[str, str]:
    return {item.what: item.why for item in found.missing}


def full(world: World) -> World:
    write_acts(world)
    world.write("organisation/ministry.yaml", BODY)
    world.write("programme/digital-land.yaml", world.read("programme/digital-land.yaml") + TIES)
    world.write("finding/slow.yaml", FINDING.format(kind="Barrier", label="Too slow"))
    world.write("finding/done.yaml", FINDING.format(kind="Benefit", label="Portal opened"))
    world.add_row("users-share,KAZ,2012,,target,12.5,percent,,,12.5,")
    world.add_row("users-share,KAZ,2015,,target,41,percent,,,41,")
    return world


def test_the_chain_leads_from_the_act_over_its_amendment_to_bodies_indicators_and_findings(world: World) -> None:
    found = chain(full(world))
    (approval,) = found.approvals
    assert approval.act.id == "act/P1700000827"
    assert [tie.thing.id for tie in approval.amended_by] == ["act/P1800000001"]
    assert approval.repealed_by == ("act/P2000000002",)
    assert [(tie.relation, tie.thing.id) for tie in found.bodies] == [("responsible body", "organisation/ministry")]
    assert [(told.kind, told.text) for told in found.findings] == [("result", "Portal opened"), ("criticism", "Too slow")]
    assert [measured.indicator.id for measured in found.indicators] == ["indicator/users-share"]
    assert all([approval.passages, *(tie.passages for tie in (*approval.amended_by, *found.bodies))])
    assert all([*(measured.passages for measured in found.indicators), *(told.passages for told in found.findings)])


def test_a_gap_is_actual_less_target_of_one_period_with_its_formula(world: World) -> None:
    (measured,) = chain(full(world)).indicators
    reached, open_ = measured.assessments
    assert (reached.gap, reached.gap_formula) == (Decimal("28.5"), "41 − 12.5")
    assert reached.lacking == ("no source states a baseline",)
    assert (open_.actual, open_.gap) == (None, None)
    assert "no source gives the actual value of 2015; there are those of 2010, 2012" in open_.lacking


def test_each_missing_link_is_named_in_words(world: World) -> None:
    lacking = missing(chain(world))
    assert lacking.keys() == {"amendment", "stages and directions", "responsible body", "results and criticisms", "indicators"}
    assert lacking["responsible body"].startswith("no source names a body responsible for Digital Land")
    assert lacking["indicators"].startswith("no source names an indicator of Digital Land")


def test_a_programme_that_no_source_says_is_approved_lacks_its_act(world: World) -> None:
    world.change("programme/digital-land.yaml", "approvedBy: act/P1700000827\n    ", "")
    found = chain(world)
    assert found.approvals == ()
    assert missing(found)["approving act"].startswith("no source names an act that approves Digital Land")


def test_an_indicator_without_target_or_baseline_says_so(world: World) -> None:
    world.write("programme/digital-land.yaml", world.read("programme/digital-land.yaml")
                + "  - {hasIndicator: indicator/index-value, stated: [doe-2020/text-1]}\n")  # fmt: skip
    found = chain(world)
    words = [item.why for item in found.missing if item.what == "indicator/index-value"]
    assert words == ["no source states a target of Index (Kazakhstan, total)", "no source states a baseline of Index (Kazakhstan, total)"]


def test_the_state_is_judged_on_the_day_asked_for(world: World) -> None:
    found = chain(write_acts(world), date(2021, 1, 1))
    assert found.state is not None
    assert found.approvals[0].state is not None
    assert (found.state.state, found.approvals[0].state.state) == ("in-force", "not-in-force")


# The real graph


def test_digital_kazakhstan_has_its_act_five_directions_and_no_responsible_body(store: OxigraphStore) -> None:
    found = read_chain(view_of(store), Teller(store), "digital-kazakhstan")
    assert [approval.act.id for approval in found.approvals] == ["act/P1700000827"]
    assert sum(tie.relation == "direction" for tie in found.parts) == 5
    assert "no source names a body responsible for Digital Kazakhstan" in missing(found)["responsible body"]
    assert {told.kind for told in found.findings} >= {"result", "recommendation"}


def test_the_planned_and_implemented_integrations_of_table_7_give_the_gaps(store: OxigraphStore) -> None:
    lines = read_series(view_of(store), Teller(store), Wanted("information-space-integrations")).lines
    gaps = {item.target.period: item.gap for item in assess(lines) if item.target}
    assert gaps == {"2018": Decimal(-50), "2019": Decimal(-24), "2020": Decimal(-24), "2021": Decimal(-15)}
