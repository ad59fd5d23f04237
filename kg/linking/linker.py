"""Find and link everything in a text: identifiers, citations, names; overlaps settled, every mention with its reasons."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kg.errors import BadSetting
from kg.linking.citation import Citation
from kg.linking.citing import read_citations
from kg.linking.citing_kk import read_kazakh
from kg.linking.codes import read_codes
from kg.linking.grammar import OWN
from kg.linking.identifiers import Identifier, find_identifiers
from kg.linking.jurisdiction import Jurisdiction, Verdict
from kg.linking.known_titles import read_titles
from kg.linking.lexicon import Lexicon, read_lexicon
from kg.linking.mentions import Mention
from kg.linking.naming import Found, Namer
from kg.linking.patterns import compiled
from kg.linking.registry import Registry, read_registry
from kg.linking.resolving import Resolution, resolve, resolve_identifier
from kg.linking.romanised import in_cyrillic, is_romanised
from kg.linking.shadow import Shadow
from kg.store.base import Store

LANGUAGES = ("en", "ru", "kk")
_CITED_NEAR, _FEW, _SURE = 400, 8, 0.92


@dataclass(frozen=True)
class Linker:
    """All that linking needs, read from a store once. Safe to share between threads; nothing in it changes."""

    registry: Registry
    lexicon: Lexicon

    @classmethod
    def of(cls, store: Store) -> Linker:
        """Read the acts and names of a store."""
        return cls(read_registry(store), read_lexicon(store))

    def link(self, text: str, language: str | None = None, written: date | None = None) -> list[Mention]:
        """Return the mentions in a text in order, none overlapping another.

        `language` (en, ru, kk) is that of the document, where it is known: what a document in Kazakh cites is Kazakhstan's
        unless it says otherwise; without it the letters of the text tell. Citations are looked for in all languages.
        `written` is the day on which the document was written: a law cited by its title is the one in force that day;
        without it the latest day that the document itself speaks of counts, today where there is none.
        """
        if language is not None and language not in LANGUAGES:
            raise BadSetting("lang", language, f"give one of {', '.join(LANGUAGES)}, or leave it out")
        shadow = Shadow(text)
        if is_romanised(text):
            return self._romanised(text, shadow, written)
        countries = Jurisdiction(shadow.text, kazakh=True if language == "kk" else None)
        acts = self._acts(shadow, countries, written)
        names = Namer(self.lexicon).find(shadow, countries)
        mentions = [*acts, *(_name(shadow, found) for found in _without(names, acts, shadow))]
        return sorted(mentions, key=lambda mention: (mention.start, mention.end))

    def _romanised(self, text: str, shadow: Shadow, written: date | None) -> list[Mention]:
        """Return the mentions of a Kazakh text in Latin letters: names as they are written, citations as they would be in Cyrillic."""
        countries = Jurisdiction(shadow.text, kazakh=True)
        read = Shadow(in_cyrillic(text))
        read.original = text
        acts = [*self._acts(shadow, countries, written), *self._acts(read, Jurisdiction(read.text, kazakh=True), written)]
        acts = [act for at, act in enumerate(acts) if not any(act.start < other.end and other.start < act.end for other in acts[:at])]
        names = _without(Namer(self.lexicon).find(shadow, countries), acts, shadow)
        return sorted([*acts, *(_name(shadow, found) for found in names)], key=lambda mention: (mention.start, mention.end))

    def _acts(self, shadow: Shadow, countries: Jurisdiction, written: date | None) -> list[Mention]:
        citations = _chosen([*_citations(shadow), *read_titles(shadow, self.registry)])
        on = written or _latest(shadow.text)
        mentions = []
        twins: dict[str, list[Citation]] = defaultdict(list)
        for citation in citations:
            if citation.number:
                twins[citation.number.bare].append(citation)
        orders: list[Citation] = []
        for citation in citations:
            alike = twins[citation.number.bare] if citation.number else ()
            mention = self._act(shadow, citation, countries.of(citation), alike, orders, on)
            if mention:
                mentions.append(mention)
                orders = [*orders[-_FEW:], citation]
        taken = _Spans(mentions)
        for start, end, identifier in find_identifiers(shadow.text):
            if not taken.overlap(shadow.start(start), shadow.end(end)):
                mentions.append(_identified(shadow, start, end, identifier, self.registry))
        return mentions

    def _act(
        self, shadow: Shadow, citation: Citation, verdict: Verdict, twins: Sequence[Citation], before: Sequence[Citation], on: date
    ) -> Mention | None:
        if verdict.country not in ("", OWN):
            return None
        found = resolve(citation, self.registry, twins, on)
        approving = _APPROVED.search(shadow.text, max(0, citation.start - 40), citation.start) is not None
        approving = approving and not _PRIVATE.match(shadow.text, citation.end)
        if not _kept(citation, verdict, found, before, approving=approving):
            return None
        score = round(found.score * verdict.sure, 2) if verdict.country else round(found.score * 0.6, 2)
        start, end = shadow.start(citation.start), shadow.end(citation.end)
        iri, key = (found.iri, found.key) if verdict.country or _certain(citation, found) else (None, "")
        return Mention(start, end, shadow.original[start:end], "act", iri, score, key, (*found.reasons, verdict.reason), found.candidates)


_APPROVED = compiled(r"(?:approved by(?: the)?|утвержд[её]нн\w{2,3}|rules,? approved in) $")
"""What stands before the order that put rules in force."""
_PRIVATE = compiled(
    r" (?:of (?:the )?|by (?:the )?)?(?:general |executive |генеральн\w+ |по )?"
    r"(?:director|rector|ce[o]|head|university|company|директор|ректор|университет|школ|компани|организаци|предприяти)"
)
"""What stands behind the order of a firm or a school."""


def _kept(citation: Citation, verdict: Verdict, found: Resolution, before: Sequence[Citation], *, approving: bool) -> bool:
    """Say whether a citation is one of an act of the state, rather than of a firm, or of nobody knows whom.

    `approving`: rules are said to be approved by it right before; an order's issuer is often left out there.
    """
    if citation.kind in ("order", "decision", "directive") and not citation.issuer:
        near = any(other.issuer and other.kind == citation.kind and 0 <= citation.start - other.end < _CITED_NEAR for other in before)
        named = citation.country == OWN and citation.number
        approves = approving and citation.complete and bool(verdict.country) and verdict.sure >= _SURE
        return bool((citation.number and citation.day.whole and near) or named or approves)
    if citation.language == "en" and citation.issuer == "body" and not verdict.country:
        return False
    if citation.follows and not citation.number:
        return bool(found.iri)
    if citation.unsigned and not (citation.day.whole or (citation.number and citation.number.session)):
        return False
    if citation.number and not citation.day.year and not citation.country and not citation.number.session:
        return bool(citation.issuer and verdict.country) or bool(found.iri and verdict.sure >= 0.9)
    if not citation.number and not citation.code and citation.kind != "constitution":
        return (
            bool(verdict.country) and (citation.country == OWN or bool(found.iri)) and (citation.kind in ("law", "code") or bool(found.iri))
        )
    if citation.code:
        return bool(verdict.country)
    return bool(verdict.country) or citation.complete


def _certain(citation: Citation, found: Resolution) -> bool:
    """Say whether a citation that names no country is Kazakhstan's for what it cites: a known act, number and date."""
    return citation.complete and "known act" in found.reasons[0]


