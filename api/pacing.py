"""So many requests a minute and client, and no more: a bucket that fills steadily, one for each address."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from math import ceil

from starlette.types import ASGIApp, Receive, Scope, Send

from api.evaluating import network
from kg.errors import TooMany

_MOST = 20_000
"""Clients that are remembered; who asked longest ago is forgotten first."""
_FREE = ("/healthz", "/readyz", "/static/")


class Rate:
    """Requests a minute for each client: after a pause of a minute, all of them at once."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = a_minute, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> int:
        """Count a request; return 0, or the whole seconds until the client may ask again."""
        now = self._clock()
        left, since = self._left.pop(client, (float(self._most), now))
        left = min(float(self._most), left + (now - since) * self._most / 60)
        granted = left >= 1
        self._left[client] = (left - 1 if granted else left), now
        if len(self._left) > _MOST:
            self._left.popitem(last=False)
        return 0 if granted else ceil((1 - left) * 60 / self._most)


class Pacing:
    """ASGI middleware: 429 with Retry-After beyond the rate. Health, readiness and static files are free."""

    def __init__(self, app: ASGIApp, a_minute: int) -> None:
        self._app, self._a_minute, self._rate = app, a_minute, Rate(a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        wait = self._rate.take(network(scope["client"][0] if scope.get("client") else ""))
        if not wait:
            await self._app(scope, receive, send)
            return
        status = HTTPStatus.TOO_MANY_REQUESTS
        detail = str(TooMany(f"more than {self._a_minute} requests a minute", wait))
        body = json.dumps({"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(wait).encode()),
            (b"access-control-allow-origin", b"*"),
        ]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})
