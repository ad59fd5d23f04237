"""Validate RDF against shapes: findings by shape name, and the shapes that found nothing to check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.errors import UnusableInput
from kg.findings import Finding, Source, in_order, violations
from kg.namespaces import RDF, RDFS, SH, SHAPE
from kg.resources import shapes_dir
from kg.validation.engines import Engine, best_engine

Locate = Callable[[str, str, str], Source | None]
"""From focus node, path and value (N-Triples syntax) to the place in the records that says it."""


@dataclass(frozen=True)
class Report:
    """The outcome of a validation: `idle` names the shapes with a target class that has no instance in the data."""

    findings: tuple[Finding, ...]
    idle: tuple[str, ...]
    checked: int
    engine: str

    @property
    def conforms(self) -> bool:
        """Say whether there is no violation; warnings do not count."""
        return not violations(self.findings)


@cache
def shipped_shapes() -> str:
    """Return the shapes that egovkg ships, as one Turtle text (ontology.ttl, which checks the ontology, left out)."""
    return shapes_text(path for path in sorted(shapes_dir().glob("*.ttl")) if path.name != "ontology.ttl")


@cache
def record_shapes() -> str:
    """Return the shipped shapes but those of what users link (linked.ttl), which no record holds."""
    left = ("ontology.ttl", "linked.ttl")
    return shapes_text(path for path in sorted(shapes_dir().glob("*.ttl")) if path.name not in left)


def shapes_text(paths: Iterable[Path]) -> str:
    """Join shape files into one Turtle text; raises UnusableInput for one that is not Turtle."""
    quads = [quad for path in paths for quad in _parse(path)]
    return (ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.TURTLE) or b"").decode()


def validate(data: str, shapes: str, locate: Locate | None = None, engine: Engine | None = None) -> Report:
    """Validate N-Triples against shapes in Turtle."""
    engine = engine or best_engine()
    findings = [
        Finding(
            source=locate(result.focus, result.path, result.value) if locate else None,
            rule=result.shape.removeprefix(SHAPE),
            message=result.message,
            severity=result.severity,
            node=result.focus,
            path=result.path,
            value=result.value,
            components=result.components,
        )
        for result in engine.validate(data, shapes)
    ]
    idle, checked = _targets(data, shapes)
    return Report(tuple(in_order(findings)), tuple(idle), checked, engine.name)


def _targets(data: str, shapes: str) -> tuple[list[str], int]:
    """Return the shapes whose target class has no instance, and the number of nodes that have some shape."""
    types: Counter[str] = Counter()
    supers: dict[str, set[str]] = {}
    nodes: dict[str, set[str]] = {}
    type_of, below = str(RDF.type), str(RDFS.subClassOf)
    telling = "".join(line for line in data.splitlines(keepends=True) if type_of in line or below in line)
    for quad in ox.parse(telling.encode(), format=ox.RdfFormat.N_TRIPLES):
        if quad.predicate == RDF.type:
            types[quad.object.value] += 1
            nodes.setdefault(quad.object.value, set()).add(str(quad.subject))
        elif quad.predicate == RDFS.subClassOf:
            supers.setdefault(quad.object.value, set()).add(quad.subject.value)
    found: dict[str, int] = Counter()
    checked: set[str] = set()
    for quad in ox.parse(shapes.encode(), format=ox.RdfFormat.TURTLE):
        if quad.predicate == SH.targetClass:
            classes = _below(quad.object.value, supers)
            checked |= {node for cls in classes for node in nodes.get(cls, ())}
            found[quad.subject.value.removeprefix(SHAPE)] += sum(types[cls] for cls in classes)
    return sorted(shape for shape, count in found.items() if not count), len(checked)


def _below(cls: str, supers: dict[str, set[str]]) -> set[str]:
    found, queue = {cls}, [cls]
    while queue:
        new = supers.get(queue.pop(), set()) - found
        found |= new
        queue += new
    return found


def _parse(path: Path) -> list[ox.Quad]:
    try:
        return list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except (SyntaxError, OSError) as error:
        raise UnusableInput(f"{path} is not a readable Turtle file: {error}") from None
