"""The ontology: keys and terms fit each other, every term is named and defined, and its own shapes hold."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from kg.curation.tables import COLUMNS
from kg.loading.dataset import Dataset
from kg.namespaces import DCTERMS, EGOV, GRAPH, ID, KINDS, OWL, QB, RDF, RDFS, SKOS, expand, shorten
from kg.resources import ontology_dir, shapes_dir
from kg.terms import Terms, load_terms
from kg.validation.engines import FastSHACL, PySHACL
from kg.validation.files import engine_named
from kg.validation.shacl import shapes_text, shipped_shapes, validate

FILES = sorted(ontology_dir().rglob("*.ttl"))
COMMON = shapes_dir() / "common.ttl"
RDFLIB_WARNS = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
"""rdflib's own JSON-LD reader still makes a ConjunctiveGraph."""


@pytest.fixture(scope="module")
def context() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    return found


def _triples(*paths: Path) -> list[ox.Triple]:
    return [quad.triple for path in paths for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


@pytest.fixture(scope="module")
def core() -> list[ox.Triple]:
    return _triples(ontology_dir() / "core.ttl")


def _with(triples: list[ox.Triple], predicate: ox.NamedNode) -> set[ox.NamedNode]:
    return {t.subject for t in triples if t.predicate == predicate and isinstance(t.subject, ox.NamedNode)}


def _column_terms(context: Mapping[str, Any]) -> set[ox.NamedNode]:
    return {ox.NamedNode(expand(entry["@id"])) for entry in context["Observation"]["@context"].values()}


# Keys and terms


def test_every_key_of_the_context_is_a_term_of_the_core(context: Mapping[str, Any], core: list[ox.Triple]) -> None:
    described = {t.subject for t in core}
    entries = {
        key: entry if isinstance(entry, str) else entry.get("@id") or entry.get("@reverse")
        for key, entry in context.items()
        if key != "@version"
    }
    terms = {key: iri for key, iri in entries.items() if not iri.startswith(("@", "http"))}
    assert [key for key, iri in terms.items() if ox.NamedNode(expand(iri)) not in described] == []


def test_every_class_with_a_kind_has_a_key(terms: Terms, core: list[ox.Triple]) -> None:
    assert _with(core, EGOV.kind) == {cls.iri for cls in terms.classes.values()}
    assert {cls.kind for cls in terms.classes.values()} <= set(KINDS)


def test_every_property_has_a_key_unless_the_build_writes_it(
    context: Mapping[str, Any], terms: Terms, core: list[ox.Triple], dataset: Dataset
) -> None:
    keyless = _with(core, EGOV.valueType) - {term.iri for term in terms.properties.values()}
    built = {quad.predicate for quad in ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS)}
    precisions = {t.subject for t in core if t.predicate == RDFS.subPropertyOf and t.object == EGOV.datePrecision} | {EGOV.datePrecision}
    left = keyless - built - _column_terms(context) - precisions
    assert sorted(shorten(term.value) for term in left) == []


def test_the_columns_of_observation_files_have_keys(context: Mapping[str, Any]) -> None:
    keys = set(context["Observation"]["@context"])
    assert set(COLUMNS) - {"note"} <= keys
    assert keys - set(COLUMNS) == {"dataSet", "resolution", "year"}


def test_the_type_of_a_key_is_that_of_its_property(context: Mapping[str, Any], terms: Terms) -> None:
    written = {
        "entity": "@id",
        "code": "@id",
        "iri": "@id",
        "date": "xsd:date",
        "integer": "xsd:integer",
        "boolean": "xsd:boolean",
        "decimal": "xsd:decimal",
    }
    for key in terms.claim_keys():
        term, entry = terms.properties[key], context[key]
        assert entry.get("@type") == written.get(term.value_type), key
        assert (entry.get("@container") == "@language") == (term.value_type == "text"), key


