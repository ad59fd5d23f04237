"""What is in a store, counted: classes, properties, how they meet, links outwards, statements of every named graph.

The engine counts, by a handful of queries that each read the data once; so this is done once a release, never a request.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import pyoxigraph as ox

from kg.namespaces import BASE, OWL, RDF, RDFS, SKOS
from kg.store.base import Row, Store

LINKS = (
    OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch,
    SKOS.relatedMatch, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso,
)  # fmt: skip
"""Properties that tie our things to those of others."""

_TOTALS = """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) WHERE { ?s ?p ?o }"""
_CLASSES = f"SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s {RDF.type} ?class }} GROUP BY ?class"
_PROPERTIES = """SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
WHERE { ?s ?p ?o } GROUP BY ?p"""
_PARTITIONS = f"SELECT ?class ?p (COUNT(*) AS ?n) WHERE {{ ?s {RDF.type} ?class ; ?p ?o }} GROUP BY ?class ?p"
_TARGETS = f"""SELECT ?class ?p ?target (COUNT(*) AS ?n) WHERE {{ ?s {RDF.type} ?class ; ?p ?o . ?o {RDF.type} ?target }}
GROUP BY ?class ?p ?target"""
_DATATYPES = f"""SELECT ?class ?p ?target (COUNT(*) AS ?n)
WHERE {{ ?s {RDF.type} ?class ; ?p ?o . FILTER(ISLITERAL(?o)) BIND(DATATYPE(?o) AS ?target) }} GROUP BY ?class ?p ?target"""
_LINKS = f"SELECT ?p ?o WHERE {{ VALUES ?p {{ {' '.join(map(str, LINKS))} }} ?s ?p ?o . FILTER(ISIRI(?o)) }}"
_GRAPHS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_NAMESPACE = re.compile(r".*[/#]", re.S)

K = TypeVar("K", str, tuple[str, str], tuple[str, str, str])
V = TypeVar("V")
Meeting = tuple[str, str, str]
"""Class, property, and the class or datatype of its values."""


@dataclass(frozen=True)
class PropertyCount:
    """Statements of one property, its different subjects and its different values."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class Statistics:
    """Counts over one release; all but `graphs` are of the default graph. IRIs are the keys, statements the values.

    `classes` counts things; `partitions` statements by class and property; `classes_met` and `datatypes_met` by what the values
    are; `links` by property and namespace of the other side.
    """

    release: str
    triples: int
    subjects: int
    objects: int
    classes: Mapping[str, int]
    properties: Mapping[str, PropertyCount]
    partitions: Mapping[tuple[str, str], int]
    classes_met: Mapping[Meeting, int]
    datatypes_met: Mapping[Meeting, int]
    links: Mapping[tuple[str, str], int]
    graphs: Mapping[str, int]

    @property
    def vocabularies(self) -> list[str]:
        """Return the namespaces of the classes and properties in use, sorted."""
        return sorted({namespace(iri) for iri in (*self.classes, *self.properties)})


def measure(store: Store) -> Statistics:
    """Count what is in a store; raises QueryFailed where it cannot be asked."""
    (totals,) = store.rows(_TOTALS)
    return Statistics(
        release=store.release(),
        triples=_number(totals, "triples"),
        subjects=_number(totals, "subjects"),
        objects=_number(totals, "objects"),
        classes=_sorted({_iri(row, "class"): _number(row) for row in store.rows(_CLASSES) if _iri(row, "class")}),
        properties=_sorted(
            {
                _iri(row, "p"): PropertyCount(_number(row), _number(row, "subjects"), _number(row, "objects"))
                for row in store.rows(_PROPERTIES)
            }
        ),
        partitions=_sorted({(_iri(row, "class"), _iri(row, "p")): _number(row) for row in store.rows(_PARTITIONS) if _iri(row, "class")}),
        classes_met=_meetings(store.rows(_TARGETS)),
        datatypes_met=_meetings(store.rows(_DATATYPES)),
        links=_links(store.rows(_LINKS)),
        graphs=_sorted({_iri(row, "g"): _number(row) for row in store.rows(_GRAPHS) if _iri(row, "g")}),
    )


def namespace(iri: str) -> str:
    """Return an IRI up to its last `/` or `#`; the IRI itself where it has none."""
    found = _NAMESPACE.match(iri)
    return found[0] if found else iri


def _meetings(rows: list[Row]) -> Mapping[Meeting, int]:
    found = {(_iri(row, "class"), _iri(row, "p"), _iri(row, "target")): _number(row) for row in rows}
    return _sorted({meeting: number for meeting, number in found.items() if all(meeting)})


def _links(rows: list[Row]) -> Mapping[tuple[str, str], int]:
    """Count the links that lead out of our namespace."""
    outward = [(_iri(row, "p"), namespace(_iri(row, "o"))) for row in rows if not _iri(row, "o").startswith(BASE)]
    return _sorted(Counter(outward))


def _sorted(found: Mapping[K, V]) -> dict[K, V]:
    return dict(sorted(found.items(), key=lambda item: item[0]))


def _iri(row: Row, name: str) -> str:
    """Return an IRI of a row; empty where there is none (a blank node, say)."""
    value = row.get(name)
    return value.value if isinstance(value, ox.NamedNode) else ""


def _number(row: Row, name: str = "n") -> int:
    return int(row[name].value)
