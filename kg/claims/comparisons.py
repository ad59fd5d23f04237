"""Comparisons that curators ask for: claims on different things, or on a many-valued property, that cannot all be right.

Two papers may date “the third stage” otherwise, each in a scheme of its own, or name two ministries above one committee:
nothing in the key of a claim makes them rivals, so a record (`compare:`) says that they are. Both sides stay facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.claims.readings import VALUE_COMPANIONS, Reading, Term, agree, make_reading
from kg.terms import Terms


@dataclass(frozen=True)
class Comparison:
    """What to hold side by side: one property of some things, as all passages state it or as the given ones do.

    `labels` say in each language what the matter is; `kind` is a code of the list conflict-kind.
    """

    slug: str
    kind: str
    things: tuple[ox.NamedNode, ...]
    predicate: ox.NamedNode
    labels: Mapping[str, str]
    passages: frozenset[ox.NamedNode] = frozenset()

    def covers(self, passage: ox.NamedNode) -> bool:
        """Say whether a passage's claims are part of the comparison."""
        return not self.passages or passage in self.passages


@dataclass(frozen=True)
class Compared:
    """A comparison with the claims found for it. `silent` are things of which no passage states the property."""

    comparison: Comparison
    readings: tuple[Reading, ...]
    silent: tuple[ox.NamedNode, ...]

    @property
    def differs(self) -> bool:
        """Say whether at least two of the claims disagree; texts always do, since they are in our own words."""
        return any(not agree(one, other) for index, one in enumerate(self.readings) for other in self.readings[index + 1 :])


def compare(comparisons: Iterable[Comparison], claims: Iterable[ox.Quad], terms: Terms) -> list[Compared]:
    """Find the claims of each comparison, things in the given order, passages by IRI."""
    comparisons = list(comparisons)
    wanted = {thing for comparison in comparisons for thing in comparison.things}
    stated: dict[Term, list[ox.Quad]] = defaultdict(list)
    for quad in claims if wanted else ():
        if quad.subject in wanted:
            stated[quad.subject].append(quad)  # type: ignore[index]
    return [_one(comparison, stated, terms) for comparison in comparisons]


def _one(comparison: Comparison, stated: Mapping[Term, list[ox.Quad]], terms: Terms) -> Compared:
    readings: list[Reading] = []
    silent = []
    for thing in comparison.things:
        found = _readings(thing, comparison, stated.get(thing, []), terms)
        readings += found
        if not found:
            silent.append(thing)
    return Compared(comparison, tuple(readings), tuple(silent))


def _readings(thing: ox.NamedNode, comparison: Comparison, quads: Iterable[ox.Quad], terms: Terms) -> list[Reading]:
    companions = frozenset(terms.precision_of.values()) | VALUE_COMPANIONS
    beside: dict[Term, dict[ox.NamedNode, Term]] = defaultdict(dict)
    for quad in quads:
        if quad.predicate in companions:
            beside[quad.graph_name][quad.predicate] = quad.object  # type: ignore[index,assignment]
    found = {
        make_reading((thing, quad.predicate, quad.object, quad.graph_name), beside[quad.graph_name], terms)  # type: ignore[arg-type,index]
        for quad in quads
        if quad.predicate == comparison.predicate and comparison.covers(quad.graph_name)  # type: ignore[arg-type]
    }
    return sorted(found, key=lambda reading: (reading.passage.value, reading.value.value))
