"""Time, twice: what was in force on a day, and what the documents published by a day knew."""

from __future__ import annotations

from datetime import date

import pytest

from kg.claims.evidence import Standing
from kg.errors import BadSetting
from kg.loading.dataset import build
from kg.namespaces import ID, entity
from kg.query.conflicts import find_conflicts
from kg.query.viewing import Moment, Views, make_view, moment, validity
from kg.store.base import Store
from kg.store.oxigraph import OxigraphStore
from tests.world import DOCUMENT, World, node

LATER = DOCUMENT.replace("Doe (2020)", "Roe (2023)").replace("doe-2020/", "roe-2023/").replace("issued: 2020", "issued: 2023-06-21")
PROGRAMMES = "SELECT ?p WHERE { ?p a egov:Programme }"
END = "SELECT ?end WHERE { VALUES ?p { UNDEF } ?p schema:endDate ?end }"


@pytest.fixture
def two_papers(world: World) -> OxigraphStore:
    """Return a store in which a paper of 2023 contradicts one of 2020 on the end of a programme and adds a second programme."""
    world.write("document/roe-2023.yaml", LATER)
    world.write("programme/digital-land.yaml", world.read("programme/digital-land.yaml")
                + "  - {endDate: 2024, stated: [roe-2023/text-1]}\n")  # fmt: skip
    world.write("programme/cloud-land.yaml", "type: Programme\nlabel: {en: Cloud, ru: Облако, kk: Бұлт}\nclaims:\n"
                "  - {startDate: 2019, stated: [roe-2023/text-1]}\n")  # fmt: skip
    made = OxigraphStore()
    made.fill(build(world.root).nquads)
    return made


def _things(store: Store, query: str) -> set[str]:
    return {row["p"].value.removeprefix(ID) for row in store.rows(query)}


def test_what_was_not_yet_published_is_not_known(two_papers: OxigraphStore) -> None:
    view = make_view(two_papers, Moment(known=date(2021, 1, 1)))
    assert _things(view.store, PROGRAMMES) == {"programme/digital-land"}
    assert [row["end"].value for row in view.store.rows(END, p=node("programme/digital-land"))] == ["2022-12-31"]
    assert (view.documents, view.later) == ((node("document/doe-2020"),), (node("document/roe-2023"),))
    assert view.store.rows("SELECT ?p WHERE { ?p oa:hasSource <https://w3id.org/egovkg/id/document/roe-2023> }") == []


def test_the_facts_follow_anew_from_what_was_known(two_papers: OxigraphStore) -> None:
    assert [row["end"].value for row in two_papers.rows(END, p=node("programme/digital-land"))] == ["2024-12-31"]
    assert [conflict.kind for conflict in find_conflicts(two_papers)] == ["period"]
    assert find_conflicts(make_view(two_papers, Moment(known=date(2022, 6, 1))).store) == []


def test_a_view_in_which_everything_is_known_holds_the_same_facts(two_papers: OxigraphStore, store: OxigraphStore) -> None:
    for whole in (two_papers, store):
        view = make_view(whole, Moment(known=date(2100, 1, 1)))
        everything = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
        assert {tuple(row.values()) for row in view.store.rows(everything)} == {tuple(row.values()) for row in whole.rows(everything)}
        assert view.later == ()


def test_facts_derived_from_the_graph_alone_are_those_of_the_build(store: OxigraphStore) -> None:
    documents = {row["d"] for row in store.rows("SELECT DISTINCT ?d WHERE { ?passage oa:hasSource ?d }")}
    first = make_view(store, Moment(known=date(2019, 12, 31)))
    assert {entity("document", "ziyadin-2019")} <= set(first.documents) < documents
    twice = make_view(first.store, Moment(known=date(2019, 12, 31)))
    assert set(twice.store.quads()) - set(first.store.quads()) == {q for q in twice.store.quads() if q.object.value == twice.release}  # type: ignore[union-attr]


def test_a_document_dated_to_the_year_is_out_at_the_end_of_it(two_papers: OxigraphStore) -> None:
    assert make_view(two_papers, Moment(known=date(2020, 12, 30))).documents == ()
    assert make_view(two_papers, Moment(known=date(2020, 12, 31))).documents == (node("document/doe-2020"),)


