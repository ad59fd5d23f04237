"""Which country or region a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ahocorasick

from kg.importing.countries import countries
from kg.linking.inflecting import kazakh_forms, russian_forms

OWN = "KAZ"
UNKNOWN = ""
_OWN_WORDS = re.compile(
    r"\b(?:Kazakhstan(?:i|['’]s)?|RK|РК|ҚР|Казахстан(?:а|у|ом|е)?|казахстанск\w+|Қазақстан(?:ның|ға|да|ды|нан|дағы)?|қазақстандық\w*)\b"
)
_HOME = re.compile(
    r"\b(?:our country|our republic|the republic|наш\w* стран\w+|наш\w* республик\w+|республик(?:а|и|е|у|ой)(?! [А-ЯЁ])"
    r"|елім\w+|республикамыз\w*)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:Central Asia\w*|CIS|OECD|ОЭСР|СНГ|ТМД|ЭЫДҰ|Европ\w+|Europe\w*|Азии|Asia\w*|world average|regional average|regions?"
    r"|oblasts?|област\w+|облыс\w+|"
    r"регион\w+|город\w*|сел[аьоеу]\w*|ауыл\w*|қала\w*|аймақ\w*|өңір\w*|urban|rural|cit(?:y|ies)|district\w*|neighbou?r\w*"
    r"|сосед\w+|countries of|страны? мира|leaders?|лидер\w*)\b",
    re.IGNORECASE,
)
_SHORTEST = 4


@dataclass(frozen=True)
class AreaMention:
    """A country, region or group of such at a place; `area` is the slug, empty for one that the graph does not have."""

    area: str
    start: int
    end: int


class Areas:
    """All countries by name, and the graph's own areas."""

    def __init__(self, known: Mapping[str, Iterable[str]]) -> None:
        self._automaton = ahocorasick.Automaton()
        every = {country.alpha3: set(country.names.values()) for country in countries().values()}
        for area, names in known.items():
            every.setdefault(area, set()).update(names)
        for area, names in every.items():
            for name in names if area != OWN else ():
                for form in {name, *russian_forms(name), *kazakh_forms(name)}:
                    if len(form) >= _SHORTEST or form.isupper():
                        self._automaton.add_word(form, (len(form), area))
        self._automaton.make_automaton()

    def found(self, text: str, start: int, end: int) -> list[AreaMention]:
        """Return the areas named between two places, in order, the longest where names overlap."""
        sentence = text[start:end]
        found = [AreaMention(OWN, start + m.start(), start + m.end()) for m in _OWN_WORDS.finditer(sentence)]
        for last, (length, area) in self._automaton.iter(sentence):
            first = last + 1 - length
            if first == 0 or not sentence[first - 1].isalnum():
                found.append(AreaMention(area, start + first, start + last + 1))
        found += [AreaMention(UNKNOWN, start + m.start(), start + m.end()) for m in _OTHERS.finditer(sentence)]
        if not found:
            found = [AreaMention(OWN, start + m.start(), start + m.end()) for m in _HOME.finditer(sentence)]
        kept: list[AreaMention] = []
        for area in sorted(found, key=lambda mention: (mention.start - mention.end, mention.start, mention.area == UNKNOWN)):
            if not any(area.start < other.end and other.start < area.end for other in kept):
                kept.append(area)
        return sorted(kept, key=lambda mention: mention.start)
