"""What stands around the kind word of a citation: country and issuer before and behind it, titles without quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.linking.codes import code_before
from kg.linking.dates import Day, read_date
from kg.linking.grammar import OWN, Issuer, foreign_country, issuer_in, kind_pattern, own_name
from kg.linking.numbers import SIGN, Number, read_number
from kg.linking.patterns import compiled, data, either
from kg.linking.shadow import Shadow

_GAP = 320
_STOPS_AT = compiled(rf"(?<!\w)(?:{SIGN})|[\"«(:;\[\]]|(?<= )'(?=\w)|\d|(?<= ){either(data('calendar.toml')['en'])}\.? \d")
_LEAD_END = compiled(
    r"[ ,]*(?:(?<!\w)(?:от|ot|dated on|dated|of|from|as of|on|adopted on|issued on|signed on|за|под"
    r"|принят\w{0,4}|no|date)(?:,? the)?)? ?-? ?$"
)
_SENTENCE = re.compile(r"[!?]|\. (?=[^\W\d_]{3,})")
_ABBREVIATION = compiled(r"(?:^|[\s.(])(?:и|о|вр|г|им|обл|ст|п|зам|м|а|st|no|мин)$")
_FORCE = compiled(r",? ?(?:имеющ\w{2,4} силу (?:конституционного )?закона|having the force of (?:a |the )?(?:constitutional )?law),?")


@dataclass
class Reading:
    """A citation while it is read: `at` is how far, `end` where it would end."""

    whole: Shadow
    shadow: str
    at: int
    end: int
    kind: str
    language: str
    country: str = ""
    issuer: Issuer | None = None
    number: Number | None = None
    number_text: tuple[int, int] = (0, 0)
    day: Day = field(default_factory=Day)
    title: tuple[int, int] | None = None
    head: int = 0
    unsigned: bool = False
    code: str = ""
    behind: int = 0
    unmarked: bool = False


def begin_of(start: int, reading: Reading) -> int:
    """Return where the citation begins: at the kind word, or at country or issuer in front of it (RK Law, Presidential Decree)."""
    if reading.language == "ru" and _FEDERAL.search(reading.shadow, max(0, start - 40), start):
        reading.country = "RU"
    if reading.kind == "code" and (named := code_before(reading.shadow, start, ("ru", "en"))):
        reading.code, start = named
    if reading.language != "en":
        return start
    if quoted := _NAMED.search(reading.shadow, max(0, start - 100), start):
        reading.title = (quoted.start(), quoted.end(1))
        return quoted.start()
    if reading.kind == "law" and _NUMBERED.match(reading.shadow, reading.at):
        start = _capitalised(reading, start)
    while found := _MODIFIER.search(reading.shadow, max(0, start - 60), start):
        if own_name().search(found.group()):
            reading.country = OWN
        reading.issuer = reading.issuer or issuer_in(reading.shadow, found.start(), start)
        if _OWNER.search(found.group()):
            break
        start = found.start()
    return start


def _capitalised(reading: Reading, start: int) -> int:
    """Return where the name of a law begins that stands before the word: Personal Data Law (No. 94-V)."""
    surface = reading.whole.surface(max(0, start - 80), start)
    found = _TITLE_CASE.search(surface)
    begin = start - (len(surface) - found.start()) if found else start
    return begin if found and reading.whole.surface(begin, start) == found.group() else start


_NUMBERED = compiled(r" ?\(?(?:law )?(?:no\.?|№) ?\d")
_TITLE_CASE = re.compile(
    r"(?<![\w-])(?!(?:The|This|That|Under|In|Per|See|By|With|Our|Its|Also|And|New|Republic|Kazakh\w*|RK|Federal|Constitutional) )"
    r"(?:[A-Z][a-z][\w-]* (?:(?:and|of|for|to) )?){1,5}$"
)
_OWNER = re.compile(r"kazakhstan.s $")
"""Kazakhstan's: says whose act it is, and is no part of its name."""


_NAMED = compiled(r"[\"«']([^\"«»]{3,80} (?:law|code)[\"»']) ?\($")
_FEDERAL = compiled(r"федеральн\w{2,3} (?:конституционн\w{2,3} )?$")
_MODIFIER = compiled(
    r"(?<![\w-])(?:(?:the )?republic of kazakhstan(?:.s)?|rk|rok|gok|kazakh(?:stan(?:.s|i)?)?|presidential"
    r"|(?:government|president) of (?:the )?(?:republic of kazakhstan|rk|kazakhstan)"
    r"|government(?:al)?(?:.s)?|president.s|prime minister.s"
    r"|ministerial|joint"
    r"|cabinet|constitutional|normative|nbk board|maslikhat|akimat|ministry of [a-z, ]{3,50}) $"
)


