"""The embedded store: Oxigraph, in memory or in a directory that one process holds at a time.

Measured traps of the engine that this module keeps away from its users (docs/decisions/0003-oxigraph.md): a result
object is read in the thread that made it; writes go one at a time under a lock; a file's blank nodes are renamed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from kg.errors import QueryFailed, QuerySyntaxError, StoreBusy, StoreDamaged, StoreError, UpdateNotQuery
from kg.formats import Format
from kg.namespaces import DATASET, DCAT, DEFAULT_GRAPHS, EGOV, PREFIXES, RELEASE, shorten
from kg.rdf import nquads, parse, prefixes_for, rdf_format
from kg.store.base import Answer, QueryDataset, Row, Wish
from kg.store.binding import Term, bind
from kg.store.cutting import Bounds, graph, results
from kg.store.functions import NAMES, Function, functions_of
from kg.store.guarding import NO_SERVICE, calls_service, check_graphs, uncalled
from kg.store.integrity import check_whole, cut_short
from kg.store.lexing import check, small_truths
from kg.store.slips import in_short

_WHERE = re.compile(r"error at (\d+):(\d+): (.*)", re.S)
_UPDATE = re.compile(r"\s*(insert|delete|load|clear|create|drop|copy|move|add|with)\b", re.I)
_NO_FUNCTION = re.compile(r"custom function <([^>]*)> is not supported")
_UNKNOWN = 32
"""Functions of a query that may be unknown, at most: the query is made ready anew for each."""
_SIGNS = tuple((f"{name}:", name, namespace) for name, namespace in PREFIXES.items())
PROLOGUE = re.compile(r"\s*(?:(?:prefix\s+[^\s:]*:\s*<[^>]*>|base\s*<[^>]*>)\s*|#[^\n]*\n\s*)*", re.I)


class OxigraphStore:
    """A dataset in memory (no path) or in a directory. See kg/store/base.py for what each method promises."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._store: ox.Store | None = ox.Store() if path is None else _open(path)
        self._functions = functions_of(self._store)
        self._sealed = False

    @classmethod
    def around(cls, opened: ox.Store, *, sealed: bool = False) -> OxigraphStore:
        """Return a store that somebody opened already. `sealed`: this process can open no socket, so SERVICE fails by itself."""
        made = cls.__new__(cls)
        made.path, made._lock, made._store = None, threading.Lock(), opened
        made._functions, made._sealed = functions_of(opened), sealed
        return made

    @property
    def opened(self) -> ox.Store:
        """Return the engine's own store; raises QueryFailed once it is closed."""
        if self._store is None:
            raise QueryFailed("the store is closed; open it again")
        return self._store

    def answer(self, query: str, wish: Wish, dataset: QueryDataset = QueryDataset(), bounds: Bounds = Bounds()) -> Answer:
        """Evaluate a query and serialise its answer in the engine; SERVICE is refused, for it reaches any address.

        In a sealed process the engine reads the query first and fails at SERVICE itself: a slip in the query is told as one,
        and SERVICE SILENT gives what SPARQL says, nothing joined.
        An answer beyond the bounds is cut at a whole row (see cutting.py).
        """
        calls = calls_service(query)
        if calls and not self._sealed:
            raise QueryFailed(NO_SERVICE)
        check(query)
        check_graphs(query)
        if calls and "silent" not in query.lower():
            OxigraphStore()._query(uncalled(query), dataset)
            raise QueryFailed(f"the query could not be evaluated: {NO_SERVICE}")
        unknown: dict[ox.NamedNode, Function] = {}
        try:
            found = self._query(query, dataset, unknown)
        except QueryFailed:
            if calls:
                raise QueryFailed(f"the query could not be evaluated: {NO_SERVICE}") from None
            raise
        try:
            if isinstance(found, ox.QueryTriples):
                chosen = wish.for_graph()
                body, complete = graph(found, chosen, bounds)
            else:
                chosen = wish.for_truth() if isinstance(found, ox.QueryBoolean) else wish.for_results()
                body, complete = results(found, chosen, bounds)
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryFailed(f"the query could not be evaluated: {NO_SERVICE if calls else error}") from None
        finally:
            del found  # an error must not carry it to another thread
        return Answer(body, chosen, complete, tuple(sorted(function.value for function in unknown)))

    def rows(self, query: str, /, **values: Term | list[Term]) -> list[Row]:
        """Return the solutions of one of our own SELECT queries."""
        found = self._query(bind(query, values))
        try:
            assert isinstance(found, ox.QuerySolutions)
            names = [variable.value for variable in found.variables]
            return [{name: row[name] for name in names if row[name] is not None} for row in found]
        finally:
            del found

    def triples(self, query: str, /, **values: Term | list[Term]) -> list[ox.Triple]:
        """Return the triples of one of our own CONSTRUCT queries."""
        found = self._query(bind(query, values))
        try:
            assert isinstance(found, ox.QueryTriples)
            return list(found)
        finally:
            del found

    def load(self, data: bytes, format: Format, graph: str | None = None) -> int:
        """Add RDF in one transaction; a statement that was there already does not count."""
        quads = parse(data, format, graph)
        with self._lock:
            store = self.opened
            new = [quad for quad in dict.fromkeys(quads) if quad not in store]
            store.extend(new)
            self._set_release(sha256((self.release() + sha256(data).hexdigest()).encode()).hexdigest()[:16])
            store.flush()
        return len(new)

    def fill(self, lines: bytes) -> None:
        """Load N-Quads into an empty store, fast, and let the engine put them in order."""
        with self._lock:
            self.opened.bulk_load(input=lines, format=ox.RdfFormat.N_QUADS)
            self.opened.optimize()
            self.opened.flush()

    def snapshot(self, folder: Path) -> str:
        """Write the data as they stand into a folder that is not there yet, to be opened read-only; return their release.

        Of a store on disk these are hard links: milliseconds, and no room until the store changes.
        """
        with self._lock:
            release = self.release()
            if self.path:
                self.opened.flush()
                self.opened.backup(str(folder))
                return release
            dumped = self.opened.dump(format=ox.RdfFormat.N_QUADS)
        written = ox.Store(str(folder))
        written.bulk_load(input=dumped, format=ox.RdfFormat.N_QUADS)
        written.flush()
        return release

    def quads(self) -> Iterable[ox.Quad]:
        """Yield every quad of the dataset."""
        yield from self.opened

    def dump(self, format: Format) -> bytes:
        """Return the whole dataset; N-Quads are sorted, so that two dumps of one state are the same bytes."""
        if format.engine == ox.RdfFormat.N_QUADS:
            return nquads(list(self.opened))
        dumped = self.opened.dump(format=rdf_format(format), prefixes=prefixes_for(format))
        assert dumped is not None
        return dumped

    def release(self) -> str:
        """Return the id of the data as it stands."""
        found = next(self.opened.quads_for_pattern(DATASET, DCAT.version, None, RELEASE), None)
        return str(getattr(found.object, "value", "")) if found else ""

    def reopen(self) -> None:
        """Open the directory anew: after a write that failed the engine takes none. Where that fails, it can still be read."""
        if self.path:
            self.close()
            try:
                self._store = _open(self.path)
            except StoreError:
                self._store = ox.Store.read_only(str(self.path))
                raise
            finally:
                if self._store is not None:
                    self._functions = functions_of(self._store)

    def close(self) -> None:
        """Give the directory free for other processes."""
        self._store = None
        self._functions = {}

    def _query(
        self, query: str, dataset: QueryDataset = QueryDataset(), unknown: dict[ox.NamedNode, Function] | None = None
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Evaluate a query. A function that nobody knows is an error of its expression, as SPARQL says, and goes into `unknown`."""
        options: dict[str, object] = {}
        if dataset:
            options = {"default_graph": _graphs(dataset.default), "named_graphs": _named(dataset.named)}
        if dataset.base:
            options["base_iri"] = dataset.base
        functions = {**self._functions, **(unknown or {})}
        try:
            return self.opened.query(query, prefixes=_prefixes(query), custom_functions=functions, **options)  # type: ignore[arg-type]
        except SyntaxError as error:
            smaller = query if unknown is None else small_truths(query)
            if smaller == query:
                raise _syntax_error(query, error) from None
            return self._query(smaller, dataset, unknown)
        except (OSError, RuntimeError, ValueError) as error:
            foreign = _foreign_function(str(error))
            if unknown is None or foreign is None or len(unknown) == _UNKNOWN:
                raise QueryFailed(_no_function(str(error)) or f"the query could not be evaluated: {error}") from None
        unknown[foreign] = _nothing
        return self._query(query, dataset, unknown)

    def _set_release(self, release: str) -> None:
        store = self.opened
        for quad in list(store.quads_for_pattern(DATASET, DCAT.version, None, RELEASE)):
            store.remove(quad)
        store.add(ox.Quad(DATASET, DCAT.version, ox.Literal(release), RELEASE))


def _prefixes(query: str) -> dict[str, str]:
    """Return those of our prefixes that a query may use: to hand all of them to the engine takes longer than a small query."""
    if "\\" in query:  # an escape may hide a name
        return PREFIXES
    return {name: namespace for sign, name, namespace in _SIGNS if sign in query}


def _open(path: Path) -> ox.Store:
    if path.is_dir() and any(path.iterdir()) and not (path / "CURRENT").exists():
        raise StoreDamaged(path, "it is no Oxigraph directory")  # the engine would make itself at home among other files
    suspects = cut_short(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = ox.Store(str(path))
        check_whole(path, suspects)
        return opened
    except (OSError, RuntimeError) as error:  # RuntimeError: the engine's word for corruption
        reason = str(error).splitlines()[0]
        if "lock" in reason.lower():
            raise StoreBusy(path) from None
        if "permission denied" in reason.lower():
            raise StoreError(f"the store {path} may not be written by this user; give another directory with --store") from None
        raise StoreDamaged(path, reason) from None


def _graphs(iris: Iterable[str]) -> list[ox.NamedNode | ox.DefaultGraph]:
    """Return the graphs that make up a query's default graph; the store's own has a name in other engines' protocols."""
    return [ox.DefaultGraph() if iri in DEFAULT_GRAPHS else _graph(iri) for iri in iris]


def _named(iris: Iterable[str]) -> list[ox.NamedNode]:
    return [_graph(iri) for iri in iris]


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryFailed(f"a graph of the query's dataset is no IRI ({error}); write it whole, e.g. https://example.org/graph") from None


def _foreign_function(message: str) -> ox.NamedNode | None:
    """Return the function that the engine does not know, unless its name is in our namespace: that is a slip of the pen."""
    found = _NO_FUNCTION.search(message)
    return ox.NamedNode(found[1]) if found and not found[1].startswith(EGOV) else None


def _no_function(message: str) -> str:
    """Return what to say of a function of ours that there is not; empty where the message is about something else."""
    found = _NO_FUNCTION.search(message)
    if not found or not found[1].startswith(EGOV):
        return ""
    names = sorted(shorten(function.value) for function in NAMES)
    near = get_close_matches(shorten(found[1]), names, 1)
    return f"there is no function {shorten(found[1])}{f'; did you mean {near[0]}?' if near else ''}; there are {', '.join(names)}"


def _nothing(*_: object) -> None:
    return None


def _syntax_error(query: str, error: SyntaxError) -> QuerySyntaxError | UpdateNotQuery:
    prologue = PROLOGUE.match(query)
    if _UPDATE.match(query, prologue.end() if prologue else 0):
        return UpdateNotQuery()
    found = _WHERE.search(str(error))
    if found:
        return QuerySyntaxError(in_short(found[3]), int(found[1]), int(found[2]))
    return QuerySyntaxError(in_short(str(error)))
