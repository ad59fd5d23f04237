"""Which stage of a maturity model is reached, and what the next one lacks.

ziyadin-2019, Table 1 (Gartner's five stages, four parameters each: priority aspect, main channel, core technology, performance indicator)
and literature-7 to -10 (OECD's three). The paper gives no thresholds, so that a share counts as met only against a threshold that the
user gives. A stage is met when each of its parameters is; a stage is *reached* when it and every lower one is met, or was: earlier channels
and technologies become outdated later (literature-11), so a lower stage may be marked `passed`. Unknown is not "no".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["met", "not-met", "unknown"]
Key = tuple[int, str]
"""Ordinal of a stage and name of one of its parameters."""


@dataclass(frozen=True)
class Parameter:
    """What a stage asks for: its name within the stage and the source's words for it."""

    name: str
    requirement: str


@dataclass(frozen=True)
class Stage:
    """A stage of the model with its parameters, lowest ordinal first."""

    ordinal: int
    slug: str
    label: str
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True)
class Outcome:
    """Where a government stands. `reached` None: not even the first stage, or unknown (`open_end`: an unknown could raise it).

    `highest` is the highest stage met at all; above `reached` it says that stages were skipped. `missing` and `unknown` are the
    parameters of the next stage, None in `next` where the last is reached.
    """

    states: Mapping[int, State]
    reached: Stage | None
    highest: Stage | None
    next: Stage | None
    missing: tuple[Parameter, ...]
    unknown: tuple[Parameter, ...]

    @property
    def open_end(self) -> bool:
        """Say whether the next stage could be reached for all that is known."""
        return self.next is not None and not self.missing and bool(self.unknown)


def assess(stages: Sequence[Stage], given: Mapping[Key, State]) -> Outcome:
    """Return the outcome; a parameter that is not given is unknown."""
    ordered = sorted(stages, key=lambda stage: stage.ordinal)
    states = {stage.ordinal: _state([given.get((stage.ordinal, p.name), "unknown") for p in stage.parameters]) for stage in ordered}
    reached: Stage | None = None
    following: Stage | None = None
    for stage in ordered:
        if states[stage.ordinal] != "met":
            following = stage
            break
        reached = stage
    highest = next((stage for stage in reversed(ordered) if states[stage.ordinal] == "met"), None)
    wanted = following.parameters if following else ()
    at = following.ordinal if following else 0
    return Outcome(
        states, reached, highest, following,
        tuple(p for p in wanted if given.get((at, p.name)) == "not-met"),
        tuple(p for p in wanted if given.get((at, p.name), "unknown") == "unknown"),
    )  # fmt: skip


def _state(states: Sequence[State]) -> State:
    if "not-met" in states:
        return "not-met"
    return "unknown" if "unknown" in states or not states else "met"
