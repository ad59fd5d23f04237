"""Facts derived anew after a write: always those of a derivation of the whole, whatever was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.claims.deriving import derive
from kg.loading.dataset import build
from kg.namespaces import (
    CUBE,
    DCTERMS,
    EGOV,
    OA,
    QB,
    RDF,
    SCHEMA,
    SDMX_A,
    SDMX_D,
    SDMX_M,
    SKOS,
    XSD,
    concept,
    entity,
    passage_of,
    record_graph,
)
from kg.rdf import nquads
from kg.store.changes import Change, apply
from kg.terms import load_terms
from kg.updating.graphs import Layer, layer_of
from kg.updating.rederiving import rederive
from tests.world import DOCUMENT, World

RULES = {
    "rule/total.yaml": "type: Rule\nlabel: {en: Total, ru: Итог, kk: Жиынтық}\n"
    "rule: {kind: sum, result: {indicator: users-share}, inputs: [{indicator: index-value}, {indicator: index-value, weight: 2}]}\n",
    "rule/grown.yaml": "type: Rule\nlabel: {en: Growth, ru: Рост, kk: Өсім}\n"
    "rule: {kind: growth, result: {indicator: index-value}, inputs: [{indicator: users-share}]}\n",
    "rule/best.yaml": "type: Rule\nlabel: {en: Best, ru: Лучший, kk: Үздік}\n"
    "rule: {kind: peak, result: {indicator: index-value}, inputs: [{indicator: users-share}]}\n",
}
PASSAGES = [passage_of(f"{document}/{part}") for document in ("doe-2020", "roe-2023") for part in ("text-1", "table-1")]
FIGURES = [
    entity("observation", slug)
    for slug in (
        "users-share/KAZ/2010",
        "users-share/KAZ/2012",
        "users-share/UZB/2010",
        "index-value/KAZ/2010",
        "index-value/KAZ/2010/2012",
        "index-value/UZB/2010",
        "index-value/KAZ/2012",
    )
]
THINGS = [entity("programme", "digital-land"), entity("document", "roe-2023")]
DOCUMENTS = [entity("document", "doe-2020"), entity("document", "roe-2023")]


def number(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=XSD.decimal)


def day(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=XSD.date)


def codes(scheme: str, *names: str) -> st.SearchStrategy[ox.NamedNode]:
    return st.sampled_from([concept(scheme, name) for name in names])


def literals(make: Callable[[str], ox.Literal], *texts: str) -> st.SearchStrategy[ox.Literal]:
    return st.sampled_from([make(text) for text in texts])


VALUES = literals(number, "0.474", "0.5", "12.5", "0", "41", "75.4", "1.422")
CLAIMS = st.one_of(
    st.tuples(st.sampled_from(FIGURES), st.just(SDMX_M.obsValue), VALUES),
    st.tuples(st.sampled_from(FIGURES), st.just(SDMX_A.unitMeasure), codes("unit", "percent", "index", "number")),
    st.tuples(st.sampled_from(FIGURES), st.just(EGOV.resolution), literals(number, "0.1", "0.001")),
    st.tuples(st.sampled_from(FIGURES), st.just(QB.dataSet), st.just(ox.NamedNode("https://w3id.org/egovkg/id/dataset/observations"))),
    st.tuples(st.sampled_from(FIGURES), st.just(SDMX_D.refPeriod), literals(ox.Literal, "2010", "2012")),
    st.tuples(st.sampled_from(THINGS), st.sampled_from([SCHEMA.startDate, SCHEMA.endDate]), literals(day, "2018-01-01", "2019-01-01")),
    st.tuples(st.sampled_from(THINGS), st.just(EGOV.startDatePrecision), codes("date-precision", "year", "day")),
    st.tuples(st.sampled_from(THINGS), st.just(EGOV.approvedBy), st.sampled_from(THINGS)),
    st.tuples(st.sampled_from(THINGS), st.just(EGOV.topic), st.sampled_from(THINGS)),
    st.tuples(st.sampled_from(DOCUMENTS), st.just(DCTERMS.issued), literals(day, "2019-01-01", "2024-01-01")),
)
EDITORIAL = st.one_of(
    st.tuples(st.sampled_from(DOCUMENTS), st.just(EGOV.authority), codes("authority", "news", "primary-statistics")),
    st.tuples(st.sampled_from(PASSAGES), st.just(EGOV.passageType), codes("passage-type", "table", "paragraph")),
    st.tuples(st.sampled_from(PASSAGES), st.just(OA.hasSource), st.sampled_from(DOCUMENTS)),
    st.tuples(
        st.sampled_from([*THINGS, *FIGURES]),
        st.just(SKOS.prefLabel),
        literals(lambda text: ox.Literal(text, language="en"), "one", "other"),
    ),
    st.tuples(st.sampled_from(FIGURES), st.just(RDF.type), st.just(QB.Observation)),
    st.tuples(st.just(entity("rule", "total")), st.just(EGOV.appliesToPeriod), literals(ox.Literal, "2010", "2012")),
)


def quad(triple: tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal], graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple[0], triple[1], triple[2], graph)


CLAIMED = st.builds(quad, CLAIMS, st.sampled_from(PASSAGES))
QUADS = st.one_of(
    CLAIMED,
    st.builds(lambda triple, slug: quad(triple, record_graph("document", slug)), EDITORIAL, st.sampled_from(["doe-2020", "roe-2023"])),
)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the dataset of a world with two documents and three rules, the ontology left out, as a file."""
    world = World(tmp_path_factory.mktemp("world"))
    world.write(
        "document/roe-2023.yaml", DOCUMENT.replace("Doe (2020)", "Roe (2023)").replace("doe-2020/", "roe-2023/").replace("2020\n", "2023\n")
    )
    for name, text in RULES.items():
        world.write(name, text)
    quads = list(ox.parse(build(world.root).nquads, format=ox.RdfFormat.N_QUADS))
    ontology = {quad.triple for quad in load_terms().quads}
    file = world.root / "start.nq"
    file.write_bytes(nquads([quad for quad in quads if quad.triple not in ontology]))
    return file


