"""The answers of the entity look-ups as tables: a header and rows of text, for CSV."""

from __future__ import annotations

from collections.abc import Iterable

from api import models
from kg.query.framing import Table


def entity_table(entity: models.Entity) -> Table:
    """Return a row a statement: facts, claims that lost, and claims of other things that point here."""
    header = ("subject", "property", "propertyLabel", "value", "label", "language", "standing", "agreement", "passages")
    rows = [_row(entity.id, fact, "fact" if fact.passages else "editorial") for fact in entity.facts]
    rows += [_row(entity.id, fact, "not-a-fact") for fact in entity.rejected]
    rows += [
        (link.subject.id, link.property.id, link.property.label, entity.id, entity.label, "", "incoming", "", _passages(link.passages))
        for link in entity.incoming
    ]
    return header, rows


def hits_table(hits: models.Hits) -> Table:
    """Return a row an entity found."""
    header = ("id", "iri", "kind", "label", "matched", "matchedLanguage", "matchedBy", "how", "score")
    return header, [(h.id, h.iri, h.kind, h.label, h.matched, h.matchedLanguage or "", h.matchedBy, h.how, str(h.score)) for h in hits.hits]


def conflicts_table(found: models.Conflicts) -> Table:
    """Return a row a side of a conflict; `accepted` says whether it is the one taken as fact."""
    header = (
        "conflict",
        "kind",
        "heading",
        "document",
        "passage",
        "locator",
        "subject",
        "text",
        "accepted",
        "decidedBy",
        "computation",
        "note",
    )
    rows = []
    for item in found.conflicts:
        for side in item.sides:
            accepted = "true" if item.compared or (side.passage == item.acceptedIn and side.value is not None) else "false"
            key = (item.id, item.kind, item.heading, side.document, side.passage, side.locator)
            about = side.subject.id if side.subject else item.subject
            rows.append((*key, about, side.text or "", accepted, item.decidedBy, item.computation or "", item.note or ""))
    return header, rows


def _row(subject: str, fact: models.Fact, standing: str) -> tuple[str, ...]:
    value = fact.value
    shown = (value.id or value.value, value.label, value.language or "")
    return (subject, fact.property.id, fact.property.label, *shown, standing, str(fact.agreement), _passages(fact.passages))


def _passages(passages: Iterable[models.Passage]) -> str:
    return "; ".join(passage.id.removeprefix("passage/") for passage in passages)