def _latest(shadow: str) -> date:
    """Return the last day of the latest year that a document speaks of, today where it speaks of none or of this one."""
    today = date.today()
    years = {int(year) for year in _YEARS.findall(shadow)}
    past = [year for year in years if 1991 <= year < today.year]
    return date(max(past), 12, 31) if past and not any(year >= today.year for year in years) else today


_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _citations(shadow: Shadow) -> list[Citation]:
    """Return what every language's grammar finds; a grammar whose letters or words are not in the text is not tried."""
    text = shadow.text
    found = [*read_kazakh(shadow)] if _KAZAKH.search(text) else []
    for language, needs in _NEEDS.items():
        if needs.search(text):
            found += read_citations(shadow, language)
    return [*found, *read_codes(text)] if _CODES.search(text) else found


_KAZAKH = re.compile("[әғқңөұү]")
_NEEDS = {
    "ru": compiled("закон|указ|постановл|приказ|распоряж|решени|кодекс|конституц|рк|қрүқ|қрпж"),
    "en": re.compile("[a-z]{3}"),
    "rom": re.compile("zakon|ukaz|postanov|prikaz"),
}
_CODES = compiled(r"кодекс|code| рк(?!\w)")


def _chosen(citations: Sequence[Citation]) -> list[Citation]:
    """Return the citations that do not overlap: of two, the one that says more, then the longer one."""
    order = sorted(citations, key=lambda c: (-bool(c.number), -bool(c.day.whole), -bool(c.title), c.start - c.end, c.start))
    spans = _Spans(())
    kept = [citation for citation in order if spans.take(citation.start, citation.end)]
    return sorted(kept, key=lambda citation: citation.start)


def _identified(shadow: Shadow, start: int, end: int, identifier: Identifier, registry: Registry) -> Mention:
    found = resolve_identifier(identifier, registry)
    first, last = shadow.start(start), shadow.end(end)
    return Mention(first, last, shadow.original[first:last], "act", found.iri, found.score, found.key, found.reasons, found.candidates)


def _without(names: Sequence[Found], acts: Sequence[Mention], shadow: Shadow) -> list[Found]:
    """Return the names that overlap neither an act nor a longer or surer name; of two that cross, the first."""
    spans = _Spans(acts)
    crossed = _crossed(names)
    order = sorted(names, key=lambda found: (id(found) in crossed, found.start - found.end, -found.score))
    return [name for name in order if spans.take(shadow.start(name.start), shadow.end(name.end))]


def _crossed(names: Sequence[Found]) -> set[int]:
    """Return the names, by identity, into whose beginning another one reaches without holding it: «портал [электронного] …»."""
    order = sorted(names, key=lambda found: (found.start, -found.end))
    crossed: set[int] = set()
    widest: Found | None = None
    for found in order:
        if widest and widest.start < found.start < widest.end < found.end:
            crossed.add(id(found))
        elif not widest or found.end > widest.end:
            widest = found
    return crossed


class _Spans:
    """Stretches that do not overlap."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self._spans = sorted((mention.start, mention.end) for mention in mentions)

    def overlap(self, start: int, end: int) -> bool:
        """Say whether a stretch overlaps one that was taken."""
        at = bisect_left(self._spans, (start, end))
        return any(first < end and start < last for first, last in self._spans[max(0, at - 1) : at + 1])

    def take(self, start: int, end: int) -> bool:
        """Take a stretch unless it overlaps one that was taken."""
        if self.overlap(start, end):
            return False
        insort(self._spans, (start, end))
        return True


def _name(shadow: Shadow, found: Found) -> Mention:
    start, end = shadow.start(found.start), shadow.end(found.end)
    key = found.iri.partition("/id/")[2].replace("/", ":", 1)
    return Mention(start, end, shadow.original[start:end], found.type, found.iri, found.score, key, found.reasons, found.candidates)
