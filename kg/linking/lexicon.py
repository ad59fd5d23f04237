"""The names of the graph's things, in all their forms, in one automaton that reads a text once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import ahocorasick

from kg.linking.inflecting import abbreviation_forms, kazakh_forms, latin_forms, russian_forms, spaced
from kg.linking.patterns import data
from kg.linking.periods import Periods
from kg.linking.shadow import fold
from kg.linking.things import Thing, read_things
from kg.namespaces import ID
from kg.store.base import Store

_WEIGHT = {"prefLabel": 0.96, "notation": 0.95, "altLabel": 0.94, "hiddenLabel": 0.92}
QUOTES = str.maketrans("«»“”„", '"""""')
_ACRONYM, _CLEAR = 6, 4
_ABBREVIATED = re.compile(r"(?<=\w) ?\([^()\s]{2,12}\)$")
_BETWEEN = re.compile(r"\bto\b|2|\w—|—|–")
_COUNTRY = re.compile(r" (?:Республики Казахстан|РК|of the Republic of Kazakhstan|of Kazakhstan)$|^(?:Қазақстан Республикасы(?:ның)?|ҚР) ")
_BODY = re.compile(r"^(?:Министерство|Агентство|Комитет|Ministry|Agency|Committee)\b|(?:министрлігі|агенттігі|комитеті|Committee|Agency)$")
_STATED = re.compile("Казахстан|Kazakhstan|Қазақстан|ҚР|РК$|МЦРИАП")
_SPELLED = {"entre": "enter", "ogramme": "ogram", "abour": "abor", "efence": "efense", "isation": "ization"}
_COUNTRIES = (
    ("Республики Казахстан", "РК"),
    ("Республике Казахстан", "РК"),
    ("the Republic of Kazakhstan", "Kazakhstan"),
    ("the Republic of Kazakhstan", "the RK"),
    ("Қазақстан Республикасының", "ҚР"),
)
"""The country's name as long titles write it, and in short."""
_CLIPPED = re.compile(r"[А-Я][а-я]{4,}$")
_QUOTED_PART = re.compile(r"[«“\"]([A-ZА-ЯЁӘҒҚҢӨҰҮІ][^«»“”\"]*[ -][^«»“”\"]+)[»”\"]")
"""The quoted part of a name, of several words: «Сервис «Цифровые документы»»."""
_SERIAL = re.compile(r"(?<![,&]) and ")
"""Where a comma may stand before the last of a series: Development, Innovation, and Aerospace Industry."""
_INNER = re.compile(r"(?<=[^\W\d_])[A-ZА-ЯЁІҚҒҢӨҰҮӘ\d]")


@dataclass(frozen=True)
class Name:
    """One name of a thing. `exact`: an abbreviation, whose capitals count; `proper`: its words have capitals of their own."""

    iri: str
    type: str
    label: str
    language: str
    weight: float
    exact: bool
    proper: bool
    brand: bool
    ambiguous: bool

    @property
    def slug(self) -> str:
        """Return `kind/slug`."""
        return self.iri.removeprefix(ID)


