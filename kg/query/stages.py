"""Stages of development as each scheme has them: their years, what they align with, and who says that they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

import pyoxigraph as ox
from pydantic import Field

from kg.namespaces import EGOV, SCHEMA, SKOS
from kg.query.choosing import entity_of
from kg.query.coverage import why_empty
from kg.query.facts import Edge, Facts, facts_of, pointing_to
from kg.query.framing import Table
from kg.query.telling import Answer, Cited, Day, Missing, Shape, Teller, Thing, extent, seen, sources
from kg.query.viewing import View

MATCHES = {SKOS.exactMatch: "exact", SKOS.closeMatch: "close"}
"""Alignments by kind."""
_ABOUT = (
    SKOS.inScheme, EGOV.ordinal, SCHEMA.startDate, SCHEMA.endDate, EGOV.openEnded, EGOV.appliesTo, EGOV.currentStageOf,
    SCHEMA.name, *MATCHES,
)  # fmt: skip


@dataclass(frozen=True)
class Alignment(Shape):
    """Two stages that are the same (`exact`) or nearly (`close`). `stated_by` is `editorial` where only the curators say so."""

    one: Annotated[str, Field(examples=["stage/bokayev-2021-introduction/1"])]
    other: Annotated[str, Field(examples=["stage/kuanaliev-2025-e-government/1"])]
    kind: Literal["exact", "close"]
    stated_by: Literal["editorial", "passages"]
    passages: tuple[Cited, ...] = ()


@dataclass(frozen=True)
class Stage(Shape):
    """A stage with its place in its scheme. Without `begin` no source dates it; `open_ended`: it goes on."""

    stage: Thing
    scheme: Thing
    ordinal: int | None
    begin: Day | None
    end: Day | None
    open_ended: bool
    names: Annotated[tuple[str, ...], Field(description="As the sources call it")]
    applies_to: tuple[Thing, ...]
    current_stage_of: tuple[Thing, ...]
    passages: Annotated[tuple[Cited, ...], Field(description="Passages that put it in its scheme")]
    alignments: tuple[Alignment, ...]

    @property
    def dated(self) -> bool:
        """Say whether a source gives its years."""
        return self.begin is not None or self.end is not None

    def covers(self, first: str, last: str) -> bool:
        """Say whether its period meets the days from `first` to `last`."""
        begin = self.begin.day if self.begin else ""
        end = self.end.day if self.end else "9999" if self.open_ended or not self.begin else self.begin.day[:4] + "-12-31"
        return self.dated and begin <= last and end >= first


@dataclass(frozen=True)
class Stages(Answer):
    """The stages of a scheme, or of all; with a day those that cover it. `undated` are those that no source dates."""

    count: int
    schemes: tuple[Thing, ...]
    stages: tuple[Stage, ...]
    undated: Annotated[tuple[str, ...], Field(description="Stages left out, because no source dates them (with `at`)")] = ()

    numbers: ClassVar[frozenset[str]] = frozenset({"ordinal"})

    def table(self) -> Table:
        """Return a row a stage."""
        header = ("scheme", "ordinal", "stage", "label", "begin", "end", "openEnded", "appliesTo", "aligned", "passages")
        rows = []
        for s in self.stages:
            begin, end = s.begin.date if s.begin else "", s.end.date if s.end else ""
            aligned = "; ".join(f"{a.kind} {a.other if a.one == s.stage.id else a.one} ({a.stated_by})" for a in s.alignments)
            applies, place = "; ".join(thing.id for thing in s.applies_to), "" if s.ordinal is None else str(s.ordinal)
            key = (s.scheme.id, place, s.stage.id, s.stage.label)
            rows.append((*key, begin, end, str(s.open_ended).lower(), applies, aligned, sources(s.passages)))
        return header, rows


def read_stages(view: View, teller: Teller, schemes: Sequence[str] = (), day: date | None = None) -> Stages:
    """Return the stages of schemes (none named: all) in their order; raises UnknownEntity for a scheme that there is not."""
    chosen = [entity_of(view, "scheme", name) for name in schemes]
    found = stages_of(view, teller, chosen)
    asked = day.isoformat() if day else ""
    kept = [stage for stage in found if not day or stage.covers(asked, asked)]
    there = {stage.scheme.id: stage.scheme for stage in found}
    return Stages(
        count=len(kept),
        schemes=tuple(there[key] for key in sorted(there)),
        stages=tuple(kept),
        undated=tuple(stage.stage.id for stage in found if day and not stage.dated),
        missing=tuple(_missing(view, there.values(), kept, asked)),
        view=seen(view, day),
    )


def stages_of(view: View, teller: Teller, schemes: Sequence[ox.NamedNode] = ()) -> list[Stage]:
    """Return every stage of the schemes (of all where none is named), by scheme and order."""
    query = "SELECT ?stage WHERE { VALUES ?scheme { UNDEF } ?stage a egov:Stage ; skos:inScheme ?scheme }"
    rows = view.store.rows(query, scheme=list(schemes)) if schemes else view.store.rows(query)
    nodes = [row["stage"] for row in rows if isinstance(row["stage"], ox.NamedNode)]
    facts = facts_of(view.store, nodes, _ABOUT)
    aligned = [edge for node in nodes for predicate in MATCHES for edge in facts.edges(node, predicate)]
    aligned += pointing_to(view.store, nodes, MATCHES)
    teller.learn([*nodes, *facts.nodes()], [*facts.passages(), *(passage for edge in aligned for passage in edge.passages)])
    alignments = _alignments(aligned, teller)
    stages = [_stage(node, facts, alignments, teller) for node in dict.fromkeys(nodes)]
    return sorted(stages, key=lambda s: (s.scheme.id, s.ordinal is None, s.ordinal or 0, s.begin.day if s.begin else "", s.stage.id))


def _stage(node: ox.NamedNode, facts: Facts, alignments: Sequence[Alignment], teller: Teller) -> Stage:
    scheme = facts.edges(node, SKOS.inScheme)[0]
    ordinal = facts.text(node, EGOV.ordinal)
    own = teller.thing(node)
    return Stage(
        stage=own,
        scheme=teller.thing(scheme.object),
        ordinal=int(ordinal) if ordinal else None,
        begin=teller.day(facts, node, SCHEMA.startDate),
        end=teller.day(facts, node, SCHEMA.endDate),
        open_ended=facts.text(node, EGOV.openEnded) == "true",
        names=tuple(dict.fromkeys(text for text, _ in teller.text(facts.all(node, SCHEMA.name)))),
        applies_to=tuple(teller.thing(edge.object) for edge in facts.edges(node, EGOV.appliesTo)),
        current_stage_of=tuple(teller.thing(edge.object) for edge in facts.edges(node, EGOV.currentStageOf)),
        passages=teller.cited(scheme.passages),
        alignments=tuple(item for item in alignments if own.id in (item.one, item.other)),
    )


def _alignments(edges: Iterable[Edge], teller: Teller) -> list[Alignment]:
    """Return the alignments, each pair once however often it is stated: the relation has no direction."""
    found: dict[tuple[str, str, ox.NamedNode], dict[ox.NamedNode, None]] = {}
    for edge in edges:
        one, other = sorted((teller.thing(edge.subject).id, teller.thing(edge.object).id))
        found.setdefault((one, other, edge.predicate), {}).update(dict.fromkeys(edge.passages))
    return [
        Alignment(
            one,
            other,
            "exact" if predicate == SKOS.exactMatch else "close",
            "passages" if passages else "editorial",
            teller.cited(passages),
        )
        for (one, other, predicate), passages in sorted(found.items(), key=lambda item: item[0][:2])
    ]


def _missing(view: View, schemes: Iterable[Thing], kept: list[Stage], asked: str) -> Iterable[Missing]:
    why = why_empty(view.store, "stage", [int(asked[:4])] if asked else [])
    told = {stage.scheme.id for stage in kept}
    for scheme in schemes:
        if scheme.id not in told:
            yield Missing(scheme.id, f"{scheme.label} gives no stage for {asked}; {why.why}", read=extent(why))
