"""Profiles of areas in frameworks: JSON, CSV, and a page."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import profile_models, views
from api.answering import Fields, tabled
from api.context import ContextDep
from api.languages import Lang, reading_languages
from api.moments import Known, read_moment
from api.profile_views import Reader
from api.rendering import page
from api.strict import only_known
from kg.query.labels import labels_of
from kg.query.profiles import COLUMNS, Profiles, assessed_areas, read_profiles, rows_of

router = APIRouter()

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The profiles; as CSV a row an element."},
    404: {"description": "Unknown area or framework; the problem names near matches.", **_PROBLEM},
    406: {"description": "No such format; the problem names those that there are.", **_PROBLEM},
    422: {"description": "A parameter that cannot be; the problem says what is possible.", **_PROBLEM},
}
_Framework = Annotated[str | None, Query(description="Only this framework", examples=["stage-model-openness"])]


@router.get(
    "/api/v1/profiles/{area}",
    tags=["look-ups"],
    summary="Where an area stands in each framework with a scale: reached, ahead, lagging, unknown; what to do first",
    response_model=profile_models.Profiles,
    responses=_RESPONSES,
    dependencies=[Depends(only_known)],
)
async def read(
    request: Request,
    context: ContextDep,
    area: str,
    framework: _Framework = None,
    known: Known = None,
    lang: Lang = None,
    format: Annotated[str | None, Query(description="json or csv; goes before Accept")] = None,
    fields: Fields = None,
) -> Response:
    """Return what passages state of each element, what follows by which rule, and the priorities; unknown where nothing is stated."""
    reader = reading_languages(request, lang)
    seen = await context.at(read_moment(None, known))
    found = await context.runner.run(lambda: read_profiles(seen.store, seen.names, area, framework))
    model = _model(found, reader).model_copy(update={"view": views.view(seen)})
    response = tabled(
        request, model, lambda: (COLUMNS, [row for one in found.profiles for row in rows_of(one, found.labels, reader)]), format, fields
    )
    response.headers["Content-Language"] = reader[0]
    return response


@router.get("/profiles", include_in_schema=False)
async def areas(request: Request, context: ContextDep, lang: str | None = None) -> Response:
    """Show the areas that passages assess, by framework."""
    reader = reading_languages(request, lang)
    pairs = await context.runner.run(lambda: assessed_areas(context.store))
    labels = await context.runner.run(lambda: labels_of(context.store, {node for pair in pairs for node in pair}))
    reading = Reader(labels, reader)
    return page(request, "profiles.html", reader, {"pairs": [(reading.node(framework), reading.node(area)) for framework, area in pairs]})


@router.get("/profiles/{area}", include_in_schema=False)
async def show(request: Request, context: ContextDep, area: str, framework: str | None = None, lang: str | None = None) -> Response:
    """Show the profiles of an area."""
    reader = reading_languages(request, lang)
    found = await context.runner.run(lambda: read_profiles(context.store, context.names, area, framework))
    return page(
        request,
        "profile.html",
        reader,
        {"found": _model(found, reader), "asked": f"?{urlencode({'framework': framework})}" if framework else ""},
    )


def _model(found: Profiles, reader: list[str]) -> profile_models.Profiles:
    reading = Reader(found.labels, reader)
    return profile_models.Profiles(area=reading.node(found.area), profiles=[reading.profile(one) for one in found.profiles])