def test_every_date_has_a_property_for_its_precision(terms: Terms) -> None:
    dates = [term for term in terms.properties.values() if term.value_type == "date"]
    assert [term.key for term in dates if term.precision is None or not term.single_valued] == []
    assert {term.boundary for term in dates} == {"first", "last"}


def test_every_code_property_has_a_list_with_codes(terms: Terms) -> None:
    assert [term.key for term in terms.properties.values() if term.value_type == "code" and not terms.codes.get(term.code_list or "")] == []


def test_every_property_refers_to_kinds_that_there_are(terms: Terms) -> None:
    kinds = {kind for term in terms.properties.values() for kind in term.refers_to}
    assert kinds <= {*KINDS, "any"}


def test_every_class_and_property_about_a_thing_is_described(dataset: Dataset, core: list[ox.Triple]) -> None:
    layers = (f"<{GRAPH}record/", f"<{GRAPH}derived/", f"<{ID}passage/")
    quads = [q for q in ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS) if str(q.graph_name).startswith(layers)]
    used = {q.predicate for q in quads} - {RDF.type} | {q.object for q in quads if q.predicate == RDF.type}
    assert sorted(map(str, used - {t.subject for t in core})) == []


# Names and definitions


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_the_ontology_has_no_blank_node(path: Path) -> None:
    assert not any(isinstance(term, ox.BlankNode) for triple in _triples(path) for term in triple)


def _labels(triples: list[ox.Triple]) -> dict[object, list[str | None]]:
    found: dict[object, list[str | None]] = defaultdict(list)
    for triple in triples:
        if triple.predicate == SKOS.prefLabel and isinstance(triple.object, ox.Literal):
            found[triple.subject].append(triple.object.language)
    return found


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "alignments.ttl"], ids=lambda path: path.stem)
def test_every_term_of_a_file_has_three_labels_and_a_definition(path: Path) -> None:
    triples = _triples(path)
    described = _triples(ontology_dir() / "core.ttl") if path.name == "cube.ttl" else []
    labels = _labels([*triples, *described])
    header = {t.subject for t in triples if t.object == OWL.Ontology}
    terms = (
        {t.subject for t in triples if t.predicate == RDF.type}
        - header
        - {t.subject for t in triples if t.object == QB.ComponentSpecification}
    )
    assert terms
    assert [str(term) for term in terms if sorted(map(str, labels[term])) != ["en", "kk", "ru"]] == []
    assert [str(term) for term in terms if term not in _with([*triples, *described], SKOS.definition)] == []


def test_the_ontology_says_what_it_is(core: list[ox.Triple]) -> None:
    about = {t.predicate for t in core if t.subject == ox.NamedNode(EGOV.rstrip("#"))}
    assert {OWL.versionInfo, DCTERMS.license, DCTERMS.description} <= about


def test_own_terms_are_defined_by_the_ontology(core: list[ox.Triple]) -> None:
    own = {t.subject for t in core if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(EGOV)}
    assert own - _with(core, RDFS.isDefinedBy) == set()


@pytest.mark.parametrize("path", sorted((ontology_dir() / "vocabularies").glob("*.ttl")), ids=lambda path: path.stem)
def test_a_code_list_is_named_as_its_file_and_its_codes_as_their_iris(path: Path) -> None:
    triples = _triples(path)
    scheme = ox.NamedNode(f"{ID}concept/{path.stem}")
    codes = {t.subject for t in triples if t.predicate == SKOS.inScheme and t.object == scheme}
    notations = {t.subject: t.object for t in triples if t.predicate == SKOS.notation}
    assert {t.subject for t in triples if t.object == SKOS.ConceptScheme} == {scheme}
    assert codes
    assert all(notations[code] == ox.Literal(str(code).strip("<>").rpartition("/")[2]) for code in codes)


def test_every_unit_ends_in_a_base_unit(terms: Terms) -> None:
    assert set(terms.units) == set(terms.codes["unit"])
    for unit in terms.units.values():
        assert terms.units[unit.base].base == unit.base
        assert unit.factor > 0
        assert unit.factor == 1 or unit.code != unit.base


