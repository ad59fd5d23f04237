"""Linked documents in a store: each a named graph of its own, put there, found again and taken away whole, in one transaction.

A document is its bytes: the graph is named by their SHA-256. Two files with the same bytes are one document with two names;
a changed file is another document. Linking a document again replaces what was found in it before.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import Any, cast

import pyoxigraph as ox

from kg import __version__
from kg.config import Settings
from kg.errors import BadData, BreaksShapes, UnusableInput, WriteRefused
from kg.formats import N_TRIPLES
from kg.linking.describing import digest_of
from kg.linking.linker import Linker
from kg.linking.output import Run
from kg.namespaces import BASE, LINKED, SCHEMA, linked_graph
from kg.store.base import Row, Store
from kg.store.oxigraph import OxigraphStore
from kg.store.trying import Upload
from kg.store.writing import Writer
from kg.updating.graphs import is_curated
from kg.updating.weighing import Rules, weigh

PROGRAM = f"egovkg {__version__}"
_SHORT, _SHOWN = 8, 5
_DOCUMENTS = """SELECT ?source ?digest ?format ?language ?written ?at ?by ?against ?names ?mentions WHERE {
  VALUES ?graph { UNDEF }
  GRAPH ?graph {
    ?source a egov:LinkedDocument ; egov:fileDigest ?digest ; egov:mentionCount ?mentions ; egov:linkedGraph ?graph .
    OPTIONAL { ?source dcterms:format ?format } OPTIONAL { ?source schema:inLanguage ?language }
    OPTIONAL { ?source dcterms:created ?written } OPTIONAL { ?source egov:linkedAt ?at } OPTIONAL { ?source egov:linkedBy ?by }
    OPTIONAL { ?source egov:linkedAgainst ?against } OPTIONAL { ?source egov:namesDigest ?names }
  }
} ORDER BY ?digest"""
_NAMES = """SELECT ?graph ?name WHERE {
  VALUES ?graph { UNDEF } GRAPH ?graph { ?source a egov:LinkedDocument ; schema:name ?name }
} ORDER BY ?name"""


@dataclass(frozen=True)
class Kept:
    """A document that a store holds: its `ni` IRI, digest and names, how it was linked, how many mentions were found."""

    source: str
    digest: str
    names: tuple[str, ...]
    mentions: int
    format: str = ""
    language: str = ""
    written: str = ""
    when: str = ""
    program: str = ""
    release: str = ""
    known: str = ""

    def linked_as(self, run: Run) -> bool:
        """Say whether a run would find the same: the same program, names, language and day of writing."""
        written = run.written.isoformat() if run.written else ""
        return (self.language, self.written, self.program, self.known) == (run.language or "", written, run.program, run.names)


class _Noted:
    """A store of which every row that is read goes into a digest."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lines: list[str] = []

    def rows(self, query: str, /, **values: Any) -> list[Row]:
        found = self._store.rows(query, **values)
        self._lines += [" ".join(f"{name} {row[name]}" for name in sorted(row)) for row in found]
        return found

    def digest(self) -> str:
        return sha256("\n".join(sorted(self._lines)).encode()).hexdigest()


def read_linker(store: Store) -> tuple[Linker, str]:
    """Return the linker of a store and a digest of all names that it knows: with the same names it finds the same."""
    noted = _Noted(store)
    return Linker.of(cast("Store", noted)), noted.digest()


def documents_of(store: Store, digest: str | None = None) -> list[Kept]:
    """Return the linked documents of a store, in order of their digests; with a digest, that one alone."""
    only = {"graph": linked_graph(digest)} if digest else {}
    names: dict[str, list[str]] = {}
    for row in store.rows(_NAMES, **only):
        names.setdefault(row["graph"].value, []).append(row["name"].value)
    found = []
    for row in store.rows(_DOCUMENTS, **only):
        text = {key: str(term.value) for key, term in row.items()}
        digest = text["digest"]
        optional = [text.get(key, "") for key in ("format", "language", "written", "at", "by", "against", "names")]
        found.append(Kept(text["source"], digest, tuple(names.get(LINKED + digest, ())), int(text["mentions"]), *optional))
    return found


