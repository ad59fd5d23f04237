"""One entity with all that is known of it: each fact with the passages that state it, and every claim that lost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.claims.readings import VALUE_COMPANIONS, Reading, agree, make_reading
from kg.errors import UnknownEntity
from kg.namespaces import EGOV, ID, KINDS, RDF, SKOS, entity, expand, local_name
from kg.query.conflicts import Disagreement, find_conflicts
from kg.query.labels import Labels, labels_of
from kg.query.names import Names
from kg.store.base import Store
from kg.terms import Terms, load_terms

Term = ox.NamedNode | ox.Literal

_FACTS = "SELECT ?p ?o WHERE { VALUES ?thing { UNDEF } ?thing ?p ?o }"
_CLAIMS = "SELECT ?p ?o ?passage WHERE { VALUES ?thing { UNDEF } GRAPH ?passage { ?thing ?p ?o } ?passage a egov:Passage }"
_INCOMING = """SELECT ?s ?p ?passage WHERE {
  VALUES ?thing { UNDEF } GRAPH ?passage { ?s ?p ?thing } ?passage a egov:Passage .
  FILTER(!STRSTARTS(STR(?p), STR(rdf:)) && ?p != egov:indicator)
} LIMIT 2001"""
_PASSAGES = """SELECT ?passage ?locator ?document ?doi ?start ?end WHERE {
  VALUES ?passage { UNDEF } ?passage oa:hasSource ?document ; egov:locator ?locator .
  OPTIONAL { ?document bibo:doi ?doi }
  OPTIONAL { ?passage oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end }
}"""
_ALIAS = "SELECT ?thing WHERE { VALUES ?alias { UNDEF } ?thing egov:alias ?alias }"
_THERE = "SELECT DISTINCT ?thing WHERE { VALUES ?thing { UNDEF } ?thing skos:prefLabel ?label }"
_SLUG = re.compile(r"[\w.()/+-]+", re.ASCII)
_INCOMING_LIMIT = 2000
_OWN = frozenset({RDF.type, SKOS.prefLabel})


@dataclass(frozen=True)
class Evidence:
    """A passage as it is shown: its document with DOI, and where in the canonical text it stands (code points)."""

    passage: ox.NamedNode
    document: ox.NamedNode
    locator: str
    doi: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Statement:
    """One property and value with its evidence. `accepted` is False for a claim that is not a fact.

    `agreement` counts the documents whose passages state the value (to the coarser precision); 0 means editorial.
    """

    property: ox.NamedNode
    value: Term
    evidence: tuple[Evidence, ...]
    agreement: int
    accepted: bool = True


@dataclass(frozen=True)
class Link:
    """A claim of another thing that points here."""

    subject: ox.NamedNode
    property: ox.NamedNode
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Entity:
    """An entity with facts, incoming links and conflicts; `labels` are those of everything that it mentions.

    `complete` is False where incoming links were cut at 2,000.
    """

    iri: ox.NamedNode
    types: tuple[ox.NamedNode, ...]
    statements: tuple[Statement, ...]
    incoming: tuple[Link, ...]
    conflicts: tuple[Disagreement, ...]
    labels: Mapping[str, Labels]
    complete: bool = True

    @property
    def curated(self) -> bool:
        """Return whether a curated source speaks of it; if not, it is here by name alone, for the linker."""
        return EGOV.NamedOnly not in self.types

    @property
    def name(self) -> str:
        """Return `kind/slug`, or the IRI of a thing that is not an entity of ours."""
        return local_name(self.iri.value) or self.iri.value


def resolve(store: Store, names: Names, name: str) -> ox.NamedNode:
    """Return the IRI that a name stands for: IRI, CURIE, kind/slug, slug, alias or exact label; raises UnknownEntity."""
    wanted = expand(name.strip())
    if wanted.startswith(("http://", "https://")):
        iri = _node(wanted, name)
        if store.rows("SELECT ?p WHERE { VALUES ?thing { UNDEF } ?thing ?p ?o } LIMIT 1", thing=iri):
            return iri
    kind, _, slug = (local_name(wanted) or "").partition("/")
    slug = slug or name.strip()
    for candidate in (slug, f"{slug}_"):
        for row in store.rows(_ALIAS, alias=ox.Literal(candidate)):
            if not kind or f"/id/{kind}/" in row["thing"].value:
                return _node(row["thing"].value, name)
    if _SLUG.fullmatch(slug):  # asked of the store: no index is opened for it
        nodes = [entity(other, slug) for other in ([kind] if kind else KINDS)]
        there = {row["thing"].value for row in store.rows(_THERE, thing=list(nodes))}
        if len(there) == 1:
            return ox.NamedNode(there.pop())
    exact = [iri for iri in names.exact(slug) if not kind or f"/id/{kind}/" in iri] or names.exact(name)
    own = [iri for iri in exact if (local_name(iri) or "").partition("/")[2] == slug]
    if len(exact) == 1 or len(own) == 1:  # a slug goes before a name
        return ox.NamedNode((own or exact)[0])
    raise UnknownEntity(name, [local_name(iri) or iri for iri in exact] or names.near(name))


def read_entity(store: Store, iri: ox.NamedNode) -> Entity:
    """Read an entity whole; raises UnknownEntity where nothing is known of the IRI."""
    terms = load_terms()
    facts = [(_named(row["p"]), _term(row["o"])) for row in store.rows(_FACTS, thing=iri)]
    claims = [(_named(row["p"]), _term(row["o"]), _named(row["passage"])) for row in store.rows(_CLAIMS, thing=iri)]
    incoming = [(_named(row["s"]), _named(row["p"]), _named(row["passage"])) for row in store.rows(_INCOMING, thing=iri)]
    if not facts and not claims:
        raise UnknownEntity(local_name(iri.value) or iri.value)
    evidence = evidence_of(store, {claim[2] for claim in claims} | {link[2] for link in incoming})
    statements = _statements(iri, facts, claims, evidence, terms)
    own = iri.value.startswith(f"{ID}conflict/")
    conflicts = [item for item in find_conflicts(store) if item.iri == iri] if own else find_conflicts(store, subject=iri)
    types = tuple(_in_order(value for predicate, value in facts if predicate == RDF.type and isinstance(value, ox.NamedNode)))
    mentioned = {iri, *types, *(s.property for s in statements), *(s.value for s in statements if isinstance(s.value, ox.NamedNode))}
    mentioned |= {node for subject, predicate, _ in incoming for node in (subject, predicate)}
    mentioned |= {item.document for item in evidence.values()}
    mentioned |= {node for conflict in conflicts for node in conflict.mentions()}
    return Entity(
        iri=iri,
        types=types,
        statements=tuple(statements),
        incoming=tuple(_links(incoming[:_INCOMING_LIMIT], evidence)),
        conflicts=tuple(conflicts),
        labels=labels_of(store, mentioned),
        complete=len(incoming) <= _INCOMING_LIMIT,
    )


def evidence_of(store: Store, passages: Iterable[ox.NamedNode]) -> dict[ox.NamedNode, Evidence]:
    """Return document, locator and selector of passages."""
    wanted: list[Term] = sorted(passages, key=lambda node: node.value)
    if not wanted:
        return {}
    found: dict[ox.NamedNode, Evidence] = {}
    for row in store.rows(_PASSAGES, passage=wanted):
        numbers = [int(row[key].value) if key in row else None for key in ("start", "end")]
        doi = row["doi"].value if "doi" in row else ""
        item = Evidence(_named(row["passage"]), _named(row["document"]), row["locator"].value, doi, *numbers)
        found.setdefault(item.passage, item)
    return found


def _statements(
    iri: ox.NamedNode,
    facts: list[tuple[ox.NamedNode, Term]],
    claims: list[tuple[ox.NamedNode, Term, ox.NamedNode]],
    evidence: Mapping[ox.NamedNode, Evidence],
    terms: Terms,
) -> list[Statement]:
    """Join facts with the claims that support them; claims that support no fact follow as not accepted."""
    beside: dict[ox.NamedNode, dict[ox.NamedNode, Term]] = defaultdict(dict)
    for predicate, value, passage in claims:
        beside[passage][predicate] = value
    known = dict(facts)
    claimed: dict[tuple[ox.NamedNode, Term | None], list[tuple[ox.NamedNode, Term, ox.NamedNode]]] = defaultdict(list)
    for claim in claims:
        claimed[claim[0], None if claim[0] in terms.single_valued else claim[1]].append(claim)
    used: set[tuple[ox.NamedNode, Term, ox.NamedNode]] = set()
    found = []
    for predicate, value in dict.fromkeys(facts):
        rivals = claimed[predicate, None if predicate in terms.single_valued else value]
        supporting = [claim for claim in rivals if _supports(iri, claim, (predicate, value), known, beside, terms)]
        used |= set(supporting)
        if predicate not in _OWN or supporting:
            found.append(_statement(predicate, value, supporting, evidence, accepted=True))
    lost: dict[tuple[ox.NamedNode, Term], list[tuple[ox.NamedNode, Term, ox.NamedNode]]] = defaultdict(list)
    silent = VALUE_COMPANIONS | set(terms.precision_of.values()) | _OWN
    for claim in claims:
        if claim not in used and claim[0] not in silent:
            lost[claim[0], claim[1]].append(claim)
    found += [_statement(predicate, value, group, evidence, accepted=False) for (predicate, value), group in lost.items()]
    return sorted(found, key=lambda s: (s.property.value, not s.accepted, s.value.value, str(s.value)))


def _supports(
    iri: ox.NamedNode,
    claim: tuple[ox.NamedNode, Term, ox.NamedNode],
    fact: tuple[ox.NamedNode, Term],
    facts: Mapping[ox.NamedNode, Term],
    beside: Mapping[ox.NamedNode, Mapping[ox.NamedNode, Term]],
    terms: Terms,
) -> bool:
    if claim[1] == fact[1]:
        return True
    if claim[0] not in terms.single_valued:
        return False
    stated: Reading = make_reading((iri, *claim), beside[claim[2]], terms)
    accepted: Reading = make_reading((iri, *fact, iri), facts, terms)
    return agree(stated, accepted)


def _statement(
    predicate: ox.NamedNode,
    value: Term,
    claims: Iterable[tuple[ox.NamedNode, Term, ox.NamedNode]],
    evidence: Mapping[ox.NamedNode, Evidence],
    *,
    accepted: bool,
) -> Statement:
    passages = dict.fromkeys(claim[2] for claim in claims)
    items = tuple(sorted((evidence[p] for p in passages if p in evidence), key=lambda e: e.passage.value))
    return Statement(predicate, value, items, len({item.document for item in items}), accepted)


def _links(incoming: Iterable[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode]], evidence: Mapping[ox.NamedNode, Evidence]) -> list[Link]:
    groups: dict[tuple[ox.NamedNode, ox.NamedNode], list[Evidence]] = defaultdict(list)
    for subject, predicate, passage in incoming:
        if passage in evidence:
            groups[subject, predicate].append(evidence[passage])
    return [
        Link(*key, tuple(sorted(items, key=lambda e: e.passage.value)))
        for key, items in sorted(groups.items(), key=lambda group: (group[0][1].value, group[0][0].value))
    ]


def _in_order(nodes: Iterable[ox.NamedNode]) -> list[ox.NamedNode]:
    """Return nodes in an order of their own: that of an engine's rows differs from store to store."""
    return sorted(nodes, key=lambda node: node.value)


def _node(iri: str, name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise UnknownEntity(name) from None


def _named(term: object) -> ox.NamedNode:
    assert isinstance(term, ox.NamedNode), term
    return term


def _term(term: object) -> Term:
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term
    return ox.Literal(str(term))
