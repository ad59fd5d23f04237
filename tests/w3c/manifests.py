"""The test manifests of the W3C as cases: what to load, what to ask, what to expect. Files are named by IRIs under ROOT."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

ROOT = "https://w3c.github.io/rdf-tests/"
"""Base of the files' IRIs, so that relative IRIs mean the same in data, queries and results."""

_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_SUITES = {
    "sparql10": ("sparql/sparql10/manifest-evaluation.ttl", "sparql/sparql10/manifest-syntax.ttl"),
    "sparql11": ("sparql/sparql11/manifest-all.ttl",),
    "sparql12": ("sparql/sparql12/manifest.ttl",),
    "rdf11": tuple(f"rdf/rdf11/rdf-{name}/manifest.ttl" for name in ("turtle", "n-triples", "xml")),
    "rdf12": tuple(f"rdf/rdf12/rdf-{name}/manifest.ttl" for name in ("turtle", "n-triples", "xml")),
}
SPARQL, RDF = ("sparql10", "sparql11", "sparql12"), ("rdf11", "rdf12")

NOT_CLAIMED = {
    "sparql11/entailment": "the service claims simple entailment only (sd:defaultEntailmentRegime)",
    "rdf12/rdf-n-triples/c14n": "canonical N-Triples is a form that the service does not claim to write",
}
"""Groups that test what the service description does not claim; they are counted apart."""


def folder() -> Path:
    """Return where the W3C's files are expected: EGOVKG_TEST_W3C, or ../shared/w3c beside the repository."""
    return Path(os.environ.get("EGOVKG_TEST_W3C", Path(__file__).resolve().parents[3] / "shared" / "w3c"))


@dataclass(frozen=True)
class Case:
    """One test: `kind` is its class in the manifest; files are IRIs under ROOT; `graphs` pairs name and file."""

    suite: str
    group: str
    name: str
    kind: str
    node: ox.NamedNode
    query: str = ""
    data: tuple[str, ...] = ()
    graphs: tuple[tuple[str, str], ...] = ()
    result: str = ""
    result_graphs: tuple[tuple[str, str], ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    manifest: Manifest | None = field(default=None, compare=False, repr=False)

    @property
    def id(self) -> str:
        """Return the case's name as the list of failures has it: `sparql11/functions/strdt01`."""
        return f"{self.suite}/{self.group}/{self.name}"

    @property
    def claimed(self) -> bool:
        """Say whether the service claims what this tests."""
        return f"{self.suite}/{self.group}" not in NOT_CLAIMED


class Manifest:
    """One manifest file as a graph."""

    def __init__(self, path: str) -> None:
        self._store = ox.Store()
        self._store.load((folder() / path).read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=ROOT + path)

    def objects(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        """Return the values of a property."""
        found = self._store.quads_for_pattern(subject, ox.NamedNode(predicate), None)
        return [quad.object for quad in found if not isinstance(quad.object, ox.Triple)]

    def nodes(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[ox.NamedNode | ox.BlankNode]:
        """Return the values of a property that are no literals."""
        return [node for node in self.objects(subject, predicate) if not isinstance(node, ox.Literal)]

    def value(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> str:
        """Return the one value of a property, empty where there is none."""
        return next((node.value for node in self.objects(subject, predicate)), "")

    def listed(self, predicate: str, subject: ox.NamedNode | ox.BlankNode | None = None) -> list[ox.NamedNode | ox.BlankNode]:
        """Return the members of the lists that a property points to."""
        found = []
        for quad in self._store.quads_for_pattern(subject, ox.NamedNode(predicate), None):
            head = quad.object
            while isinstance(head, ox.BlankNode):
                found += self.nodes(head, f"{_RDF}first")
                head = next(iter(self.nodes(head, f"{_RDF}rest")))
        return found


@cache
def cases(*suites: str) -> tuple[Case, ...]:
    """Return the cases of some suites in the manifests' order; none where the files are not there."""
    if not folder().is_dir():
        return ()
    found = {case.id: case for suite in suites for path in _SUITES[suite] for case in _read(suite, path)}
    return tuple(found.values())


def _read(suite: str, path: str) -> Iterator[Case]:
    if f"/{suite}/" not in path:  # the manifests of RDF 1.2 take those of RDF 1.1 in
        return
    manifest = Manifest(path)
    for included in manifest.listed(f"{_MF}include"):
        yield from _read(suite, included.value.removeprefix(ROOT))
    group = path.partition(f"{suite}/")[2].rpartition("/")[0]
    for node in manifest.listed(f"{_MF}entries"):
        assert isinstance(node, ox.NamedNode)
        kind = next(kind.value.rpartition("#")[2] for kind in manifest.nodes(node, f"{_RDF}type"))
        yield _case(manifest, suite, group, kind, node)


def _case(manifest: Manifest, suite: str, group: str, kind: str, node: ox.NamedNode) -> Case:
    name = node.value.rpartition("#")[2]
    action = next(iter(manifest.nodes(node, f"{_MF}action")), None)
    result = next(iter(manifest.nodes(node, f"{_MF}result")), None)
    if action is None or kind in ("ProtocolTest", "GraphStoreProtocolTest", "ServiceDescriptionTest"):
        return Case(suite, group, name, kind, node, graphs=_graphs(manifest, node), manifest=manifest)
    if isinstance(action, ox.NamedNode):
        return Case(suite, group, name, kind, node, action.value, result=result.value if result else "", manifest=manifest)
    query = manifest.value(action, f"{_QT}query") or manifest.value(action, f"{_UT}request")
    data = [value.value for part in (_QT, _UT) for value in manifest.nodes(action, f"{part}data")]
    services = [
        (manifest.value(part, f"{_QT}endpoint"), manifest.value(part, f"{_QT}data")) for part in manifest.nodes(action, f"{_QT}serviceData")
    ]
    case = Case(suite, group, name, kind, node, query, tuple(data), _graphs(manifest, action), services=tuple(services), manifest=manifest)
    if isinstance(result, ox.BlankNode):
        after = manifest.value(result, f"{_UT}data")
        return Case(**{**case.__dict__, "result": after, "result_graphs": _graphs(manifest, result)})
    return Case(**{**case.__dict__, "result": result.value if result else ""})


def _graphs(manifest: Manifest, node: ox.NamedNode | ox.BlankNode) -> tuple[tuple[str, str], ...]:
    """Return the named graphs of a dataset: (name, file)."""
    found = []
    for part in (_QT, _UT):
        for graph in manifest.nodes(node, f"{part}graphData"):
            if isinstance(graph, ox.NamedNode):
                found.append((graph.value, graph.value))
            else:
                file = manifest.value(graph, f"{part}graph")
                found.append((manifest.value(graph, _LABEL) or file, file))
    return tuple(found)


def path_of(iri: str) -> Path:
    """Return the file of an IRI."""
    return folder() / iri.removeprefix(ROOT)
