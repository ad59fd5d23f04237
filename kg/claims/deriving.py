"""From identities and claims to everything that follows: facts, computed values, conflicts. Pure, quads in and quads out.

A build runs it over the records' quads; a view of an earlier day runs it over those of the store that were known then.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.claims.acceptance import Fact, Verdict, accept
from kg.claims.arithmetic import Computation, compute, key_of
from kg.claims.comparisons import Compared, compare
from kg.claims.conflicts import Conflict, conflict_quads, contrasts, disagreements, failures
from kg.claims.evidence import Evidence, evidence_from
from kg.claims.readings import VALUE
from kg.claims.rules import rules_from
from kg.namespaces import (
    CUBE,
    EGOV,
    PROV,
    QB,
    RDF,
    SDMX_A,
    SDMX_D,
    XSD,
    concept,
    derived_graph,
    entity,
)  # fmt: skip
from kg.terms import Terms


@dataclass(frozen=True)
class Derived:
    """What follows from identities and claims.

    `values` are the quads of the graphs of computed values, `disputes` those of the conflicts' graph, which `conflicts`
    describe; `compared` are all comparisons, also those that found nothing. The facts are made on demand: as lines for a
    build (a large dataset has hundreds of thousands), as quads for a view.
    """

    values: tuple[ox.Quad, ...]
    disputes: tuple[ox.Quad, ...]
    conflicts: tuple[Conflict, ...]
    compared: tuple[Compared, ...]
    identities: list[ox.Quad]
    accepted: tuple[Fact, ...]

    def fact_lines(self) -> dict[str, None]:
        """Return the facts, the triples of the default graph, as N-Triples lines, each once."""
        facts = dict.fromkeys(triple_lines(self.identities))
        facts.update(dict.fromkeys(f"{subject} {predicate} {value} .\n" for subject, predicate, value in self._accepted()))
        return facts

    def fact_quads(self) -> dict[ox.Quad, None]:
        """Return the facts as quads of the default graph, each once."""
        facts = dict.fromkeys(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in self.identities)
        facts.update(dict.fromkeys(ox.Quad(*fact) for fact in self._accepted()))
        return facts

    def _accepted(self) -> Iterator[Fact]:
        yield from self.accepted
        if any(predicate == QB.dataSet for _, predicate, _ in self.accepted):
            yield CUBE, RDF.type, QB.DataSet


def derive(editorial: list[ox.Quad], claims: list[ox.Quad], terms: Terms) -> Derived:
    """Apply the rule of kg/claims/acceptance.py, the arithmetic rules and the comparisons to the quads of named graphs."""
    rules, comparisons = rules_from(editorial)
    evidence = evidence_from(editorial, claims, terms)
    accepted = accept(claims, evidence, terms)
    computations = compute(rules, accepted.facts, terms)
    compared = compare(comparisons, claims, terms)
    found = conclude(accepted.verdicts, computations, compared, evidence)
    identities = [*editorial, *found.disputes, *found.unstated]
    return Derived(found.values, found.disputes, found.conflicts, tuple(compared), identities, accepted.facts)


@dataclass(frozen=True)
class Conclusions:
    """What follows from verdicts, computations and comparisons; `unstated` are the values that enter the facts."""

    values: tuple[ox.Quad, ...]
    disputes: tuple[ox.Quad, ...]
    conflicts: tuple[Conflict, ...]
    unstated: tuple[ox.Quad, ...]


def conclude(
    verdicts: Sequence[Verdict],
    computations: Sequence[Computation],
    compared: Sequence[Compared],
    evidence: Evidence,
    about: Container[ox.NamedNode] | None = None,
) -> Conclusions:
    """Return the computed values and the conflicts; with `about`, of the verdicts only those on these things.

    Each verdict, computation and comparison stands for itself, so a part gives its part of the whole.
    """
    told = verdicts if about is None else [verdict for verdict in verdicts if verdict.readings[0].subject in about]
    conflicts = (*disagreements(told, evidence), *failures(computations, verdicts), *contrasts(compared))
    values = tuple(_computed_values(computations))
    return Conclusions(values, tuple(conflict_quads(conflicts)), conflicts, tuple(_unstated(values, computations)))


def triple_lines(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield the triples of quads as N-Triples lines."""
    return (f"{quad.triple} .\n" for quad in quads)


def _computed_values(computations: Iterable[Computation]) -> Iterator[ox.Quad]:
    """Yield computed values where no source states one, or where the stated one fails; nothing where they agree."""
    for computation in computations:
        if computation.stated is None or computation.fails:
            yield from _computed(computation)


def _computed(computation: Computation) -> Iterator[ox.Quad]:
    graph, node = derived_graph(computation.rule.slug), computation.observation
    value = f"{computation.computed.quantize(Decimal('0.00001')).normalize():f}"
    yield ox.Quad(node, VALUE, ox.Literal(value, datatype=XSD.decimal), graph)
    span = (computation.stated or computation.inputs[0]).span
    if span:  # the computation is in base units, whatever the scale of the print
        yield ox.Quad(node, SDMX_A.unitMeasure, concept("unit", span.unit), graph)
    yield ox.Quad(node, PROV.wasGeneratedBy, entity("rule", computation.rule.slug), graph)
    yield ox.Quad(node, EGOV.computation, ox.Literal(computation.formula), graph)
    for reading in computation.inputs:
        yield ox.Quad(node, PROV.used, reading.subject, graph)
    if computation.stated is None:
        yield from (ox.Quad(node, predicate, term, graph) for predicate, term in _observed(computation))


def _observed(computation: Computation) -> Iterator[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
    """Yield what makes a value that no source states a whole observation, beside value and unit."""
    key = key_of(computation.observation)
    assert key is not None  # a rule's result is neither target nor baseline
    indicator, breakdown, area, period = key
    yield RDF.type, QB.Observation
    yield QB.dataSet, CUBE
    yield EGOV.indicator, entity("indicator", indicator)
    yield SDMX_D.refArea, entity("area", area)
    yield SDMX_D.refPeriod, ox.Literal(period)
    for code in (breakdown or "total").split("+"):
        yield EGOV.breakdown, concept("breakdown", code)
    yield EGOV.valueRole, concept("value-role", "actual")
    yield SDMX_A.obsStatus, concept("obs-status", "computed")
    yield EGOV.printed, ox.Literal(computation.formula)


def _unstated(derived: Iterable[ox.Quad], computations: Iterable[Computation]) -> list[ox.Quad]:
    """Return the derived values that enter the facts: those of observations that no source states."""
    silent = {computation.observation for computation in computations if computation.stated is None}
    return [quad for quad in derived if quad.subject in silent]
