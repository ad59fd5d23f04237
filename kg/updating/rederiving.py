"""The facts that a change to claims or records touches, derived anew, and only those.

The unit is the thing: all claims and records of a touched thing are read, before and after, and what they contribute to the
facts is exchanged. Beyond the things that the change names, it touches

- all that the passages of a document state, where its authority, its date or a passage's kind changes;
- the arithmetic of an area, where a figure is a rule's input or result, and what is computed there;
- comparisons that name a touched thing.

A change to a rule touches everything: then all is derived anew. tests/test_updating_rederiving.py holds the result against
a derivation of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import pyoxigraph as ox

from kg.claims.acceptance import accept
from kg.claims.arithmetic import Computation, Rule, compute, key_of
from kg.claims.comparisons import Comparison, compare
from kg.claims.deriving import conclude, derive
from kg.claims.evidence import Evidence, evidence_from
from kg.claims.readings import VALUE
from kg.claims.rules import rules_from
from kg.errors import UnusableClaims
from kg.namespaces import CUBE, DCTERMS, EGOV, ID, OA, QB, RDF
from kg.store.changes import Change, Overlay
from kg.terms import Terms
from kg.updating.graphs import Layer, layer_of

T = TypeVar("T")
_RULES, _OBSERVATIONS = f"{ID}rule/", f"{ID}observation/"
_STANDING = frozenset({OA.hasSource, EGOV.passageType})
_DATED = frozenset({DCTERMS.issued, EGOV.issuedPrecision})
_CUBE = ox.Quad(CUBE, RDF.type, QB.DataSet)
"""A fact of every graph with a figure, and of the ontology too: it is never taken away."""


def rederive(store: ox.Store, change: Change, terms: Terms) -> Change:
    """Return what a change to claims and records changes in facts, computed values and conflicts; raises UnusableClaims."""
    own = [quad for quad in (*change.added, *change.removed) if layer_of(quad.graph_name) in (Layer.CLAIMS, Layer.EDITORIAL)]
    if not own:
        return Change()
    before, after = Overlay(store, Change()), Overlay(store, change)
    if any(str(getattr(quad.subject, "value", "")).startswith(_RULES) for quad in own):
        old, new = _everything(before, terms), _read(lambda: _everything(after, terms))
    else:
        old, new = _touched(before, after, own, terms)
    gone = [quad for quad in old - new if not _of_ontology(store, quad)]
    there = [quad for quad in new - old if quad not in store]
    if _CUBE not in store and any(quad.predicate == QB.dataSet for quad in there):
        there.append(_CUBE)
    return Change(tuple(there), tuple(gone))


def _read(work: Callable[[], T]) -> T:
    """Derive from what a client wrote; raises UnusableClaims where it cannot be read as claims."""
    try:
        return work()
    except (TypeError, ValueError, IndexError, KeyError, ArithmeticError) as error:
        raise UnusableClaims(
            f"a claim or rule cannot be read ({type(error).__name__}: {error}); write it as the records of its kind"
        ) from None


def _everything(view: Overlay, terms: Terms) -> set[ox.Quad]:
    editorial: list[ox.Quad] = []
    claims: list[ox.Quad] = []
    for quad in view.find():
        layer = layer_of(quad.graph_name)
        if layer in (Layer.CLAIMS, Layer.EDITORIAL):
            (claims if layer is Layer.CLAIMS else editorial).append(quad)
    derived = derive(_ordered(editorial), _ordered(claims), terms)
    return {quad for quad in derived.fact_quads() if quad != _CUBE} | {*derived.values, *derived.disputes}


def _touched(before: Overlay, after: Overlay, own: Iterable[ox.Quad], terms: Terms) -> tuple[set[ox.Quad], set[ox.Quad]]:
    things = {quad.subject for quad in own if isinstance(quad.subject, ox.NamedNode)}
    for passage in _judged_anew((before, after), own):
        for view in (before, after):
            things |= {quad.subject for quad in view.find(graph=passage) if isinstance(quad.subject, ox.NamedNode)}
    rules, comparisons = _rules(before, things)
    part = _Part(things, *_affected(rules, things), comparisons)
    figures = {view: _figures(view, part) for view in (before, after)}
    old = _computations(before, part, figures[before], terms)
    new = _read(lambda: _computations(after, part, figures[after], terms))
    part.things |= {computation.observation for computation in (*old, *new)}
    return _contributions(before, part, figures[before], terms), _read(lambda: _contributions(after, part, figures[after], terms))


@dataclass
class _Part:
    """What is derived anew: things, rules in areas (a rule's slug and an area), comparisons."""

    things: set[ox.NamedNode]
    rules: list[Rule]
    areas: set[tuple[str, str]]
    comparisons: list[Comparison] = field(default_factory=list)

    def holds(self, computation: Computation) -> bool:
        key = key_of(computation.observation)
        return key is not None and (computation.rule.slug, key[2]) in self.areas


def _judged_anew(views: Iterable[Overlay], own: Iterable[ox.Quad]) -> set[ox.NamedNode]:
    """Return the passages whose standing may have changed."""
    passages: set[ox.NamedNode] = set()
    documents: set[ox.NamedNode] = set()
    for quad in own:
        if isinstance(quad.subject, ox.NamedNode):
            if quad.predicate in _STANDING:
                passages.add(quad.subject)
            elif quad.predicate == EGOV.authority or quad.predicate in _DATED:
                documents.add(quad.subject)
    for view in views:
        for document in documents:
            passages |= {q.subject for q in view.find(predicate=OA.hasSource, value=document) if isinstance(q.subject, ox.NamedNode)}
    return passages


def _rules(view: Overlay, things: Iterable[ox.NamedNode]) -> tuple[list[Rule], list[Comparison]]:
    """Return the arithmetic rules, where one of the things is a figure, and the comparisons of the things."""
    found = {quad.subject for thing in things for quad in view.find(predicate=EGOV.compares, value=thing)}
    if any(map(_key, things)):
        found |= {quad.subject for quad in view.find(predicate=EGOV.ruleKind)}
    parts = {q.object for rule in found for p in (EGOV.inputTerm, EGOV.resultTerm) for q in view.find(rule, p)}
    nodes = [node for node in {*found, *parts} if isinstance(node, ox.NamedNode)]
    return rules_from(_ordered(_of(view, nodes, Layer.EDITORIAL)))


def _affected(rules: list[Rule], things: Iterable[ox.NamedNode]) -> tuple[list[Rule], set[tuple[str, str]]]:
    """Return the rules that a touched figure is part of, with its area; and those that compute the same results."""
    touched = {key for thing in things if (key := _key(thing))}
    areas: set[tuple[str, str]] = set()
    for indicator, breakdown, area, _ in touched:
        own = [rule for rule in rules if any((m.indicator, m.breakdown) == (indicator, breakdown) for m in (rule.result, *rule.inputs))]
        results = {(rule.result.indicator, rule.result.breakdown) for rule in own}
        areas |= {(rule.slug, area) for rule in rules if (rule.result.indicator, rule.result.breakdown) in results}
    named = {slug for slug, _ in areas}
    return [rule for rule in rules if rule.slug in named], areas


def _key(thing: ox.NamedNode) -> tuple[str, str, str, str] | None:
    try:
        return key_of(thing) if thing.value.startswith(_OBSERVATIONS) else None
    except IndexError:  # no observation's IRI: the shapes say so
        return None


def _figures(view: Overlay, part: _Part) -> list[ox.NamedNode]:
    """Return the observations that the rules of the part compute with in their areas."""
    if not part.areas:
        return []
    by_slug = {rule.slug: rule for rule in part.rules}
    wanted = {(m.indicator, m.breakdown, area) for slug, area in part.areas for m in (by_slug[slug].result, *by_slug[slug].inputs)}
    found = {
        q.subject for q in view.find(predicate=VALUE) if isinstance(q.subject, ox.NamedNode) and layer_of(q.graph_name) is Layer.CLAIMS
    }
    return [thing for thing in found if (key := _key(thing)) and key[:3] in wanted]


def _computations(view: Overlay, part: _Part, figures: Iterable[ox.NamedNode], terms: Terms) -> list[Computation]:
    if not part.areas:
        return []
    claims = _ordered(_of(view, figures, Layer.CLAIMS))
    accepted = accept(claims, _evidence(view, claims, terms), terms)
    return [computation for computation in compute(part.rules, accepted.facts, terms) if part.holds(computation)]


def _contributions(view: Overlay, part: _Part, figures: Iterable[ox.NamedNode], terms: Terms) -> set[ox.Quad]:
    """Return all quads of facts, computed values and conflicts that come from the part."""
    compared = {thing for comparison in part.comparisons for thing in comparison.things}
    claims = _ordered(_of(view, {*part.things, *figures, *compared}, Layer.CLAIMS))
    evidence = _evidence(view, claims, terms)
    accepted = accept(claims, evidence, terms)
    computations = [computation for computation in compute(part.rules, accepted.facts, terms) if part.holds(computation)]
    found = conclude(accepted.verdicts, computations, compare(part.comparisons, claims, terms), evidence, part.things)
    beside = (*_of(view, part.things, Layer.EDITORIAL), *found.disputes, *found.unstated)
    facts = {ox.Quad(*fact) for fact in accepted.facts if fact[0] in part.things}
    facts |= {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in beside}
    return facts | {*found.values, *found.disputes}


def _evidence(view: Overlay, claims: Iterable[ox.Quad], terms: Terms) -> Evidence:
    """Return the standing of the passages that state the claims."""
    passages = {quad.graph_name for quad in claims if isinstance(quad.graph_name, ox.NamedNode)}
    editorial = _ordered(_of(view, passages, Layer.EDITORIAL, _STANDING))
    documents = {quad.object for quad in editorial if quad.predicate == OA.hasSource and isinstance(quad.object, ox.NamedNode)}
    editorial += _ordered(_of(view, documents, Layer.EDITORIAL, (EGOV.authority,)))
    return evidence_from(editorial, _ordered(_of(view, documents, Layer.CLAIMS, _DATED)), terms)


def _of(
    view: Overlay, things: Iterable[ox.NamedNode], layer: Layer, predicates: Iterable[ox.NamedNode | None] = (None,)
) -> Iterator[ox.Quad]:
    for thing in things:
        for predicate in predicates:
            yield from (quad for quad in view.find(thing, predicate) if layer_of(quad.graph_name) is layer)


def _ordered(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    return sorted(quads, key=str)


def _of_ontology(store: ox.Store, quad: ox.Quad) -> bool:
    """Say whether the ontology states a triple too: the facts keep it then."""
    found = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return isinstance(quad.graph_name, ox.DefaultGraph) and any(layer_of(other.graph_name) is Layer.ONTOLOGY for other in found)
