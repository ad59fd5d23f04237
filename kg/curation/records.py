"""Curated knowledge as values: records, claims, passages and cells, each knowing its file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pyoxigraph as ox

from kg.curation.forms import PassageForm, RecordForm
from kg.findings import Finding, Source
from kg.namespaces import entity, passage_of
from kg.terms import Class, Property


@dataclass(frozen=True)
class Value:
    """One value of a claim as an RDF term; `precision` says how exactly a date is known (day, month, year)."""

    term: ox.NamedNode | ox.Literal
    precision: str | None = None


@dataclass(frozen=True)
class Claim:
    """One property of one thing, with the passages (`document/passage`) that state it."""

    property: Property
    value: Value
    passages: tuple[str, ...]
    source: Source
    stated_at: Source


@dataclass(frozen=True)
class Record:
    """One thing: its identity (editorial) and its claims."""

    kind: str
    slug: str
    classes: tuple[Class, ...]
    form: RecordForm
    claims: tuple[Claim, ...]
    source: Source
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False)

    def place(self, *path: str | int) -> Source:
        """Return where a key stands in the record's file: `place("label")`; the record's first line where it does not."""
        return Source(self.source.file, self.lines.get(path, self.source.line))

    @property
    def name(self) -> str:
        """The way other records refer to it: `kind/slug`."""
        return f"{self.kind}/{self.slug}"

    @property
    def iri(self) -> ox.NamedNode:
        """Its IRI."""
        return entity(self.kind, self.slug)


@dataclass(frozen=True)
class Passage:
    """A place in a document; `reference` is `document/passage`."""

    document: str
    slug: str
    form: PassageForm
    source: Source

    @property
    def reference(self) -> str:
        """The way claims refer to it."""
        return f"{self.document}/{self.slug}"

    @property
    def iri(self) -> ox.NamedNode:
        """Its IRI, which names its claim graph too."""
        return passage_of(self.reference)


@dataclass(frozen=True)
class Cell:
    """One figure as a source prints it: a row of an observation file. `value` is None where the source prints a dash."""

    indicator: str
    area: str
    period: str
    breakdown: str
    role: str
    value: Decimal | None
    unit: str
    status: str
    qualifier: str
    printed: str
    note: str
    passage: str
    source: Source

    @property
    def slug(self) -> str:
        """The observation's slug, minted from its key alone: never from its source."""
        role = self.role if self.role in KEY_ROLES else ""
        return "/".join(part for part in (self.indicator, self.area, self.period, self.breakdown, role) if part)


KEY_ROLES = frozenset({"target", "baseline"})
"""Roles that are part of an observation's key: a target is no rival of the actual value."""


@dataclass(frozen=True)
class Curated:
    """All that the curated files say, and what was wrong with their form."""

    records: Mapping[str, Record] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    passages: Mapping[str, Passage] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unread: frozenset[str] = frozenset()
    """Records whose file could not be read: that is a finding; that others refer to them is none."""

    def of_kind(self, kind: str) -> list[Record]:
        """Return the records of a kind, by slug."""
        return [record for name, record in sorted(self.records.items()) if record.kind == kind]
