"""What the service says of itself is true: every format, function, limit, graph and count of its description is tried."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from api.describing import offer_of
from kg.config import Settings
from kg.formats import GRAPHS, RESULTS, TURTLE
from kg.loading.dataset import Dataset
from kg.loading.opening import make_store
from kg.namespaces import BASE, DATASET, DCAT, DCTERMS, EGOV, RDF, RDFS, SCHEMA, SD, SERVICE, SKOS, VOID
from kg.rdf import parse
from kg.store.base import Row
from kg.store.binding import Term
from kg.store.description import format_iri
from kg.store.functions import NAMES
from kg.store.oxigraph import OxigraphStore
from kg.store.statistics import measure, namespace
from kg.store.void import VOID_EXT
from tests.serving import served

FORMS = [("text/turtle", "ttl"), ("application/rdf+xml", "rdf"), ("application/ld+json", "jsonld"), ("application/n-triples", "nt")]
Terms = dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]]


class Graph:
    """A description by subject and property."""

    def __init__(self, data: bytes) -> None:
        self._by: dict[ox.NamedNode, Terms] = defaultdict(lambda: defaultdict(list))
        self.triples = {quad.triple for quad in ox.parse(data, format=ox.RdfFormat.TURTLE)}
        for triple in self.triples:
            assert isinstance(triple.subject, ox.NamedNode), "no blank nodes"
            assert isinstance(triple.object, ox.NamedNode | ox.Literal)
            self._by[triple.subject][triple.predicate].append(triple.object)

    def values(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode | ox.Literal]:
        return self._by[subject][predicate]

    def nodes(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        return [node for node in self.values(subject, predicate) if isinstance(node, ox.NamedNode)]

    def number(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> int:
        (value,) = self.values(subject, predicate)
        return int(value.value)

    def of_type(self, cls: ox.NamedNode) -> list[ox.NamedNode]:
        return [subject for subject in list(self._by) if cls in self.values(subject, RDF.type)]


def count(client: httpx.Client, query: str) -> int:
    answer = client.get("/sparql", params={"query": query, "format": "json"})
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["results"]["bindings"]
    return int(row["n"]["value"])


@pytest.fixture(scope="module")
def described(service: httpx.Client) -> Graph:
    return Graph(service.get("/sparql").content)


@pytest.fixture(scope="module")
def void(service: httpx.Client) -> Graph:
    return Graph(service.get("/.well-known/void").content)


@pytest.fixture(scope="module")
def endpoint(service: httpx.Client) -> ox.NamedNode:
    return ox.NamedNode(f"{str(service.base_url).rstrip('/')}/sparql")


# The service description


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/void"])
@pytest.mark.parametrize(("media_type", "name"), FORMS)
def test_a_description_comes_in_every_form_with_one_content(service: httpx.Client, path: str, media_type: str, name: str) -> None:
    by_header = service.get(path, headers={"Accept": media_type})
    by_name = service.get(path, params={"format": name})
    assert by_header.headers["content-type"].startswith(media_type)
    assert by_header.content == by_name.content
    form = next(format for format in GRAPHS if format.name == name)
    turtle = service.get(path, headers={"Accept": "text/turtle"})
    assert {quad.triple for quad in parse(by_header.content, form)} == {quad.triple for quad in parse(turtle.content, TURTLE)}


def test_a_description_in_no_form_that_there_is_is_406(service: httpx.Client) -> None:
    for path in ("/sparql", "/void"):
        answer = service.get(path, headers={"Accept": "text/csv"})
        assert (answer.status_code, answer.json()["offered"][0]) == (406, "text/turtle")


def test_the_endpoint_is_the_address_that_was_asked(described: Graph, endpoint: ox.NamedNode) -> None:
    assert described.of_type(SD.Service) == [endpoint]
    assert described.values(endpoint, SD.endpoint) == [endpoint]


def test_the_result_formats_are_those_that_are_answered(service: httpx.Client, described: Graph, endpoint: ox.NamedNode) -> None:
    claimed = set(described.nodes(endpoint, SD.resultFormat))
    assert claimed == {format_iri(format) for format in (*RESULTS, *GRAPHS)}
    for format, query in [(f, "SELECT * { ?s ?p ?o } LIMIT 1") for f in RESULTS] + [(f, "CONSTRUCT WHERE { ?s ?p 1 }") for f in GRAPHS]:
        answer = service.get("/sparql", params={"query": query}, headers={"Accept": format.media_type})
        assert answer.headers["content-type"] == format.content_type


def test_the_languages_are_those_that_are_understood(service: httpx.Client, described: Graph, endpoint: ox.NamedNode) -> None:
    languages = set(described.nodes(endpoint, SD.supportedLanguage))
    assert languages >= {SD.SPARQL10Query, SD.SPARQL11Query}
    assert count(service, "SELECT (COUNT(*) AS ?n) { { SELECT ?s { ?s a egov:Programme } LIMIT 2 } }") == 2
    updates = service.post("/update", content="", headers={"Content-Type": "application/sparql-update"}).status_code != 404
    assert (SD.SPARQL11Update in languages) is updates
    uploads = service.request("PUT", "/graphs?default", content="").status_code not in (404, 405)
    assert bool(described.values(endpoint, SD.inputFormat)) is uploads


def test_no_feature_is_claimed_that_is_not_there(service: httpx.Client, described: Graph, endpoint: ox.NamedNode) -> None:
    assert described.values(endpoint, SD.feature) == []
    default = count(service, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    union = count(service, "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } } }")
    assert default != union, "the default graph is no union"
    assert service.get("/sparql", params={"query": "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}).status_code >= 400
    assert [node.value for node in described.nodes(endpoint, SD.defaultEntailmentRegime)] == ["http://www.w3.org/ns/entailment/Simple"]


def test_every_function_is_described_with_an_example_and_answers(service: httpx.Client, described: Graph, endpoint: ox.NamedNode) -> None:
    functions = described.nodes(endpoint, SD.extensionFunction)
    assert set(functions) == NAMES
    for function in functions:
        assert described.values(function, SKOS.definition)
        assert len(described.values(function, SKOS.prefLabel)) == 3
        (example,) = described.values(function, SKOS.example)
        asked, claim, expected = example.value.partition(" is ")
        if claim:
            assert count(service, f"SELECT (IF({asked} = {expected}, 1, 0) AS ?n) {{}}") == 1, example.value
        elif asked.startswith("ORDER BY"):
            assert (
                service.get("/sparql", params={"query": f"SELECT ?label {{ ?s skos:prefLabel ?label }} {asked} LIMIT 1"}).status_code == 200
            )
        elif "?" in asked:
            ask = f"SELECT (COUNT(?x) AS ?n) {{ ?s schema:startDate ?begin OPTIONAL {{ ?s schema:endDate ?end }} BIND({asked} AS ?x) }}"
            assert count(service, ask) > 5
        else:
            assert count(service, f"SELECT (IF(BOUND(?x), 1, 0) AS ?n) {{ BIND({asked} AS ?x) }}") == 1, example.value


def test_the_limits_are_those_of_the_settings(store: OxigraphStore) -> None:
    settings = Settings(timeout=7.5, max_query=1234)
    with served(store, settings) as url, httpx.Client(base_url=url, timeout=30) as client:
        found = Graph(client.get("/sparql").content)
        service = ox.NamedNode(f"{url}/sparql")
        assert [value.value for value in found.values(service, EGOV.timeLimit)] == ["7.5"]
        assert [value.value for value in found.values(service, EGOV.queryLimit)] == ["1234"]
        assert client.post("/sparql", data={"query": "ASK {} #" + "x" * 1300}).status_code == 413


def test_an_offer_says_updates_only_where_there_is_a_route() -> None:
    assert SD.SPARQL11Update not in offer_of(Settings(), []).languages
    assert offer_of(Settings(), []).inputs == ()


# Graphs and counts


def test_the_default_graph_is_counted(service: httpx.Client, described: Graph, endpoint: ox.NamedNode) -> None:
    (dataset,) = described.nodes(endpoint, SD.defaultDataset)
    (graph,) = described.nodes(dataset, SD.defaultGraph)
    assert SD.Graph in described.values(graph, RDF.type)
    assert described.number(graph, VOID.triples) == count(service, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def test_every_named_graph_is_listed_or_counted_in_its_family(service: httpx.Client, described: Graph, endpoint: ox.NamedNode) -> None:
    (dataset,) = described.nodes(endpoint, SD.defaultDataset)
    listed = described.nodes(dataset, SD.namedGraph)
    families = described.nodes(dataset, VOID.subset)
    total = count(service, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert described.number(dataset, SCHEMA.numberOfItems) == total
    assert len(listed) + sum(described.number(family, SCHEMA.numberOfItems) for family in families) == total
    assert len(families) >= 3
    for family in families:
        (space,) = described.values(family, VOID.uriSpace)
        within = f'GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{space.value}"))'
        assert described.number(family, SCHEMA.numberOfItems) == count(service, f"SELECT (COUNT(DISTINCT ?g) AS ?n) {{ {within} }}")
        assert described.number(family, VOID.triples) == count(service, f"SELECT (COUNT(*) AS ?n) {{ {within} }}")
        assert described.values(family, RDFS.comment)
        assert described.nodes(family, RDFS.seeAlso) == [ox.NamedNode(f"{endpoint.value}?graphs=all")]


def test_the_whole_list_has_every_graph_with_its_count(service: httpx.Client, endpoint: ox.NamedNode) -> None:
    found = Graph(service.get("/sparql?graphs=all").content)
    (dataset,) = found.nodes(endpoint, SD.defaultDataset)
    counted = {}
    for named in found.nodes(dataset, SD.namedGraph):
        (name,), (graph,) = found.nodes(named, SD.name), found.nodes(named, SD.graph)
        counted[name.value] = found.number(graph, VOID.triples)
    answer = service.get("/sparql", params={"query": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"}).json()
    assert counted == {row["g"]["value"]: int(row["n"]["value"]) for row in answer["results"]["bindings"]}
    assert found.nodes(dataset, VOID.subset) == []


def test_the_void_has_the_counts_that_sparql_gives(service: httpx.Client, void: Graph, endpoint: ox.NamedNode) -> None:
    assert void.number(DATASET, VOID.triples) == count(service, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert void.number(DATASET, VOID.distinctSubjects) == count(service, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")
    assert void.number(DATASET, VOID.classes) == count(service, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }")
    assert void.number(DATASET, VOID.properties) == count(service, "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }")
    assert len(void.nodes(DATASET, VOID.classPartition)) == void.number(DATASET, VOID.classes)
    assert len(void.nodes(DATASET, VOID.propertyPartition)) == void.number(DATASET, VOID.properties)
    assert [value.value for value in void.values(DATASET, DCAT.version)] == [service.get("/readyz").json()["release"]]
    assert void.nodes(DATASET, VOID.sparqlEndpoint) == [endpoint]
    assert void.nodes(DATASET, DCTERMS.license)
    assert void.nodes(ox.NamedNode(f"{BASE}service"), DCAT.servesDataset) == [DATASET]


@pytest.mark.parametrize("cls", ["egov:Programme", "egov:LegalAct", "qb:Observation", "oa:SpecificResource", "skos:Concept"])
def test_a_class_has_its_things_properties_and_what_they_lead_to(service: httpx.Client, void: Graph, cls: str) -> None:
    iri = Graph(service.get("/sparql", params={"query": f"CONSTRUCT {{ <urn:x> a {cls} }} WHERE {{}}"}).content)
    (wanted,) = iri.nodes(ox.NamedNode("urn:x"), RDF.type)
    (part,) = [node for node in void.nodes(DATASET, VOID.classPartition) if wanted in void.values(node, VOID.term("class"))]
    assert void.number(part, VOID.entities) == count(service, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a {cls} }}")
    inner = void.nodes(part, VOID.propertyPartition)
    assert len(inner) == count(service, f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ ?s a {cls} ; ?p ?o }}")
    for node in inner:
        (property,) = void.nodes(node, VOID.property)
        assert void.number(node, VOID.triples) == count(service, f"SELECT (COUNT(*) AS ?n) {{ ?s a {cls} ; {property} ?o }}")
        for met in void.nodes(node, VOID.classPartition):
            (target,) = void.nodes(met, VOID.term("class"))
            query = f"SELECT (COUNT(*) AS ?n) {{ ?s a {cls} ; {property} ?o . ?o a {target} }}"
            assert void.number(met, VOID.triples) == count(service, query)
        for met in void.nodes(node, VOID_EXT.datatypePartition):
            (target,) = void.nodes(met, VOID_EXT.datatype)
            query = f"SELECT (COUNT(*) AS ?n) {{ ?s a {cls} ; {property} ?o FILTER(DATATYPE(?o) = {target}) }}"
            assert void.number(met, VOID.triples) == count(service, query)


def test_linksets_count_the_links_into_another_namespace(service: httpx.Client, void: Graph) -> None:
    linksets = void.of_type(VOID.Linkset)
    assert len(linksets) > 10
    for linkset in linksets:
        (predicate,), (target,) = void.nodes(linkset, VOID.linkPredicate), void.nodes(linkset, VOID.objectsTarget)
        (space,) = void.values(target, VOID.uriSpace)
        pattern = f'?s {predicate} ?o FILTER(ISIRI(?o) && REPLACE(STR(?o), "[^/#]*$", "") = "{space.value}")'
        assert void.number(linkset, VOID.triples) == count(service, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")


def test_the_vocabularies_are_those_in_use(service: httpx.Client, void: Graph) -> None:
    answer = service.get("/sparql", params={"query": "SELECT DISTINCT ?t { { ?s ?t ?o } UNION { ?s a ?t } }"}).json()
    used = {namespace(row["t"]["value"]) for row in answer["results"]["bindings"]}
    assert {node.value for node in void.nodes(DATASET, VOID.vocabulary)} == used


def test_the_parts_of_the_void_have_names_that_cannot_be_confused(void: Graph) -> None:
    parts = [t.subject for t in void.triples if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(f"{BASE}void#")]
    assert len(set(parts)) > 1000
    assert all(re.fullmatch(r"[\w-]+", part.value.partition("#")[2]) for part in parts)
    for predicate in (VOID.property, VOID.term("class"), VOID.triples, VOID.entities):
        assert all(len(void.values(part, predicate)) <= 1 for part in set(parts)), predicate


# Once a release, and inside the endpoint


class Counting(OxigraphStore):
    """A store that counts how often it is asked for rows."""

    asked = 0

    def rows(self, query: str, /, **values: Term | list[Term]) -> list[Row]:
        self.asked += "GROUP BY" in query
        return super().rows(query, **values)


def test_the_data_are_counted_once_a_release() -> None:
    store = Counting()
    store.load(b"<urn:a> a <urn:C> ; <urn:p> 1 .", TURTLE)
    with served(store) as url, httpx.Client(base_url=url, timeout=30) as client:
        client.get("/void")
        first = store.asked
        for path in ("/void", "/sparql", "/sparql?graphs=all", "/.well-known/void"):
            assert client.get(path).status_code == 200
        assert store.asked == first > 0
        store.load(b"<urn:b> a <urn:C> .", TURTLE)
        found = Graph(client.get("/void").content)
        assert store.asked == 2 * first
        assert found.number(DATASET, VOID.triples) == 3


@pytest.fixture(scope="module")
def built(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OxigraphStore]:
    store = make_store(dataset, tmp_path_factory.mktemp("built") / "store")
    yield store
    store.close()


def test_a_built_store_holds_its_description_in_a_graph_of_its_own(built: OxigraphStore, dataset: Dataset, void: Graph) -> None:
    inside = {quad.triple for quad in built.quads() if quad.graph_name == SERVICE}
    assert {quad.graph_name for quad in built.quads()} - {SERVICE} == {
        quad.graph_name for quad in ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS)
    }
    counted = (VOID.entities, VOID.distinctSubjects, VOID.property, VOID.linkPredicate, VOID.vocabulary)
    assert {t for t in inside if t.predicate in counted} == {t for t in void.triples if t.predicate in counted}
    assert ox.Triple(DATASET, DCAT.version, ox.Literal(dataset.release)) in inside
    assert ox.Triple(ox.NamedNode(f"{BASE}sparql"), RDF.type, SD.Service) in inside
    assert built.release() == dataset.release


def test_an_editor_can_read_classes_and_properties_inside_the_endpoint(built: OxigraphStore) -> None:
    query = f"""SELECT DISTINCT ?class ?p ?target WHERE {{ GRAPH {SERVICE} {{
      ?part {VOID.term("class")} ?class ; {VOID.propertyPartition} ?inner . ?inner {VOID.property} ?p
      OPTIONAL {{ ?inner {VOID.classPartition}/{VOID.term("class")} ?target }} }} }}"""
    rows = {(row["class"], row["p"], row.get("target")) for row in built.rows(query)}
    assert (EGOV.Programme, EGOV.approvedBy, EGOV.LegalAct) in rows


def test_a_description_of_another_base_speaks_of_its_own_graphs(dataset: Dataset, tmp_path: Path) -> None:
    store = make_store(dataset, tmp_path / "store", "https://example.org/kg/")
    names = {quad.graph_name.value for quad in store.quads() if isinstance(quad.graph_name, ox.NamedNode)}
    store.close()
    assert "https://example.org/kg/graph/service" in names


def test_an_empty_store_is_counted_too() -> None:
    found = measure(OxigraphStore())
    assert (found.triples, found.subjects, dict(found.graphs), dict(found.classes)) == (0, 0, {}, {})
    with served(OxigraphStore()) as url, httpx.Client(base_url=url, timeout=30) as client:
        assert client.get("/void").status_code == client.get("/sparql").status_code == 200


def test_names_without_iris_do_not_confuse_the_counts() -> None:
    store = OxigraphStore()
    store.load(b"<urn:a> a [] ; <urn:p> _:b . _:b a <urn:C> ; <http://x.example/a#b%20c> 'x'@en .", TURTLE)
    found = measure(store)
    assert (found.triples, dict(found.classes)) == (4, {"urn:C": 1})
    assert found.classes_met == {}
    with served(store) as url, httpx.Client(base_url=url, timeout=30) as client:
        assert client.get("/void").status_code == 200
