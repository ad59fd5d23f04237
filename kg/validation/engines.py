"""The SHACL engines: pySHACL is the reference and always there; `shacl` (Rust, optional) is some fifty times faster.

Both read N-Triples and give the same results; tests/test_validation.py holds them against each other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from kg.findings import Severity

if TYPE_CHECKING:
    import rdflib

_SEVERITIES = {"Violation": Severity.VIOLATION, "Warning": Severity.WARNING, "Info": Severity.INFO}


@dataclass(frozen=True)
class Result:
    """One SHACL result; focus, path and value in N-Triples syntax, empty where there is none."""

    focus: str
    path: str
    value: str
    shape: str
    severity: Severity
    message: str


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
        return sorted(set(_from_report(report)), key=_order)


class FastSHACL:
    """The Rust engine; only where its wheel is installed."""

    name = "shacl"

    def validate(self, data: str, shapes: str) -> list[Result]:
        """Return every result, warnings included."""
        import shacl

        report = shacl.Shapes.from_text(shapes, format="turtle").validate_text(data, format="ntriples")
        found = {
            Result(r.focus_node, r.path or "", r.value or "", _bare(r.source_shape), _SEVERITIES[r.severity], r.message or "")
            for r in report.results
        }
        return sorted(found, key=_order)


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
        )


def _n3(term: object) -> str:
    import rdflib

    return term.n3() if isinstance(term, rdflib.term.Identifier) else ""


def _bare(shape: str | None) -> str:
    return (shape or "").strip("<>")


def _order(result: Result) -> tuple[str, str, str, str]:
    return result.focus, result.shape, result.path, result.value
