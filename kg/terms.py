"""The ontology as the code needs it: keys, classes, properties and code lists.

Read from `ontology/context.jsonld` (the only key ↔ property mapping) and the annotations of `ontology/core.ttl`
and `ontology/vocabularies/*.ttl`. Nothing about a class or a property is written in Python.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import EGOV, GRAPH, ID, ONTOLOGY, RDF, RDFS, SKOS
from kg.resources import ontology_dir


@dataclass(frozen=True)
class Property:
    """One property as records use it under one key."""

    key: str
    iri: ox.NamedNode
    value_type: str
    single_valued: bool = False
    reverse: bool = False
    editorial: bool = False
    code_list: str | None = None
    refers_to: frozenset[str] = frozenset()
    precision: ox.NamedNode | None = None
    boundary: str = "first"


@dataclass(frozen=True)
class Class:
    """One class that a record's `type` may name; `supers` are its superclasses, nearest first."""

    key: str
    iri: ox.NamedNode
    kind: str
    supers: tuple[ox.NamedNode, ...] = ()


@dataclass(frozen=True)
class Unit:
    """A unit of measure: a value times `factor` is the value in `base`."""

    code: str
    base: str
    factor: Decimal


@dataclass(frozen=True)
class Terms:
    """Everything that reading records and comparing claims needs to know of the ontology."""

    properties: Mapping[str, Property]
    classes: Mapping[str, Class]
    codes: Mapping[str, frozenset[str]]
    single_valued: frozenset[ox.NamedNode]
    precision_of: Mapping[ox.NamedNode, ox.NamedNode]
    units: Mapping[str, Unit]
    authority_rank: Mapping[str, int]
    code_labels: Mapping[ox.NamedNode, Mapping[str, str]]
    quads: tuple[ox.Quad, ...]

    def claim_keys(self) -> list[str]:
        """Return the keys that a claim may use, sorted."""
        return sorted(key for key, term in self.properties.items() if not term.editorial)


