"""Reading and writing RDF: every parse renames blank nodes, every text that we write is in one order."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import UnknownFormat, UnusableInput
from kg.formats import Format
from kg.namespaces import PREFIXES


def parse(data: bytes, format: Format, graph: str | None = None) -> list[ox.Quad]:
    """Parse RDF; blank nodes get fresh names, `graph` takes the triples that name no graph. Raises UnusableInput."""
    target = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    try:
        quads = list(ox.parse(data, format=rdf_format(format), rename_blank_nodes=True))
    except (SyntaxError, ValueError) as error:
        raise UnusableInput(f"this is not readable as {format.name}: {error}; correct it or name its format") from None
    return [ox.Quad(q.subject, q.predicate, q.object, target) if isinstance(q.graph_name, ox.DefaultGraph) else q for q in quads]


def nquads(quads: list[ox.Quad]) -> bytes:
    """Return quads as sorted N-Quads, one a line, each once."""
    return "".join(sorted({f"{quad} .\n" for quad in quads})).encode()


def written(triples: Iterable[ox.Triple], format: Format) -> bytes:
    """Return triples in a graph format, sorted, with the prefixes that they use: equal graphs give equal bytes."""
    ordered = sorted(set(triples), key=lambda t: (str(t.subject), str(t.predicate), str(t.object)))
    text = " ".join(f"{t.subject} {t.predicate} {t.object}" for t in ordered)
    prefixes = {name: iri for name, iri in PREFIXES.items() if f"<{iri}" in text} if prefixes_for(format) else None
    return ox.serialize(ordered, format=rdf_format(format), prefixes=prefixes) or b""


def rdf_format(format: Format) -> ox.RdfFormat:
    """Return the engine's name of a graph format; raises UnknownFormat for one of results."""
    if not isinstance(format.engine, ox.RdfFormat):
        raise UnknownFormat(format.name, ["ttl", "nt", "jsonld", "rdf", "trig", "nq"])
    return format.engine


def prefixes_for(format: Format) -> dict[str, str] | None:
    """Return our prefixes for a format that has any."""
    return dict(PREFIXES) if format.suffix in (".ttl", ".trig", ".rdf", ".jsonld") else None
