"""A write weighed: what it changes, whether it may, which facts follow, whether the shapes hold. Nothing is changed by it."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import BreaksShapes
from kg.store.changes import Change
from kg.store.trying import Update, Upload, try_graph, try_update
from kg.terms import load_terms
from kg.updating.checking import broken_by
from kg.updating.graphs import check_described, check_writable
from kg.updating.rederiving import rederive


@dataclass(frozen=True)
class Rules:
    """What holds for a write: `curated`, which graphs may be written and that facts follow; `shacl`, the shapes."""

    curated: bool
    shacl: bool


@dataclass(frozen=True)
class Weighed:
    """The change that a write comes to, how many of its quads follow from the others, and whether the graph was there before."""

    change: Change
    derived: int
    existed: bool = True


def weigh(scratch: ox.Store, write: Update | Upload, rules: Rules, *, sealed: bool = False) -> Weighed:
    """Return what a write to a store comes to; the scratch copy of it is as before when this returns.

    Raises WriteRefused, BreaksShapes and what try_update and try_graph raise.
    """
    if isinstance(write, Update):
        change, existed = try_update(scratch, write, sealed=sealed), True
    else:
        change, existed = try_graph(scratch, write)
    follows = Change()
    if rules.curated:
        check_writable(change)
        check_described(scratch, change)
        follows = rederive(scratch, change, load_terms())
    whole = change.with_quads(follows.added, follows.removed)
    if rules.shacl and (broken := broken_by(scratch, whole, curated=rules.curated)):
        raise BreaksShapes(broken)
    return Weighed(whole, len(follows.added) + len(follows.removed), existed)
