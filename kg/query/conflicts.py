"""Conflicts as the store holds them, each with every side, the passages and the rule that decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kg.errors import Impossible, UnknownEntity
from kg.namespaces import EGOV, SKOS, concept, entity, local_name, shorten
from kg.query.labels import Labels, shown
from kg.query.names import Names
from kg.store.base import Row, Store
from kg.terms import load_terms

_CONFLICTS = """SELECT ?conflict ?p ?o WHERE {
  VALUES ?subject { UNDEF }
  GRAPH <https://w3id.org/egovkg/graph/derived/conflicts> { ?conflict egov:conflictSubject|egov:alsoAbout ?subject ; ?p ?o }
}"""
_SIDES = """SELECT ?conflict ?subject ?passage ?document ?locator ?value ?printed ?unit ?qualifier ?exactly ?exactness WHERE {
  VALUES ?conflict { UNDEF }
  GRAPH <https://w3id.org/egovkg/graph/derived/conflicts> {
    ?conflict egov:conflictSubject|egov:alsoAbout ?subject ; egov:conflictProperty ?property ; egov:statedIn ?passage
  }
  ?passage oa:hasSource ?document ; egov:locator ?locator .
  OPTIONAL { GRAPH ?passage {
    ?subject ?property ?value .
    OPTIONAL { ?subject egov:printed ?printed }
    OPTIONAL { ?subject sdmx-attribute:unitMeasure ?unit }
    OPTIONAL { ?subject egov:qualifier ?qualifier }
  } }
  OPTIONAL { ?property egov:precisionProperty ?exactly . GRAPH ?passage { ?subject ?exactly ?exactness } }
}"""
_NOTES = "SELECT ?rule ?note WHERE { VALUES ?rule { UNDEF } ?rule skos:editorialNote ?note FILTER(LANG(?note) = 'en') }"
_DOCUMENT = "SELECT ?type WHERE { VALUES ?document { UNDEF } ?document a egov:Document , ?type } LIMIT 1"
BOTH_STAND = "both-stand"
"""The rule under which nothing is decided: a comparison, whose sides all stay facts."""
_DIGITS = {"year": 4, "month": 7}
_PLAIN_UNITS = frozenset({"number", "index", "calendar-year"})
"""Units that a figure is read without."""


@dataclass(frozen=True)
class Side:
    """What one passage says; `value` is None for a passage that only gives an input of the computation.

    `subject` is the thing it says it of, where a conflict is about several.
    """

    passage: ox.NamedNode
    document: ox.NamedNode
    locator: str
    value: ox.NamedNode | ox.Literal | None
    printed: str = ""
    unit: ox.NamedNode | None = None
    exactness: str = ""
    subject: ox.NamedNode | None = None
    qualifier: ox.NamedNode | None = None

    def worded(self, labels: Mapping[str, Labels], languages: Sequence[str]) -> str:
        """Return the value as the passage has it: "24.2 million services", "24.2%", "A third (33 per cent)", "2022"."""
        if isinstance(self.value, ox.NamedNode):
            return shown(self.value.value, labels, languages)
        lexical = self.value.value[: _DIGITS.get(self.exactness)] if self.value else ""
        printed = self.printed or lexical
        unit = "" if self.unit is None or _code(self.unit) in _PLAIN_UNITS else shown(self.unit.value, labels, languages)
        qualifier = shown(self.qualifier.value, labels, languages) if self.qualifier else ""
        if not any(map(str.isdigit, printed)):
            return f"{printed} ({' '.join(filter(None, (qualifier, lexical, unit)))})" if self.unit else printed
        if not unit or any(map(str.isalpha, printed)) or ("%" in printed and _code(self.unit) == "percent"):
            return printed
        return f"{printed} {unit}"


@dataclass(frozen=True)
class Disagreement:
    """One conflict. `accepted` is None where it is undecided; `computed` and `computation` are of arithmetic ones.

    `under` is the rule or comparison behind it; `others` are the things besides `subject` that a comparison speaks of.
    """

    iri: ox.NamedNode
    kind: str
    subject: ox.NamedNode
    property: ox.NamedNode
    rule: str
    label: str
    accepted: ox.NamedNode | ox.Literal | None = None
    accepted_in: ox.NamedNode | None = None
    computed: str = ""
    computation: str = ""
    under: str = ""
    sides: tuple[Side, ...] = field(default=())
    others: tuple[ox.NamedNode, ...] = ()
    note: str = ""

    def compared(self) -> bool:
        """Say whether the sides were set beside each other by a comparison: each of them is a fact."""
        return self.rule == BOTH_STAND

    def heading(self, labels: Mapping[str, Labels], languages: Sequence[str]) -> str:
        """Return what it is about: the matter of a comparison, else thing and property."""
        if self.compared():
            return shown(self.iri.value, labels, languages)
        return ", ".join(shown(node.value, labels, languages) for node in (self.subject, self.property))

    def rule_node(self) -> ox.NamedNode | None:
        """Return the rule or comparison behind it."""
        return entity(*self.under.split("/", 1)) if "/" in self.under else None

    def winner(self) -> Side | None:
        """Return the side that was taken as fact."""
        there = [side for side in self.sides if side.value is not None and side.passage == self.accepted_in]
        return next((side for side in there if side.value == self.accepted), there[0] if there else None)

    def mentions(self) -> set[ox.NamedNode]:
        """Return everything whose label a reader wants."""
        codes = {concept("conflict-kind", self.kind), concept("decision-rule", self.rule)}
        named = {
            node for side in self.sides for node in (side.document, side.unit, side.qualifier, side.value) if isinstance(node, ox.NamedNode)
        }
        rule = self.rule_node()
        rules = {rule} if rule else set()
        return {self.iri, self.subject, *self.others, self.property, *codes, *named, *rules}

    def fact(self, labels: Mapping[str, Labels], languages: Sequence[str]) -> str:
        """Return what was taken as fact, as its passage has it; empty where the conflict is undecided."""
        winner = self.winner()
        if winner:
            return winner.worded(labels, languages)
        return shorten(self.accepted.value) if self.accepted else ""


def find_conflicts(
    store: Store, subject: ox.NamedNode | None = None, kind: str | None = None, document: str | None = None
) -> list[Disagreement]:
    """Return the conflicts about a thing, of a kind, or in which a document (`abil-2023`) has a side; all without filter."""
    rows = store.rows(_CONFLICTS, **({"subject": subject} if subject else {}))
    described: dict[ox.NamedNode, dict[ox.NamedNode, ox.NamedNode | ox.Literal]] = defaultdict(dict)
    others: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    for row in rows:
        conflict, predicate, value = row["conflict"], row["p"], row["o"]
        in_reach = not isinstance(value, ox.Literal) or value.language in (None, "en")
        if isinstance(conflict, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and not isinstance(value, ox.BlankNode) and in_reach:
            described[conflict][predicate] = value
            if predicate == EGOV.alsoAbout and isinstance(value, ox.NamedNode):
                others[conflict].add(value)
    sides = _sides(store, list(described)) if described else {}
    found = [_disagreement(iri, about, sides.get(iri, []), others[iri]) for iri, about in described.items()]
    rules = {rule: c for c in found if (rule := c.rule_node())}
    notes = {row["rule"]: row["note"].value for row in store.rows(_NOTES, rule=list(rules))} if rules else {}
    found = [replace(c, note=notes.get(c.rule_node() or c.iri, "")) for c in found]
    wanted = [c for c in found if (not kind or c.kind == kind) and (not document or _involves(c, document))]
    return sorted(wanted, key=lambda c: (c.kind, c.iri.value))


def check_filters(store: Store, names: Names, kind: str | None, document: str | None) -> None:
    """Raise Impossible for a kind of conflict that there is not, UnknownEntity for a document that there is not."""
    kinds = conflict_kinds()
    if kind and kind not in kinds:
        raise Impossible("kind", kind, "there is no such kind of conflict", kinds)
    if document:
        slug = document.removeprefix("document/")
        try:
            known = store.rows(_DOCUMENT, document=entity("document", slug))
        except ValueError:  # no IRI can have that slug
            known = []
        if not known:
            raise UnknownEntity(f"document/{slug}", [name for name in names.near(document) if name.startswith("document/")])


def conflict_kinds() -> list[str]:
    """Return the kinds of conflict, sorted."""
    return sorted(load_terms().codes["conflict-kind"])


def _sides(store: Store, conflicts: list[ox.NamedNode]) -> dict[ox.NamedNode, list[Side]]:
    found: dict[ox.NamedNode, dict[Side, None]] = defaultdict(dict)
    for row in store.rows(_SIDES, conflict=list(conflicts)):
        found[_named(row, "conflict")][_side(row)] = None
    return {
        conflict: sorted(sides, key=lambda side: (side.value is None, side.passage.value, str(side.subject), str(side.value)))
        for conflict, sides in found.items()
    }


def _side(row: Row) -> Side:
    value = row.get("value")
    return Side(
        _named(row, "passage"),
        _named(row, "document"),
        row["locator"].value,
        value if isinstance(value, ox.NamedNode | ox.Literal) else None,
        row["printed"].value if "printed" in row else "",
        _named(row, "unit") if "unit" in row else None,
        _code(_named(row, "exactness")) if "exactness" in row else "",
        _named(row, "subject"),
        _named(row, "qualifier") if "qualifier" in row else None,
    )


def _disagreement(
    iri: ox.NamedNode, about: dict[ox.NamedNode, ox.NamedNode | ox.Literal], sides: list[Side], others: set[ox.NamedNode]
) -> Disagreement:
    def text(predicate: ox.NamedNode) -> str:
        return about[predicate].value if predicate in about else ""

    return Disagreement(
        iri=iri,
        kind=text(EGOV.conflictKind).rpartition("/")[2],
        subject=ox.NamedNode(text(EGOV.conflictSubject)),
        property=ox.NamedNode(text(EGOV.conflictProperty)),
        rule=text(EGOV.decidedBy).rpartition("/")[2],
        label=text(SKOS.prefLabel),
        accepted=about.get(EGOV.acceptedValue),
        accepted_in=ox.NamedNode(text(EGOV.acceptedIn)) if EGOV.acceptedIn in about else None,
        computed=text(EGOV.computedValue),
        computation=text(EGOV.computation),
        under=local_name(text(EGOV.underRule)) or "",
        sides=tuple(_compared(sides) if text(EGOV.decidedBy).endswith(f"/{BOTH_STAND}") else sides),
        others=tuple(sorted(others, key=lambda node: node.value)),
    )


def _compared(sides: list[Side]) -> list[Side]:
    """Keep the sides of a comparison that say something, texts in English where they are in English."""
    english = {(side.passage, side.subject) for side in sides if isinstance(side.value, ox.Literal) and side.value.language == "en"}

    def foreign(side: Side) -> bool:
        tagged = isinstance(side.value, ox.Literal) and side.value.language not in (None, "en")
        return tagged and (side.passage, side.subject) in english

    return [side for side in sides if side.value is not None and not foreign(side)]


def _involves(conflict: Disagreement, document: str) -> bool:
    slug = document.removeprefix("document/")
    return any(side.document.value.endswith(f"/document/{slug}") for side in conflict.sides)


def _code(node: ox.NamedNode | None) -> str:
    return node.value.rpartition("/")[2] if node else ""


def _named(row: Row, key: str) -> ox.NamedNode:
    node = row[key]
    assert isinstance(node, ox.NamedNode), node
    return node
