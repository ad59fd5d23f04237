"""Legal lineage and accountability: `/api/v1/acts/{slug}/lineage`, `/api/v1/programmes/{slug}/accountability`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.answering import PROBLEMS, Fields, Form, answered, view_of
from api.context import ContextDep
from api.languages import Lang, reading_languages
from api.moments import At, Known, read_moment
from api.strict import only_known
from kg.query.accountability import Chain, read_chain
from kg.query.lineage import Lineage, trace
from kg.query.telling import Teller

router = APIRouter(prefix="/api/v1", tags=["look-ups"], dependencies=[Depends(only_known)])


@router.get("/acts/{slug:path}/lineage", summary="What an act rests on, and what rests on it", response_model=Lineage, responses=PROBLEMS)
async def lineage(
    request: Request,
    context: ContextDep,
    slug: Annotated[str, Path(description="Slug or identifier of the act", examples=["P1700000827"])],
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return the lineage as a graph with evidence, the act's dates kept apart and, with `at`, what was in force on the day."""
    day = read_moment(at, None).at
    view = await view_of(context, None, known)
    teller = Teller(view.store, reading_languages(request, lang))
    found = await context.runner.run(lambda: trace(view, teller, slug, day))
    return answered(request, found, view, format, fields)


@router.get(
    "/programmes/{slug:path}/accountability",
    summary="From approving act to results, with what is missing",
    response_model=Chain,
    responses=PROBLEMS,
)
async def accountability(
    request: Request,
    context: ContextDep,
    slug: Annotated[str, Path(description="Slug of the programme", examples=["digital-kazakhstan"])],
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return act, amendments, stages and directions, bodies, indicators with target, actual and gap, findings.

    Each link comes with its passages; each missing one is named in words.
    """
    day = read_moment(at, None).at
    view = await view_of(context, None, known)
    teller = Teller(view.store, reading_languages(request, lang))
    found = await context.runner.run(lambda: read_chain(view, teller, slug, day))
    return answered(request, found, view, format, fields)