@cache
def load_terms(folder: Path | None = None) -> Terms:
    """Read the ontology folder, the one that egovkg ships unless another is given."""
    folder = folder or ontology_dir()
    files = {ONTOLOGY: sorted(folder.glob("*.ttl"))} | {
        ox.NamedNode(f"{GRAPH}vocabulary/{path.stem}"): [path] for path in sorted((folder / "vocabularies").glob("*.ttl"))
    }
    quads = tuple(
        ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        for graph, paths in files.items()
        for path in paths
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    )
    index = _Index(quads, folder / "core.ttl")
    context = json.loads((folder / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    properties, classes = _keys(context, index)
    return Terms(
        properties=properties,
        classes=classes,
        codes=_codes(index),
        single_valued=frozenset(index.subjects(RDF.type, EGOV.SingleValuedProperty)),
        precision_of={term.iri: term.precision for term in properties.values() if term.precision},
        units=_units(index),
        authority_rank={_code(s): int(o.value) for s, o in index.pairs(EGOV.rank) if isinstance(o, ox.Literal)},
        code_labels=_code_labels(index),
        quads=quads,
    )


class _Index:
    """The ontology's triples by predicate, then by subject; superclasses from core.ttl alone, not from the alignments."""

    def __init__(self, quads: Iterable[ox.Quad], core: Path) -> None:
        self._super: dict[ox.NamedNode, list[ox.NamedNode]] = defaultdict(list)
        for quad in ox.parse(path=str(core), format=ox.RdfFormat.TURTLE):
            if quad.predicate == RDFS.subClassOf and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                self._super[quad.subject].append(quad.object)
        self._by: dict[ox.NamedNode, dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]]] = defaultdict(dict)
        for quad in quads:
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                self._by[quad.predicate].setdefault(quad.subject, []).append(quad.object)

    def pairs(self, predicate: ox.NamedNode) -> list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
        return [(subject, value) for subject, values in self._by[predicate].items() for value in values]

    def all(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode | ox.Literal]:
        return self._by[predicate].get(subject, [])

    def one(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> str | None:
        values = self.all(subject, predicate)
        return values[0].value if values else None

    def subjects(self, predicate: ox.NamedNode, value: ox.NamedNode) -> list[ox.NamedNode]:
        return [subject for subject, other in self.pairs(predicate) if other == value]

    def supers(self, cls: ox.NamedNode) -> tuple[ox.NamedNode, ...]:
        found: dict[ox.NamedNode, None] = {}
        queue = [cls]
        while queue:
            for parent in self._super[queue.pop(0)]:
                if parent not in found:
                    found[parent] = None
                    queue.append(parent)
        return tuple(found)


def _keys(context: Mapping[str, object], index: _Index) -> tuple[dict[str, Property], dict[str, Class]]:
    """Split the context's keys into properties (those with a value type in core.ttl) and classes (with a kind)."""
    properties: dict[str, Property] = {}
    classes: dict[str, Class] = {}
    for key, entry in context.items():
        name = entry if isinstance(entry, str) else _name(entry)
        if name is None or name.startswith("@") or key.startswith("@"):
            continue
        iri = ox.NamedNode(_expand(name, context))
        if kind := index.one(iri, EGOV.kind):
            classes[key] = Class(key, iri, kind, index.supers(iri))
        elif value_type := index.one(iri, EGOV.valueType):
            reverse = isinstance(entry, Mapping) and "@reverse" in entry
            properties[key] = _property(key, iri, value_type, reverse, index)
    return properties, classes


def _property(key: str, iri: ox.NamedNode, value_type: str, reverse: bool, index: _Index) -> Property:
    precision, code_list = index.one(iri, EGOV.precisionProperty), index.one(iri, EGOV.codeList)
    return Property(
        key=key,
        iri=iri,
        value_type=value_type,
        single_valued=EGOV.SingleValuedProperty in index.all(iri, RDF.type),
        reverse=reverse,
        editorial=index.one(iri, EGOV.editorial) == "true",
        code_list=code_list.removeprefix(f"{ID}concept/") if code_list else None,
        refers_to=frozenset(value.value for value in index.all(iri, EGOV.reverseRefersTo if reverse else EGOV.refersTo)),
        precision=ox.NamedNode(precision) if precision else None,
        boundary=index.one(iri, EGOV.boundary) or "first",
    )


def _name(entry: object) -> str | None:
    if isinstance(entry, Mapping):
        name = entry.get("@id") or entry.get("@reverse")
        return name if isinstance(name, str) else None
    return None


def _expand(name: str, context: Mapping[str, object]) -> str:
    prefix, colon, rest = name.partition(":")
    namespace = context.get(prefix)
    if isinstance(namespace, Mapping):
        namespace = namespace.get("@id")
    return f"{namespace}{rest}" if colon and isinstance(namespace, str) and not rest.startswith("//") else name


def _codes(index: _Index) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for subject, scheme in index.pairs(SKOS.inScheme):
        if subject.value.startswith(f"{scheme.value}/") and scheme.value.startswith(f"{ID}concept/"):
            found[scheme.value.removeprefix(f"{ID}concept/")].add(_code(subject))
    return {scheme: frozenset(codes) for scheme, codes in found.items()}


def _code_labels(index: _Index) -> dict[ox.NamedNode, dict[str, str]]:
    found: dict[ox.NamedNode, dict[str, str]] = defaultdict(dict)
    for subject, label in index.pairs(SKOS.prefLabel):
        if isinstance(label, ox.Literal) and subject.value.startswith(f"{ID}concept/"):
            found[subject][label.language or "en"] = label.value
    return dict(found)


def _units(index: _Index) -> dict[str, Unit]:
    units = {}
    for subject, base in index.pairs(EGOV.baseUnit):
        factor = Decimal(index.one(subject, EGOV.factor) or "1")
        units[_code(subject)] = Unit(_code(subject), _code(ox.NamedNode(base.value)), factor)
    return units


def _code(node: ox.NamedNode) -> str:
    return node.value.rpartition("/")[2]


TITLE_KEY = "title"
"""The one key whose triple depends on the class: an act's title belongs to its expression (ELI)."""
