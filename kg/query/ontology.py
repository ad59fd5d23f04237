"""The ontology's terms for people: labels, definition, example, and how records use them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

import pyoxigraph as ox

from kg.namespaces import EGOV, ONTOLOGY, OWL, RDF, RDFS, SKOS, shorten
from kg.terms import Class, Property, load_terms

_CLASSES = frozenset({OWL.Class, RDFS.Class})


@dataclass(frozen=True)
class OntologyTerm:
    """One term as the ontology page shows it; `anchor` is stable: the CURIE with `-` for the colon."""

    iri: str
    name: str
    is_class: bool
    labels: dict[str, str]
    definition: str
    example: str
    single_valued: bool
    keys: tuple[str, ...]
    ties: tuple[tuple[str, str], ...] = field(default=())

    @property
    def anchor(self) -> str:
        """Return the term's anchor on the page: `approvedBy` for our own terms, `eli-number` for others'."""
        return self.name.removeprefix("egov:").replace(":", "-")


@cache
def ontology_terms() -> tuple[OntologyTerm, ...]:
    """Return every class and property that the ontology describes, classes first, by name."""
    terms = load_terms()
    about: dict[ox.NamedNode, dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in terms.quads:
        if quad.graph_name == ONTOLOGY and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            about[quad.subject][quad.predicate].append(quad.object)
    keys: dict[str, list[str]] = defaultdict(list)
    used: list[Property | Class] = [*terms.properties.values(), *terms.classes.values()]
    for term in used:
        keys[term.iri.value].append(term.key)
    found = [_term(iri, values, tuple(sorted(keys[iri.value]))) for iri, values in about.items() if values[SKOS.definition]]
    return tuple(sorted(found, key=lambda term: (not term.is_class, term.name.lower())))


def _term(iri: ox.NamedNode, about: dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]], keys: tuple[str, ...]) -> OntologyTerm:
    ties = [
        (shorten(predicate.value), shorten(value.value))
        for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, SKOS.exactMatch, SKOS.closeMatch, EGOV.codeList)
        for value in about[predicate]
    ]
    types = about[RDF.type]
    return OntologyTerm(
        iri=iri.value,
        name=shorten(iri.value),
        is_class=any(cls in types for cls in _CLASSES),
        labels={v.language or "en": v.value for v in about[SKOS.prefLabel] if isinstance(v, ox.Literal)},
        definition=next((v.value for v in about[SKOS.definition]), ""),
        example=next((v.value for v in about[SKOS.example]), ""),
        single_valued=EGOV.SingleValuedProperty in types,
        keys=keys,
        ties=tuple(ties),
    )
