"""Citations in a text: `(Smith, 2017)`, `Smith (2017, 12)`, `[12]`, told from figures by the works that the records know.

Names are compared without blanks, hyphens and accents, so that a broken ligature (`E ff ing`) or a line end within a name
does no harm.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.curation.records import Curated, Passage, Record
from kg.verification.numbers import Number

_CITING = frozenset({"citedBy", "mentionedBy"})
_BEFORE = 90
_NARRATIVE = 60
_SHORTEST = 5
_PAGE = re.compile(r"[a-z]?\s*[,:]\s*(?:pp?\.|с\.|б\.|c\.)?\s*(?P<first>[0-9]{1,4})(?:\s*[-–]\s*(?P<last>[0-9]{1,4}))?(?=\s*[);,])")
_BRACKET = re.compile(r"\[[0-9]{1,3}(?:[\s,;.:0-9–-]|pp?\.|с\.|c\.|б\.)*\]")
_PAGED = re.compile(r"(?:pp?|с|c|б)\.\s*(?:[0-9]+\s*[-–]\s*)?$")


@dataclass(frozen=True)
class Work:
    """A cited work: the names by which texts cite it, its years, and the passages that cite it."""

    names: frozenset[str]
    years: frozenset[str]
    passages: frozenset[str]


def cited_works(curated: Curated) -> list[Work]:
    """Return every document that some claim says is cited or mentioned."""
    return [work for record in curated.of_kind("document") if (work := _work(record)).passages]


def citations(text: str, numbers: Sequence[Number], passages: Sequence[Passage], works: Sequence[Work]) -> Mapping[int, str]:
    """Return the starts of the numbers that belong to a citation: `citation year`, `cited page` or `citation number`."""
    by_year: dict[str, list[Work]] = {}
    for work in works:
        for year in work.years:
            by_year.setdefault(year, []).append(work)
    starts = {number.start for number in numbers}
    references = [p for p in passages if p.form.type == "reference" and p.form.start is not None]
    found: dict[int, str] = {}
    for number in numbers:
        if not re.fullmatch("[0-9]{4}", number.printed) or number.printed not in by_year:
            continue
        home = next((p for p in references if (p.form.start or 0) <= number.start < (p.form.end or 0)), None)
        cited = by_year[number.printed]
        if home is not None:
            if any(home.reference in work.passages for work in cited):
                found[number.start] = "citation year"
        elif any(_named(window, work.names) for window in _windows(text, number.start) for work in cited):
            found[number.start] = "citation year"
            page = _PAGE.match(text, number.end)
            spans = [page.start(name) for name in ("first", "last") if page[name]] if page else []
            found |= {at: "cited page" for at in spans if at in starts and not re.match("(?:19|20)[0-9]{2}", text[at:])}
    return found | dict(_bracketed(text, numbers, references, works))


def _work(record: Record) -> Work:
    years = {record.slug.rpartition("-")[2][:4]} if re.search(r"-[0-9]{4}[a-z]?$", record.slug) else set()
    names = set(_authors(record.form.label.values())) | {record.slug.split("-")[0]}
    stated: set[str] = set()
    for claim in record.claims:
        key, term = claim.property.key, claim.value.term
        if key in _CITING:
            stated |= set(claim.passages)
        elif key == "issued":
            years.add(term.value[:4])
        elif key == "creator" and isinstance(term, ox.Literal):
            names.add(term.value.split(",")[0] if "," in term.value else term.value)
            names.add(term.value.split()[-1])
    names |= {text for texts in record.form.altLabel.values() for text in texts} | set(record.form.notation)
    return Work(frozenset(name for name in names if len(_squeezed(name)) > 1), frozenset(years), frozenset(stated))


def _authors(labels: Iterable[str]) -> Iterator[str]:
    for label in labels:
        bare = re.sub(r"\(?(?:[0-9]{4}[a-z]?|n\.d\.[a-z]?)\)?|et al\.|и др\.|және т\.б\.", "", label)
        yield from (part.strip() for part in re.split(r",|&|\band\b|\bи\b|\bжәне\b", bare) if part.strip())


def _windows(text: str, at: int) -> Iterator[str]:
    """Yield where a citation's names may stand before its year: its part of the parenthesis, the whole, the words before it."""
    before = text[max(0, at - 4 * _BEFORE) : at]
    opened = max(before.rfind("("), before.rfind("["))
    if opened < 0 or before.rfind(")") > opened:
        yield re.split(r"(?<=[a-zа-я]{3})[.;]\s", before[-_NARRATIVE:])[-1]
        return
    inside = before[opened:]
    part = inside.rpartition(";")[2]
    yield part
    if not re.search(r"[^\W\d_]{2}", part):
        yield inside
    if not re.search(r"[^\W\d_]{2}", inside):
        yield before[:opened][-_BEFORE:]


def _named(window: str, names: frozenset[str]) -> bool:
    plain, squeezed = _plain(window), _squeezed(window)
    for name in names:
        bare = _squeezed(name)
        if bare in squeezed if len(bare) >= _SHORTEST else re.search(rf"(?<!\w){re.escape(_plain(name))}(?!\w)", plain):
            return True
    return False


def _plain(text: str) -> str:
    """Return a text in small letters, without accents and with ligatures taken apart."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _squeezed(text: str) -> str:
    return "".join(c for c in _plain(text) if c.isalnum())


def _bracketed(text: str, numbers: Sequence[Number], references: Sequence[Passage], works: Sequence[Work]) -> Iterator[tuple[int, str]]:
    """Yield the numbers of `[12]`, `[3; 5–7]` and `[12, p. 4]` whose reference cites a known work, and what each is."""
    cited = {passage for work in works for passage in work.passages}
    known = set()
    for passage in references:
        counted = re.match(r"\W*([0-9]{1,3})\b", text[passage.form.start : passage.form.end])
        if counted and passage.reference in cited:
            known.add(counted[1])
    for bracket in _BRACKET.finditer(text):
        inside = [number for number in numbers if bracket.start() < number.start and number.end < bracket.end()]
        paged = {number for number in inside if _PAGED.search(text, bracket.start(), number.start)}
        cites = [number for number in inside if number not in paged and number.printed in known]
        yield from ((number.start, "citation number") for number in cites)
        yield from ((number.start, "cited page") for number in paged if cites)
