"""What a write would change, found without changing anything: an update on a scratch copy, an upload against its graph.

The store handed to `try_update` is a copy that nobody else reads; it is as before when the call returns. Where it could not
be brought back, StoreError is raised, and the copy is of no more use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import QueryFailed, QuerySyntaxError, StoreError, StoreFull
from kg.formats import GRAPHS, find_format
from kg.namespaces import PREFIXES
from kg.store.changes import Change, apply, no_room
from kg.store.functions import functions_of
from kg.store.guarding import NO_SERVICE, calls_service, check_graphs, loads
from kg.store.oxigraph import PROLOGUE
from kg.store.scopes import found_in, graphs_in, scopes_of, with_dataset
from kg.store.slips import in_short
from kg.store.uploads import parse_upload

_WHERE = re.compile(r"error at (\d+):(\d+): (.*)", re.S)
_QUERY = re.compile(r"\s*(?:select|ask|construct|describe)\b", re.I)
_NO_LOAD = "LOAD is not allowed here; fetch the data yourself and send them with PUT or POST to /graphs"
_FAILING = "CLEAR GRAPH <urn:egovkg:nowhere> ;\n"
_SPENT = "too many open files"
"""The engine's word, in a sealed process, for a copy that has taken in all that fits into memory."""


@dataclass(frozen=True)
class Update:
    """A SPARQL update, the protocol's dataset for it, and what its relative IRIs count from (None: there are none)."""

    text: str
    default: Sequence[str] = ()
    named: Sequence[str] = ()
    base: str | None = None


@dataclass(frozen=True)
class Upload:
    """Documents for a graph (None: the default graph), each with the name of its format; `method` is PUT, POST or DELETE."""

    method: str
    graph: str | None
    parts: Sequence[tuple[bytes, str]] = ()
    base: str | None = None


def try_update(scratch: ox.Store, update: Update, *, sealed: bool = False) -> Change:
    """Return what a SPARQL update changes.

    Raises QuerySyntaxError, or QueryFailed for what is refused (LOAD, SERVICE) or cannot be evaluated. `sealed`: this process
    can open no socket, so SILENT calls for something elsewhere come to nothing by themselves, as SPARQL says.
    """
    text = update.text
    check_graphs(text)
    refusal = reaching_out(text)
    if refusal and not (sealed and "silent" in text.lower()):
        _check_syntax(text, update.base)
        raise QueryFailed(f"the update could not be evaluated: {refusal}")
    if update.default or update.named:
        try:
            text = with_dataset(text, update.default, update.named)
        except ValueError as error:
            raise QueryFailed(f"a graph of the update's dataset is no IRI ({error}); write it whole") from None
    scopes = scopes_of(text)
    before, graphs = found_in(scratch, scopes), graphs_in(scratch, scopes)
    try:
        scratch.update(text, base_iri=update.base, prefixes=PREFIXES, custom_functions=functions_of(scratch))
    except SyntaxError as error:
        prologue = PROLOGUE.match(text)
        if _QUERY.match(text, prologue.end() if prologue else 0):
            raise QueryFailed("this is a query; this route only takes updates; send it to /sparql") from None
        raise _syntax_error(error) from None
    except (OSError, RuntimeError, ValueError) as error:
        raise _failure(error, text) from None
    after, left = found_in(scratch, scopes), graphs_in(scratch, scopes)
    change = Change(tuple(after - before), tuple(before - after), tuple(left - graphs), tuple(graphs - left))
    try:
        apply(scratch, change.reversed())
    except (OSError, RuntimeError, ValueError) as error:
        raise _no_copy(error) from None
    return change


def _check_syntax(text: str, base: str | None) -> None:
    """Raise QuerySyntaxError for what is no update. Nothing of it is done: all is read, then an operation put before fails."""
    begin = PROLOGUE.match(text)
    place = begin.end() if begin else 0
    with suppress(OSError, RuntimeError, ValueError):
        try:
            ox.Store().update(f"{text[:place]}{_FAILING}{text[place:]}", base_iri=base, prefixes=PREFIXES)
        except SyntaxError as error:
            raise _syntax_error(error, text[:place]) from None


def reaching_out(text: str) -> str:
    """Return what to say of an update that calls for something elsewhere, empty of one that does not."""
    if loads(text):
        return _NO_LOAD
    return NO_SERVICE if calls_service(text) else ""


def _failure(error: Exception, text: str) -> QueryFailed | StoreError:
    if refusal := reaching_out(text):
        return QueryFailed(f"the update could not be evaluated: {refusal}")
    if no_room(error) or _SPENT in str(error).lower():
        return _no_copy(error)
    return QueryFailed(f"the update could not be evaluated: {error}")


def _no_copy(error: Exception) -> StoreError:
    reason = str(error).splitlines()[0]
    if _SPENT in reason.lower():
        return StoreError("the update changes more than can be tried at a time; nothing was changed; do it in parts")
    return StoreFull("the scratch copy of the store", reason)


def try_graph(store: ox.Store, upload: Upload) -> tuple[Change, bool]:
    """Return what an upload to a graph, or its deletion, changes, and whether the graph was there; the store is only read."""
    graph = ox.NamedNode(upload.graph) if upload.graph else ox.DefaultGraph()
    new: dict[ox.Quad, None] = {}
    for data, format in upload.parts:
        new.update(dict.fromkeys(parse_upload(data, find_format(format, GRAPHS), upload.base or upload.graph)))
    written = _as_stored(new, graph)
    old = set() if upload.method == "POST" else set(store.quads_for_pattern(None, None, None, graph))
    added = tuple(quad for quad in written if quad not in store)
    there = upload.graph is None or store.contains_named_graph(graph)
    kept = set(written)
    own = (graph,) if isinstance(graph, ox.NamedNode) else ()
    deleted = upload.method == "DELETE"
    created, dropped = () if there or deleted else own, own if there and deleted else ()
    return Change(added, tuple(quad for quad in old if quad not in kept), created, dropped), there


def _as_stored(quads: dict[ox.Quad, None], graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    """Return quads in a graph as the engine keeps them: it writes some literals anew."""
    kept = ox.Store()
    kept.extend(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
    return list(kept)


def _syntax_error(error: SyntaxError, before: str | None = None) -> QuerySyntaxError:
    """Return an error with its place; `before` is the text that stood before what was put in."""
    found = _WHERE.search(str(error))
    if not found:
        return QuerySyntaxError(in_short(str(error)))
    line, column = int(found[1]), int(found[2])
    if before is not None:
        last = before.count("\n") + 1
        column += len(before) - before.rfind("\n") - 1 if line == last + 1 else 0
        line -= line > last
    return QuerySyntaxError(in_short(found[3]), line, column)
