"""HEAD wherever GET works, and a plain OPTIONS answered with what a route takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Methods:
    """ASGI middleware: HEAD is GET without the body, its length kept. `routes` are the app's, as they stand at a request."""

    def __init__(self, app: ASGIApp, routes: Callable[[], Iterable[BaseRoute]]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, HEAD as GET; an OPTIONS of an address that there is not goes on too, to its 404."""
        method = scope.get("method")
        if method == "OPTIONS" and (allowed := methods_of(self._routes(), scope)):
            await Response(status_code=204, headers={"Allow": ", ".join(allowed)})(scope, receive, send)
        elif method == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, _bodiless(send))
        else:
            await self._app(scope, receive, send)


def methods_of(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """Return the methods that some route takes at the address of a request; none where no route is there."""
    listed = list(routes)
    found = {method for method in _ORDER if any(_takes(route, {**scope, "method": method}) for route in listed)} - {"OPTIONS"}
    if not found:
        return []
    found |= {"HEAD", "OPTIONS"} if "GET" in found else {"OPTIONS"}
    return [method for method in _ORDER if method in found]


def takes(routes: Iterable[BaseRoute], path: str, method: str) -> bool:
    """Say whether some route takes a method at a path."""
    scope: Scope = {"type": "http", "path": path, "root_path": "", "headers": [], "method": method}
    return any(_takes(route, scope) for route in routes)


def _takes(route: BaseRoute, scope: Scope) -> bool:
    if isinstance(route, Mount) and scope["method"] != "GET":  # a folder of files
        return False
    return route.matches(scope)[0] is Match.FULL


def _bodiless(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent
