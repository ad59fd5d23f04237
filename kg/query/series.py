"""Series: an indicator for areas and periods, in one unit, each figure with its sources, what changed and what is lacking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, ClassVar

import pyoxigraph as ox
from pydantic import Field

from kg.claims.arithmetic import Rule
from kg.claims.readings import VALUE
from kg.claims.rules import rules_from
from kg.namespaces import EGOV, SDMX_A, entity, shorten
from kg.query.choosing import area_of, breakdowns_of, check_periods, entity_of
from kg.query.coverage import why_empty
from kg.query.facts import Facts, facts_of, pointing_to
from kg.query.framing import Table
from kg.query.growth import Change, Gap, Point, Rival, changes, gaps, plain
from kg.query.telling import Answer, Missing, Shape, Teller, Thing, extent, seen, sources
from kg.query.viewing import View
from kg.store.base import Row, Store
from kg.terms import load_terms

_ROWS = """SELECT ?o ?area ?period ?begin ?end ?breakdown ?role ?value ?printed ?unit ?status ?qualifier WHERE {
  VALUES ?indicator { UNDEF } VALUES ?area { UNDEF }
  ?o egov:indicator ?indicator ; sdmx-dimension:refArea ?area ; sdmx-dimension:refPeriod ?period ; egov:breakdown ?breakdown ;
     egov:valueRole ?role ; schema:startDate ?begin ; schema:endDate ?end .
  ?o sdmx-measure:obsValue ?value ; egov:printed ?printed ; sdmx-attribute:unitMeasure ?unit ; sdmx-attribute:obsStatus ?status .
  OPTIONAL { ?o egov:qualifier ?qualifier }
}"""
_UNDECIDED = """SELECT ?o ?area ?period ?begin ?end ?breakdown ?role ?unit WHERE {
  VALUES ?indicator { UNDEF } VALUES ?area { UNDEF }
  ?conflict egov:decidedBy <https://w3id.org/egovkg/id/concept/decision-rule/undecided> ; egov:conflictSubject ?o .
  GRAPH ?passage {
    ?o egov:indicator ?indicator ; sdmx-dimension:refArea ?area ; sdmx-dimension:refPeriod ?period ; egov:breakdown ?breakdown ;
       egov:valueRole ?role ; schema:startDate ?begin ; schema:endDate ?end ; sdmx-attribute:unitMeasure ?unit .
  }
} ORDER BY ?o ?unit"""
_THERE = """SELECT DISTINCT ?area ?breakdown ?period WHERE {
  VALUES ?indicator { UNDEF }
  ?o egov:indicator ?indicator ; sdmx-dimension:refArea ?area ; egov:breakdown ?breakdown ; sdmx-dimension:refPeriod ?period .
}"""
_RULES = """CONSTRUCT { ?rule ?p ?o . ?term ?q ?x } WHERE {
  VALUES ?indicator { UNDEF }
  { ?result egov:indicator ?indicator } UNION { ?indicator egov:rankOf ?ranked . ?result egov:indicator ?ranked }
  ?rule egov:resultTerm ?result ; ?p ?o ; egov:resultTerm|egov:inputTerm ?term . ?term ?q ?x .
}"""
_COMPUTED = "SELECT ?o ?rule WHERE { VALUES ?o { UNDEF } GRAPH ?graph { ?o prov:wasGeneratedBy ?rule } }"
_OF_A_PERIOD = frozenset({"weighted-mean", "sum", "ratio"})


@dataclass(frozen=True)
class Wanted:
    """Which figures: areas and breakdowns (none: all), first and last period (`2010`, `2010-04`; empty: no limit)."""

    indicator: str
    areas: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    breakdowns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line(Shape):
    """The figures of one area, breakdown and role in one unit, by period."""

    area: Thing
    breakdown: Annotated[str, Field(description="Code, `total` for the whole; of two dimensions `a+b`", examples=["total"])]
    role: Annotated[str, Field(description="actual, target or baseline", examples=["actual"])]
    unit: Annotated[str, Field(description="Base unit that all values are in", examples=["index"])]
    points: tuple[Point, ...]
    changes: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Series(Answer):
    """An indicator's figures as lines; `count` counts all lines, `complete` says that this page has the last of them."""

    indicator: Thing
    count: int
    complete: bool
    lines: tuple[Line, ...]
    next: Annotated[str | None, Field(description="Address of the next page")] = None

    numbers: ClassVar[frozenset[str]] = frozenset({"value", "agreement", "difference", "growth"})

    def table(self) -> Table:
        """Return a row a figure, with the change from the figure before."""
        header = (
            "indicator", "area", "breakdown", "role", "period", "value", "unit", "printed", "printedUnit", "qualifier", "status",
            "agreement", "disputed", "difference", "growth", "methodChanged", "sources",
        )  # fmt: skip
        rows = []
        for line in self.lines:
            before = {change.end: change for change in line.changes}
            for p in line.points:
                c = before.get(p.period)
                moved = (
                    (plain(c.difference), "" if c.growth is None else plain(c.growth), str(c.method_changed).lower()) if c else ("", "", "")
                )
                value = "" if p.value is None else plain(p.value)
                known = (p.printed or "", p.printed_unit or "", p.qualifier or "", p.status or "", str(p.agreement))
                disputed = "true" if p.conflicts else "false"
                key = (self.indicator.id, line.area.id, line.breakdown, line.role, p.period)
                rows.append((*key, value, line.unit, *known, disputed, *moved, sources(p.sources)))
        return header, rows


