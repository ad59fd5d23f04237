"""The cases that are known to fail, each with whose fault it is and why: failures.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WHOSE = {"engine": "pyoxigraph answers so", "choice": "the service refuses it on purpose"}


@dataclass(frozen=True)
class Known:
    """A case that fails: `whose` is a key of WHOSE."""

    case: str
    whose: str
    reason: str


@cache
def known_failures() -> dict[str, Known]:
    """Return the known failures by the id of their case."""
    with (Path(__file__).parent / "failures.csv").open(encoding="utf-8", newline="") as file:
        rows = [Known(**row) for row in csv.DictReader(file)]
    found = {row.case: row for row in rows}
    assert len(found) == len(rows), "a case is listed twice"
    return found
