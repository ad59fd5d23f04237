"""One answer in the form asked for: JSON, JSON-LD or CSV, the whole or some of its keys, with the headers that go with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, TypeAdapter
from starlette.responses import Response

from api.context import Context
from api.errors import Refused
from api.languages import reading_languages
from api.moments import read_moment
from api.negotiation import acceptable, choose, prefers_html
from api.paging import link
from kg.formats import CSV, JSON_LD, Format
from kg.query.framing import Table
from kg.query.telling import Answer
from kg.query.viewing import View

PLAIN = Format("json", "application/json", ".json", JSON_LD.engine)
LINKED = Format("jsonld", "application/ld+json", ".jsonld", JSON_LD.engine)
CONTEXT = "/api/v1/context.jsonld"
"""Where the JSON-LD context of the API's JSON is."""
FORMS = (PLAIN, CSV, LINKED)
"""Forms of every look-up, the default first."""
TABLED = (PLAIN, CSV)
"""Forms of lists and reports."""
_LINKED_BY = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'

Form = Annotated[str | None, Query(alias="format", description="json, jsonld or csv: goes before Accept")]
Fields = Annotated[str | None, Query(description="Only these keys of the answer, comma between; not for CSV")]

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer.", "content": {"text/csv": {"schema": {"type": "string"}}, "application/ld+json": {}}},
    400: {"description": "A bad parameter."},
    404: {"description": "Unknown; the problem names near matches."},
    406: {"description": "No such format; the problem lists those there are."},
    422: {"description": "A value that cannot be; the problem lists what is possible."},
    503: {"description": "All query threads are held, or the store does not answer."},
    504: {"description": "The query did not end in time."},
}


async def view_of(context: Context, at: str | None, known: str | None) -> View:
    """Return the graph at the moment asked for."""
    return await context.at(read_moment(at, known))


def answered(
    request: Request, answer: Answer, view: View, form: str | None, fields: str | None = None, next: str | None = None
) -> Response:
    """Return an answer of the query room in the form that `format=` or `Accept` asks for."""

    def body(chosen: Format) -> bytes:
        if chosen is CSV:
            return as_csv(*answer.table())
        adapter = _adapter(type(answer))
        if not fields and chosen is PLAIN:
            return adapter.dump_json(answer, by_alias=True)
        return _as_json(adapter.dump_python(answer, mode="json", by_alias=True), fields, linked=chosen is LINKED)

    return _formed(request, chosen_form(request, form), body, view, next)


def modelled(
    request: Request,
    model: BaseModel,
    table: Callable[[], Table],
    view: View,
    form: str | None,
    fields: str | None,
    next: str | None = None,
) -> Response:
    """Return a model of api/models.py in the form asked for; `table` makes its CSV."""

    def body(chosen: Format) -> bytes:
        if chosen is CSV:
            return as_csv(*table())
        if not fields and chosen is PLAIN:
            return model.model_dump_json().encode()
        return _as_json(model.model_dump(mode="json"), fields, linked=chosen is LINKED)

    return _formed(request, chosen_form(request, form), body, view, next)


def tabled(request: Request, model: BaseModel, table: Callable[[], Table], form: str | None, fields: str | None) -> Response:
    """Return a model that is no statement about the graph (a list of what can be asked, a report) as JSON or CSV."""
    chosen = chosen_form(request, form, TABLED)
    if chosen is CSV:
        body = as_csv(*table())
    elif fields:
        body = _as_json(model.model_dump(mode="json", by_alias=True), fields, linked=False)
    else:
        body = model.model_dump_json(by_alias=True).encode()
    return Response(body, headers={"Content-Type": chosen.content_type})


def chosen_form(request: Request, form: str | None, offered: Sequence[Format] = FORMS) -> Format:
    """Return the form that `format=` or `Accept` asks for; raises UnknownFormat with those that are offered.

    A browser asks for pages first and takes anything: it gets the first form, not one that its header names by the way (XML).
    """
    accept = request.headers.get("accept")
    if not form and prefers_html(accept) and offered[0] in acceptable(accept, offered):
        return offered[0]
    return choose(accept, form, offered)[0]


def _formed(request: Request, chosen: Format, body: Callable[[Format], bytes], view: View, next: str | None) -> Response:
    reader = reading_languages(request, request.query_params.get("lang"))
    response = Response(body(chosen), headers={"Content-Type": chosen.content_type, "Content-Language": reader[0]})
    if view.moment:
        response.headers["X-View"] = str(view.moment)
    link(response, next)
    if chosen is PLAIN:
        response.headers.append("Link", _LINKED_BY)
    return response


def _as_json(whole: dict[str, Any], fields: str | None, *, linked: bool) -> bytes:
    return dumped({**({"@context": CONTEXT} if linked else {}), **selected(whole, fields)})


def dumped(body: object) -> bytes:
    """Return JSON as UTF-8."""
    return json.dumps(body, ensure_ascii=False).encode()


def selected(whole: dict[str, Any], fields: str | None) -> dict[str, Any]:
    """Return the keys asked for; refuses what is no key of the answer."""
    wanted = [name.strip() for name in (fields or "").split(",") if name.strip()]
    unknown = [name for name in wanted if name not in whole]
    if unknown:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"fields: the answer has no key {', '.join(unknown)}; it has {', '.join(whole)}",
            parameter="fields", possible=list(whole),
        )  # fmt: skip
    return {name: value for name, value in whole.items() if name in wanted} if wanted else whole


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV (RFC 4180, UTF-8)."""
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def _adapter(shape: type[Answer]) -> TypeAdapter[Any]:
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]
