"""What the linker finds: a mention, what it is of, how sure that is, and why."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Candidate:
    """A thing that a mention may be of; `score` from 0 to 1."""

    iri: str
    score: float
    label: str = ""


@dataclass(frozen=True)
class Mention:
    """A mention in a text: half-open offsets in Unicode code points, and the words between them.

    `type` is act, programme, stage, model, indicator, organisation or system. `iri` is None where nothing in the graph (and
    no act whose identifier can be derived) is meant for certain; `key` says what was cited all the same
    (`act:KZ-V-345-NK-2023-08-17`). `score` is how sure we are of span and link together, `reasons` why.
    """

    start: int
    end: int
    surface: str
    type: str
    iri: str | None
    score: float
    key: str = ""
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = field(default=())
