"""Which numbers of a text the claims carry: each number is covered, structure, explained or uncovered, exactly one of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kg.curation.records import Passage, Record
from kg.findings import Finding, Source
from kg.verification.carrying import Carried, Carrier
from kg.verification.citations import Work, citations
from kg.verification.numbers import Number, numbers_in
from kg.verification.structure import structure

_CONTEXT = 32


class State(StrEnum):
    """What became of a number of the text."""

    COVERED = "covered"
    STRUCTURE = "structure"
    EXPLAINED = "explained"
    UNCOVERED = "uncovered"


@dataclass(frozen=True)
class Verdict:
    """One number of a text: the passages it lies in (the smallest first), its line (from 1), and why it is what it is.

    `by` is the claim that covers it, the kind of structure, or the editor's reason; `source` where that is written.
    """

    number: Number
    state: State
    passages: tuple[str, ...]
    line: int
    context: str
    tabular: bool
    by: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Share:
    """How many of how many: of tables, numbers or dates."""

    done: int
    total: int

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"


def judge(text: str, record: Record, passages: Sequence[Passage], carried: Mapping[str, Carried], works: Sequence[Work]) -> list[Verdict]:
    """Return the verdict on every number of a document's canonical text, in the order of the text."""
    numbers = numbers_in(text)
    anchored = [passage for passage in passages if passage.form.start is not None]
    ordering = structure(text, numbers, anchored)
    citing = citations(text, numbers, anchored, works)
    reasons = _reasons(record)
    lines = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
    found = []
    for number in numbers:
        homes = sorted((p for p in anchored if _holds(p, number)), key=lambda p: (p.form.end or 0) - (p.form.start or 0))
        state, by, source = _state(text, number, homes, ordering, citing, carried, reasons)
        tabular = any(home.form.type == "table" for home in homes)
        at = bisect_right(lines, number.start)
        found.append(Verdict(number, state, tuple(p.reference for p in homes), at, _context(text, number), tabular, by, source))
    return found


def _state(
    text: str,
    number: Number,
    homes: Sequence[Passage],
    ordering: Mapping[int, str],
    citing: Mapping[int, str],
    carried: Mapping[str, Carried],
    reasons: Mapping[str, list[tuple[Number, str, Source]]],
) -> tuple[State, str, Source | None]:
    if kind := ordering.get(number.start):
        return State.STRUCTURE, kind, None
    if carrier := _carrier(text, number, homes, carried):
        return State.COVERED, carrier.claim, carrier.source
    if kind := citing.get(number.start):
        return State.STRUCTURE, kind, None
    for home in homes:
        for given, why, source in reasons.get(home.slug, []):
            if same(given, number):
                return State.EXPLAINED, why, source
    return State.UNCOVERED, "", None


def _carrier(text: str, number: Number, homes: Sequence[Passage], carried: Mapping[str, Carried]) -> Carrier | None:
    for home in homes:
        claims, start = carried.get(home.reference), home.form.start or 0
        found = claims.carrier(number, text[start : home.form.end], start) if claims else None
        if found:
            return found
    return None


def _reasons(record: Record) -> dict[str, list[tuple[Number, str, Source]]]:
    """Return by passage the numbers that the editors say no claim needs, with the reason and where it is written."""
    found: dict[str, list[tuple[Number, str, Source]]] = {}
    for index, item in enumerate(record.form.unclaimed):
        why = item.why.get("en") or next(iter(item.why.values()))
        for printed in item.numbers:
            given = numbers_in(printed)
            if len(given) == 1:
                found.setdefault(item.passage, []).append((given[0], why, record.place("unclaimed", index)))
    return found


def same(given: Number, number: Number) -> bool:
    """Say whether a number that an editor wrote is one of the text's."""
    if given.values or number.values:
        return bool(given.values & number.values)
    return given.parts == number.parts


def check_reasons(record: Record, verdicts: Sequence[Verdict]) -> Iterator[tuple[str, Finding]]:
    """Find explanations (`unclaimed`) of numbers that are not in their passage, or need none; with the passage's reference."""
    for index, item in enumerate(record.form.unclaimed):
        reference = f"{record.slug}/{item.passage}"
        there = [verdict for verdict in verdicts if reference in verdict.passages]
        for printed in item.numbers:
            given = numbers_in(printed)
            found = [verdict for verdict in there if len(given) == 1 and same(given[0], verdict.number)]
            if any(verdict.state is State.EXPLAINED for verdict in found):
                continue
            if not found:
                message = f"{reference}: {printed!r} in `unclaimed` is no number of this passage; write it as printed, one number an item"
            else:
                message = f"{reference}: {printed!r} needs no explanation: {found[0].state} ({found[0].by}); take it out of `unclaimed`"
            yield reference, Finding(record.place("unclaimed", index), "Document-unclaimed", message)


def shares(verdicts: Sequence[Verdict]) -> tuple[Share, Share, Share]:
    """Return the shares of numbers in tables, of other numbers and of dates that some claim carries; structure counts in none."""
    counted = [verdict for verdict in verdicts if verdict.state is not State.STRUCTURE]
    groups = (
        [verdict for verdict in counted if verdict.tabular],
        [verdict for verdict in counted if not verdict.number.dated],
        [verdict for verdict in counted if verdict.number.dated],
    )
    first, second, third = (Share(sum(v.state is State.COVERED for v in group), len(group)) for group in groups)
    return first, second, third


def tables(passages: Sequence[Passage], verdicts: Sequence[Verdict]) -> Share:
    """Return how many of the tables leave no number without a claim or an explanation."""
    slugs = [passage.reference for passage in passages if passage.form.type == "table" and passage.form.start is not None]
    open_ = {slug for verdict in verdicts if verdict.state is State.UNCOVERED for slug in verdict.passages}
    return Share(sum(slug not in open_ for slug in slugs), len(slugs))


def _holds(passage: Passage, number: Number) -> bool:
    return (passage.form.start or 0) <= number.start and number.end <= (passage.form.end or 0)


def _context(text: str, number: Number) -> str:
    """Return a few words around a number, the number in brackets, on one line."""
    before = " ".join(text[max(0, number.start - _CONTEXT) : number.start].split("\n\n")[-1].split(" ")[-5:])
    after = " ".join(text[number.end : number.end + _CONTEXT].split("\n\n")[0].split(" ")[:5])
    return " ".join(f"{before}[{number.printed}]{after}".split())
