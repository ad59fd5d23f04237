"""Read citations in which the kind of act stands before number, date and title: Russian, English, romanised Russian.

From the kind word on, a citation is read piece by piece (issuer and country, number, date, title, remarks in brackets) in
any order until a piece does not fit; its end is the end of the last number or date, or of the title where there is no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.linking.citation import Citation
from kg.linking.dates import Day, read_date, read_year
from kg.linking.grammar import OWN, Issuer, issuer_in, kind_pattern, own_name
from kg.linking.heads import Reading, begin_of, gap_end, read_head, read_late_issuer, read_late_title
from kg.linking.listing import further
from kg.linking.numbers import SIGN, number_of, read_number
from kg.linking.patterns import compiled
from kg.linking.shadow import Shadow, fold
from kg.linking.titles import plain_title, title_end

_DATE_LEAD = (
    r"(?:от|ot|dated(?: on)?|of|from|as of|on|(?:adopted|issued|signed|enacted|approved)(?: on)?|принят\w{0,4}|утвержд\w{2,6}|за|date)?"
)
_PIECE = compiled(rf"[ ,(\[:;-]*{_DATE_LEAD}(?: от)?:? ?(?:the )?")
_NUMBER_LEAD = compiled(r"[ ,:;-]*(?:[(\[] ?(?:(?:law|decree|resolution|order|закон|указ|приказ|постановление) )?(?:of the rk )?)?(?=.)")
_BRACKETS = re.compile(r" ?\([^()]{2,160}\)")
_TITLE_LEAD = re.compile(r"[ ,:-]{0,3}")
_TITLE_YEAR = re.compile(r" \(((?:19|20)\d\d)\)")
_YEAR_LEAD = re.compile(r"(?:, ?| ?\(| of | in | )")
_REGISTERED = compiled(r"[^.\"«»]{0,60}?(?:зарегистрирован|registered|тіркел)[^\"«»]{0,140}?(?:№|n|no\.?) ?(\d{3,6})(?![\d-])")
_HAS_SIGN = re.compile(r"[№\d]")


def read_citations(shadow: Shadow, language: str) -> Iterator[Citation]:
    """Yield the citations of a shadow that begin with a kind word of a language, those that follow in a list with them."""
    last = 0
    for found in kind_pattern(language).finditer(shadow.text):
        if found.start() < last:
            continue
        citation = read_from(shadow, found, language)
        if citation:
            last = max(citation.end, citation.after)
            yield citation
            for item in further(shadow, citation):
                last = max(item.end, item.after)
                yield item


def read_from(whole: Shadow, found: re.Match[str], language: str) -> Citation | None:
    """Return the citation whose kind word was found, None where nothing identifies an act."""
    assert found.lastgroup
    shadow = whole.text
    reading = Reading(whole, shadow, found.end(), found.end(), found.lastgroup, language, head=found.end())
    word = found.group()
    if word.endswith(("pk", "зpk")) or word.startswith("қp"):
        reading.country = OWN
    if word == _KAZAKH_RESOLUTION:
        reading.issuer = Issuer("government", "P")
    if word.startswith("п") and word.endswith("pk") and found.lastgroup == "resolution":
        reading.issuer = Issuer("government", "P")
        reading.unmarked = True
    if found.lastgroup in ("decree", "resolution", "directive", "order") and language == "en":
        reading.issuer = issuer_in(shadow, found.start(), found.end())
    start = begin_of(found.start(), reading)
    read_head(reading)
    for _ in range(6):
        if not (
            _number(reading)
            or _date(reading)
            or _title(reading)
            or _remark(reading)
            or read_late_issuer(reading)
            or read_late_title(reading)
        ):
            break
        if reading.number and reading.day.whole:
            break
    return _finished(reading, start)


def _number(reading: Reading) -> bool:
    if reading.number:
        return False
    lead = _NUMBER_LEAD.match(reading.shadow, reading.at)
    at = lead.end() if lead else reading.at
    if reading.unmarked and (bare := _UNMARKED.match(reading.shadow, reading.at)):
        reading.number, reading.number_text = number_of(bare.group(1)), bare.span(1)
        reading.at = reading.end = bare.end(1)
        return True
    for place in (at, reading.at, reading.at + 1):
        if found := read_number(reading.shadow, place, signed=reading.kind in _SIGNED):
            start, end, after, crimean = found
            reading.number = number_of(reading.whole.surface(start, end), crimean=crimean)
            reading.number_text = (start, end)
            reading.unsigned = not _SIGNED_BEFORE.search(reading.shadow, reading.at, start)
            reading.at, reading.end = after, end
            return True
    return False


_UNMARKED = compiled(r" (\d{2,4}(?:-\d)?)(?![\w/-]|\.\d| ?(?:год|г\.|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек))")
"""A number without № behind ППРК."""
_KAZAKH_RESOLUTION = fold("қрүқ")
_SIGNED = frozenset({"order", "decision", "directive", "constitution"})
_SIGNED_BEFORE = compiled(rf"{SIGN}\(?$")


def _date(reading: Reading) -> bool:
    if reading.day.year or reading.day.day:
        return False
    lead = _PIECE.match(reading.shadow, reading.at)
    assert lead
    for place in dict.fromkeys((lead.end(), reading.at, reading.at + 1)):
        if found := read_date(reading.shadow, place):
            day, end = found
            if not (day.year or reading.number):
                before = _NUMBER_LEAD.match(reading.shadow, end)
                if not before or not read_number(reading.shadow, before.end()):
                    return False
            reading.day = day
            reading.at = reading.end = end
            return True
    if reading.title and reading.kind in ("law", "code") and (behind := _TITLE_YEAR.match(reading.shadow, reading.at)):
        reading.day, reading.at = Day(int(behind.group(1))), behind.end(1)
        reading.end = reading.at
        return True
    if reading.number and (lead := _YEAR_LEAD.match(reading.shadow, reading.at)) and (year := read_year(reading.shadow, lead.end())):
        if lead.group() == " " and reading.language != "en":
            return False
        reading.day, reading.end = year
        reading.at = reading.end
        return True
    return False


def _title(reading: Reading) -> bool:
    if reading.title:
        return False
    lead = _TITLE_LEAD.match(reading.shadow, reading.at)
    assert lead
    end = title_end(reading.shadow, lead.end())
    if end is None or (reading.number and reading.day.whole):
        return False
    reading.title = (lead.end(), end)
    reading.at = end
    if not reading.number and not reading.day.year:
        stop = gap_end(reading.shadow, end, end + 120)
        if own := own_name().search(reading.shadow, end, min(end + 60, len(reading.shadow)) if stop is None else stop):
            between = reading.shadow[end : own.start()].strip(" ,")
            if between in ("", "of", "of the", "the", "in the"):
                reading.country, reading.head = OWN, own.end()
                reading.behind = own.end() if between in ("", "of", "of the") else 0
                after = _PIECE.match(reading.shadow, own.end())
                if after and (read_date(reading.shadow, after.end()) or read_number(reading.shadow, after.end())):
                    reading.at = own.end()
    return True


def _remark(reading: Reading) -> bool:
    """Skip a remark in brackets when number or date follow it."""
    if reading.number and reading.day.year:
        return False
    found = _BRACKETS.match(reading.shadow, reading.at)
    if not found or _HAS_SIGN.search(found.group()):
        return False
    after = _PIECE.match(reading.shadow, found.end())
    if after and (read_date(reading.shadow, after.end()) or read_number(reading.shadow, after.end())):
        reading.at = found.end()
        return True
    return False


_FOREIGN_NUMBER = re.compile(r"^(?:UP|PP|PKM|ZRU)-(?P<UZ>\d)|-(?:FZ|FKZ|RZ|OZ|KZ|ZRK(?:-\d{4})?)$|-(?P<BY>Z)$|-(?P<VN>(?:ND-)?CP)$")
"""Numbers as other countries write them: УП-6079, 152-ФЗ, 455-З, 13/2023/ND-CP."""


_OWN_NUMBER = re.compile(r"^\d+-N[KQ]$|^(?:KR-)?DSM-\d")
"""Numbers as only orders of Kazakhstan's ministries have them: 39/НҚ, ҚР ДСМ-96/2020."""


def _finished(reading: Reading, start: int) -> Citation | None:
    end = reading.end
    title = plain_title(reading.shadow[slice(*reading.title)]) if reading.title else ""
    if reading.number and not reading.country and (foreign := _FOREIGN_NUMBER.search(reading.number.canonical)):
        reading.country = foreign.lastgroup or "RU"
    if reading.number and not reading.country and _OWN_NUMBER.search(reading.number.canonical):
        reading.country = OWN
    if not reading.number:
        if reading.title:
            end = max(end, reading.title[1], reading.behind)
        elif reading.code or (reading.kind == "constitution" and reading.country):
            end = max(end, reading.head)
        else:
            return None
    registered = _REGISTERED.match(reading.shadow, reading.at) if reading.kind in ("order", "resolution", "decision") else None
    return Citation(
        start,
        end,
        reading.language,
        reading.kind,
        reading.country,
        reading.issuer.code if reading.issuer else "",
        reading.issuer.letter if reading.issuer else "",
        reading.number,
        reading.day,
        title,
        registered.group(1) if registered else "",
        unsigned=reading.unsigned,
        after=reading.at,
        code=reading.code,
    )
