"""The service described for machines (SPARQL 1.1 Service Description): languages, formats, functions, limits, graphs and counts.

Named graphs are listed one by one, but for families of many (a graph a passage, a graph a record): such a family is one
`sd:GraphCollection` with its counts, and the whole list is at `rdfs:seeAlso`. Nothing is left out without a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.formats import GRAPHS, RESULTS, Format
from kg.namespaces import BASE, DATASET, DCTERMS, GRAPH, ID, RDF, RDFS, SCHEMA, SD, SERVICE, SKOS, VOID, XSD
from kg.rdf import nquads
from kg.store.base import Store
from kg.store.statistics import Statistics, measure, namespace
from kg.store.void import number, void_triples
from kg.terms import load_terms

_FORMATS = "http://www.w3.org/ns/formats/"
_ENTAILMENT = ox.NamedNode("http://www.w3.org/ns/entailment/Simple")
_MANY = 20
"""Graphs of one family that are still listed one by one."""

_NAMES = {
    "json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV", "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF_XML", "trig": "TriG", "nq": "N-Quads",
}  # fmt: skip
"""Our names of formats and the W3C's (http://www.w3.org/ns/formats/)."""

_FAMILIES = {
    f"{ID}passage/": "Claims: one graph a passage, with every statement of that passage and nothing else; the graph's name is the passage",
    f"{GRAPH}record/": "Identities: one graph a record, with types, labels, mappings and who curated it",
    f"{GRAPH}derived/": "Derived values: one graph a rule; and the conflicts",
    f"{GRAPH}vocabulary/": "Code lists: one graph a list",
}


@dataclass(frozen=True)
class Offer:
    """What a service offers beside answering queries: `limits` are numbers by property, `inputs` the formats that it takes."""

    languages: tuple[ox.NamedNode, ...] = (SD.SPARQL10Query, SD.SPARQL11Query)
    features: tuple[ox.NamedNode, ...] = ()
    inputs: tuple[Format, ...] = ()
    limits: Mapping[ox.NamedNode, float] | None = None


def service_triples(found: Statistics, endpoint: str, offer: Offer, everything: str = "") -> list[ox.Triple]:
    """Return the description of the service at an address; `everything` is where all graphs are listed, empty: they are here."""
    service = ox.NamedNode(endpoint)
    defaults = ox.NamedNode(f"{endpoint}#default-graph")
    dataset = ox.NamedNode(f"{endpoint}#dataset")
    return [
        ox.Triple(service, RDF.type, SD.Service),
        ox.Triple(service, SD.endpoint, service),
        *(ox.Triple(service, SD.supportedLanguage, language) for language in offer.languages),
        *(ox.Triple(service, SD.feature, feature) for feature in offer.features),
        *(ox.Triple(service, SD.resultFormat, format_iri(format)) for format in (*RESULTS, *GRAPHS)),
        *(ox.Triple(service, SD.inputFormat, format_iri(format)) for format in offer.inputs),
        ox.Triple(service, SD.defaultEntailmentRegime, _ENTAILMENT),
        ox.Triple(service, SD.defaultDataset, dataset),
        *(ox.Triple(service, limit, _decimal(value)) for limit, value in (offer.limits or {}).items()),
        *_functions(service),
        ox.Triple(dataset, RDF.type, SD.Dataset),
        ox.Triple(dataset, DCTERMS.source, DATASET),
        ox.Triple(dataset, SD.defaultGraph, defaults),
        ox.Triple(defaults, RDF.type, SD.Graph),
        ox.Triple(defaults, VOID.triples, number(found.triples)),
        ox.Triple(defaults, RDFS.comment, ox.Literal("What plain SPARQL reads; it is no union of the named graphs.", language="en")),
        *_graphs(found, dataset, endpoint, everything),
    ]


def format_iri(format: Format) -> ox.NamedNode:
    """Return the W3C's IRI of a format."""
    return ox.NamedNode(_FORMATS + _NAMES[format.name])


def _functions(service: ox.NamedNode) -> Iterator[ox.Triple]:
    """Describe the functions as the ontology does."""
    quads = load_terms().quads
    named = {quad.subject for quad in quads if quad.predicate == RDF.type and quad.object == SD.Function}
    kept = (RDF.type, RDFS.label, SKOS.prefLabel, SKOS.definition, SKOS.example)
    for function in sorted(named, key=str):
        yield ox.Triple(service, SD.extensionFunction, function)
    for quad in quads:
        if quad.subject in named and quad.predicate in kept:
            yield quad.triple


def _graphs(found: Statistics, dataset: ox.NamedNode, endpoint: str, everything: str) -> Iterator[ox.Triple]:
    families: dict[str, list[str]] = defaultdict(list)
    for graph in found.graphs:
        families[_family(graph)].append(graph)
    yield ox.Triple(dataset, SCHEMA.numberOfItems, number(len(found.graphs)))
    for place, (family, graphs) in enumerate(sorted(families.items())):
        if not everything or len(graphs) <= _MANY:
            yield from _listed(found, dataset, endpoint, graphs)
            continue
        group = ox.NamedNode(f"{endpoint}#graphs-{place}")
        yield ox.Triple(dataset, VOID.subset, group)
        yield ox.Triple(group, RDF.type, SD.GraphCollection)
        yield ox.Triple(group, RDFS.comment, ox.Literal(_FAMILIES.get(family, f"Graphs whose names begin with {family}"), language="en"))
        yield ox.Triple(group, VOID.uriSpace, ox.Literal(family))
        yield ox.Triple(group, SCHEMA.numberOfItems, number(len(graphs)))
        yield ox.Triple(group, VOID.triples, number(sum(found.graphs[graph] for graph in graphs)))
        yield ox.Triple(group, RDFS.seeAlso, ox.NamedNode(everything))


def _listed(found: Statistics, dataset: ox.NamedNode, endpoint: str, graphs: Iterable[str]) -> Iterator[ox.Triple]:
    places = {graph: place for place, graph in enumerate(found.graphs)}
    for graph in graphs:
        named, content = (ox.NamedNode(f"{endpoint}#{what}-{places[graph]}") for what in ("named-graph", "graph"))
        yield ox.Triple(dataset, SD.namedGraph, named)
        yield ox.Triple(named, RDF.type, SD.NamedGraph)
        yield ox.Triple(named, SD.name, ox.NamedNode(graph))
        yield ox.Triple(named, SD.graph, content)
        yield ox.Triple(content, RDF.type, SD.Graph)
        yield ox.Triple(content, VOID.triples, number(found.graphs[graph]))


def _family(graph: str) -> str:
    return next((family for family in _FAMILIES if graph.startswith(family)), namespace(graph))


def _decimal(value: float) -> ox.Literal:
    return ox.Literal(f"{value:f}".rstrip("0").rstrip("."), datatype=XSD.decimal)


def described(store: Store) -> bytes:
    """Return what a store says of itself, as N-Quads of the graph SERVICE: service description and VoID of its release.

    Made once, when a store is built. The graph names the release that it counts (dcat:version), and leaves itself out; after
    an update `/.well-known/void` and `/sparql` say what is there now.
    """
    found = measure(store)
    endpoint = f"{BASE}sparql"
    triples = [
        *service_triples(found, endpoint, Offer(), f"{endpoint}?graphs=all"),
        *void_triples(found, endpoint, f"{BASE}.well-known/void"),
    ]
    return nquads([ox.Quad(t.subject, t.predicate, t.object, SERVICE) for t in triples])
