"""Read rules and comparisons from editorial quads, so that facts can be derived again from the graph alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pyoxigraph as ox

from kg.claims.arithmetic import Measure, Rule
from kg.claims.comparisons import Comparison
from kg.claims.readings import Term
from kg.namespaces import EGOV, ID, SKOS

About = Mapping[ox.NamedNode, Sequence[Term]]
_RULES = f"{ID}rule/"


def rules_from(quads: Iterable[ox.Quad]) -> tuple[list[Rule], list[Comparison]]:
    """Return the arithmetic rules and the comparisons that the quads describe, each by slug."""
    about: dict[str, dict[ox.NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(_RULES) and isinstance(value, ox.NamedNode | ox.Literal):
            about[subject.value][quad.predicate].append(value)
    slugs = sorted(iri.removeprefix(_RULES) for iri in about)
    rules = [_rule(slug, about) for slug in slugs if EGOV.ruleKind in about[_RULES + slug]]
    comparisons = [_comparison(slug, about[_RULES + slug]) for slug in slugs if EGOV.compares in about[_RULES + slug]]
    return rules, comparisons


def _rule(slug: str, about: Mapping[str, About]) -> Rule:
    rule = about[_RULES + slug]
    inputs = sorted(rule[EGOV.inputTerm], key=lambda term: int(term.value.rpartition("/")[2]))
    tolerance = _one(rule, EGOV.tolerance)
    return Rule(
        slug=slug,
        kind=_code(_one(rule, EGOV.ruleKind)),
        result=_measure(about[_one(rule, EGOV.resultTerm)]),
        inputs=tuple(_measure(about[term.value]) for term in inputs),
        periods=_texts(rule, EGOV.appliesToPeriod),
        except_periods=_texts(rule, EGOV.exceptPeriod),
        tolerance=Decimal(tolerance) if tolerance else None,
        except_zero=_one(rule, EGOV.exceptZero) == "true",
    )


def _measure(term: About) -> Measure:
    codes = sorted(_code(code.value) for code in term.get(EGOV.breakdown, ()))
    return Measure(_one(term, EGOV.indicator).removeprefix(f"{ID}indicator/"), "+".join(codes), Decimal(_one(term, EGOV.weight) or "1"))


def _comparison(slug: str, rule: About) -> Comparison:
    labels = {label.language or "en": label.value for label in rule.get(SKOS.prefLabel, ()) if isinstance(label, ox.Literal)}
    return Comparison(
        slug=slug,
        kind=_code(_one(rule, EGOV.conflictKind)),
        things=_nodes(rule, EGOV.compares),
        predicate=ox.NamedNode(_one(rule, EGOV.comparedProperty)),
        labels=labels,
        passages=frozenset(_nodes(rule, EGOV.comparedIn)),
    )


def _one(about: About, predicate: ox.NamedNode) -> str:
    return next((value.value for value in about.get(predicate, ())), "")


def _texts(about: About, predicate: ox.NamedNode) -> frozenset[str]:
    return frozenset(value.value for value in about.get(predicate, ()))


def _nodes(about: About, predicate: ox.NamedNode) -> tuple[ox.NamedNode, ...]:
    return tuple(sorted((v for v in about.get(predicate, ()) if isinstance(v, ox.NamedNode)), key=lambda node: node.value))


def _code(iri: str) -> str:
    return iri.rpartition("/")[2]
