"""RDF that a client sends, parsed so that no trick in it hurts: bombs, depth and remote contexts are refused before the engine reads.

Relative IRIs count from the graph's own; blank nodes get fresh names, so those of two uploads never merge.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8

import pyoxigraph as ox

from kg.errors import UnusableInput
from kg.formats import JSON_LD, RDF_XML, Format
from kg.rdf import rdf_format

_DEEPEST = 200
_ENTITY = re.compile(r"""<!ENTITY\s+(%\s+)?([^\s"'<>&]+)\s+("[^"]*"|'[^']*')""")
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|<<|>>')
_GROWTH = 4 << 20
"""Bytes that the entities of an RDF/XML file may add."""


def parse_upload(data: bytes, format: Format, base: str | None) -> list[ox.Quad]:
    """Return the triples of an upload as quads of the default graph; raises UnusableInput, with the line where the parser says it."""
    if format is JSON_LD:
        _check_json(data)
    elif format is RDF_XML:
        _check_xml(data)
    else:
        check_depth(data)
    try:
        quads = list(ox.parse(data, format=rdf_format(format), base_iri=base, rename_blank_nodes=True))
    except (SyntaxError, ValueError, OSError) as error:
        raise UnusableInput(f"this is not readable as {format.name}: {error}; correct it, or send it with its own Content-Type") from None
    if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads):
        raise UnusableInput("the upload names graphs of its own; send each graph to its own address, or use /update")
    return list(dict.fromkeys(quads))


def _check_json(data: bytes) -> None:
    try:
        found = json.loads(data)
    except RecursionError:
        raise UnusableInput("the JSON-LD is nested too deep; send it flattened") from None
    except ValueError as error:
        raise UnusableInput(f"this is not readable as jsonld: {error}; correct it") from None
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise UnusableInput(f"the JSON-LD is nested deeper than {_DEEPEST} levels; send it flattened")
        nested = (item for item in level if isinstance(item, dict | list))
        level = [
            inner for item in nested for inner in (item.values() if isinstance(item, dict) else item) if isinstance(inner, dict | list)
        ]


def _check_xml(data: bytes) -> None:
    """Refuse entities that refer to entities, and those that would blow the text up."""
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise UnusableInput("the RDF/XML is not UTF-8; send it as UTF-8") from None
    if "<!ENTITY" not in text:
        return
    sizes: dict[str, int] = {}
    for entity in _ENTITY.finditer(text):
        if entity[1] or "&" in entity[3]:
            raise UnusableInput("an entity of the RDF/XML refers to another one; write the IRIs whole")
        sizes[entity[2]] = len(entity[3])
    if text.count("<!ENTITY") != len(sizes):
        raise UnusableInput("the RDF/XML declares entities in a way that is not taken here; write the IRIs whole")
    if sum(size * text.count(f"&{name};") for name, size in sizes.items()) > _GROWTH:
        raise UnusableInput("the entities of the RDF/XML make it many times longer; write the IRIs whole")


def check_depth(data: bytes) -> None:
    """Refuse triple terms within triple terms beyond reason: taking them apart again would overflow the stack."""
    depth = 0
    for found in _BRACKET.finditer(data):
        depth += (found[0] == b"<<") - (found[0] == b">>" and depth > 0)
        if depth > _DEEPEST:
            raise UnusableInput(f"triple terms are nested deeper than {_DEEPEST} levels; name the inner ones")
