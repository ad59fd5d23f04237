"""The JSON-LD context of the API's JSON: with it, an entity's JSON is RDF as well, each fact a statement with its passages."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.answering import CONTEXT, LINKED, dumped
from kg.namespaces import PREFIXES

router = APIRouter(tags=["look-ups"])

_USED = ("bibo", "dcterms", "egov", "oa", "prov", "rdf", "rdfs", "skos")
_TERMS = {
    "iri": "@id",
    "id": "dcterms:identifier",
    "label": "rdfs:label",
    "labels": {"@id": "skos:prefLabel", "@container": "@language"},
    "types": "rdf:type",
    "facts": {"@reverse": "rdf:subject"},
    "incoming": {"@reverse": "rdf:object"},
    "statements": "egov:statement",
    "subject": "rdf:subject",
    "property": "rdf:predicate",
    "value": {"@id": "rdf:object", "@context": {"value": "rdf:value", "label": "rdfs:label", "language": "dcterms:language"}},
    "passages": "prov:wasDerivedFrom",
    "document": "oa:hasSource",
    "locator": "egov:locator",
    "doi": "bibo:doi",
}


@router.get(
    CONTEXT,
    summary="The JSON-LD context of the API's JSON",
    response_class=Response,
    responses={200: {"description": "The context.", "content": {"application/ld+json": {"schema": {"type": "object"}}}}},
)
async def context_document() -> Response:
    """Return the context that every JSON answer of the look-ups names in its `Link` header."""
    prefixes = {name: str(PREFIXES[name]) for name in _USED}
    return Response(dumped({"@context": {"@version": 1.1, **prefixes, **_TERMS}}), headers={"Content-Type": LINKED.content_type})
