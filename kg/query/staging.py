"""Schemes of stages side by side: which stage each gives for a year, where they agree, and where not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, ClassVar, Literal

import pyoxigraph as ox
from pydantic import Field

from kg.errors import Impossible
from kg.namespaces import EGOV, ID
from kg.query.choosing import check_periods, entity_of
from kg.query.facts import pointing_to
from kg.query.framing import Table
from kg.query.stages import Alignment, Stage, stages_of
from kg.query.telling import Answer, Missing, Shape, Teller, Thing, seen
from kg.query.viewing import View

_MOST_YEARS = 300


@dataclass(frozen=True)
class Given(Shape):
    """The stages that a scheme gives for a year: none, one, or two where they meet or overlap."""

    scheme: Annotated[str, Field(examples=["scheme/abil-2023-phases"])]
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Verdict(Shape):
    """Two schemes in one year.

    `agree`: a stage of the one is aligned with a stage of the other; `differ`: one of the stages is aligned with a stage of the
    other scheme that is not of this year; `not-aligned`: nobody says to which stage of the other scheme these correspond.
    """

    one: str
    other: str
    verdict: Literal["agree", "differ", "not-aligned"]
    why: str


@dataclass(frozen=True)
class Year(Shape):
    """One year of the axis."""

    year: Annotated[int, Field(examples=[2006])]
    given: tuple[Given, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Comparison(Answer):
    """Schemes on one axis of years. `undated` are schemes without years: they have no place on it; `conflicts` are about stages."""

    schemes: tuple[Thing, ...]
    undated: tuple[Thing, ...]
    stages: tuple[Stage, ...]
    years: tuple[Year, ...]
    alignments: tuple[Alignment, ...]
    conflicts: tuple[str, ...]

    numbers: ClassVar[frozenset[str]] = frozenset({"year"})

    def table(self) -> Table:
        """Return a row a year, a column a scheme, and the pairs that agree or differ."""
        header = ("year", *(scheme.id for scheme in self.schemes), "agree", "differ", "notAligned")
        rows = []
        for year in self.years:
            given = {item.scheme: "; ".join(item.stages) for item in year.given}
            pairs = {
                kind: "; ".join(
                    f"{v.one} = {v.other}" if kind == "agree" else f"{v.one} | {v.other}" for v in year.verdicts if v.verdict == kind
                )
                for kind in ("agree", "differ", "not-aligned")
            }
            rows.append((str(year.year), *(given.get(scheme.id, "") for scheme in self.schemes), *pairs.values()))
        return header, rows


def compare_stages(view: View, teller: Teller, schemes: Sequence[str] = (), first: str = "", last: str = "") -> Comparison:
    """Return schemes (none named: all) on one axis from year `first` to `last` (empty: where stages begin and end).

    Raises UnknownEntity for a scheme, Impossible for years that are none or too many.
    """
    check_periods(first, last)
    chosen = [entity_of(view, "scheme", name) for name in schemes]
    stages = stages_of(view, teller, chosen)
    by_scheme: dict[str, list[Stage]] = {}
    members: dict[str, set[str]] = {}
    things: dict[str, Thing] = {}
    for stage in stages:
        things[stage.scheme.id] = stage.scheme
        members.setdefault(stage.scheme.id, set()).add(stage.stage.id)
        if stage.dated:
            by_scheme.setdefault(stage.scheme.id, []).append(stage)
    days = [day.day[:4] for stage in stages for day in (stage.begin, stage.end) if day]
    begin, end = int(first[:4] or min(days, default="0")), int(last[:4] or max(days, default="-1"))
    if end - begin > _MOST_YEARS:
        raise Impossible("to", last, f"the axis may have {_MOST_YEARS} years at most; narrow it")
    alignments = list(dict.fromkeys(item for stage in stages for item in stage.alignments))
    years = tuple(_year(year, by_scheme, members, alignments) for year in range(begin, end + 1)) if by_scheme else ()
    nodes = [ox.NamedNode(stage.stage.iri) for stage in stages]
    conflicts = {edge.subject.value.removeprefix(ID) for edge in pointing_to(view.store, nodes, [EGOV.conflictSubject, EGOV.alsoAbout])}
    return Comparison(
        schemes=tuple(things[key] for key in sorted(by_scheme)),
        undated=tuple(things[key] for key in sorted(things.keys() - by_scheme.keys())),
        stages=tuple(stages),
        years=years,
        alignments=tuple(alignments),
        conflicts=tuple(sorted(conflicts)),
        missing=tuple(_missing(things, by_scheme, years)),
        view=seen(view),
    )


def _year(year: int, by_scheme: dict[str, list[Stage]], members: dict[str, set[str]], alignments: Sequence[Alignment]) -> Year:
    first, last = f"{year:04}-01-01", f"{year:04}-12-31"
    given = {scheme: tuple(stage.stage.id for stage in stages if stage.covers(first, last)) for scheme, stages in by_scheme.items()}
    verdicts = [
        _verdict(one, other, given, members, alignments) for one, other in combinations(sorted(given), 2) if given[one] and given[other]
    ]
    return Year(year, tuple(Given(scheme, stages) for scheme, stages in sorted(given.items())), tuple(verdicts))


def _verdict(
    one: str, other: str, given: dict[str, tuple[str, ...]], members: dict[str, set[str]], alignments: Sequence[Alignment]
) -> Verdict:
    ours, theirs = set(given[one]), set(given[other])
    met = [item for item in alignments if _joins(item, ours, theirs)]
    if met:
        why = "; ".join(f"{item.one} and {item.other} are a {item.kind} match ({item.stated_by})" for item in met)
        return Verdict(one, other, "agree", why)
    elsewhere = [item for item in alignments if _joins(item, ours, members[other]) or _joins(item, members[one], theirs)]
    if elsewhere:
        why = "; ".join(f"{item.one} and {item.other} are a {item.kind} match ({item.stated_by})" for item in elsewhere)
        return Verdict(one, other, "differ", f"{why}, but not both are of this year")
    return Verdict(one, other, "not-aligned", "nobody says to which stage of the other scheme these correspond")


def _joins(item: Alignment, ours: set[str], theirs: set[str]) -> bool:
    return (item.one in ours and item.other in theirs) or (item.one in theirs and item.other in ours)


def _missing(things: dict[str, Thing], by_scheme: dict[str, list[Stage]], years: Iterable[Year]) -> Iterable[Missing]:
    for key in sorted(things.keys() - by_scheme.keys()):
        yield Missing(key, f"no source dates the stages of {things[key].label}: the scheme has no place on the axis")
    asked = list(years)
    for key in sorted(by_scheme):
        empty = [item.year for item in asked if not next(given.stages for given in item.given if given.scheme == key)]
        if empty:
            yield Missing(key, f"{things[key].label} gives no stage for {', '.join(map(str, empty))}")
