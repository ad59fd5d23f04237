"""The acts that are known: those of the graph, and an editorial list of the laws and codes that documents name most."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from kg.linking.citing import read_citations
from kg.linking.dates import Day
from kg.linking.identifiers import Identifier
from kg.linking.numbers import number_of
from kg.linking.patterns import DATA
from kg.linking.shadow import Shadow, fold
from kg.linking.titles import plain_title
from kg.namespaces import ID, entity
from kg.store.base import Store

_ACTS = """SELECT ?act ?id ?number ?day ?precision ?type WHERE {
  { ?act a egov:LegalAct } UNION { ?act egov:namedAs egov:LegalAct }
  OPTIONAL { ?act eli:id_local ?id } OPTIONAL { ?act eli:number ?number }
  OPTIONAL { ?act eli:date_document ?day OPTIONAL { ?act egov:signedDatePrecision ?precision } }
  OPTIONAL { ?act eli:type_document ?type }
}"""
_TEXTS = """SELECT ?act ?property ?text WHERE {
  VALUES ?property { skos:prefLabel skos:altLabel skos:hiddenLabel schema:name eli:title egov:linkExample egov:alias }
  { ?act a egov:LegalAct } UNION { ?act egov:namedAs egov:LegalAct }
  ?act ?property ?text
}"""
_ENDS = "SELECT ?act ?day WHERE { ?other eli:repeals ?act ; eli:date_document ?day }"
_LETTER = {"law": "Z", "code": "K", "presidential-decree": "U", "government-resolution": "P", "order": "V"}
_YEAR_IN_TITLE = 4
_ALIKE = 0.75


@dataclass(frozen=True)
class Act:
    """A known act. `until` is the day from which it was no longer in force; `titles` are folded, without "On" and "туралы"."""

    iri: str
    identifier: str = ""
    letter: str = ""
    number: str = ""
    day: Day = field(default_factory=Day)
    until: date | None = None
    titles: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return the act as a citation key (`act:KZ-P-827-2017-12-12`), by identifier where number or date are not known."""
        if self.number and self.day.whole:
            return f"act:KZ-{self.letter}-{self.number}-{self.day}"
        return f"adilet:{self.identifier}" if self.identifier else ""

    def in_force(self, on: date) -> bool:
        """Say whether the act had been signed and not yet ended on a day."""
        signed = date(self.day.year or 1, self.day.month or 1, self.day.day or 1)
        return signed <= on and (self.until is None or on < self.until)


@dataclass
class Registry:
    """Known acts, to be found by identifier, by number, and by title."""

    acts: list[Act] = field(default_factory=list)
    held: frozenset[str] = frozenset()
    """The acts that the graph itself has; the others come from the editorial list."""

    def __post_init__(self) -> None:
        self._by_id: dict[str, Act] = {}
        self._by_number: dict[tuple[str, str], list[Act]] = defaultdict(list)
        self._by_title: dict[str, list[Act]] = defaultdict(list)
        for act in self.acts:
            for name in (act.identifier, *act.aliases):
                if name:
                    self._by_id.setdefault(name.rstrip("_").upper(), act)
            if act.number:
                self._by_number[act.letter, number_of(act.number).bare].append(act)
            for title in act.titles:
                self._by_title[title].append(act)
        self._by_day: dict[str, list[Act]] = defaultdict(list)
        for act in self.acts:
            self._by_day[str(act.day)].append(act)
        self._words = {title: frozenset(title.split()) for title in self._by_title}

    def identified(self, identifier: str) -> Act | None:
        """Return the act of an Adilet identifier, the final underscore of which may be lost."""
        return self._by_id.get(identifier.rstrip("_").upper())

    def numbered(self, letter: str, number: str) -> list[Act]:
        """Return the acts of a kind with a number (canonical, without convocation)."""
        return list(self._by_number.get((letter, number), ()))

    def titled(self, title: str, letters: str = "ZKUP") -> list[Act]:
        """Return the acts of a title (folded, see `plain_title`): the very title, else one that begins so, else one much like it."""
        if found := [act for act in self._by_title.get(title, ()) if act.letter in letters]:
            return found
        words = frozenset(title.split())
        if len(words) < 2:
            return []
        begun = [name for name in self._by_title if name.startswith(f"{title} ") or title.startswith(f"{name} ")]
        if not begun:
            alike = ((len(words & other) / len(words | other), name) for name, other in self._words.items() if len(other) > 1)
            best = max(alike, default=(0.0, ""))
            begun = [best[1]] if best[0] >= _ALIKE else []
        found = [act for name in begun for act in self._by_title[name] if act.letter in letters]
        return found if len({act.titles for act in found}) <= 1 or len(set(begun)) == 1 else []

    def signed(self, day: str, letters: str) -> list[Act]:
        """Return the acts signed on a day (yyyy-mm-dd)."""
        return [act for act in self._by_day.get(day, ()) if act.letter in letters]

    def has_title(self, title: str) -> bool:
        """Say whether some law or code has this very title."""
        return any(act.letter in "ZK" for act in self._by_title.get(title, ()))

    def get(self, identifiers: Iterable[str]) -> list[Act]:
        """Return the known acts among identifiers."""
        return [act for name in identifiers if (act := self.identified(name))]


