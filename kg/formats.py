"""The formats that answers come in. One table: names, media types, suffixes and the engine's own serialiser."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import UnknownFormat


@dataclass(frozen=True)
class Format:
    """One serialisation, by its media type; `engine` is the engine's own name for it."""

    name: str
    media_type: str
    suffix: str
    engine: ox.RdfFormat | ox.QueryResultsFormat
    aliases: tuple[str, ...] = ()
    charset: bool = False

    @property
    def content_type(self) -> str:
        """Return the value of a Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


JSON = Format("json", "application/sparql-results+json", ".srj", ox.QueryResultsFormat.JSON, ("application/json", "srj"))
XML = Format("xml", "application/sparql-results+xml", ".srx", ox.QueryResultsFormat.XML, ("application/xml", "text/xml", "srx"))
CSV = Format("csv", "text/csv", ".csv", ox.QueryResultsFormat.CSV, charset=True)
TSV = Format("tsv", "text/tab-separated-values", ".tsv", ox.QueryResultsFormat.TSV, charset=True)
BOOLEAN = Format("boolean", "text/boolean", ".txt", ox.QueryResultsFormat.CSV)
"""A truth value as a word, `true` or `false`, as RDF4J has it: what the engine writes of one in CSV. For ASK alone."""

RESULTS = (JSON, XML, CSV, TSV)
"""Formats of SELECT and ASK answers, the default first."""

TURTLE = Format("ttl", "text/turtle", ".ttl", ox.RdfFormat.TURTLE, ("turtle", "application/x-turtle"), charset=True)
N_TRIPLES = Format("nt", "application/n-triples", ".nt", ox.RdfFormat.N_TRIPLES, ("text/plain", "ntriples"))
JSON_LD = Format("jsonld", "application/ld+json", ".jsonld", ox.RdfFormat.JSON_LD, ("application/json", "json-ld", "json"))
RDF_XML = Format("rdf", "application/rdf+xml", ".rdf", ox.RdfFormat.RDF_XML, ("application/xml", "text/xml", "xml", "rdfxml"))
TRIG = Format("trig", "application/trig", ".trig", ox.RdfFormat.TRIG, ("application/x-trig",))
N_QUADS = Format("nq", "application/n-quads", ".nq", ox.RdfFormat.N_QUADS, ("nquads",))
GRAPHS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
"""Formats of CONSTRUCT and DESCRIBE answers, the default first."""

DATASETS = (N_QUADS, TRIG, JSON_LD)
"""Formats that keep the named graphs."""


def find_format(name: str, offered: tuple[Format, ...]) -> Format:
    """Return the offered format of a name, suffix, alias or media type; raises UnknownFormat with the list."""
    wanted = name.strip().lower().lstrip(".")
    for match in (_own, _alias):
        for candidate in offered:
            if match(candidate, wanted):
                return candidate
    raise UnknownFormat(name, [candidate.name for candidate in offered])


def _own(candidate: Format, wanted: str) -> bool:
    return wanted in (candidate.name, candidate.media_type, candidate.suffix.lstrip("."))


def _alias(candidate: Format, wanted: str) -> bool:
    return wanted in candidate.aliases
