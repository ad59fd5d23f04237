"""Disagreements as data: which sources, which values, what kind, which side counts and by which rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

import pyoxigraph as ox

from kg.claims.acceptance import Verdict
from kg.claims.arithmetic import Computation
from kg.claims.comparisons import Compared
from kg.claims.evidence import Evidence, Standing
from kg.claims.readings import VALUE, Reading
from kg.namespaces import CONFLICTS, EGOV, RDF, SKOS, XSD, concept, entity, shorten

_DIGITS = Decimal("0.00001")


@dataclass(frozen=True)
class Conflict:
    """One disagreement. `accepted` is None where nothing is decided; `computed` is set for arithmetic ones only.

    `under` is the rule or the comparison that found it; `others` are further things that a comparison speaks of.
    """

    kind: str
    subject: ox.NamedNode
    predicate: ox.NamedNode
    readings: tuple[Reading, ...]
    accepted: Reading | None
    rule: str
    computed: Decimal | None = None
    computation: str = ""
    inputs: tuple[Reading, ...] = ()
    under: str = ""
    others: tuple[ox.NamedNode, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def slug(self) -> str:
        """A slug from what the conflict is about, so that it stays the same from build to build."""
        if self.labels:
            return f"{self.kind}-{self.under}"
        about = f"{shorten(self.subject.value)} {re.split('[#/]', self.predicate.value)[-1]}"
        parts = (self.kind, self.under, about) if self.under else (self.kind, about)
        return re.sub(r"[^A-Za-z0-9_.]+", "-", " ".join(parts)).strip("-")


def disagreements(verdicts: Iterable[Verdict], evidence: Evidence) -> list[Conflict]:
    """Return a conflict for each verdict that had to be given."""
    return [
        Conflict(
            _kind(verdict, evidence), verdict.readings[0].subject, verdict.readings[0].predicate,
            verdict.readings, verdict.accepted, verdict.rule,
        )
        for verdict in verdicts
        if verdict.rule
    ]  # fmt: skip


def failures(computations: Iterable[Computation], verdicts: Iterable[Verdict]) -> list[Conflict]:
    """Return a conflict for each computation that the stated value does not bear out."""
    stated = {verdict.readings[0].subject: verdict for verdict in verdicts if verdict.readings[0].predicate == VALUE}
    found = []
    for computation in computations:
        if computation.fails and computation.observation in stated:
            verdict = stated[computation.observation]
            inputs = tuple(reading for read in computation.inputs for reading in stated[read.subject].readings)
            conflict = Conflict(
                "arithmetic", computation.observation, VALUE, verdict.readings, verdict.accepted, "stated-over-computed",
                computation.computed, f"{computation.formula} = {_rounded(computation.computed)}", inputs, computation.rule.slug,
            )  # fmt: skip
            found.append(conflict)
    return found


def contrasts(compared: Iterable[Compared]) -> list[Conflict]:
    """Return a conflict for each comparison whose claims differ: every side stays a fact."""
    return [
        Conflict(
            item.comparison.kind, item.comparison.things[0], item.comparison.predicate, item.readings, None, "both-stand",
            under=item.comparison.slug, others=item.comparison.things[1:], labels=item.comparison.labels,
        )
        for item in compared
        if item.differs
    ]  # fmt: skip


def conflict_quads(conflicts: Iterable[Conflict]) -> Iterator[ox.Quad]:
    """Yield the conflicts as egov:Conflict nodes in the graph of derived conflicts."""
    for conflict in conflicts:
        node = entity("conflict", conflict.slug)
        for predicate, value in _description(conflict):
            yield ox.Quad(node, predicate, value, CONFLICTS)


def _description(conflict: Conflict) -> Iterator[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
    yield RDF.type, EGOV.Conflict
    for language, words in _WORDS.items():
        yield SKOS.prefLabel, ox.Literal(conflict.labels.get(language) or _label(conflict, words), language=language)
    yield EGOV.conflictKind, concept("conflict-kind", conflict.kind)
    yield EGOV.conflictSubject, conflict.subject
    yield from ((EGOV.alsoAbout, other) for other in conflict.others)
    yield EGOV.conflictProperty, conflict.predicate
    yield EGOV.decidedBy, concept("decision-rule", conflict.rule)
    for reading in (*conflict.readings, *conflict.inputs):
        yield EGOV.statedIn, reading.passage
    if conflict.accepted:
        yield EGOV.acceptedValue, conflict.accepted.value
        yield EGOV.acceptedIn, conflict.accepted.passage
    if not conflict.labels:
        verdict = Verdict(conflict.readings, conflict.accepted)
        yield from ((EGOV.rejectedValue, reading.value) for reading in verdict.rejected)
    if conflict.computed is not None:
        yield EGOV.computedValue, ox.Literal(_rounded(conflict.computed), datatype=XSD.decimal)
        yield EGOV.computation, ox.Literal(conflict.computation)
    if conflict.under:
        yield EGOV.underRule, entity("rule", conflict.under)


_WORDS = {"en": ("or", "stated", "computed"), "ru": ("или", "указано", "вычислено"), "kk": ("немесе", "көрсетілген", "есептелген")}


def _label(conflict: Conflict, words: tuple[str, str, str]) -> str:
    either, stated, computed = words
    values = list(dict.fromkeys(_shown(reading) for reading in conflict.readings))
    about = f"{shorten(conflict.subject.value)}, {shorten(conflict.predicate.value)}"
    if conflict.computed is not None:
        return f"{about}: {stated} {values[0]}, {computed} {_rounded(conflict.computed)}"
    return f"{about}: {f' {either} '.join(values)}"


def _shown(reading: Reading) -> str:
    printed = reading.companion(EGOV.printed)
    return printed or shorten(reading.value.value)


def _rounded(value: Decimal) -> str:
    rounded = value.quantize(_DIGITS, ROUND_HALF_EVEN).normalize()
    return f"{rounded:f}"


def _kind(verdict: Verdict, evidence: Evidence) -> str:
    one = verdict.readings[0]
    if isinstance(one.value, ox.NamedNode):
        return "identity"
    if one.value.datatype == XSD.date:
        return "period"
    if one.predicate != VALUE:
        return "value"
    if _unit_slip(verdict.readings):
        return "unit"
    standings = [evidence.get(reading.passage, Standing(reading.passage)) for reading in verdict.readings]
    if len({standing.document for standing in standings}) > 1:
        return "value"
    tables = {standing.table for standing in standings}
    return {frozenset({True}): "table-table", frozenset({True, False}): "text-table"}.get(frozenset(tables), "value")


def _unit_slip(readings: Iterable[Reading]) -> bool:
    """Say whether units differ in kind, or two values by a power of ten from 10 on."""
    spans = [reading.span for reading in readings if reading.span]
    if len({span.unit for span in spans}) > 1:
        return True
    values = sorted({(span.low + span.high) / 2 for span in spans})
    if len(values) < 2 or values[0] <= 0:
        return False
    ratio = values[-1] / values[0]
    return any(abs(ratio / 10**power - 1) < Decimal("0.001") for power in range(1, 7))