@dataclass
class _Found:
    """A figure as the store has it; breakdowns are gathered row by row."""

    row: Row
    breakdowns: set[str] = field(default_factory=set)


def read_series(view: View, teller: Teller, wanted: Wanted, first: int = 0, limit: int = 100) -> Series:
    """Return an indicator's figures; `first` and `limit` count lines.

    Raises UnknownEntity for an indicator that there is not, Impossible for an area, breakdown or period that there is not.
    """
    store = view.store
    indicator = entity_of(view, "indicator", wanted.indicator)
    check_periods(wanted.first, wanted.last)
    there = store.rows(_THERE, indicator=indicator)
    areas = [area_of(view, name, there) for name in wanted.areas]
    breakdowns = breakdowns_of(wanted.breakdowns, there)
    groups: dict[tuple[str, str, str, str], list[tuple[ox.NamedNode, Row]]] = defaultdict(list)
    for node, found in _found(store, indicator, areas).items():
        breakdown = "+".join(sorted(found.breakdowns))
        if (not breakdowns or breakdown in breakdowns) and _within(found.row, wanted):
            groups[found.row["area"].value, breakdown, _code(found.row, "role"), _unit(found.row)].append((node, found.row))
    keys = sorted(groups)
    page = {key: groups[key] for key in keys[first : first + limit]}
    rules = [rule for rule in _rules(store, indicator) if rule.kind in _OF_A_PERIOD]
    context = _Context.of(store, teller, indicator, [item for group in page.values() for item in group], rules)
    years = defaultdict(set)
    for row in there:
        years[row["period"].value].add((row["area"].value, row["breakdown"].value))
    lines = [_line(key, group, context, wanted, set(years)) for key, group in page.items()]
    missing = _missing(view, teller, indicator, wanted, areas, [key[0] for key in keys], sorted(years))
    return Series(teller.thing(indicator), len(keys), first + limit >= len(keys), tuple(lines), missing=missing, view=seen(view))


@dataclass(frozen=True)
class _Context:
    """What telling the figures of a page needs, fetched at once."""

    teller: Teller
    facts: Facts
    conflicts: dict[ox.NamedNode, tuple[str, ...]]
    computed: dict[ox.NamedNode, ox.NamedNode]
    rules: Sequence[Rule]

    @classmethod
    def of(
        cls, store: Store, teller: Teller, indicator: ox.NamedNode, items: list[tuple[ox.NamedNode, Row]], rules: Sequence[Rule]
    ) -> _Context:
        nodes = [node for node, _ in items]
        facts = facts_of(store, nodes, [VALUE])
        conflicts: dict[ox.NamedNode, tuple[str, ...]] = defaultdict(tuple)
        for edge in pointing_to(store, nodes, [EGOV.conflictSubject, EGOV.alsoAbout]):
            conflicts[edge.object] += (shorten(edge.subject.value),)
        bare = [node for node in nodes if not facts.claims(node, VALUE)]
        computed = {_node(row, "o"): _node(row, "rule") for row in store.rows(_COMPUTED, o=list(bare))} if bare else {}
        areas = {_node(row, "area") for _, row in items}
        named = [indicator, *areas, *computed.values(), *(entity("rule", rule.slug) for rule in rules)]
        teller.learn(named, [claim.passage for node in nodes for claim in facts.claims(node, VALUE)])
        return cls(teller, facts, conflicts, computed, rules)


def _line(
    key: tuple[str, str, str, str], group: list[tuple[ox.NamedNode, Row]], context: _Context, wanted: Wanted, years: set[str]
) -> Line:
    area, breakdown, role, unit = key
    ordered = sorted(group, key=lambda item: (item[1]["begin"].value, item[1]["end"].value))
    points = tuple(_point(node, row, breakdown, unit, context) for node, row in ordered)
    moved = changes(points, unit)
    lacking = gaps(points, wanted.first[:4], wanted.last[:4], years)
    return Line(context.teller.thing(ox.NamedNode(area)), breakdown, role, unit, points, tuple(moved), tuple(lacking))


