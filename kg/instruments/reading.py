"""What the instruments read of the graph: figures with their passages, weights by edition, criteria, stages. Read-only, any store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.analytics.maturity import Parameter, Stage
from kg.analytics.numbers import decimals_of
from kg.analytics.public_value import Criterion
from kg.errors import BadParameter
from kg.namespaces import EGOV, ID, entity, shorten
from kg.query.frameworks import named
from kg.query.labels import labels_of, shown
from kg.store.base import Row, Store
from kg.store.binding import Term

ACTUAL, TARGET, BASELINE = "actual", "target", "baseline"

_FIGURES = """SELECT ?observation ?area ?period ?breakdown ?role ?value ?resolution ?status WHERE {
  VALUES ?indicator { UNDEF } VALUES ?area { UNDEF }
  ?observation egov:indicator ?indicator ; sdmx-dimension:refArea ?area ; sdmx-dimension:refPeriod ?period ; egov:breakdown ?breakdown ;
    egov:valueRole ?role ; sdmx-measure:obsValue ?value .
  OPTIONAL { ?observation egov:resolution ?resolution } OPTIONAL { ?observation sdmx-attribute:obsStatus ?status }
} ORDER BY ?area ?period"""
_PASSAGES = """SELECT DISTINCT ?passage WHERE {
  VALUES ?observation { UNDEF } GRAPH ?passage { ?observation sdmx-measure:obsValue ?value } ?passage a egov:Passage
} ORDER BY ?passage"""
_RULES = """SELECT ?rule ?component ?weight ?tolerance WHERE {
  VALUES ?indicator { UNDEF }
  ?rule egov:resultTerm/egov:indicator ?indicator ; egov:ruleKind <https://w3id.org/egovkg/id/concept/rule-kind/weighted-mean> ;
    egov:inputTerm ?input . ?input egov:indicator ?component ; egov:weight ?weight .
  OPTIONAL { ?rule egov:tolerance ?tolerance }
} ORDER BY ?rule ?input"""
_PERIODS = "SELECT ?rule ?property ?period WHERE { VALUES ?rule { UNDEF } VALUES ?property { UNDEF } ?rule ?property ?period }"
_AREAS = "SELECT ?area WHERE { VALUES ?area { UNDEF } ?area a egov:Area }"
_INDICATORS = "SELECT DISTINCT ?indicator WHERE { ?observation egov:indicator ?indicator } ORDER BY ?indicator"
_CRITERIA = """SELECT ?thing ?broader ?ordinal ?dimension WHERE {
  VALUES ?framework { UNDEF } ?thing skos:inScheme ?framework .
  OPTIONAL { ?thing skos:broader ?broader } OPTIONAL { ?thing egov:ordinal ?ordinal }
  OPTIONAL { ?thing a ?dimension . FILTER(?dimension = egov:Dimension) }
} ORDER BY ?ordinal ?thing"""
_FRAMEWORKS = "SELECT ?framework WHERE { ?framework a egov:Framework } ORDER BY ?framework"
_STAGES = """SELECT ?stage ?ordinal ?property ?text WHERE {
  VALUES ?scheme { UNDEF } VALUES ?property { UNDEF }
  ?stage skos:inScheme ?scheme ; a egov:Stage ; egov:ordinal ?ordinal . OPTIONAL { ?stage ?property ?text }
} ORDER BY ?ordinal ?property ?text"""
_SCHEMES = """SELECT DISTINCT ?scheme WHERE {
  VALUES ?property { UNDEF } ?stage skos:inScheme ?scheme ; a egov:Stage ; egov:ordinal ?ordinal ; ?property ?text .
  ?scheme a egov:StageScheme
} ORDER BY ?scheme"""
_STATED = """SELECT DISTINCT ?passage WHERE {
  VALUES ?thing { UNDEF } VALUES ?property { UNDEF } GRAPH ?passage { ?thing ?property ?value } ?passage a egov:Passage
} ORDER BY ?passage"""
PARAMETERS = (EGOV.priorityAspect, EGOV.mainChannel, EGOV.coreTechnology, EGOV.performanceIndicator)
"""The properties of a stage that a maturity model asks for, in the order of the paper's table."""
_PARAMETER_NAMES = {
    EGOV.priorityAspect: "priority-aspect", EGOV.mainChannel: "main-channel", EGOV.coreTechnology: "core-technology",
    EGOV.performanceIndicator: "performance-indicator",
}  # fmt: skip
_CHUNK = 300


