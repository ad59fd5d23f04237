"""Plain pages for people: start and search, an entity with its evidence, SPARQL with its answer, the ontology, conflicts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from api import views
from api.asking import EXAMPLES, Answered, asked, read
from api.context import Context, ContextDep
from api.entities import check_kind, conflicts_of
from api.errors import Refused, status_of
from api.evaluating import client_of
from api.languages import reading_languages
from api.rendering import page
from kg.errors import EgovkgError
from kg.namespaces import local_name
from kg.query.display import arranged, precisions
from kg.query.entities import Entity, Statement, read_entity
from kg.query.finding import asked as search_of
from kg.query.labels import labels_of, spoken
from kg.query.ontology import ontology_terms
from kg.query.parts import LIMIT, Tell, claims_of, passages_of, series_of
from kg.query.viewing import Moment
from kg.search.questions import Page

router = APIRouter(include_in_schema=False)

_SHOWN = 100
_NAMED = "SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?thing a egov:NamedOnly }"
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
    document: Annotated[str | None, Query(max_length=300)] = None,
    from_: Annotated[str, Query(alias="from")] = "",
    to: str = "",
    sort: str = "relevance",
    lang: str | None = None,
    page_: Annotated[int, Query(alias="page", ge=1)] = 1,
) -> Response:
    """Show what there is; with a search or a filter, a page of what was found."""
    reader = reading_languages(request, lang)
    check_kind(kind)
    first = (page_ - 1) * _SHOWN

    def look_up() -> tuple[Page, dict[str, dict[str, str]], list[str]]:
        search = search_of(context.views.of(Moment()), q, kind, document, from_, to, sort, reader[0])
        found = context.names.search(search, first, _SHOWN)
        near = context.names.near(q) if q.strip() and not found.counts.count else []
        things = [*(hit.iri for hit in found.hits), *found.counts.documents]
        return found, labels_of(context.store, [NamedNode(iri) for iri in things]), near

    found, labels, near = await context.runner.run(look_up)
    counts = found.counts
    if not (q.strip() or kind or document or from_ or to):
        named = await context.runner.run(lambda: int(context.store.rows(_NAMED)[0]["n"].value))
        told = {"kinds": counts.kinds, "count": counts.count, "named": named, "searches": _SEARCHES}
        return page(request, "start.html", reader, told)
    if first and first >= counts.count:
        raise Refused(HTTPStatus.NOT_FOUND, f"there is no page {page_}; the last is {max(1, -(-counts.count // _SHOWN))}")
    hits = []
    for hit in found.hits:
        label, language = spoken(hit.iri, labels, reader)
        hits.append({"hit": hit, "id": local_name(hit.iri) or hit.iri, "label": label, "language": language})
    documents = [
        ((local_name(iri) or iri).partition("/")[2], *spoken(iri, labels, reader), number) for iri, number in counts.documents.items()
    ]
    given = {"q": q, "kind": kind, "document": document, "from": from_, "to": to, "sort": "" if sort == "relevance" else sort}
    values: dict[str, Any] = {
        "q": q,
        "kind": kind,
        "document": (document or "").removeprefix("document/"),
        "period": (from_, to),
        "near": near,
        "given": given,
    }
    values |= {
        "kinds": counts.kinds,
        "documents": documents,
        "undated": counts.undated,
        "hits": hits,
        "count": counts.count,
        "behind": found.behind,
    }
    return page(request, "home.html", reader, {**values, "first": first, "page": page_, "more": first + _SHOWN < counts.count})


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
