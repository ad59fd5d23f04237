"""Named queries described in SHACL's own words: `sh:SPARQLSelectExecutable` with `sh:parameter`s, no blank nodes."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.namespaces import BASE, DCTERMS, PREFIXES, RDF, RDFS, SH, XSD
from kg.query.templating import Parameter, Template
from kg.terms import load_terms

_DATATYPES = {
    "date": XSD.date,
    "year": XSD.integer,
    "integer": XSD.integer,
    "decimal": XSD.decimal,
    "text": XSD.string,
    "language": XSD.string,
}
_PREFIXES = ox.NamedNode(f"{BASE}prefixes")


def described(templates: Iterable[Template]) -> list[ox.Triple]:
    """Return the descriptions of templates as triples, and the prefixes that their queries leave undeclared."""
    triples: list[ox.Triple] = []
    for prefix, namespace in PREFIXES.items():
        node = ox.NamedNode(f"{BASE}prefixes/{prefix}")
        triples += [
            ox.Triple(_PREFIXES, SH.declare, node),
            ox.Triple(node, SH.prefix, ox.Literal(prefix)),
            ox.Triple(node, SH.namespace, ox.Literal(str(namespace), datatype=XSD.anyURI)),
        ]
    for template in templates:
        triples += _query(template)
    return triples


def _query(template: Template) -> list[ox.Triple]:
    node = ox.NamedNode(f"{BASE}query/{template.name}")
    triples = [
        ox.Triple(node, RDF.type, SH.SPARQLExecutable),
        ox.Triple(node, RDF.type, SH.SPARQLSelectExecutable),
        ox.Triple(node, RDF.type, SH.Parameterizable),
        ox.Triple(node, DCTERMS.identifier, ox.Literal(template.name)),
        ox.Triple(node, SH.prefixes, _PREFIXES),
        ox.Triple(node, SH.select, ox.Literal(template.sparql)),
    ]
    triples += [ox.Triple(node, RDFS.label, ox.Literal(text, language=language)) for language, text in template.question.items()]
    for order, parameter in enumerate(template.parameters, 1):
        triples += _parameter(node, order, parameter)
    return triples


def _parameter(query: ox.NamedNode, order: int, parameter: Parameter) -> list[ox.Triple]:
    node = ox.NamedNode(f"{query.value}/{parameter.name}")
    triples = [
        ox.Triple(query, SH.parameter, node),
        ox.Triple(node, RDF.type, SH.Parameter),
        ox.Triple(node, SH.path, node),
        ox.Triple(node, SH.name, ox.Literal(parameter.name)),
        ox.Triple(node, SH.description, ox.Literal(f"{parameter.description} ({parameter.form})", language="en")),
        ox.Triple(node, SH.order, ox.Literal(order)),
        ox.Triple(node, SH.optional, ox.Literal(not parameter.required)),
    ]
    if parameter.type in _DATATYPES:
        triples.append(ox.Triple(node, SH.datatype, _DATATYPES[parameter.type]))
    if parameter.type in ("entity", "code", "property"):
        triples.append(ox.Triple(node, SH.nodeKind, SH.IRI))
    classes = [cls.iri for cls in load_terms().classes.values() if parameter.of == (cls.kind,) and not cls.supers]
    if parameter.type == "entity" and len(classes) == 1:
        triples.append(ox.Triple(node, SH.term("class"), classes[0]))
    return triples
