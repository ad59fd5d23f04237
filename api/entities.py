"""Look-ups as JSON: find entities, read one with its evidence, list conflicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pyoxigraph import NamedNode

from api import models, views
from api.answering import PLAIN, PROBLEMS, Fields, Form, chosen_form, modelled
from api.context import ContextDep
from api.languages import Lang, reading_languages
from api.moments import At, Known, read_moment
from api.paging import Cursor, Limit, following, position_of
from api.strict import only_known
from api.tables import conflicts_table, entity_table, hits_table
from kg.errors import Impossible, UnknownEntity
from kg.formats import CSV, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format
from kg.namespaces import KINDS, local_name
from kg.query.conflicts import check_filters, find_conflicts
from kg.query.coverage import why_empty
from kg.query.entities import read_entity, resolve
from kg.query.finding import asked
from kg.query.labels import labels_of, shown, spoken
from kg.query.viewing import Moment, View, validity
from kg.rdf import written
from kg.search.questions import Counts, Page
from kg.store.base import Store

router = APIRouter(prefix="/api/v1", tags=["look-ups"], dependencies=[Depends(only_known)])

ENTITY_FORMS = (PLAIN, CSV, TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
"""Forms of one entity: its JSON and CSV have the passages, its RDF the facts."""
_ABOUT = """CONSTRUCT { ?thing ?p ?o . ?part ?q ?r } WHERE {
  VALUES ?thing { UNDEF }
  { ?thing ?p ?o }
  UNION { ?thing eli:is_realized_by|adms:identifier|oa:hasSelector ?part . ?part ?q ?r }
}"""


@router.get("/entities", summary="Find entities by name, number or identifier", response_model=models.Hits, responses=PROBLEMS)
async def find(
    request: Request,
    context: ContextDep,
    q: Annotated[
        str,
        Query(
            description="Part of a name in any language, a number, an identifier; empty finds all of which a source is curated",
            max_length=300,
        ),
    ] = "",
    kind: Annotated[str | None, Query(description="Only this kind", examples=["programme"])] = None,
    iri: Annotated[str | None, Query(description="Exactly the thing with this IRI or CURIE")] = None,
    document: Annotated[
        str | None, Query(description="Only what this document's passages speak of", examples=["abil-2023"], max_length=300)
    ] = None,
    first: Annotated[str, Query(alias="from", description="Only what was there in this year or month or later", examples=["2010"])] = "",
    last: Annotated[str, Query(alias="to", description="Only what was there in this year or month or before", examples=["2020"])] = "",
    sort: Annotated[
        str, Query(description="relevance, or name: by the alphabet of the reader's language", examples=["name"])
    ] = "relevance",
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return hits, best first, with counts by kind and by document; `next` leads on. Nothing found: `near` names what looks like it."""
    check_kind(kind)
    reader = reading_languages(request, lang)
    seen = await context.at(read_moment(at, known))

    def look_up() -> tuple[Page, int, dict[str, dict[str, str]], list[str]]:
        start = position_of(cursor, f"{seen.release}{seen.names.behind or ''}")
        search = asked(seen, q, kind, document, first, last, sort, reader[0])
        found = seen.names.search(search, start, limit) if iri is None else _only(seen, iri, kind)
        near = seen.names.near(q) if q.strip() and not found.counts.count and iri is None else []
        return found, start, labels_of(seen.store, [NamedNode(hit.iri) for hit in found.hits]), near

    found, start, labels, near = await context.runner.run(look_up)
    counts = found.counts
    unasked = not (counts.count or q.strip() or iri or document or first or last)
    address = following(request, start + limit, counts.count, f"{seen.release}{found.behind or ''}")
    hits = models.Hits(
        count=counts.count,
        complete=address is None,
        kinds=dict(counts.kinds),
        documents={local_name(name) or name: number for name, number in counts.documents.items()},
        undated=counts.undated,
        hits=[
            models.Hit(
                iri=hit.iri, id=local_name(hit.iri) or hit.iri, kind=hit.kind, label=shown(hit.iri, labels, reader),
                labelLanguage=spoken(hit.iri, labels, reader)[1],
                matched=hit.name, matchedLanguage=hit.language or None, matchedBy=hit.match, how=hit.how, score=hit.score,
                curated=hit.curated,
            )
            for hit in found.hits
        ],
        near=near,
        next=address,
        empty=await context.runner.run(lambda: _empty(seen, kind, reader)) if kind and unasked else None,
        view=views.view(seen),
        behind=found.behind,
    )  # fmt: skip
    response = modelled(request, hits, lambda: hits_table(hits), seen, format, fields, address)
    if found.behind:
        response.headers["X-Index-Release"] = found.behind
    return response


