"""Add a user's RDF file to a store: parsed whole, checked against the shapes, then added in one transaction.

A file with claims or records for a curated store is a write like one through the service: the facts that follow come with it.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.errors import BadData, UnusableInput
from kg.findings import Finding, Source, violations
from kg.formats import GRAPHS, Format, find_format
from kg.rdf import parse
from kg.store.base import Store
from kg.store.changes import Change
from kg.store.oxigraph import OxigraphStore
from kg.store.writing import Writer
from kg.terms import load_terms
from kg.updating.checking import broken_by
from kg.updating.graphs import Layer, check_described, check_writable, is_curated, layer_of
from kg.updating.rederiving import rederive
from kg.validation.shacl import shipped_shapes, validate

_DERIVED_FROM = (Layer.CLAIMS, Layer.EDITORIAL)


def add_file(store: Store, path: Path, graph: str | None, format: str | None, *, check: bool) -> int:
    """Add a file and return the number of new statements; raises UnusableInput, WriteRefused or BadData (nothing is added then)."""
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
    curated = isinstance(store, OxigraphStore) and is_curated(store.opened)
    if check:
        plain = [quad for quad in quads if not (curated and layer_of(quad.graph_name) in _DERIVED_FROM)]
        lines = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in plain)
        report = validate(lines, shipped_shapes(), lambda *_: Source(str(path), 0))
        bad: list[Finding] = violations(report.findings)
        if bad:
            raise BadData(bad)
    if isinstance(store, OxigraphStore) and curated and any(layer_of(quad.graph_name) in _DERIVED_FROM for quad in quads):
        return _add_claims(store, quads, path, check=check)
    return store.load(data, chosen, graph)


def _add_claims(store: OxigraphStore, quads: list[ox.Quad], path: Path, *, check: bool) -> int:
    """Add claims or records to a curated store, with the facts that follow, as a write through the service is made."""
    kept = ox.Store()
    kept.extend(quads)  # as the engine keeps them: it writes some literals anew
    change = Change(tuple(quad for quad in kept if quad not in store.opened))
    check_writable(change)
    check_described(store.opened, change)
    follows = rederive(store.opened, change, load_terms())
    whole = change.with_quads(follows.added, follows.removed)
    if check and (broken := broken_by(store.opened, whole, curated=True)):
        raise BadData(broken)
    writer = Writer(store)
    try:
        writer.commit(whole, "egovkg load", f"load {path.name}", len(follows.added) + len(follows.removed))
    finally:
        writer.close()
    return len(change.added)


def read_file(path: Path) -> bytes:
    """Return a file's bytes; raises UnusableInput."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read ({error.strerror}); check the path") from None


def format_of(path: Path, name: str | None = None) -> Format:
    """Return the format that a name or the file's ending says; raises UnknownFormat with the list."""
    return find_format(name or path.suffix or path.name, GRAPHS)
