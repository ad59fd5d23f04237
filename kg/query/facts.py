"""Facts about many things at once, each value with the passages that state it: two queries, however many things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.claims.readings import VALUE, VALUE_COMPANIONS, agree, make_reading
from kg.store.base import Row, Store
from kg.terms import Terms, load_terms

Term = ox.NamedNode | ox.Literal

_CHUNK = 400
_FACTS = "SELECT ?thing ?p ?o WHERE {{ VALUES ?thing {{ UNDEF }} ?thing ?p ?o FILTER(?p IN ({wanted})) }}"
_CLAIMS = """SELECT ?thing ?p ?o ?passage WHERE {{
  VALUES ?thing {{ UNDEF }} GRAPH ?passage {{ ?thing ?p ?o FILTER(?p IN ({wanted})) }}
}}"""
"""One walk over what a thing has, filtered: a look-up for each pair of thing and property takes ten times as long."""
_POINTING = "SELECT ?thing ?p ?o WHERE { VALUES ?o { UNDEF } VALUES ?p { UNDEF } ?thing ?p ?o }"
_POINTING_CLAIMS = """SELECT ?thing ?p ?o ?passage WHERE {
  VALUES ?o { UNDEF } VALUES ?p { UNDEF } GRAPH ?passage { ?thing ?p ?o }
}"""


@dataclass(frozen=True)
class Stated:
    """A value that is a fact, with the passages that state it; none: editorial, or computed by the build."""

    value: Term
    passages: tuple[ox.NamedNode, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A fact between two things."""

    subject: ox.NamedNode
    predicate: ox.NamedNode
    object: ox.NamedNode
    passages: tuple[ox.NamedNode, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One value as one passage states it, whether or not it is a fact."""

    subject: ox.NamedNode
    predicate: ox.NamedNode
    value: Term
    passage: ox.NamedNode


class Facts:
    """Facts by thing and property, and all the claims about the same things and properties."""

    def __init__(self, facts: Mapping[tuple[ox.NamedNode, ox.NamedNode], tuple[Stated, ...]], claims: Iterable[Claim] = ()) -> None:
        self._facts = facts
        self._claims: dict[tuple[ox.NamedNode, ox.NamedNode], list[Claim]] = defaultdict(list)
        for claim in claims:
            self._claims[claim.subject, claim.predicate].append(claim)

    def all(self, thing: ox.NamedNode, predicate: ox.NamedNode) -> tuple[Stated, ...]:
        """Return the values of a property, sorted."""
        return self._facts.get((thing, predicate), ())

    def one(self, thing: ox.NamedNode, predicate: ox.NamedNode) -> Stated | None:
        """Return the value of a property that has one; None where there is none."""
        return next(iter(self.all(thing, predicate)), None)

    def text(self, thing: ox.NamedNode, predicate: ox.NamedNode) -> str:
        """Return a value's text, the code alone where it is of a code list; empty where there is none."""
        found = self.one(thing, predicate)
        if found is None:
            return ""
        return found.value.value.rpartition("/")[2] if isinstance(found.value, ox.NamedNode) else found.value.value

    def edges(self, thing: ox.NamedNode, predicate: ox.NamedNode) -> list[Edge]:
        """Return the facts of a property whose values are things."""
        return [
            Edge(thing, predicate, item.value, item.passages) for item in self.all(thing, predicate) if isinstance(item.value, ox.NamedNode)
        ]

    def passages(self) -> list[ox.NamedNode]:
        """Return the passages of all facts, each once."""
        return list(dict.fromkeys(passage for values in self._facts.values() for item in values for passage in item.passages))

    def nodes(self) -> list[ox.NamedNode]:
        """Return the things that are values of the facts, each once."""
        return list(dict.fromkeys(s.value for values in self._facts.values() for s in values if isinstance(s.value, ox.NamedNode)))

    def claims(self, thing: ox.NamedNode, predicate: ox.NamedNode) -> list[Claim]:
        """Return every claim of a property, of facts or not, by passage."""
        return sorted(self._claims[thing, predicate], key=lambda claim: (claim.passage.value, claim.value.value))


def facts_of(store: Store, things: Iterable[ox.NamedNode], predicates: Iterable[ox.NamedNode]) -> Facts:
    """Return facts and claims of the properties; with a date its precision, with a figure what belongs to it."""
    terms = load_terms()
    wanted = list(dict.fromkeys(predicates))
    wanted += [terms.precision_of[p] for p in wanted if p in terms.precision_of]
    if VALUE in wanted:
        wanted += sorted(VALUE_COMPANIONS, key=lambda node: node.value)
    listed = ", ".join(str(node) for node in dict.fromkeys(wanted))
    known: dict[tuple[ox.NamedNode, ox.NamedNode], dict[Term, None]] = defaultdict(dict)
    claims: list[Claim] = []
    for chunk in _chunks(things):
        for row in store.rows(_FACTS.format(wanted=listed), thing=list(chunk)):
            known[_node(row["thing"]), _node(row["p"])][_term(row["o"])] = None
        for row in store.rows(_CLAIMS.format(wanted=listed), thing=list(chunk)):
            if _in_passage(row):
                claims.append(Claim(_node(row["thing"]), _node(row["p"]), _term(row["o"]), _node(row["passage"])))
    return Facts(_supported(known, claims, terms), claims)


def pointing_to(store: Store, things: Iterable[ox.NamedNode], predicates: Iterable[ox.NamedNode]) -> list[Edge]:
    """Return the facts that point to the things by one of the properties, by property and subject."""
    asked = list(dict.fromkeys(predicates))
    found: dict[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode], list[ox.NamedNode]] = {}
    for chunk in _chunks(things):
        for row in store.rows(_POINTING, o=list(chunk), p=list(asked)):
            if isinstance(row["thing"], ox.NamedNode):
                found.setdefault((row["thing"], _node(row["p"]), _node(row["o"])), [])
        for row in store.rows(_POINTING_CLAIMS, o=list(chunk), p=list(asked)):
            key = (_node(row["thing"]), _node(row["p"]), _node(row["o"]))
            if key in found and _in_passage(row):
                found[key].append(_node(row["passage"]))
    ordered = sorted(found.items(), key=lambda item: (item[0][1].value, item[0][0].value, item[0][2].value))
    return [Edge(*key, _sorted(passages)) for key, passages in ordered]


