"""Decide which occurrences of names are mentions: endings, capitals, quotes, words around, other things of the same name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

from kg.linking.expanding import other_expansions
from kg.linking.inflecting import ending
from kg.linking.jurisdiction import Jurisdiction
from kg.linking.lexicon import QUOTES, Lexicon, Name
from kg.linking.mentions import Candidate
from kg.linking.shadow import LOOKALIKES, Shadow, fold
from kg.linking.surroundings import abroad, firm_pattern, is_national, near_pattern, other_thing_patterns, strict_names
from kg.linking.trimming import trimmed

_NEAR = 90
_SHORT, _LONG, _TOKEN = 3, 4, 300
_CAPITAL = re.compile(r"(?<=[\w,] )((?!The|Our|Its|In|Under|With|State|National|Government|Kazakhstan)[A-Z][a-z]{3,}) $")
_DOUBT = 0.08
"""Taken from the score of an ambiguous name and of a short abbreviation, for which words near speak: they stay below .9."""
_LIKE, _BESIDE, _AMONG = 0.88, 16, 120
_ADDRESS = re.compile(
    r"(?:https?://|www\.|ftp://|mailto:|\.\./)[^\s\"<>»)\]]+|[\w.+-]+@[\w-]+\.[\w.]+|(?:[a-z0-9-]+\.){2,}[a-z]{2,}(?:/\S*)?|(?<![\w/])[a-z0-9-]+\.(?:kz|com|org|net|gov|ru)/\S+"
)
_SHORT_BEFORE = re.compile(r"(?:^|[\s(])[A-ZА-ЯЁӘҒҚҢӨҰҮІ\d]{2,6}/$")
_PLURAL = re.compile(r"s(?![\w'-])")
"""The English plural, behind a name in Latin letters: e-Akimats, PSCs."""
_NEXT, _PREVIOUS = re.compile(r" ([^\W\d_])"), re.compile(r"([^\W\d_][\w-]*) $")
_ROW = re.compile(r"[\"']? ?(?:,|,? (?:и|and|және|мен)) [\"']?".translate(LOOKALIKES))
_BY_COUNTRY = frozenset({"organisation", "system", "programme"})


@dataclass(frozen=True)
class Found:
    """A name found, in places of the shadow; `score` is how sure, the best candidate first."""

    start: int
    end: int
    type: str
    iri: str
    label: str
    score: float
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...]


class Namer:
    """Finds the names of a lexicon in shadows."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find(self, shadow: Shadow, countries: Jurisdiction) -> list[Found]:
        """Return the mentions of names in a shadow, overlapping ones too."""
        text = shadow.text.translate(QUOTES)
        hits = list(self._lexicon.found(text))
        spelled: dict[str, set[str]] = defaultdict(set)
        for start, end, names, _ in hits:
            for name in names:
                if " " in name.label:
                    spelled[name.iri].add(text[start:end])
        barred = [(start, end, text[start:end]) for start, end, _, against in hits if against]
        reading = _Reading(shadow, text, countries, self._lexicon, barred, spelled, text.strip("\"'.,; "))
        reading.other = other_expansions(shadow, hits)
        reading.ends = {end for _, end, names, against in hits if names and not against}
        judged = [(start, end, names, reading.decide(start, end, names)) for start, end, names, against in hits if not against]
        reading.sure = sorted((item for *_, item in judged if item), key=lambda item: item.start)
        named = [item for start, end, names, found in judged if (item := found or reading.beside(start, end, names))]
        return [*named, *reading.long_titles()]


