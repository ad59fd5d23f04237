"""Series of figures: `/api/v1/indicators/{slug}/observations`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.answering import PROBLEMS, Fields, Form, answered, view_of
from api.context import ContextDep
from api.languages import Lang, reading_languages
from api.moments import At, Known
from api.paging import Cursor, Limit, following, position_of
from api.strict import only_known
from kg.query.series import Series, Wanted, read_series
from kg.query.telling import Teller

router = APIRouter(prefix="/api/v1", tags=["look-ups"], dependencies=[Depends(only_known)])


@router.get("/indicators/{slug:path}/observations", summary="An indicator's figures as series", response_model=Series, responses=PROBLEMS)
async def observations(
    request: Request,
    context: ContextDep,
    slug: Annotated[str, Path(description="Slug of the indicator", examples=["egdi-value"])],
    area: Annotated[list[str], Query(description="Area, several by repeating or with commas", examples=[["KAZ"]])] = [],  # noqa: B006
    first: Annotated[str, Query(alias="from", description="First year or month", examples=["2010"])] = "",
    last: Annotated[str, Query(alias="to", description="Last year or month", examples=["2020"])] = "",
    breakdown: Annotated[list[str], Query(description="Breakdown, several by repeating or with commas", examples=[["total"]])] = [],  # noqa: B006
    at: At = None,
    known: Known = None,
    lang: Lang = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    format: Form = None,
    fields: Fields = None,
) -> Response:
    """Return lines by area, breakdown, role and base unit: figures with sources, differences and growth with formula, gaps.

    Nothing is interpolated. `limit` counts lines.
    """
    view = await view_of(context, at, known)
    teller = Teller(view.store, reading_languages(request, lang))
    wanted = Wanted(slug, split(area), first, last, split(breakdown))
    position = position_of(cursor, view.release)
    found = await context.runner.run(lambda: read_series(view, teller, wanted, position, limit))
    address = following(request, position + limit, found.count, view.release)
    return answered(request, replace(found, next=address), view, format, fields, address)


def split(values: list[str]) -> tuple[str, ...]:
    """Return the values of a parameter that may be repeated, or have commas, each once."""
    return tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))
