"""Codes cited by name: «Налоговый кодекс РК», Tax Code, «Салық кодексі», «НК РК»; and the Constitution."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kg.linking.citation import Citation
from kg.linking.grammar import OWN, kind_pattern, own_name
from kg.linking.patterns import compiled, data, either

_OFFENCES = {
    "ru": r"кодекс\w{0,2}(?: республики казахстан| рк)? об административных (?:правонарушениях|правонарушениях)",
    "en": r"(?:code (?:of|on) administrative (?:offen[cs]es|violations|infractions)|administrative (?:offen[cs]es|violations) code)",
    "kk": r"әкімшілік құқық бұзушылық(?:тар)? туралы(?: қазақстан республикасының)? ?[\"»]? кодекс\w*",
}
_HEALTH = {
    "ru": r"кодекс\w{0,2}(?: республики казахстан| рк)? о здоровье народа и системе здравоохранения",
    "en": r"code on public health and (?:the )?health ?care system",
    "kk": r"халық денсаулығы және денсаулық сақтау жүйесі туралы[\"»]? кодекс\w*",
}


@dataclass(frozen=True)
class Code:
    """A code known by name: its place in the data, and the identifiers of its versions, the newest first."""

    key: str
    acts: tuple[str, ...]


@cache
def known_codes() -> dict[str, Code]:
    """Return the codes by key."""
    found = {entry["en"]: Code(entry["en"], tuple(entry["acts"])) for entry in data("codes.toml")["code"]}
    found["offences"] = Code("offences", ("K1400000235", "K010000155_"))
    found["health"] = Code("health", ("K2000000360", "K090000193_"))
    return found


@cache
def _before(language: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(entry["en"], compiled(rf"(?<![\w-])(?:{entry[language]}) $")) for entry in data("codes.toml")["code"]]


def code_before(shadow: str, at: int, languages: Sequence[str] = ("ru", "en", "kk")) -> tuple[str, int] | None:
    """Return the key of the code whose name ends before the word «code», and where that name begins."""
    for language in languages:
        for key, pattern in _before(language):
            if found := pattern.search(shadow, max(0, at - 60), at):
                return key, found.start()
    return None


@cache
def _special() -> re.Pattern[str]:
    parts = [rf"(?P<offences>{either(_OFFENCES.values())}|коап рк)", rf"(?P<health>{either(_HEALTH.values())})"]
    entries = data("codes.toml")["code"]
    parts += [rf"(?P<s{number}>{either(entry['short'])} рк)" for number, entry in enumerate(entries) if "short" in entry]
    return compiled(rf"(?<![\w-])(?:{'|'.join(parts)})(?!\w)")


def read_codes(shadow: str) -> Iterator[Citation]:
    """Yield codes cited by abbreviation or long name, and Kazakh names of codes."""
    entries = data("codes.toml")["code"]
    for found in _special().finditer(shadow):
        group = found.lastgroup or ""
        key = entries[int(group[1:])]["en"] if group[1:].isdigit() else group
        start, end, country = _with_country(shadow, found.start(), found.end())
        yield Citation(start, end, "ru", "code", OWN if shadow[:end].endswith(" pk") else country, code=key, after=end)
    for found in kind_pattern("kk").finditer(shadow):
        if found.lastgroup == "code" and (named := code_before(shadow, found.start())):
            start, end, country = _with_country(shadow, named[1], found.end())
            yield Citation(start, end, "kk", "code", country, code=named[0], after=end)


_OWN_BEFORE = compiled(r"(?<![\w-])(?:қазақстан республикасы(?:ның)?|қр)[ \"«]{1,3}$")


def _with_country(shadow: str, start: int, end: int) -> tuple[int, int, str]:
    """Return the stretch with the country's name in front of or behind it."""
    if before := _OWN_BEFORE.search(shadow, max(0, start - 32), start):
        return before.start(), end, OWN
    lead = _OF.match(shadow, end)
    if lead and (own := own_name().match(shadow, lead.end())):
        return start, own.end(), OWN
    return start, end, ""


_OF = re.compile(r" (?:of (?:the )?)?")
