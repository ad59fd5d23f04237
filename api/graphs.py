"""The SPARQL 1.1 Graph Store Protocol: a graph is read by anybody, replaced, added to or deleted by the bearer of a token."""

from __future__ import annotations

from http import HTTPStatus
from uuid import uuid4

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.authorising import Author, AuthorDep
from api.bodies import parts_of, read_body
from api.context import ContextDep
from api.errors import Refused
from api.negotiation import choose
from api.updates import ANSWERS
from api.writing import Condition
from kg.formats import GRAPHS, N_TRIPLES, Format
from kg.namespaces import DEFAULT_GRAPHS
from kg.rdf import prefixes_for, rdf_format
from kg.store.base import Store, Wish
from kg.store.trying import Upload
from kg.store.writing import tag

router = APIRouter(tags=["writing"])


_WRITES = {**ANSWERS, 412: {"description": "If-Match or If-None-Match does not hold."}}


@router.get("/graphs", summary="Read a graph", response_class=Response, responses={404: {"description": "There is no such graph."}})
@router.get("/graphs/{name:path}", include_in_schema=False)
async def read(request: Request, context: ContextDep, name: str = "") -> Response:
    """Return the triples of the graph `?graph=IRI` or of `?default`, in the format of `format` or `Accept`."""
    graph = _graph(request, name)
    format = choose(request.headers.get("accept"), request.query_params.get("format"), GRAPHS)[0]
    lines = await context.runner.run(lambda: _lines(context.store, graph))
    if lines is None:
        raise _unknown(graph)
    headers = {"Content-Type": format.content_type, "ETag": f'"{tag(lines.decode().splitlines())}-{format.name}"'}
    return Response(_written(lines, format), headers=headers)


@router.put("/graphs", summary="Replace a graph", response_class=Response, status_code=204, responses=_WRITES)
@router.put("/graphs/{name:path}", include_in_schema=False)
async def put(request: Request, author: AuthorDep, name: str = "") -> Response:
    """Put the triples sent in the place of a graph, in one step; 201 where there was none."""
    return await _upload(request, author, "PUT", _graph(request, name))


@router.post("/graphs", summary="Add to a graph", response_class=Response, status_code=204, responses=_WRITES)
@router.post("/graphs/{name:path}", include_in_schema=False)
async def post(request: Request, author: AuthorDep, name: str = "") -> Response:
    """Add the triples sent (also as multipart/form-data) to a graph; without one, to a new graph, whose address is in `Location`."""
    if name or request.query_params.keys() & {"default", "graph"}:
        return await _upload(request, author, "POST", _graph(request, name))
    graph = f"{_address(request).rstrip('/')}/{uuid4().hex}"
    answer = await _upload(request, author, "POST", graph)
    answer.headers["Location"] = graph
    return answer


@router.delete("/graphs", summary="Delete a graph", response_class=Response, status_code=204, responses=_WRITES)
@router.delete("/graphs/{name:path}", include_in_schema=False)
async def delete(request: Request, author: AuthorDep, name: str = "") -> Response:
    """Delete a graph; 404 where there is none. The default graph is emptied."""
    graph = _graph(request, name)
    written = await author.writes.write(Upload("DELETE", graph), author.name, f"DELETE {graph or 'default'}", _condition(request, graph))
    if not written.existed:
        raise _unknown(graph)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"X-Dataset-Release": written.entry.after})


async def _upload(request: Request, author: Author, method: str, graph: str | None) -> Response:
    body = await read_body(request, author.writes.settings.max_upload)
    parts = parts_of(body, request.headers.get("content-type"))
    asked = Upload(method, graph, [(data, format.name) for data, format in parts], graph or _address(request))
    written = await author.writes.write(asked, author.name, f"{method} {graph or 'default'}", _condition(request, graph))
    status = HTTPStatus.NO_CONTENT if written.existed else HTTPStatus.CREATED
    return Response(status_code=status, headers={"X-Dataset-Release": written.entry.after})


def _condition(request: Request, graph: str | None) -> Condition:
    return Condition(graph, request.headers.get("if-match"), request.headers.get("if-none-match"))


def _graph(request: Request, name: str) -> str | None:
    """Return the graph that a request names, None for the default graph; refuses none, both and what is no IRI."""
    if name:
        return _address(request)
    given = request.query_params.getlist("graph")
    if len(given) + ("default" in request.query_params) != 1:
        raise Refused(HTTPStatus.BAD_REQUEST, "name one graph: ?graph=IRI, percent-encoded, or ?default")
    if not given:
        return None
    if given[0] in DEFAULT_GRAPHS:
        return None
    try:
        return ox.NamedNode(given[0]).value
    except ValueError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, f"graph={given[0]!r} is no IRI ({error}); write it whole, percent-encoded") from None


def _address(request: Request) -> str:
    """Return the address that was asked, as the name of a graph or as the base of relative IRIs."""
    try:
        return ox.NamedNode(str(request.url.replace(query="", fragment=""))).value
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "this address is no IRI; name the graph as ?graph=IRI, percent-encoded") from None


def _unknown(graph: str | None) -> Refused:
    return Refused(
        HTTPStatus.NOT_FOUND, f"there is no graph {graph or 'default'}; SELECT DISTINCT ?g {{ GRAPH ?g {{}} }} lists those there are"
    )


def _lines(store: Store, graph: str | None) -> bytes | None:
    """Return a graph as N-Triples, None where there is none."""
    if graph is None:
        return store.answer("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", Wish(graph=[N_TRIPLES])).body
    name = ox.NamedNode(graph)
    body = store.answer(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}", Wish(graph=[N_TRIPLES])).body
    if body or store.rows(f"SELECT ?there WHERE {{ GRAPH {name} {{ BIND(true AS ?there) }} }}"):
        return body
    return None


def _written(lines: bytes, format: Format) -> bytes:
    if format is N_TRIPLES:
        return lines
    triples = (quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
    used = {prefix: begin for prefix, begin in (prefixes_for(format) or {}).items() if f"<{begin}".encode() in lines}
    return ox.serialize(triples, format=rdf_format(format), prefixes=used) or b""
