"""HEAD wherever GET works, and a plain OPTIONS answered with what a route takes."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALLOWED = "GET, HEAD, OPTIONS"
_POSTABLE = "GET, HEAD, POST, OPTIONS"


class Methods:
    """ASGI middleware: HEAD is GET without the body, its length kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, HEAD as GET."""
        method = scope.get("method")
        if method == "OPTIONS":
            path = scope["path"].rstrip("/")
            allowed = _POSTABLE if path == "/sparql" or path.startswith("/api/v1/instruments/") else _ALLOWED
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
        elif method == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, _bodiless(send))
        else:
            await self._app(scope, receive, send)


def _bodiless(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent
