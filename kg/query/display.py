"""How an entity is laid out for people: what comes first, what is plumbing, which language, how exact a date is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import XSD, shorten
from kg.query.entities import Statement
from kg.terms import load_terms

_PLUMBING = frozenset(
    {"rdf:type", "skos:prefLabel", "skos:hiddenLabel", "egov:linkExample", "egov:linkCounterExample", "egov:resolution", "qb:dataSet"}
)
_FIRST = (
    "sdmx-measure:obsValue", "egov:printed", "sdmx-attribute:unitMeasure", "egov:indicator", "sdmx-dimension:refArea",
    "sdmx-dimension:refPeriod", "egov:breakdown", "dcterms:description", "egov:approvedBy", "eli:type_document", "eli:number",
    "eli:date_document", "eli:passed_by", "dcterms:title", "egov:authorList", "dcterms:issued", "schema:startDate", "schema:endDate",
)  # fmt: skip
_DIGITS = {"year": 4, "month": 7}


@dataclass(frozen=True)
class Group:
    """The statements of one property: those in the reader's language (or none), and those in others."""

    property: ox.NamedNode
    own: tuple[Statement, ...]
    others: tuple[Statement, ...]


def arranged(statements: Iterable[Statement], languages: Sequence[str]) -> list[Group]:
    """Return statements by property, the telling ones first, plumbing left out."""
    groups: dict[ox.NamedNode, list[Statement]] = {}
    hidden = set(load_terms().precision_of.values())
    for statement in statements:
        if shorten(statement.property.value) not in _PLUMBING and statement.property not in hidden:
            groups.setdefault(statement.property, []).append(statement)
    ordered = sorted(groups.items(), key=lambda group: _place(shorten(group[0].value)))
    return [_group(predicate, items, languages) for predicate, items in ordered]


def precisions(statements: Iterable[Statement]) -> dict[ox.NamedNode, str]:
    """Return how exactly each date property of an entity is known: day, month or year."""
    known = {statement.property: statement.value.value.rpartition("/")[2] for statement in statements if statement.accepted}
    return {date: known[companion] for date, companion in load_terms().precision_of.items() if companion in known}


def lexical(predicate: ox.NamedNode, value: ox.Literal, exactness: Mapping[ox.NamedNode, str]) -> str:
    """Return a literal as people read it: a date no longer than it is known."""
    if value.datatype == XSD.date and predicate in exactness:
        return value.value[: _DIGITS.get(exactness[predicate], 10)]
    return value.value


def _group(predicate: ox.NamedNode, items: list[Statement], languages: Sequence[str]) -> Group:
    spoken = [language for language in languages if any(_language(item) == language for item in items)]
    if not spoken:
        return Group(predicate, tuple(items), ())
    own = tuple(item for item in items if _language(item) in (spoken[0], None))
    return Group(predicate, own, tuple(item for item in items if item not in own))


def _language(statement: Statement) -> str | None:
    return statement.value.language if isinstance(statement.value, ox.Literal) else None


def _place(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)
