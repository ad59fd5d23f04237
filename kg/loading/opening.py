"""Open the store that the settings name: made when there is none, made anew when the records changed, never silently lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg.config import Settings, rebased
from kg.errors import NoStore, StoreDamaged, StoreError
from kg.formats import N_QUADS
from kg.loading.dataset import Dataset, build, fingerprint
from kg.namespaces import BASE, DATASET, EGOV, LINKED, RELEASE
from kg.rdf import nquads
from kg.search.indexing import index_path, make_index
from kg.store.base import Store
from kg.store.description import described
from kg.store.oxigraph import OxigraphStore
from kg.store.remote import RemoteStore

Tell = Callable[[str], None]

_ORIGIN = (
    f"SELECT ?built ?sources WHERE {{ GRAPH {RELEASE} {{ {DATASET} {EGOV.builtRelease} ?built ; {EGOV.sourceFingerprint} ?sources }} }}"
)


def open_store(settings: Settings, tell: Tell = lambda _: None, *, make: bool = True) -> Store:
    """Return the store; one that is missing is built (unless `make` is False), one of nothing but stale records built anew.

    Raises NoStore, StoreBusy, StoreDamaged, StoreUnreachable or BadRecords. `tell` gets one line for each thing done.
    """
    if settings.remote:
        return RemoteStore(settings.store)
    path = settings.store_path
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        if not make:
            raise NoStore(path)
        if settings.empty:
            return OxigraphStore(path)
        tell(f"building the graph from the curated records into {path}")
        return make_store(build(base=settings.base, imports=settings.imports_path), path, settings.base)
    if not (path / "CURRENT").exists():
        raise StoreDamaged(path, "it is no Oxigraph directory")
    store = OxigraphStore(path)
    state = freshness(store, settings.imports_path)
    if state == "stale" and not settings.empty:
        tell("the records have changed since the store was built: building it anew")
        store.close()
        return make_store(build(base=settings.base, imports=settings.imports_path), path, settings.base)
    if state == "loaded":
        tell("the records have changed, but the store holds loaded data too: it is left as it is (egovkg build --store makes it anew)")
    return store


def freshness(store: OxigraphStore, imports: Path | None = None) -> str:
    """Say what a store is to the records, imported ones with them.

    `fresh`, `stale`, `loaded` (stale, with data of a user's) or `foreign` (not built here).
    """
    rows = store.rows(_ORIGIN)
    if not rows:
        return "foreign"
    built, sources = rows[0]["built"].value, rows[0]["sources"].value
    if sources == fingerprint(imports=imports):
        return "fresh"
    return "stale" if built == store.release() else "loaded"


def holds_more(path: Path) -> bool:
    """Say whether a store holds what no build would bring back: data that were loaded, or a store that was not built here."""
    if not (path / "CURRENT").exists():
        return False
    store = OxigraphStore(path)
    rows = store.rows(_ORIGIN)
    more = not rows or rows[0]["built"].value != store.release()
    store.close()
    return more


def linked_graphs(store: OxigraphStore) -> list[ox.NamedNode]:
    """Return the graphs of the documents that were linked into a store."""
    return [graph for graph in store.opened.named_graphs() if isinstance(graph, ox.NamedNode) and graph.value.startswith(LINKED)]


def _linked(path: Path) -> bytes:
    """Return, as N-Quads, the linked documents of a store; refuses a directory that another process holds."""
    store = OxigraphStore(path)
    try:
        return nquads([quad for graph in linked_graphs(store) for quad in store.opened.quads_for_pattern(None, None, None, graph)])
    finally:
        store.close()


def make_store(dataset: Dataset, path: Path, base: str = BASE) -> OxigraphStore:
    """Fill a new store beside `path` and put it in the place of the old one, whole; it holds a description of itself too.

    Documents that were linked into the old one stay. Raises StoreError where they cannot: a build for another base.
    """
    linked = _linked(path) if path.exists() else b""
    if linked and base != BASE:
        raise StoreError(
            f"the store {path} holds linked documents, which a build for another base ({base}) cannot take over; "
            "take them out with `egovkg unlink`, or build with --store elsewhere"
        )
    fresh = path.with_name(path.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    store = OxigraphStore(fresh)
    store.fill(dataset.nquads)
    store.fill(rebased(described(store), base))
    if linked:
        store.load(linked, N_QUADS)
    store.close()
    if path.exists():
        shutil.rmtree(path)
    fresh.rename(path)
    store = OxigraphStore(path)
    with suppress(OSError, sqlite3.Error):  # without it, the first search makes the index
        make_index(store, index_path(path))
    return store
