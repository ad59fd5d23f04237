"""From what the query room returns to the models of api/models.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from api import models
from kg.namespaces import DCTERMS, local_name, shorten
from kg.query import entities as known
from kg.query.conflicts import Disagreement
from kg.query.labels import Labels, best, shown

_LONGEST = 200


def entity(found: known.Entity, languages: Sequence[str]) -> models.Entity:
    """Return an entity as JSON, names in the first of the languages that has one."""
    labels = found.labels
    own = best(labels.get(found.iri.value, {}), languages) or (_described(found), "en")
    facts = [statement for statement in found.statements if statement.accepted]
    rejected = [statement for statement in found.statements if not statement.accepted]
    return models.Entity(
        iri=found.iri.value,
        id=found.name,
        kind=found.name.partition("/")[0],
        types=[node(cls, labels, languages) for cls in found.types],
        label=own[0],
        labelLanguage=own[1],
        labels=dict(labels.get(found.iri.value, {})),
        facts=[fact(statement, labels, languages) for statement in facts],
        rejected=[fact(statement, labels, languages) for statement in rejected],
        incoming=[
            models.Incoming(
                subject=node(link.subject, labels, languages),
                property=node(link.property, labels, languages),
                passages=[passage(item, labels, languages) for item in link.evidence],
            )
            for link in found.incoming
        ],
        conflicts=[conflict(item) for item in found.conflicts],
        complete=found.complete,
    )


def fact(statement: known.Statement, labels: Mapping[str, Labels], languages: Sequence[str]) -> models.Fact:
    """Return one statement with its evidence."""
    return models.Fact(
        property=node(statement.property, labels, languages),
        value=value(statement.value, labels, languages),
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
    return models.Node(iri=term.value, id=shorten(term.value), label=shown(term.value, labels, languages))


def value(term: ox.NamedNode | ox.Literal, labels: Mapping[str, Labels], languages: Sequence[str]) -> models.Value:
    """Return a value: a thing with its label, or a literal."""
    if isinstance(term, ox.NamedNode):
        return models.Value(type="node", value=term.value, id=shorten(term.value), label=shown(term.value, labels, languages))
    datatype = None if term.language else shorten(term.datatype.value)
    return models.Value(type="literal", value=term.value, label=term.value, language=term.language, datatype=datatype)


def conflict(item: Disagreement) -> models.Conflict:
    """Return a conflict with its sides."""
    return models.Conflict(
        iri=item.iri.value,
        id=shorten(item.iri.value),
        kind=item.kind,
        label=item.label,
        subject=shorten(item.subject.value),
        property=shorten(item.property.value),
        sides=[
            models.ConflictSide(
                passage=shorten(side.passage.value),
                document=shorten(side.document.value),
                locator=side.locator,
                value=shorten(side.value.value) if side.value else None,
                printed=side.printed or None,
            )
            for side in item.sides
        ],
        accepted=shorten(item.accepted.value) if item.accepted else None,
        decidedBy=item.rule,
        computed=item.computed or None,
        computation=item.computation or None,
        rule=item.under or None,
    )


def _described(found: known.Entity) -> str:
    """Return what stands for the label of a thing that has none: its short name."""
    text = next((s.value.value for s in found.statements if s.property == DCTERMS.description), "")
    return text[:_LONGEST] or local_name(found.iri.value) or found.iri.value
