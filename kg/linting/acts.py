"""Acts that were no longer, or not yet, in force on the document's day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.linking.mentions import Mention
from kg.linking.registry import Act, Registry
from kg.linting.citing import Cited
from kg.linting.dating import day_of
from kg.linting.facts import Facts
from kg.linting.findings import Evidence, Finding, Level, Written
from kg.linting.placed import Placed
from kg.linting.sentences import Sentences

LISTED = "the editorial list of laws"
_SURE, _FEW, _NEAR, _LONGEST = 0.85, 3, 200, 1200
_ENDED = re.compile(
    r"repeal|no longer in force|ceased|invalidat|superse|replaced|abolish|утра(?:тил|чива)|отмен|недейств|признан\w* утра|сменил|замен[её]н"
    r"|күшін жой|күші жойыл|ауыстыр",
    re.IGNORECASE,
)
_RELIES = re.compile(
    r"in accordance with|pursuant to|according to|on the basis of|under the law|as required by|based on"
    r"|в соответствии с|согласно|на основании|в силу стать|руководствуясь|во исполнение|сәйкес|негізінде",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|adopted|signed|approved|enacted|passed|introduced|first|previous|former|earlier|history)\b"
    r"|принят|утвержд[её]н|подписан|действовал|\bбыл|первы[йм]|прежн|ранее|истори|предыдущ"
    r"|қабылдан|бекітілді|бекітілген|болды|болған|алғаш|бұрынғы|тарих",
    re.IGNORECASE,
)
_DRAFT = re.compile(r"\bdraft|\bbill\b|проект|жоба", re.IGNORECASE)


def act_findings(
    items: Sequence[Cited], registry: Registry, facts: Facts, written: Written | None, sentences: Sentences
) -> Iterator[Finding]:
    """Yield the acts that were not in force on the document's day; nothing where that day is not known."""
    if written is None:
        return
    placed = Placed(items)
    by_iri = {act.iri: act for act in registry.acts}
    for item in items:
        if _said_before(item, placed):
            continue
        act = by_iri.get(item.mention.iri or "")
        around = sentences.around(item.mention.start)
        early = _own_day(item, written) if act is None else _early(item, act, facts, written, around)
        if early and not _DRAFT.search(around):
            yield early
        elif act and act.until and act.until <= written.day and item.mention.score >= _SURE and not _ENDED.search(around):
            yield _repealed(item, act, registry, facts, written, _past(item, placed, sentences))


def _repealed(item: Cited, act: Act, registry: Registry, facts: Facts, written: Written, past: bool) -> Finding:
    level: Level = "note" if past else "warning"
    successor = next((other for other in _successors(act, registry) if other.in_force(written.day)), None)
    tells = "; it is cited as history" if past else ""
    source = Evidence(f"no longer in force from {act.until}", False, locator=LISTED)
    return _found(
        item.mention, "Act-repealed", level, act.iri,
        f"{named(act, facts)} has not been in force since {act.until}, and the document is {_of(written)}{tells}",
        (source, *facts.acts.get(act.iri, ())),
        f"in force on {written.day}: {named(successor, facts)}" if successor else "",
    )  # fmt: skip


def _said_before(item: Cited, items: Placed[Cited]) -> bool:
    """Say whether a bare identifier belongs to the citation of the same act before it."""
    mention = item.mention
    return item.citation is None and any(
        other.citation and other.mention.iri == mention.iri and 0 <= mention.start - other.mention.end < _NEAR
        for other in items.starting(mention.start - _LONGEST, mention.start)
    )


def _past(item: Cited, items: Placed[Cited], sentences: Sentences) -> bool:
    """Say whether an act is cited as history: in a table, among several acts in a list, or in the past tense without relying on it."""
    listed = len(items.starting(item.start - _NEAR, item.start + _NEAR)) > _FEW
    around = sentences.around(item.mention.start)
    return listed or sentences.tabular(item.mention.start) or (bool(_PAST.search(around)) and not _RELIES.search(around))


def _early(item: Cited, act: Act, facts: Facts, written: Written, around: str) -> Finding | None:
    if not written.given or item.mention.score < _SURE:
        return None
    signed = day_of(act.day)
    cited = item.citation.day if item.citation else None
    if cited and cited.year and not act.day.agrees(cited):
        return None  # the date is in dispute: that is another rule's matter
    if (signed and signed > written.day) or (not signed and act.day.year > written.day.year):
        level: Level = "error" if item.citation and item.citation.number else "warning"
        said = f"{named(act, facts)} was adopted after the document, which is {_of(written)}"
        return _found(
            item.mention,
            "Act-not-yet",
            level,
            act.iri,
            said,
            evidence_of(act, facts),
            "check the day of the document, or cite the act in force then",
        )
    begins = facts.in_force.get(act.iri)
    if begins and begins > written.day:
        said = f"{named(act, facts)} came into force on {begins}, and the document is {_of(written)}"
        return _found(item.mention, "Act-not-yet", "warning", act.iri, said, evidence_of(act, facts), "")
    return None


def _own_day(item: Cited, written: Written) -> Finding | None:
    """Return the finding of an act that nobody knows, whose own date is later than the document."""
    day = day_of(item.citation.day) if item.citation else None
    if not written.given or day is None or day <= written.day:
        return None
    said = f"the act is dated {day}, after the document, which is {_of(written)}"
    return _found(item.mention, "Act-not-yet", "warning", item.mention.iri, said, (), "check both days")


def _successors(act: Act, registry: Registry) -> list[Act]:
    found = [other for other in registry.acts if other.titles & act.titles and other.iri != act.iri]
    return sorted(found, key=lambda other: str(other.day), reverse=True)


def named(act: Act, facts: Facts) -> str:
    """Return an act as a reader knows it: number, date, title where the graph has one, identifier."""
    number = f"No. {act.number}" if act.number else ""
    day = f"of {act.day}" if act.day.year else ""
    plain = next((title for title in sorted(act.titles) if title.isascii()), "")
    title = f"“{facts.labels[act.iri]}”" if act.iri in facts.labels else f"on {plain}" if plain else ""
    ident = f"({act.identifier})" if act.identifier else ""
    return " ".join(part for part in (number, day, title, ident) if part) or act.iri.rpartition("/")[2]


def evidence_of(act: Act, facts: Facts) -> tuple[Evidence, ...]:
    """Return what the graph's passages say of date and number of an act, else that the editorial list has it."""
    return facts.acts.get(act.iri) or (Evidence(f"No. {act.number} of {act.day}", False, locator=LISTED),)


def _of(written: Written) -> str:
    return f"of {written.day}" if written.given else f"of {written.day} or later"


def _found(mention: Mention, rule: str, level: Level, iri: str | None, said: str, evidence: tuple[Evidence, ...], cure: str) -> Finding:
    return Finding(rule, level, said, mention.start, mention.end, mention.surface, iri, evidence, cure)
