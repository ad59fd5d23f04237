"""Weighing as a job of a worker process, which holds a copy of the data as they stand. `sending.py` is its other side."""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import QueryFailed, StoreError
from kg.store.changes import packed
from kg.store.jobs import Payload, job
from kg.store.trying import Update, Upload
from kg.store.uploads import check_depth
from kg.updating.weighing import Rules, weigh


@job("weigh")
def weighed(scratch: ox.Store | None, payload: Payload) -> Payload:
    """Weigh a write: `derived`, `existed`, and the change as the body, packed."""
    if scratch is None:
        raise StoreError("there is no copy of the store to try a write on; start the service over a store")
    found = weigh(scratch, _write(payload), Rules(payload["curated"], payload["shacl"]), sealed=True)
    body = packed(found.change)
    if len(body) > payload["most"]:
        raise QueryFailed(f"the write changes more than {payload['most'] >> 20} MB of N-Quads; do it in parts")
    check_depth(body)
    return {"derived": found.derived, "existed": found.existed, "body": body}


def _write(payload: Payload) -> Update | Upload:
    body = payload.get("body", b"")
    if payload["update"]:
        return Update(body.decode(), payload["default"], payload["named"], payload["base"])
    parts, place = [], 0
    for length, format in payload["parts"]:
        parts.append((body[place : place + length], format))
        place += length
    return Upload(payload["method"], payload["graph"], parts, payload["base"])