def _point(node: ox.NamedNode, row: Row, breakdown: str, unit: str, context: _Context) -> Point:
    facts, teller = context.facts, context.teller
    accepted = facts.one(node, VALUE)
    supporting = accepted.passages if accepted else ()
    period = row["period"].value
    rules = [rule for rule in context.rules if rule.result.breakdown in ("", breakdown.replace("total", "")) and rule.applies_to(period)]
    factor = load_terms().units[_code(row, "unit")].factor if "unit" in row else Decimal(1)
    return Point(
        id=shorten(node.value),
        period=period,
        begin=row["begin"].value,
        end=row["end"].value,
        value=Decimal(row["value"].value) * factor if "value" in row else None,
        printed=row["printed"].value if "printed" in row else None,
        printed_unit=_code(row, "unit") if "value" in row else None,
        qualifier=_code(row, "qualifier") or None,
        status=_code(row, "status") or None,
        agreement=teller.documents(supporting),
        sources=teller.cited(supporting),
        rivals=tuple(_rivals(node, set(supporting), facts, teller)),
        conflicts=context.conflicts[node],
        methods=tuple(teller.thing(entity("rule", rule.slug)) for rule in rules),
        computed_by=teller.thing(context.computed[node]) if node in context.computed else None,
    )


def _rivals(node: ox.NamedNode, supporting: set[ox.NamedNode], facts: Facts, teller: Teller) -> Iterable[Rival]:
    printed = {claim.passage: claim.value.value for claim in facts.claims(node, EGOV.printed)}
    units = {claim.passage: claim.value.value.rpartition("/")[2] for claim in facts.claims(node, SDMX_A.unitMeasure)}
    groups: dict[tuple[str, str | None], list[ox.NamedNode]] = defaultdict(list)
    for claim in facts.claims(node, VALUE):
        if claim.passage not in supporting:
            groups[printed.get(claim.passage, claim.value.value), units.get(claim.passage)].append(claim.passage)
    return (Rival(text, unit, teller.cited(passages)) for (text, unit), passages in groups.items())


def _found(store: Store, indicator: ox.NamedNode, areas: list[ox.NamedNode]) -> dict[ox.NamedNode, _Found]:
    """Return the figures that are facts, and those on which sources disagree undecided, which have no value."""
    found: dict[ox.NamedNode, _Found] = {}
    given = {"indicator": indicator, **({"area": list(areas)} if areas else {})}
    for row in store.rows(_ROWS, **given):  # type: ignore[arg-type]
        found.setdefault(_node(row, "o"), _Found(row)).breakdowns.add(_code(row, "breakdown"))
    for row in store.rows(_UNDECIDED, **given):  # type: ignore[arg-type]
        if "value" not in found.setdefault(_node(row, "o"), _Found(row)).row:
            found[_node(row, "o")].breakdowns.add(_code(row, "breakdown"))
    return found


def _rules(store: Store, indicator: ox.NamedNode) -> list[Rule]:
    triples = store.triples(_RULES, indicator=indicator)
    return rules_from(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)[0]


def _within(row: Row, wanted: Wanted) -> bool:
    """Say whether a figure's period touches the asked one."""
    return row["end"].value >= wanted.first and (not wanted.last or row["begin"].value <= f"{wanted.last}~")


def _missing(
    view: View, teller: Teller, indicator: ox.NamedNode, wanted: Wanted, areas: list[ox.NamedNode], told: list[str], periods: list[str]
) -> tuple[Missing, ...]:
    """Say in words for which of the areas asked for there is nothing, and why."""
    lacking = [area for area in areas if area.value not in told]
    if told and not lacking:
        return ()
    why = why_empty(view.store, "observation", _years(wanted))
    teller.learn(lacking)
    span = f"; its figures are of {periods[0]} to {periods[-1]}" if periods else ""
    asked = " to ".join(filter(None, (wanted.first, wanted.last)))
    about = f" for {asked}" if asked else ""
    name = teller.thing(indicator).label
    if not lacking:
        return (Missing(shorten(indicator.value), f"no source gives {name}{about} in what was asked{span}; {why.why}", read=extent(why)),)
    return tuple(
        Missing(shorten(area.value), f"no source gives {name} of {teller.thing(area).label}{about}{span}; {why.why}", read=extent(why))
        for area in lacking
    )


def _years(wanted: Wanted) -> list[int]:
    """Return the years asked about where only some were."""
    return [int(period[:4]) for period in (wanted.first, wanted.last) if period]


def _unit(row: Row) -> str:
    code = _code(row, "unit")
    return load_terms().units[code].base if code else "number"


def _code(row: Row, name: str) -> str:
    return row[name].value.rpartition("/")[2] if name in row else ""


def _node(row: Row, name: str) -> ox.NamedNode:
    node = row[name]
    assert isinstance(node, ox.NamedNode), node
    return node
