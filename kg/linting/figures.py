"""Figures set against the graph: an indicator, an area, a year and a number in one sentence, and what the documents give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.linking.mentions import Mention
from kg.linting.amounts import Amount, read_amounts
from kg.linting.areas import UNKNOWN, Areas
from kg.linting.facts import COMPUTED, Facts, Figure
from kg.linting.findings import Evidence, Finding, Level
from kg.linting.phrases import read_phrases
from kg.linting.placed import Placed
from kg.linting.sentences import Sentences
from kg.namespaces import ID

_YEAR = re.compile(r"(?<![\d.,/№])(?:19|20)\d\d(?![\d%/]|[.,]\d)")
_RANGE = re.compile(
    r"(?:19|20)\d\d\s?[-–—/]\s?(?:(?:19|20)?\d\d)\b(?![-.]\d)|\b(?:between|from) (?:19|20)\d\d (?:and|to)\b|\bс (?:19|20)\d\d по\b"
)
_SOURCE = re.compile(
    r"\([^()\n]{0,120}?[^\W\d_][^()\n\d]{0,80}[,;]?\s(?:19|20)\d\d[a-z]?(?:[,;:][^()\n]{0,80})?\)|\[[^\[\]\n]{0,40}\]"
    r"|\bet al\.?,? \(?(?:19|20)\d\d"
)
_DATED = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th)?[\s.]+(?:[^\W\d_]{3,12}|\d{2})[\s.,]+(?:19|20)\d\d|\b[A-Z][a-z]{2,8} \d{1,2}, (?:19|20)\d\d"
    r"|(?:19|20)\d\d жылғы \d{1,2}\s|©\s?\d{4}"
)
_NOT_YET = re.compile(
    r"\b(?:will|shall|plans?|planned|planning|targets?|targeted|aims?|aimed|goals?|should|must|expect\w*|forecast\w*"
    r"|project(?:ed|ion)s?|intend\w*|would|could|may|might|"
    r"not|never|wrong\w*|incorrect\w*|mistaken\w*|if|strives?|ambitions?|by (?:19|20)\d\d|enter)\b|планир|должн|цел(?:ь|и|ью"
    r"|ев)|намер|прогноз|ожида|\bк 20\d\d|достич|довести|войти|будет|будут|\bесли\b|\bне\b|ошибочн|неверн|емес|"
    r"\bamong(?! (?:the |all )?(?:\d|countries))|\bсреди(?! (?:всех )?(?:\d|стран мира))|(?<!\d ел )(?<!\d елдің )\bарасында|"
    r"жоспар|мақсат|тиіс|болады|қарай|көзде|күтіл|болжам",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Label:
    """Something that tells figures apart, at a place of the sentence."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Claimed:
    """A figure that a document gives: of an indicator (slug), for an area (slug) and a year."""

    indicator: str
    area: str
    year: str
    amount: Amount


def figure_findings(text: str, mentions: Sequence[Mention], facts: Facts, areas: Areas, sentences: Sentences) -> Iterator[Finding]:
    """Yield a finding for each figure that the graph has something to say about; where it has nothing, nothing."""
    seen: set[tuple[int, int]] = set()
    named = [_Label(m.iri.rpartition("/")[2], m.start, m.end) for m in mentions if m.type == "indicator" and m.iri]
    named += [_Label(phrase.indicator, phrase.start, phrase.end) for phrase in read_phrases(text)]
    labels, others = Placed(named), Placed(mention for mention in mentions if mention.type in ("act", "programme"))
    for label in named:
        sentence = sentences.at(label.start)
        if sentence in seen or sentences.tabular(label.start):
            continue
        seen.add(sentence)
        taken = [(mention.start, mention.end) for mention in others.starting(*sentence)]
        for claimed in read_claims(text, sentence, labels.starting(*sentence), taken, facts, areas):
            if finding := judge(claimed, facts, text):
                yield finding


def read_claims(
    text: str, sentence: tuple[int, int], named: Sequence[_Label], taken: Sequence[tuple[int, int]], facts: Facts, areas: Areas
) -> Iterator[Claimed]:
    """Yield the figures of a sentence whose indicator, area and year are beyond doubt."""
    start, end = sentence
    words = text[start:end]
    if _NOT_YET.search(words) or _RANGE.search(_without(words, [(first - start, last - start) for first, last in taken])):
        return
    years = [_Label(m.group(), start + m.start(), start + m.end()) for m in _YEAR.finditer(words)]
    apart = [*taken, *((start + m.start(), start + m.end()) for pattern in (_SOURCE, _DATED) for m in pattern.finditer(words))]
    years = [year for year in years if not any(first <= year.start < last for first, last in apart)]
    places = areas.found(text, start, end)
    if not years or not places:
        return
    amounts = [amount for amount in read_amounts(text, start, end) if not any(first <= amount.start < last for first, last in taken)]
    for kind in ("rank", "index", "percent"):
        group = [amount for amount in amounts if amount.kind == kind]
        fitting = [replace(label, value=indicator) for label in named if (indicator := _of_kind(label.value, kind, facts))]
        yield from _told(group, fitting, [_Label(p.area, p.start, p.end) for p in places], years)


