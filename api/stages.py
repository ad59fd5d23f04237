"""Stages, interaction models and the axis of time: `/api/v1/stages`, `/stages/compare`, `/models`, `/timeline`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answering import PROBLEMS, Fields, Form, answered, view_of
from api.context import ContextDep
from api.languages import Lang, reading_languages
from api.moments import At, Known, read_moment
from api.paging import Cursor, Limit, following, position_of
from api.series import split
from api.strict import only_known
from kg.query.models import Models, read_models
from kg.query.stages import Stages, read_stages
from kg.query.staging import Comparison, compare_stages
from kg.query.telling import Teller
from kg.query.timeline import Timeline, read_timeline

router = APIRouter(prefix="/api/v1", tags=["look-ups"], dependencies=[Depends(only_known)])

Schemes = Annotated[
    list[str], Query(alias="scheme", description="Scheme, several by repeating or with commas", examples=[["abil-2023-phases"]])
]
First = Annotated[str, Query(alias="from", description="First year or month", examples=["2005"])]
Last = Annotated[str, Query(alias="to", description="Last year or month", examples=["2022"])]


@router.get("/stages", summary="Stages of development by scheme", response_model=Stages, responses=PROBLEMS)
async def stages(
    request: Request,
    context: ContextDep,
    scheme: Schemes = [],  # noqa: B006
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return stages with their years, alignments and passages; with `at`, those that cover the day."""
    day = read_moment(at, None).at
    view = await view_of(context, None, known)
    teller = Teller(view.store, reading_languages(request, lang))
    found = await context.runner.run(lambda: read_stages(view, teller, split(scheme), day))
    return answered(request, found, view, format, fields)


@router.get("/stages/compare", summary="Schemes of stages side by side", response_model=Comparison, responses=PROBLEMS)
async def compare(
    request: Request,
    context: ContextDep,
    scheme: Schemes = [],  # noqa: B006
    first: First = "",
    last: Last = "",
    known: Known = None,
    lang: Lang = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return which stage each scheme gives for each year, and for each pair of schemes whether they agree, by whose alignment."""
    view = await view_of(context, None, known)
    teller = Teller(view.store, reading_languages(request, lang))
    found = await context.runner.run(lambda: compare_stages(view, teller, split(scheme), first, last))
    return answered(request, found, view, format, fields)


@router.get("/models", summary="Interaction models: parties, approach, circuit, examples", response_model=Models, responses=PROBLEMS)
async def models(
    request: Request,
    context: ContextDep,
    known: Known = None,
    lang: Lang = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return every interaction model with what sources say of it."""
    view = await view_of(context, None, known)
    teller = Teller(view.store, reading_languages(request, lang))
    found = await context.runner.run(lambda: read_models(view, teller))
    return answered(request, found, view, format, fields)


@router.get("/timeline", summary="Programmes, acts and stages on one axis", response_model=Timeline, responses=PROBLEMS)
async def timeline(
    request: Request,
    context: ContextDep,
    first: First = "",
    last: Last = "",
    kind: Annotated[
        list[str], Query(description="act, programme, stage; several by repeating or with commas", examples=[["programme"]])
    ] = [],  # noqa: B006
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return what began by `to` and had not ended before `from`, by begin, with what each date is."""
    view = await view_of(context, at, known)
    teller = Teller(view.store, reading_languages(request, lang))
    position = position_of(cursor, view.release)
    found = await context.runner.run(lambda: read_timeline(view, teller, first, last, split(kind), position, limit))
    address = following(request, position + limit, found.count, view.release)
    return answered(request, replace(found, next=address), view, format, fields, address)
