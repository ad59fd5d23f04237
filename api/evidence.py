"""Which passages state this: `/api/v1/evidence`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answering import PROBLEMS, Fields, Form, answered, view_of
from api.context import ContextDep
from api.languages import Lang, reading_languages
from api.moments import At, Known
from api.paging import Cursor, Limit, following, position_of
from api.strict import only_known
from kg.query.evidence import Evidence, find_evidence
from kg.query.telling import Teller

router = APIRouter(prefix="/api/v1", tags=["look-ups"], dependencies=[Depends(only_known)])


@router.get("/evidence", summary="Which passages state this?", response_model=Evidence, responses=PROBLEMS)
async def evidence(
    request: Request,
    context: ContextDep,
    subject: Annotated[
        str | None, Query(description="IRI, CURIE, kind/slug, slug or exact name", examples=["programme/digital-kazakhstan"])
    ] = None,
    predicate: Annotated[str | None, Query(description="IRI, CURIE or record key of a property", examples=["approvedBy"])] = None,
    object: Annotated[str | None, Query(description="A thing, or a text as it stands", examples=["act/P1700000827"])] = None,
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return statements with every passage that makes them and whether each is a fact; at least one of the three is given."""
    view = await view_of(context, at, known)
    teller = Teller(view.store, reading_languages(request, lang))
    first = position_of(cursor, view.release)
    found = await context.runner.run(lambda: find_evidence(view, teller, subject, predicate, object, first, limit))
    address = following(request, first + limit, found.count, view.release)
    return answered(request, replace(found, next=address), view, format, fields, address)
