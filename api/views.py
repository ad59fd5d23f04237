"""From what the query room returns to the models of api/models.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from api import models
from kg.namespaces import DCTERMS, ID, concept, local_name, shorten
from kg.query import entities as known
from kg.query.conflicts import Disagreement, Side
from kg.query.coverage import Emptiness
from kg.query.display import lexical, precisions
from kg.query.labels import Labels, best, shown, spoken
from kg.query.viewing import View
from kg.store.binding import Term

_LONGEST = 200


def entity(found: known.Entity, languages: Sequence[str]) -> models.Entity:
    """Return an entity as JSON, names in the first of the languages that has one."""
    labels = found.labels
    own = best(labels.get(found.iri.value, {}), languages) or (_described(found), "en")
    exactness = precisions(found.statements)
    facts = [statement for statement in found.statements if statement.accepted]
    rejected = [statement for statement in found.statements if not statement.accepted]
    return models.Entity(
        iri=found.iri.value,
        id=found.name,
        kind=found.name.partition("/")[0],
        types=[node(cls, labels, languages) for cls in found.types],
        curated=found.curated,
        label=own[0],
        labelLanguage=own[1],
        labels=dict(labels.get(found.iri.value, {})),
        facts=[fact(statement, labels, languages, exactness) for statement in facts],
        rejected=[fact(statement, labels, languages, {}) for statement in rejected],
        incoming=[
            models.Incoming(
                subject=node(link.subject, labels, languages),
                property=node(link.property, labels, languages),
                passages=[passage(item, labels, languages) for item in link.evidence],
            )
            for link in found.incoming
        ],
        conflicts=[conflict(item, labels, languages) for item in found.conflicts],
        complete=found.complete,
    )


def fact(
    statement: known.Statement, labels: Mapping[str, Labels], languages: Sequence[str], exactness: Mapping[ox.NamedNode, str]
) -> models.Fact:
    """Return one statement with its evidence; `exactness` says how much of a date is known."""
    return models.Fact(
        property=node(statement.property, labels, languages),
        value=value(statement, labels, languages, exactness),
        agreement=statement.agreement,
        passages=[passage(item, labels, languages) for item in statement.evidence],
    )


def passage(item: known.Evidence, labels: Mapping[str, Labels], languages: Sequence[str]) -> models.Passage:
    """Return a passage with its document."""
    return models.Passage(
        iri=item.passage.value,
        id=shorten(item.passage.value),
        locator=item.locator,
        document=node(item.document, labels, languages),
        doi=item.doi or None,
        start=item.start,
        end=item.end,
    )


def node(term: ox.NamedNode, labels: Mapping[str, Labels], languages: Sequence[str]) -> models.Node:
    """Return a thing with its label."""
    label, language = spoken(term.value, labels, languages)
    return models.Node(iri=term.value, id=shorten(term.value), label=label, labelLanguage=language)


def value(
    statement: known.Statement, labels: Mapping[str, Labels], languages: Sequence[str], exactness: Mapping[ox.NamedNode, str]
) -> models.Value:
    """Return a statement's value: a thing with its label, or a literal, a date no longer than it is known."""
    found = term(statement.value, labels, languages)
    if isinstance(statement.value, ox.Literal):
        return found.model_copy(update={"label": lexical(statement.property, statement.value, exactness)})
    return found


def term(given: Term | ox.BlankNode, labels: Mapping[str, Labels], languages: Sequence[str]) -> models.Value:
    """Return a thing with its label, or a literal with its language or datatype."""
    if isinstance(given, ox.Literal):
        datatype = None if given.language else shorten(given.datatype.value)
        return models.Value(type="literal", value=given.value, label=given.value, language=given.language, datatype=datatype)
    label, language = spoken(given.value, labels, languages)
    return models.Value(type="node", value=given.value, iri=_iri(given), id=shorten(given.value), label=label, labelLanguage=language)


def _iri(given: ox.NamedNode | ox.BlankNode) -> str:
    return given.value if isinstance(given, ox.NamedNode) else f"_:{given.value}"


def conflict(item: Disagreement, labels: Mapping[str, Labels], languages: Sequence[str]) -> models.Conflict:
    """Return a conflict with its sides."""
    return models.Conflict(
        iri=item.iri.value,
        id=shorten(item.iri.value),
        kind=item.kind,
        kindLabel=shown(concept("conflict-kind", item.kind).value, labels, languages),
        label=shown(item.iri.value, labels, languages),
        heading=item.heading(labels, languages),
        compared=item.compared(),
        subject=shorten(item.subject.value),
        subjectNode=node(item.subject, labels, languages),
        property=shorten(item.property.value),
        propertyNode=node(item.property, labels, languages),
        others=[node(other, labels, languages) for other in item.others],
        sides=[_side(side, labels, languages, several=bool(item.others)) for side in item.sides],
        accepted=item.fact(labels, languages) or None,
        acceptedIn=shorten(item.accepted_in.value) if item.accepted_in else None,
        decidedBy=item.rule,
        decidedByNode=node(concept("decision-rule", item.rule), labels, languages),
        computed=item.computed or None,
        computation=item.computation or None,
        note=item.note or None,
        rule=item.under or None,
        ruleNode=node(ox.NamedNode(f"{ID}{item.under}"), labels, languages) if item.under else None,
    )


def emptiness(empty: Emptiness, labels: Mapping[str, Labels], languages: Sequence[str]) -> models.Empty:
    """Return why an answer is empty, with the coverage of each document."""
    documents = [
        models.DocumentCoverage(document=node(item.document, labels, languages), extent=item.extent, scope=item.scope)
        for item in empty.coverage
    ]
    return models.Empty(state=empty.state, why=empty.why, coverage=documents)


def view(seen: View) -> models.View | None:
    """Return the moment of an answer; None where the whole graph answered."""
    if not seen.moment:
        return None
    at, known = seen.moment.at, seen.moment.known
    return models.View(
        at=at.isoformat() if at else None,
        known=known.isoformat() if known else None,
        documents=[shorten(node.value) for node in seen.documents],
        later=[shorten(node.value) for node in seen.later],
        outside=seen.outside,
        undated=seen.undated,
    )


def _side(side: Side, labels: Mapping[str, Labels], languages: Sequence[str], *, several: bool) -> models.ConflictSide:
    return models.ConflictSide(
        passage=shorten(side.passage.value),
        document=shorten(side.document.value),
        documentLabel=shown(side.document.value, labels, languages),
        locator=side.locator,
        subject=node(side.subject, labels, languages) if several and side.subject else None,
        value=shorten(side.value.value) if side.value else None,
        printed=side.printed or None,
        unit=shown(side.unit.value, labels, languages) if side.unit else None,
        text=side.worded(labels, languages) if side.value else None,
    )


def _described(found: known.Entity) -> str:
    """Return what stands for the label of a thing that has none: its short name."""
    text = next((s.value.value for s in found.statements if s.property == DCTERMS.description), "")
    return text[:_LONGEST] or local_name(found.iri.value) or found.iri.value
