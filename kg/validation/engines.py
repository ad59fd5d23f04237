"""The SHACL engines: pySHACL is the reference and always there; `shacl` (Rust, optional) is some fifty times faster.

Both read N-Triples and give the same results; tests/test_validation.py holds them against each other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from kg.findings import Severity

if TYPE_CHECKING:
    import rdflib

_SEVERITIES = {"Violation": Severity.VIOLATION, "Warning": Severity.WARNING, "Info": Severity.INFO}


@dataclass(frozen=True)
class Result:
    """What SHACL finds; focus, path and value in N-Triples syntax, empty where there is none.

    `components` are the IRIs of the constraint components: results that differ in nothing else are one.
    """

    focus: str
    path: str
    value: str
    shape: str
    severity: Severity
    message: str
    components: tuple[str, ...] = field(default=(), compare=False)


class Engine(Protocol):
    """What validates a data graph (N-Triples) against a shapes graph (Turtle)."""

    name: str

    def validate(self, data: str, shapes: str) -> list[Result]:
        """Return every result, warnings included."""
        ...


class PySHACL:
    """The reference engine, on a native rdflib graph (oxrdflib gives wrong results under pySHACL)."""

    name = "pyshacl"

    def validate(self, data: str, shapes: str) -> list[Result]:
        """Return every result, warnings included."""
        import pyshacl
        import rdflib

        rdflib.NORMALIZE_LITERALS = False
        logging.getLogger("rdflib.term").setLevel(logging.ERROR)
        graph = rdflib.Graph().parse(data=data, format="nt")
        _, report, _ = pyshacl.validate(graph, shacl_graph=_shapes_graph(shapes), allow_warnings=True)
        return _joined(_from_report(report))


class FastSHACL:
    """The Rust engine; only where its wheel is installed."""

    name = "shacl"

    def validate(self, data: str, shapes: str) -> list[Result]:
        """Return every result, warnings included."""
        import shacl

        report = shacl.Shapes.from_text(shapes, format="turtle").validate_text(data, format="ntriples")
        return _joined(
            Result(
                r.focus_node,
                r.path or "",
                r.value or "",
                _bare(r.source_shape),
                _SEVERITIES[r.severity],
                r.message or "",
                (r.component_iri,),
            )
            for r in report.results
        )


def best_engine() -> Engine:
    """Return the fast engine where it is installed, else the reference."""
    return FastSHACL() if find_spec("shacl") else PySHACL()


@lru_cache(maxsize=4)
def _shapes_graph(shapes: str) -> rdflib.Graph:
    """Parse shapes once: pySHACL reads the graph and changes nothing in it."""
    import rdflib

    return rdflib.Graph().parse(data=shapes, format="turtle")


def _from_report(report: object) -> Iterator[Result]:
    import rdflib
    from rdflib.namespace import SH

    assert isinstance(report, rdflib.Graph)  # pySHACL's own type for the report graph is a union
    for node in report.objects(None, SH.result):  # not nested sh:detail results
        severity = str(report.value(node, SH.resultSeverity)).rpartition("#")[2]
        path, value, shape = (report.value(node, p) for p in (SH.resultPath, SH.value, SH.sourceShape))
        yield Result(
            focus=_n3(report.value(node, SH.focusNode)),
            path=_n3(path),
            value=_n3(value),
            shape=str(shape),
            severity=_SEVERITIES.get(severity, Severity.VIOLATION),
            message=str(report.value(node, SH.resultMessage) or ""),
            components=(str(report.value(node, SH.sourceConstraintComponent)),),
        )


def _joined(results: Iterable[Result]) -> list[Result]:
    """Return each result once and in order, with the components of all that are the same but for them."""
    components: dict[Result, set[str]] = {}
    for result in results:
        components.setdefault(result, set()).update(result.components)
    return sorted((replace(result, components=tuple(sorted(found))) for result, found in components.items()), key=_order)


def _n3(term: object) -> str:
    import rdflib

    return term.n3() if isinstance(term, rdflib.term.Identifier) else ""


def _bare(shape: str | None) -> str:
    return (shape or "").strip("<>")


def _order(result: Result) -> tuple[str, str, str, str]:
    return result.focus, result.shape, result.path, result.value