def read_head(reading: Reading) -> None:
    """Read issuer and country behind the kind word: everything up to the first number, date, title or bracket."""
    shadow, at = reading.shadow, reading.at
    if force := _FORCE.match(shadow, at):
        at = force.end()
    if reading.kind in ("code", "constitution") and (named := _OF.match(shadow, at)) and (country := own_name().match(shadow, named.end())):
        reading.country, reading.head, reading.at = OWN, country.end(), country.end()
        at = country.end()
        if _JOINED.match(shadow, at):
            return
    stop = gap_end(shadow, at, at + _GAP)
    if stop is None:
        return
    lead = _LEAD_END.search(shadow, at, stop)
    last = lead.start() if lead else stop
    if last > at and not _heads(reading, at, last, stop):
        return
    own = list(own_name().finditer(shadow, at, last))
    foreign = foreign_country().search(shadow, at, last)
    if own:
        reading.country, reading.head = OWN, own[-1].end()
    if foreign and (not own or foreign.lastgroup == "RU"):
        reading.country = foreign.lastgroup or ""
    reading.issuer = reading.issuer or issuer_in(shadow, at, last)
    reading.at = last


_JOINED = compiled(r",? (?:и|and|или|or) ")
_OF = re.compile(r" (?:of (?:the )?)?")


def gap_end(shadow: str, at: int, limit: int) -> int | None:
    """Return where the words behind a kind word end: at the first number, date, quote, bracket; None where a sentence ends before."""
    for stop in _STOPS_AT.finditer(shadow, at, min(limit, len(shadow))):
        for sentence in _SENTENCE.finditer(shadow, at, stop.start()):
            if sentence.group() != ". " or not _ABBREVIATION.search(shadow, max(at, sentence.start() - 8), sentence.start()):
                return None
        return stop.start()
    return None


def _heads(reading: Reading, at: int, last: int, stop: int) -> bool:
    """Say whether the words behind a kind word belong to it: they name a body or the country, or are a title without quotes."""
    shadow = reading.shadow
    words = shadow[at:last].strip(" ,(-")
    if _VERB.search(words) or kind_pattern(reading.language).search(_FORCE.sub(" ", shadow[at + 1 : last])):
        return False
    if about := _ABOUT.match(words):
        place = stop + (shadow[stop : stop + 1] == "(")
        identified = read_number(shadow, place) or ((shadow[last:stop].strip(" ,(") or place > stop) and read_date(shadow, place))
        return bool(reading.kind in ("law", "code", "decree", "resolution") and identified) and len(words) - about.end() < 300
    named = own_name().search(words) or foreign_country().search(words)
    return bool(named or issuer_in(words, 0, len(words))) and (len(words) < 80 or reading.kind not in ("law", "code"))


_ABOUT = compiled(r"(?:(?:республики казахстан|рк|of the republic of kazakhstan|of the rk|of kazakhstan),? )?(?:о|об|обо|on|about)\s")
_VERB = compiled(
    r"(?<!\w)(?:был\w?|является|явля\w+|was|were|is|are|has|have|had|which|that|который|которая|которое|которым|вступ\w+|устан\w+т|предусм\w+|shall|must|will|can|requires?|states?|provides?|says|утвержден\w*|утверждён\w*)(?!\w)"
)


def read_late_issuer(reading: Reading) -> bool:
    """Read an issuer between number and date: «Order No. 345 of the Minister of … dated …»."""
    if not reading.number or reading.day.year or reading.issuer:
        return False
    stop = gap_end(reading.shadow, reading.at, reading.at + 240)
    lead = _LEAD_END.search(reading.shadow, reading.at, stop) if stop is not None else None
    if stop is None or not lead or lead.start() <= reading.at or not _date_at(reading, stop):
        return False
    at, last = reading.at, lead.start()
    if not _LATE.match(reading.shadow, at) or not _heads(reading, at, last, stop):
        return False
    reading.issuer = issuer_in(reading.shadow, at, last)
    if own_name().search(reading.shadow, at, last):
        reading.country = OWN
    elif foreign := foreign_country().search(reading.shadow, at, last):
        reading.country = foreign.lastgroup or "XX"
    reading.at = last
    return True


def read_late_title(reading: Reading) -> bool:
    """Read a title without quotes between number and date: «Law No. 94-V on Personal Data … of May 21, 2013»."""
    if not reading.number or reading.day.year or reading.title or reading.kind not in ("law", "code", "decree", "resolution"):
        return False
    at = reading.at
    about = _ABOUT.match(reading.shadow, at + 1)
    stop = gap_end(reading.shadow, at, at + 200) if about and reading.shadow[at : at + 1] == " " else None
    lead = _LEAD_END.search(reading.shadow, at, stop) if stop is not None else None
    if stop is None or not lead or lead.start() <= at or lead.start() == stop or not _date_at(reading, stop):
        return False
    if _VERB.search(reading.shadow, at, lead.start()):
        return False
    reading.at = lead.start()
    return True


def _date_at(reading: Reading, at: int) -> bool:
    """Say whether a date stands at a place of a reading's shadow."""
    return read_date(reading.shadow, at) is not None


_LATE = compiled(
    r" (?:of|by|и\.?о|министр|председател|прав|аким|маслихат|агентств|комитет|минист|национальн|президент|правительств|вр\.?и"
    r"|заместител|первого)"
)
