"""Look-ups as JSON: find entities, read one with its evidence, list conflicts."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pyoxigraph import NamedNode

from api import models, views
from api.context import Context, ContextDep
from api.errors import Refused
from api.negotiation import languages
from kg.errors import UnknownEntity
from kg.namespaces import KINDS, local_name
from kg.query.conflicts import check_filters, find_conflicts
from kg.query.entities import read_entity, resolve
from kg.query.labels import LANGUAGES, chain, labels_of, shown

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
    q: Annotated[str, Query(description="Part of a name in any language, a number, an identifier; empty finds all", max_length=300)] = "",
    kind: Annotated[str | None, Query(description="Only this kind", examples=["programme"])] = None,
    iri: Annotated[str | None, Query(description="Exactly the thing with this IRI or CURIE")] = None,
    lang: Lang = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    cursor: Annotated[str | None, Query(description="From `next` of the page before")] = None,
) -> models.Hits:
    """Return hits, best first, with counts by kind; `next` leads on."""
    check_kind(kind)
    reader = reading_languages(request, lang)
    everything = context.names.find(q)
    if iri is not None:
        wanted = (await context.runner.run(lambda: resolve(context.store, context.names, iri))).value
        everything = [hit for hit in context.names.find("") if hit.iri == wanted]
    found = [hit for hit in everything if not kind or hit.kind == kind]
    start = _position(cursor, context)
    page = found[start : start + limit]
    labels = await context.runner.run(lambda: labels_of(context.store, [NamedNode(hit.iri) for hit in page]))
    following = None
    if start + limit < len(found):
        following = str(request.url.include_query_params(cursor=_cursor(start + limit, context)))
        response.headers["Link"] = f'<{following}>; rel="next"'
    return models.Hits(
        count=len(found),
        complete=following is None,
        kinds=dict(sorted(Counter(hit.kind for hit in everything).items())),
        hits=[
            models.Hit(
                iri=hit.iri, id=local_name(hit.iri) or hit.iri, kind=hit.kind, label=shown(hit.iri, labels, reader),
                matched=hit.name, matchedLanguage=hit.language or None, matchedBy=hit.match,
            )
            for hit in page
        ],
        next=following,
    )  # fmt: skip


@router.get("/entities/{kind}/{slug:path}", summary="One entity with every fact and its passages", responses=_NOT_FOUND)
async def read(request: Request, response: Response, context: ContextDep, kind: str, slug: str, lang: Lang = None) -> models.Entity:
    """Return facts with passages, documents and agreement; claims that lost; incoming claims; conflicts."""
    if kind not in KINDS:
        raise UnknownEntity(f"{kind}/{slug}", context.names.near(slug))
    reader = reading_languages(request, lang)
    found = await context.runner.run(lambda: read_entity(context.store, resolve(context.store, context.names, f"{kind}/{slug}")))
    entity = views.entity(found, reader)
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
    lang: Lang = None,
) -> models.Conflicts:
    """Return every conflict with both passages, the computation where there is one, and the rule that decides."""
    found = await context.runner.run(lambda: conflicts_of(context, reading_languages(request, lang), kind, document))
    return models.Conflicts(count=len(found), conflicts=found)


def conflicts_of(context: Context, reader: list[str], kind: str | None, document: str | None) -> list[models.Conflict]:
    """Return conflicts with their labels; raises UnusableInput and UnknownEntity for a filter that names nothing."""
    check_filters(context.store, context.names, kind, document)
    found = find_conflicts(context.store, kind=kind, document=document)
    labels = labels_of(context.store, {node for item in found for node in item.mentions()})
    return [views.conflict(item, labels, reader) for item in found]


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


def _cursor(position: int, context: Context) -> str:
    return base64.urlsafe_b64encode(f"{context.release}:{position}".encode()).decode().rstrip("=")


def _position(cursor: str | None, context: Context) -> int:
    if not cursor:
        return 0
    try:
        release, _, position = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().rpartition(":")
        number = int(position)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        number, release = -1, ""
    if number < 0 or release != context.release:
        raise Refused(HTTPStatus.BAD_REQUEST, "the cursor is not of this release; start again without `cursor`")
    return number