class Lexicon:
    """All names; `found` yields every occurrence in a folded text whose quotes are made alike."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self._forms: dict[str, list[Name]] = defaultdict(list)
        self.against: dict[str, set[str]] = defaultdict(set)
        self.barring: dict[str, set[str]] = defaultdict(set)
        for thing in things:
            self._add(thing)
        self.periods = Periods(things)
        self._automaton = ahocorasick.Automaton()
        for form, names in self._forms.items():
            self._automaton.add_word(form, (len(form), tuple(sorted(names, key=lambda name: (-name.weight, name.slug))), False))
        for form in self.against:
            if form not in self._forms:
                self._automaton.add_word(form, (len(form), (), True))
        if len(self._automaton):
            self._automaton.make_automaton()

    def __len__(self) -> int:
        return len(self._forms)

    def forms(self) -> Iterator[str]:
        """Yield all forms."""
        yield from self._forms

    def found(self, text: str) -> Iterator[tuple[int, int, tuple[Name, ...], bool]]:
        """Yield start, end, the names, and whether it is a phrase that a name must not be found in."""
        if not len(self._automaton):
            return
        for last, (length, names, against) in self._automaton.iter(text):
            start = last + 1 - length
            before = text[start - 1] if start else " "
            if not (before.isalnum() or before == "_"):
                yield start, last + 1, names, against

    def _exemplify(self, thing: Thing, text: str) -> None:
        """Take an example in which no name of the thing stands for a name itself."""
        plain = _bare(fold(text))
        if any(
            name.iri == thing.iri
            for part in _quoted(fold(text)).split('"')
            for window in _windows(part)
            for name in self._forms.get(window, ())
        ):
            return
        name = _name(thing, text, "", _WEIGHT["hiddenLabel"])
        for form in (plain, _quoted(fold(text))):
            if all(other.iri != thing.iri for other in self._forms[form]):
                self._forms[form].append(name)

    def _add(self, thing: Thing) -> None:
        names = [*thing.names, *_countries(thing)]
        own = {_bare(fold(text)) for property, text, _ in names if property in _WEIGHT}
        capitals = any(_proper(text) for property, text, language in thing.names if property == "prefLabel" and language in ("en", ""))
        coded = any(property == "notation" for property, _, _ in thing.names)
        for property, text, language in names:
            weight = _WEIGHT.get(property)
            text = _ABBREVIATED.sub("", text)
            plain = _bare(fold(text))
            if weight is None or len(plain) < 2 or _headed(plain, own):
                continue
            if thing.type in ("indicator", "organisation") and not (capitals or coded):
                continue
            if thing.type == "model" and not _BETWEEN.search(text):
                continue
            name = _name(thing, text, language, weight)
            for form in _all_forms(text, language):
                known = self._forms[form]
                twin = next((place for place, other in enumerate(known) if other.iri == name.iri), None)
                if twin is None:
                    known.append(name)
                elif (name.brand and not name.exact and not known[twin].brand) or (known[twin].exact and not name.exact):
                    known[twin] = name
        for _, text, language in names:
            if (part := _QUOTED_PART.search(text)) and _bare(fold(part.group(1))) not in own:
                name = replace(_name(thing, part.group(1), language, _WEIGHT["hiddenLabel"]), ambiguous=True)
                for form in _all_forms(part.group(1), language):
                    if all(other.iri != thing.iri for other in self._forms[form]):
                        self._forms[form].append(name)
        for text in thing.examples:
            self._exemplify(thing, text)
        for text in thing.against:
            form = _quoted(fold(text))
            self.against[form].add(thing.iri)
            self.barring[thing.iri].add(form)


def _with_country(text: str, language: str) -> list[str]:
    """Return the name of a body of which every country has one with that of Kazakhstan; none where it names the country."""
    if not _BODY.search(text) or _STATED.search(text):
        return []
    if language == "kk":
        return [f"{country} {text}" for country in ("Қазақстан Республикасы", "Қазақстан Республикасының", "ҚР")]
    ends = {"ru": ("Республики Казахстан", "РК"), "en": ("of the Republic of Kazakhstan", "of Kazakhstan")}
    return [f"{text} {country}" for country in ends.get(language, ())]


def _countries(thing: Thing) -> list[tuple[str, str, str]]:
    """Return the names of an organisation without the country, as they stand where it is clear, and those of bodies with it."""
    if thing.type != "organisation":
        return []
    cut = [("altLabel", _COUNTRY.sub("", text), language) for property, text, language in thing.names if property in _WEIGHT]
    known = {text for _, text, _ in thing.names}
    full = [("altLabel", form, language) for _, text, language in thing.names for form in _with_country(text, language)]
    return [name for name in (*cut, *full) if name[1] not in known and (" " in name[1] or _CLIPPED.match(name[1]))]


def _name(thing: Thing, text: str, language: str, weight: float) -> Name:
    plain = _bare(fold(text))
    brand = bool(_INNER.search(text)) or "." in text
    ambiguous = plain in _ambiguous() or (thing.type == "stage" and len(plain.split()) < _CLEAR)
    return Name(thing.iri, thing.type, text, language, weight, _is_exact(text), _proper(text), brand, ambiguous)


def _all_forms(text: str, language: str) -> set[str]:
    """Return the folded forms of a name: declined, its dashes and quotes written in every way."""
    texts = {text}
    if language in ("ru", ""):
        texts |= abbreviation_forms(text) if text.isupper() else russian_forms(text)
    if language in ("kk", ""):
        texts |= kazakh_forms(text)
    if language == "kk":
        texts |= latin_forms(text)
    if language in ("en", ""):
        texts |= {_american(each) for each in texts}
        texts |= {_SERIAL.sub(", and ", each) for each in texts if ", " in each}
    for long, short in _COUNTRIES:
        texts |= {each.replace(long, short) for each in texts if long in each}
    forms: set[str] = set()
    for each in texts:
        plain = _quoted(fold(each)).strip('" ')
        forms |= spaced(plain)
        if '"' in plain:
            forms |= spaced(plain.replace('"', ""))
    return {form for form in forms if len(form) > 1}


def _american(text: str) -> str:
    for british, american in _SPELLED.items():
        text = text.replace(british, american)
    return text


def _windows(plain: str) -> Iterator[str]:
    words = plain.split()
    return (" ".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1))


def _quoted(folded: str) -> str:
    return folded.translate(QUOTES)


def _bare(folded: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\"«»]", " ", folded)).strip()


def _headed(plain: str, own: set[str]) -> bool:
    """Say whether a name is a shorter name of the same thing with a generic noun: «система Сергек» beside «Сергек»."""
    for head in (fold(head) for head in data("names.toml")["heads"]):
        if plain.startswith(f"{head} ") and plain[len(head) + 1 :] in own:
            return True
        if plain.endswith(f" {head}") and plain[: -len(head) - 1] in own:
            return True
    return False


_folded: dict[str, frozenset[str]] = {}


def _ambiguous() -> frozenset[str]:
    if "ambiguous" not in _folded:
        _folded["ambiguous"] = frozenset(fold(word) for word in data("names.toml")["ambiguous"])
    return _folded["ambiguous"]


def _is_exact(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(text) <= _ACRONYM and len(letters) > 1 and sum(char.isupper() for char in letters) >= len(letters) - 1 and " " not in text


def _proper(text: str) -> bool:
    """Say whether a word after the first, or a letter after the first of a word, is a capital, or the text has one word only."""
    words = re.findall(r"[^\W\d_][\w'-]*", text)
    rest = [word for word in words[1:] if len(word) > 2]
    return any(word[0].isupper() for word in rest) or bool(_INNER.search(text)) or len(words) == 1


def read_lexicon(store: Store) -> Lexicon:
    """Return the lexicon of a store's programmes, indicators, organisations, systems, models and stages."""
    return Lexicon(read_things(store))
