"""Errors as RFC 9457 problems, everywhere: ours, FastAPI's own and the unforeseen. A browser gets the same on a page."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from api.methods import methods_of
from api.negotiation import prefers_html
from api.rendering import page
from kg.errors import (
    BadParameter,
    BadSetting,
    BadTable,
    BreaksShapes,
    EgovkgError,
    Impossible,
    OverLimit,
    QueryError,
    QuerySyntaxError,
    StoreError,
    StoreFull,
    TookTooLong,
    TooMany,
    Unexpected,
    UnknownEntity,
    UnknownFormat,
    UnknownQuery,
    UnusableClaims,
    UnusableInput,
    WriteRefused,
)
from kg.validation.reports import rows, turtle
from kg.validation.shacl import Report

_FOR_MACHINES = ("/api/", "/sparql", "/update", "/graphs")
_PROBLEMS = 100
"""Mistakes of a table that are listed, at most; all are counted."""
_LOG = logging.getLogger("egovkg")

_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (UnknownEntity, HTTPStatus.NOT_FOUND),
    (UnknownQuery, HTTPStatus.NOT_FOUND),
    (BadParameter, HTTPStatus.UNPROCESSABLE_ENTITY),
    (UnknownFormat, HTTPStatus.NOT_ACCEPTABLE),
    (QueryError, HTTPStatus.BAD_REQUEST),
    (BadTable, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Impossible, HTTPStatus.UNPROCESSABLE_ENTITY),
    (UnusableInput, HTTPStatus.BAD_REQUEST),
    (BadSetting, HTTPStatus.BAD_REQUEST),
    (UnusableClaims, HTTPStatus.UNPROCESSABLE_ENTITY),
    (WriteRefused, HTTPStatus.FORBIDDEN),
    (BreaksShapes, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unexpected, HTTPStatus.PRECONDITION_FAILED),
    (StoreFull, HTTPStatus.INSUFFICIENT_STORAGE),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TookTooLong, HTTPStatus.GATEWAY_TIMEOUT),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (OverLimit, HTTPStatus.SERVICE_UNAVAILABLE),
)


class Refused(Exception):
    """A request that the service does not answer, with its status and the cure."""

    def __init__(self, status: HTTPStatus, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers: dict[str, str] = members.pop("headers", {})
        self.members = members


def _answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None, **members: Any) -> Response:
    """Return a page for a browser, else a problem document; `members` are its extension members (line, near, offered …)."""
    title = HTTPStatus(status).phrase
    if prefers_html(request.headers.get("accept")) and not request.url.path.startswith(_FOR_MACHINES):
        values = {"title": title, "detail": detail, "near": members.get("near", ())}
        return page(request, "error.html", ["en"], values, status, headers or {})
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status_code=status, media_type="application/problem+json", headers=headers)


def status_of(error: Exception) -> HTTPStatus:
    """Return the status that an error of ours is answered with."""
    return next((status for cls, status in _STATUS if isinstance(error, cls)), HTTPStatus.INTERNAL_SERVER_ERROR)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document, or a page."""
    for cls, handler in _HANDLERS.items():
        app.add_exception_handler(cls, handler)


async def handled(request: Request, error: Exception) -> Response:
    """Return what an error is answered with, as the handlers of the app have it."""
    return await next(_HANDLERS[cls] for cls in type(error).__mro__ if cls in _HANDLERS)(request, error)


async def _ours(request: Request, error: Exception) -> Response:
    members: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, BreaksShapes):
        return broken(request, error)
    if isinstance(error, QuerySyntaxError) and error.line:
        members = {"line": error.line, "column": error.column}
    if isinstance(error, BadParameter):
        members = {"parameter": error.parameter, "possible": list(error.possible)}
    if isinstance(error, BadTable):
        told = [
            {"line": one.line, "column": one.column, "problem": one.problem, "possible": list(one.possible)}
            for one in error.problems[:_PROBLEMS]
        ]
        members = {"problems": told, "count": len(error.problems), "complete": len(told) == len(error.problems)}
    if isinstance(error, UnknownEntity | UnknownQuery):
        members = {"near": list(error.near)}
    if isinstance(error, Impossible):
        members = {"parameter": error.parameter, "possible": list(error.possible)}
    if isinstance(error, UnknownFormat):
        members = {"offered": list(error.offered)}
    if isinstance(error, OverLimit) and error.wait:
        headers = {"Retry-After": str(error.wait)}
    return _answer(request, status_of(error), str(error), headers, **members)


def broken(request: Request, error: BreaksShapes) -> Response:
    """Return the report of a write that breaks shapes: as sh:ValidationReport where Turtle is asked for, else in the problem."""
    status = status_of(error)
    report = Report(error.findings, (), len({finding.node for finding in error.findings}), "")
    if "text/turtle" in request.headers.get("accept", ""):
        return Response(turtle(report), status, media_type="text/turtle")
    return _answer(request, status, str(error), findings=rows(report))


async def _left(request: Request, error: Exception) -> Response:
    """Return what nobody reads: the client left in the middle of its request."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _answer(request, error.status, error.detail, error.headers, **error.members)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {request.url.path}; the routes are listed in /openapi.json and, for people, on /docs"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(methods_of(request.app.router.routes, request.scope))
        detail = f"{request.method} is not possible on {request.url.path}; possible are {allowed}"
        return _answer(request, error.status_code, detail, {**(error.headers or {}), "Allow": allowed})
    return _answer(request, error.status_code, detail, dict(error.headers or {}))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"parameter": ".".join(map(str, item["loc"][1:])), "problem": item["msg"]} for item in error.errors()]
    detail = "; ".join(f"{item['parameter']}: {item['problem']}" for item in errors)
    first = errors[0]["parameter"] if errors else ""
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, parameter=first, errors=errors)


async def _unforeseen(request: Request, error: Exception) -> Response:
    _LOG.error("unforeseen error on %s %s", request.method, request.url.path, exc_info=error)
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed on this request; the log says why")


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    EgovkgError: _ours,
    Refused: _refused,
    HTTPException: _http,
    RequestValidationError: _invalid,
    ClientDisconnect: _left,
    Exception: _unforeseen,
}
