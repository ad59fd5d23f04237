"""Findings as JSON, as SARIF 2.1.0, and as lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from kg.linking.output import place_of
from kg.linting.checking import Checked
from kg.linting.findings import RULES, Finding
from kg.validation.reports import sarif_log

_BOM = "\ufeff"


def as_json(checked: Checked) -> dict[str, Any]:
    """Return a document and its findings as a JSON object; `written` is the day that it was judged by, `dated` who gave it."""
    written = checked.written
    return {
        "document": checked.name,
        "format": checked.document.format,
        "characters": len(checked.document.text),
        "written": written.day.isoformat() if written else None,
        "dated": "unknown" if written is None else "given" if written.given else "at-the-earliest",
        "notes": list(checked.notes()),
        "count": len(checked.findings),
        "findings": [finding_json(finding, checked) for finding in checked.findings],
    }


def finding_json(finding: Finding, checked: Checked) -> dict[str, Any]:
    """Return a finding as a JSON object; `place` as the linker has it, for html, docx and pdf."""
    found: dict[str, Any] = {
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "start": finding.start,
        "end": finding.end,
        "surface": finding.surface,
        "iri": finding.iri,
        "evidence": [
            {"value": e.value, "agrees": e.agrees, "passage": e.passage, "document": e.document, "issued": e.issued, "locator": e.locator}
            for e in finding.evidence
        ],
        "suggestion": finding.suggestion,
    }
    place = place_of(checked.document, finding.start, finding.end)
    return {**found, "place": place} if place else found


def documents_json(every: Sequence[Checked]) -> str:
    """Return all documents with their findings as one JSON document."""
    return json.dumps({"documents": [as_json(checked) for checked in every]}, ensure_ascii=False, indent=2)


def table(every: Sequence[Checked]) -> str:
    """Return a line a finding with its place, what to do and who says so below it, and the count last."""
    lines = [line for checked in every for line in _lines(checked)]
    levels = [finding.level for checked in every for finding in checked.findings]
    counts = ", ".join(f"{levels.count(level)} {level}(s)" for level in ("error", "warning", "note"))
    return "\n".join([*lines, f"{counts} in {len(every)} document(s)"])


def _lines(checked: Checked) -> Iterator[str]:
    for finding in checked.findings:
        yield f"{checked.name}:{where(finding, checked)}: {finding.level} [{finding.rule}] {finding.message}"
        yield f"    {_one_line(finding.surface)}"
        if finding.suggestion:
            yield f"    → {finding.suggestion}"
        for value in dict.fromkeys(evidence.value for evidence in finding.evidence):
            sources = (e.passage.removeprefix("passage/") or e.locator for e in finding.evidence if e.value == value)
            yield f"    {value}: {', '.join(sources)}"


def where(finding: Finding, checked: Checked) -> str:
    """Return a finding's place: line and column in txt and html, else the page or paragraph."""
    if checked.source:
        line, column = _line(checked.source, _offsets(finding, checked)[0])
        return f"{line}:{column}"
    place = place_of(checked.document, finding.start, finding.end)
    return f"{place['unit']} {place['part']}" if place else str(finding.start)


def sarif(every: Sequence[Checked]) -> str:
    """Return the findings as SARIF 2.1.0, for code-review tools; columns count code points."""
    rules = [{"id": rule, "shortDescription": {"text": said}} for rule, said in RULES.items()]
    results = [_result(finding, checked) for checked in every for finding in checked.findings]
    return sarif_log(rules, results, columnKind="unicodeCodePoints")


def _result(finding: Finding, checked: Checked) -> dict[str, Any]:
    cure = f"\nSuggestion: {finding.suggestion}" if finding.suggestion else ""
    evidence = finding_json(finding, checked)["evidence"]
    return {
        "ruleId": finding.rule,
        "ruleIndex": list(RULES).index(finding.rule),
        "level": finding.level,
        "message": {"text": f"{finding.message}{cure}"},
        "locations": [_location(finding, checked)],
        "properties": {"iri": finding.iri, "suggestion": finding.suggestion, "evidence": evidence},
    }


def _location(finding: Finding, checked: Checked) -> dict[str, Any]:
    """Return file and region. In docx and pdf offsets count the text that was read, and a logical location names page or paragraph."""
    region: dict[str, Any] = {"snippet": {"text": finding.surface}}
    start, end = _offsets(finding, checked)
    if checked.source:
        (first, column), (last, behind) = _line(checked.source, start), _line(checked.source, end)
        region |= {"startLine": first, "startColumn": column, "endLine": last, "endColumn": behind}
    mark = checked.source.startswith(_BOM)
    region |= {"charOffset": start - mark, "charLength": end - start}
    place = place_of(checked.document, finding.start, finding.end)
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": quote(checked.name)}, "region": region}}
    if place and not checked.source:
        found["logicalLocations"] = [{"fullyQualifiedName": f"{place['unit']} {place['part']}", "kind": place["unit"]}]
    return found


def _offsets(finding: Finding, checked: Checked) -> tuple[int, int]:
    """Return where a finding stands in the source of a txt or html file, in the text that was read for others."""
    if not checked.source:
        return finding.start, finding.end
    place = checked.document.place(finding.start, finding.end)
    return place.start, place.end


def _line(source: str, at: int) -> tuple[int, int]:
    """Return line and column of a place, both from 1; a byte order mark does not count."""
    begin = source.rfind("\n", 0, at) + 1
    return source.count("\n", 0, at) + 1, at - begin + 1 - (begin == 0 and source.startswith(_BOM))


def _one_line(text: str) -> str:
    return " ".join(text.split())


REPORTS = {"table": table, "json": documents_json, "sarif": sarif}
"""The forms of a report by name."""
