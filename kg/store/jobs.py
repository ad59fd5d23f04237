"""What a worker can be asked to do: functions by name, plain data in and out.

A job gets the snapshot (None where its worker has none) and the payload; bytes come as `payload["body"]` and go back as
`"body"` of the answer. A preparation makes another store of the snapshot before the worker closes itself off. A module
that adds jobs registers them here and is named in the plan of the worker (kg/store/process.py), for after the sealing
nothing can be imported: a job imports all it needs at the head of its module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryFailed
from kg.formats import BOOLEAN, GRAPHS, RESULTS, Format
from kg.store.base import QueryDataset, Wish
from kg.store.cutting import Bounds
from kg.store.oxigraph import OxigraphStore
from kg.store.passing import spends, told

Payload = dict[str, Any]
Job = Callable[[ox.Store | None, Payload], Payload]
Preparation = Callable[[ox.Store, Payload], ox.Store]
_FORMATS = {format.name: format for format in (*RESULTS, BOOLEAN, *GRAPHS)}
_JOBS: dict[str, Job] = {}
_PREPARATIONS: dict[str, Preparation] = {}


def job(name: str) -> Callable[[Job], Job]:
    """Register a job under a name."""

    def registered(function: Job) -> Job:
        _JOBS[name] = function
        return function

    return registered


def preparation(name: str) -> Callable[[Preparation], Preparation]:
    """Register a preparation under a name."""

    def registered(function: Preparation) -> Preparation:
        _PREPARATIONS[name] = function
        return function

    return registered


def prepare(name: str, snapshot: ox.Store, payload: Payload) -> ox.Store:
    """Return the store that a preparation makes of a snapshot."""
    return _PREPARATIONS[name](snapshot, payload)


def perform(name: str, snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Do a job; an error of it is told as `{"error": …}`, with `spent` where the worker is of no more use.

    Out of memory is the worker's end, not an answer.
    """
    try:
        return _JOBS[name](snapshot, payload)
    except MemoryError:
        raise
    except Exception as error:
        return {"error": told(error), "spent": spends(error)}


@job("query")
def query(snapshot: ox.Store | None, payload: Payload) -> Payload:
    """Answer a query. `tag` is a digest of `salt` and body, so that nobody need hash the answer again."""
    if snapshot is None:
        raise QueryFailed("there is no graph to ask here")
    answer = OxigraphStore.around(snapshot, sealed=True).answer(
        payload["query"],
        Wish(_formats(payload["results"]), _formats(payload["graph"]), _formats(payload.get("truth", ()))),
        QueryDataset(tuple(payload["default"]), tuple(payload["named"]), payload.get("base", "")),
        Bounds(payload["rows"], payload["bytes"]),
    )
    tag = sha256(payload["salt"].encode() + answer.body).hexdigest()[:32]
    return {"format": answer.format.name, "complete": answer.complete, "unknown": answer.unknown, "tag": tag, "body": answer.body}


def _formats(names: Iterable[str]) -> list[Format]:
    return [_FORMATS[name] for name in names]