def _told(group: Sequence[Amount], named: Sequence[_Label], places: Sequence[_Label], years: Sequence[_Label]) -> Iterator[Claimed]:
    if not group or not named:
        return
    columns = [paired(group, labels) for labels in (named, places, years)]
    rows = list(zip(group, *columns, strict=True))
    keys = [(indicator, area, year) for _, indicator, area, year in rows]
    for (amount, indicator, area, year), key in zip(rows, keys, strict=True):
        if indicator and area and area != UNKNOWN and year and keys.count(key) == 1:
            yield Claimed(indicator, area, year, amount)


def paired(group: Sequence[Amount], labels: Sequence[_Label]) -> list[str]:
    """Return the label of each figure: the only one, or, where labels and figures alternate, its own; else empty."""
    distinct = {label.value for label in labels}
    if len(distinct) == 1:
        return [labels[0].value] * len(group)
    if len(labels) != len(group) or not labels:
        return [""] * len(group)
    order = sorted([(a.start, 0) for a in group] + [(label.start, 1) for label in labels])
    kinds = [kind for _, kind in order]
    if any(one == other for one, other in pairwise(kinds)):
        return [""] * len(group)
    return [label.value for label in labels]


def judge(claimed: Claimed, facts: Facts, text: str) -> Finding | None:
    """Return what the graph says of a figure; None where it has nothing for the indicator, area and year, or only a bound."""
    key = (claimed.indicator, claimed.area, claimed.year)
    figures = facts.figures.get(key, ())
    span = claimed.amount.span
    same = [figure for figure in figures if figure.span.unit == span.unit]
    agreeing = [figure for figure in same if figure.span.meets(span) or _cut(figure, claimed.amount)]
    firm = [figure for figure in same if not figure.qualified]
    others = [figure for figure in same if figure not in agreeing]
    name = facts.labels.get(f"{ID}indicator/{claimed.indicator}", claimed.indicator)
    area = facts.labels.get(f"{ID}area/{claimed.area}", claimed.area)
    about = f"{name}, {area}, {claimed.year}"
    if agreeing:
        said = f"{about}: the text agrees: {_told_by(agreeing)}"
        if others:
            said += f"; but {_told_by(others)}"
        return _finding("Figure-agrees", "note", said, claimed, text, same, agreeing, "")
    if not firm or any(figure.part or figure.span.meets(span) for figure in facts.besides.get(key, ())):
        return None  # a target, or the figure of a part, may be meant
    split = not all(one.span.meets(firm[0].span) for one in firm)
    level: Level = "warning" if split else "error"
    said = f"{about}: the text has {text[claimed.amount.start : claimed.amount.end]}; {_told_by(firm)}"
    if split:
        said += " (the sources themselves disagree)"
    return _finding("Figure-contradicts", level, said, claimed, text, same, [], " or ".join(printed for printed, _ in _values(firm)))


def _finding(
    rule: str, level: Level, said: str, claimed: Claimed, text: str, figures: Sequence[Figure], agreeing: Sequence[Figure], cure: str
) -> Finding:
    evidence = sorted({replace(figure.source, value=figure.printed, agrees=figure in agreeing) for figure in figures}, key=_order)
    start, end = claimed.amount.start, claimed.amount.end
    iri = f"{ID}observation/{claimed.indicator}/{claimed.area}/{claimed.year}"
    return Finding(rule, level, said, start, end, text[start:end], iri, tuple(evidence), cure)


def _order(evidence: Evidence) -> tuple[bool, str, str, str]:
    return not evidence.agrees, evidence.document, evidence.passage, evidence.value


def _cut(figure: Figure, amount: Amount) -> bool:
    """Say whether the text has the figure with its last digits cut off rather than rounded."""
    return figure.span.low <= figure.span.high and 0 <= (figure.span.low + figure.span.high) / 2 - amount.value < amount.resolution < 1


def _told_by(figures: Sequence[Figure]) -> str:
    """Return which documents give which value: "abil-2023 and orazgaliyeva-2023 give 28th"."""
    parts = []
    for printed, group in _values(figures):
        names = sorted({figure.source.document.removeprefix("document/") for figure in group} - {""})
        if names:
            parts.append(
                f"{' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))} {'give' if len(names) > 1 else 'gives'} {printed}"
            )
        else:
            parts.append(f"{printed} is {COMPUTED}")
    return "; ".join(parts)


def _values(figures: Sequence[Figure]) -> list[tuple[str, list[Figure]]]:
    """Return the different values, each as it is printed most shortly, with the figures that have it."""
    groups: list[list[Figure]] = []
    for figure in figures:
        group = next((group for group in groups if group[0].span == figure.span), None)
        if group is None:
            groups.append([figure])
        else:
            group.append(figure)
    return [(min((figure.printed for figure in group), key=lambda text: (len(text), text)), group) for group in groups]


def _of_kind(indicator: str, kind: str, facts: Facts) -> str:
    """Return the indicator that a figure of a kind is of: the rank for a place, else the value; empty where it is of another unit."""
    wanted = facts.ranked(indicator) if kind == "rank" else facts.values.get(indicator, indicator)
    return wanted if facts.units.get(wanted) == kind else ""


def _without(words: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        words = words[:start] + " " * (end - start) + words[end:]
    return words
