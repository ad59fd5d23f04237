"""What a check found, as data: where, which rule, how bad, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: only violations stop a build."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, order=True)
class Source:
    """A place in a file; `line` counts from 1, 0 where only the file is known."""

    file: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    `rule` is the name of the shape or reading rule, `node`, `path` and `value` the N-Triples form of what SHACL
    looked at (empty where a file could not even be read), `components` the constraints of SHACL that do not hold.
    """

    source: Source | None
    rule: str
    message: str
    severity: Severity = Severity.VIOLATION
    node: str = ""
    path: str = ""
    value: str = ""
    components: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        where = str(self.source) if self.source else (self.node or "-")
        return f"{where}: [{self.rule}] {self.message}"


def violations(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stop a build."""
    return [finding for finding in findings if finding.severity is Severity.VIOLATION]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings once each: by file and line, those without a file last."""
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda f: (f.source is None, f.source or Source(""), f.rule, f.node, f.message))