@dataclass
class _Reading:
    shadow: Shadow
    text: str
    countries: Jurisdiction
    lexicon: Lexicon
    barred: list[tuple[int, int, str]]
    spelled: dict[str, set[str]]
    alone: str
    seen: dict[str, bool] = field(default_factory=dict)
    other: set[tuple[str, str]] = field(default_factory=set)
    sure: list[Found] = field(default_factory=list)
    company: bool = False
    ends: set[int] = field(default_factory=set)

    def decide(self, start: int, end: int, names: tuple[Name, ...]) -> Found | None:
        """Return the mention, or None where something speaks against it."""
        stop = self._end(end)
        if stop is None or self._addressed(start, end):
            return None
        end = stop
        kept: list[tuple[float, Name, tuple[str, ...]]] = []
        for name in names:
            if judged := self._judge(start, end, name):
                kept.append((judged[0], name, judged[1]))
        if not kept:
            return None
        surface = self.shadow.surface(start, end)
        kept.sort(key=lambda item: (-item[0], -item[1].weight, surface != item[1].label, item[1].slug))
        score, best, reasons = kept[0]
        rivals = [name for other, name, _ in kept[1:] if other == score and name.type == best.type and name.weight == best.weight]
        if rivals:
            score, reasons = round(score - 0.15, 2), (*reasons, f"{len(rivals) + 1} things have this name")
        candidates = tuple(Candidate(name.iri, other, name.label) for other, name, _ in kept)
        start, end = trimmed(self.shadow, self.text, start, end)
        return Found(start, end, best.type, best.iri, best.label, score, reasons, candidates)

    def long_titles(self) -> list[Found]:
        """Return the titles of programmes that are known by their years and most of their words."""
        return [
            Found(start, end, "programme", iri, label, _LIKE, ("most words and the years of a title",), (Candidate(iri, _LIKE, label),))
            for start, end, iri, label in self.lexicon.periods.find(self.shadow.text)
        ]

    def _neighbours(self, at: int) -> list[Found]:
        place = bisect_left(self.sure, at, key=lambda found: found.start)
        return self.sure[max(0, place - 2) : place + 2]

    def beside(self, start: int, end: int, names: tuple[Name, ...]) -> Found | None:
        """Return the mention of an ambiguous name that stands in one row with a sure name of its type, of an index near another."""
        if len(names) == 1 and names[0].exact and names[0].type == "indicator":
            if not any(found.type == "indicator" and abs(found.start - start) < _AMONG for found in self._neighbours(start)):
                return None
            return self._in_company(start, end, names)
        ambiguous = tuple(name for name in names if name.ambiguous)
        types = {name.type for name in ambiguous}
        row = [found for found in self._neighbours(start) if found.type in types] if ambiguous else []
        if not any(_ROW.fullmatch(self.text, found.end, start) or _ROW.fullmatch(self.text, end, found.start) for found in row):
            return None
        return self._in_company(start, end, ambiguous)

    def _in_company(self, start: int, end: int, names: tuple[Name, ...]) -> Found | None:
        self.company = True
        found = self.decide(start, end, names)
        self.company = False
        return found

    def _end(self, end: int) -> int | None:
        """Return the end of the word that a name ends in, None where what follows is no ending."""
        text = self.text
        after = text[end : end + 1]
        if not after or not (after.isalnum() or after in "_-'"):
            return end
        if _PLURAL.match(text, end) and "a" <= text[end - 1] <= "z":
            return end + 1
        if found := ending().match(text, end):
            if after in "-'" and (not found.group()[1:] or self._latin_tail(end)):
                return end
            return found.end()
        return (
            end
            if after in "-'" and not text[end + 1 : end + 2].isalnum()
            else (end if after == "'" else None if after != "-" else self._dashed(end))
        )

    def _latin_tail(self, end: int) -> bool:
        """Say whether a Latin letter follows the hyphen or apostrophe (Kazakhstan's): no Kazakh or Russian ending."""
        original = self.shadow.surface(end + 1, end + 2)
        return "a" <= original.lower() <= "z"

    def _dashed(self, end: int) -> int | None:
        return None if self.text[end + 1 : end + 2].isalpha() else end

    def _addressed(self, start: int, end: int) -> bool:
        left, right = self.text.rfind(" ", max(0, start - _TOKEN), start) + 1, self.text.find(" ", end, end + _TOKEN)
        left = left or max(0, start - _TOKEN)
        right = right if right >= 0 else min(len(self.text), end + _TOKEN)
        if right - left > end - start:
            for found in _ADDRESS.finditer(self.shadow.text, left, right):
                if found.start() <= start and end <= found.end():
                    return found.span() != (start, end) or "." not in self.text[start:end]
        before, after = self.text[max(0, start - 1) : start], self.text[end : end + 2]
        return (
            before in ("/", "@", ".", "\\", "-", "#", "$")
            and before != ""
            and not (before == "/" and (self.text[start - 2 : start - 1] == " " or self._alternative(start)))
        ) or (after[:1] in ("@", "\\", "=") or (after[:1] in "./" and after[1:2].isalnum() and after[:1] != "/"))

    def _alternative(self, start: int) -> bool:
        """Say whether a slash before a name stands between alternatives, not in a path: behind another name or an abbreviation."""
        return start - 1 in self.ends or bool(_SHORT_BEFORE.search(self.shadow.surface(max(0, start - 12), start)))

    def _judge(self, start: int, end: int, name: Name) -> tuple[float, tuple[str, ...]] | None:
        surface = self.shadow.surface(start, end)
        reasons = [f"name of {name.slug}"]
        if any(first <= start and end <= last and name.iri in self.lexicon.against[form] for first, last, form in self.barred):
            return None
        if self._named_otherwise(name) or self._other_thing(start, end) or (self.text[start:end], name.iri) in self.other:
            return None
        quoted = self._quoted(start, end)
        trigger = near_pattern(name.type).search(self.text, max(0, start - _NEAR), start) or near_pattern(name.type).search(
            self.text, end, end + _NEAR
        )
        if not self._cased(surface, name, bool(quoted), bool(trigger)):
            return None
        if name.ambiguous and not quoted and surface.islower() and not self._said_to_be(start, end, name):
            return None
        common = name.exact and is_national(name.label, name.slug)
        brand = name.brand and not name.exact
        if name.type in _BY_COUNTRY and abroad(self.text, start, end, self.countries, brand=brand, common=common):
            return None
        if name.ambiguous and " " not in surface and not quoted and self._person(start, end):
            return None
        if name.ambiguous and not quoted and self._longer(start, name):
            return None
        if name.type == "programme" and firm_pattern().search(self.text, max(0, start - 40), start):
            return None
        score = name.weight
        if quoted:
            reasons.append("in quotes")
        if trigger:
            reasons.append(f"“{self.shadow.surface(*trigger.span())}” near")
        alone = self.alone == self.text[start:end]
        if (name.ambiguous or (name.exact and len(name.label) <= _SHORT and name.type != "model")) and not alone:
            spelled = bool(self.spelled.get(name.iri, set()) - {self.text[start:end]})
            enough = (
                trigger
                or spelled
                or self.company
                or self._of_the_country(name)
                or (quoted and self.text[start:end].strip() not in strict_names())
            )
            if not enough and not (name.ambiguous and self._certain(start, end, name)):
                return None
            if spelled:
                reasons.append("spelled out in the document")
            score -= _DOUBT
        return round(score, 2), tuple(reasons)

    def _of_the_country(self, name: Name) -> bool:
        """Say whether a name is an abbreviation in Cyrillic letters, in a document that speaks of Kazakhstan."""
        return name.exact and not name.ambiguous and not name.label.isascii() and self.countries.mostly_own

    def _said_to_be(self, start: int, end: int, name: Name) -> bool:
        """Say whether the word for what a name in small letters stands for is right beside it."""
        near = near_pattern(name.type)
        return bool(near.search(self.text, max(0, start - _BESIDE), start) or near.search(self.text, end, end + _BESIDE))

    def _certain(self, start: int, end: int, name: Name) -> bool:
        """Say whether an ambiguous name of several words stands in a document that speaks of Kazakhstan, with its capitals."""
        words = self.shadow.surface(start, end).split()
        if name.type == "organisation":
            return len(words) > 1 and words[0][0].isupper() and self.countries.mostly_own and self._spoken(start, end)
        return name.type in _BY_COUNTRY and len(words) > 1 and all(word[0].isupper() for word in words) and self._spoken(start, end)

    def _longer(self, start: int, name: Name) -> bool:
        """Say whether an English name is the end of a longer one: Resilient Digital Kazakhstan."""
        before = _CAPITAL.search(self.shadow.surface(max(0, start - 30), start)) if name.label.isascii() else None
        return bool(before) and not near_pattern(name.type).search(fold(before.group(1)))  # type: ignore[union-attr]

    def _person(self, start: int, end: int) -> bool:
        """Say whether a single word stands beside another with a capital, as first and last names do."""
        behind, before = _NEXT.match(self.text, end), _PREVIOUS.search(self.text, max(0, start - 30), start)
        if near_pattern("system").match(self.text, end + 1):
            return False
        return bool(behind and self.shadow.surface(behind.start(1), behind.start(1) + 1).isupper()) or bool(
            before
            and before.start(1) > 0
            and self.text[before.start(1) - 2 : before.start(1)].strip(" .\n")
            and self.shadow.surface(before.start(1), before.start(1) + 1).isupper()
            and not any(near_pattern(type_).match(self.text, before.start(1)) for type_ in ("system", "organisation"))
        )

    def _spoken(self, start: int, end: int) -> bool:
        return any(last <= start or first >= end for first, last in self.countries.own_in(max(0, start - 200), end + 200))

    def _named_otherwise(self, name: Name) -> bool:
        """Say whether the document spells out another thing under this abbreviation."""
        if not name.exact:
            return False
        if name.iri not in self.seen:
            rests = (re.sub(r"[^\w ]+", " ", form.replace(fold(name.label), " ")).strip() for form in self.lexicon.barring[name.iri])
            self.seen[name.iri] = any(len(rest.split()) > 1 and rest in self.text for rest in rests)
        return self.seen[name.iri]

    def _other_thing(self, start: int, end: int) -> bool:
        before, behind = other_thing_patterns()
        return bool(before.search(self.text, max(0, start - 40), start) or behind.match(self.text, end))

    def _quoted(self, start: int, end: int) -> bool:
        before, after = self.text[max(0, start - 2) : start].strip(), self.text[end : end + 2].strip()
        return before[-1:] in ('"', "'") and after[:1] in ('"', "'") and bool(before and after)

    def _cased(self, surface: str, name: Name, quoted: bool, trigger: bool) -> bool:
        if name.exact:
            return sum(char.isupper() for char in surface) >= sum(char.isupper() for char in name.label)
        if quoted or name.brand:
            return True
        if len(surface.split()) == 1:
            return "-" in name.label.strip("-") or any(part[:1].isupper() for part in surface.split("-"))
        if name.proper and surface.islower():
            return trigger or len(surface.split()) >= _LONG
        return True
