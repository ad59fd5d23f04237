"""What stands around a name and decides whether it is meant: words for its kind, other things of its name, other countries."""

from __future__ import annotations

import re
from functools import cache

from kg.linking.jurisdiction import Jurisdiction
from kg.linking.patterns import compiled, data, either
from kg.linking.shadow import fold

_OWNED = compiled(r"(?: of(?: the)?)? (?:республики казахстан|рк|казахстана|republic of kazakhstan|kazakhstan)(?!\w)")
_OWNER = compiled(r"(?:.s)?(?: (?:республикасы|федерациясы)\w*| (?:republic|federation)(?:.s)?)? ?")
_BROKEN = re.compile(r"[.;:!?,]|\band\b")
_BESIDE, _AROUND, _BEFORE = 40, 200, 45


@cache
def near_pattern(type_: str) -> re.Pattern[str]:
    """Return the pattern of the words that make an ambiguous name of a type certain."""
    return compiled(rf"(?<!\w){either(data('names.toml')['triggers'][type_])}(?!\w)")


@cache
def generic_pattern() -> re.Pattern[str]:
    """Return the pattern of the words with which names begin that every country has."""
    return compiled(either(data("names.toml")["generic"]))


@cache
def other_thing_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of what stands before and behind other things of the same name: a station, a club, a newspaper."""
    other = data("names.toml")["other"]
    before = compiled(rf"(?<!\w){either(other['before'])}(?:[ -]+(?:на|по|the|of|имени))?[\"']?[ :-]*[\"«']? ?$")
    behind = compiled(rf" ?[\"»']? ?[:-]? ?(?:\d{{4}} ?)?(?:(?:{either(other['between'])}) )?{either(other['behind'])}(?!\w)")
    return before, behind


@cache
def firm_pattern() -> re.Pattern[str]:
    """Return the pattern of the words for firms, right before a place: a programme's name in quotes behind them is theirs."""
    return compiled(rf"(?<!\w){either(data('names.toml')['other']['firms'])} [\"'] ?$")


@cache
def strict_names() -> frozenset[str]:
    """Return the names that quotes alone do not make certain."""
    return frozenset(fold(word) for word in data("names.toml")["quotes_are_not_enough"])


def is_national(label: str, slug: str) -> bool:
    """Say whether an abbreviation in Cyrillic letters is one that bodies of other countries may have, too: ЦОН, МВД; not ООН."""
    return not label.isascii() and slug.partition("/")[2] not in data("names.toml")["international"]


def abroad(text: str, start: int, end: int, countries: Jurisdiction, *, brand: bool, common: bool = False) -> bool:
    """Say whether a name stands for another country's body, system or programme; `common`: every country may have one of this name."""
    behind, own = countries.foreign_in(end, end + _BESIDE), countries.own_in(end, end + _BESIDE)
    before = countries.foreign_in(max(0, start - _BEFORE), start)
    if before and _OWNER.fullmatch(text, before[-1][1], start):
        return True
    if behind and (not own or behind[0][0] < own[0][0]) and not _BROKEN.search(text, end, behind[0][0]):
        return True
    if brand or countries.own_in(start, end) or (own and _OWNED.match(text, end)) or not (common or generic_pattern().match(text, start)):
        return False
    around = countries.foreign_in(max(0, start - _AROUND), start) or countries.foreign_in(end, end + _AROUND)
    return bool(around) and not countries.mostly_own
