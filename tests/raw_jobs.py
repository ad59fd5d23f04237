"""Jobs for the tests of the workers: what a client's text would do if nothing stood before the engine."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

import pyoxigraph as ox

from kg.store.jobs import Payload, job, preparation


@job("raw")
def raw(snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Evaluate a query with no guard before it."""
    assert snapshot is not None
    found = snapshot.query(payload["query"])
    assert isinstance(found, ox.QuerySolutions)
    return {"body": found.serialize(format=ox.QueryResultsFormat.JSON) or b""}


@job("update")
def update(snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Change the copy in memory and count it."""
    assert snapshot is not None
    snapshot.update(payload["update"])
    return {"count": len(snapshot)}


@job("parse")
def parse(snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Parse a document."""
    return {"count": len(list(ox.parse(payload["body"], format=ox.RdfFormat.from_media_type(payload["type"]))))}


@job("open")
def opened(snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Try what a hijacked worker would: a file, a socket, a process. Return those that worked."""
    done = []
    for name, attempt in (
        ("file", lambda: open("/etc/passwd").close()),
        ("socket", lambda: socket.socket().close()),
        ("program", lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})),
        ("listing", lambda: os.listdir("/")),
    ):
        try:
            attempt()
        except OSError:
            continue
        done.append(name)
    return {"done": done}


@job("spin")
def spin(snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Hold the interpreter for some seconds, or take memory, or die."""
    if payload.get("hoard"):
        return {"length": len(bytearray(payload["hoard"]))}
    if payload.get("die"):
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(5)
    end = time.monotonic() + payload["seconds"]
    while time.monotonic() < end:
        pass
    return {"pid": os.getpid()}


@job("babble")
def babble(snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Send what is no message."""
    os.write(0, b"\xff" * 100)
    return {}


@preparation("numbers")
def numbers(snapshot: ox.Store, payload: Payload) -> ox.Store:
    """Make a store of so many statements, so that whose answer it is shows."""
    made = ox.Store()
    made.extend(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(number)) for number in range(int(payload["count"])))
    return made
