"""Plain pages for people: start and search, an entity with its evidence, a query form, the ontology, conflicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pyoxigraph import NamedNode
from starlette.responses import HTMLResponse, Response

from api import views
from api.context import Context, ContextDep
from api.entities import reading_languages
from kg.namespaces import KINDS, shorten
from kg.query.conflicts import find_conflicts
from kg.query.display import arranged, precisions
from kg.query.entities import Entity, Statement, read_entity
from kg.query.labels import labels_of, shown
from kg.query.ontology import ontology_terms
from kg.query.parts import Parts, claims_of, passages_of, series_of
from kg.store.base import Store

router = APIRouter(include_in_schema=False)

_SHOWN = 100
_PARTS: dict[str, Callable[[Store, NamedNode], Parts]] = {"indicator": series_of, "passage": claims_of, "document": passages_of}
_EXAMPLE = """# Which act approved which programme, and which passage says so?
SELECT ?programme ?act ?passage WHERE {
  ?p a egov:Programme ; skos:prefLabel ?programme .
  GRAPH ?passage { ?p egov:approvedBy ?a }
  ?a skos:prefLabel ?act .
  FILTER(LANG(?programme) = "en" && LANG(?act) = "en")
} ORDER BY ?programme"""


@router.get("/")
async def home(
    request: Request,
    context: ContextDep,
    q: Annotated[str, Query(max_length=300)] = "",
    kind: str | None = None,
    lang: str | None = None,
) -> Response:
    """Show the search box, and what was found."""
    reader = reading_languages(request, lang)
    everything = context.names.find(q)
    found = [hit for hit in everything if not kind or hit.kind == kind]
    labels = await context.runner.run(lambda: labels_of(context.store, [NamedNode(hit.iri) for hit in found[:_SHOWN]]))
    kinds: dict[str, int] = {}
    for hit in everything:
        kinds[hit.kind] = kinds.get(hit.kind, 0) + 1
    hits = [{"hit": hit, "id": shorten(hit.iri), "label": shown(hit.iri, labels, reader)} for hit in found[:_SHOWN]]
    return _page(context, "home.html", reader, q=q, kind=kind, kinds=kinds, hits=hits, count=len(found), limit=_SHOWN)


@router.get("/conflicts")
async def conflicts(request: Request, context: ContextDep, lang: str | None = None) -> Response:
    """Show every conflict with its sides."""
    found = await context.runner.run(lambda: find_conflicts(context.store))
    shown_ = [views.conflict(item) for item in found]
    return _page(context, "conflicts.html", reading_languages(request, lang), conflicts=shown_)


@router.get("/query")
async def query(request: Request, context: ContextDep, lang: str | None = None) -> Response:
    """Show a form for a SPARQL query."""
    return _page(context, "query.html", reading_languages(request, lang), example=_EXAMPLE)


@router.get("/ontology")
async def ontology(request: Request, context: ContextDep, lang: str | None = None) -> Response:
    """Show every term of the ontology, each at its own anchor."""
    return _page(context, "ontology.html", reading_languages(request, lang), terms=ontology_terms())


async def entity_page(request: Request, context: Context, iri: NamedNode) -> Response:
    """Show one entity: each fact, and folded under it the passages that state it; then what belongs to it."""
    found = await context.runner.run(lambda: read_entity(context.store, iri))
    reader = reading_languages(request, request.query_params.get("lang"))
    entity = views.entity(found, reader)
    tell = _PARTS.get(entity.kind)
    parts = await context.runner.run(lambda: tell(context.store, iri)) if tell else None
    rows = [{name: views.term(value, parts.labels, reader) for name, value in row.items()} for row in parts.rows] if parts else []
    groups = [
        (views.node(group.property, found.labels, reader), _facts(group.own, found, reader), _facts(group.others, found, reader))
        for group in arranged((s for s in found.statements if s.accepted), reader)
    ]
    return _page(context, "entity.html", reader, entity=entity, groups=groups, kinds=KINDS, incoming_limit=_SHOWN, rows=rows, parts=parts)


def _facts(statements: tuple[Statement, ...], found: Entity, reader: list[str]) -> list[Any]:
    exactness = precisions(found.statements)
    return [views.fact(statement, found.labels, reader, exactness) for statement in statements]


def _page(context: Context, template: str, reader: list[str], **values: Any) -> HTMLResponse:
    rendered = context.templates.get_template(template).render(release=context.release, lang=reader[0], **values)
    return HTMLResponse(rendered, headers={"Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"})
