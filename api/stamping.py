"""What every answer carries: the release of the data, a strong ETag, `Vary`; and 304 where the client has it already."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Stamp:
    """ASGI middleware. Answers are whole (the engine serialises them at once), so the ETag is a digest of the bytes.

    An answer that brings its ETag or its release keeps them: that of a query has been hashed where it was made.
    """

    def __init__(self, app: ASGIApp, release: Callable[[], str], vary: str = "Accept, Accept-Language") -> None:
        self._app, self._release, self._vary = app, release, vary.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and stamp its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def stamped(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            more: bool = message.get("more_body", False)
            if not more and not body:
                await self._finish(scope, start, message.get("body", b""), send)
                return
            body.extend(message.get("body", b""))
            if not more:
                await self._finish(scope, start, bytes(body), send)

        await self._app(scope, receive, stamped)

    async def _finish(self, scope: Scope, start: Message, body: bytes, send: Send) -> None:
        release = self._release().encode()
        headers: dict[bytes, bytes] = {}
        several: list[tuple[bytes, bytes]] = []
        for name, value in start["headers"]:
            if name in headers:
                several.append((name, value))
            else:
                headers[name] = value
        headers.setdefault(b"x-dataset-release", release)
        headers[b"vary"] = headers[b"vary"] + b", " + self._vary if b"vary" in headers else self._vary
        headers.setdefault(b"x-content-type-options", b"nosniff")
        if start["status"] == 200 and scope["method"] in ("GET", "POST"):
            if b"etag" not in headers:
                headers[b"etag"] = f'"{sha256(release + body).hexdigest()[:32]}"'.encode()
            if scope["method"] != "POST" and matches(scope, headers[b"etag"].decode("latin-1")):
                del headers[b"content-length"], headers[b"content-type"]
                start["status"], body = 304, b""
        start["headers"] = [*headers.items(), *several]
        await send(start)
        await send({"type": "http.response.body", "body": body})


def matches(scope: Scope, tag: str) -> bool:
    """Say whether a request's If-None-Match names a tag."""
    given = b",".join(value for name, value in scope["headers"] if name == b"if-none-match").decode("latin-1")
    return any(candidate.strip().removeprefix("W/") in (tag, "*") for candidate in given.split(","))
