"""The SPARQL 1.1 protocol for queries: GET, form POST and direct POST. The engine serialises every answer itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from starlette.datastructures import MultiDict, QueryParams
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.again import KEPT
from api.context import Context, of
from api.errors import Refused
from api.evaluating import Asked, client_of
from api.moments import read_moment
from api.negotiation import choose, prefers_html
from api.sparql_description import OPERATIONS
from kg.errors import UnknownFormat, UpdateNotQuery
from kg.formats import GRAPHS, RESULTS, TURTLE, Format
from kg.store.base import QueryDataset, Wish

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_PATHS = ("/sparql", "/sparql/")


def install(app: FastAPI) -> None:
    """Put the route before all others, without FastAPI's machinery around it, and into the app's description."""
    for path in _PATHS:
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
    query = request.query_params.get("query")
    if query is None:
        if prefers_html(request.headers.get("accept")):
            return RedirectResponse("/query", HTTPStatus.SEE_OTHER)
        return _description(request)
    return await _answer(request, of(request), query, request.query_params)


async def _by_post(request: Request) -> Response:
    """Answer a query sent as a form (`query=`) or as `application/sparql-query`."""
    context = of(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _body(request, context.settings.max_query)
    if media_type == _DIRECT:
        return await _answer(request, context, _text(body), request.query_params)
    if media_type == _FORM:
        form = QueryParams(body.decode("latin-1"))
        query = form.get("query")
        if query is None and "update" in form:
            raise UpdateNotQuery
        if query is None:
            raise Refused(HTTPStatus.BAD_REQUEST, "the form has no `query`; send query=… or the query itself as application/sparql-query")
        return await _answer(request, context, query, form)
    if media_type == "application/sparql-update":
        raise UpdateNotQuery
    raise Refused(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        f"Content-Type {media_type or '(none)'} is not understood; send {_FORM} with query=…, or {_DIRECT}",
    )


async def _answer(request: Request, context: Context, query: str, parameters: MultiDict | QueryParams) -> Response:
    if len(query.encode()) > context.settings.max_query:
        raise _too_large(context.settings.max_query)
    wish = wanted(request.headers.get("accept"), parameters.get("format") or parameters.get("output"))
    dataset = QueryDataset(tuple(parameters.getlist("default-graph-uri")), tuple(parameters.getlist("named-graph-uri")))
    timeout = _seconds(parameters.get("timeout"))
    moment = read_moment(parameters.get("at"), parameters.get("known"))
    answer = await context.evaluator.answer(Asked(query, wish, dataset, moment, timeout=timeout), client_of(request))
    request.scope[KEPT] = answer.key
    headers = {"Content-Type": answer.format.content_type, "ETag": answer.tag, "X-Dataset-Release": answer.release}
    if moment:
        headers["X-View"] = str(moment)
    if not answer.complete:
        headers["X-Truncated"] = "true"
    return Response(answer.body, headers=headers)


def wanted(accept: str | None, name: str | None) -> Wish:
    """Return the formats for either kind of answer; raises UnknownFormat where neither kind has one."""
    found: list[list[Format]] = []
    for offered in (RESULTS, GRAPHS):
        try:
            found.append(choose(accept, name, offered))
        except UnknownFormat:
            found.append([])
    results, graph = found
    if not results and not graph:
        raise UnknownFormat(name or accept or "", [format.media_type for format in (*RESULTS, *GRAPHS)])
    return Wish(results, graph)


def _description(request: Request) -> Response:
    """Describe the endpoint (SPARQL 1.1 Service Description), in short: what it takes and gives."""
    formats = " , ".join(f"<http://www.w3.org/ns/formats/{name}>" for name in _W3C_FORMATS)
    text = f"""@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .

<{request.url.replace(query="")}> a sd:Service ;
  sd:endpoint <{request.url.replace(query="")}> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:resultFormat {formats} .
"""
    return Response(text, headers={"Content-Type": TURTLE.content_type})


_W3C_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads",
)  # fmt: skip


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
    if not given:
        return None
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise Refused(HTTPStatus.BAD_REQUEST, f"timeout is {given!r}; give seconds above 0, such as 5")
    return seconds
