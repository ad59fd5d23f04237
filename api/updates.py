"""The SPARQL 1.1 protocol for updates: form and direct POST, by the bearer of a token."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response

from api.authorising import AuthorDep
from api.bodies import media_type, read_body, text_of
from api.errors import Refused
from kg.namespaces import DEFAULT_GRAPHS
from kg.store.trying import Update

router = APIRouter(tags=["writing"])

_FORM, _DIRECT = "application/x-www-form-urlencoded", "application/sparql-update"
_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"description": "Not readable; line and column in the problem.", **_PROBLEM},
    401: {"description": "No token.", **_PROBLEM},
    403: {"description": "A token that does not count, or a graph that is not written directly.", **_PROBLEM},
    413: {"description": "Longer than EGOVKG_MAX_UPLOAD.", **_PROBLEM},
    415: {"description": "A Content-Type that is not taken.", **_PROBLEM},
    422: {"description": "The data would break the shapes: the report.", **_PROBLEM},
    507: {"description": "The disk is full; nothing was changed.", **_PROBLEM},
}
_TOLD = 1000
"""Characters of an update that the journal tells."""
_FIELDS = ("update", "using-graph-uri", "using-named-graph-uri")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {"schema": {"type": "object", "required": ["update"], "properties": {name: {"type": "string"} for name in _FIELDS}}},
            _DIRECT: {"schema": {"type": "string"}},
        },
    },
}


@router.post("/update", summary="Change the data by SPARQL Update", responses=ANSWERS, openapi_extra=_BODY)
@router.post("/update/", include_in_schema=False)
async def update(request: Request, author: AuthorDep) -> Response:
    """Make an update, whole or not at all, and say what it changed: release before and after, quads added, removed and derived."""
    text, parameters = _read(await read_body(request, author.writes.settings.max_upload), request)
    if unknown := next((name for name in ("insert-graph-uri", "remove-graph-uri") if name in parameters), None):
        raise Refused(HTTPStatus.BAD_REQUEST, f"{unknown} is not taken; name the graph in the update: INSERT DATA {{ GRAPH <…> {{ … }} }}")
    default, named = parameters.getlist("using-graph-uri"), parameters.getlist("using-named-graph-uri")
    if unnamed := DEFAULT_GRAPHS.intersection(default + named):
        detail = f"{min(unnamed)} is the default graph, which an update reads unless another is named; leave the parameter out"
        raise Refused(HTTPStatus.BAD_REQUEST, detail)
    asked = Update(text, default, named, str(request.url.replace(query="")))
    dataset = "".join(f" using {iri}" for iri in default) + "".join(f" using named {iri}" for iri in named)
    entry = (await author.writes.write(asked, author.name, _in_short(text) + dataset)).entry
    told = {"release": entry.after, "before": entry.before, "added": entry.added, "removed": entry.removed, "derived": entry.derived}
    return JSONResponse(told, headers={"X-Dataset-Release": entry.after})


def _read(body: bytes, request: Request) -> tuple[str, QueryParams]:
    """Return the text of an update and the parameters beside it."""
    name, charset = media_type(request.headers.get("content-type"))
    if name == _DIRECT:
        return text_of(body, charset, "update"), request.query_params
    if name != _FORM:
        detail = f"Content-Type {name or '(none)'} is not understood; send {_FORM} with update=…, or {_DIRECT}"
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    form = QueryParams(text_of(body, charset, "form"))
    updates = form.getlist("update")
    if not updates and "query" in form:
        raise Refused(HTTPStatus.BAD_REQUEST, "this is a query; this route only takes updates (update=…), queries go to /sparql")
    if len(updates) != 1:
        raise Refused(HTTPStatus.BAD_REQUEST, f"the form has {len(updates)} `update`; send one, its operations parted by `;`")
    return updates[0], form


def _in_short(text: str) -> str:
    """Return how an update begins, for the journal."""
    words = " ".join(text.split())
    return f"update: {words[:_TOLD]}{'…' if len(words) > _TOLD else ''}"
