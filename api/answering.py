"""One answer in the form asked for: JSON, JSON-LD or CSV, the whole or some of its keys, with the headers that go with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from api.context import Context
from api.errors import Refused
from api.moments import read_moment
from api.negotiation import choose
from api.paging import link
from kg.formats import CSV, JSON_LD, Format
from kg.query.telling import Answer
from kg.query.viewing import View

PLAIN = Format("json", "application/json", ".json", JSON_LD.engine)
LINKED = Format("jsonld", "application/ld+json", ".jsonld", JSON_LD.engine)
CONTEXT = "/api/v1/context.jsonld"
"""Where the JSON-LD context of the API's JSON is."""
_FORMS = (PLAIN, CSV, LINKED)
_LINKED_BY = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'

Form = Annotated[str | None, Query(alias="format", description="json, jsonld or csv: goes before Accept")]
Fields = Annotated[str | None, Query(description="Only these keys of the answer, comma between; not for CSV")]

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer.", "content": {"text/csv": {"schema": {"type": "string"}}, "application/ld+json": {}}},
    400: {"description": "A bad parameter.", **_PROBLEM},
    404: {"description": "Unknown; the problem names near matches.", **_PROBLEM},
    406: {"description": "No such format; the problem lists those there are.", **_PROBLEM},
    422: {"description": "A value that cannot be; the problem lists what is possible.", **_PROBLEM},
    503: {"description": "All query threads are held, or the store does not answer.", **_PROBLEM},
    504: {"description": "The query did not end in time.", **_PROBLEM},
}


async def view_of(context: Context, at: str | None, known: str | None) -> View:
    """Return the graph at the moment asked for."""
    return await context.at(read_moment(at, known))


def answered(
    request: Request, answer: Answer, view: View, form: str | None, fields: str | None = None, next: str | None = None
) -> Response:
    """Return an answer in the form that `format=` or `Accept` asks for."""
    chosen = choose(request.headers.get("accept"), form, _FORMS)[0]
    headers = {"Content-Type": chosen.content_type}
    if view.moment:
        headers["X-View"] = str(view.moment)
    if chosen is CSV:
        response = Response(as_csv(*answer.table()), headers=headers)
    else:
        response = Response(as_json(answer, fields, linked=chosen is LINKED), headers=headers)
    if chosen is PLAIN:
        response.headers.append("Link", _LINKED_BY)
    link(response, next)
    return response


def as_json(answer: Answer, fields: str | None = None, *, linked: bool = False) -> bytes:
    """Return an answer as JSON, with `linked` as JSON-LD; refuses keys that it does not have."""
    adapter = _adapter(type(answer))
    if not fields and not linked:
        return adapter.dump_json(answer, by_alias=True)
    whole = adapter.dump_python(answer, mode="json", by_alias=True)
    body = {**({"@context": CONTEXT} if linked else {}), **selected(whole, fields)}
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
