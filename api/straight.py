"""The shortest way to the query route, round layers of which a small query needs none: they cost as much as its evaluation.

What a layer has something to say to (HEAD, OPTIONS, a page of another site) goes the long way; both ways answer alike.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import handled
from api.sparql import PATHS, endpoint
from api.stamping import Stamp

_VARY = "Accept, Accept-Language, Origin"


class Straight:
    """ASGI middleware: GET and POST of a query to its route, all else on. Errors are answered by the app's own handlers."""

    def __init__(self, app: ASGIApp, release: Callable[[], str]) -> None:
        self._app, self._short = app, Stamp(_answer, release, _VARY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a query, or pass the request on."""
        if _is_plain(scope):
            await self._short(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_plain(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"] not in PATHS or scope["method"] not in ("GET", "POST"):
        return False
    return all(name != b"origin" for name, _ in scope["headers"])


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive, send)
    try:
        response = await endpoint(request)
    except Exception as error:
        response = await handled(request, error)
    await response(scope, receive, send)
