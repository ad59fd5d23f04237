"""Long titles that end or begin with their years: «Programme … for 2005–2007», however a translator words them.

Official titles of programmes are translated anew in every document; their years and most of their words stay. A stretch
from a word for a programme to the years of one counts as its name where most word stems are those of a known title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from kg.linking.grammar import foreign_country
from kg.linking.patterns import compiled, data
from kg.linking.shadow import fold
from kg.linking.things import Thing

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TO = compiled(r" ?(?:-|to|по|and) ?((?:19|20)\d\d)(?!\d)( жылдар\w*)?(?: ?(?:годы|годов|гг\.?|years))?")
_UNTIL = compiled(r"(?:до|until|to|till|by|through|up to)(?: the)?(?: year)? $")
_UNTIL_END = compiled(r" ?(?:года|г\.)")
_KAZAKH_UNTIL = compiled(r" жылға дейінгі")
_HEAD = compiled(
    r"(?<![\w-])(?:(?:государственн\w{2,3}|национальн\w{2,3}|комплексн\w{2,3}|state|national|government|comprehensive) )*"
    r"(?:программ\w{0,3}|концепци\w{0,2}|стратеги\w{0,2}|план\w{0,2}|programmes?|programs?|concepts?|strateg(?:y|ies)|plans?)(?!\w)"
)
_KAZAKH_HEAD = compiled(r"(?:бағдарлама|тұжырымдама|стратегия|жоспар)\w*")
_OWN = compiled(r"қазақстан республикасы\w{0,4} (?:[\w-]+ ){0,8}$")
_WORD = re.compile(r"[^\W\d_]{4,}")
_STOP = re.compile(rf"[;!?]|\. (?=[^\W\d_]{{3,}})|[»\"], |, (?={_HEAD.pattern})")
_FAR, _NEAR, _LEAD, _STEM, _FEW = 300, 40, 18, 5, 3
_ALIKE = 0.65


@dataclass(frozen=True)
class _Period:
    """Years and where they stand; `leads`: they stand before the title's words, as in Kazakh."""

    start: int
    end: int
    years: str
    leads: bool


class Periods:
    """The titles of programmes that name years, by those years."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._titles: dict[str, list[tuple[frozenset[str], str, str]]] = defaultdict(list)
        for thing in things:
            for property, text, _ in thing.names if thing.type == "programme" else ():
                plain = fold(text)
                found = next(_periods(plain), None) if property.endswith("Label") else None
                if found and len(_stems(plain)) >= _FEW:
                    self._titles[found.years].append((_stems(plain), thing.iri, text))

    def find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Yield start, end, IRI and label of the titles in a shadow's text."""
        for found in _periods(text) if self._titles else ():
            titles = self._titles.get(found.years)
            if not titles:
                continue
            stretches = _kazakh(text, found) if found.leads else _before(text, found)
            alike = (
                (_likeness(_stems(text[start:end]), stems), end - start, start, end, iri, label)
                for start, end in stretches
                for stems, iri, label in titles
            )
            likeness, _, start, end, iri, label = max(alike, default=(0.0, 0, 0, 0, "", ""))
            if likeness >= _ALIKE and not foreign_country().search(text, start, end + _NEAR):
                yield start, end, iri, label


def _periods(text: str) -> Iterator[_Period]:
    """Yield the periods and last years that a text names."""
    last = 0
    for year in _YEAR.finditer(text):
        start, end = year.span()
        if start < last:
            continue
        if to := _TO.match(text, end):
            last = to.end()
            yield _Period(start, last, f"{year.group()}-{to.group(1)}", leads=bool(to.group(2)))
        elif ahead := _KAZAKH_UNTIL.match(text, end):
            yield _Period(start, ahead.end(), year.group(), leads=True)
        elif lead := _UNTIL.search(text, max(0, start - _LEAD), start):
            behind = _UNTIL_END.match(text, end)
            yield _Period(lead.start(), behind.end() if behind else end, year.group(), leads=False)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.group()[:_STEM] for word in _WORD.finditer(text))


def _likeness(some: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the stems of either that both have; 0 where they share too few of those that make a title its own."""
    own, others = some - _common(), other - _common()
    if len(own & others) * 2 < len(own | others):
        return 0.0
    return len(some & other) / len(some | other) if some else 0.0


@cache
def _common() -> frozenset[str]:
    return _stems(fold(" ".join(data("names.toml")["titles"])))


def _before(text: str, period: _Period) -> Iterator[tuple[int, int]]:
    """Yield the stretches from a word for a programme to the years, within a sentence."""
    floor = max(0, period.start - _FAR)
    floor = max((stop.end() for stop in _STOP.finditer(text, floor, period.start)), default=floor)
    yield from ((head.start(), period.end) for head in _HEAD.finditer(text, floor, period.start))


def _kazakh(text: str, period: _Period) -> Iterator[tuple[int, int]]:
    """Yield the stretches from the years, or the country's name before them, to a word for a programme."""
    stop = _STOP.search(text, period.end, period.end + _FAR)
    last = stop.start() if stop else period.end + _FAR
    own = _OWN.search(text, max(0, period.start - _FAR // 3), period.start)
    for head in _KAZAKH_HEAD.finditer(text, period.end, last):
        yield period.start, head.end()
        if own:
            yield own.start(), head.end()
