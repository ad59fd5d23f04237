"""What linting finds: a rule, how bad it is, where it stands, and what the graph has to say about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal["error", "warning", "note"]
RULES: dict[str, str] = {
    "Act-repealed": "An act is cited that had been repealed by the document's day.",
    "Act-not-yet": "An act is cited that had not been adopted, or had not come into force, on the document's day.",
    "Act-mismatch": "Number, date, title, kind or identifier of a cited act do not belong together.",
    "Figure-contradicts": "A figure is not the one that the graph's documents give for the indicator, area and period.",
    "Figure-agrees": "A figure is the one that the graph's documents give.",
    "Programme-ended": "A programme is spoken of as running past its end.",
    "Programme-name": "A programme's name is close to a known one, but is not it.",
}
"""The rules by id, each in a sentence."""


@dataclass(frozen=True)
class Evidence:
    """What one passage says of the matter; `agrees`: with the document that is checked.

    `passage` and `document` are `kind/slug`, empty for the editorial list of laws; `issued` is a year or day, empty where unknown.
    """

    value: str
    agrees: bool
    passage: str = ""
    document: str = ""
    issued: str = ""
    locator: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that linting found: half-open offsets in code points, and the words between them.

    `iri` is what in the graph the matter is about, None where it is nothing that the graph has. `suggestion` is what is
    likely meant, or what to do; empty where nothing can be said.
    """

    rule: str
    level: Level
    message: str
    start: int
    end: int
    surface: str
    iri: str | None = None
    evidence: tuple[Evidence, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True)
class Written:
    """The day on which a document was written: `given` by its reader, or the last day that it names, before which it cannot be."""

    day: date
    given: bool


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings once each, by place, the worst first at one place."""
    rank = {"error": 0, "warning": 1, "note": 2}
    return sorted(dict.fromkeys(findings), key=lambda found: (found.start, found.end, rank[found.level], found.rule))


def failed(findings: Iterable[Finding]) -> bool:
    """Say whether any finding is more than a note."""
    return any(found.level != "note" for found in findings)
