"""Servers for tests: the real service in a thread, a canary that notes every connection. All on 127.0.0.1, port 0."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import close_writes, create_app
from api.server import configured
from kg.config import Settings
from kg.store.base import Store


@contextmanager
def served(store: Store, settings: Settings | None = None) -> Iterator[str]:
    """Serve a store; yields the base address."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    app = create_app(settings or Settings(), store)
    config = configured(app, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        close_writes(app)


class Canary:
    """A listener that counts who knocks."""

    def __init__(self) -> None:
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def knocks(self) -> int:
        """Return how many connections wait: they stay in the backlog until they are accepted here."""
        self._listener.settimeout(0.1)
        count = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                return count
            connection.close()
            count += 1

    def close(self) -> None:
        self._listener.close()


@contextmanager
def canary() -> Iterator[Canary]:
    """Listen on a free port for as long as the block runs."""
    listening = Canary()
    try:
        yield listening
    finally:
        listening.close()


@contextmanager
def spawned(*arguments: str, **environment: str) -> Iterator[str]:
    """Run `egovkg serve` on a free port; yields its address, stops it at the end."""
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        try:
            assert process.stderr is not None
            lines = []
            for line in process.stderr:
                lines.append(line)
                if line.startswith("serving "):
                    yield line.split()[-1]
                    break
            else:
                raise AssertionError(f"egovkg serve ended: {''.join(lines)}")
        finally:
            process.terminate()
            process.communicate()
