"""A worker: `python -m kg.store.worker`, its socket as standard input. It opens a snapshot, closes itself off, does jobs.

Once it is sealed (sealing.py) it can open no socket and no file but its snapshot's, so whatever a client's text makes the
engine try fails, however it is spelt; it has so much memory, so much processor time a job, and dies with the service. Jobs
run in one thread with a deep stack, in which all that the engine hands out stays. While they run, the main thread may copy
the graph into memory.

Who has the graph in memory can follow: between two jobs the service tells of changes that were committed. (On disk that
cannot be: the engine rearranges its files in the background.)
"""

from __future__ import annotations

import os
import resource
import select
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NoReturn

import pyoxigraph as ox

from kg.store.changes import Change, apply, unpacked
from kg.store.framing import OWN, PREFIX, TAKEN_BACK, framed, json_of
from kg.store.jobs import perform, prepare
from kg.store.sealing import keeps_files, seal

_STACK = 64 << 20
_SOCKET = 0
FOLLOW = "follow"
"""The name of the message that tells of a change; it comes like a job, and is answered by an empty header."""
_PER_STATEMENT = 3000
"""Bytes of address space that copying a statement may take for a while."""
_COPYING = 512 << 20
"""Bytes of address space beside: the stacks and arenas of the threads that copy."""
_PAGE = resource.getpagesize()
_CPU_SPARE = 15
"""Seconds of processor beyond the job's limit before the kernel ends the worker: the service is to be first."""
_RAISED = 1.0
"""Seconds for which a raised limit will do."""
_PIECE = 1 << 16
_LONG = 0.002
"""Seconds of a job after which the next one may have been taken back."""
_SET_PDEATHSIG, _SIGKILL = 1, 9
_TAKING_BACK = b"".join(framed({"job": TAKEN_BACK}))


