"""An index that is open: searches, exact names, names near to a text. May be asked by several threads at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import quote

from kg.namespaces import local_name
from kg.search.folding import prepared
from kg.search.indexing import fill, make_index
from kg.search.layout import SCORES, TIERS, VERSION
from kg.search.matching import gather
from kg.search.questions import Asked, Counts, Hit, Page
from kg.search.reading import MATCHES, SEARCHED, kind_of, read_things
from kg.search.spelling import Spelling
from kg.store.base import Store
from kg.store.letters import fold

_COUNTED = 200
"""Searches whose counts are kept, for the pages that follow the first."""
_EVERYTHING = "(SELECT id AS thing, name, 0 AS rank FROM thing WHERE curated)"
_HIT = "SELECT t.iri, f.rank >> 32, t.curated, n.text, n.language, n.match"
_LOOKED_AT, _ALIKE, _NEAR = 400, 0.6, 5
"""Things that are compared with a text to find those near it; how alike they must be (0 to 1); how many are told."""


class Index:
    """The index of one store at one release: a file that many may read, or a database in memory."""

    def __init__(self, connection: sqlite3.Connection | Path) -> None:
        self._path = connection if isinstance(connection, Path) else None
        self._idle = [connection] if isinstance(connection, sqlite3.Connection) else []
        self._shared = threading.Lock() if isinstance(connection, sqlite3.Connection) else None
        self._counts: OrderedDict[Asked, Counts] = OrderedDict()

    def search(self, asked: Asked, start: int = 0, limit: int | None = None) -> Page:
        """Return hits from `start` on (`limit` of them, all where None), and the counts of all."""
        with self._connection() as connection:
            found = self._gathered(connection, asked)
            if not found:
                return Page()
            counts = self._counted(connection, asked, found)
            where, values = _where(asked, "kind", "document", "period")
            key = f"t.place_{asked.language}" if asked.sort == "name" else "f.rank"
            some = f"""SELECT f.thing, f.name, f.rank, {key} AS key FROM {found} f CROSS JOIN thing t ON t.id = f.thing
                WHERE {where} ORDER BY key, f.thing LIMIT :limit OFFSET :start"""  # noqa: S608 - values are bound
            rows = connection.execute(
                f"{_HIT} FROM ({some}) f JOIN thing t ON t.id = f.thing LEFT JOIN name n ON n.id = f.name ORDER BY f.key, f.thing",
                {**values, "limit": -1 if limit is None else limit, "start": start},
            )
            return Page([_hit(row, asked.text) for row in rows], counts)

    def of_thing(self, iri: str) -> list[Hit]:
        """Return the hit of one thing; nothing where it has no name."""
        itself = "(SELECT id AS thing, name, 0 AS rank FROM thing WHERE iri = ?) f"
        query = f"{_HIT} FROM {itself} JOIN thing t ON t.id = f.thing JOIN name n ON n.id = f.name"
        with self._connection() as connection:
            return [_hit(row) for row in connection.execute(query, (iri,))]

    def exact(self, text: str) -> list[str]:
        """Return the entities of which a name or slug is exactly the text, folded; the weightiest name first."""
        with self._connection() as connection:
            query = """SELECT t.iri, min(n.rank) AS rank FROM name n JOIN thing t ON t.id = n.thing
                WHERE n.folded = ? GROUP BY t.id ORDER BY rank, t.id"""
            return [row[0] for row in connection.execute(query, (fold(text),))]

    def near(self, text: str) -> list[str]:
        """Return up to five `kind/slug` of which a name or the slug looks like the text; of `kind/slug`, those of the kind."""
        kind, _, slug = text.partition("/")
        wanted = prepared(slug if slug and kind in SEARCHED else text)
        with self._connection() as connection:
            best: dict[str, float] = {}
            for iri, folded in _candidates(connection, wanted):
                if slug and kind in SEARCHED and kind_of(iri) != kind:
                    continue
                matcher = SequenceMatcher(None, folded, wanted)
                if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
                    continue
                best[iri] = max(best.get(iri, 0.0), matcher.ratio())
        near = sorted((iri for iri, alike in best.items() if alike >= _ALIKE), key=lambda iri: (-best[iri], iri))
        return [local_name(iri) or iri for iri in near[:_NEAR]]

    def names(self) -> int:
        """Return how many names there are."""
        with self._connection() as connection:
            return int(connection.execute("SELECT coalesce(max(id), 0) FROM name").fetchone()[0])

    def release(self) -> str:
        """Return the release of the data that the index is of."""
        with self._connection() as connection:
            found = connection.execute("SELECT value FROM meta WHERE key = 'release'").fetchone()
        return str(found[0]) if found else ""

    def close(self) -> None:
        """Give the file free."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        self.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection: one to each thread where the index is a file, in turn where it is in memory."""
        if self._shared:
            with self._shared:
                yield self._idle[0]
            return
        assert self._path is not None
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _connect(self._path)
        try:
            yield connection
        finally:
            connection.rollback()
            self._idle.append(connection)

    def _gathered(self, connection: sqlite3.Connection, asked: Asked) -> str:
        """Return the table in which the found things are, empty for a text of signs alone, which finds nothing."""
        if not asked.text.strip():
            return _EVERYTHING
        gather(connection, asked.text)
        return "found"

    def _counted(self, connection: sqlite3.Connection, asked: Asked, found: str) -> Counts:
        key = replace(asked, sort="relevance", language="en")
        if (known := self._counts.get(key)) is not None:
            return known
        counts = _count(connection, asked, found)
        self._counts[key] = counts
        while len(self._counts) > _COUNTED:
            with suppress(KeyError):
                self._counts.popitem(last=False)
        return counts


