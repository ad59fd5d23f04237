"""The profile of an area in a framework, computed from the claims: what is reached, ahead, lagging, unknown; what to do first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.errors import UnknownEntity
from kg.namespaces import EGOV, ID, concept, shorten
from kg.query.advice import Advice, Priority, advise
from kg.query.entities import Evidence, resolve
from kg.query.frameworks import Claims, Framework, claims_about, concerns_of, named, read_frameworks
from kg.query.labels import Labels, labels_of, shown
from kg.query.names import Names
from kg.query.standing import Assessment, OwnLevel, Position, Stated, conclude, own_level, settle
from kg.store.base import Row, Store
from kg.terms import load_terms

COLUMNS = ("framework", "dimension", "element", "label", "level", "state", "attainment", "standing", "computed", "rule", "passages")
"""The columns of a profile as a table, a row an element; things as kind/slug, passages separated by blanks."""

_ASSESSMENTS = """SELECT ?assessment ?element ?attainment ?standing WHERE {
  VALUES ?area { UNDEF }
  ?assessment a egov:Assessment ; dcterms:spatial ?area ; egov:assesses ?element .
  OPTIONAL { ?assessment egov:attainment ?attainment } OPTIONAL { ?assessment egov:standing ?standing }
} ORDER BY ?assessment"""
_NOTES = "SELECT ?thing ?note WHERE { VALUES ?thing { UNDEF } ?thing skos:editorialNote ?note }"
_ISSUED = "SELECT ?document ?issued WHERE { VALUES ?document { UNDEF } ?document dcterms:issued ?issued }"
_OVERALL = """SELECT DISTINCT ?finding WHERE {
  VALUES ?area { UNDEF } VALUES ?framework { UNDEF }
  ?finding a egov:Finding ; dcterms:spatial ?area ; egov:concerns ?framework . MINUS { ?finding a egov:Assessment }
} ORDER BY ?finding"""
_ASSESSED = """SELECT DISTINCT ?framework ?area WHERE {
  ?assessment a egov:Assessment ; dcterms:spatial ?area ; egov:assesses ?element .
  ?element skos:inScheme ?framework . ?framework egov:scale ?scale
} ORDER BY ?framework ?area"""


@dataclass(frozen=True)
class Overall:
    """A finding on the area in the framework as a whole."""

    iri: ox.NamedNode
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Profile:
    """An area in a framework. `first` is what to do first, `general` the framework's further advice.

    `needed` says what is missing where the area, or its own level, is unknown; empty where nothing is.
    """

    area: ox.NamedNode
    framework: Framework
    own: OwnLevel | None
    positions: tuple[Position, ...]
    overall: tuple[Overall, ...]
    first: tuple[Priority, ...]
    general: tuple[Advice, ...]
    needed: str

    @property
    def assessed(self) -> bool:
        """Say whether any element is assessed."""
        return any(position.state != "unknown" for position in self.positions)

    def mentions(self) -> set[ox.NamedNode]:
        """Return everything whose label a reader wants."""
        found = {self.area, *self.framework.skeleton}
        advice = [*self.general, *(answer for priority in self.first for answer in priority.answers)]
        evidence = [item for answer in advice for item in answer.evidence] + [item for finding in self.overall for item in finding.evidence]
        for position in self.positions:
            found |= {position.element.iri, concept("assessment-state", position.state)}
            found |= {assessment.iri for assessment in (*position.assessments, *position.earlier)}
            evidence += position.element.level_evidence
            evidence += [item for assessment in (*position.assessments, *position.earlier) for item in assessment.evidence]
        found |= (
            {answer.iri for answer in advice}
            | {finding.iri for finding in self.overall}
            | {node for answer in advice for node in answer.shared}
        )
        return found | {item.document for item in evidence} | set(_codes())


@dataclass(frozen=True)
class Profiles:
    """An area with its profile in each framework that has a scale (none where there is no such framework), and all labels."""

    area: ox.NamedNode
    profiles: tuple[Profile, ...]
    labels: Mapping[str, Labels]


def read_profiles(store: Store, names: Names, area: str, framework: str | None = None) -> Profiles:
    """Return the profile of an area (`KAZ`) in each framework with a scale, or in one; raises UnknownEntity for either."""
    slug = area.removeprefix("area/")
    place = resolve(store, names, f"area/{slug}")
    if not place.value.startswith(f"{ID}area/"):
        raise UnknownEntity(f"area/{slug}", [name for name in names.near(slug) if name.startswith("area/")])
    profiles = tuple(_profile(store, place, found) for found in read_frameworks(store, names, framework))
    return Profiles(place, profiles, labels_of(store, {place, *(node for profile in profiles for node in profile.mentions())}))


def assessed_areas(store: Store) -> list[tuple[ox.NamedNode, ox.NamedNode]]:
    """Return framework and area of every profile that holds an assessment."""
    return [(named(row, "framework"), named(row, "area")) for row in store.rows(_ASSESSED)]


def rows_of(profile: Profile, labels: Mapping[str, Labels], languages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield a profile as rows of COLUMNS; `standing` is stated, `computed` is ours, and both may be empty."""
    for position in profile.positions:
        element = position.element
        stated = [item for item in (position.attainment, position.standing) if item]
        passages = sorted({shorten(item.passage.value) for group in stated for item in group.evidence})
        yield (
            shorten(profile.framework.iri.value),
            shorten(element.dimension.value),
            shorten(element.iri.value),
            shown(element.iri.value, labels, languages),
            shorten(element.level.value) if element.level else "",
            position.state,
            position.attainment.code if position.attainment else "",
            position.standing.code if position.standing else "",
            position.computed.code,
            position.computed.rule,
            " ".join(passages),
        )


