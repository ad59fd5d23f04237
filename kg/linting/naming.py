"""Programme names that are close to a known one but are not it: another year behind the name, or a letter that is wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kg.linking.inflecting import kazakh_forms, russian_forms
from kg.linking.mentions import Mention
from kg.linking.things import Thing
from kg.linting.facts import Facts
from kg.linting.findings import Finding
from kg.linting.placed import Placed

_YEARED = re.compile(r"^(?P<base>.+?)[\s–—-]+(?P<year>(?:19|20)\d\d)$")
_HEADS = re.compile(
    r"(?:programme?s?|program|strategy|initiative|national project|бағдарлама\w*|ұлттық жоба\w*|программ\w*|госпрограмм\w*"
    r"|нацпроект\w*|нацжоба\w*)"
    r"[\s:,]{0,2}$",
    re.IGNORECASE,
)
_HEADS_BEHIND = re.compile(
    r"[\s]{1,2}(?:(?:state|national|мемлекеттік|ұлттық) )?(?:programme?|program|бағдарлама\w*|жоба\w*)", re.IGNORECASE
)
_QUOTED = re.compile(r"[«“\"„](?P<name>[^«»“”\"„\n]{8,70})[»”\"“]")
_GENERIC = re.compile(
    r"\b(?:plan|programme?|program|concept|strategy|project|until|for|план|программ|концепц|стратег|проект|до|на|жоспар"
    r"|бағдарлама|тұжырымдама|жоба)\w*",
    re.IGNORECASE,
)
_OPEN, _CLOSE = tuple('«“"„'), tuple('»”"“')
_SHORTEST, _LONGEST, _MOST_WRONG = 10, 400, 2


class KnownNames:
    """The names of programmes: whole, and those that end in a year taken apart."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.whole: dict[str, str] = {}
        self.yeared: dict[str, dict[int, str]] = defaultdict(dict)
        self.bare: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        for thing in things:
            for _, name, _ in thing.names:
                self._add(thing.iri, name)
            for example in thing.examples:
                self.whole.setdefault(_plain(example), thing.iri)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for known in {**self.bare, **self.whole}:
            if len(known) >= _SHORTEST:
                self._by_length[len(known)].append(known)
        choices = sorted({*self.yeared, *self.bare}, key=lambda base: (-len(base), base))
        any_base = "|".join(re.escape(base).replace(r"\ ", r"\s+") for base in choices) or "(?!)"
        self.pattern = re.compile(
            rf"(?<![\w-])(?P<base>{any_base})"
            r"(?P<sign>\s?[-–—]\s?|\s)(?P<year>20\d\d)(?![\d%]|\s?[-–—/]\s?\d|[.,]\d)",
            re.IGNORECASE,
        )

    def _add(self, iri: str, name: str) -> None:
        found = _YEARED.match(name)
        base = found["base"] if found else name
        for form in {base, *russian_forms(base), *kazakh_forms(base)}:
            plain = _plain(form)
            self.shown.setdefault(plain, name)
            self.whole[_plain(form + (f" {found['year']}" if found else ""))] = iri
            if len(plain.split()) < 2 or _GENERIC.search(plain) or any(char.isdigit() for char in plain):
                continue
            if found:
                self.yeared[plain][int(found["year"])] = iri
            else:
                self.bare[plain] = iri

    def near(self, name: str) -> str:
        """Return the known name that a name differs from in one or two letters; empty where there is none, or it is known."""
        plain = _plain(name)
        if plain in self.whole or plain in self.bare or plain in self.yeared or len(plain) < _SHORTEST:
            return ""
        allowed = 1 if len(plain) < 2 * _SHORTEST else _MOST_WRONG
        lengths = range(len(plain) - allowed, len(plain) + allowed + 1)
        for base in (known for length in lengths for known in self._by_length.get(length, ())):
            if _digits(base) == _digits(plain) and distance(base, plain, allowed) <= allowed:
                return base
        return ""


def name_findings(text: str, mentions: Sequence[Mention], known: KnownNames, facts: Facts) -> Iterator[Finding]:
    """Yield the names that are close to a programme's but are not it."""
    for found in known.pattern.finditer(text):
        if finding := _other_year(text, found, known, facts):
            yield finding
    programmes = Placed(mention for mention in mentions if mention.type == "programme")
    for found in _QUOTED.finditer(text):
        start, end = found.span("name")
        headed = _HEADS.search(text, max(0, start - 40), found.start()) or _HEADS_BEHIND.match(text, found.end())
        covered = any(start < mention.end for mention in programmes.starting(start - _LONGEST, end))
        if headed and not covered and (near := known.near(found["name"])):
            iri = known.whole.get(near) or known.bare[near]
            said = f"no programme is called “{found['name']}” in the graph; “{_label(iri, facts)}” is"
            yield Finding(
                "Programme-name", "warning", said, start, end, text[start:end], iri, (), f"likely meant: {known.shown.get(near, near)}"
            )


def _other_year(text: str, found: re.Match[str], known: KnownNames, facts: Facts) -> Finding | None:
    base, year = _plain(found["base"]), int(found["year"])
    start, end = found.start("base"), found.end("year")
    years = known.yeared.get(base, {})
    if not text[start].isupper() or year in years or len(years) > 1:
        return None  # several years are a series: there may be one of that year that the graph does not have
    iri = next(iter(years.values()), "") or known.bare.get(base, "")
    run = facts.programmes.get(iri)
    joined = bool(found["sign"].strip()) or (text[start - 1 : start] in _OPEN and text[end : end + 1] in _CLOSE and start > 0)
    if not years and (not joined or run is None):
        return None
    if not iri or (run and year in run.years):
        return None
    meant = known.shown.get(base, _label(iri, facts)) if years else f"{known.shown.get(base, '')} ({_span(iri, facts)})"
    span = f" ({_span(iri, facts)})" if _span(iri, facts) else ""
    said = f"no programme is called “{found.group()}” in the graph; “{_label(iri, facts)}”{span} is"
    evidence = tuple(source for _, source in run.ends) if run else ()
    return Finding("Programme-name", "warning", said, start, end, text[start:end], iri, evidence, f"likely meant: {meant}")


def _label(iri: str, facts: Facts) -> str:
    return facts.labels.get(iri, iri.rpartition("/")[2])


def _span(iri: str, facts: Facts) -> str:
    run = facts.programmes.get(iri)
    return "–".join(str(year) for year in sorted({min(run.years), max(run.years)})) if run and run.years else ""


def _plain(name: str) -> str:
    return re.sub(r"[\s–—\-\u00a0«»“”\"„]+", " ", name).strip().lower()


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters two texts differ in (left out, added, changed, swapped with the next), or `most` + 1 where more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) >= most:
            return most + 1
    return min(row[-1], most + 1)
