"""A verification report as rows for a table and as JSON: the same content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg.verification.coverage import Share, State, Verdict
from kg.verification.report import Checked, Report

SUMMARY = (
    "document", "file", "selectors", "figures", "tables", "table numbers", "numbers", "dates", "structure", "explained", "uncovered",
)  # fmt: skip
NUMBERS = ("state", "passage", "line", "number", "context", "by")


def summary_rows(report: Report) -> Iterator[list[str]]:
    """Yield one row a document: what was verified of what there is, and the shares that claims carry."""
    for item in report.documents:
        if not item.verified:
            why = f"{item.file} (altered)" if item.file else "no text: not verified"
            yield [item.slug, why, str(item.selectors), str(item.figures), *[""] * 7]
            continue
        done = [item.selectors, item.figures, item.tables, *item.shares]
        counts = [item.count(state) for state in (State.STRUCTURE, State.EXPLAINED, State.UNCOVERED)]
        yield [item.slug, item.file.name if item.file else "", *map(str, done), *map(str, counts)]


def number_rows(report: Report, every: bool) -> Iterator[list[str]]:
    """Yield one row a number that no claim carries, or, with `every`, one for each number."""
    for item in report.documents:
        for verdict in _wanted(item, every):
            number = verdict.number.printed.replace("\n", " ")
            yield [str(verdict.state), _home(item, verdict), str(verdict.line), number, verdict.context, _by(verdict)]


def as_json(report: Report, every: bool) -> dict[str, Any]:
    """Return the report as plain data: documents, their coverage and numbers, what is not verified, what failed."""
    return {
        "documents": [_document(item, every) for item in report.documents],
        "notVerified": report.missing,
        "unknownFiles": [str(path) for path in report.strangers],
        "failures": [
            {
                "passage": failure.reference,
                "rule": failure.finding.rule,
                "file": failure.finding.source.file if failure.finding.source else None,
                "line": failure.finding.source.line if failure.finding.source else None,
                "message": failure.finding.message,
            }
            for failure in report.failures
        ],
    }


def _document(item: Checked, every: bool) -> dict[str, Any]:
    in_tables, numbers, dates = item.shares
    coverage = {
        "tables": _share(item.tables),
        "tableNumbers": _share(in_tables),
        "numbers": _share(numbers),
        "dates": _share(dates),
        **{str(state): item.count(state) for state in State},
    }
    return {
        "document": item.slug,
        "file": str(item.file) if item.file else None,
        "verified": item.verified,
        "selectors": _share(item.selectors),
        "passagesWithoutSelector": item.without,
        "figures": _share(item.figures),
        "coverage": coverage if item.verified else None,
        "numbers": [_number(item, verdict) for verdict in _wanted(item, every)],
    }


def _number(item: Checked, verdict: Verdict) -> Mapping[str, Any]:
    return {
        "state": str(verdict.state),
        "passage": _home(item, verdict) or None,
        "line": verdict.line,
        "number": verdict.number.printed,
        "context": verdict.context,
        "by": _by(verdict) or None,
    }


def _share(share: Share) -> dict[str, int]:
    return {"done": share.done, "total": share.total}


def _wanted(item: Checked, every: bool) -> Iterator[Verdict]:
    return (verdict for verdict in item.verdicts if every or verdict.state is State.UNCOVERED)


def _home(item: Checked, verdict: Verdict) -> str:
    """Return the smallest passage of a number; empty where it lies in none."""
    return verdict.passages[0] if verdict.passages else f"{item.slug}/"


def _by(verdict: Verdict) -> str:
    return f"{verdict.by} ({verdict.source})" if verdict.source else verdict.by
