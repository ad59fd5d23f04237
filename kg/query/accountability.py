"""Accountability: from the act that approves a programme to what came of it, each link with its passages, each missing one named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pyoxigraph as ox
from pydantic import Field

from kg.namespaces import DCTERMS, EGOV, ELI, RDF, SCHEMA, local_name
from kg.query.choosing import entity_of
from kg.query.coverage import why_empty
from kg.query.facts import Edge, Facts, facts_of, pointing_to
from kg.query.force import Dates, Force, State
from kg.query.framing import Table
from kg.query.series import Wanted, read_series
from kg.query.targets import Assessment, Figure, assess
from kg.query.telling import Answer, Cited, Day, Missing, Shape, Teller, Thing, extent, seen, sources
from kg.query.viewing import View

_BODIES = {EGOV.responsibleBody: "responsible body", EGOV.operatedBy: "operator", ELI.passed_by: "passed the act"}
_AIMS = {EGOV.goal: "goal", EGOV.expectedOutcome: "expected outcome"}
_LINES = 1_000_000


@dataclass(frozen=True)
class Tie(Shape):
    """A stated link of the chain: `thing` stands in `relation` to `of` (kind/slug)."""

    of: Annotated[str, Field(examples=["programme/digital-kazakhstan"])]
    relation: Annotated[str, Field(examples=["direction"])]
    thing: Thing
    passages: tuple[Cited, ...]
    begin: Day | None = None
    end: Day | None = None


@dataclass(frozen=True)
class Approval(Shape):
    """An act that approves the programme, with its dates, what amends or repeals it, and its state where a day was asked for."""

    act: Thing
    passages: tuple[Cited, ...]
    dates: Dates
    amended_by: tuple[Tie, ...]
    repealed_by: tuple[str, ...]
    state: State | None


@dataclass(frozen=True)
class Measured(Shape):
    """An indicator of the programme with baseline, target, actual and gap."""

    of: str
    relation: str
    indicator: Thing
    passages: tuple[Cited, ...]
    assessments: tuple[Assessment, ...]


@dataclass(frozen=True)
class Told(Shape):
    """What sources say in words: an aim, a result, a criticism, a recommendation. `thing` is the finding, or what it is said of."""

    kind: Annotated[str, Field(examples=["goal", "result", "criticism", "recommendation", "statement"])]
    thing: Thing
    text: str
    passages: tuple[Cited, ...]


@dataclass(frozen=True)
class Chain(Answer):
    """The chain of one programme: approval, parts (directions and stages), bodies, indicators, aims, and what sources found."""

    programme: Thing
    begin: Day | None
    end: Day | None
    state: State | None
    approvals: tuple[Approval, ...]
    parts: tuple[Tie, ...]
    bodies: tuple[Tie, ...]
    indicators: tuple[Measured, ...]
    aims: tuple[Told, ...]
    findings: tuple[Told, ...]
    conflicts: Annotated[tuple[str, ...], Field(description="Where sources disagree about the programme")]

    def table(self) -> Table:
        """Return a row a link of the chain, from the act to the findings; missing links come last."""
        rows = [("approval", self.programme.id, "approved by", a.act.id, a.act.label, sources(a.passages)) for a in self.approvals]
        rows += [
            ("approval", t.of, t.relation, t.thing.id, t.thing.label, sources(t.passages)) for a in self.approvals for t in a.amended_by
        ]
        for step, ties in (("part", self.parts), ("body", self.bodies)):
            rows += [(step, t.of, t.relation, t.thing.id, t.thing.label, sources(t.passages)) for t in ties]
        for m in self.indicators:
            rows.append(("indicator", m.of, m.relation, m.indicator.id, m.indicator.label, sources(m.passages)))
            rows += [("figure", m.indicator.id, role, f.id, f.printed or "", "; ".join(f.passages)) for role, f in _figures(m)]
        for step, told in (("aim", self.aims), ("finding", self.findings)):
            rows += [(step, self.programme.id, t.kind, t.thing.id, t.text, sources(t.passages)) for t in told]
        rows += [("missing", self.programme.id, m.what, "", m.why, "") for m in self.missing]
        return ("step", "of", "relation", "thing", "label", "passages"), rows


def read_chain(view: View, teller: Teller, name: str, day: date | None = None) -> Chain:
    """Return the accountability chain of a programme by slug, identifier or IRI; raises UnknownEntity."""
    store = view.store
    programme = entity_of(view, "programme", name)
    own = facts_of(store, [programme], [EGOV.approvedBy, EGOV.hasDirection, EGOV.hasIndicator, SCHEMA.startDate, SCHEMA.endDate, *_AIMS])
    around = pointing_to(store, [programme], [EGOV.concerns, EGOV.basedOn, DCTERMS.isPartOf, EGOV.conflictSubject, EGOV.alsoAbout])
    parts = [*own.edges(programme, EGOV.hasDirection), *(edge for edge in around if _kind(edge.subject) == "stage")]
    anchors = [programme, *dict.fromkeys(edge.object if edge.subject == programme else edge.subject for edge in parts)]
    acts = own.edges(programme, EGOV.approvedBy)
    force = Force(store, [programme, *(edge.object for edge in acts)])
    amending = pointing_to(store, [edge.object for edge in acts], [ELI.amends]) if acts else []
    systems = [edge.subject for edge in around if _kind(edge.subject) == "system"]
    answering = facts_of(
        store, [*anchors, *systems, *(edge.object for edge in acts)], [*_BODIES, EGOV.hasIndicator, SCHEMA.startDate, SCHEMA.endDate]
    )
    bodies = [edge for thing in [*anchors, *systems, *(e.object for e in acts)] for p in _BODIES for edge in answering.edges(thing, p)]
    measured = [edge for thing in anchors for edge in answering.edges(thing, EGOV.hasIndicator)]
    measured += [edge for edge in pointing_to(store, anchors, [EGOV.concerns]) if _kind(edge.subject) == "indicator"]
    findings = [edge for edge in around if _kind(edge.subject) == "finding" and edge.predicate == EGOV.concerns]
    said = facts_of(store, [edge.subject for edge in findings], [DCTERMS.description, EGOV.polarity, RDF.type])
    results = facts_of(store, anchors[1:], [EGOV.result])
    edges = [*acts, *amending, *parts, *bodies, *measured, *findings]
    teller.learn(
        [programme, *anchors, *(node for edge in edges for node in (edge.subject, edge.object))],
        [
            *(p for facts in (own, answering, said, results) for p in facts.passages()),
            *force.passages(),
            *(p for e in edges for p in e.passages),
        ],
    )
    indicators = tuple(_measured(view, teller, edge) for edge in measured)
    return Chain(
        programme=teller.thing(programme),
        begin=teller.day(own, programme, SCHEMA.startDate),
        end=teller.day(own, programme, SCHEMA.endDate),
        state=force.state(programme, day) if day else None,
        approvals=tuple(_approval(edge, amending, force, teller, day) for edge in acts),
        parts=tuple(_part(edge, programme, answering, teller) for edge in parts),
        bodies=tuple(_tie(edge, _BODIES[edge.predicate], teller) for edge in bodies),
        indicators=indicators,
        aims=tuple(
            Told(kind, teller.thing(programme), text, teller.cited(item.passages))
            for p, kind in _AIMS.items()
            for text, item in teller.text(own.all(programme, p))
        ),
        findings=(*_results(anchors[1:], results, teller), *_findings(findings, said, teller)),
        conflicts=tuple(sorted({_name(e.subject) for e in around if e.predicate in (EGOV.conflictSubject, EGOV.alsoAbout)})),
        missing=tuple(
            _missing(
                view,
                teller.thing(programme),
                {"act": acts, "amendment": amending, "part": parts, "body": bodies, "finding": findings},
                indicators,
            )
        ),
        view=seen(view, day),
    )


def _approval(edge: Edge, amending: list[Edge], force: Force, teller: Teller, day: date | None) -> Approval:
    act = edge.object
    return Approval(
        act=teller.thing(act),
        passages=teller.cited(edge.passages),
        dates=force.dates(act, teller),
        amended_by=tuple(
            Tie(_name(act), "amended by", teller.thing(e.subject), teller.cited(e.passages)) for e in amending if e.object == act
        ),
        repealed_by=tuple(_name(e.subject) for e in force.repealed_by(act)),
        state=force.state(act, day) if day else None,
    )


def _part(edge: Edge, programme: ox.NamedNode, facts: Facts, teller: Teller) -> Tie:
    direction = edge.subject == programme
    thing = edge.object if direction else edge.subject
    relation = "direction" if direction else "stage"
    begin, end = (teller.day(facts, thing, predicate) for predicate in (SCHEMA.startDate, SCHEMA.endDate))
    return Tie(_name(programme), relation, teller.thing(thing), teller.cited(edge.passages), begin, end)


def _tie(edge: Edge, relation: str, teller: Teller) -> Tie:
    return Tie(_name(edge.subject), relation, teller.thing(edge.object), teller.cited(edge.passages))


def _measured(view: View, teller: Teller, edge: Edge) -> Measured:
    owned = edge.predicate == EGOV.hasIndicator
    indicator, of = (edge.object, edge.subject) if owned else (edge.subject, edge.object)
    series = read_series(view, teller, Wanted(indicator.value), limit=_LINES)
    relation = "indicator of success" if owned else "indicator about it"
    return Measured(_name(of), relation, teller.thing(indicator), teller.cited(edge.passages), tuple(assess(series.lines)))


def _results(things: Iterable[ox.NamedNode], facts: Facts, teller: Teller) -> Iterable[Told]:
    for thing in things:
        for text, item in teller.text(facts.all(thing, EGOV.result)):
            yield Told("result", teller.thing(thing), text, teller.cited(item.passages))


def _findings(findings: Iterable[Edge], facts: Facts, teller: Teller) -> Iterable[Told]:
    for edge in findings:
        for text, item in teller.text(facts.all(edge.subject, DCTERMS.description)):
            yield Told(_sort(edge.subject, facts), teller.thing(edge.subject), text, teller.cited(item.passages or edge.passages))


def _sort(finding: ox.NamedNode, facts: Facts) -> str:
    types = {item.value for item in facts.all(finding, RDF.type)}
    polarity = facts.text(finding, EGOV.polarity)
    if EGOV.Recommendation in types:
        return "recommendation"
    if EGOV.Barrier in types or polarity == "weakness":
        return "criticism"
    return "result" if EGOV.Benefit in types or EGOV.Finding in types or polarity == "strength" else "statement"


_LINKS = {
    "act": ("approving act", "act", "no source names an act that approves {}"),
    "amendment": ("amendment", "act", "no source names an act that amends the approving act of {}"),
    "part": ("stages and directions", "programme", "no source names stages or directions of {}"),
    "body": ("responsible body", "organisation", "no source names a body responsible for {}, or one that passed its act"),
    "finding": ("results and criticisms", "finding", "no source states a result or criticism of {}"),
}


def _missing(view: View, programme: Thing, there: dict[str, list[Edge]], indicators: tuple[Measured, ...]) -> Iterable[Missing]:
    answering = [edge for edge in there["body"] if edge.predicate == EGOV.responsibleBody]
    for key, (what, kind, words) in _LINKS.items():
        if key == "body" and there["body"] and not answering:
            words = "no source names a body responsible for {}; the bodies listed passed its act or operate its systems"
        if not (answering if key == "body" else there[key]):
            why = why_empty(view.store, kind)
            yield Missing(what, f"{words.format(programme.label)}; {why.why}", read=extent(why))
    if not indicators:
        why = why_empty(view.store, "indicator")
        yield Missing("indicators", f"no source names an indicator of {programme.label}; {why.why}", read=extent(why))
    for measured in indicators:
        if not measured.assessments:
            yield Missing(measured.indicator.id, f"no source gives a figure of {measured.indicator.label}")
        for item in measured.assessments:
            for lacking in item.lacking:
                yield Missing(measured.indicator.id, f"{lacking} of {measured.indicator.label} ({item.area.label}, {item.breakdown})")


def _figures(measured: Measured) -> Iterable[tuple[str, Figure]]:
    for item in measured.assessments:
        for role, figure in (("baseline", item.baseline), ("target", item.target), ("actual", item.actual)):
            if figure:
                yield role, figure


def _name(node: ox.NamedNode) -> str:
    return local_name(node.value) or node.value


def _kind(node: ox.NamedNode) -> str:
    return _name(node).partition("/")[0]