@dataclass(frozen=True)
class Figure:
    """An accepted observation: value with its printed decimals, unit of its indicator. `breakdown` is empty for the total."""

    iri: ox.NamedNode
    area: str
    period: str
    breakdown: str
    role: str
    value: Decimal
    status: str

    @property
    def year(self) -> int | None:
        """Return the year, None for a period that is not one year."""
        return int(self.period) if len(self.period) == 4 and self.period.isdigit() else None


@dataclass(frozen=True)
class Rule:
    """The weights of a composite index, and the editions that they are for (`only`, or all but `never`)."""

    slug: str
    weights: Mapping[str, Decimal]
    tolerance: Decimal
    only: frozenset[str]
    never: frozenset[str]

    def applies(self, edition: str | None) -> bool:
        """Say whether the rule is for an edition; None asks for the rule of editions that no rule names."""
        return (edition in self.only) if self.only else edition not in self.never


def read_figures(store: Store, indicator: str, area: str | None = None) -> list[Figure]:
    """Return every accepted figure of an indicator, of one area or all."""
    given = {"area": entity("area", area)} if area else {}
    return [_figure(row) for row in store.rows(_FIGURES, indicator=entity("indicator", indicator), **given)]


def passages_of(store: Store, figures: Iterable[Figure]) -> tuple[str, ...]:
    """Return the passages (`document/passage`) that state any of some figures."""
    nodes = sorted({figure.iri for figure in figures}, key=str)
    found: set[str] = set()
    for start in range(0, len(nodes), _CHUNK):
        found |= {_slug(row["passage"]) for row in store.rows(_PASSAGES, observation=list(nodes[start : start + _CHUNK]))}
    return tuple(sorted(found))


def read_rules(store: Store, indicator: str) -> list[Rule]:
    """Return the weighted means that the graph knows for an index, most special first."""
    weights: dict[str, dict[str, Decimal]] = defaultdict(dict)
    tolerance: dict[str, Decimal] = {}
    for row in store.rows(_RULES, indicator=entity("indicator", indicator)):
        rule = _slug(row["rule"])
        weights[rule][_slug(row["component"])] = Decimal(row["weight"].value)
        tolerance[rule] = Decimal(row["tolerance"].value) if "tolerance" in row else Decimal(0)
    periods: dict[tuple[str, str], set[str]] = defaultdict(set)
    nodes = [entity("rule", rule) for rule in weights]
    if nodes:
        for row in store.rows(_PERIODS, rule=list(nodes), property=[EGOV.appliesToPeriod, EGOV.exceptPeriod]):
            periods[_slug(row["rule"]), shorten(row["property"].value)].add(row["period"].value)
    rules = [
        Rule(
            rule, weights[rule], tolerance[rule], frozenset(periods[rule, "egov:appliesToPeriod"]),
            frozenset(periods[rule, "egov:exceptPeriod"]),
        )
        for rule in weights
    ]  # fmt: skip
    return sorted(rules, key=lambda rule: (not rule.only, rule.slug))


def rule_for(store: Store, instrument: str, indicator: str, edition: str | None) -> Rule:
    """Return the rule of an edition; raises BadParameter where the graph has none."""
    for rule in read_rules(store, indicator):
        if rule.applies(edition):
            return rule
    raise BadParameter(instrument, "edition", f"{edition}: the graph has no weights of {indicator} for it (kg/records/rule)")


def check_indicator(store: Store, instrument: str, indicator: str) -> str:
    """Return the slug of an indicator that has figures; raises BadParameter with the near ones."""
    slug = indicator.removeprefix("indicator/")
    known = [_slug(row["indicator"]) for row in store.rows(_INDICATORS)]
    if slug not in known:
        from difflib import get_close_matches

        near = get_close_matches(slug, known, 5, 0.4) or known
        raise BadParameter(instrument, "indicator", f"is {slug!r}, which has no figures here; possible: {', '.join(near[:12])}", known)
    return slug


def check_areas(store: Store, instrument: str, areas: Sequence[str], parameter: str = "area") -> list[str]:
    """Return slugs of areas that the graph knows; raises BadParameter for the first that it does not."""
    found = []
    for area in areas:
        slug = area.removeprefix("area/")
        try:
            known = bool(store.rows(_AREAS, area=entity("area", slug)))
        except ValueError:
            known = False
        if not known:
            raise BadParameter(
                instrument, parameter, f"is {area!r}, which is no area here; give the slug of one, such as KAZ (ISO 3166-1 alpha-3). "
                "Countries without curated records come with `egovkg import un-egdi`",
                sorted(_slug(row["area"]) for row in store.rows(_AREAS)),
            )  # fmt: skip
        found.append(slug)
    return found


