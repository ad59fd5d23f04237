"""Where a name ends and what is only said about it: generic nouns around a quoted name are left out of a mention."""

from __future__ import annotations

import re
from functools import cache

from kg.linking.inflecting import ending, russian_forms
from kg.linking.patterns import compiled, data, either
from kg.linking.shadow import QUOTE, Shadow, fold

_ABBREVIATION = re.compile(r"(?!ГБД|SDB)[A-ZА-ЯЁ]{2,4}")
"""What stands before a quoted name in short: НПП «Атамекен», НУХ «Байтерек»; a state database's quoted part means something else."""
_SHORT = 3


@cache
def _heads() -> re.Pattern[str]:
    words = data("names.toml")
    forms = {fold(form) for head in (*words["heads"], *words["forms"]) for form in russian_forms(head)}
    return compiled(rf"(?:{either(re.escape(form) for form in forms)}(?:{ending().pattern})?[ ,-]*)+")


def trimmed(shadow: Shadow, text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch of a name: of «стратегия «Казахстан-2050»» the quoted part; of «шлюз «электронного правительства»» all.

    `text` is the shadow's text with all quotes alike. Only a part that begins with a capital is a name of its own, and only
    where nothing but generic nouns (`heads`) stands around it. A quote that is opened in a name is closed in it.
    """
    opened = text.find(QUOTE, start, end)
    if opened < 0:
        return start, end
    first, last = _inner(text, start, end, opened)
    around = (text[start : max(start, first - 1)].strip(), text[last + 1 : end].strip())
    if any(around) and shadow.surface(first, first + 1).isupper():
        short = last - first > _SHORT and _ABBREVIATION.fullmatch(shadow.surface(start, max(start, first - 1)).strip())
        if all(not part or _heads().fullmatch(part) or (short and part == around[0]) for part in around):
            return first, last
    if text.count(QUOTE, start, end) % 2:
        if text[end : end + 1] == QUOTE and text[start - 1 : start] != QUOTE:
            return start, end + 1
        twice = text[start - 2 : start] == 2 * QUOTE
        if text[start - 1 : start] == QUOTE and (twice or text[end : end + 1] != QUOTE) and opened > start:
            return start - 1, end
    return start, end


def _inner(text: str, start: int, end: int, opened: int) -> tuple[int, int]:
    """Return the quoted part of a name one of whose quotes may stand outside of it."""
    closed = text.rfind(QUOTE, start, end)
    if closed > opened:
        return opened + 1, closed
    if text[start - 1 : start] == QUOTE:
        return start, opened
    return opened + 1, end
