"""Answers of the Python client that the look-ups of kg/query give as bare data: hits, an entity, conflicts, rows of a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pyoxigraph as ox

from kg.namespaces import XSD, local_name, shorten
from kg.query.conflicts import Disagreement
from kg.query.display import lexical, precisions
from kg.query.entities import Entity
from kg.query.framing import Table
from kg.query.labels import Labels, shown
from kg.query.names import Hit
from kg.query.profiles import COLUMNS, Profiles, rows_of
from kg.query.telling import Answer
from kg.store.base import Row

_NUMBERS = {XSD.integer: int, XSD.decimal: Decimal, XSD.double: float, XSD.float: float}


@dataclass(frozen=True)
class Found(Answer):
    """Entities found, best first; `count` counts all hits.

    `undated` counts what a period left out because no source dates it; where nothing was found, `near` names what looks like it.
    """

    count: int
    hits: tuple[Hit, ...]
    labels: Mapping[str, Labels]
    languages: Sequence[str]
    undated: int = 0
    near: tuple[str, ...] = ()

    def table(self) -> Table:
        """Return a row an entity."""
        rows = [
            (
                local_name(h.iri) or h.iri,
                h.kind,
                shown(h.iri, self.labels, self.languages),
                h.name,
                h.language,
                h.match,
                h.how,
                str(h.score),
            )
            for h in self.hits
        ]
        return ("id", "kind", "label", "matched", "matchedLanguage", "matchedBy", "how", "score"), rows

    numbers: ClassVar[frozenset[str]] = frozenset({"score"})


@dataclass(frozen=True)
class Card(Answer):
    """One entity with its facts, each with passages; `entity` has everything (see kg/query/entities.py)."""

    entity: Entity
    languages: Sequence[str]

    @property
    def label(self) -> str:
        """Return the name in the reader's language."""
        return shown(self.entity.iri.value, self.entity.labels, self.languages)

    def table(self) -> Table:
        """Return a row a statement: facts, then claims that are none."""
        exactness = precisions(self.entity.statements)
        rows = []
        for item in self.entity.statements:
            value = item.value
            text = lexical(item.property, value, exactness) if isinstance(value, ox.Literal) else self._named(value)
            standing = "fact" if item.accepted and item.evidence else "editorial" if item.accepted else "not-a-fact"
            passages = "; ".join(shorten(e.passage.value).removeprefix("passage/") for e in item.evidence)
            language = (value.language or "") if isinstance(value, ox.Literal) else ""
            rows.append(
                (
                    shorten(item.property.value),
                    self._named(item.property),
                    shorten(value.value),
                    text,
                    language,
                    standing,
                    str(item.agreement),
                    passages,
                )
            )
        return ("property", "propertyLabel", "value", "label", "language", "standing", "agreement", "passages"), rows

    def _named(self, node: ox.NamedNode) -> str:
        return shown(node.value, self.entity.labels, self.languages)


@dataclass(frozen=True)
class Disagreements(Answer):
    """Where sources disagree."""

    conflicts: tuple[Disagreement, ...]
    labels: Mapping[str, Labels]
    languages: Sequence[str]

    def table(self) -> Table:
        """Return a row a side."""
        rows = []
        for item in self.conflicts:
            key = (shorten(item.iri.value), item.kind, item.heading(self.labels, self.languages))
            for side in item.sides:
                text = side.worded(self.labels, self.languages) if side.value is not None else ""
                decided = (item.fact(self.labels, self.languages), item.rule, item.computation)
                rows.append((*key, shorten(side.passage.value), side.locator, text, *decided))
        return ("conflict", "kind", "heading", "passage", "locator", "text", "accepted", "decidedBy", "computation"), rows


@dataclass(frozen=True)
class Standing(Answer):
    """Where an area stands in each framework with a scale (see kg/query/profiles.py)."""

    found: Profiles
    languages: Sequence[str]

    def table(self) -> Table:
        """Return a row an element."""
        return COLUMNS, [row for one in self.found.profiles for row in rows_of(one, self.found.labels, self.languages)]


@dataclass(frozen=True)
class Rows(Answer):
    """The rows of a SELECT query; `records` gives numbers and truth values as Python has them, IRIs and texts as text."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: ClassVar[frozenset[str]] = frozenset()

    def table(self) -> Table:
        """Return the rows as text."""
        return self.columns, [tuple(str(getattr(row.get(name), "value", "")) for name in self.columns) for row in self.rows]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows by column."""
        return [{name: _python(row.get(name)) for name in self.columns} for row in self.rows]


def _python(term: object) -> Any:
    if not isinstance(term, ox.Literal):
        return getattr(term, "value", None)
    if term.datatype == XSD.boolean:
        return term.value in ("true", "1")
    convert = _NUMBERS.get(term.datatype)
    return convert(term.value) if convert else term.value
