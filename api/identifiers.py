"""Entities dereference: `/id/{kind}/{slug}` answers 303 to the form asked for, suffixes give it directly."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import views
from api.answering import PLAIN, modelled
from api.context import Context, ContextDep
from api.entities import about
from api.languages import Lang, reading_languages
from api.negotiation import choose, prefers_html
from api.pages import entity_page
from api.tables import entity_table
from kg.errors import UnknownEntity
from kg.formats import CSV, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format
from kg.namespaces import KINDS, entity
from kg.query.entities import Entity, read_entity, resolve
from kg.query.viewing import Moment

router = APIRouter(tags=["entities"])

_HTML = Format("html", "text/html", ".html", JSON_LD.engine, charset=True)
_FORMS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, PLAIN, CSV, _HTML)


@router.get("/id/{kind}/{slug:path}", summary="Dereference an entity", responses={303: {"description": "See the form asked for."}})
async def dereference(
    request: Request,
    context: ContextDep,
    kind: str,
    slug: str,
    format: Annotated[str | None, Query(description="ttl, jsonld, nt, rdf, json, csv, html: goes before Accept")] = None,
    lang: Lang = None,
    page: Annotated[int, Query(description="HTML: page of an indicator's observations or a passage's claims", ge=1, le=1_000_000)] = 1,
) -> Response:
    """Answer 303 to `.html`, `.ttl`, `.jsonld`, `.nt`, `.rdf`, `.json` or `.csv`; with a suffix, the thing in that form."""
    reader = reading_languages(request, lang)
    bare, form = _split(slug)
    iri = await context.runner.run(lambda: _resolve(context, kind, bare, slug))
    name = iri.value.removeprefix(entity(kind, "").value)
    kept = f"?lang={lang}" if lang else ""
    if iri != entity(kind, bare) and iri != entity(kind, slug):
        suffix = form.suffix if form and iri != entity(kind, slug) else ""
        return RedirectResponse(f"/id/{kind}/{quote(name)}{suffix}{kept}", HTTPStatus.PERMANENT_REDIRECT)
    if form is None or iri == entity(kind, slug):
        wanted = (
            _HTML
            if not format and prefers_html(request.headers.get("accept"))
            else choose(request.headers.get("accept"), format, _FORMS)[0]
        )
        return RedirectResponse(f"/id/{kind}/{quote(name)}{wanted.suffix}{kept}", HTTPStatus.SEE_OTHER)
    if form is _HTML:
        return await entity_page(request, context, iri, reader, page)
    if form in (PLAIN, CSV):
        known: Entity = await context.runner.run(lambda: read_entity(context.store, iri))
        told = views.entity(known, reader)
        return modelled(request, told, lambda: entity_table(told), context.views.of(Moment()), form.name, None)
    triples = await context.runner.run(lambda: about(context.store, iri, form))
    return Response(triples, headers={"Content-Type": form.content_type})


def _split(slug: str) -> tuple[str, Format | None]:
    for form in _FORMS:
        if slug.endswith(form.suffix):
            return slug.removesuffix(form.suffix), form
    return slug, None


def _resolve(context: Context, kind: str, bare: str, slug: str) -> ox.NamedNode:
    """Return the IRI; a slug that happens to end like a suffix goes before the suffix."""
    if kind not in KINDS:
        raise UnknownEntity(f"{kind}/{slug}", context.names.near(slug))
    if slug != bare:
        try:
            return resolve(context.store, context.names, f"{kind}/{bare}")
        except UnknownEntity:
            pass
    return resolve(context.store, context.names, f"{kind}/{slug}")
