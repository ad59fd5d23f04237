"""Read citations in Kazakh: issuer, date and number first, the kind word with its endings last.

A chain is read forward from an issuer, a date or a numbered kind word; the kind word, where it stands at the end of the
chain, ends the span; where it stands elsewhere, the number does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.linking.citation import Citation
from kg.linking.codes import code_before
from kg.linking.dates import Day, read_date, read_year
from kg.linking.grammar import OWN, foreign_country, issuer_in, kind_pattern
from kg.linking.listing import further
from kg.linking.numbers import SIGN, Number, number_of, read_number
from kg.linking.patterns import compiled
from kg.linking.shadow import Shadow
from kg.linking.titles import plain_title, title_end

_BODIES = r"(?:министр|үкімет|президент|басқарма|төраға|агентті|комитет|банк|әкім|мәслихат|прокурор|комиссия|палата|сот|кеңес|кабинет)\w*"
_COUNTRY = r"(?:қазақстан республикасы(?:ның|нда|на)?|қр)"
_START = compiled(
    rf"(?<![\w-])(?:(?P<country>{_COUNTRY})|(?P<body>[\w-]*(?:министрінің|министрлігінің|үкіметінің|үкіметтің"
    r"|мемлекет басшысының|министрліктің|мәслихаттың|әкімдіктің|агенттіктің|комитеттің|басқарманың|төрағаның"
    r"|премьер-министрдің|президентінің|президенттің|басқармасының"
    r"|төрағасының|агенттігінің|комитетінің|әкімдігінің|әкімінің|мәслихатының|прокурорының|комиссиясының"
    r"|сотының|кеңесінің)(?: м\.а\.)?))(?![\w])"
)
_WORDS = re.compile(r"[\w'/-]+")
_STOP = compiled(rf"(?<!\w)(?:{SIGN})|[\"«(:;!?\[\]]|\d|\. (?=[^\W\d_]{{3,}})")
_KIND = kind_pattern("kk")
_BETWEEN = re.compile(r"[ ,]{0,3}")
_REMARK = re.compile(r" ?\([^()]{2,300}\)")
_OWN_AGAIN = compiled(rf"[ ,]{{0,2}}(?:{_COUNTRY}(?: [\w-]*{_BODIES}){{0,6}})")
_THIS = compiled(r"(?<!\w)(?:осы|аталған|көрсетілген|бұл|сол)\s$")
_NAMED_CODE = compiled(r"(?:[^\W\d_]+[ -]){1,3}(?=кодекс)")
_FAR = 300


def read_kazakh(shadow: Shadow) -> Iterator[Citation]:
    """Yield the citations of a shadow that are built the Kazakh way."""
    last = 0
    for found in _START.finditer(shadow.text):
        if found.start() < last:
            continue
        for citation in _read(shadow, found):
            last = max(last, citation.end)
            yield citation


def _read(whole: Shadow, found: re.Match[str]) -> list[Citation]:
    shadow = whole.text
    start = found.start()
    country = OWN if found.group("country") else ""
    head_end = found.end()
    day, day_end = Day(), 0
    if before := _DATE_BEFORE.search(shadow, max(0, start - 60), start):
        read = read_date(shadow, before.start())
        day, day_end = read or (day, 0)
    chain = _Chain(whole, head_end)
    chain.words()
    chain.pieces()
    if not (chain.number or chain.title or chain.kind):
        return []
    if found.group("body"):
        start = _body_start(whole, start)
    if before and day.whole and not chain.day.year:
        chain.day = day
        numbered = read_number(shadow, _BETWEEN.match(shadow, day_end).end())  # type: ignore[union-attr]
        if numbered and not chain.number and chain.kind:
            chain.number = number_of(whole.surface(numbered[0], numbered[1]), crimean=numbered[3])
        if (chain.number or chain.kind == "constitution") and (numbered or _ADJECTIVE.search(before.group())):
            start = before.start()
    kind = chain.kind or chain.far_kind()
    if not kind or not (chain.number or chain.title or kind == "constitution"):
        return _titled_before(shadow, start, chain, country) if kind else []
    head = shadow[start : chain.head_end]
    issuer = issuer_in(shadow, start, chain.end)
    if not country and (foreign := foreign_country().search(head)):
        country = foreign.lastgroup or "XX"
    if own := compiled(_COUNTRY).search(shadow, start, chain.end):
        country = OWN if own else country
    if not chain.number and not chain.day.year and chain.title and chain.title[0] < start:
        start = chain.title[0]
    first = Citation(
        start,
        chain.end,
        "kk",
        kind,
        country,
        issuer.code if issuer and kind not in ("law", "code") else "",
        issuer.letter if issuer and kind not in ("law", "code") else "",
        chain.number,
        chain.day,
        plain_title(shadow[slice(*chain.title)]) if chain.title else "",
        after=chain.at,
    )
    return [first, *further(whole, first)]


def _titled_before(shadow: str, start: int, chain: _Chain, country: str) -> list[Citation]:
    """Return the citation of a law without number whose title stands before the issuer."""
    kind = chain.kind
    begin = _title_before(shadow, start)
    day = chain.day
    if begin is None and (dated := _DATE_BEFORE.search(shadow, max(0, start - 40), start)):
        begin = _title_before(shadow, dated.start())
        read = read_date(shadow, dated.start())
        day = read[0] if read else day
    if begin is None or not kind:
        return []
    end = title_end(shadow, begin) or start
    title = plain_title(shadow[begin:end])
    if not day.year and (dated := _DATE_BEFORE.search(shadow, max(0, begin - 40), begin)) and (read := read_date(shadow, dated.start())):
        day, begin = read[0], dated.start()
    return [Citation(begin, chain.end, "kk", kind, country, day=day, title=title)]


_DATE_BEFORE = compiled(
    rf"\d{{4}} ?(?:жылғы|жылы|ж\.) ?\d{{1,2}} \w+(?: {SIGN}\S+)? $|\d{{2}}\.\d{{2}}\.\d{{4}}(?: ж\.?)?(?: {SIGN}\S+)? $"
)
_ADJECTIVE = compiled(r"(?:дағы|дегі|тағы|тегі)(?: |$)|ж\.? $|\d{4} $|№")
_CLOSED = re.compile(r"[»\"'] ?,? ?$")


def _title_before(shadow: str, end: int) -> int | None:
    """Return where the quoted title that ends right before a place begins."""
    closed = _CLOSED.search(shadow, max(0, end - 4), end)
    if not closed:
        return None
    close = closed.start()
    opener = {"»": "«", '"': '"', "'": "'"}[shadow[close]]
    at = close
    while (at := shadow.rfind(opener, max(0, close - 400), at)) >= 0:
        if title_end(shadow, at) == close + 1:
            return at
    return None


def _body_start(whole: Shadow, start: int) -> int:
    """Return where the name of a body begins whose last word was found: at the nearest word with a capital, its region before it."""
    shadow = whole.text
    if whole.surface(start, start + 1).isupper():
        return start
    floor = max(0, start - 160)
    cut = max((stop.end() for stop in _BREAK.finditer(shadow, floor, start)), default=floor)
    begin = next((word.start() for word in reversed(list(_WORDS.finditer(shadow, cut, start))) if _capital(whole, word.start())), None)
    if begin is None:
        return start
    region = _REGION.search(shadow, cut, begin)
    return region.start() if region and _capital(whole, region.start()) else begin


def _capital(whole: Shadow, at: int) -> bool:
    return whole.surface(at, at + 1).isupper()


_BREAK = re.compile(r"[\"«».;:!?()\[\]]|\d")
_REGION = compiled(r"(?:(?:солтүстік|шығыс|батыс|оңтүстік) )?[\w-]+ (?:облысы|қаласы|ауданы)(?:ның)? $")


class _Chain:
    """Pieces of a citation read forward."""

    def __init__(self, whole: Shadow, at: int) -> None:
        self.whole, shadow = whole, whole.text
        self.shadow, self.at, self.head_end, self.end = shadow, at, at, at
        self.number: Number | None = None
        self.day = Day()
        self.title: tuple[int, int] | None = None
        self.kind = ""

    def words(self) -> None:
        """Read the rest of the issuer's name, or the kind word where it comes at once."""
        stop = _STOP.search(self.shadow, self.at, self.at + 220)
        kind = _KIND.search(self.shadow, self.at, stop.start() if stop else self.at + 220)
        if kind:
            between = self.shadow[self.at : kind.start()]
            near = not between.strip(" ,-") or bool(
                re.fullmatch(compiled(r" ?(?:[\w-]+[ ,]+){0,12}"), between) and issuer_in(between, 0, len(between))
            )
            if near and not _THIS.search(self.shadow, max(0, kind.start() - 16), kind.start()):
                self._take_kind(kind)
            return
        if stop and stop.start() > self.at:
            self.at = self.head_end = len(self.shadow[: stop.start()].rstrip(" ,"))

    def pieces(self) -> None:
        """Read date, number, title and kind word in the order in which they stand."""
        for _ in range(8):
            at = _BETWEEN.match(self.shadow, self.at).end()  # type: ignore[union-attr]
            if not (self._date(at) or self._number(at) or self._title(at) or self._kind(at) or self._again()):
                return
            if self.kind and self.number and self.day.whole:
                return

    def far_kind(self) -> str:
        """Return the kind word that stands apart: behind a remark in brackets, or further on in the sentence."""
        if not self.number:
            return ""
        at = self.at
        while remark := _REMARK.match(self.shadow, at):
            at = remark.end()
        limit = at + _FAR
        sentence = re.compile(r"[.!?;] (?=[^\W\d_]{3,})").search(self.shadow, at, limit)
        found = _KIND.search(self.shadow, at, sentence.start() if sentence else limit)
        return (found.lastgroup or "") if found else ""

    def _date(self, at: int) -> bool:
        place = at + (self.shadow[at : at + 1] == "(")
        found = None if self.day.year else read_date(self.shadow, place) or (read_year(self.shadow, place) if self.number else None)
        if not found or (self.kind and not self.number and not found[0].whole):
            return False
        self.day, self.at = found
        self.end = self.at
        return True

    def _number(self, at: int) -> bool:
        place = at + (self.shadow[at : at + 1] == "(")
        found = None if self.number else read_number(self.shadow, place)
        if not found:
            return False
        self.number = number_of(self.whole.surface(found[0], found[1]), crimean=found[3])
        self.end, self.at = found[1], found[2]
        return True

    def _title(self, at: int) -> bool:
        end = None if self.title or (self.kind and self.number) else title_end(self.shadow, at)
        if end is None or (self.kind and not self._dated(end)):
            return False
        self.title, self.at = (at, end), end
        return True

    def _dated(self, at: int) -> bool:
        """Say whether a date or number follows, as behind the title in «ҚР Заңы «…» 24.11.2015 ж. № 418-V»."""
        place = _BETWEEN.match(self.shadow, at).end()  # type: ignore[union-attr]
        place += self.shadow[place : place + 1] == "("
        return bool(read_date(self.shadow, place) or read_number(self.shadow, place))

    def _kind(self, at: int) -> bool:
        found = None if self.kind else _KIND.match(self.shadow, at)
        if not found and not self.kind and (named := _NAMED_CODE.match(self.shadow, at)) and code_before(self.shadow, named.end()):
            found = _KIND.match(self.shadow, named.end())
        if not found:
            return False
        self._take_kind(found)
        return True

    def _again(self) -> bool:
        """Read an issuer behind date and number: «2015 жылғы 24 қарашадағы № 418-V Қазақстан Республикасының Заңы»."""
        found = _OWN_AGAIN.match(self.shadow, self.at) if (self.day.year or self.number) and not self.kind else None
        if found and _KIND.match(self.shadow, found.end() + 1):
            self.at = found.end()
            return True
        return False

    def _take_kind(self, found: re.Match[str]) -> None:
        self.kind = found.lastgroup or ""
        self.at = self.end = found.end()