def store_of(start: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(start), format=ox.RdfFormat.N_QUADS)
    return store


def expected(store: ox.Store, base: set[ox.Quad]) -> set[ox.Quad]:
    """Return facts, computed values and conflicts as a derivation of everything gives them."""
    layers: dict[Layer, list[ox.Quad]] = {layer: [] for layer in Layer}
    for quad in store:
        layers[layer_of(quad.graph_name)].append(quad)
    derived = derive(sorted(layers[Layer.EDITORIAL], key=str), sorted(layers[Layer.CLAIMS], key=str), load_terms())
    cube = ox.Quad(CUBE, RDF.type, QB.DataSet)  # the ontology states it as well
    return {*derived.fact_quads(), *base, *derived.values, *derived.disputes} - ({cube} - base)


def held(store: ox.Store, *, whole: bool = False) -> set[ox.Quad]:
    found = {quad for quad in store if layer_of(quad.graph_name) in (Layer.FACTS, Layer.DERIVED)}
    return found if whole else found - {ox.Quad(CUBE, RDF.type, QB.DataSet)}


def check(store: ox.Store, steps: list[tuple[list[ox.Quad], int]]) -> None:
    base: set[ox.Quad] = set()
    assert held(store) == expected(store, base)
    layers = (Layer.CLAIMS, Layer.EDITORIAL)
    for added, number in steps:
        own = sorted((q for q in store if layer_of(q.graph_name) in layers and "/rule/" not in str(q.subject)), key=str)
        gone = [quad for quad in own[number % len(own) :: 61] if quad not in added]
        change = Change(tuple(dict.fromkeys(quad for quad in added if quad not in store)), tuple(quad for quad in gone if quad in store))
        follows = rederive(store, change, load_terms())
        apply(store, change.with_quads(follows.added, follows.removed))
        wanted = expected(store, base)
        assert held(store) == wanted, f"{sorted(map(str, held(store) ^ wanted))[:10]} after {change}"


@settings(max_examples=150)
@given(
    first=st.lists(CLAIMED, min_size=10, max_size=30),
    steps=st.lists(st.tuples(st.lists(QUADS, max_size=3), st.integers(0, 500)), max_size=6),
)
def test_whatever_is_written_the_facts_are_those_of_a_whole_derivation(
    start: Path, first: list[ox.Quad], steps: list[tuple[list[ox.Quad], int]]
) -> None:
    check(store_of(start), [(first, 0), *steps])


def test_a_figure_brings_what_is_computed_from_it(start: Path) -> None:
    store = store_of(start)
    new = entity("observation", "index-value/UZB/2010")
    claim = ox.Quad(new, SDMX_M.obsValue, number("0.5"), PASSAGES[1])
    follows = rederive(store, Change((claim,)), load_terms())
    computed = ox.Quad(entity("observation", "users-share/UZB/2010"), SDMX_M.obsValue, number("1.5"))
    assert computed in follows.added
    assert not follows.removed


def test_the_shipped_graph_derived_anew_after_the_loss_of_a_table_is_that_of_a_whole_derivation(dataset: object, store: object) -> None:
    whole = ox.Store()
    whole.bulk_extend(store.quads())  # type: ignore[attr-defined]
    base = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in whole if layer_of(quad.graph_name) is Layer.ONTOLOGY}
    table = tuple(whole.quads_for_pattern(None, None, None, passage_of("orazgaliyeva-2023/table-3")))
    assert len(table) > 100
    change = Change((), table)
    follows = rederive(whole, change, load_terms())
    apply(whole, change.with_quads(follows.added, follows.removed))
    assert held(whole, whole=True) == expected(whole, base)


def test_a_write_beside_claims_and_records_derives_nothing(start: Path) -> None:
    store = store_of(start)
    assert not rederive(store, Change((ox.Quad(THINGS[0], RDF.type, EGOV.Programme, ox.NamedNode("https://example.org/g")),)), load_terms())