def _supported(
    known: Mapping[tuple[ox.NamedNode, ox.NamedNode], Mapping[Term, None]], claims: Iterable[Claim], terms: Terms
) -> dict[tuple[ox.NamedNode, ox.NamedNode], tuple[Stated, ...]]:
    """Join facts with the claims that support them: of a single-valued property, those that agree to the coarser precision."""
    by_key: dict[tuple[ox.NamedNode, ox.NamedNode], list[Claim]] = defaultdict(list)
    beside: dict[tuple[ox.NamedNode, ox.NamedNode], dict[ox.NamedNode, Term]] = defaultdict(dict)
    accepted: dict[ox.NamedNode, dict[ox.NamedNode, Term]] = defaultdict(dict)
    for claim in claims:
        by_key[claim.subject, claim.predicate].append(claim)
        beside[claim.subject, claim.passage][claim.predicate] = claim.value
    for (thing, predicate), values in known.items():
        accepted[thing][predicate] = next(iter(values))

    def supports(claim: Claim, value: Term) -> bool:
        if claim.value == value:
            return True
        if claim.predicate not in terms.single_valued:
            return False
        stated = make_reading((claim.subject, claim.predicate, claim.value, claim.passage), beside[claim.subject, claim.passage], terms)
        fact = make_reading((claim.subject, claim.predicate, value, claim.subject), accepted[claim.subject], terms)
        return agree(stated, fact)

    return {
        key: tuple(
            Stated(value, _sorted(claim.passage for claim in by_key[key] if supports(claim, value)))
            for value in sorted(values, key=lambda term: (term.value, str(term)))
        )
        for key, values in known.items()
    }


def _in_passage(row: Row) -> bool:
    """Say whether a statement stands in a passage's graph: told by its name, for a join would cost more than the statements."""
    return "/id/passage/" in row["passage"].value


def _chunks(things: Iterable[ox.NamedNode]) -> Iterable[list[ox.NamedNode]]:
    wanted = list(dict.fromkeys(things))
    return (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))


def _sorted(passages: Iterable[ox.NamedNode]) -> tuple[ox.NamedNode, ...]:
    return tuple(sorted(dict.fromkeys(passages), key=lambda node: node.value))


def _node(term: object) -> ox.NamedNode:
    assert isinstance(term, ox.NamedNode), term
    return term


def _term(term: object) -> Term:
    return term if isinstance(term, ox.NamedNode | ox.Literal) else ox.Literal(str(term))
