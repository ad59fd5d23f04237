"""Add a user's RDF file to a store: parsed whole, checked against the shapes, then added in one transaction."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.errors import BadData, UnusableInput
from kg.findings import Finding, Source, violations
from kg.formats import GRAPHS, Format, find_format
from kg.rdf import parse
from kg.store.base import Store
from kg.validation.shacl import shipped_shapes, validate


def add_file(store: Store, path: Path, graph: str | None, format: str | None, *, check: bool) -> int:
    """Add a file and return the number of new statements; raises UnusableInput or BadData (nothing is added then)."""
    if graph is not None:
        try:
            ox.NamedNode(graph)
        except ValueError:
            raise UnusableInput(f"--graph is {graph!r}, which is no IRI; write it whole, e.g. https://example.org/graph/mine") from None
    data = read_file(path)
    chosen = format_of(path, format)
    try:
        quads = parse(data, chosen, graph)
    except UnusableInput as error:
        raise UnusableInput(f"{path}: {error}") from None
    if check:
        lines = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in quads)
        report = validate(lines, shipped_shapes(), lambda *_: Source(str(path), 0))
        bad: list[Finding] = violations(report.findings)
        if bad:
            raise BadData(bad)
    return store.load(data, chosen, graph)


def read_file(path: Path) -> bytes:
    """Return a file's bytes; raises UnusableInput."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read ({error.strerror}); check the path") from None


def format_of(path: Path, name: str | None = None) -> Format:
    """Return the format that a name or the file's ending says; raises UnknownFormat with the list."""
    return find_format(name or path.suffix or path.name, GRAPHS)
