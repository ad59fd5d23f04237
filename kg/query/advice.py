"""What a framework would have an area do first: recommendations joined to the elements that lag, by what both concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import EGOV
from kg.query.entities import Evidence
from kg.query.frameworks import Framework, claims_about, concerns_of, named
from kg.query.standing import Position
from kg.store.base import Store

ADVICE_RULE = "shared-subject"
_LAST = 1_000_000
"""The place of a recommendation without an ordinal: after those that have one."""

_RECOMMENDATIONS = """SELECT ?thing ?place ?ordinal WHERE {
  ?thing a egov:Recommendation OPTIONAL { ?thing dcterms:spatial ?place } OPTIONAL { ?thing egov:ordinal ?ordinal }
}"""


@dataclass(frozen=True)
class Advice:
    """A recommendation. `of_framework`: it concerns the framework; else it is given for the area by name.

    `shared` is what it and the element it answers both concern; `ordinal` its own place among its document's.
    """

    iri: ox.NamedNode
    of_framework: bool
    shared: tuple[ox.NamedNode, ...]
    evidence: tuple[Evidence, ...]
    ordinal: int | None = None


@dataclass(frozen=True)
class Priority:
    """An element that lags, and the recommendations that answer it; none where the graph holds none."""

    element: ox.NamedNode
    answers: tuple[Advice, ...]


def advise(
    store: Store, area: ox.NamedNode, framework: Framework, positions: Sequence[Position]
) -> tuple[tuple[Priority, ...], tuple[Advice, ...]]:
    """Return what to do first, an entry an element that lags, lowest level first; and the framework's advice beyond that.

    A recommendation counts when it is for the area, or concerns the framework and is for no area by name.
    """
    places: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    ordinal: dict[ox.NamedNode, int] = {}
    for row in store.rows(_RECOMMENDATIONS):
        places[named(row, "thing")] |= {named(row, "place")} if "place" in row else set()
        if "ordinal" in row:
            ordinal[named(row, "thing")] = int(row["ordinal"].value)
    concerns = concerns_of(store, places)
    mine = {
        thing: framework.iri in concerns.get(thing, ())
        for thing, where in places.items()
        if area in where or (not where and framework.iri in concerns.get(thing, ()))
    }
    claims = claims_about(store, mine, EGOV.concerns)

    def advice(thing: ox.NamedNode, shared: frozenset[ox.NamedNode]) -> Advice:
        about = shared or {framework.iri}
        evidence = dict.fromkeys(item for node in about for item in claims.get((thing, EGOV.concerns, node), ()))
        passages = tuple(sorted(evidence, key=lambda item: item.passage.value))
        return Advice(thing, mine[thing], tuple(sorted(shared, key=str)), passages, ordinal.get(thing))

    def order(given: Advice) -> tuple[bool, int, str]:
        return not given.of_framework, given.ordinal if given.ordinal is not None else _LAST, given.iri.value

    first = []
    for position in sorted((p for p in positions if p.lags), key=lambda p: _rank(framework, p)):
        element = position.element
        subjects = {element.iri, *element.concerns, *(node for a in position.assessments for node in a.concerns)}
        about = frozenset(subjects) - framework.skeleton - {area}
        answers = [advice(thing, about & concerns[thing]) for thing in mine if about & concerns.get(thing, frozenset())]
        first.append(Priority(element.iri, tuple(sorted(answers, key=order))))
    used = {answer.iri for priority in first for answer in priority.answers}
    general = [advice(thing, frozenset()) for thing, of_framework in mine.items() if of_framework and thing not in used]
    return tuple(first), tuple(sorted(general, key=order))


def _rank(framework: Framework, position: Position) -> int:
    rank = framework.rank(position.element)
    return len(framework.levels) if rank is None else rank