def left_index(path: Path) -> Index | None:
    """Return the index in a file, of whatever release; None where there is none that can be read."""
    return Index(path) if (_release_of(path) or ("", ""))[0] == VERSION else None


def open_index(store: Store, path: Path | None) -> Index:
    """Return the index of a store: the file at `path` if it is of the store's release, else made anew; in memory without path.

    A file that cannot be written is no error: the index is then in memory.
    """
    if path is not None:
        release = store.release()
        with suppress(OSError, sqlite3.Error):
            if not release or _release_of(path) != (VERSION, release):
                make_index(store, path)
            return Index(path)
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    fill(connection, read_things(store), store.release())
    return Index(connection)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA mmap_size = 1073741824")
    return connection


def _release_of(path: Path) -> tuple[str, str] | None:
    """Return version and release of an index file, None for one that is not there, is damaged or was not finished."""
    if not path.exists():
        return None
    try:
        connection = _connect(path)
        try:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
        finally:
            connection.close()
    except sqlite3.Error:
        return None
    return meta.get("version", ""), meta.get("release", "")


def _where(asked: Asked, *wanted: str) -> tuple[str, dict[str, object]]:
    """Return the conditions on a thing `t` and their values."""
    parts = ["1"]
    if asked.kind and "kind" in wanted:
        parts.append("t.kind = (SELECT id FROM kind WHERE name = :kind)")
    if asked.document and "document" in wanted:
        parts.append("t.id IN (SELECT a.thing FROM about a JOIN document d ON d.id = a.document WHERE d.iri = :document)")
    if (asked.begin or asked.end) and "period" in wanted:
        parts.append("t.begin != '' AND t.begin <= :end AND t.end >= :begin")
    if (asked.begin or asked.end) and "undated" in wanted:
        parts.append("t.begin = ''")
    values: dict[str, object] = {"kind": asked.kind, "document": asked.document, "begin": asked.begin, "end": asked.end or "9999-12-31"}
    return " AND ".join(parts), values


def _count(connection: sqlite3.Connection, asked: Asked, found: str) -> Counts:
    def counted(select: str, *filters: str) -> list[tuple[str, int]]:
        where, values = _where(asked, *filters)
        return connection.execute(select.format(found=found, where=where), values).fetchall()

    kinds = (
        "SELECT k.name, count(*) FROM {found} f CROSS JOIN thing t ON t.id = f.thing JOIN kind k ON k.id = t.kind WHERE {where} GROUP BY 1"
    )
    by_kind = dict(sorted(counted(kinds, "document", "period")))
    documents = """SELECT d.iri, c FROM (SELECT a.document AS d, count(*) AS c FROM {found} f CROSS JOIN thing t ON t.id = f.thing
        CROSS JOIN about a ON a.thing = f.thing WHERE {where} GROUP BY 1) JOIN document d ON d.id = d ORDER BY c DESC, d.iri"""
    undated = "SELECT '', count(*) FROM {found} f CROSS JOIN thing t ON t.id = f.thing WHERE {where}"
    return Counts(
        by_kind.get(asked.kind, 0) if asked.kind else sum(by_kind.values()),
        by_kind,
        dict(counted(documents, "kind", "period")),
        counted(undated, "kind", "document", "undated")[0][1] if asked.begin or asked.end else 0,
    )


def _hit(row: tuple[str, int, int, str | None, str | None, int | None], text: str = "") -> Hit:
    iri, rank, curated, name, language, match = row
    how = TIERS[rank // 2] if text.strip() else "exact"
    matched = "iri" if match is None else "several" if rank % 2 else MATCHES[match]
    return Hit(iri, iri if name is None else name, language or "", matched, how, SCORES[TIERS.index(how)], bool(curated))


def _candidates(connection: sqlite3.Connection, wanted: str) -> Iterator[tuple[str, str]]:
    """Yield IRI and name of the things that share a word with the text, those with the rarest word first, some hundreds."""
    spelling = Spelling(connection)
    groups = []
    for word in dict.fromkeys(wanted.split()):
        words = spelling.related(word, "") | spelling.misspelt(word, digits=True) | spelling.holding(word)
        if words:
            groups.append(" OR ".join(f'"{other}"' for other in sorted(words)))
    seen: dict[int, None] = {}
    for number in sorted(range(len(groups)), key=lambda place: _rarity(connection, groups[place])):
        query = "SELECT rowid FROM things WHERE things MATCH ? LIMIT ?"
        seen |= dict.fromkeys(row[0] for row in connection.execute(query, (groups[number], _LOOKED_AT)))
        if len(seen) >= _LOOKED_AT:
            break
    query = "SELECT t.iri, n.folded FROM name n JOIN thing t ON t.id = n.thing WHERE n.thing = ?"
    for thing in list(seen)[:_LOOKED_AT]:
        yield from connection.execute(query, (thing,))


def _rarity(connection: sqlite3.Connection, expression: str) -> int:
    query = "SELECT count(*) FROM (SELECT 1 FROM things WHERE things MATCH ? LIMIT 10000)"
    count: int = connection.execute(query, (expression,)).fetchone()[0]
    return count
