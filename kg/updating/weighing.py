"""A write weighed: what it changes, whether it may, which facts follow, whether the shapes hold. Nothing is changed by it.

One job, `weigh(store, payload) -> dict`, plain data in and out, so that it can run in a process that may be killed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.errors import BreaksShapes
from kg.store.changes import Change, change_from
from kg.store.trying import try_graph, try_update
from kg.terms import load_terms
from kg.updating.checking import broken_by
from kg.updating.graphs import check_writable
from kg.updating.rederiving import rederive


def weigh(store: ox.Store, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the change that a write comes to, as Change.as_data, with `derived`, the number of quads that follow.

    The payload is that of try_update (it has `update`) or try_graph, and `curated` and `shacl` say which rules hold. The store
    is a scratch copy, as before when the job returns. Raises WriteRefused, BreaksShapes and what these two raise.
    """
    found = try_update(store, payload) if "update" in payload else try_graph(store, payload)
    change = change_from(found)
    follows = Change()
    if payload["curated"]:
        check_writable(change)
        follows = rederive(store, change, load_terms())
    whole = change.with_quads(follows.added, follows.removed)
    if payload["shacl"] and (broken := broken_by(store, whole, curated=payload["curated"])):
        raise BreaksShapes(broken)
    derived = len(follows.added) + len(follows.removed)
    return {**whole.as_data(), "derived": derived, "existed": found.get("existed", True)}
