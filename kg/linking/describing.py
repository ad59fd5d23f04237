"""What a graph says of a linked document itself: its names and bytes, and when, how and against which names it was linked."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pyoxigraph as ox

from kg.linking.output import Linked
from kg.namespaces import DCTERMS, EGOV, RDF, SCHEMA, XSD, linked_graph

_SCHEME = "ni:///sha-256;"


def digest_of(source: str) -> str:
    """Return the SHA-256 in hexadecimal that a `ni` IRI carries; raises ValueError for any other IRI."""
    if not source.startswith(_SCHEME):
        raise ValueError(source)
    return base64.urlsafe_b64decode(source.removeprefix(_SCHEME) + "=").hex()


def graph_of(source: str) -> ox.NamedNode:
    """Return the graph that holds what a store knows of a document, by the document's `ni` IRI."""
    return linked_graph(digest_of(source))


def description(linked: Linked) -> Iterator[ox.Triple]:
    """Yield the description of a linked document."""
    node, run = ox.NamedNode(linked.source), linked.run
    digest = digest_of(linked.source)
    told: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (RDF.type, EGOV.LinkedDocument),
        (SCHEMA.name, ox.Literal(linked.name)),
        (EGOV.fileDigest, ox.Literal(digest)),
        (EGOV.linkedGraph, linked_graph(digest)),
        (DCTERMS.term("format"), ox.Literal(linked.document.format)),
        (EGOV.mentionCount, ox.Literal(str(len(linked.mentions)), datatype=XSD.integer)),
    ]
    if run.language:
        told.append((SCHEMA.inLanguage, ox.Literal(run.language)))
    if run.written:
        told.append((DCTERMS.created, ox.Literal(run.written.isoformat(), datatype=XSD.date)))
    if run.when:
        told.append((EGOV.linkedAt, ox.Literal(run.when, datatype=XSD.dateTime)))
    texts = ((EGOV.linkedBy, run.program), (EGOV.linkedAgainst, run.release), (EGOV.namesDigest, run.names))
    told += [(predicate, ox.Literal(text)) for predicate, text in texts if text]
    yield from (ox.Triple(node, predicate, value) for predicate, value in told)
