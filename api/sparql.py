"""The SPARQL 1.1 protocol for queries: GET, form POST and direct POST. A worker evaluates, and serialises every answer itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.again import KEPT
from api.context import Context, of
from api.describing import describe
from api.errors import Refused
from api.evaluating import Asked, client_of
from api.moments import read_moment
from api.negotiation import prefers_html
from api.parameters import Parameters, body_type, plain_query, wanted
from api.sparql_description import OPERATIONS
from kg.errors import UpdateNotQuery
from kg.store.base import QueryDataset

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_ADDRESS = 4000
"""Characters of a query that still fits an address."""
PATHS = ("/sparql", "/sparql/")


def install(app: FastAPI) -> None:
    """Put the route before all others, without FastAPI's machinery around it, and into the app's description."""
    for path in PATHS:
        app.router.routes.insert(0, Route(path, endpoint, methods=["GET", "POST"]))
    plain = app.openapi

    def described() -> dict[str, Any]:
        schema = plain()
        schema["paths"].setdefault("/sparql", OPERATIONS)
        return schema

    app.openapi = described  # type: ignore[method-assign]


async def endpoint(request: Request) -> Response:
    """Answer a query, however it was sent."""
    return await (_by_post(request) if request.method == "POST" else _by_get(request))


async def _by_get(request: Request) -> Response:
    """Answer a query; without one, the service description, or the query page for a browser."""
    context = of(request)
    parameters = _parameters(request)
    asked = parameters.one("query")
    if asked is not None:
        return await _answer(request, context, asked, parameters)
    if "update" in parameters:
        raise UpdateNotQuery
    if prefers_html(request.headers.get("accept")) or parameters.asks_for_page:
        return RedirectResponse("/query", HTTPStatus.SEE_OTHER)
    return await describe(request, context, parameters)


async def _by_post(request: Request) -> Response:
    """Answer a query sent as a form (`query=`) or as `application/sparql-query`; the address may hold the other parameters."""
    context = of(request)
    parameters = _parameters(request)
    body = await _body(request, context.settings.max_query)
    if not body and "query" in parameters:  # as some engines send a SERVICE
        return await _answer(request, context, parameters.one("query") or "", parameters)
    media_type = body_type(request.headers.get("content-type", ""), request.headers.get("content-encoding", ""))
    if media_type == _DIRECT:
        if "query" in parameters:
            raise Refused(HTTPStatus.BAD_REQUEST, "there is a query in the address and one in the body; send one")
        return await _answer(request, context, _text(body), parameters)
    if media_type == _FORM:
        parameters += Parameters.of(body, "the form")
        query = parameters.one("query")
        if query is not None:
            return await _answer(request, context, query, parameters)
        if "update" in parameters:
            raise UpdateNotQuery
        raise Refused(HTTPStatus.BAD_REQUEST, "the form has no `query`; send query=… or the query itself as application/sparql-query")
    if media_type == "application/sparql-update":
        raise UpdateNotQuery
    raise Refused(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        f"Content-Type {media_type or '(none)'} is not understood; send {_FORM} with query=…, or {_DIRECT}",
    )


def _parameters(request: Request) -> Parameters:
    return Parameters.of(request.scope["query_string"], "the address")


async def _answer(request: Request, context: Context, query: str, parameters: Parameters) -> Response:
    if len(query.encode()) > context.settings.max_query:
        raise _too_large(context.settings.max_query)
    if parameters.asks_for_page and len(query) <= _ADDRESS:
        return RedirectResponse(f"/query?{urlencode({'query': query})}", HTTPStatus.SEE_OTHER)
    text = plain_query(query)
    wish = wanted(request.headers.get("accept"), parameters.formats)
    base = f"{context.settings.base}sparql"  # not the address that was asked: the same query has the same answer under every name
    dataset = QueryDataset(parameters.every("default-graph-uri"), parameters.every("named-graph-uri"), base)
    timeout = _seconds(parameters.one("timeout"))
    moment = read_moment(parameters.one("at"), parameters.one("known"))
    answer = await context.evaluator.answer(Asked(text, wish, dataset, moment, timeout=timeout), client_of(request))
    request.scope[KEPT] = answer.key
    headers = {"Content-Type": answer.format.content_type, "ETag": answer.tag, "X-Dataset-Release": answer.release}
    if moment:
        headers["X-View"] = str(moment)
    if not answer.complete:
        headers["X-Truncated"] = "true"
    if answer.unknown:
        headers["X-Unknown-Function"] = _unknown(answer.unknown)
    return Response(answer.body, headers=headers)


def _unknown(functions: tuple[str, ...]) -> str:
    """Return functions that nobody knows as the value of a header; where that were too long, how many they are."""
    listed = " ".join(quote(function, safe=":/?#[]@!$&'()*+,;=%~") for function in functions)
    return listed if len(listed) <= _ADDRESS else f"{len(functions)} functions"


async def _body(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > 2 * limit:
            raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the query is longer than {limit} bytes; shorten it, or split its VALUES")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, f"the query is not UTF-8 ({error.reason} at byte {error.start}); send it as UTF-8") from None


def _seconds(given: str | None) -> float | None:
    if not given or given.strip() in ("0", "0.0"):  # as Virtuoso has it: no limit but the service's own
        return None
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise Refused(HTTPStatus.BAD_REQUEST, f"timeout is {given!r}; give seconds above 0, such as 5")
    return seconds
