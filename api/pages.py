"""Plain pages for people: start and search, an entity with its evidence, SPARQL with its answer, the ontology, conflicts."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from api import views
from api.asking import EXAMPLES, Answered, asked, read
from api.context import Context, ContextDep
from api.entities import check_kind, conflicts_of, reading_languages
from api.errors import Refused, status_of
from api.evaluating import client_of
from api.rendering import page
from kg.errors import EgovkgError
from kg.namespaces import local_name
from kg.query.display import arranged, precisions
from kg.query.entities import Entity, Statement, read_entity
from kg.query.labels import labels_of, spoken
from kg.query.ontology import ontology_terms
from kg.query.parts import LIMIT, Tell, claims_of, passages_of, series_of
from kg.query.viewing import Moment

router = APIRouter(include_in_schema=False)

_SHOWN = 100
_SEARCHES = ("Digital Kazakhstan", "No. 827", "EGDI 2010")
_LOOKUPS = {
    "act": (("Lineage", "/api/v1/acts/{slug}/lineage"),),
    "indicator": (("Series", "/api/v1/indicators/{slug}/observations"),),
    "programme": (("Accountability", "/api/v1/programmes/{slug}/accountability"),),
    "scheme": (("Stages", "/api/v1/stages?scheme={slug}"), ("Beside other schemes", "/api/v1/stages/compare")),
    "model": (("All models", "/api/v1/models"),),
}
"""Look-ups about things of a kind, which their pages link."""
_PARTS: dict[str, Tell] = {"indicator": series_of, "passage": claims_of, "document": passages_of}


@router.get("/")
async def home(
    request: Request,
    context: ContextDep,
    q: Annotated[str, Query(max_length=300)] = "",
    kind: str | None = None,
    lang: str | None = None,
    page_: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """Show what there is; with a search or a kind, a page of what was found."""
    reader = reading_languages(request, lang)
    check_kind(kind)
    everything = context.names.find(q)
    kinds = Counter(hit.kind for hit in everything)
    if not q.strip() and not kind:
        counts = {"kinds": kinds, "count": len(everything), "named": context.names.by_name_alone}
        return page(request, "start.html", reader, {**counts, "searches": _SEARCHES})
    found = [hit for hit in everything if not kind or hit.kind == kind]
    first, last = (page_ - 1) * _SHOWN, page_ * _SHOWN
    if first and first >= len(found):
        raise Refused(HTTPStatus.NOT_FOUND, f"there is no page {page_}; the last is {max(1, -(-len(found) // _SHOWN))}")
    labels = await context.runner.run(lambda: labels_of(context.store, [NamedNode(hit.iri) for hit in found[first:last]]))
    hits = []
    for hit in found[first:last]:
        label, language = spoken(hit.iri, labels, reader)
        hits.append({"hit": hit, "id": local_name(hit.iri) or hit.iri, "label": label, "language": language})
    near = [] if found else context.names.near(q)
    values = {"q": q, "kind": kind, "kinds": kinds, "hits": hits, "count": len(found), "near": near}
    return page(request, "home.html", reader, {**values, "first": first, "page": page_, "more": last < len(found)})


@router.get("/conflicts")
async def conflicts(
    request: Request, context: ContextDep, kind: str | None = None, document: str | None = None, lang: str | None = None
) -> Response:
    """Show every conflict with its sides."""
    reader = reading_languages(request, lang)
    found = await context.runner.run(lambda: conflicts_of(context.views.of(Moment()), reader, kind, document))
    asked = urlencode({name: value for name, value in (("kind", kind), ("document", document)) if value})
    return page(request, "conflicts.html", reader, {"conflicts": found, "asked": f"?{asked}" if asked else ""})


@router.get("/query")
async def query(request: Request, context: ContextDep, query: Annotated[str | None, Query()] = None, lang: str | None = None) -> Response:
    """Show a form for a SPARQL query and, once there is one, its answer."""
    reader = reading_languages(request, lang)
    text = query or ""
    answered: Answered | None = None
    error, status = "", 200
    try:
        if text.strip():
            answered = read(await context.evaluator.answer(asked(text), client_of(request)), text)
    except EgovkgError as caught:
        error, status = str(caught), status_of(caught)
    values = {"query": text or EXAMPLES[0].query, "examples": EXAMPLES, "answered": answered, "error": error}
    return page(request, "query.html", reader, values, status)


@router.get("/ontology")
async def ontology(request: Request, context: ContextDep, lang: str | None = None) -> Response:
    """Show every term of the ontology, each at its own anchor."""
    terms = ontology_terms()
    groups = [
        (f"{name}{origin}", [term for term in terms if term.is_class == is_class and term.name.startswith("egov:") == own])
        for name, is_class in (("Classes", True), ("Properties", False))
        for origin, own in ((" of egovkg", True), (" of other vocabularies", False))
    ]
    return page(request, "ontology.html", reading_languages(request, lang), {"groups": [group for group in groups if group[1]]})


async def entity_page(request: Request, context: Context, iri: NamedNode, reader: list[str], page_: int = 1) -> Response:
    """Show one entity: each fact, and folded under it the passages that state it; then a page of what belongs to it."""
    found = await context.runner.run(lambda: read_entity(context.store, iri))
    entity = views.entity(found, reader)
    tell = _PARTS.get(entity.kind)
    parts = await context.runner.run(lambda: tell(context.store, iri, page_)) if tell else None
    if page_ > 1 and not (parts and parts.rows):
        raise Refused(HTTPStatus.NOT_FOUND, f"there is no page {page_}; the last is {max(1, -(-(parts.total if parts else 0) // LIMIT))}")
    rows = [{name: views.term(value, parts.labels, reader) for name, value in row.items()} for row in parts.rows] if parts else []
    exactness = precisions(found.statements)
    groups = [
        (views.node(group.property, found.labels, reader), *(_facts(part, found, reader, exactness) for part in (group.own, group.others)))
        for group in arranged((s for s in found.statements if s.accepted), reader)
    ]
    lookups = [(label, address.format(slug=quote(entity.id.partition("/")[2]))) for label, address in _LOOKUPS.get(entity.kind, ())]
    values = {"entity": entity, "lookups": lookups, "groups": groups, "incoming_limit": _SHOWN, "rows": rows, "parts": parts, "page": page_}
    return page(request, "entity.html", reader, values)


def _facts(statements: tuple[Statement, ...], found: Entity, reader: list[str], exactness: dict[NamedNode, str]) -> list[Any]:
    return [views.fact(statement, found.labels, reader, exactness) for statement in statements]