# Shapes of the ontology itself


@pytest.mark.parametrize("engine", [FastSHACL.name, PySHACL.name])
def test_the_ontology_conforms_to_its_own_shapes(engine: str) -> None:
    if engine == FastSHACL.name:
        pytest.importorskip("shacl", reason="the fast engine has no wheel for this machine")
    shapes = shapes_text([COMMON, shapes_dir() / "ontology.ttl"])
    data = "".join(f"{triple} .\n" for triple in dict.fromkeys(_triples(*FILES)))
    report = validate(data, shapes, engine=engine_named(engine))
    assert [str(finding) for finding in report.findings] == []
    assert report.checked > 300


def test_a_term_without_a_label_is_refused() -> None:
    shapes = shapes_text([COMMON, shapes_dir() / "ontology.ttl"])
    term = f"{EGOV.Nothing} {RDF.type} {OWL.Class} .\n"
    assert {"Term-label", "Term-definition"} <= {finding.rule for finding in validate(term, shapes).findings}


def test_the_shapes_name_no_property_that_the_ontology_lacks_but_eli_realizes_of_others_data(core: list[ox.Triple]) -> None:
    described = {t.subject for t in (*core, *_triples(ontology_dir() / "linked.ttl"))}
    shapes = ox.parse(shipped_shapes().encode(), format=ox.RdfFormat.TURTLE)
    paths = {q.object for q in shapes if q.predicate.value.endswith("shacl#path") and isinstance(q.object, ox.NamedNode)}
    assert sorted(shorten(str(path).strip("<>")) for path in paths - described) == ["eli:realizes", "rdf:type"]


# JSON-LD


@RDFLIB_WARNS
def test_another_reader_expands_a_record_with_the_context(context: Mapping[str, Any]) -> None:
    record = {
        "@context": context,
        "id": f"{ID}programme/x",
        "type": "Programme",
        "label": {"en": "X", "kk": "Ә"},
        "approvedBy": f"{ID}act/P1",
        "startDate": "2018-01-01",
        "mentionedBy": f"{ID}document/d",
        "hasIndicator": [f"{ID}indicator/a", f"{ID}indicator/b"],
    }
    graph = rdflib.Graph().parse(data=json.dumps(record), format="json-ld")
    thing = rdflib.URIRef(f"{ID}programme/x")
    egov, schema, skos = rdflib.Namespace(EGOV), rdflib.Namespace("https://schema.org/"), rdflib.Namespace(str(SKOS))
    assert set(graph) == {
        (thing, rdflib.RDF.type, egov.Programme),
        (thing, skos.prefLabel, rdflib.Literal("X", lang="en")),
        (thing, skos.prefLabel, rdflib.Literal("Ә", lang="kk")),
        (thing, egov.approvedBy, rdflib.URIRef(f"{ID}act/P1")),
        (thing, schema.startDate, rdflib.Literal("2018-01-01", datatype=rdflib.XSD.date)),
        (rdflib.URIRef(f"{ID}document/d"), schema.mentions, thing),
        (thing, egov.hasIndicator, rdflib.URIRef(f"{ID}indicator/a")),
        (thing, egov.hasIndicator, rdflib.URIRef(f"{ID}indicator/b")),
    }


@RDFLIB_WARNS
def test_the_value_of_an_observation_is_no_label_of_a_programme(context: Mapping[str, Any]) -> None:
    record = {"@context": context, "id": f"{ID}observation/a", "type": "Observation", "value": "0.47430", "unit": f"{ID}concept/unit/index"}
    graph = rdflib.Graph().parse(data=json.dumps(record), format="json-ld")
    measure = rdflib.URIRef("http://purl.org/linked-data/sdmx/2009/measure#obsValue")
    assert [str(value) for value in graph.objects(None, measure)] == ["0.47430"]


def test_the_terms_are_read_once_a_folder() -> None:
    assert load_terms() is load_terms()
