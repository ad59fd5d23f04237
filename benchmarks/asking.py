"""A small HTTP/1.1 client for measuring: keeps connections, may call from another address of the loopback, costs some 0.1 ms a request."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CLIENT = "benchmarks.asking (asyncio, one process)"


@dataclass(frozen=True)
class Answer:
    """A status, headers with names in small letters, and the body's bytes."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self.transport: Any = None
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionError("closed without a whole answer"))

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or not self._waiting or self._waiting.done():
            return
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        status = int(lines[0].split()[1])
        if "chunked" in headers.get("transfer-encoding", ""):
            body, stop = _chunks(self._buffer, end + 4)
            if stop < 0:
                return
        else:
            stop = end + 4 + (0 if status in (204, 304) else int(headers.get("content-length", 0)))
            if len(self._buffer) < stop:
                return
            body = bytes(self._buffer[end + 4 : stop])
        del self._buffer[:stop]
        if headers.get("connection", "").lower() == "close":
            self.transport.close()
        self._waiting.set_result(Answer(status, headers, body))


def _chunks(buffer: bytearray, place: int) -> tuple[bytes, int]:
    """Return a chunked body and where it ends; -1 where it is not yet whole."""
    parts: list[bytes] = []
    while True:
        line = buffer.find(b"\r\n", place)
        if line < 0:
            return b"", -1
        size = int(bytes(buffer[place:line]).split(b";")[0], 16)
        end = line + 2 + size
        if len(buffer) < end + 2:
            return b"", -1
        if not size:
            return b"".join(parts), end + 2
        parts.append(bytes(buffer[line + 2 : end]))
        place = end + 2


class Client:
    """Asks one service. As many connections as questions wait at a time; they are kept."""

    def __init__(self, url: str, source: str = "127.0.0.1", timeout: float = 120) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 80
        self._source, self._timeout = source, timeout
        self._idle: list[_Connection] = []

    async def ask(self, target: str, body: bytes | None = None, method: str = "", **headers: str) -> Answer:
        """Ask; raises OSError or TimeoutError where no whole answer comes. `content_type` is sent as Content-Type."""
        connection = await self._connection()
        try:
            answer = await asyncio.wait_for(connection.ask(self._request(target, body, method, headers)), self._timeout)
        except BaseException:
            connection.transport.close()
            raise
        self._idle.append(connection)
        return answer

    async def leave(self, target: str, body: bytes | None = None, after: float = 0.2, **headers: str) -> None:
        """Ask and go away after some seconds, without having read an answer."""
        connection = await self._connection()
        waiting = connection.ask(self._request(target, body, "", headers))
        connection.transport.pause_reading()
        await asyncio.sleep(after)
        waiting.cancel()
        connection.transport.abort()

    def close(self) -> None:
        """Close the connections that are kept."""
        for connection in self._idle:
            connection.transport.close()

    async def _connection(self) -> _Connection:
        while self._idle:
            if not (kept := self._idle.pop()).is_lost and not kept.transport.is_closing():
                return kept
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(_Connection, self._host, self._port, local_addr=(self._source, 0)))[1]

    def _request(self, target: str, body: bytes | None, method: str, headers: dict[str, str]) -> bytes:
        lines = [f"{method or ('GET' if body is None else 'POST')} {target} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


async def rate(url: str, target: str, connections: int, seconds: float) -> tuple[float, list[float], dict[int, int]]:
    """Ask the same as fast as it goes over some connections; return answers a second, seconds of each, and how many of each status."""
    client, end = Client(url), time.perf_counter() + seconds
    took: list[float] = []
    statuses: dict[int, int] = {}

    async def work() -> None:
        while (begin := time.perf_counter()) < end:
            answer = await client.ask(target)
            took.append(time.perf_counter() - begin)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1

    await asyncio.gather(*(work() for _ in range(connections)))
    client.close()
    return len(took) / seconds, took, statuses


def percentile(values: list[float], share: float) -> float:
    """Return a percentile (share 0 to 1) of some values, the nearest rank; not a number where there are none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")
