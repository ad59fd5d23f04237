"""Profiles of areas: the rules on a framework and countries that no paper knows, and Kazakhstan against what its paper states."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from kg.errors import UnknownEntity
from kg.namespaces import concept, shorten
from kg.query.names import Names
from kg.query.profiles import COLUMNS, Profile, Profiles, assessed_areas, read_profiles, rows_of
from kg.query.standing import Position
from kg.store.oxigraph import OxigraphStore
from kg.terms import Terms
from tests.profiling import FRAMEWORK, add_framework, assess, profile_of, profiles_of, recommend, record, store_of
from tests.serving import served
from tests.world import World

RIPE, SMO = "concept/ripeness/", "concept/stage-model-openness/"


@pytest.fixture
def ripe(world: World) -> World:
    """Return the world with the framework of ripeness, in which nothing is assessed yet."""
    add_framework(world)
    return world


def position(profile: Profile, slug: str) -> Position:
    (found,) = [p for p in profile.positions if shorten(p.element.iri.value) == RIPE + slug]
    return found


def computed(profile: Profile) -> dict[str, tuple[str, str]]:
    return {
        shorten(p.element.iri.value).removeprefix(RIPE): (p.computed.code, p.computed.rule) for p in profile.positions if p.computed.code
    }


def own(profile: Profile) -> str:
    return shorten(profile.own.level.value).removeprefix(RIPE) if profile.own else ""


# The world of ripeness


def test_the_world_with_its_framework_is_valid(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: partial")
    assert ripe.violations() == []


def test_elements_are_in_the_order_of_their_tree_each_with_its_level(ripe: World) -> None:
    found = profile_of(ripe)
    assert [shorten(d.value) for d in found.framework.dimensions] == [f"{RIPE}growth", f"{RIPE}tools"]
    assert [
        (shorten(e.iri.value).removeprefix(RIPE), e.depth, shorten(e.level.value).rpartition("/")[2] if e.level else "")
        for e in found.framework.elements
    ] == [
        ("growth/seed", 0, "seed"), ("growth/seed/soil", 1, "seed"), ("growth/leaf", 0, "leaf"), ("growth/leaf/sun", 1, "leaf"),
        ("growth/fruit", 0, "fruit"), ("growth/fruit/bees", 1, "fruit"), ("tools/drum", 0, "fruit"), ("tools/horn", 0, "seed"),
        ("tools/flute", 0, ""),
    ]  # fmt: skip
    assert all(bool(e.level_evidence) == bool(e.level) for e in found.framework.elements), "what ties to a level has its passage"


def test_an_area_that_nobody_assesses_is_unknown_and_says_what_is_needed(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: partial", area="ARC")
    found = profile_of(ripe)
    assert not found.assessed
    assert {p.state for p in found.positions} == {"unknown"}
    assert (found.own, found.first, computed(found)) == (None, (), {})
    assert "area: area/UTO" in found.needed
    assert "unknown" in found.needed


def test_the_own_level_is_the_lowest_that_is_under_way(ripe: World) -> None:
    assess(ripe, "growth/seed/soil", "attainment: reached")
    assert own(profile_of(ripe)) == "growth/seed", "the highest that is done, where none is under way"
    assess(ripe, "growth/leaf/sun", "attainment: partial")
    assess(ripe, "growth/fruit/bees", "attainment: emerging")
    found = profile_of(ripe)
    assert own(found) == "growth/leaf"
    assert found.own is not None
    assert [shorten(iri.value) for iri in found.own.basis] == [f"{RIPE}growth/leaf/sun"]
    assert found.needed == ""


def test_a_level_of_which_all_is_absent_is_not_the_own_one(ripe: World) -> None:
    assess(ripe, "growth/fruit/bees", "attainment: absent")
    found = profile_of(ripe)
    assert found.own is None
    assert computed(found) == {}
    assert "own level" in found.needed


def test_elements_are_ahead_on_level_lagging_or_not_due_by_named_rules(ripe: World, terms: Terms) -> None:
    for slug, attainment in (
        ("growth/seed/soil", "absent"), ("growth/leaf/sun", "emerging"), ("growth/fruit/bees", "absent"), ("tools/drum", "emerging"),
        ("tools/horn", "reached"), ("tools/flute", "reached"),
    ):  # fmt: skip
        assess(ripe, slug, f"attainment: {attainment}")
    found = computed(profile_of(ripe))
    assert found == {
        "growth/seed/soil": ("lagging", "unfinished-up-to-own-level"),
        "growth/leaf/sun": ("lagging", "unfinished-up-to-own-level"),
        "growth/fruit/bees": ("not-due", "absent-above-own-level"),
        "tools/drum": ("ahead", "above-own-level"),
        "tools/horn": ("on-level", "reached-up-to-own-level"),
    }, "the flute goes with no level, so nothing is concluded"
    assert {rule for _, rule in found.values()} <= terms.codes["profile-rule"]


def test_what_a_passage_states_stands_beside_what_is_computed(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: partial")
    assess(ripe, "tools/drum", "attainment: reached, standing: lagging")
    found = position(profile_of(ripe), "tools/drum")
    assert found.standing is not None
    assert (found.standing.code, found.computed.code) == ("lagging", "ahead")
    assert (found.lags, found.leads) == (True, True)
    assert [item.locator for item in found.standing.evidence] == ["Text, par. 1"]


def test_a_standing_alone_may_be_stated(ripe: World) -> None:
    assess(ripe, "tools/flute", "standing: ahead")
    found = position(profile_of(ripe), "tools/flute")
    assert (found.state, found.attainment, found.leads, found.computed.code) == ("stated", None, True, "")


def test_the_document_published_last_counts(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: absent")
    assess(ripe, "growth/leaf/sun", "attainment: reached", stated="roe-2022/text-1")
    found = position(profile_of(ripe), "growth/leaf/sun")
    assert found.attainment is not None
    assert (found.state, found.attainment.code) == ("stated", "reached")
    assert [a.attainment.code for a in found.earlier if a.attainment] == ["absent"]


def test_documents_of_one_date_that_differ_make_an_element_disputed_and_nothing_is_computed_of_it(ripe: World) -> None:
    ripe.write(
        "document/poe-2020.yaml", ripe.read("document/roe-2022.yaml").replace("2022", "2020").replace("Roe", "Poe").replace("roe", "poe")
    )
    assess(ripe, "growth/leaf/sun", "attainment: absent")
    assess(ripe, "growth/leaf/sun", "attainment: partial", stated="poe-2020/text-1")
    found = profile_of(ripe)
    sun = position(found, "growth/leaf/sun")
    assert (sun.state, sun.attainment, sun.computed.code) == ("disputed", None, "")
    assert len(sun.assessments) == 2
    assert found.own is None


def test_an_element_points_to_those_assessed_that_concern_it(ripe: World) -> None:
    assess(ripe, "tools/horn", "attainment: partial")
    found = position(profile_of(ripe), "tools/flute")
    assert (found.state, [shorten(iri.value) for iri in found.bearing]) == ("unknown", [f"{RIPE}tools/horn"])


def test_what_lags_comes_lowest_level_first_with_advice_on_the_same_subject(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: partial")
    assess(ripe, "growth/seed/soil", "attainment: absent")
    assess(ripe, "tools/drum", "attainment: partial, standing: lagging")
    recommend(ripe, "a-for-the-area", "concerns: concept/topic/water, area: area/UTO")
    recommend(ripe, "b-of-the-framework", f"concerns: [{FRAMEWORK}, concept/topic/water]")
    recommend(ripe, "c-for-another", f"concerns: [{FRAMEWORK}, concept/topic/water], area: area/ARC")
    recommend(ripe, "d-of-neither", "concerns: concept/topic/water")
    recommend(ripe, "e-general", f"concerns: {FRAMEWORK}")
    recommend(ripe, "f-elsewhere", "concerns: concept/topic/music, area: area/ARC")
    found = profile_of(ripe)
    answers = {
        shorten(p.element.value).removeprefix(RIPE): [(shorten(a.iri.value), a.of_framework, len(a.evidence)) for a in p.answers]
        for p in found.first
    }
    both = [("finding/b-of-the-framework", True, 1), ("finding/a-for-the-area", False, 1)]
    assert list(answers.items()) == [("growth/seed/soil", both), ("growth/leaf/sun", both), ("tools/drum", [])]
    assert [shorten(a.iri.value) for a in found.general] == ["finding/e-general"]


def test_a_framework_without_a_scale_is_none_to_be_set_against(ripe: World) -> None:
    ripe.write("framework/ripeness.yaml", record("Framework", "Ripeness", "name: {en: Ripeness}"))
    assert profiles_of(ripe).profiles == ()


def test_each_framework_with_a_scale_gives_a_profile_and_one_can_be_chosen(ripe: World) -> None:
    ripe.write("framework/age.yaml", record("Framework", "Age", "scale: concept/age/years"))
    ripe.write("concept/age/years.yaml", record("Dimension", "Years", "inScheme: framework/age, ordinal: 1"))
    store = store_of(ripe)
    names = Names.of(store)
    assert [shorten(p.framework.iri.value) for p in read_profiles(store, names, "UTO").profiles] == ["framework/age", FRAMEWORK]
    assert [shorten(p.framework.iri.value) for p in read_profiles(store, names, "UTO", "age").profiles] == ["framework/age"]
    with pytest.raises(UnknownEntity, match="framework/ripeness"):
        read_profiles(store, names, "UTO", "ripenes")


@pytest.mark.parametrize("area", ["NOWHERE", "", "<>", "programme/digital-land"])
def test_an_area_that_there_is_not_is_unknown(ripe: World, area: str) -> None:
    with pytest.raises(UnknownEntity):
        profiles_of(ripe, area)


def test_areas_that_are_assessed_are_listed(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: partial")
    assert [(shorten(f.value), shorten(a.value)) for f, a in assessed_areas(store_of(ripe))] == [(FRAMEWORK, "area/UTO")]


def test_a_table_has_a_row_an_element_with_the_passages_of_what_is_stated(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: partial")
    read = profiles_of(ripe)
    rows = [dict(zip(COLUMNS, row, strict=True)) for profile in read.profiles for row in rows_of(profile, read.labels, ["kk"])]
    assert len(rows) == 9
    assert [(row["element"], row["computed"], row["passages"]) for row in rows if row["state"] == "stated"] == [
        (f"{RIPE}growth/leaf/sun", "lagging", "passage/doe-2020/text-1")
    ]


@pytest.mark.parametrize(
    ("claim", "rule"),
    [
        ("attainment: reached", "Assessment-area"),
        ("area: area/UTO, attainment: reached", "Assessment-assesses"),
        ("area: area/UTO, assesses: concept/ripeness/tools/drum", "Assessment-verdict"),
    ],
)
def test_an_assessment_that_lacks_a_part_is_refused(ripe: World, claim: str, rule: str) -> None:
    assess_drum = "" if rule != "Assessment-area" else "assesses: concept/ripeness/tools/drum, "
    ripe.write("finding/bad.yaml", record("Assessment", "Bad", f"description: {{en: X}}, {assess_drum}{claim}"))
    assert ripe.only_violation().rule == rule


def test_two_attainments_in_one_record_are_refused_with_the_cure(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: partial")
    path = "finding/doe-2020-uto-sun.yaml"
    ripe.write(path, ripe.read(path) + "  - {attainment: reached, stated: [doe-2020/table-1]}\n")
    assert "make a record for each" in ripe.only_violation().message


# Kazakhstan, against the gold of the competency question


@pytest.fixture(scope="module")
def kazakhstan(store: OxigraphStore) -> Profiles:
    return read_profiles(store, Names.of(store), "KAZ", "stage-model-openness")


def test_cq25_what_is_ahead_and_what_lags_in_kazakhstan(kazakhstan: Profiles) -> None:
    (found,) = kazakhstan.profiles

    def english(flag: str) -> list[str]:
        return [kazakhstan.labels[a.iri.value]["en"] for p in found.positions if getattr(p, flag) for a in p.assessments if a.standing]

    assert english("leads") == [
        "Ahead: B2G solutions for traffic safety monitoring",
        "Ahead: emerging C2G initiatives in crowdsourced reporting",
    ]
    assert english("lags") == [
        "Lags: fragmented data exchange between government systems",
        "Lags: limited integration of open data into decision-making",
        "Lags: insufficient mechanisms for sustained citizen engagement",
    ]
    levels = {shorten(p.element.level.value) for p in found.positions if p.leads and p.element.level}
    assert levels == {f"{SMO}stage/digital-transformation"}
    assert found.own is not None
    assert shorten(found.own.level.value) == f"{SMO}stage/digitalization"
    assert {shorten(p.element.level.value) for p in found.positions if p.lags and p.element.level} == {f"{SMO}stage/digitalization"}


def test_in_kazakhstan_rules_agree_with_what_the_paper_states_and_every_status_has_its_passages(kazakhstan: Profiles) -> None:
    (found,) = kazakhstan.profiles
    both = [(p.standing.code, p.computed.code) for p in found.positions if p.standing]
    assert len(both) == 5
    assert all(stated == concluded for stated, concluded in both)
    for p in found.positions:
        assert all(stated.evidence for stated in (p.attainment, p.standing) if stated), p.element.iri
        assert p.element.level is None or p.element.level_evidence
    passages = {shorten(e.passage.value) for p in found.positions if p.standing for e in p.standing.evidence}
    assert passages == {"passage/kuanaliev-2025/results-33", "passage/kuanaliev-2025/discussion-1"}


def test_what_the_paper_says_nothing_of_is_unknown_in_kazakhstan(kazakhstan: Profiles) -> None:
    (found,) = kazakhstan.profiles
    unknown = {shorten(p.element.iri.value).removeprefix(SMO) for p in found.positions if p.state == "unknown"}
    assert {"model/g2g", "model/g2b", "model/g2c", "stage/automation", "openness/openness"} <= unknown


def test_the_framework_would_have_kazakhstan_mend_interoperability_first(kazakhstan: Profiles) -> None:
    (found,) = kazakhstan.profiles
    assert [shorten(p.answers[0].iri.value).removeprefix("finding/kuanaliev-2025-") for p in found.first] == [
        "rec-priority-interoperability-standards", "rec-open-data", "rec-priority-citizen-engagement",
    ]  # fmt: skip
    assert all(answer.evidence for p in found.first for answer in p.answers)


def test_cq25_in_one_query_of_the_claims(store: OxigraphStore) -> None:
    rows = store.rows(
        """SELECT ?finding ?standing ?passage WHERE {
          GRAPH ?passage { ?finding egov:standing ?standing }
          ?finding dcterms:spatial <https://w3id.org/egovkg/id/area/KAZ> ; egov:assesses/skos:inScheme ?framework
          FILTER(STRENDS(STR(?framework), "/stage-model-openness")) }"""
    )
    counted = {
        code: {row["finding"].value for row in rows if row["standing"] == concept("standing", code)} for code in ("ahead", "lagging")
    }
    assert {code: len(found) for code, found in counted.items()} == {"ahead": 2, "lagging": 3}


# The route and the pages


def answer(service: httpx.Client, path: str, **headers: str) -> Mapping[str, Any]:
    found = service.get(path, headers=headers)
    assert found.status_code == 200, found.text
    content: Mapping[str, Any] = found.json()
    return content


@pytest.mark.parametrize(("lang", "ahead"), [("en", "ahead"), ("ru", "опережает"), ("kk", "озық")])
def test_the_route_answers_with_labels_in_the_reader_s_language(service: httpx.Client, lang: str, ahead: str) -> None:
    (profile,) = answer(service, f"/api/v1/profiles/KAZ?lang={lang}")["profiles"]
    assert profile["assessed"]
    assert [node["id"] for node in profile["ahead"]] == [f"{SMO}model/b2g", f"{SMO}model/c2g"]
    elements = {e["element"]["id"]: e for d in profile["dimensions"] for e in d["elements"]}
    b2g = elements[f"{SMO}model/b2g"]
    assert (b2g["standing"]["label"], b2g["computed"]["label"], b2g["computed"]["rule"]["code"]) == (ahead, ahead, "above-own-level")
    assert "passage/kuanaliev-2025/results-33" in [p["id"] for p in b2g["standing"]["passages"]]
    assert elements[f"{SMO}model/g2c"]["state"]["code"] == "unknown"
    assert [d["isScale"] for d in profile["dimensions"]] == [True, False, False]


def test_the_route_answers_in_the_shape_that_openapi_describes(service: httpx.Client) -> None:
    spec = service.get("/openapi.json").json()
    content = spec["paths"]["/api/v1/profiles/{area}"]["get"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/csv"}
    schemas = spec["components"]["schemas"]
    (profile,) = answer(service, "/api/v1/profiles/KAZ")["profiles"]
    assert set(profile) == set(schemas["Profile"]["properties"])
    assert set(profile["dimensions"][0]["elements"][0]) == set(schemas["ProfileElement"]["properties"])


def test_csv_comes_by_header_or_by_format(service: httpx.Client) -> None:
    by_format = service.get("/api/v1/profiles/KAZ?format=csv")
    by_header = service.get("/api/v1/profiles/KAZ", headers={"Accept": "text/csv"})
    assert by_format.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_format.text == by_header.text
    rows = list(csv.DictReader(io.StringIO(by_format.text)))
    assert tuple(rows[0]) == COLUMNS
    assert len([row for row in rows if row["standing"] == "lagging"]) == 3


def test_an_area_without_claims_is_known_to_be_unknown(service: httpx.Client) -> None:
    found = answer(service, "/api/v1/profiles/DNK")
    (profile,) = found["profiles"]
    assert (found["area"]["id"], profile["assessed"], profile["ownLevel"], profile["first"]) == ("area/DNK", False, None, [])
    assert "add records of type Assessment" in profile["needed"]


def test_a_profile_can_be_asked_as_the_documents_of_a_day_had_it(service: httpx.Client) -> None:
    found = answer(service, "/api/v1/profiles/KAZ?known=2024-12-31")
    assert [profile["assessed"] for profile in found["profiles"]] == []
    assert "document/kuanaliev-2025" in found["view"]["later"]
    assert answer(service, "/api/v1/profiles/KAZ")["view"] is None
    assert service.get("/api/v1/profiles/KAZ?known=soon").status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [("KAZZ", 404), ("KAZ?framework=nothing", 404), ("KAZ?format=docx", 406), ("KAZ?lang=de", 422), ("%3Cscript%3E", 404)],
)
def test_what_the_route_cannot_answer_is_a_problem(service: httpx.Client, path: str, status: int) -> None:
    found = service.get(f"/api/v1/profiles/{path}")
    assert (found.status_code, found.headers["content-type"]) == (status, "application/problem+json")
    assert found.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/profiles", "/profiles/KAZ", "/profiles/DNK?lang=ru", "/profiles/KAZ?framework=stage-model-openness&lang=kk"]
)
def test_pages_of_profiles_are_shown_and_link_to_their_data(service: httpx.Client, path: str) -> None:
    page = service.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "<script" not in page.text
    for address in {part.partition('"')[0].replace("&amp;", "&") for part in page.text.split('href="/')[1:]}:
        assert service.get(f"/{address}", follow_redirects=True).status_code == 200, address


def test_a_world_without_frameworks_answers_too(world: World) -> None:
    with served(store_of(world)) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert client.get("/api/v1/profiles/KAZ").json()["profiles"] == []
        assert "No framework" in client.get("/profiles/KAZ", headers={"Accept": "text/html"}).text
        assert "None yet" in client.get("/profiles", headers={"Accept": "text/html"}).text


def test_a_disputed_and_an_earlier_assessment_are_shown(ripe: World) -> None:
    assess(ripe, "growth/leaf/sun", "attainment: absent")
    assess(ripe, "growth/leaf/sun", "attainment: reached", stated="roe-2022/text-1")
    with served(store_of(ripe)) as url, httpx.Client(base_url=url, timeout=60) as client:
        text = client.get("/profiles/UTO", headers={"Accept": "text/html"}).text
        assert "earlier (2020)" in text
        assert "reached up to the own level" in text
