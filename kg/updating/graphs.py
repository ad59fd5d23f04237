"""The graphs of a curated store and which of them may be written by hand."""

from __future__ import annotations

from enum import Enum

import pyoxigraph as ox

from kg.errors import UnusableClaims, WriteRefused
from kg.namespaces import DATASET, EGOV, GRAPH, ID, OA, ONTOLOGY, RELEASE, SERVICE, shorten
from kg.store.changes import Change, Graph
from kg.store.writing import JOURNAL

PASSAGES, RECORDS, DERIVED, VOCABULARY = f"{ID}passage/", f"{GRAPH}record/", f"{GRAPH}derived/", f"{GRAPH}vocabulary/"


class Layer(Enum):
    """What a graph of a curated store is for."""

    FACTS = "the facts follow from the claims; write the claim to the graph of the passage that states it"
    CLAIMS = "claims"
    EDITORIAL = "editorial"
    DERIVED = "computed values and conflicts follow from the claims; write the claims to the graphs of their passages"
    ONTOLOGY = "ontology and code lists come with the program; change them in its folder `ontology` and build anew"
    OWN = "release, journal and the service's description of itself are kept by the service"
    OTHER = "other"


_READ_ONLY = (Layer.FACTS, Layer.DERIVED, Layer.ONTOLOGY, Layer.OWN)


def layer_of(graph: Graph) -> Layer:
    """Return the layer that a graph belongs to."""
    if isinstance(graph, ox.DefaultGraph):
        return Layer.FACTS
    name = graph.value
    for start, layer in ((PASSAGES, Layer.CLAIMS), (RECORDS, Layer.EDITORIAL), (DERIVED, Layer.DERIVED), (VOCABULARY, Layer.ONTOLOGY)):
        if name.startswith(start):
            return layer
    if graph in (RELEASE, JOURNAL, SERVICE):
        return Layer.OWN
    return Layer.ONTOLOGY if graph == ONTOLOGY else Layer.OTHER


def is_curated(store: ox.Store) -> bool:
    """Say whether a store was built from records: then its default graph follows from its claims."""
    return next(store.quads_for_pattern(DATASET, EGOV.builtRelease, None, RELEASE), None) is not None


def check_writable(change: Change) -> None:
    """Refuse what may not be written to a curated store; raises WriteRefused with the way to do it."""
    graphs = {quad.graph_name: quad for quad in (*change.added, *change.removed)}
    for graph in (*graphs, *change.created, *change.dropped):
        layer = layer_of(graph)
        if layer in _READ_ONLY:
            name = "the default graph" if isinstance(graph, ox.DefaultGraph) else str(graph)
            raise WriteRefused(
                f"{name} of a curated store is not written directly: {layer.value} "
                "(a store started with EGOVKG_EMPTY=1 and EGOVKG_SHACL=off takes everything)"
            )
    for quad in change.added:
        plain = isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal)
        if not plain and layer_of(quad.graph_name) in (Layer.CLAIMS, Layer.EDITORIAL):
            raise UnusableClaims(f"claims and records hold no blank nodes and no triple terms ({quad}); give the thing an IRI")


def check_described(store: ox.Store, change: Change) -> None:
    """Refuse claims of a passage that nobody describes: every fact knows the passage that states it; raises UnusableClaims."""
    given = {quad.subject for quad in change.added if quad.predicate == OA.hasSource and layer_of(quad.graph_name) is Layer.EDITORIAL}
    gone = {quad for quad in change.removed if quad.predicate == OA.hasSource}
    for passage in {quad.graph_name for quad in change.added if layer_of(quad.graph_name) is Layer.CLAIMS}:
        assert isinstance(passage, ox.NamedNode)
        known = (quad for quad in store.quads_for_pattern(passage, OA.hasSource, None, None) if quad not in gone)
        if passage not in given and next(known, None) is None:
            raise UnusableClaims(
                f"no record describes the passage {shorten(passage.value)}; describe it in the graph of its document first, or in the same "
                "update (docs/graph-model.md), or write to a passage that there is"
            )
