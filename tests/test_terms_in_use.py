"""Every term of the ontology is used by a record or a named query, or has a reason why not (tests/competency/excused.yaml)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.loading.dataset import Dataset
from kg.namespaces import EGOV, GRAPH, ONTOLOGY, OWL, PREFIXES, RDF, expand, shorten
from kg.query.named import load_templates
from kg.resources import ontology_dir
from tests.questions import HERE

EXCUSED = HERE / "competency" / "excused.yaml"
CURIE = re.compile(rf"(?<![\w:/<#-])(?:{'|'.join(map(re.escape, PREFIXES))}):[A-Za-z][\w-]*")
TERMS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property, EGOV.SingleValuedProperty)


@pytest.fixture(scope="module")
def used(dataset: Dataset) -> set[str]:
    """Return the properties and classes of every record's statements, and those that queries name."""
    found: set[str] = set()
    for quad in ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS):
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if not graph or graph == ONTOLOGY.value or graph.startswith(f"{GRAPH}vocabulary/"):
            continue
        found.add(quad.predicate.value)
        if quad.predicate == RDF.type and isinstance(quad.object, ox.NamedNode):
            found.add(quad.object.value)
    queries = [template.sparql for template in load_templates().values()]
    queries += [path.read_text(encoding="utf-8") for path in (HERE / "competency").glob("*.rq")]
    return found | {expand(name) for query in queries for name in CURIE.findall(query)}


@pytest.fixture(scope="module")
def excused() -> dict[str, str]:
    lines = EXCUSED.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(": ") for line in lines if line and not line.startswith("#")]
    found = {expand(name): reason for name, _, reason in pairs}
    assert len(found) == len(pairs), "a term stands twice"
    return found


def test_every_term_is_used_or_excused(used: set[str], excused: dict[str, str]) -> None:
    assert sorted(shorten(term) for term in terms() - used - excused.keys()) == []


def test_no_excuse_outlives_its_reason(used: set[str], excused: dict[str, str]) -> None:
    assert sorted(shorten(term) for term in excused.keys() & used) == [], "these are in use: take them out"
    assert sorted(shorten(term) for term in excused.keys() - terms()) == [], "these are no terms: take them out"
    assert all(len(reason.split()) >= 3 for reason in excused.values())


def terms() -> set[str]:
    """Return the terms that core.ttl declares and those that a key of the context stands for."""
    core = ox.parse(path=str(ontology_dir() / "core.ttl"), format=ox.RdfFormat.TURTLE)
    declared = {quad.subject.value for quad in core if quad.predicate == RDF.type and quad.object in TERMS}
    context = json.loads(Path(ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    keys = {expand(name) for name in named(context)}
    assert len(declared) > 150
    assert len(keys) > 150
    return declared | keys


def named(context: dict[str, Any]) -> Iterator[str]:
    for entry in context.values():
        name = entry if isinstance(entry, str) else entry.get("@id") or entry.get("@reverse") if isinstance(entry, dict) else None
        if isinstance(name, str) and name.partition(":")[0] in PREFIXES and not name.startswith(("http:", "https:")):
            yield name
        if isinstance(entry, dict) and "@context" in entry:
            yield from named(entry["@context"])