def read_criteria(store: Store, instrument: str, framework: str) -> tuple[list[Criterion], list[str], dict[str, str]]:
    """Return a framework's criteria (below its dimensions), its dimensions, and English labels by slug; raises BadParameter."""
    slug = framework.removeprefix("framework/")
    rows = _rows_of(store, _CRITERIA, "framework", slug)
    if not rows:
        known = [_slug(row["framework"]) for row in store.rows(_FRAMEWORKS)]
        raise BadParameter(instrument, "framework", f"is {slug!r}, which has no criteria here; possible: {', '.join(known)}", known)
    names = {row["thing"].value: _within(row["thing"].value) for row in rows}
    tops = dict.fromkeys(names[row["thing"].value] for row in rows if "dimension" in row or "broader" not in row)
    below = [(row["thing"].value, row["broader"].value) for row in rows if "broader" in row]
    criteria = [Criterion(names[thing], names[broader]) for thing, broader in below if broader in names]
    labels = labels_of(store, [named(row, "thing") for row in rows])
    return criteria, list(tops), {name: shown(iri, labels, ("en",)) for iri, name in names.items()}


def read_stages(store: Store, instrument: str, scheme: str, languages: Sequence[str]) -> tuple[list[Stage], tuple[str, ...]]:
    """Return a scheme's stages with their parameters in a language, and the passages that state them; raises BadParameter."""
    slug = scheme.removeprefix("scheme/")
    rows = _rows_of(store, _STAGES, "scheme", slug, property=list(PARAMETERS))
    nodes = list(dict.fromkeys(named(row, "stage") for row in rows))
    if not any("text" in row for row in rows):
        known = [_slug(row["scheme"]) for row in store.rows(_SCHEMES, property=list(PARAMETERS))]
        raise BadParameter(instrument, "scheme", f"is {slug!r}, which has no stages with parameters; possible: {', '.join(known)}", known)
    labels = labels_of(store, nodes)
    texts: dict[ox.NamedNode, dict[ox.NamedNode, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    ordinals: dict[ox.NamedNode, int] = {}
    for row in rows:
        stage = named(row, "stage")
        ordinals[stage] = int(row["ordinal"].value)
        if isinstance(text := row.get("text"), ox.Literal):
            texts[stage][named(row, "property")][text.language or "en"].append(text.value)
    stages = [
        Stage(ordinals[node], shorten(node.value), shown(node.value, labels, languages), _parameters(texts[node], languages))
        for node in nodes
    ]
    passages = store.rows(_STATED, thing=list(nodes), property=list(PARAMETERS))
    return stages, tuple(sorted(_slug(row["passage"]) for row in passages))


def _parameters(texts: Mapping[ox.NamedNode, Mapping[str, Sequence[str]]], languages: Sequence[str]) -> tuple[Parameter, ...]:
    found = []
    for node in PARAMETERS:
        by_language = texts.get(node, {})
        words = next((by_language[language] for language in (*languages, *sorted(by_language)) if language in by_language), ())
        for place, text in enumerate(words, 1):
            found.append(Parameter(_PARAMETER_NAMES[node] + (f"-{place}" if len(words) > 1 else ""), text))
    return tuple(found)


def _rows_of(store: Store, query: str, kind: str, slug: str, **values: list[Term]) -> list[Row]:
    try:
        node = entity(kind, slug)
    except ValueError:  # no IRI can have that slug
        return []
    return store.rows(query, **{kind: node}, **values)


def _figure(row: Row) -> Figure:
    value = Decimal(row["value"].value)
    if "resolution" in row:
        step = Decimal(row["resolution"].value).normalize()
        if step.as_tuple().digits == (1,) and decimals_of([step]) > decimals_of([value]):
            value = value.quantize(step)
    breakdown = row["breakdown"].value.removeprefix(f"{ID}concept/breakdown/")
    status = _last(row["status"].value) if "status" in row else ""
    return Figure(
        named(row, "observation"),
        _slug(row["area"]),
        row["period"].value,
        "" if breakdown == "total" else breakdown,
        _last(row["role"].value),
        value,
        status,
    )


def _slug(node: Term | ox.BlankNode) -> str:
    """Return what follows the kind: `KAZ`, `abil-2023/table-2`."""
    return shorten(node.value).partition("/")[2]


def _within(iri: str) -> str:
    """Return a concept's slug within its framework: `trust/security`."""
    return iri.removeprefix(f"{ID}concept/").partition("/")[2]


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]
