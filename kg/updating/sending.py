"""A write sent to the worker that weighs it, and what comes back: plain data and bytes, of which nothing is run or evaluated."""

from __future__ import annotations

from typing import Any

from kg.store.changes import unpacked
from kg.store.process import Kind
from kg.store.tasks import Outcome
from kg.store.trying import Update, Upload
from kg.updating.weighing import Rules, Weighed

PLAIN = Kind(("kg.updating.job",), copy=True)
"""A worker that weighs writes to a store without rules."""
RULED = Kind((*PLAIN.modules, "kg.updating.readying"), copy=True)
"""A worker that derives facts and checks shapes as well."""
MOST = 256 << 20
"""Bytes of a change as N-Quads, at most."""


def sent(write: Update | Upload, rules: Rules) -> tuple[dict[str, Any], bytes]:
    """Return payload and body of the job `weigh`."""
    payload = {"base": write.base, "curated": rules.curated, "shacl": rules.shacl, "most": MOST}
    if isinstance(write, Update):
        return {**payload, "update": True, "default": list(write.default), "named": list(write.named)}, write.text.encode()
    parts = [(len(data), format) for data, format in write.parts]
    whole = {**payload, "update": False, "method": write.method, "graph": write.graph, "parts": parts}
    return whole, b"".join(data for data, _ in write.parts)


def received(outcome: Outcome) -> Weighed:
    """Return what the job found; raises ValueError for what is no change."""
    return Weighed(unpacked(outcome.body), int(outcome.header["derived"]), bool(outcome.header["existed"]))
