"""Asked again, word for word: an answer that is kept goes out before anything else of the service runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caching import Cache
from api.stamping import matches

KEPT = "egovkg.kept"
"""Where in the scope a route says under which key its answer is kept."""
_MOST = 4096
_LONGEST = 8192
_Headers = list[tuple[bytes, bytes]]


class Again:
    """ASGI middleware, the outermost but pacing: requests as they were sent, and the headers that answered them."""

    def __init__(self, app: ASGIApp, cache: Cache, release: Callable[[], str]) -> None:
        self._app, self._cache, self._release = app, cache, release
        self._seen: OrderedDict[tuple[bytes, bytes], tuple[Hashable, str, _Headers]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache, or pass the request on and remember how it was answered."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/sparql":
            await self._app(scope, receive, send)
            return
        accept = b""
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b"," + value if accept else value
            elif name == b"origin":  # another site's page: answered with headers of its own
                await self._app(scope, receive, send)
                return
        asked = (scope["query_string"], accept)
        if known := self._seen.get(asked):
            key, tag, headers = known
            given = self._cache.get(key)
            if given and given.release == self._release():
                self._seen.move_to_end(asked)
                if matches(scope, tag):
                    headers = [header for header in headers if header[0] not in (b"content-length", b"content-type")]
                    await send({"type": "http.response.start", "status": 304, "headers": headers})
                    await send({"type": "http.response.body", "body": b""})
                else:
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                    await send({"type": "http.response.body", "body": given.body})
                return
            del self._seen[asked]
        await self._app(scope, receive, self._remembering(scope, asked, send))

    def _remembering(self, scope: Scope, asked: tuple[bytes, bytes], send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200 and (key := scope.get(KEPT)):
                self._remember(asked, key, list(message["headers"]))
            await send(message)

        return sent

    def _remember(self, asked: tuple[bytes, bytes], key: Hashable, headers: _Headers) -> None:
        tag = next((value.decode("latin-1") for name, value in headers if name == b"etag"), "")
        if tag and len(asked[0]) + len(asked[1]) <= _LONGEST:
            self._seen[asked] = key, tag, headers
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