@router.get(
    "/entities/{kind}/{slug:path}", summary="One entity with every fact and its passages", response_model=models.Entity, responses=PROBLEMS
)
async def read(
    request: Request,
    context: ContextDep,
    kind: Annotated[str, Path(description="Kind of entity", examples=["programme"])],
    slug: Annotated[str, Path(description="Slug, identifier or alias", examples=["digital-kazakhstan"])],
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    format: Annotated[str | None, Query(description="json, csv, ttl, jsonld, nt, rdf: goes before Accept")] = None,
    fields: Fields = None,
) -> Response:
    """Return facts with passages, documents and agreement; claims that lost; incoming claims; conflicts.

    With `known`, as the documents published by then have it; with `at`, `validity` says whether it was in force.
    In RDF forms, the facts.
    """
    chosen = chosen_form(request, format, ENTITY_FORMS)
    if kind not in KINDS:
        raise UnknownEntity(f"{kind}/{slug}", context.names.near(slug))
    reader = reading_languages(request, lang)
    asked = read_moment(at, known)
    seen = await context.at(Moment(known=asked.known))
    iri = await context.runner.run(lambda: resolve(seen.store, seen.names, f"{kind}/{slug}"))
    if chosen not in (PLAIN, CSV):
        triples = await context.runner.run(lambda: about(seen.store, iri, chosen))
        return Response(triples, headers={"Content-Type": chosen.content_type})
    found = await context.runner.run(lambda: read_entity(seen.store, iri))
    entity = views.entity(found, reader)
    if asked:
        entity.view = views.view(replace(seen, moment=asked))
    if day := asked.at:
        state = await context.runner.run(lambda: validity(seen.store, found.iri, day))
        entity.validity = models.Validity(state=state.state, begin=state.begin or None, end=state.end or None)
    response = modelled(request, entity, lambda: entity_table(entity), seen, chosen.name, fields)
    response.headers["Content-Language"] = entity.labelLanguage
    return response


@router.get(
    "/conflicts",
    summary="Where sources disagree, with each other, with themselves or with arithmetic",
    response_model=models.Conflicts,
    responses=PROBLEMS,
)
async def conflicts(
    request: Request,
    context: ContextDep,
    kind: Annotated[str | None, Query(description="value, unit, period, scope, identity, table-table, text-table, arithmetic")] = None,
    document: Annotated[str | None, Query(description="Only where this document has a side", examples=["orazgaliyeva-2023"])] = None,
    known: Known = None,
    lang: Lang = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return every conflict with both passages, the computation where there is one, and the rule that decides."""
    seen = await context.at(read_moment(None, known))
    found = await context.runner.run(lambda: conflicts_of(seen, reading_languages(request, lang), kind, document))
    answer = models.Conflicts(count=len(found), conflicts=found, view=views.view(seen))
    return modelled(request, answer, lambda: conflicts_table(answer), seen, format, fields)


def about(store: Store, iri: NamedNode, form: Format) -> bytes:
    """Return the facts about a thing, and about what is a part of it, in an RDF form."""
    return written(store.triples(_ABOUT, thing=iri), form)


def conflicts_of(seen: View, reader: list[str], kind: str | None, document: str | None) -> list[models.Conflict]:
    """Return conflicts with their labels; raises Impossible and UnknownEntity for a filter that names nothing."""
    check_filters(seen.store, seen.names, kind, document)
    found = find_conflicts(seen.store, kind=kind, document=document)
    labels = labels_of(seen.store, {node for item in found for node in item.mentions()})
    return [views.conflict(item, labels, reader) for item in found]


def _only(seen: View, name: str, kind: str | None) -> Page:
    """Return the one thing with an IRI or CURIE; raises UnknownEntity."""
    hits = seen.names.of_thing(resolve(seen.store, seen.names, name).value)
    kept = [hit for hit in hits if not kind or hit.kind == kind]
    return Page(kept, Counts(len(kept), {hit.kind: 1 for hit in hits}, {}))


def _empty(seen: View, kind: str, reader: list[str]) -> models.Empty:
    empty = why_empty(seen.store, kind, [day.year for day in (seen.moment.at,) if day])
    return views.emptiness(empty, labels_of(seen.store, [item.document for item in empty.coverage]), reader)


def check_kind(kind: str | None) -> None:
    """Refuse a kind of entity that there is not; raises Impossible."""
    if kind and kind not in KINDS:
        raise Impossible("kind", kind, "there is no such kind", KINDS)