def find(documents: list[Kept], given: str) -> Kept:
    """Return the document of a name, a digest (eight digits will do) or an IRI; raises UnusableInput with what is near."""
    try:
        wanted = digest_of(given) if given.startswith("ni:") else given.removeprefix(LINKED).lower()
    except ValueError:
        wanted = given
    exact = [one for one in documents if one.digest == wanted]
    short = [one for one in documents if len(wanted) >= _SHORT and one.digest.startswith(wanted)]
    found = exact or [one for one in documents if given in one.names] or short
    if len(found) == 1:
        return found[0]
    if found:
        offered = ", ".join(one.digest[: _SHORT * 2] for one in found)
        raise UnusableInput(f"{len(found)} linked documents go by {given!r}; name the one by its digest: {offered}")
    raise UnusableInput(f"no linked document goes by {given!r}; {_near(documents, given)}")


def _near(documents: list[Kept], given: str) -> str:
    names = [name for one in documents for name in one.names]
    parts = given.rpartition("/")[2].lower()
    near = [name for name in names if parts and parts in name.lower()] + get_close_matches(given, names, _SHOWN, 0.5)
    if near:
        return f"did you mean {', '.join(dict.fromkeys(near[:_SHOWN]))}? All are listed by `egovkg unlink --list`"
    return "none is there; link some with `egovkg link FILE… --store DIR`" if not names else "all are listed by `egovkg unlink --list`"


class Keeper:
    """Writes linked documents to a store, each in one transaction, weighed as every write is, with an entry in the journal."""

    def __init__(self, store: OxigraphStore, settings: Settings) -> None:
        if settings.base != BASE:
            raise WriteRefused(f"a graph built for another base ({settings.base}) is read-only; link into one of {BASE}")
        self._store, self._settings = store, settings
        self._writer = Writer(store, durable=settings.flush)
        self._kept = {one.digest: one for one in documents_of(store)}

    @property
    def documents(self) -> list[Kept]:
        """Return the documents of the store, in order of their digests."""
        return [self._kept[digest] for digest in sorted(self._kept)]

    def keep(self, source: str, name: str, graph: bytes, run: Run) -> bool:
        """Put a document's graph (N-Triples) into the store, with the names that it had; False: it was there, linked the same way.

        Raises BadData, StoreFull, StoreError; nothing is changed then.
        """
        digest = digest_of(source)
        there = self._kept.get(digest)
        if there and there.linked_as(run):
            self.call(there, name)
            return False
        names = there.names if there else ()
        lines = b"".join(_named(source, other) for other in names if other != name)
        self._write("PUT", digest, graph + lines)
        self._reread(digest)
        return True

    def call(self, document: Kept, name: str) -> None:
        """Add a name to a document that is there; one that it has already changes nothing."""
        if name not in document.names:
            self._write("POST", document.digest, _named(document.source, name))
            self._reread(document.digest)

    def remove(self, document: Kept) -> None:
        """Take a document away, whole."""
        self._write("DELETE", document.digest, b"")
        self._kept.pop(document.digest, None)

    def close(self) -> None:
        """Give the store free."""
        self._writer.close()
        self._store.close()

    def _reread(self, digest: str) -> None:
        self._kept.update((one.digest, one) for one in documents_of(self._store, digest))

    def _write(self, method: str, digest: str, lines: bytes) -> None:
        """Weigh and make one write to the document's graph. Weighing a write to one graph only reads, so it needs no copy."""
        graph = linked_graph(digest).value
        upload = Upload(method, graph, [(lines, N_TRIPLES.name)] if lines else [])
        try:
            found = weigh(self._store.opened, upload, Rules(is_curated(self._store.opened), self._settings.shacl))
        except BreaksShapes as error:
            raise BadData(error.findings) from None
        verb = "unlink" if method == "DELETE" else "link"
        self._writer.commit(found.change, f"egovkg {verb}", f"{method} {graph}", found.derived)


def _named(source: str, name: str) -> bytes:
    return f"{ox.Triple(ox.NamedNode(source), SCHEMA.name, ox.Literal(name))} .\n".encode()


def removed(store: OxigraphStore, settings: Settings, given: list[str]) -> list[Kept]:
    """Take documents away, each in one transaction, and return them; nothing is changed where one of them is not there."""
    with closing(Keeper(store, settings)) as keeper:
        found = list(dict.fromkeys(find(keeper.documents, name) for name in given))
        for document in found:
            keeper.remove(document)
    return found
