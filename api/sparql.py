"""The SPARQL 1.1 protocol for queries: GET, form POST and direct POST. The engine serialises every answer itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.datastructures import MultiDict, QueryParams
from starlette.responses import RedirectResponse, Response

from api.context import Context, ContextDep
from api.errors import Refused
from api.moments import At, Known, read_moment
from api.negotiation import choose, prefers_html
from kg.errors import UnknownFormat, UpdateNotQuery
from kg.formats import GRAPHS, RESULTS, TURTLE, Format
from kg.store.base import QueryDataset, Wish

router = APIRouter(tags=["SPARQL"])

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_OK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, in the format asked for.",
        "content": {format.media_type: {} for format in (*RESULTS, *GRAPHS)},
    },
    400: {"description": "No SPARQL, or an update; line and column in the problem.", "content": {"application/problem+json": {}}},
    406: {"description": "No such format; the problem lists those there are.", "content": {"application/problem+json": {}}},
}

_FIELDS = ("query", "format", "timeout", "default-graph-uri", "named-graph-uri", "at", "known")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {"schema": {"type": "object", "required": ["query"], "properties": {name: {"type": "string"} for name in _FIELDS}}},
            _DIRECT: {"schema": {"type": "string"}},
        },
    }
}


@router.get("/sparql", summary="Ask by GET", responses=_OK, response_class=Response)
@router.get("/sparql/", include_in_schema=False)
async def by_get(
    request: Request,
    context: ContextDep,
    query: Annotated[str | None, Query(description="A SPARQL 1.1 query", examples=["SELECT ?p WHERE { ?p a egov:Programme }"])] = None,
    format: Annotated[str | None, Query(description="json, xml, csv, tsv; ttl, nt, jsonld, rdf: goes before Accept")] = None,
    timeout: Annotated[str | None, Query(description="Seconds; can only lower the limit")] = None,
    at: At = None,
    known: Known = None,
) -> Response:
    """Answer a query; without one, the service description, or the query page for a browser."""
    if query is None:
        if prefers_html(request.headers.get("accept")):
            return RedirectResponse("/query", HTTPStatus.SEE_OTHER)
        return _description(request)
    return await _answer(request, context, query, request.query_params)


@router.post("/sparql", summary="Ask by POST: form or direct", responses=_OK, response_class=Response, openapi_extra=_BODY)
@router.post("/sparql/", include_in_schema=False)
async def by_post(request: Request, context: ContextDep) -> Response:
    """Answer a query sent as a form (`query=`) or as `application/sparql-query`."""
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
    seen = await context.at(read_moment(parameters.get("at"), parameters.get("known")))
    answer = await context.runner.run(lambda: seen.store.answer(query, wish, dataset), timeout)
    headers = {"Content-Type": answer.format.content_type}
    if seen.moment:
        headers["X-View"] = str(seen.moment)
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
