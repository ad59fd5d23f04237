"""What a question may name: an indicator, areas, breakdowns, periods; anything else is refused with what is possible."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import Impossible, UnknownEntity
from kg.namespaces import local_name, shorten
from kg.query.entities import resolve
from kg.query.viewing import View
from kg.store.base import Row

_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?", re.ASCII)
_MANY = 40


def entity_of(view: View, kind: str, name: str) -> ox.NamedNode:
    """Return a thing of a kind by slug, kind/slug, IRI or CURIE; raises UnknownEntity with those that look like it, or all where few."""
    bare = name.startswith((f"{kind}/", "http://", "https://")) or (":" in name and "/" not in name)
    try:
        found = resolve(view.store, view.names, name if bare else f"{kind}/{name}")
        if (local_name(found.value) or "").startswith(f"{kind}/"):
            return found
    except UnknownEntity:
        pass
    near = [item for item in view.names.near(name) if item.startswith(f"{kind}/")]
    if not near:
        every = sorted(hit.iri for hit in view.names.find("", kind))
        near = [local_name(iri) or iri for iri in every] if len(every) <= _MANY else []
    raise UnknownEntity(name if name.startswith(f"{kind}/") else f"{kind}/{name}", near)


def area_of(view: View, name: str, there: list[Row]) -> ox.NamedNode:
    """Return an area by slug, name or IRI; raises Impossible with those that have figures (`there`), or look like it."""
    try:
        found = resolve(view.store, view.names, name if name.startswith(("area/", "http")) else f"area/{name}")
        if (local_name(found.value) or "").startswith("area/"):
            return found
    except UnknownEntity:
        pass
    possible = sorted({shorten(row["area"].value).removeprefix("area/") for row in there})
    near = [item.removeprefix("area/") for item in view.names.near(name) if item.startswith("area/")]
    raise Impossible("area", name, "there is no such area", possible if len(possible) <= _MANY else near)


def breakdowns_of(given: Iterable[str], there: list[Row]) -> set[str]:
    """Return the breakdowns as codes joined in order; raises Impossible for one that the indicator does not have."""
    wanted = {"+".join(sorted(name.split("+"))): name for name in given}
    possible = {row["breakdown"].value.rpartition("/")[2] for row in there}
    for key, name in wanted.items():
        if not set(key.split("+")) <= possible:
            raise Impossible("breakdown", name, "the indicator has no such breakdown", sorted(possible))
    return set(wanted)


def check_periods(first: str, last: str) -> None:
    """Raise Impossible for what is no year or month, and for a first period after the last."""
    for name, given in (("from", first), ("to", last)):
        if given and not _PERIOD.fullmatch(given):
            raise Impossible(name, given, "give a year or a month, such as 2010 or 2023-04")
    if first and last and first > f"{last}~":
        raise Impossible("from", first, f"it is after {last}; swap the two")
