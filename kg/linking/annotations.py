"""Mentions as W3C Web Annotations: JSON-LD in the model's own frame, or Turtle; position and quote selectors.

The Turtle is the whole graph of a linked document, its description (describing.py) with it, as a store keeps it.

Offsets count Unicode code points of the document's text. In a PDF they count within the page that a fragment selector
names; in an HTML file within the source, so that they hold for the file as it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from kg.formats import TURTLE
from kg.linking.describing import description, graph_of
from kg.linking.mentions import Mention
from kg.linking.output import Linked
from kg.namespaces import DCTERMS, EGOV, OA, RDF, XSD
from kg.rdf import written

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_PDF = "http://tools.ietf.org/rfc/rfc8118"
_AROUND = 32


def source_of(data: bytes) -> str:
    """Return the name of a document by its bytes: a `ni` IRI (RFC 6920) with the SHA-256 digest."""
    digest = base64.urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def as_jsonld(linked: Linked) -> bytes:
    """Return an annotation page in JSON-LD."""
    items = [_annotation(linked, mention) for mention in linked.mentions]
    page = {
        "@context": CONTEXT,
        "id": f"{linked.source}#annotations",
        "type": "AnnotationPage",
        "items": items,
    }
    return (json.dumps(page, ensure_ascii=False, indent=1) + "\n").encode()


def _annotation(linked: Linked, mention: Mention) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": _name(linked, mention),
        "type": "Annotation",
        "motivation": "identifying",
        "body": _body(mention),
        "target": {"source": linked.source, "selector": _selectors(linked, mention)},
    }
    return found


def _body(mention: Mention) -> dict[str, Any]:
    if mention.iri:
        return {"id": mention.iri, "purpose": "identifying"}
    return {"type": "TextualBody", "value": mention.key or mention.surface, "format": "text/plain", "purpose": "tagging"}


def _name(linked: Linked, mention: Mention) -> str:
    return f"{linked.source}#char={mention.start},{mention.end}"


def _position(linked: Linked, mention: Mention) -> tuple[int, int, int]:
    """Return page (0 where there is none), start and end for the position selector."""
    document = linked.document
    if document.format in ("html", "pdf"):
        place = document.place(mention.start, mention.end)
        if place.part == place.last:
            return (place.part if document.format == "pdf" else 0), place.start, place.end
    return 0, mention.start, mention.end


def _quote(linked: Linked, mention: Mention) -> tuple[str, str]:
    text = linked.document.text
    return text[max(0, mention.start - _AROUND) : mention.start], text[mention.end : mention.end + _AROUND]


def _selectors(linked: Linked, mention: Mention) -> list[dict[str, Any]]:
    page, start, end = _position(linked, mention)
    prefix, suffix = _quote(linked, mention)
    position: dict[str, Any] = {"type": "TextPositionSelector", "start": start, "end": end}
    if page:
        position = {"type": "FragmentSelector", "conformsTo": _PDF, "value": f"page={page}", "refinedBy": position}
    return [position, {"type": "TextQuoteSelector", "exact": mention.surface, "prefix": prefix, "suffix": suffix}]


def as_turtle(linked: Linked) -> bytes:
    """Return description and annotations in Turtle, the name of their graph in the first line; every node has a name."""
    return f"# graph {graph_of(linked.source)}\n".encode() + written(triples(linked), TURTLE)


def triples(linked: Linked) -> Iterator[ox.Triple]:
    """Yield the description of the document and the annotations as triples."""
    yield from description(linked)
    for mention in linked.mentions:
        yield from _triples_of(linked, mention)


def _triples_of(linked: Linked, mention: Mention) -> Iterator[ox.Triple]:
    node = ox.NamedNode(_name(linked, mention))
    target, place, quote = (ox.NamedNode(f"{node.value}&{part}") for part in ("target", "position", "quote"))
    page, start, end = _position(linked, mention)
    prefix, suffix = _quote(linked, mention)
    yield from (
        ox.Triple(node, RDF.type, OA.Annotation),
        ox.Triple(node, RDF.type, EGOV.Mention),
        ox.Triple(node, EGOV.mentionType, ox.Literal(mention.type)),
        ox.Triple(node, EGOV.mentionScore, ox.Literal(str(mention.score), datatype=XSD.decimal)),
        ox.Triple(node, OA.motivatedBy, OA.identifying),
        ox.Triple(node, OA.hasBody, ox.NamedNode(mention.iri) if mention.iri else ox.Literal(mention.key or mention.surface)),
        ox.Triple(node, OA.hasTarget, target),
        ox.Triple(target, OA.hasSource, ox.NamedNode(linked.source)),
        ox.Triple(target, OA.hasSelector, quote),
        ox.Triple(quote, RDF.type, OA.TextQuoteSelector),
        ox.Triple(quote, OA.exact, ox.Literal(mention.surface)),
        ox.Triple(quote, OA.prefix, ox.Literal(prefix)),
        ox.Triple(quote, OA.suffix, ox.Literal(suffix)),
    )
    if page:
        fragment = ox.NamedNode(f"{node.value}&page")
        yield ox.Triple(fragment, RDF.type, OA.FragmentSelector)
        yield ox.Triple(fragment, DCTERMS.conformsTo, ox.NamedNode(_PDF))
        yield ox.Triple(fragment, RDF.value, ox.Literal(f"page={page}"))
        yield ox.Triple(fragment, OA.refinedBy, place)
        yield ox.Triple(target, OA.hasSelector, fragment)
    else:
        yield ox.Triple(target, OA.hasSelector, place)
    yield ox.Triple(place, RDF.type, OA.TextPositionSelector)
    for property, value in ((OA.start, start), (OA.end, end)):
        yield ox.Triple(place, property, ox.Literal(str(value), datatype=XSD.integer))
