"""Long titles that end or begin with their years: «Programme … for 2005–2007», however a translator words them.

Official titles of programmes are translated anew in every document; their years and most of their words stay. A stretch
from a word for a programme to the years of one counts as its name where most word stems are those of a known title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kg.linking.grammar import foreign_country
from kg.linking.patterns import compiled
from kg.linking.shadow import fold
from kg.linking.things import Thing

_YEAR = r"(?:19|20)\d\d"
_PERIOD = compiled(
    rf"(?<!\d)(?P<from>{_YEAR}) ?(?:-|to|по|and) ?(?P<to>{_YEAR})(?!\d)(?P<kk> жылдар\w*)?(?: ?(?:годы|годов|гг\.?|years))?"
    rf"|(?:до|until|to|till|by|through|up to)(?: the)?(?: year)? (?P<until>{_YEAR})(?: ?(?:года|г\.))?(?!\d)"
    rf"|(?<!\d)(?P<before>{_YEAR}) жылға дейінгі"
)
_HEAD = compiled(
    r"(?<![\w-])(?:(?:государственн\w{2,3}|национальн\w{2,3}|комплексн\w{2,3}|state|national|government|comprehensive) )*"
    r"(?:программ\w{0,3}|концепци\w{0,2}|стратеги\w{0,2}|план\w{0,2}|programmes?|programs?|concepts?|strateg(?:y|ies)|plans?)(?!\w)"
)
_KAZAKH_HEAD = compiled(r"(?:бағдарлама|тұжырымдама|стратегия|жоспар)\w*")
_OWN = compiled(r"қазақстан республикасы\w{0,4} (?:[\w-]+ ){0,8}$")
_WORD = re.compile(r"[^\W\d_]{4,}")
_STOP = re.compile(r"[;!?]|\. (?=[^\W\d_]{3,})")
_FAR, _NEAR, _STEM, _FEW = 300, 40, 5, 3
_ALIKE = 0.65


class Periods:
    """The titles of programmes that name years, by those years."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._titles: dict[str, list[tuple[frozenset[str], str, str]]] = defaultdict(list)
        for thing in things:
            for property, text, _ in thing.names if thing.type == "programme" else ():
                plain = fold(text)
                found = _PERIOD.search(plain)
                if property.endswith("Label") and found and len(_stems(plain)) >= _FEW:
                    self._titles[_years(found)].append((_stems(plain), thing.iri, text))

    def find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Yield start, end, IRI and label of the titles in a shadow's text."""
        for found in _PERIOD.finditer(text) if self._titles else ():
            titles = self._titles.get(_years(found))
            if not titles:
                continue
            stretches = _kazakh(text, found) if found.group("kk") or found.group("before") else _before(text, found)
            alike = (
                (_likeness(_stems(text[start:end]), stems), end - start, start, end, iri, label)
                for start, end in stretches
                for stems, iri, label in titles
            )
            likeness, _, start, end, iri, label = max(alike, default=(0.0, 0, 0, 0, "", ""))
            if likeness >= _ALIKE and not foreign_country().search(text, start, end + _NEAR):
                yield start, end, iri, label


def _years(found: re.Match[str]) -> str:
    return f"{found.group('from')}-{found.group('to')}" if found.group("from") else found.group("until") or found.group("before")


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.group()[:_STEM] for word in _WORD.finditer(text))


def _likeness(some: frozenset[str], other: frozenset[str]) -> float:
    return len(some & other) / len(some | other) if some else 0.0


def _before(text: str, period: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the stretches from a word for a programme to the years, within a sentence."""
    floor = max(0, period.start() - _FAR)
    floor = max((stop.end() for stop in _STOP.finditer(text, floor, period.start())), default=floor)
    yield from ((head.start(), period.end()) for head in _HEAD.finditer(text, floor, period.start()))


def _kazakh(text: str, period: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the stretches from the years, or the country's name before them, to a word for a programme."""
    stop = _STOP.search(text, period.end(), period.end() + _FAR)
    last = stop.start() if stop else period.end() + _FAR
    own = _OWN.search(text, max(0, period.start() - _FAR // 3), period.start())
    for head in _KAZAKH_HEAD.finditer(text, period.end(), last):
        yield period.start(), head.end()
        if own:
            yield own.start(), head.end()
