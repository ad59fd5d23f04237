"""The statistics of a release as VoID: partitions by class and property, linksets, vocabularies, and the ties to DCAT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256

import pyoxigraph as ox

from kg.namespaces import BASE, DATASET, DCAT, DCTERMS, FOAF, ID, PREFIXES, RDF, VOID, XSD, Namespace
from kg.store.statistics import Statistics

VOID_EXT = Namespace("http://ldf.fi/void-ext#")
_LICENSE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_TITLE = "egovkg: Kazakhstan's digital transformation, fact by fact with its passage"
_RDF_FORMATS = ("Turtle", "N-Triples", "N-Quads", "TriG", "RDF_XML")


def void_triples(found: Statistics, endpoint: str, document: str, dumps: Iterable[str] = ()) -> list[ox.Triple]:
    """Return the VoID description of a release, without blank nodes. `document` is where it stands, `dumps` where the data lie whole."""
    return [*_about(found, endpoint, document, dumps), *_properties(found), *_classes(found), *_links(found)]


def number(value: int) -> ox.Literal:
    """Return a count as a literal."""
    return ox.Literal(str(value), datatype=XSD.integer)


def _about(found: Statistics, endpoint: str, document: str, dumps: Iterable[str]) -> Iterator[ox.Triple]:
    page = ox.NamedNode(document)
    yield from _say(
        page, (RDF.type, VOID.DatasetDescription), (FOAF.primaryTopic, DATASET), (DCTERMS.term("title"), _english("VoID of egovkg"))
    )
    yield from _say(
        DATASET,
        (RDF.type, VOID.Dataset),
        (RDF.type, DCAT.Dataset),
        (DCTERMS.term("title"), _english(_TITLE)),
        (DCTERMS.license, _LICENSE),
        (DCAT.version, ox.Literal(found.release)),
        (VOID.sparqlEndpoint, ox.NamedNode(endpoint)),
        (VOID.uriSpace, ox.Literal(ID)),
        (VOID.triples, number(found.triples)),
        (VOID.distinctSubjects, number(found.subjects)),
        (VOID.distinctObjects, number(found.objects)),
        (VOID.classes, number(len(found.classes))),
        (VOID.properties, number(len(found.properties))),
    )
    for iri in found.vocabularies:
        yield ox.Triple(DATASET, VOID.vocabulary, ox.NamedNode(iri))
    for name in _RDF_FORMATS:
        yield ox.Triple(DATASET, VOID.feature, ox.NamedNode(f"http://www.w3.org/ns/formats/{name}"))
    service = ox.NamedNode(f"{BASE}service")
    yield from _say(service, (RDF.type, DCAT.DataService), (DCAT.endpointURL, ox.NamedNode(endpoint)), (DCAT.servesDataset, DATASET))
    for address in dumps:
        yield ox.Triple(DATASET, VOID.dataDump, ox.NamedNode(address))


def _properties(found: Statistics) -> Iterator[ox.Triple]:
    for iri, count in found.properties.items():
        part = _part("property", iri)
        yield ox.Triple(DATASET, VOID.propertyPartition, part)
        yield from _say(
            part,
            (VOID.property, ox.NamedNode(iri)),
            (VOID.triples, number(count.triples)),
            (VOID.distinctSubjects, number(count.subjects)),
            (VOID.distinctObjects, number(count.objects)),
        )


def _classes(found: Statistics) -> Iterator[ox.Triple]:
    properties: dict[str, list[str]] = defaultdict(list)
    for iri, p in found.partitions:
        properties[iri].append(p)
    met: dict[tuple[str, str], list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode, str, int]]] = defaultdict(list)
    for (iri, p, target), count in found.classes_met.items():
        met[iri, p].append((VOID.classPartition, VOID.term("class"), VOID.triples, target, count))
    for (iri, p, target), count in found.datatypes_met.items():
        met[iri, p].append((VOID_EXT.datatypePartition, VOID_EXT.datatype, VOID.triples, target, count))
    for iri, entities in found.classes.items():
        part = _part("class", iri)
        yield ox.Triple(DATASET, VOID.classPartition, part)
        yield from _say(part, (VOID.term("class"), ox.NamedNode(iri)), (VOID.entities, number(entities)))
        for p in properties[iri]:
            inner = _part("class", iri, p)
            yield ox.Triple(part, VOID.propertyPartition, inner)
            yield from _say(inner, (VOID.property, ox.NamedNode(p)), (VOID.triples, number(found.partitions[iri, p])))
            for way, what, counted, target, count in met[iri, p]:
                innermost = _part("class", iri, p, target)
                yield ox.Triple(inner, way, innermost)
                yield from _say(innermost, (what, ox.NamedNode(target)), (counted, number(count)))


def _links(found: Statistics) -> Iterator[ox.Triple]:
    for (predicate, space), count in found.links.items():
        links, other = _part("links", predicate, space), _part("dataset", space)
        yield from _say(
            links,
            (RDF.type, VOID.Linkset),
            (VOID.subjectsTarget, DATASET),
            (VOID.objectsTarget, other),
            (VOID.linkPredicate, ox.NamedNode(predicate)),
            (VOID.triples, number(count)),
        )
        yield ox.Triple(DATASET, VOID.subset, links)
        yield from _say(other, (RDF.type, VOID.Dataset), (VOID.uriSpace, ox.Literal(space)))


def _part(*names: str) -> ox.NamedNode:
    """Return the IRI of a part of the description: `…/void#class-egov-Programme-eli-number`, the same in every release."""
    return ox.NamedNode(f"{BASE}void#{'-'.join(_short(name) for name in names)}")


def _short(name: str) -> str:
    """Return a name that may stand in a fragment: prefix and local name where there is a prefix, else a digest of the IRI."""
    if ":" not in name:
        return name
    for prefix, space in PREFIXES.items():
        rest = name.removeprefix(space)
        if rest != name and rest.replace("_", "").isalnum() and rest.isascii():
            return f"{prefix}-{rest}"
    return sha256(name.encode()).hexdigest()[:12]


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _say(subject: ox.NamedNode, *pairs: tuple[ox.NamedNode, ox.NamedNode | ox.Literal]) -> Iterator[ox.Triple]:
    for predicate, value in pairs:
        yield ox.Triple(subject, predicate, value)
