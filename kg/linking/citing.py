"""Read citations in which the kind of act stands before number, date and title: Russian, English, romanised Russian.

From the kind word on, a citation is read piece by piece (issuer and country, number, date, title, remarks in brackets) in
any order until a piece does not fit; its end is the end of the last number or date, or of the title where there is no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.linking.citation import Citation
from kg.linking.codes import code_before
from kg.linking.dates import Day, read_date, read_year
from kg.linking.grammar import OWN, Issuer, foreign_country, issuer_in, kind_pattern, own_name
from kg.linking.numbers import SIGN, Number, number_of, read_number
from kg.linking.patterns import compiled, data, either
from kg.linking.listing import further
from kg.linking.shadow import Shadow
from kg.linking.titles import plain_title, title_end

_GAP = 320
_DATE_LEAD = r"(?:от|ot|dated(?: on)?|of|from|as of|on|adopted(?: on)?|issued(?: on)?|signed(?: on)?|enacted(?: on)?|approved(?: on)?|принят\w{0,4}|утвержд\w{2,6}|за|date)?"
_PIECE = compiled(rf"[ ,(\[:;-]*{_DATE_LEAD}(?: от)?:? ?(?:the )?")
_STOPS_AT = compiled(rf"(?<!\w)(?:{SIGN})|[\"«(:;\[\]]|(?<= )'(?=\w)|\d|(?<= ){either(data('calendar.toml')['en'])}\.? \d")
_LEAD_END = compiled(r"[ ,]*(?:(?<!\w)(?:от|ot|dated on|dated|of|from|as of|on|adopted on|issued on|signed on|за|под|принят\w{0,4}|no|date)(?:,? the)?)? ?-? ?$")
_SENTENCE = re.compile(r"[!?]|\. (?=[^\W\d_]{3,})")
_ABBREVIATION = compiled(r"(?:^|[\s.(])(?:и|о|вр|г|им|обл|ст|п|зам|м|а|st|no|мин)$")
_NUMBER_LEAD = compiled(r"[ ,:;-]*(?:[(\[] ?(?:(?:law|decree|resolution|order|закон|указ|приказ|постановление) )?(?:of the rk )?)?(?=.)")
_BRACKETS = re.compile(r" ?\([^()]{2,160}\)")
_TITLE_LEAD = re.compile(r"[ ,:-]{0,3}")
_YEAR_LEAD = re.compile(r"(?:, ?| ?\(| of | in | )")
_REGISTERED = compiled(r"[^.\"«»]{0,60}?(?:зарегистрирован|registered|тіркел)[^\"«»]{0,140}?(?:№|n|no\.?) ?(\d{3,6})(?![\d-])")
_FORCE = compiled(r",? ?(?:имеющ\w{2,4} силу (?:конституционного )?закона|having the force of (?:a |the )?(?:constitutional )?law),?")
_HAS_SIGN = re.compile(r"[№\d]")


@dataclass
class _Reading:
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


def read_citations(shadow: Shadow, language: str) -> Iterator[Citation]:
    """Yield the citations of a shadow that begin with a kind word of a language, those that follow in a list with them."""
    last = 0
    for found in kind_pattern(language).finditer(shadow.text):
        if found.start() < last:
            continue
        citation = read_from(shadow, found, language)
        if citation:
            last = citation.end
            yield citation
            for item in further(shadow, citation):
                last = item.end
                yield item


def read_from(whole: Shadow, found: re.Match[str], language: str) -> Citation | None:
    """Return the citation whose kind word was found, None where nothing identifies an act."""
    assert found.lastgroup
    shadow = whole.text
    reading = _Reading(whole, shadow, found.end(), found.end(), found.lastgroup, language, head=found.end())
    word = found.group()
    if word.endswith(("pk", "зpk")):
        reading.country = OWN
    if word.startswith("п") and word.endswith("pk") and found.lastgroup == "resolution":
        reading.issuer = Issuer("government", "P")
    if found.lastgroup in ("decree", "resolution", "directive", "order") and language == "en":
        reading.issuer = issuer_in(shadow, found.start(), found.end())
    start = _before(shadow, found.start(), reading)
    _head(reading)
    for _ in range(6):
        if not (_number(reading) or _date(reading) or _title(reading) or _remark(reading) or _late_issuer(reading)):
            break
        if reading.number and reading.day.whole:
            break
    return _finished(reading, start)


def _before(shadow: str, start: int, reading: _Reading) -> int:
    """Return where the citation begins: at the kind word, or at country or issuer in front of it (RK Law, Presidential Decree)."""
    if reading.language == "ru" and _FEDERAL.search(reading.shadow, max(0, start - 40), start):
        reading.country = "RU"
    if reading.kind == "code" and (named := code_before(reading.shadow, start)):
        reading.code, start = named
    if reading.language != "en":
        return start
    if named := _NAMED.search(reading.shadow, max(0, start - 100), start):
        reading.title = (named.start(), named.end(1))
        return named.start()
    while found := _MODIFIER.search(shadow, max(0, start - 60), start):
        if own_name().search(found.group()):
            reading.country = OWN
        reading.issuer = reading.issuer or issuer_in(shadow, found.start(), start)
        start = found.start()
    return start


_NAMED = compiled(r"[\"«']([^\"«»]{3,80} (?:law|code)[\"»']) ?\($")
_FEDERAL = compiled(r"федеральн\w{2,3} (?:конституционн\w{2,3} )?$")
_MODIFIER = compiled(
    r"(?<![\w-])(?:(?:the )?republic of kazakhstan(?:.s)?|rk|kazakhstan(?:.s|i)?|presidential|government(?:al)?(?:.s)?|president.s|prime minister.s|ministerial|joint|cabinet|constitutional|normative|nbk board|maslikhat|akimat|ministry of [a-z, ]{3,50}) $"
)


def _head(reading: _Reading) -> None:
    """Read issuer and country behind the kind word: everything up to the first number, date, title or bracket."""
    shadow, at = reading.shadow, reading.at
    if force := _FORCE.match(shadow, at):
        at = force.end()
    stop = _gap_end(shadow, at, at + _GAP)
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


def _gap_end(shadow: str, at: int, limit: int) -> int | None:
    """Return where the words behind a kind word end: at the first number, date, quote, bracket; None where a sentence ends before."""
    for stop in _STOPS_AT.finditer(shadow, at, min(limit, len(shadow))):
        for sentence in _SENTENCE.finditer(shadow, at, stop.start()):
            if sentence.group() != ". " or not _ABBREVIATION.search(shadow, max(at, sentence.start() - 8), sentence.start()):
                return None
        return stop.start()
    return None


def _heads(reading: _Reading, at: int, last: int, stop: int) -> bool:
    """Say whether the words behind a kind word belong to it: they name a body or the country, or are a title without quotes."""
    shadow = reading.shadow
    words = shadow[at:last].strip(" ,(-")
    if _VERB.search(words) or kind_pattern(reading.language).search(_FORCE.sub(" ", shadow[at + 1 : last])):
        return False
    if about := _ABOUT.match(words):
        place = stop + (shadow[stop : stop + 1] == "(")
        identified = read_number(shadow, place) or (shadow[last:stop].strip(" ,(") or place > stop) and read_date(shadow, place)
        return bool(reading.kind in ("law", "code", "decree", "resolution") and identified) and len(words) - about.end() < 300
    named = own_name().search(words) or foreign_country().search(words)
    return bool(named or issuer_in(words, 0, len(words))) and (len(words) < 80 or reading.kind not in ("law", "code"))


_ABOUT = compiled(r"(?:(?:республики казахстан|рк|of the republic of kazakhstan|of the rk|of kazakhstan),? )?(?:о|об|обо|on|about)\s")
_VERB = compiled(r"(?<!\w)(?:был\w?|является|явля\w+|was|were|is|are|has|have|had|which|that|который|которая|которое|которым|вступ\w+|устан\w+т|предусм\w+|shall|must|will|can|requires?|states?|provides?|says|утвержден\w*|утверждён\w*)(?!\w)")


def _number(reading: _Reading) -> bool:
    if reading.number:
        return False
    lead = _NUMBER_LEAD.match(reading.shadow, reading.at)
    at = lead.end() if lead else reading.at
    for place in (at, reading.at, reading.at + 1):
        if found := read_number(reading.shadow, place, signed=reading.kind in _SIGNED):
            start, end, after, crimean = found
            reading.number = number_of(reading.whole.surface(start, end), crimean=crimean)
            reading.number_text = (start, end)
            reading.unsigned = not _SIGNED_BEFORE.search(reading.shadow, reading.at, start)
            reading.at, reading.end = after, end
            return True
    return False


_SIGNED = frozenset({"order", "decision", "directive", "constitution"})
_SIGNED_BEFORE = compiled(rf"{SIGN}\(?$")


def _date(reading: _Reading) -> bool:
    if reading.day.year or reading.day.day:
        return False
    lead = _PIECE.match(reading.shadow, reading.at)
    assert lead
    for place in dict.fromkeys((lead.end(), reading.at, reading.at + 1)):
        if found := read_date(reading.shadow, place):
            day, end = found
            if not (day.year or reading.number):
                after = read_number(reading.shadow, _NUMBER_LEAD.match(reading.shadow, end).end())  # type: ignore[union-attr]
                if not after:
                    return False
            reading.day = day
            reading.at = reading.end = end
            return True
    if reading.number and (lead := _YEAR_LEAD.match(reading.shadow, reading.at)) and (year := read_year(reading.shadow, lead.end())):
        if lead.group() == " " and reading.language != "en":
            return False
        reading.day, reading.end = year
        reading.at = reading.end
        return True
    return False


def _title(reading: _Reading) -> bool:
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
        stop = _gap_end(reading.shadow, end, end + 120)
        if stop is not None and (own := own_name().search(reading.shadow, end, stop)):
            between = reading.shadow[end : own.start()].strip(" ,")
            if between in ("", "of", "of the", "the", "in the"):
                reading.country, reading.head = OWN, own.end()
                after = _PIECE.match(reading.shadow, own.end())
                if after and (read_date(reading.shadow, after.end()) or read_number(reading.shadow, after.end())):
                    reading.at = own.end()
    return True


def _remark(reading: _Reading) -> bool:
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


def _late_issuer(reading: _Reading) -> bool:
    """Read an issuer between number and date: «Order No. 345 of the Minister of … dated …»."""
    if not reading.number or reading.day.year or reading.issuer:
        return False
    stop = _gap_end(reading.shadow, reading.at, reading.at + 240)
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


def _date_at(reading: _Reading, at: int) -> bool:
    """Say whether a date stands at a place of a reading's shadow."""
    return read_date(reading.shadow, at) is not None


_LATE = compiled(r" (?:of|by|и\.?о|министр|председател|прав|аким|маслихат|агентств|комитет|минист|национальн|президент|правительств|вр\.?и|заместител|первого)")
_FEDERAL_NUMBER = re.compile(r"-F(?:K)?Z$")


def _finished(reading: _Reading, start: int) -> Citation | None:
    end = reading.end
    title = plain_title(reading.shadow[slice(*reading.title)]) if reading.title else ""
    if reading.number and _FEDERAL_NUMBER.search(reading.number.canonical):
        reading.country = "RU"
    if not reading.number:
        if reading.title:
            end = max(end, reading.title[1])
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
