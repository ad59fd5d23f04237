"""What the graph knows that documents are checked against, read once from a store into plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kg.claims.readings import Span, span_of
from kg.linking.things import Thing, read_things
from kg.linting.findings import Evidence
from kg.namespaces import local_name
from kg.store.base import Row, Store
from kg.terms import Unit, load_terms

_OBSERVED = """SELECT ?o ?indicator ?area ?period ?role ?breakdown WHERE {
  ?o egov:indicator ?indicator ; sdmx-dimension:refArea ?area ; sdmx-dimension:refPeriod ?period ; egov:valueRole ?role ;
     egov:breakdown ?breakdown .
}"""
_FIGURES = """SELECT ?o ?passage ?value ?printed ?unit ?exactly ?qualifier WHERE { GRAPH ?passage {
  ?o sdmx-measure:obsValue ?value .
  OPTIONAL { ?o egov:printed ?printed } OPTIONAL { ?o sdmx-attribute:unitMeasure ?unit }
  OPTIONAL { ?o egov:resolution ?exactly } OPTIONAL { ?o egov:qualifier ?qualifier }
} }"""
_RANKS = "SELECT ?rank ?value WHERE { ?rank egov:rankOf ?value }"
_PASSAGES = "SELECT ?passage ?document ?locator WHERE { ?passage oa:hasSource ?document ; egov:locator ?locator }"
_ISSUED = """SELECT ?document ?day ?precision WHERE {
  ?document a egov:Document ; dcterms:issued ?day . OPTIONAL { ?document egov:issuedPrecision ?precision }
}"""
_SIGNED = """SELECT ?act ?property ?value ?passage ?precision WHERE {
  VALUES ?property { eli:date_document eli:number eli:first_date_entry_in_force }
  ?act a egov:LegalAct . GRAPH ?passage { ?act ?property ?value OPTIONAL { ?act egov:signedDatePrecision ?precision } }
}"""
_COMPUTED = """SELECT ?o ?value WHERE {
  GRAPH <https://w3id.org/egovkg/graph/derived/conflicts> { ?conflict egov:conflictSubject ?o ; egov:computedValue ?value }
}"""
_SPANS = """SELECT ?programme ?property ?day ?passage WHERE {
  VALUES ?property { schema:startDate schema:endDate } ?programme a egov:Programme . GRAPH ?passage { ?programme ?property ?day }
}"""
_ACCEPTED = "SELECT ?programme ?day WHERE { ?programme a egov:Programme ; schema:endDate ?day }"
_AREAS = """SELECT ?area ?name WHERE {
  VALUES ?property { skos:prefLabel skos:altLabel } ?area a egov:Area ; ?property ?name
}"""
_LABELS = """SELECT ?thing ?label WHERE {
  { ?thing a egov:LegalAct } UNION { ?thing a egov:Programme } UNION { ?thing a egov:Indicator } UNION { ?thing a egov:Area }
  ?thing skos:prefLabel ?label FILTER(LANG(?label) = "en")
}"""
_YEAR = 4
_EXACT = {"year": 4, "month": 7}
COMPUTED = "computed from the figures it is made of"
"""The place of a figure that no passage states, but that follows from others."""


@dataclass(frozen=True)
class Figure:
    """A figure as one passage gives it: what was printed, and the values in the base unit that this stands for.

    `qualified` ones are "more than" or "about" something, a `part` is of a breakdown rather than of the whole.
    """

    printed: str
    span: Span
    source: Evidence
    qualified: bool = False
    part: bool = False


@dataclass(frozen=True)
class Run:
    """A programme's years. `ends` are the years that passages give, `end` is the accepted last day."""

    end: date | None = None
    years: frozenset[int] = frozenset()
    ends: tuple[tuple[int, Evidence], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What documents are checked against.

    `figures` are by indicator, area (slugs) and year; `besides` are targets and the figures of parts, which are not the
    figure itself; `values` says of which indicator a rank is, `units` in which base unit an indicator is; `acts` are the claims
    on each act's date and number; `in_force` the days on which acts came into force.
    """

    figures: Mapping[tuple[str, str, str], tuple[Figure, ...]] = field(default_factory=dict)
    besides: Mapping[tuple[str, str, str], tuple[Figure, ...]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    acts: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    in_force: Mapping[str, date] = field(default_factory=dict)
    programmes: Mapping[str, Run] = field(default_factory=dict)
    areas: Mapping[str, frozenset[str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    things: tuple[Thing, ...] = ()

    def ranked(self, indicator: str) -> str:
        """Return the rank of an indicator, the indicator itself where it is one."""
        return indicator if indicator in self.values else next((rank for rank, value in self.values.items() if value == indicator), "")

    @classmethod
    def of(cls, store: Store) -> Facts:
        """Read the facts of a store."""
        sources = _sources(store)
        figures, besides, units = _figures(store, sources)
        acts, in_force = _acts(store, sources)
        areas: dict[str, set[str]] = defaultdict(set)
        for row in store.rows(_AREAS):
            areas[_slug(row, "area")].add(row["name"].value)
        values = {rank: rank.removesuffix("-rank") + "-value" for rank, unit in units.items() if unit == "rank" and rank.endswith("-rank")}
        values |= {_slug(row, "rank"): _slug(row, "value") for row in store.rows(_RANKS)}
        return cls(
            figures, besides, values, units, acts, in_force, _programmes(store, sources),
            {area: frozenset(names) for area, names in areas.items()},
            {row["thing"].value: row["label"].value for row in store.rows(_LABELS)},
            tuple(thing for thing in read_things(store) if thing.type == "programme"),
        )  # fmt: skip


def _sources(store: Store) -> dict[str, Evidence]:
    """Return every passage as evidence without a value."""
    issued: dict[str, str] = {}
    for row in store.rows(_ISSUED):
        issued[row["document"].value] = row["day"].value[: _EXACT.get(_code(row, "precision"))]
    return {
        row["passage"].value: Evidence(
            "", False, local_name(row["passage"].value) or "", local_name(row["document"].value) or "",
            issued.get(row["document"].value, ""), row["locator"].value,
        )
        for row in store.rows(_PASSAGES)
    }  # fmt: skip


_Figures = Mapping[tuple[str, str, str], tuple[Figure, ...]]


def _figures(store: Store, sources: Mapping[str, Evidence]) -> tuple[_Figures, _Figures, dict[str, str]]:
    units = load_terms().units
    observed: dict[str, Row] = {}
    parts: set[str] = set()
    for row in store.rows(_OBSERVED):
        observed[row["o"].value] = row
        if not row["breakdown"].value.endswith("/total"):
            parts.add(row["o"].value)
    itself: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    besides: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    bases: dict[str, str] = {}
    for row in store.rows(_FIGURES):
        about = observed.get(row["o"].value)
        source = sources.get(row["passage"].value)
        if about is None or source is None or len(about["period"].value) != _YEAR:
            continue
        unit = units.get(_code(row, "unit"), Unit("number", "number", Decimal(1)))
        qualifier = _code(row, "qualifier")
        resolution = Decimal(row["exactly"].value) if "exactly" in row else Decimal(0)
        span = span_of(Decimal(row["value"].value), resolution, qualifier, unit)
        key = (_slug(about, "indicator"), _slug(about, "area"), about["period"].value)
        bases[key[0]] = unit.base
        printed = row["printed"].value if "printed" in row else row["value"].value
        part = row["o"].value in parts
        where = itself if _code(about, "role") == "actual" and not part else besides
        where[key].append(Figure(printed, span, source, bool(qualifier), part))
    for row in store.rows(_COMPUTED):
        about = observed.get(row["o"].value)
        key = (_slug(about, "indicator"), _slug(about, "area"), about["period"].value) if about else ("", "", "")
        if row["o"].value not in parts and key in itself:
            itself[key].append(_computed(row["value"].value, bases[key[0]]))
    return _fixed(itself), _fixed(besides), bases


def _computed(value: str, base: str) -> Figure:
    """Return the figure that follows from others, where the graph found that it is not what a document says."""
    number = Decimal(value)
    exactly = Decimal(1).scaleb(min(0, int(number.as_tuple().exponent)))
    return Figure(value, span_of(number, exactly, "", Unit(base, base, Decimal(1))), Evidence(value, False, locator=COMPUTED))


def _fixed(found: Mapping[tuple[str, str, str], list[Figure]]) -> _Figures:
    return {key: tuple(items) for key, items in found.items()}


def _acts(store: Store, sources: Mapping[str, Evidence]) -> tuple[dict[str, tuple[Evidence, ...]], dict[str, date]]:
    said: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    in_force: dict[str, date] = {}
    for row in store.rows(_SIGNED):
        property, value = row["property"].value.rpartition("#")[2], row["value"].value
        if property == "first_date_entry_in_force":
            in_force[row["act"].value] = date.fromisoformat(value)
        else:
            said[row["act"].value, row["passage"].value][property] = (
                value[: _EXACT.get(_code(row, "precision"))] if "date" in property else value
            )
    claims: dict[str, list[Evidence]] = defaultdict(list)
    for (act, passage), values in sorted(said.items()):
        number = f"No. {values['number']}" if "number" in values else ""
        day = f"of {values['date_document']}" if "date_document" in values else ""
        if passage in sources:
            claims[act].append(_with(sources[passage], f"{number} {day}".strip()))
    return {act: tuple(items) for act, items in claims.items()}, in_force


def _programmes(store: Store, sources: Mapping[str, Evidence]) -> dict[str, Run]:
    ends = {row["programme"].value: date.fromisoformat(row["day"].value) for row in store.rows(_ACCEPTED)}
    years: dict[str, set[int]] = defaultdict(set)
    claimed: dict[str, list[tuple[int, Evidence]]] = defaultdict(list)
    for row in store.rows(_SPANS):
        programme, year = row["programme"].value, int(row["day"].value[:4])
        years[programme].add(year)
        source = sources.get(row["passage"].value)
        if source and row["property"].value.endswith("endDate"):
            claimed[programme].append((year, _with(source, f"until {year}")))
    return {
        programme: Run(
            ends.get(programme), frozenset(years[programme]), tuple(sorted(claimed[programme], key=lambda item: item[1].passage))
        )
        for programme in {*ends, *years}
    }


def _with(source: Evidence, value: str) -> Evidence:
    return Evidence(value, False, source.passage, source.document, source.issued, source.locator)


def _slug(row: Row, name: str) -> str:
    return row[name].value.rpartition("/")[2]


def _code(row: Row, name: str) -> str:
    return row[name].value.rpartition("/")[2] if name in row else ""
