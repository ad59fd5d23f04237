"""From claims to facts: every step of the rule, what is kept of the losers, and that no order of input matters."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.claims.acceptance import Accepted, Fact, accept, settle
from kg.claims.conflicts import disagreements
from kg.claims.evidence import Evidence
from kg.claims.readings import VALUE, Reading
from kg.loading.dataset import build
from kg.namespaces import EGOV, SCHEMA, SDMX_A, concept, entity, passage_of
from kg.terms import Terms, load_terms
from tests.claiming import OBSERVATION, THING, day, evidence, figure, other, quads_of
from tests.world import World, node

PAPERS = evidence([
    ("law/text-1", 2, "2010-01-01"), ("old/text-1", 3, "2015"), ("old/text-2", 3, "2015"), ("old/table-1", 3, "2015"),
    ("old/table-2", 3, "2015"),
    ("new/text-1", 3, "2020-05"), ("news/text-1", 5, "2024"),
])  # fmt: skip


@dataclass(frozen=True)
class Dispute:
    """Readings, which of them is accepted (None: undecided), and by which rule."""

    name: str
    readings: tuple[Reading, ...]
    winner: int | None
    rule: str


DISPUTES = [
    Dispute("one claim", (day("2017", "old/text-1"),), 0, ""),
    Dispute("agreement, the finest is the fact", (day("2017", "law/text-1"), day("2017-12-12", "news/text-1")), 1, ""),
    Dispute("agreement of figures", (figure("75", passage="law/text-1"), figure("75.4", passage="old/text-1")), 1, ""),
    Dispute("authority", (day("2018", "old/text-1"), day("2017", "law/text-1"), day("2018", "new/text-1")), 1, "authority"),
    Dispute("authority, the finest of the best", (day("2018", "news/text-1"), day("2017", "old/text-1"), day("2017-02", "new/text-1")), 2,
            "authority"),
    Dispute("later published", (day("2018", "old/text-1"), day("2018", "old/text-2"), day("2017", "new/text-1")), 2, "later-published"),
    Dispute("table over text", (figure("33", passage="old/text-1"), figure("26.7", passage="old/table-1"),
                                figure("33", passage="old/text-2")), 1, "table-over-text"),
    Dispute("no table rules over dates", (day("2017", "old/text-1"), day("2018", "old/table-1")), None, "undecided"),
    Dispute("more passages", (day("2017", "old/text-1"), day("2018", "old/text-2"), day("2018-03", "old/table-1")), 2, "more-passages"),
    Dispute("more tables", (figure("1", passage="old/text-1"), figure("2", passage="old/text-2"), figure("3", passage="old/table-1"),
                            figure("3", passage="old/table-2")), 2, "table-over-text"),
    Dispute("undecided", (day("2017", "old/text-1"), day("2018", "old/text-2")), None, "undecided"),
    Dispute("two tables, undecided", (figure("1", passage="old/table-1"), figure("2", passage="old/table-2")), None, "undecided"),
    Dispute("a passage of unknown standing loses", (day("2017", "who/text-1"), day("2018", "news/text-1")), 1, "authority"),
]  # fmt: skip


@pytest.mark.parametrize("dispute", DISPUTES, ids=lambda dispute: dispute.name)
def test_the_first_step_after_which_the_rest_agree_decides(dispute: Dispute) -> None:
    verdict = settle(list(dispute.readings), PAPERS)
    assert verdict.accepted == (None if dispute.winner is None else dispute.readings[dispute.winner])
    assert verdict.rule == dispute.rule
    assert set(verdict.readings) == set(dispute.readings)


def _accept(*readings: Reading, known: Evidence = PAPERS) -> Accepted:
    return accept(quads_of(readings), known, load_terms())


def test_the_fact_takes_along_what_its_own_passage_says_beside_it() -> None:
    facts = set(_accept(day("2017", "old/text-1"), day("2017-12-12", "news/text-1")).facts)
    assert facts == {
        (THING, SCHEMA.startDate, ox.Literal("2017-12-12", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))),
        (THING, EGOV.startDatePrecision, concept("date-precision", "day")),
    }


def test_the_unit_of_a_figure_is_that_of_the_accepted_reading_alone() -> None:
    facts = _accept(figure("4.9", "thousand", passage="old/text-1"), figure("4900", "number", passage="old/table-1")).facts
    assert [value for _, predicate, value in facts if predicate == SDMX_A.unitMeasure] == [concept("unit", "number")]
    assert [value.value for _, predicate, value in facts if predicate == VALUE] == ["4900"]


def test_an_undecided_figure_leaves_no_fact_of_its_observation() -> None:
    indicator = ox.Quad(OBSERVATION, EGOV.indicator, entity("indicator", "users-share"), passage_of("old/table-1"))
    readings = [figure("1", passage="old/table-1"), figure("2", passage="old/table-2")]
    assert accept([*quads_of(readings), indicator], PAPERS, load_terms()).facts == ()


def test_an_undecided_date_leaves_the_other_facts_of_its_thing() -> None:
    name = ox.Quad(THING, SCHEMA.name, ox.Literal("X", language="en"), passage_of("old/text-1"))
    readings = [day("2017", "old/text-1"), day("2018", "old/text-2")]
    assert accept([*quads_of(readings), name], PAPERS, load_terms()).facts == ((THING, SCHEMA.name, name.object),)


def test_every_claim_on_a_property_of_many_values_is_a_fact() -> None:
    claims = [ox.Quad(THING, EGOV.hasDirection, entity("concept", slug), passage_of(f"old/text-{n}")) for n, slug in enumerate("abca")]
    facts = accept(claims, PAPERS, load_terms()).facts
    assert sorted(value.value[-1] for _, _, value in facts) == ["a", "b", "c"]


def test_a_blank_node_in_a_claim_is_refused() -> None:
    with pytest.raises(TypeError, match="no blank node"):
        accept([ox.Quad(THING, SCHEMA.name, ox.BlankNode(), passage_of("old/text-1"))], PAPERS, load_terms())


PASSAGES = [passage.value.partition("/passage/")[2] for passage in PAPERS]
FIGURES = st.builds(
    figure, st.sampled_from(["74.9", "75", "75.4", "75.41", "26.7", "0.0754"]), st.sampled_from(["percent", "number", "thousand"]),
    st.sampled_from(["", "about", "up-to"]), st.sampled_from(PASSAGES),
)  # fmt: skip
DAYS = st.builds(day, st.sampled_from(["2017", "2017-12", "2017-12-12", "2017-12-13", "2018"]), st.sampled_from(PASSAGES))
OTHERS = st.builds(
    other, st.sampled_from([ox.Literal("a"), ox.Literal("A"), ox.Literal("b"), entity("act", "a")]), st.sampled_from(PASSAGES)
)


def _claims(readings: st.SearchStrategy[Reading]) -> st.SearchStrategy[list[Reading]]:
    return st.lists(readings, min_size=1, max_size=6, unique_by=lambda reading: reading.passage)


@given(_claims(FIGURES), _claims(DAYS), _claims(OTHERS), st.randoms())
def test_the_order_of_claims_changes_neither_facts_nor_verdicts(
    figures: list[Reading], days: list[Reading], rest: list[Reading], random: object
) -> None:
    quads = quads_of([*figures, *days, *rest])
    before = accept(quads, PAPERS, load_terms())
    shuffled = list(quads)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    after = accept(shuffled, PAPERS, load_terms())
    assert set(after.facts) == set(before.facts)
    assert _told(after) == _told(before)


def _told(accepted: Accepted) -> set[tuple[object, ...]]:
    return {
        (verdict.readings[0].subject, verdict.readings[0].predicate, verdict.accepted and verdict.accepted.passage, verdict.rule)
        for verdict in accepted.verdicts
    }


@given(_claims(FIGURES | DAYS | OTHERS))
def test_a_fact_is_always_one_of_the_claims_and_at_most_one_a_property(readings: list[Reading]) -> None:
    accepted = _accept(*readings)
    stated = {(quad.subject, quad.predicate, quad.object) for quad in quads_of(readings)}
    single: list[tuple[object, object]] = [(s, p) for s, p, _ in accepted.facts]
    assert set(accepted.facts) <= stated
    assert len(single) == len(set(single))


@given(_claims(FIGURES))
def test_a_verdict_without_a_rule_is_agreement_and_any_other_is_a_conflict(readings: list[Reading]) -> None:
    verdict = settle(readings, PAPERS)
    assert (verdict.rule == "") == (verdict.accepted is not None and not verdict.rejected and settle(readings[::-1], PAPERS).rule == "")
    assert bool(disagreements([verdict], PAPERS)) == bool(verdict.rule)


@pytest.mark.parametrize(
    ("readings", "kind"),
    [
        ([day("2017", "old/text-1"), day("2018", "old/text-2")], "period"),
        ([other(entity("act", "P1"), "old/text-1"), other(entity("act", "P2"), "new/text-1")], "identity"),
        ([other(ox.Literal("827"), "old/text-1"), other(ox.Literal("872"), "new/text-1")], "value"),
        ([figure("12", passage="old/text-1"), figure("13", passage="new/text-1")], "value"),
        ([figure("12", passage="old/text-1"), figure("13", passage="old/table-1")], "text-table"),
        ([figure("12", passage="old/table-1"), figure("13", passage="old/table-2")], "table-table"),
        ([figure("12", passage="old/text-1"), figure("13", passage="old/text-2")], "value"),
        ([figure("12", passage="old/text-1"), figure("12", "number", passage="old/table-1")], "unit"),
        ([figure("4900", "number", passage="old/text-1"), figure("4900", "thousand", passage="old/table-1")], "unit"),
    ],
)
def test_a_conflict_says_of_which_kind_it_is(readings: list[Reading], kind: str) -> None:
    (conflict,) = disagreements([settle(readings, PAPERS)], PAPERS)
    assert conflict.kind == kind


SECOND = "users-share,KAZ,2010,,{role},{value},percent,,,{value},\n"


def _claimed_twice(world: World, role: str = "", value: str = "20") -> set[str]:
    """Build a world in which table 2 gives another figure for the share of 2010."""
    document = world.read("document/doe-2020.yaml")
    table = next(line for line in document.splitlines() if line.startswith("  table-1:"))
    world.change("document/doe-2020.yaml", "claims:", f"{table.replace('table-1:', 'table-2:')}\nclaims:")
    header = world.read("observations/doe-2020-table-1.csv").splitlines()[0]
    world.write("observations/doe-2020-table-2.csv", f"{header}\n{SECOND.format(role=role, value=value)}")
    dataset = build(world.root)
    return {*dataset.nquads.decode().splitlines(), f"conflicts {len(dataset.conflicts)}"}


def _statement(slug: str, value: str, graph: str = "") -> str:
    literal = f'"{value}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    return f"{node(f'observation/{slug}')} {VALUE} {literal} " + (f"{passage_of(graph)} ." if graph else ".")


def test_losing_and_undecided_claims_stay_in_the_graphs_of_their_passages(world: World) -> None:
    lines = _claimed_twice(world)
    slug = "users-share/KAZ/2010"
    assert {_statement(slug, "12.5", "doe-2020/table-1"), _statement(slug, "20", "doe-2020/table-2"), "conflicts 1"} <= lines
    assert not {_statement(slug, "12.5"), _statement(slug, "20")} & lines


def test_a_target_is_no_rival_of_the_actual_value(world: World) -> None:
    lines = _claimed_twice(world, role="target")
    assert {_statement("users-share/KAZ/2010", "12.5"), _statement("users-share/KAZ/2010/target", "20"), "conflicts 0"} <= lines


def test_a_baseline_is_no_rival_of_the_actual_value(world: World) -> None:
    assert "conflicts 0" in _claimed_twice(world, role="baseline")


def test_a_value_that_its_source_computed_is_a_rival(world: World) -> None:
    assert "conflicts 1" in _claimed_twice(world, role="computed")


def test_a_rounded_value_is_no_rival(world: World) -> None:
    lines = _claimed_twice(world, value="13")
    assert {_statement("users-share/KAZ/2010", "12.5"), "conflicts 0"} <= lines


def test_no_two_facts_of_one_dispute(terms: Terms) -> None:
    readings = [day("2017", "old/text-1"), day("2018", "old/text-2"), day("2019", "law/text-1")]
    dates: list[Fact] = [fact for fact in accept(quads_of(readings), PAPERS, terms).facts if fact[1] == SCHEMA.startDate]
    assert [value.value for _, _, value in dates] == ["2019-01-01"]
