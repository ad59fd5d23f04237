"""The writer: the only one that changes a store while it is served. A write that was weighed becomes one transaction.

    begin (journal) ──▶ change, release and journal graph in one transaction ──▶ flush ──▶ finish (journal) ──▶ acknowledged

A kill before the transaction leaves the old state, one after it the new; nothing acknowledged is lost. `durable` decides
whether that also holds when the power fails.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError, StoreFull, Unexpected
from kg.namespaces import DATASET, DCAT, DCTERMS, EGOV, GRAPH, PROV, RDF, RELEASE, XSD
from kg.store.changes import Change, apply, no_room, release_quad
from kg.store.journal import Entry, Journal
from kg.store.latest import Latest
from kg.store.oxigraph import OxigraphStore
from kg.store.tokens import now

JOURNAL = ox.NamedNode(f"{GRAPH}journal")
_START = "0" * 16


class Writer:
    """Changes one store. Of one that names no release of its own, release and journal stay beside it: it holds only what users write."""

    def __init__(self, store: OxigraphStore, *, durable: bool = True) -> None:
        self._store = store
        self._durable = durable
        self._lock = threading.Lock()
        self._made_last = Change()
        self._sick = False
        self._state = threading.Lock()
        self._journal = Journal(store.path, durable=durable)
        self._journal.recover(self._own_release())
        self._latest = Latest(store.path, self._copy) if store.path else None

    @property
    def release(self) -> str:
        """Return the id of the data as they stand: the store's own, else that of the journal."""
        return self._own_release() or (self._journal.last.after if self._journal.last else "")

    @property
    def journal(self) -> Journal:
        """Return the journal of the store."""
        return self._journal

    @property
    def store(self) -> OxigraphStore:
        """Return the store."""
        return self._store

    @property
    def made_last(self) -> Change:
        """Return the change that the last commit made, with release and journal graph: what copies of the data have to follow."""
        return self._made_last

    def check(self, graph: str | None, match: str | None, none_match: str | None) -> None:
        """Hold If-Match and If-None-Match of a write against a graph (None: the default graph); raises Unexpected."""
        if not match and not none_match:
            return
        tag = tag_of(self._store.opened, graph)
        if match and not _matches(match, tag):
            raise Unexpected("the graph is not as If-Match says: somebody has written to it since; get it anew and repeat your change")
        if none_match and _matches(none_match, tag):
            raise Unexpected("the graph is there (If-None-Match); leave the header out to write to it")

    def commit(self, change: Change, who: str, what: str, derived: int = 0) -> Entry:
        """Make a change, all of it or (an error, a kill) nothing, and return the journal's entry; raises StoreFull, StoreError."""
        with self._lock:
            before = self.release
            if not change:
                self._made_last = change
                return Entry(who, now(), what, before, before, 0, 0)
            after = sha256(f"{before or _START}{change.digest()}".encode()).hexdigest()[:16]
            entry = Entry(who, now(), what, before, after, len(change.added), len(change.removed), derived)
            if self._sick:
                self._mend()
            self._journal.begin(entry)
            with self._state:
                self._made_last = self._made(change, entry)
            return entry

    def _made(self, change: Change, entry: Entry) -> Change:
        """Make a change and finish the journal; return the change with all that went with it."""
        failure: StoreError | None = None
        try:
            with _told(self._store.path):
                whole = self._whole(change, entry)
                apply(self._store.opened, whole)
                if self._durable:
                    self._store.opened.flush()
        except StoreError as error:
            failure = _bare(error)
        if failure:
            self._after_failure(entry)
            raise failure
        self._journal.finish(entry)
        return whole

    def close(self) -> None:
        """Remove the copies that others asked for."""
        with self._lock:
            if self._latest:
                self._latest.close()

    def _copy(self, folder: Path) -> str:
        """Copy the store as it stands between two writes."""
        with self._state:
            self._store.opened.backup(str(folder))
            return self.release

    def _whole(self, change: Change, entry: Entry) -> Change:
        """Return a change with the release and the journal's graph, where the store holds these itself and goes on so."""
        old = list(self._store.opened.quads_for_pattern(DATASET, DCAT.version, None, RELEASE))
        if not set(old) - set(change.removed):
            return change
        return change.with_quads([release_quad(entry.after), *_told_in_graph(entry)], old)

    def _own_release(self) -> str:
        return self._store.release()

    def _after_failure(self, entry: Entry) -> None:
        """Open the store anew (the engine takes no write after one that failed) and settle the journal."""
        with suppress(StoreError):
            self._mend()
        if self._own_release() == entry.after:
            self._journal.finish(entry)
        else:
            self._journal.give_up()

    def _mend(self) -> None:
        self._sick = True
        self._store.reopen()
        self._sick = False


def tag_of(store: ox.Store, graph: str | None) -> str | None:
    """Return a digest of a graph's triples, None where there is no such graph."""
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    if graph and not store.contains_named_graph(name):
        return None
    return tag(f"{quad.triple} ." for quad in store.quads_for_pattern(None, None, None, name))


def tag(lines: Any) -> str:
    """Return a digest of N-Triples lines, the same whatever their order."""
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


def _matches(header: str, tag: str | None) -> bool:
    """Say whether a list of ETags names a state; those of all formats of a graph begin with its digest."""
    given = [part.strip().removeprefix("W/").strip('"') for part in header.split(",")]
    return tag is not None and ("*" in given or tag in [part.partition("-")[0] for part in given])


def _told_in_graph(entry: Entry) -> list[ox.Quad]:
    """Return what the journal's graph says of a write, in PROV."""
    act = ox.NamedNode(f"{JOURNAL.value}#{entry.after}")
    when = ox.Literal(entry.when, datatype=XSD.dateTime)
    told: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (RDF.type, PROV.Activity),
        (PROV.endedAtTime, when),
        (EGOV.writtenBy, ox.Literal(entry.who)),
        (DCTERMS.description, ox.Literal(entry.what)),
        (EGOV.releaseBefore, ox.Literal(entry.before)),
        (EGOV.releaseAfter, ox.Literal(entry.after)),
    ]
    return [ox.Quad(act, predicate, value, JOURNAL) for predicate, value in told]


def _bare(error: StoreError) -> StoreError:
    """Take the traceback off an error and what is behind it: their frames hold the engine's store, which is to be opened anew."""
    behind: BaseException | None = error
    while behind is not None:
        behind.__traceback__ = None
        behind = behind.__cause__ or behind.__context__
    return error


@contextmanager
def _told(path: Path | None) -> Any:
    """Turn the engine's word for a full disk or a broken store into ours."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        if no_room(error):
            raise StoreFull(path or "the store", reason) from None
        raise StoreError(f"the store could not be written ({reason}); nothing was changed") from None
