"""Laws cited by a known title without quotes: «закон о государственных услугах», Law on Public Services, «Байланыс туралы заң»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.linking.citation import Citation
from kg.linking.dates import Day, read_date
from kg.linking.grammar import OWN, kind_pattern, own_name
from kg.linking.patterns import compiled
from kg.linking.registry import Registry
from kg.linking.shadow import Shadow

_LONGEST = 16
_LEAD = compiled(
    r",? ?(?:(?:республики казахстан|рк|of (?:the )?(?:republic of kazakhstan|rk|kazakhstan)),? )?(?:о|об|обо|on|about)(?: the)? "
)
_ABOUT = compiled(r" туралы(?: ?[»\"])? (?:\d{4} жылғы \d{1,2} \w+ )?(?:(?:қазақстан республикасы(?:ның)?|қр) )?$")
_OWN_BEFORE = compiled(r"(?:қазақстан республикасы(?:ның)?|қр) $")
_WORD = re.compile(r"[^\W_]+")
_WORDS = {
    "ru": compiled(r"(?<![\w-])(?:(?P<law>(?:конституционн\w{2,3} )?закон(?:а|у|ом|е|ы|ов|ам|ами|ах)?)|(?P<code>кодекс\w{0,3}))(?=,? )"),
    "en": re.compile(r"(?<![\w-])(?:(?P<law>(?:constitutional )?laws?)|(?P<code>code))(?=,? )"),
}
_LAW = frozenset({"law", "code"})


def read_titles(shadow: Shadow, registry: Registry) -> Iterator[Citation]:
    """Yield citations in which a kind word and a known title stand side by side."""
    text = shadow.text
    for language in ("ru", "en"):
        for found in _WORDS[language].finditer(text):
            if lead := _LEAD.match(text, found.end()):
                words = _words_from(text, lead.end())
                if named := _longest(words, registry):
                    yield _cited(text, found, lead, language, *named)
    for found in _NAMED_LAW.finditer(text):
        words = _words_from(text, max(0, found.start() - 70), found.start())
        for first in range(len(words)):
            title = " ".join(word.group() for word in words[first:])
            if registry.has_title(title):
                start = words[first].start()
                if before := _MODIFIED.search(text, max(0, start - 30), start):
                    start = before.start()
                yield Citation(start, found.end(), "en", "law", OWN, title=title, after=found.end())
                break
    if " typaлы" in text:
        yield from _kazakh(text, registry)


_NAMED_LAW = compiled(r"(?<=[a-z] )law of (?:the )?(?:republic of kazakhstan|rk|kazakhstan)(?! no\b)(?!\w)")
"""An English name that ends in the word for a law: Personal Data Law of Kazakhstan."""


def _words_from(text: str, at: int, end: int | None = None) -> list[re.Match[str]]:
    words: list[re.Match[str]] = []
    for word in _WORD.finditer(text, at, end or at + 300):
        between = text[words[-1].end() : word.start()] if words else text[at : word.start()]
        if between.strip(" ,()-") or len(words) >= _LONGEST:
            break
        words.append(word)
    return words


def _longest(words: list[re.Match[str]], registry: Registry) -> tuple[str, int] | None:
    for count in range(len(words), 0, -1):
        title = " ".join(word.group() for word in words[:count])
        if registry.has_title(title):
            return title, words[count - 1].end()
    return None


def _cited(text: str, found: re.Match[str], lead: re.Match[str], language: str, title: str, end: int) -> Citation:
    own = own_name().search(lead.group()) or own_name().search(text, max(0, found.start() - 30), found.start())
    start = found.start()
    if before := _MODIFIED.search(text, max(0, start - 30), start):
        start = before.start()
    day = Day()
    if (dated := _DATED.match(text, end)) and (read := read_date(text, dated.end())):
        own = own or own_name().search(dated.group())
        day, end = read
    elif country := _OF_COUNTRY.match(text, end):
        own, end = country, country.end()
    elif year := _YEAR.match(text, end):
        day, end = Day(int(year.group(1))), year.end(1)
    return Citation(start, end, language, found.lastgroup or "law", OWN if own else "", day=day, title=title, after=end)


_DATED = compiled(
    r"(?: (?:of (?:the )?)?(?:республики казахстан|рк|republic of kazakhstan|rk|kazakhstan))?,?"
    r" (?:от|dated|of|from|as of)(?: the)? (?=[\w\"«])"
)
_OF_COUNTRY = compiled(r" (?:(?:республики казахстан|рк|казахстана)|of (?:the )?(?:republic of kazakhstan|rk|kazakhstan))(?!\w)")
_YEAR = re.compile(r" \(((?:19|20)\d\d)\)")
_MODIFIED = compiled(r"(?<![\w-])(?:rk|kazakhstani?) $")


_QUOTED_LAW = compiled(r"(?:(?<=туралы[»\"] )|(?<=туралы [»\"] ))(?P<law>заң)(?!\w)")
"""The word for a law without ending, which says only behind a title in quotes that one is cited."""


def _kazakh(text: str, registry: Registry) -> Iterator[Citation]:
    for found in (*kind_pattern("kk").finditer(text), *_QUOTED_LAW.finditer(text)):
        about = _ABOUT.search(text, max(0, found.start() - 70), found.start())
        if found.lastgroup not in _LAW or not about:
            continue
        closed = '"' in about.group() or "»" in about.group()
        words = list(_WORD.finditer(text, max(0, about.start() - 260), about.start()))[-_LONGEST:]
        for first in range(len(words)):
            title = " ".join(word.group() for word in words[first:])
            if registry.has_title(title):
                start = words[first].start()
                if closed:
                    opened = text[max(0, start - 2) : start].rstrip()
                    if opened[-1:] not in ("«", '"'):
                        break
                    start = text.rindex(opened[-1], 0, start)
                own = _OWN_BEFORE.search(text, max(0, start - 30), start)
                country = OWN if own or own_name().search(about.group()) else ""
                yield Citation(own.start() if own else start, found.end(), "kk", found.lastgroup, country, title=title, after=found.end())
                break
