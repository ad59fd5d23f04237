"""Make the index: one pass over the things, written to a file that takes the place of the old one whole."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from kg.errors import UnusableInput
from kg.search.alphabets import sort_key
from kg.search.folding import forms, prepared, sounded
from kg.search.layout import INDEXES, TABLES, VERSION
from kg.search.reading import CODES, MATCHES, SEARCHED, Thing, read_things
from kg.store.base import Store
from kg.store.letters import fold
from kg.store.tokens import beside

_OLDEST = (3, 34, 0)
"""SQLite from which on FTS5 has the trigram tokenizer."""
_KINDS = {kind: number for number, kind in enumerate(sorted(SEARCHED))}
_CLASSES = {"concept": 1, "finding": 1, "rule": 1, "observation": 2, "conflict": 3}
_NAMED_ONLY = 4
"""Classes of things: what has a name of its own comes before what was put into words by us, those here by name alone last."""
_WEIGHTS = {match: place for place, match in enumerate(MATCHES)}
_FALLBACK = {"en": ("en", "ru", "kk"), "ru": ("ru", "kk", "en"), "kk": ("kk", "ru", "en")}
_BATCH = 5000


def index_path(store: Path) -> Path:
    """Return the file of a store's index: beside its directory, for the directory is the engine's."""
    return beside(store, "search")


def make_index(store: Store, path: Path) -> None:
    """Write the index of a store to a file, whole or not at all; raises OSError or sqlite3.Error where it cannot be written."""
    release = store.release()  # before the names: a write in between makes the index one of an older release, so made anew
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(fresh)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            fill(connection, read_things(store), release)
        os.replace(fresh, path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def fill(connection: sqlite3.Connection, things: Iterable[Thing], release: str) -> None:
    """Write the tables into an empty database; raises UnusableInput where SQLite is too old."""
    if sqlite3.sqlite_version_info < _OLDEST:
        raise UnusableInput(f"search needs SQLite 3.34 or newer, and this Python has {sqlite3.sqlite_version}; use another Python")
    connection.executescript(TABLES)
    ordered = sorted(things, key=lambda thing: (_class(thing), thing.iri))
    places = [_places(ordered, language) for language in ("en", "ru", "kk")]
    tables = _Tables()
    with connection:
        connection.executemany("INSERT INTO kind VALUES (?, ?)", ((number, kind) for kind, number in _KINDS.items()))
        for number, thing in enumerate(ordered, 1):
            tables.add(number, thing, [place[number - 1] for place in places])
            if number % _BATCH == 0:
                tables.flush(connection)
        tables.flush(connection)
        tables.finish(connection)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", (("version", VERSION), ("release", release)))


class _Tables:
    """Rows on their way into the tables, and the words and documents met so far."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        self._words: dict[str, tuple[int, set[str]]] = {}
        self._documents: dict[str, int] = {}
        self._name = 0

    def add(self, number: int, thing: Thing, places: Sequence[int]) -> None:
        """Take one thing with its names."""
        first, place = self._name + 1, _class(thing)
        together: dict[str, None] = {}
        for text, language, match in sorted(set(thing.names), key=lambda item: (_WEIGHTS[item[2]], item[1], item[0])):
            if not (folded := prepared(text) if match in CODES else fold(text)):
                continue
            self._name += 1
            rank = (max(place, _CLASSES["concept"]) if match == "type_document" else place) << 24
            rank += (_WEIGHTS[match] << 16) + min(len(folded), 0xFFFF)
            self._rows["name"].append((self._name, number, rank, _WEIGHTS[match], language, text, folded))
            self._rows["names"].append((self._name, folded))
            words = folded.split()
            together |= dict.fromkeys(words)
            for word in words:
                self._words.setdefault(word, (len(self._words) + 1, set()))[1].add(language)
        self._rows["things"].append((number, " ".join(together)))
        self._rows["thing"].append((number, thing.iri, _KINDS[thing.kind], thing.curated, first, thing.begin, thing.end, *places))
        for document in thing.documents:
            self._rows["about"].append((self._documents.setdefault(document, len(self._documents) + 1), number))

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write the rows taken so far."""
        connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)", self._rows["name"])
        connection.executemany("INSERT INTO names (rowid, folded) VALUES (?, ?)", self._rows["names"])
        connection.executemany("INSERT INTO things (rowid, folded) VALUES (?, ?)", self._rows["things"])
        connection.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._rows["thing"])
        connection.executemany("INSERT OR IGNORE INTO about VALUES (?, ?)", self._rows["about"])
        self._rows.clear()

    def finish(self, connection: sqlite3.Connection) -> None:
        """Write words and documents, and what makes look-ups quick."""
        connection.executemany("INSERT INTO document VALUES (?, ?)", ((number, iri) for iri, number in self._documents.items()))
        connection.executemany("INSERT INTO word VALUES (?, ?)", ((number, word) for word, (number, _) in self._words.items()))
        connection.executemany("INSERT INTO form VALUES (?, ?)", sorted(set(self._forms())))
        connection.execute("INSERT INTO part (part) VALUES ('rebuild')")
        for statement in INDEXES:
            connection.execute(statement)
        for table in ("names", "things", "part"):
            connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 - our own names
        connection.execute("ANALYZE")

    def _forms(self) -> Iterator[tuple[str, int]]:
        for word, (number, languages) in self._words.items():
            found = {f"w{word}", f"s{sounded(word)}"}
            for language in languages:
                found |= forms(word, language if language in ("en", "ru", "kk") else "")
            for form in found:
                yield form, number
                if form[0] != "t" and not word.isdecimal():
                    yield form[0].upper() + form[:0:-1], number


def _class(thing: Thing) -> int:
    return _CLASSES.get(thing.kind, 0) if thing.curated else _NAMED_ONLY


def _places(things: Sequence[Thing], language: str) -> list[int]:
    """Return the place of each thing in the order of names in a language, names in another where it has none."""
    keys = []
    for thing in things:
        labels = {tag: text for text, tag, match in thing.names if match == "prefLabel"}
        label = next((labels[tag] for tag in _FALLBACK[language] if tag in labels), "")
        keys.append((sort_key(label, language), thing.iri))
    places = [0] * len(things)
    for place, number in enumerate(sorted(range(len(things)), key=keys.__getitem__)):
        places[number] = place
    return places
