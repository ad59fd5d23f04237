"""One worker as the service sees it: started, asked, killed. All methods belong to the event loop's thread.

That thread must also outlive the worker: the kernel ends a worker when the thread that started it ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from kg.store.framing import OWN, TAKEN_BACK, Reader, Unframed, framed

_LOG = logging.getLogger("egovkg")
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "TZ", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Kind:
    """What a worker is made for.

    `modules` register its jobs. `prepare` names a preparation, and `given` its payload as pairs. `copy`: the graph is in
    memory, and may be changed there, before the first job, however large it is; `once`: the worker ends after it.
    """

    modules: tuple[str, ...] = ()
    prepare: str = ""
    given: tuple[tuple[str, str], ...] = ()
    copy: bool = False
    once: bool = False


PLAIN = Kind()
"""The kind of those that answer queries: this object wherever it is meant, so that telling it from others costs nothing."""


@dataclass(frozen=True)
class Means:
    """What a worker may use: bytes of memory beyond its graph, statements up to which it holds the graph in memory, bytes of an answer."""

    memory: int = 512 << 20
    in_memory: int = 1_000_000
    max_body: int = 65 << 20


@dataclass(frozen=True)
class Base:
    """What a worker starts from: a snapshot's folder and the changes since (packed), up to the `end`-th of the `generation`."""

    snapshot: str
    changes: tuple[bytes, ...] = ()
    end: int = 0
    generation: int = 0


Told = Callable[["Process"], None]
Answered = Callable[["Process", dict[str, Any], bytes], None]
_TAKING_BACK = framed({"job": TAKEN_BACK})


class Process(asyncio.Protocol):
    """A worker process over one snapshot and the changes since. `ready` and `ended` are called once each, `ended` last.

    `seen` is how many changes the crew had told it of, `generation` that of its snapshot: both are the crew's to count.
    `quick` is the pool's to say: its last job took next to no time.
    `follows` says, once it is ready, whether it can be told of any; `reads` which snapshot it may still read, if one.
    """

    def __init__(self, base: Base, kind: Kind, means: Means, ready: Told, ended: Told) -> None:
        self.kind, self.generation, self.seen = kind, base.generation, base.end
        self.follows = True
        self.reads = base.snapshot
        self._base = base
        self.is_ready = self.is_dead = self.quick = False
        self.pid = 0
        self.reaped: asyncio.Future[None] | None = None
        self._means, self._ready, self._ended = means, ready, ended
        self._answered: deque[Answered] = deque()
        self._reader = Reader(means.max_body)
        self._transport: asyncio.Transport | None = None
        self._is_killed = False

    def start(self) -> None:
        """Start the process (about a millisecond of this thread) and tell it what to be; `ready` or `ended` follows."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            files = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
            command = [sys.executable, "-S", "-P", "-m", "kg.store.worker"]
            self.pid = os.posix_spawn(sys.executable, command, _environment(), file_actions=files)
        asyncio.get_running_loop().create_task(self._connect(ours))

    async def _connect(self, ours: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=ours)
        except BaseException:
            ours.close()
            self.connection_lost(None)
            raise
        setup = {**asdict(self.kind), "with": dict(self.kind.given), "snapshot": self._base.snapshot, "parent": os.getpid()}
        setup |= {"memory": self._means.memory, "in_memory": self._means.in_memory}
        setup |= {"changes": [len(change) for change in self._base.changes]}
        self._send(framed(setup, b"".join(self._base.changes)))
        self._base = replace(self._base, changes=())

    def ask(self, job: str, payload: Mapping[str, Any], body: bytes, seconds: float, answered: Answered) -> None:
        """Send a job; `answered` gets header and body, unless the process ends before. Jobs are done in the order they were sent."""
        self._answered.append(answered)
        self._send(framed({"job": job, "payload": payload, "seconds": seconds}, body))

    def take_back(self) -> None:
        """Say that the job sent last is not wanted: it is answered by nothing, unless it has been begun."""
        self._send(_TAKING_BACK)

    def kill(self) -> None:
        """End the process now; `ended` follows."""
        self._answered.clear()
        self._is_killed = True
        if not self.is_dead:
            self._strike()
            if self._transport:
                self._transport.abort()

    def _strike(self) -> None:
        if self.pid > 0:  # 0 would be this process and all its kin
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _send(self, pieces: list[bytes]) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.writelines(pieces)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by their class

    def data_received(self, data: bytes) -> None:
        """Part of asyncio.Protocol. What nobody asked for, or what is no message, is the worker's end."""
        try:
            for header, body in self._reader.feed(data):
                if self._is_killed:
                    return
                if header.pop(OWN, False):
                    self.reads = ""
                if self._answered:
                    self._answered.popleft()(self, header, body)
                elif header.get("ready") and not self.is_ready:
                    self.is_ready, self.follows = True, bool(header.get("follows"))
                    self._ready(self)
                else:
                    raise Unframed
        except Unframed:
            _LOG.error("worker %d sent what is no answer and was ended", self.pid)
            self.kill()

    def connection_lost(self, exc: Exception | None) -> None:
        """Part of asyncio.Protocol: the process ended, or is to end now."""
        if self.is_dead:
            return
        self._strike()
        self.is_dead = True
        self._reader = Reader(0)  # what had come of an answer
        self.reaped = asyncio.get_running_loop().run_in_executor(None, _reap, self.pid)
        self._ended(self)


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _environment() -> dict[str, str]:
    """Return the environment of a worker: nothing of the service's but where modules lie."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path), "MALLOC_ARENA_MAX": "2"}
