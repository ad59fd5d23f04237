"""The papers' instruments over HTTP: the table is the body (CSV or JSON rows), the options are the address; GET asks the graph alone."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import models
from api.answering import TABLED, Fields, chosen_form, dumped, selected, tabled
from api.context import ContextDep, of
from api.errors import Refused
from api.strict import only_known
from kg.analytics.reports import Report, as_csv, as_json
from kg.analytics.tables import Table, read_csv, read_json
from kg.errors import BadParameter
from kg.formats import CSV
from kg.instruments import egdi, goals, maturity, packaged, readiness, survey, trend, value
from kg.instruments.catalogue import INSTRUMENTS
from kg.instruments.options import language, points, words
from kg.store.base import Store

router = APIRouter(prefix="/api/v1/instruments", tags=["instruments"], dependencies=[Depends(only_known)])

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The result with method, sources and inputs; CSV: one of its tables.", "model": models.InstrumentReport,
          "content": {"text/csv": {}}},
    400: {"description": "A body that cannot be read at all.", **_PROBLEM},
    406: {"description": "No such format; the problem lists those there are.", **_PROBLEM},
    413: {"description": "A table larger than the service takes.", **_PROBLEM},
    415: {"description": "A body that is neither CSV nor JSON.", **_PROBLEM},
    422: {"description": "An option or a cell that cannot be used; `problems`: line, column, what is possible.", **_PROBLEM},
}  # fmt: skip
As = Annotated[str | None, Query(alias="format", description="json or csv; goes before Accept", examples=["json"])]
Part = Annotated[str | None, Query(alias="table", description="Which table of the result to write as CSV; else the first")]
Edition = Annotated[str | None, Query(description="Edition of the UN's survey: a year; else the latest", examples=["2022"])]
Confidence = Annotated[float, Query(description="Confidence of intervals, 0.5 to below 1", examples=[0.95])]


def _body(name: str) -> dict[str, Any]:
    """Return the OpenAPI of a table as body, with the example that is packaged."""
    data = packaged.example(name)
    rows = [dict(line.cells) for line in read_csv(data, name).lines]
    return {
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": data.decode()},
                "application/json": {
                    "schema": {
                        "type": "object", "required": ["rows"], "additionalProperties": False,
                        "properties": {"rows": {"type": "array", "minItems": 1, "items": {"type": "object"}}},
                    },
                    "example": {"rows": rows[:50] if name == "satisfaction" else rows},
                },
            },
        }
    }  # fmt: skip


@router.get(
    "",
    summary="The instruments: questions, columns, sources, an example of each",
    response_model=models.Instruments,
    responses={200: {"description": "The instruments.", "content": {"text/csv": {}}}, **{code: _ANSWERS[code] for code in (406, 422)}},
)
async def every(request: Request, format: As = None, fields: Fields = None) -> Response:
    """Return every instrument; as CSV a row an instrument."""
    answer = models.Instruments(
        count=len(INSTRUMENTS),
        instruments=[
            models.Instrument(
                name=one.name, question=one.question, needs=list(one.needs), takes=list(one.takes), graph=one.graph,
                sources=list(one.sources), address=f"/api/v1/instruments/{one.name}", example=packaged.example(one.example).decode(),
            )
            for one in INSTRUMENTS
        ],
    )  # fmt: skip
    header = ("name", "question", "needs", "takes", "graph", "sources", "address")
    rows = [
        (
            one.name, one.question, "; ".join(one.needs), "; ".join(one.takes), "true" if one.graph else "false",
            "; ".join(one.sources), one.address,
        )
        for one in answer.instruments
    ]  # fmt: skip
    return tabled(request, answer, lambda: (header, rows), format, fields)


async def _given(request: Request) -> Callable[[], Table | None]:
    """Return what reads the table of a POST (None for a GET); raises Refused for a body of another kind or size."""
    if request.method != "POST":
        return lambda: None
    most = of(request).settings.max_query
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the table is larger than {most} bytes; the setting EGOVKG_MAX_QUERY says how much"
            )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/csv":
        return lambda: read_csv(bytes(data), "rows")
    if kind == "application/json":
        return lambda: read_json(bytes(data))
    raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body is {kind or 'of no stated kind'}; send text/csv or application/json")


async def _answer(
    request: Request, work: Callable[[Store, Table | None], Report], format: str | None, part: str | None, fields: str | None
) -> Response:
    chosen = chosen_form(request, format, TABLED)
    read = await _given(request)
    context = of(request)
    report = await context.runner.run(lambda: work(context.store, read()))
    wanted = report.table(part)
    if wanted is None:
        names = [one.name for one in report.tables]
        raise BadParameter(report.instrument, "table", f"is {part!r}; tables are {', '.join(names)}", names)
    if chosen is CSV:
        return Response(as_csv(wanted), headers={"Content-Type": CSV.content_type})
    model = models.InstrumentReport(**as_json(report))
    body = dumped(selected(model.model_dump(mode="json", by_alias=True), fields)) if fields else model.model_dump_json(by_alias=True)
    return Response(body, media_type="application/json")


def _plus(word: str) -> str:
    """Return a change as it was meant: an unescaped `+` in an address arrives as a blank."""
    name, equals, amount = word.partition("=")
    return f"{name}={'+' + amount[1:] if amount.startswith(' ') else amount}" if equals else word


async def rank(
    request: Request,
    context: ContextDep,
    area: Annotated[str | None, Query(description="An area: where it stands; without, the ranking", examples=["KAZ"])] = None,
    edition: Edition = None,
    changes: Annotated[list[str] | None, Query(alias="set", description="What if: tii-value=+0.1 by (write %2B), =0.85 to")] = None,
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Rank an edition of the graph (GET) or component scores of your own (POST); with an area where it stands, and where it would."""
    meant = [_plus(word) for word in changes or []]
    return await _answer(request, lambda s, t: egdi.run(s, t, edition=edition, area=area, changes=meant), format, part, fields)


