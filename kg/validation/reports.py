"""A validation report as text, JSON, RDF (sh:ValidationReport) or SARIF."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import pyoxigraph as ox

from kg import __version__
from kg.findings import Finding, Severity
from kg.namespaces import PREFIXES, RDF, SH, SHAPE, XSD
from kg.validation.shacl import Report

_LEVEL = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SH = {Severity.VIOLATION: SH.Violation, Severity.WARNING: SH.Warning, Severity.INFO: SH.Info}


def table(report: Report) -> str:
    """Return findings grouped by shape, a line each, and the verdict last."""
    lines = []
    ordered = sorted(report.findings, key=lambda f: (f.severity, f.rule))
    for (severity, rule), group in groupby(ordered, key=lambda f: (f.severity, f.rule)):
        found = list(group)
        lines.append(f"{rule} ({severity}, {len(found)}): {found[0].message}")
        lines += [f"    {_where(finding)}" for finding in found]
    if report.idle:
        lines.append(f"not checked, because nothing is of their class: {', '.join(report.idle)}")
    bad = sum(finding.severity is Severity.VIOLATION for finding in report.findings)
    verdict = "conforms" if report.conforms else f"{bad} violation(s)"
    if report.checked == 0:
        verdict = "no node was checked: nothing in the data is of a class that a shape targets"
    lines.append(f"{verdict} ({report.checked} nodes checked by {report.engine})")
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """Return the report as JSON."""
    body = {
        "conforms": report.conforms,
        "checked": report.checked,
        "engine": report.engine,
        "shapesWithoutNodes": report.idle,
        "findings": rows(report),
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def rows(report: Report) -> list[dict[str, object]]:
    """Return the findings as plain data."""
    return [
        {
            "file": finding.source.file if finding.source else None,
            "line": finding.source.line or None if finding.source else None,
            "rule": finding.rule,
            "severity": finding.severity,
            "message": finding.message,
            "node": finding.node,
            "path": finding.path or None,
            "value": finding.value or None,
        }
        for finding in report.findings
    ]


def turtle(report: Report) -> str:
    """Return the report as sh:ValidationReport in Turtle."""
    node = ox.BlankNode("report")
    triples = [
        ox.Triple(node, RDF.type, SH.ValidationReport),
        ox.Triple(node, SH.conforms, ox.Literal(str(report.conforms).lower(), datatype=XSD.boolean)),
    ]
    told = [(finding, component) for finding in report.findings for component in finding.components or ("",)]
    for number, (finding, component) in enumerate(told):
        result = ox.BlankNode(f"result{number}")
        triples += [ox.Triple(result, SH.sourceConstraintComponent, ox.NamedNode(component))] if component else []
        triples += [
            ox.Triple(node, SH.result, result),
            ox.Triple(result, RDF.type, SH.ValidationResult),
            ox.Triple(result, SH.focusNode, _term(finding.node)),
            ox.Triple(result, SH.resultSeverity, _SH[finding.severity]),
            ox.Triple(result, SH.sourceShape, ox.NamedNode(finding.rule if ":" in finding.rule else SHAPE + finding.rule)),
            ox.Triple(result, SH.resultMessage, ox.Literal(finding.message)),
        ]
        if finding.path.startswith("<"):
            triples.append(ox.Triple(result, SH.resultPath, _term(finding.path)))
        if finding.value:
            triples.append(ox.Triple(result, SH.value, _term(finding.value)))
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"sh": SH, "shape": SHAPE, "xsd": PREFIXES["xsd"]}) or b"").decode()


def sarif(report: Report) -> str:
    """Return the report as SARIF 2.1.0, for code-review tools."""
    rules = sorted({finding.rule for finding in report.findings})
    results = [
        {
            "ruleId": finding.rule,
            "level": _LEVEL[finding.severity],
            "message": {"text": f"{finding.message} ({finding.node})"},
            "locations": [_location(finding)] if finding.source else [],
        }
        for finding in report.findings
    ]
    return sarif_log([{"id": rule} for rule in rules], results)


def sarif_log(rules: Sequence[Mapping[str, object]], results: Sequence[Mapping[str, object]], **run: object) -> str:
    """Return a SARIF 2.1.0 log of one run; `run` is what else is to be said of the run."""
    driver = {"name": "egovkg", "version": __version__, "rules": rules}
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, **run, "results": results}]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _location(finding: Finding) -> dict[str, object]:
    assert finding.source is not None
    place: dict[str, object] = {"artifactLocation": {"uri": finding.source.file}}
    if finding.source.line:
        place["region"] = {"startLine": finding.source.line}
    return {"physicalLocation": place}


def _where(finding: Finding) -> str:
    parts = [str(finding.source) if finding.source else "", finding.node, finding.path, finding.value]
    return " ".join(part for part in parts if part)


def _term(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Read a term back from N-Triples syntax."""
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    triple = f"<urn:s> <urn:p> {text} ."
    quad = next(iter(ox.parse(triple.encode(), format=ox.RdfFormat.N_TRIPLES)))
    assert isinstance(quad.object, ox.NamedNode | ox.BlankNode | ox.Literal)
    return quad.object


REPORTS: dict[str, Callable[[Report], str]] = {"table": table, "json": as_json, "ttl": turtle, "sarif": sarif}
"""The forms of a report by name."""
