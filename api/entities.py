"""Look-ups as JSON: find entities, read one with its evidence, list conflicts."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pyoxigraph import NamedNode

from api import models, views
from api.context import ContextDep
from api.errors import Refused
from api.moments import At, Known, read_moment
from api.negotiation import languages
from kg.errors import UnknownEntity
from kg.namespaces import KINDS, local_name
from kg.query.conflicts import check_filters, find_conflicts
from kg.query.coverage import why_empty
from kg.query.entities import read_entity, resolve
from kg.query.labels import LANGUAGES, chain, labels_of, shown
from kg.query.viewing import Moment, View, validity

router = APIRouter(prefix="/api/v1", tags=["look-ups"])

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "Unknown; the problem names near matches.", **_PROBLEM}}
Lang = Annotated[str | None, Query(description="Language of labels (en, ru, kk); goes before Accept-Language", examples=["ru"])]


@router.get(
    "/entities", summary="Find entities by name, number or identifier", responses={400: {"description": "Bad parameter.", **_PROBLEM}}
)
async def find(
    request: Request,
    response: Response,
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
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    cursor: Annotated[str | None, Query(description="From `next` of the page before")] = None,
) -> models.Hits:
    """Return hits, best first, with counts by kind; `next` leads on."""
    check_kind(kind)
    reader = reading_languages(request, lang)
    seen = await context.at(read_moment(at, known))
    everything = await context.runner.run(lambda: seen.names.find(q))
    if iri is not None:
        wanted = (await context.runner.run(lambda: resolve(seen.store, seen.names, iri))).value
        everything = seen.names.of_thing(wanted)
    found = [hit for hit in everything if not kind or hit.kind == kind]
    start = _position(cursor, seen.release)
    page = found[start : start + limit]
    labels = await context.runner.run(lambda: labels_of(seen.store, [NamedNode(hit.iri) for hit in page]))
    following = None
    if start + limit < len(found):
        following = str(request.url.include_query_params(cursor=_cursor(start + limit, seen.release)))
        response.headers["Link"] = f'<{following}>; rel="next"'
    return models.Hits(
        count=len(found),
        complete=following is None,
        kinds=dict(sorted(Counter(hit.kind for hit in everything).items())),
        hits=[
            models.Hit(
                iri=hit.iri, id=local_name(hit.iri) or hit.iri, kind=hit.kind, label=shown(hit.iri, labels, reader),
                matched=hit.name, matchedLanguage=hit.language or None, matchedBy=hit.match, curated=hit.curated,
            )
            for hit in page
        ],
        next=following,
        empty=await context.runner.run(lambda: _empty(seen, kind, reader)) if kind and not found and not q.strip() and not iri else None,
        view=views.view(seen),
    )  # fmt: skip


@router.get("/entities/{kind}/{slug:path}", summary="One entity with every fact and its passages", responses=_NOT_FOUND)
async def read(
    request: Request, response: Response, context: ContextDep, kind: str, slug: str, at: At = None, known: Known = None, lang: Lang = None
) -> models.Entity:
    """Return facts with passages, documents and agreement; claims that lost; incoming claims; conflicts.

    With `known`, as the documents published by then have it; with `at`, `validity` says whether it was in force.
    """
    if kind not in KINDS:
        raise UnknownEntity(f"{kind}/{slug}", context.names.near(slug))
    reader = reading_languages(request, lang)
    asked = read_moment(at, known)
    seen = await context.at(Moment(known=asked.known))
    found = await context.runner.run(lambda: read_entity(seen.store, resolve(seen.store, seen.names, f"{kind}/{slug}")))
    entity = views.entity(found, reader)
    if asked:
        entity.view = views.view(replace(seen, moment=asked))
    if day := asked.at:
        state = await context.runner.run(lambda: validity(seen.store, found.iri, day))
        entity.validity = models.Validity(state=state.state, begin=state.begin or None, end=state.end or None)
    response.headers["Content-Language"] = entity.labelLanguage
    return entity


@router.get(
    "/conflicts",
    summary="Where sources disagree, with each other, with themselves or with arithmetic",
    responses={400: {"description": "Bad parameter.", **_PROBLEM}, **_NOT_FOUND},
)
async def conflicts(
    request: Request,
    context: ContextDep,
    kind: Annotated[str | None, Query(description="value, unit, period, scope, identity, table-table, text-table, arithmetic")] = None,
    document: Annotated[str | None, Query(description="Only where this document has a side", examples=["orazgaliyeva-2023"])] = None,
    known: Known = None,
    lang: Lang = None,
) -> models.Conflicts:
    """Return every conflict with both passages, the computation where there is one, and the rule that decides."""
    seen = await context.at(read_moment(None, known))
    found = await context.runner.run(lambda: conflicts_of(seen, reading_languages(request, lang), kind, document))
    return models.Conflicts(count=len(found), conflicts=found, view=views.view(seen))


def conflicts_of(seen: View, reader: list[str], kind: str | None, document: str | None) -> list[models.Conflict]:
    """Return conflicts with their labels; raises UnusableInput and UnknownEntity for a filter that names nothing."""
    check_filters(seen.store, seen.names, kind, document)
    found = find_conflicts(seen.store, kind=kind, document=document)
    labels = labels_of(seen.store, {node for item in found for node in item.mentions()})
    return [views.conflict(item, labels, reader) for item in found]


def _empty(seen: View, kind: str, reader: list[str]) -> models.Empty:
    empty = why_empty(seen.store, kind, [day.year for day in (seen.moment.at,) if day])
    return views.emptiness(empty, labels_of(seen.store, [item.document for item in empty.coverage]), reader)


def check_kind(kind: str | None) -> None:
    """Refuse a kind of entity that there is not."""
    if kind and kind not in KINDS:
        raise Refused(HTTPStatus.BAD_REQUEST, f"there is no kind {kind!r}; kinds are {', '.join(KINDS)}")


def reading_languages(request: Request, lang: str | None) -> list[str]:
    """Return the languages to show names in, best first: `lang`, then Accept-Language, each with its fallbacks.

    An unknown `lang` is refused; unknown languages of the header are passed over.
    """
    if lang and lang not in LANGUAGES:
        raise Refused(HTTPStatus.BAD_REQUEST, f"there are no names in the language {lang!r}; languages are {', '.join(LANGUAGES)}")
    wished = [lang] if lang else languages(request.headers.get("accept-language"))
    known = [tag for tag in wished if tag in LANGUAGES] or ["en"]
    return list(dict.fromkeys(tag for language in known for tag in chain(language)))


def _cursor(position: int, release: str) -> str:
    return base64.urlsafe_b64encode(f"{release}:{position}".encode()).decode().rstrip("=")


def _position(cursor: str | None, current: str) -> int:
    if not cursor:
        return 0
    try:
        release, _, position = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().rpartition(":")
        number = int(position)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        number, release = -1, ""
    if number < 0 or release != current:
        raise Refused(HTTPStatus.BAD_REQUEST, "the cursor is not of this release; start again without `cursor`")
    return number