class _Worker:
    """The state that the two threads share: which store is asked."""

    def __init__(self, setup: dict[str, Any], body: bytes) -> None:
        self.store: ox.Store | None = ox.Store.read_only(setup["snapshot"]) if setup["snapshot"] else None
        self._memory: int = setup["memory"]
        self._sizes = os.open("/proc/self/statm", os.O_RDONLY) if os.path.exists("/proc/self/statm") else -1
        self._warm, self._copied = threading.Event(), threading.Event()
        copies = bool(setup["copy"] or setup["changes"] or not keeps_files())
        if self.store is not None and copies:
            self.store = _in_memory(self.store)
            for change in _parted(setup["changes"], body):
                apply(self.store, unpacked(change))
        if self.store is not None and setup["prepare"]:
            self.store = prepare(setup["prepare"], self.store, setup["with"])
        self._copies = not copies and not setup["prepare"] and self.store is not None and _holds_at_most(self.store, setup["in_memory"])
        self._follows, self._owns = copies or self._copies, copies or bool(setup["prepare"])

    def run(self, inbox: Inbox) -> None:
        """Do jobs until the service closes the socket."""
        threading.stack_size(_STACK)
        jobs = threading.Thread(target=self._work, args=(inbox,))
        jobs.start()
        self._warm.wait()
        self._limit_memory()
        _send(framed({"ready": True, "follows": self._follows, OWN: self._owns}))
        if self._copies:
            self._copy()
        self._copied.set()
        jobs.join()

    def _work(self, inbox: Inbox) -> NoReturn:
        if self.store is not None:
            self.store.query("ASK { ?s ?p ?o }")  # so that what every query needs is there before memory is counted
        self._warm.set()
        allowance, since = _Allowance(), 0.0
        try:
            while True:
                header, body = inbox.receive()
                if header["job"] == TAKEN_BACK:
                    continue
                if inbox.takes_back(look=time.monotonic() > since + _LONG):
                    _send(framed({}))
                    continue
                since = time.monotonic()
                allowance.raise_for(header["seconds"])
                if header["job"] == FOLLOW:
                    self._follow(unpacked(body))
                    _send(framed({OWN: True}))
                    continue
                payload = header["payload"]
                if body:
                    payload["body"] = body
                answer = perform(header["job"], self.store, payload)
                out = answer.pop("body", b"")
                _send(framed(answer, out))
                del payload, answer, out, body, header
        except BaseException:
            os._exit(1)

    def _copy(self) -> None:
        """Copy the graph into memory, where scans take a half to a quarter of the time."""
        assert self.store is not None
        self._limit_memory(_COPYING + len(self.store) * _PER_STATEMENT)
        self.store = _in_memory(self.store)
        self._limit_memory()

    def _follow(self, change: Change) -> None:
        """Make a change that was committed, in memory: a copy that is being made is waited for."""
        self._copied.wait()
        if self.store is not None:
            apply(self.store, change)

    def _limit_memory(self, beyond: int = 0) -> None:
        """Let the process grow by so much of real memory: what it has of addresses without memory, its deep stack first, counts too."""
        if self._sizes >= 0:
            size, resident, shared, _, _, data = (int(pages) * _PAGE for pages in os.pread(self._sizes, 128, 0).split()[:6])
            empty = max(0, data - (resident - shared))
            room = max(self._memory - empty, self._memory // 2)
            resource.setrlimit(resource.RLIMIT_AS, (size + room + beyond, resource.RLIM_INFINITY))


def _holds_at_most(store: ox.Store, count: int) -> bool:
    return bool(count) and len(store) <= count


def _parted(lengths: list[int], body: bytes) -> Iterator[bytes]:
    place = 0
    for length in lengths:
        yield body[place : place + length]
        place += length


def _in_memory(store: ox.Store) -> ox.Store:
    made = ox.Store()
    for graph in store.named_graphs():
        made.add_graph(graph)
    made.bulk_load(input=store.dump(format=ox.RdfFormat.N_QUADS), format=ox.RdfFormat.N_QUADS)
    return made


class _Allowance:
    """The limit of processor time, raised before each job; not again within a second, for that costs as much as a small job."""

    def __init__(self) -> None:
        self._since, self._seconds = -_RAISED, 0.0

    def raise_for(self, seconds: float) -> None:
        """Let the next job take so much."""
        now = time.monotonic()
        if seconds <= self._seconds and now < self._since + _RAISED:
            return
        self._since, self._seconds = now, seconds
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + _CPU_SPARE
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _die_with(parent: int) -> None:
    """Have the kernel end this process when the service ends, where the kernel is Linux."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


class Inbox:
    """Messages from the socket, which is read in large pieces."""

    def __init__(self) -> None:
        self._held = bytearray()

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the next message: header and body. Ends the process where the service has closed the socket."""
        header, body = PREFIX.unpack(self._take(PREFIX.size))
        return json_of(self._take(header)), self._take(body)

    def takes_back(self, look: bool) -> bool:
        """Say whether the job that was received last has been taken back, by what was read with it or (`look`) has come since."""
        if look and select.select([_SOCKET], [], [], 0)[0]:
            self._read(_PIECE)
        return self._held.startswith(_TAKING_BACK)

    def _read(self, size: int) -> None:
        piece = os.read(_SOCKET, size)
        if not piece:
            os._exit(0)
        self._held += piece

    def _take(self, size: int) -> bytes:
        while len(self._held) < size:
            self._read(max(_PIECE, min(size - len(self._held), 1 << 20)))
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _send(pieces: list[bytes]) -> None:
    sent = os.writev(_SOCKET, pieces)
    for piece in pieces:
        left, sent = memoryview(piece)[sent:], max(0, sent - len(piece))
        while left:
            left = left[os.write(_SOCKET, left) :]


def main() -> None:
    """Set up as the first message says, then work."""
    os.closerange(3, 4096)
    inbox = Inbox()
    setup, body = inbox.receive()
    _die_with(setup["parent"])
    for module in setup["modules"]:
        import_module(module)
    worker = _Worker(setup, body)
    del body
    _silence()
    seal(setup["snapshot"] or None)
    worker.run(inbox)


if __name__ == "__main__":
    main()
