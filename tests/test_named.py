"""Things known by name alone: the linker has their names, and nothing counts them until a source speaks of them."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import httpx
import pyoxigraph as ox
import pytest

from kg.curation.named import named_only
from kg.curation.records import Record
from kg.loading.dataset import Dataset, build
from kg.namespaces import EGOV, ID, RDF, SKOS
from kg.query.named import load_templates
from kg.query.names import Names, fold
from kg.query.templating import Template
from kg.query.viewing import Moment, make_view
from kg.store.oxigraph import OxigraphStore
from tests.world import World, node

BALAPAN = "type: Programme\nlabel: {en: Nestling, ru: Птенец, kk: Балапан}\nexamples: [программа «Птенец»]\n"
TYPE = "SELECT ?type WHERE { VALUES ?thing { UNDEF } ?thing a ?type }"
LISTS = ("acts", "frameworks", "organisations", "programmes", "systems", "interaction-models")


def _store(world: World) -> OxigraphStore:
    made = OxigraphStore()
    made.fill(build(world.root).nquads)
    return made


def _types(store: OxigraphStore, name: str) -> set[ox.NamedNode]:
    return {ox.NamedNode(row["type"].value) for row in store.rows(TYPE, thing=node(name))}


@pytest.fixture(scope="module")
def named(dataset: Dataset) -> list[Record]:
    """Return the shipped records of things known by name alone."""
    return [dataset.curated.records[name] for name in sorted(named_only(dataset.curated))]


# What a build makes of them


def test_a_record_with_examples_and_no_claim_is_named_and_no_instance_of_its_class(world: World) -> None:
    world.write("programme/nestling.yaml", BALAPAN)
    assert world.violations() == []
    store = _store(world)
    assert _types(store, "programme/nestling") == {EGOV.NamedOnly}
    rows = store.rows("SELECT ?class ?label WHERE { ?p egov:namedAs ?class ; skos:prefLabel ?label FILTER(LANG(?label) = 'kk') }")
    assert [(row["class"].value, row["label"].value) for row in rows] == [(EGOV.Programme.value, "Балапан")]
    assert [row["p"].value for row in store.rows("SELECT ?p WHERE { ?p a egov:Programme }")] == [f"{ID}programme/digital-land"]


def test_a_record_with_neither_claims_nor_examples_is_told_of_both(world: World) -> None:
    world.write("programme/nestling.yaml", BALAPAN.partition("examples")[0])
    finding = world.only_violation()
    assert "at least one claim with `stated`" in finding.message
    assert "or `examples`" in finding.message


def test_a_claim_of_another_record_gives_the_thing_its_class(world: World) -> None:
    world.write("act/P1500000001.yaml", "type: LegalAct\nlabel: {en: a, ru: б, kk: в}\nexamples: [постановление № 1]\n")
    assert _types(_store(world), "act/P1500000001") == {EGOV.NamedOnly}
    world.change("programme/digital-land.yaml", "act/P1700000827", "act/P1500000001")
    assert EGOV.LegalAct in _types(_store(world), "act/P1500000001")


def test_a_claim_of_its_own_gives_the_thing_its_class(world: World) -> None:
    world.write("programme/nestling.yaml", BALAPAN + "claims:\n  - {mentionedBy: document/doe-2020, stated: [doe-2020/text-1]}\n")
    assert _types(_store(world), "programme/nestling") == {EGOV.Programme}


def test_a_figure_gives_an_indicator_its_class(world: World) -> None:
    world.write(
        "indicator/index-value.yaml", "type: Indicator\nlabel: {en: Index, ru: Индекс, kk: Индекс}\nunit: index\nexamples: [Index]\n"
    )
    assert EGOV.NamedOnly not in _types(_store(world), "indicator/index-value")


def test_a_wrong_identifier_of_an_act_known_by_name_is_refused(world: World) -> None:
    world.write("act/some-law.yaml", "type: LegalAct\nlabel: {en: a, ru: б, kk: в}\nexamples: [закон]\nidentifiers: {adilet: Z15}\n")
    assert world.only_violation().rule == "LegalAct-idLocal"


def test_a_day_s_view_does_not_count_them_among_the_undated(world: World) -> None:
    before = make_view(_store(world), Moment(at=date(2019, 1, 1)))
    world.write("programme/nestling.yaml", BALAPAN)
    assert make_view(_store(world), Moment(at=date(2019, 1, 1))).undated == before.undated


def test_what_was_known_on_a_day_holds_none_of_them(world: World) -> None:
    world.write("programme/nestling.yaml", BALAPAN)
    view = make_view(_store(world), Moment(known=date(2019, 1, 1)))
    assert _types(view.store, "programme/nestling") == set()  # type: ignore[arg-type]


# Counts and lists


@pytest.mark.parametrize("template", [load_templates()[name] for name in LISTS], ids=lambda template: template.name)
def test_a_list_of_things_holds_none_of_them(store: OxigraphStore, named: list[Record], template: Template) -> None:
    alone = {record.iri.value for record in named}
    rows = store.rows(template.sparql)
    assert rows
    assert {value.value for row in rows for value in row.values()} & alone == set()


def test_no_thing_known_by_name_alone_has_a_fact_but_who_it_is(store: OxigraphStore) -> None:
    rows = store.rows("SELECT DISTINCT ?p WHERE { ?thing a egov:NamedOnly ; ?p ?o }")
    editorial = {SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.notation, SKOS.exactMatch, SKOS.closeMatch, SKOS.editorialNote}
    ours = {RDF.type, EGOV.namedAs, EGOV.linkExample, EGOV.linkCounterExample, EGOV.alias}
    identifiers = {"http://www.w3.org/ns/adms#identifier", "http://data.europa.eu/eli/ontology#id_local"}
    assert {row["p"].value for row in rows} <= {term.value for term in editorial | ours} | identifiers


# Look-up


def test_a_search_finds_them_behind_things_with_a_source_and_says_so(world: World) -> None:
    world.write("programme/a-land.yaml", BALAPAN.replace("Nestling", "Digital Land"))
    names = Names.of(_store(world))
    assert [(hit.iri.removeprefix(ID), hit.curated) for hit in names.find("digital land")] == [
        ("programme/digital-land", True), ("programme/a-land", False)
    ]  # fmt: skip
    assert [hit.iri for hit in names.find("", "programme")] == [f"{ID}programme/digital-land"]


def test_the_service_marks_them(service: httpx.Client) -> None:
    named, sourced = (service.get(f"/api/v1/entities/programme/{slug}").json() for slug in ("nurly-zhol", "digital-kazakhstan"))
    assert (named["curated"], sourced["curated"]) == (False, True)
    note = "no source is curated"
    assert note in service.get("/id/programme/nurly-zhol.html").text
    assert note not in service.get("/id/programme/digital-kazakhstan.html").text
    hits = service.get("/api/v1/entities", params={"q": "Нұрлы жол", "kind": "programme"}).json()["hits"]
    assert [(hit["id"], hit["curated"]) for hit in hits] == [("programme/nurly-zhol", False)]
    assert service.get("/api/v1/entities", params={"iri": "programme/nurly-zhol"}).json()["count"] == 1
    every = service.get("/api/v1/entities", params={"kind": "programme", "limit": 1000}).json()["hits"]
    assert every
    assert all(hit["curated"] for hit in every)
    assert "named for linking" in service.get("/").text


# The shipped records


def test_each_of_them_is_named_in_three_languages_and_has_examples(named: list[Record]) -> None:
    assert len(named) > 400
    assert [record.name for record in named if {"en", "ru", "kk"} - set(record.form.label) or not record.form.examples] == []


def test_an_act_s_identifier_agrees_with_the_number_and_year_of_its_citations(named: list[Record]) -> None:
    cited = 0
    for record in named:
        citations = [re.search(r"(\d{4})(?: года| жылғы .*)? № (\d+)", example) for example in record.form.examples]
        for found in filter(None, citations if record.kind == "act" and record.slug != "K940001000_" else ()):
            assert record.slug[1:3] == found[1][2:], record.name
            assert record.slug[3:].rstrip("_").lstrip("0") == found[2], record.name
            cited += 1
    assert cited > 250


def test_no_two_things_of_a_kind_share_a_name_where_one_is_known_by_name_alone(dataset: Dataset, named: list[Record]) -> None:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in dataset.curated.records.values():
        form = record.form
        for name in (*form.label.values(), *(name for names in (*form.altLabel.values(), *form.hiddenLabel.values()) for name in names)):
            owners[record.kind, fold(name)].add(record.slug)
    alone = {(record.kind, record.slug) for record in named}
    shared = {name: slugs for (kind, name), slugs in owners.items() if len(slugs) > 1 and any((kind, slug) in alone for slug in slugs)}
    assert shared == {}


def test_no_counter_example_is_a_name_of_the_thing(dataset: Dataset) -> None:
    for record in dataset.curated.records.values():
        names = {*record.form.label.values(), *(name for names in record.form.altLabel.values() for name in names), *record.form.examples}
        assert names.isdisjoint(record.form.not_), record.name
