"""Further items under one kind word: «законами РК от … № …, от … № …», «2014.07.03 № 227-V (…), … Заңдарымен»."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.linking.citation import Citation
from kg.linking.dates import Day, read_date
from kg.linking.grammar import foreign_country, kind_pattern
from kg.linking.numbers import Number, number_of, read_number
from kg.linking.patterns import compiled
from kg.linking.shadow import Shadow
from kg.linking.titles import plain_title, title_end

_REMARK = re.compile(r"\)? ?\([^()]{2,300}(?:\([^()]{1,80}\)[^()]{0,200})?\)")
_JOINT = compiled(r" ?(?:зрк)?\)?(?:[,;]|,? и|,? а также|,? and|,? и в|,? also| және| мен)+ (?:(?:of|от|dated|from) )?")
_BODY = compiled(r"(?:[^\W\d_][\w-]*[ ,]+){1,16}?(?=от \d|от «|№|no\.? ?\d|dated|of \d)")
_DATE_LEAD = compiled(r"(?:от |dated |of |from )")
_BETWEEN = re.compile(r"[ ,]{0,2}(?:of |от |dated )?".translate(str.maketrans("от", "ot")))
_LIMIT = 60


def further(whole: Shadow, first: Citation) -> list[Citation]:
    """Return the items that follow a citation with a number in a list, each with its own number, and date where it has one."""
    items: list[Citation] = []
    if first.country not in ("", "KZ"):
        return items
    if not first.number:
        return _titles(whole, first)
    at = first.after or first.end
    while len(items) < _LIMIT:
        item = _next(whole, at, first)
        if item is None:
            return items
        items.append(item)
        at = item.after
    return items


def _titles(whole: Shadow, first: Citation) -> list[Citation]:
    """Return the further titles of «законы РК «О связи», «Об информатизации»», each with the date before it."""
    items: list[Citation] = []
    at = first.end
    while first.title and (joint := _JOINT.match(whole.text, at)):
        lead = _DATE_LEAD.search(joint.group())
        start = joint.start() + lead.start() if lead else joint.end()
        day, opened = read_date(whole.text, joint.end()) or (Day(), joint.end())
        opened += whole.text[opened : opened + 1] == " "
        end = title_end(whole.text, opened)
        if not end or (lead and not day.year):
            return items
        title = plain_title(whole.text[opened:end])
        items.append(replace(first, start=start, end=end, title=title, day=day, follows=True, after=end))
        at = end
    return items


def _next(whole: Shadow, at: int, first: Citation) -> Citation | None:
    shadow = whole.text
    if (opened := at + (shadow[at : at + 1] == " ")) and (closed := title_end(shadow, opened)):
        at = closed
    while remark := _REMARK.match(shadow, at):
        at = remark.end()
    joint = _JOINT.match(shadow, at)
    if not joint:
        return None
    lead = _DATE_LEAD.search(joint.group())
    start = joint.start() + lead.start() if lead else joint.end()
    at = joint.end()
    if first.kind == "order" and not lead and (body := _BODY.match(shadow, at)):
        if kind_pattern(first.language).search(body.group()) or foreign_country().search(body.group()):
            return None
        start = at = body.end()
        if lead := _DATE_LEAD.match(shadow, at):
            at = lead.end()
    day, number, end, after = _pair(whole, at)
    if not number or not (day.whole or (number.session and first.kind == "law")):
        return None
    kind = kind_pattern("kk").match(shadow, after + 1) if first.language == "kk" else None
    end, after = (kind.end(), kind.end()) if kind else (end, after)
    return replace(first, start=start, end=end, number=number, day=day, title="", registration="", follows=True, after=after)


def _pair(whole: Shadow, at: int) -> tuple[Day, Number | None, int, int]:
    """Return date and number in either order, the end of the last, and of what belongs behind it."""
    shadow, day, number, end, after = whole.text, Day(), None, at, at
    for _ in range(2):
        lead = _BETWEEN.match(shadow, after)
        assert lead
        place = lead.end() if end > at else after
        if not day.year and (read := read_date(shadow, place)):
            day, end = read
            after = end
        elif not number and (found := read_number(shadow, place)):
            number = number_of(whole.surface(found[0], found[1]), crimean=found[3])
            end, after = found[1], found[2]
        else:
            break
    return day, number, end, after
