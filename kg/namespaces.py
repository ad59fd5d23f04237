"""Namespaces and the IRIs that egovkg mints. The forms are a contract: see docs/graph-model.md."""

from __future__ import annotations

from functools import cache

from pyoxigraph import NamedNode

BASE = "https://w3id.org/egovkg/"
"""The canonical base; a build may be written for another one (EGOVKG_BASE)."""

KINDS = (
    "act", "programme", "scheme", "stage", "model", "indicator", "observation", "organisation", "system", "service",
    "framework", "concept", "finding", "survey", "document", "passage", "area", "rule", "conflict",
)  # fmt: skip
"""The kinds of entity, as they stand in `/id/{kind}/{slug}`."""


@cache
def _term(namespace: str, name: str) -> NamedNode:
    return NamedNode(namespace + name)


class Namespace(str):
    """A namespace IRI; `NS.term` and `NS["term"]` are the named node of a term in it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        return _term(self, name)

    def term(self, name: str) -> NamedNode:
        """Return a term whose name is no Python name, or one that `str` itself has (`title`, `index`)."""
        return _term(self, name)


EGOV = Namespace(f"{BASE}ontology#")
SHAPE = Namespace(f"{BASE}shape/")
ADMS = Namespace("http://www.w3.org/ns/adms#")
BIBO = Namespace("http://purl.org/ontology/bibo/")
CITO = Namespace("http://purl.org/spar/cito/")
CV = Namespace("http://data.europa.eu/m8g/")
CPSV = Namespace("http://purl.org/vocab/cpsv#")
DC = Namespace("http://purl.org/dc/elements/1.1/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FABIO = Namespace("http://purl.org/spar/fabio/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
OA = Namespace("http://www.w3.org/ns/oa#")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
QB = Namespace("http://purl.org/linked-data/cube#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
SDMX_A = Namespace("http://purl.org/linked-data/sdmx/2009/attribute#")
SDMX_D = Namespace("http://purl.org/linked-data/sdmx/2009/dimension#")
SDMX_M = Namespace("http://purl.org/linked-data/sdmx/2009/measure#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

PREFIXES: dict[str, str] = {
    "egov": EGOV, "shape": SHAPE, "adms": ADMS, "bibo": BIBO, "cito": CITO, "cv": CV, "cpsv": CPSV, "dc": DC, "dcat": DCAT,
    "dcterms": DCTERMS, "eli": ELI, "fabio": FABIO, "foaf": FOAF, "oa": OA, "org": ORG, "owl": OWL, "prov": PROV,
    "qb": QB, "rdf": RDF, "rdfs": RDFS, "schema": SCHEMA, "sd": SD, "sdmx-attribute": SDMX_A, "sdmx-dimension": SDMX_D,
    "sdmx-measure": SDMX_M, "sh": SH, "skos": SKOS, "void": VOID, "xsd": XSD,
}  # fmt: skip
"""Prefixes that egovkg itself writes, and adds to queries that do not declare them."""

ID = f"{BASE}id/"
GRAPH = f"{BASE}graph/"
LINKED = f"{GRAPH}linked/"
"""Where the graphs of linked documents begin, one a document; the rest is the SHA-256 of its bytes."""
CUBE = NamedNode(f"{ID}dataset/observations")
CONFLICTS = NamedNode(f"{GRAPH}derived/conflicts")
RELEASE = NamedNode(f"{GRAPH}release")
SERVICE = NamedNode(f"{GRAPH}service")
DATASET = NamedNode(f"{BASE}dataset")
ONTOLOGY = NamedNode(f"{BASE}ontology")


DEFAULT_GRAPHS = frozenset({"urn:x-arq:DefaultGraph", "http://rdf4j.org/schema/rdf4j#nil", "http://www.openrdf.org/schema/sesame#nil"})
"""Names that Jena and RDF4J have for a store's default graph; `default-graph-uri` takes them."""


def entity(kind: str, slug: str) -> NamedNode:
    """Return the IRI of an entity: `entity("act", "P1700000827")`."""
    return NamedNode(f"{ID}{kind}/{slug}")


@cache
def concept(scheme: str, code: str) -> NamedNode:
    """Return the IRI of a code of a code list."""
    return NamedNode(f"{ID}concept/{scheme}/{code}")


def record_graph(kind: str, slug: str) -> NamedNode:
    """Return the editorial graph of one record."""
    return NamedNode(f"{GRAPH}record/{kind}/{slug}")


def derived_graph(rule: str) -> NamedNode:
    """Return the graph of the values that a rule derives."""
    return NamedNode(f"{GRAPH}derived/{rule}")


def linked_graph(digest: str) -> NamedNode:
    """Return the graph of a linked document by the SHA-256 of its bytes, in hexadecimal."""
    return NamedNode(f"{LINKED}{digest}")


def passage_of(reference: str) -> NamedNode:
    """Return the IRI of a passage, which is its claim graph too: `passage_of("abil-2023/references-7")`."""
    return NamedNode(f"{ID}passage/{reference}")


def local_name(iri: str) -> str | None:
    """Return `kind/slug` of an entity's IRI, None for any other IRI."""
    return iri.removeprefix(ID) if iri.startswith(ID) else None


def shorten(iri: str) -> str:
    """Return an IRI as people read it: `programme/digital-kazakhstan`, `egov:approvedBy`, else the IRI itself."""
    if (name := local_name(iri)) is not None:
        return name
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def expand(name: str) -> str:
    """Return the IRI of an IRI, a CURIE or `kind/slug`; the name itself where it is none of these."""
    if name.startswith(("http://", "https://")):
        return name
    prefix, colon, rest = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + rest
    if name.partition("/")[0] in KINDS and "/" in name:
        return ID + name
    return name
