"""Facts follow from claims by this rule, and by no other.

1. A claim on a property that may have many values is a fact.
2. On a single-valued property, where all claims agree (to the coarser of their precisions, in one unit), the finest is the fact.
3. Where they disagree, the claims of the best authority are kept (primary statistical source, legal text,
   peer-reviewed paper, report, news); if those still disagree, the latest published; then, for figures, those of
   tables over those of prose; then those that more passages state. The first step after which the rest agree decides.
4. Where no step decides, nothing becomes a fact: the conflict is undecided and shows every side.

A losing claim stays in its passage's graph. An observation whose value is undecided is not in the facts at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.claims.evidence import Evidence, Standing
from kg.claims.readings import VALUE, VALUE_COMPANIONS, Reading, Term, agree, make_reading
from kg.terms import Terms

Fact = tuple[ox.NamedNode, ox.NamedNode, Term]


@dataclass(frozen=True)
class Verdict:
    """What became of the readings of one property of one thing.

    `accepted` is None where the conflict is undecided; `rule` is empty where there is no conflict.
    """

    readings: tuple[Reading, ...]
    accepted: Reading | None
    rule: str = ""

    @property
    def rejected(self) -> list[Reading]:
        """Return the readings that disagree with the accepted one, or all where none was accepted."""
        if self.accepted is None:
            return list(self.readings)
        return [reading for reading in self.readings if not agree(reading, self.accepted)]


@dataclass(frozen=True)
class Accepted:
    """The facts that follow from claims, and the verdict on every single-valued property."""

    facts: tuple[Fact, ...]
    verdicts: tuple[Verdict, ...]


def accept(claims: Iterable[ox.Quad], evidence: Evidence, terms: Terms) -> Accepted:
    """Apply the rule of this module to the quads of claim graphs."""
    beside: dict[tuple[Term, Term], dict[ox.NamedNode, Term]] = defaultdict(dict)
    single: dict[tuple[ox.NamedNode, ox.NamedNode], list[tuple[Term, ox.NamedNode]]] = defaultdict(list)
    facts: dict[Fact, None] = {}
    companions = frozenset(terms.precision_of.values()) | VALUE_COMPANIONS
    for quad in claims:
        subject, predicate, value, passage = _parts(quad)
        if predicate in companions:
            beside[subject, passage][predicate] = value
        elif predicate in terms.single_valued:
            single[subject, predicate].append((value, passage))
        else:
            facts[subject, predicate, value] = None
    verdicts = []
    for (subject, predicate), given in single.items():
        readings = [make_reading((subject, predicate, value, p), beside[subject, p], terms) for value, p in dict.fromkeys(given)]
        verdicts.append(settle(readings, evidence))
    undecided = {verdict.readings[0].subject for verdict in verdicts if _lost(verdict)}
    kept = [fact for fact in facts if fact[0] not in undecided]
    return Accepted((*kept, *_winners(verdicts, undecided)), tuple(verdicts))


def settle(readings: list[Reading], evidence: Evidence) -> Verdict:
    """Decide between the readings of one property of one thing."""
    ordered = sorted(readings, key=lambda reading: _order(reading, evidence))
    if _all_agree(ordered):
        return Verdict(tuple(ordered), _finest(ordered))
    rest = ordered
    for rule, keep in _STEPS:
        rest = keep(rest, evidence)
        if _all_agree(rest):
            return Verdict(tuple(ordered), _finest(rest), rule)
    return Verdict(tuple(ordered), None, "undecided")


def _best_authority(readings: list[Reading], evidence: Evidence) -> list[Reading]:
    best = min(_standing(reading, evidence).rank for reading in readings)
    return [reading for reading in readings if _standing(reading, evidence).rank == best]


def _latest(readings: list[Reading], evidence: Evidence) -> list[Reading]:
    standings = [_standing(reading, evidence) for reading in readings]
    return [reading for reading, own in zip(readings, standings, strict=True) if not any(own.before(other) for other in standings)]


def _tables(readings: list[Reading], evidence: Evidence) -> list[Reading]:
    tables = [r for r in readings if r.predicate == VALUE and _standing(r, evidence).table]
    return tables or readings


def _most_stated(readings: list[Reading], evidence: Evidence) -> list[Reading]:
    support = {reading: sum(agree(reading, other) for other in readings) for reading in readings}
    most = max(support.values())
    return [reading for reading in readings if support[reading] == most]


_STEPS: tuple[tuple[str, Callable[[list[Reading], Evidence], list[Reading]]], ...] = (
    ("authority", _best_authority),
    ("later-published", _latest),
    ("table-over-text", _tables),
    ("more-passages", _most_stated),
)


def _all_agree(readings: list[Reading]) -> bool:
    return all(agree(one, other) for index, one in enumerate(readings) for other in readings[index + 1 :])


def _finest(readings: list[Reading]) -> Reading:
    return min(readings, key=lambda reading: reading.fineness)


def _lost(verdict: Verdict) -> bool:
    return verdict.accepted is None and verdict.readings[0].predicate == VALUE


def _winners(verdicts: Iterable[Verdict], undecided: set[ox.NamedNode]) -> Iterator[Fact]:
    for verdict in verdicts:
        winner = verdict.accepted
        if winner and winner.subject not in undecided:
            yield winner.subject, winner.predicate, winner.value
            yield from ((winner.subject, predicate, value) for predicate, value in winner.companions)


def _order(reading: Reading, evidence: Evidence) -> tuple[int, str, str]:
    return _standing(reading, evidence).rank, reading.passage.value, reading.value.value


def _standing(reading: Reading, evidence: Evidence) -> Standing:
    return evidence.get(reading.passage) or Standing(reading.passage)


def _parts(quad: ox.Quad) -> tuple[ox.NamedNode, ox.NamedNode, Term, ox.NamedNode]:
    subject, value, graph = quad.subject, quad.object, quad.graph_name
    if not (isinstance(subject, ox.NamedNode) and isinstance(graph, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal)):
        raise TypeError(f"a claim may hold no blank node: {quad}")
    return subject, quad.predicate, value, graph
