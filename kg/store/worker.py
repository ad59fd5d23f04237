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
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NoReturn

import pyoxigraph as ox

from kg.store.changes import Change, apply, unpacked
from kg.store.framing import OWN, PREFIX, framed, json_of
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
_SET_PDEATHSIG, _SIGKILL = 1, 9


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

    def run(self) -> None:
        """Do jobs until the service closes the socket."""
        threading.stack_size(_STACK)
        jobs = threading.Thread(target=self._work)
        jobs.start()
        self._warm.wait()
        self._limit_memory()
        _send(framed({"ready": True, "follows": self._follows, OWN: self._owns}))
        if self._copies:
            self._copy()
        self._copied.set()
        jobs.join()

    def _work(self) -> NoReturn:
        if self.store is not None:
            self.store.query("ASK { ?s ?p ?o }")  # so that what every query needs is there before memory is counted
        self._warm.set()
        try:
            while True:
                header, body = _receive()
                _allow(header["seconds"])
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
        if self._sizes >= 0:
            size = int(os.pread(self._sizes, 64, 0).split()[0]) * _PAGE
            resource.setrlimit(resource.RLIMIT_AS, (size + self._memory + beyond, resource.RLIM_INFINITY))


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


def _allow(seconds: float) -> None:
    """Raise the limit of processor time for the next job."""
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


def _receive() -> tuple[dict[str, Any], bytes]:
    header, body = PREFIX.unpack(_read(PREFIX.size))
    return json_of(_read(header)), _read(body)


def _read(size: int) -> bytes:
    pieces = []
    while size:
        piece = os.read(_SOCKET, min(size, 1 << 20))
        if not piece:
            os._exit(0)
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _send(pieces: list[bytes]) -> None:
    for piece in pieces:
        left = memoryview(piece)
        while left:
            left = left[os.write(_SOCKET, left) :]


def main() -> None:
    """Set up as the first message says, then work."""
    os.closerange(3, 4096)
    setup, body = _receive()
    _die_with(setup["parent"])
    for module in setup["modules"]:
        import_module(module)
    worker = _Worker(setup, body)
    del body
    _silence()
    seal(setup["snapshot"] or None)
    worker.run()


if __name__ == "__main__":
    main()