@cache
def listed_acts() -> tuple[Act, ...]:
    """Return the acts of the editorial list."""
    with (DATA / "known_acts.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(_listed(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _listed(row: dict[str, str]) -> Act:
    year, month, day = map(int, row["date"].split("-"))
    until = date.fromisoformat(row["until"]) if row["until"] else None
    names = [row.get(language) or "" for language in ("ru", "en", "kk")] + (row.get("also") or "").split("|")
    titles = frozenset(plain_title(fold(name)) for name in names if name)
    return Act(
        entity("act", row["id"]).value,
        row["id"],
        row["id"][0],
        row["number"] and number_of(row["number"]).canonical,
        Day(year, month, day),
        until,
        titles,
    )


def read_registry(store: Store) -> Registry:
    """Return the registry of a store's acts, completed by the editorial list; an act of both is one."""
    ends = {row["act"].value: row["day"].value for row in store.rows(_ENDS)}
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in store.rows(_TEXTS):
        texts[row["act"].value].append((row["property"].value.rpartition("#")[2].rpartition("/")[2], row["text"].value))
    acts: dict[str, Act] = {}
    for row in store.rows(_ACTS):
        iri = row["act"].value
        acts.setdefault(iri, _of_graph(iri, {name: term.value for name, term in row.items()}, texts[iri], ends.get(iri)))
    listed = {act.identifier: act for act in listed_acts()}
    merged = [_completed(act, listed.pop(act.identifier, None)) for act in acts.values()]
    return Registry([*merged, *listed.values()], frozenset(acts))


def _of_graph(iri: str, row: dict[str, str], texts: list[tuple[str, str]], end: str | None) -> Act:
    slug = iri.removeprefix(ID).removeprefix("act/")
    identifier = row.get("id") or (slug if len(slug) == 11 and slug[1:3].isdigit() else "")
    letter = _LETTER.get(row.get("type", "").rpartition("/")[2], "") or (Identifier(identifier).letter if identifier else "")
    if identifier:
        letter = Identifier(identifier).letter
    parts = [int(part) for part in row.get("day", "0-0-0").split("-")]
    exact = row.get("precision", "").rpartition("/")[2]
    day = Day(parts[0], *(parts[1:] if exact in ("", "day") else (0, 0)))
    titles = frozenset(plain for name, text in texts if name not in ("linkExample", "alias") for plain in _titles_of(text) if plain)
    return Act(
        iri,
        identifier,
        letter,
        number_of(row["number"]).canonical if row.get("number") else "",
        day,
        date.fromisoformat(end) if end and len(end) == 10 else None,
        titles,
        frozenset(text for name, text in texts if name == "alias"),
        tuple(text for name, text in texts if name == "linkExample"),
    )


def _titles_of(text: str) -> list[str]:
    """Return a name's plain title; a year in brackets that the curators added is left out."""
    plain = plain_title(fold(text))
    words = plain.split()
    if text.rstrip().endswith(")") and words and words[-1].isdigit() and len(words[-1]) == _YEAR_IN_TITLE:
        plain = plain_title(" ".join(words[:-1]))
    return [plain]


def _exemplified(act: Act) -> Act:
    """Complete number and day of an act by its record's own example of a citation, or by its identifier."""
    if act.number and act.day.whole:
        return act
    for example in act.examples:
        whole = next((c for c in read_citations(Shadow(example), "ru") if c.complete and c.number), None)
        if whole and whole.number and (not act.number or whole.number.bare == number_of(act.number).bare):
            return replace(act, number=act.number or whole.number.canonical, day=act.day if act.day.whole else whole.day)
    derived = Identifier(act.identifier).number if act.identifier and act.day.year else ""
    return replace(act, number=act.number or derived)


def _completed(act: Act, known: Act | None) -> Act:
    if known is None:
        return _exemplified(act)
    return replace(
        act,
        number=act.number or known.number,
        day=act.day if act.day.whole else known.day,
        until=act.until or known.until,
        titles=act.titles | known.titles,
    )