@pytest.mark.parametrize(
    ("day", "programmes"),
    [
        ("2017-06-30", set()),
        ("2018-01-01", {"programme/digital-land"}),
        ("2019-06-30", {"programme/digital-land", "programme/cloud-land"}),
        ("2025-01-01", {"programme/cloud-land"}),
    ],
)
def test_what_had_not_begun_or_had_ended_is_left_out_whole(two_papers: OxigraphStore, day: str, programmes: set[str]) -> None:
    view = make_view(two_papers, Moment(at=date.fromisoformat(day)))
    assert _things(view.store, PROGRAMMES) == programmes
    left = {"programme/digital-land", "programme/cloud-land"} - programmes
    about = {row["s"].value.removeprefix(ID) for row in view.store.rows("SELECT ?s WHERE { ?s ?p ?o }")}
    assert not left & about
    assert view.outside >= len(left)


def test_a_programme_without_a_begin_begins_with_the_act_that_approves_it(world: World) -> None:
    world.change("programme/digital-land.yaml", "  - startDate: 2018\n    endDate", "  - endDate")
    store = OxigraphStore()
    store.fill(build(world.root).nquads)
    assert _things(make_view(store, Moment(at=date(2017, 12, 11))).store, PROGRAMMES) == set()
    assert _things(make_view(store, Moment(at=date(2017, 12, 12))).store, PROGRAMMES) == {"programme/digital-land"}
    assert validity(store, node("programme/digital-land"), date(2017, 12, 11)).state == "not-in-force"


def test_a_repealed_act_ends_with_the_act_that_repeals_it(world: World) -> None:
    world.write("act/P1900000001.yaml", world.read("act/P1700000827.yaml").replace("'827'", "'1'").replace("2017-12-12", "2019-01-10")
                .replace("    title:", "    repeals: act/P1700000827\n    title:"))  # fmt: skip
    store = OxigraphStore()
    store.fill(build(world.root).nquads)
    acts = "SELECT ?p WHERE { ?p a egov:LegalAct }"
    assert _things(make_view(store, Moment(at=date(2018, 1, 1))).store, acts) == {"act/P1700000827"}
    assert _things(make_view(store, Moment(at=date(2020, 1, 1))).store, acts) == {"act/P1900000001"}
    found = validity(store, node("act/P1700000827"), date(2020, 1, 1))
    assert (found.state, found.begin, found.end) == ("not-in-force", "2017-12-12", "2019-01-10")


def test_a_thing_of_which_nobody_says_when_it_began_stays_and_is_counted(world: World) -> None:
    world.write("system/portal.yaml", "type: InformationSystem\nlabel: {en: Portal, ru: Портал, kk: Портал}\nclaims:\n"
                "  - {name: {en: Portal}, stated: [doe-2020/text-1]}\n")  # fmt: skip
    store = OxigraphStore()
    store.fill(build(world.root).nquads)
    view = make_view(store, Moment(at=date(2019, 1, 1)))
    assert view.undated == 1
    assert validity(store, node("system/portal"), date(2019, 1, 1)).state == "undated"


def test_views_are_kept_and_the_store_itself_is_the_view_of_no_moment(two_papers: OxigraphStore) -> None:
    views = Views(two_papers)
    day = moment("2019-06-30", None)
    assert views.of(Moment()).store is two_papers
    assert views.of(day) is views.of(day)
    assert views.of(day).release == f"{two_papers.release()}@2019-06-30,"


@pytest.mark.parametrize("text", ["2009", "2009-13-01", "01.07.2009", "2009-7-1", "2009-07-01T00:00:00", "٢٠٠٩-07-01"])
def test_what_is_no_day_is_refused_with_the_form_of_one(text: str) -> None:
    with pytest.raises(BadSetting, match="give a day as year-month-day, such as 2009-07-01"):
        moment(text, None)


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [("2021", "2023-06-21", True), ("2023", "2023-06-21", False), ("2023-06-21", "2023", False), ("", "2020", True), ("2020", "", False)],
)
def test_a_document_is_older_only_where_its_date_says_so_for_sure(one: str, other: str, before: bool) -> None:
    paper = entity("document", "x")
    assert Standing(paper, issued=one).before(Standing(paper, issued=other)) == before