async def standardise(
    request: Request,
    context: ContextDep,
    edition: Edition = None,
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Compute components and index from raw indicators: Z over the areas, mean, min–max, weighted mean."""
    return await _answer(request, lambda s, t: egdi.run_raw(s, _needed(t), edition=edition), format, part, fields)


async def series(
    request: Request,
    context: ContextDep,
    indicator: Annotated[str, Query(description="Indicator of the graph", examples=["epi-value"])] = "epi-value",
    area: Annotated[list[str] | None, Query(description="Area; repeat for more", examples=[["KAZ"]])] = None,
    group: Annotated[str | None, Query(description="Peers: central-asia, or slugs with commas", examples=["central-asia"])] = None,
    begin: Annotated[int | None, Query(alias="from", description="First year")] = None,
    end: Annotated[int | None, Query(alias="to", description="Last year")] = None,
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Compare series: values, ranks, changes, distance to the group, convergence, breaks in method."""
    return await _answer(
        request,
        lambda s, t: trend.run(s, t, indicator=indicator, areas=area or [], group_=group, begin=begin, end=end),
        format,
        part,
        fields,
    )


async def satisfaction(
    request: Request,
    context: ContextDep,
    framework: Annotated[str, Query(description="Framework whose criteria name the columns")] = survey.FRAMEWORK,
    items: Annotated[str | None, Query(description="Columns to score, with commas, in place of the framework's")] = None,
    by: Annotated[str | None, Query(description="Column to break down by")] = None,
    weight: Annotated[str | None, Query(description="Column of weights")] = None,
    satisfied: Annotated[str, Query(description="Answers that count as satisfied", examples=["5"])] = "5",
    base: Annotated[str, Query(description="Share of those who answered, or of all", examples=["answered"])] = "answered",
    confidence: Confidence = 0.95,
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Score a survey, a row a respondent."""
    return await _answer(
        request,
        lambda s, t: survey.run(
            s, _needed(t), framework=framework, items=words(items), by=by, weight=weight, satisfied=points(satisfied), base=base,
            confidence=confidence,
        ),
        format, part, fields,
    )  # fmt: skip


async def public_value(
    request: Request,
    context: ContextDep,
    framework: Annotated[str, Query(description="Framework whose criteria are scored")] = value.FRAMEWORK,
    scale: Annotated[str, Query(description="Least and most score", examples=["1:5"])] = "1:5",
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Assess public value by a scoring sheet (POST); GET answers the empty sheet."""
    return await _answer(request, lambda s, t: value.run(s, t, framework=framework, scale=scale), format, part, fields)


async def stages(
    request: Request,
    context: ContextDep,
    scheme: Annotated[str, Query(description="Stage scheme", examples=[maturity.SCHEME])] = maturity.SCHEME,
    lang: Annotated[str, Query(description="Language of names: en, ru, kk", examples=["en"])] = "en",
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Find the stage that is reached and what the next lacks (POST); GET answers the empty sheet."""
    return await _answer(request, lambda s, t: maturity.run(s, t, scheme=scheme, lang=language(maturity.NAME, lang)), format, part, fields)


async def organisations(
    request: Request,
    context: ContextDep,
    area: Annotated[str | None, Query(description="Area, of the graph or the table", examples=["KAZ"])] = None,
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Compute shares, figures per organisation and changes from the graph's counts (GET) or your own (POST)."""
    return await _answer(request, lambda s, t: readiness.run(s, t, area=area), format, part, fields)


async def monitor(
    request: Request,
    context: ContextDep,
    indicator: Annotated[str | None, Query(description="Indicator of the graph (GET)", examples=["information-space-integrations"])] = None,
    area: Annotated[str, Query(description="Area of the graph")] = "KAZ",
    breakdown: Annotated[str, Query(description="Breakdown of the indicator; else the total")] = "",
    baseline: Annotated[str | None, Query(description="YEAR=VALUE where the goal starts")] = None,
    target: Annotated[str | None, Query(description="YEAR=VALUE to be reached")] = None,
    direction: Annotated[str | None, Query(description="up: more is better; down: less is")] = None,
    confidence: Confidence = 0.95,
    format: As = None,
    part: Part = None,
    fields: Fields = None,
) -> Response:
    """Judge a goal of the graph (GET) or of your own (POST): progress, pace, forecast, verdict."""
    return await _answer(
        request,
        lambda s, t: goals.run(
            s, t, indicator=indicator, area=area, breakdown=breakdown, baseline=baseline, target=target, direction=direction,
            confidence=confidence,
        ),
        format, part, fields,
    )  # fmt: skip


def _needed(table: Table | None) -> Table:
    assert table is not None, "the route has no GET"
    return table


_ENDPOINTS: dict[str, Callable[..., Any]] = {
    egdi.NAME: rank, egdi.RAW: standardise, trend.NAME: series, survey.NAME: satisfaction, value.NAME: public_value,
    maturity.NAME: stages, readiness.NAME: organisations, goals.NAME: monitor,
}  # fmt: skip

for _one in INSTRUMENTS:
    _endpoint = _ENDPOINTS[_one.name]
    router.add_api_route(
        f"/{_one.name}", _endpoint, methods=["POST"], summary=_one.question, responses=_ANSWERS, response_class=Response,
        openapi_extra=_body(_one.example), operation_id=f"{_one.name}-of-a-table",
    )  # fmt: skip
    if _one.graph:
        router.add_api_route(
            f"/{_one.name}", _endpoint, methods=["GET"], summary=f"{_one.question} (of the graph)", responses=_ANSWERS,
            response_class=Response, operation_id=f"{_one.name}-of-the-graph",
        )  # fmt: skip