def _profile(store: Store, area: ox.NamedNode, framework: Framework) -> Profile:
    given = _assessments(store, area, framework)
    settled = [settle(element, given.get(element.iri, ())) for element in framework.elements]
    own = own_level(framework, settled)
    assessed = {position.element.iri: position.element for position in settled if position.state != "unknown"}
    positions = [
        replace(
            position,
            computed=conclude(framework, position, own),
            bearing=tuple(iri for iri, element in assessed.items() if position.element.iri in element.concerns),
        )
        for position in settled
    ]
    first, general = advise(store, area, framework, positions)
    return Profile(
        area, framework, own, tuple(positions), _overall(store, area, framework), first, general, _needed(area, framework, positions, own)
    )


def _assessments(store: Store, area: ox.NamedNode, framework: Framework) -> dict[ox.NamedNode, list[Assessment]]:
    own = {element.iri for element in framework.elements}
    rows = [row for row in store.rows(_ASSESSMENTS, area=area) if row["element"] in own]
    things = {named(row, "assessment") for row in rows}
    claims = claims_about(store, things, EGOV.assesses, EGOV.attainment, EGOV.standing)
    documents = sorted({item.document for items in claims.values() for item in items}, key=str)
    issued = {named(row, "document"): row["issued"].value for row in store.rows(_ISSUED, document=list(documents))}
    notes: dict[ox.NamedNode, dict[str, str]] = defaultdict(dict)
    for row in store.rows(_NOTES, thing=sorted(things, key=str)):
        if isinstance(row["note"], ox.Literal):
            notes[named(row, "thing")][row["note"].language or "en"] = row["note"].value
    concerns = concerns_of(store, things)
    found: dict[ox.NamedNode, list[Assessment]] = defaultdict(list)
    for row in rows:
        thing, element = named(row, "assessment"), named(row, "element")
        evidence = claims.get((thing, EGOV.assesses, element), ())
        found[element].append(
            Assessment(
                iri=thing,
                attainment=_stated(row, "attainment", claims),
                standing=_stated(row, "standing", claims),
                issued=max((issued.get(item.document, "") for item in evidence), default=""),
                note=notes.get(thing, {}),
                concerns=concerns.get(thing, frozenset()),
            )
        )
    return found


def _stated(row: Row, key: str, claims: Claims) -> Stated | None:
    if key not in row:
        return None
    code = named(row, key)
    return Stated(code.value.rpartition("/")[2], claims.get((named(row, "assessment"), EGOV.term(key), code), ()))


def _overall(store: Store, area: ox.NamedNode, framework: Framework) -> tuple[Overall, ...]:
    found = [named(row, "finding") for row in store.rows(_OVERALL, area=area, framework=framework.iri)]
    claims = claims_about(store, found, EGOV.concerns)
    return tuple(Overall(iri, claims.get((iri, EGOV.concerns, framework.iri), ())) for iri in found)


def _needed(area: ox.NamedNode, framework: Framework, positions: Sequence[Position], own: OwnLevel | None) -> str:
    recipe = f"records of type Assessment with `area: {shorten(area.value)}`, `assesses`, `attainment` and the passages that state them"
    if all(position.state == "unknown" for position in positions):
        return f"no passage assesses {shorten(area.value)} by {shorten(framework.iri.value)}: its profile is unknown; add {recipe}"
    if own is None:
        scale = shorten(framework.scale.value)
        return f"no assessment tells the area's own level, so nothing is computed; add {recipe} for elements of {scale}"
    return ""


def _codes() -> Iterator[ox.NamedNode]:
    for scheme in ("attainment", "standing", "assessment-state", "profile-rule"):
        yield from (concept(scheme, code) for code in load_terms().codes[scheme])
