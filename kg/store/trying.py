"""What a write would change, found without changing anything: an update on a scratch copy, an upload against its graph.

Both are jobs, `job(store, payload) -> dict` of plain data, so that they can run in a process that may be killed. The store
handed to `try_update` is a copy that nobody else reads; it is as before when the job returns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryFailed, QuerySyntaxError, StoreFull
from kg.formats import GRAPHS, find_format
from kg.namespaces import PREFIXES
from kg.store.changes import Change, apply, no_room
from kg.store.guarding import calls_service, loads
from kg.store.oxigraph import in_short
from kg.store.scopes import found_in, graphs_in, scopes_of, with_dataset
from kg.store.uploads import parse_upload

_WHERE = re.compile(r"error at (\d+):(\d+): (.*)", re.S)
Payload = Mapping[str, Any]


def try_update(scratch: ox.Store, payload: Payload) -> dict[str, Any]:
    """Return what a SPARQL update changes; payload: `update`, and the protocol's dataset as `default` and `named`.

    Raises QuerySyntaxError, or QueryFailed for what is refused (LOAD, SERVICE) or cannot be evaluated.
    """
    update: str = payload["update"]
    if loads(update):
        raise QueryFailed("LOAD is not allowed here; fetch the data yourself and send them with PUT or POST to /graphs")
    if calls_service(update):
        raise QueryFailed("SERVICE is not allowed here; ask the other endpoint yourself and bring its rows with VALUES")
    if payload.get("default") or payload.get("named"):
        try:
            update = with_dataset(update, payload.get("default", ()), payload.get("named", ()))
        except ValueError as error:
            raise QueryFailed(f"a graph of the update's dataset is no IRI ({error}); write it whole") from None
    return _differences(scratch, update, payload.get("base")).as_data()


def _differences(scratch: ox.Store, update: str, base: str | None) -> Change:
    scopes = scopes_of(update)
    before, graphs = found_in(scratch, scopes), graphs_in(scratch, scopes)
    try:
        scratch.update(update, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        raise _syntax_error(error) from None
    except (OSError, RuntimeError, ValueError) as error:
        if no_room(error):
            raise StoreFull("the scratch copy of the store", str(error).splitlines()[0]) from None
        raise QueryFailed(f"the update could not be evaluated: {error}") from None
    after, left = found_in(scratch, scopes), graphs_in(scratch, scopes)
    change = Change(tuple(after - before), tuple(before - after), tuple(left - graphs), tuple(graphs - left))
    apply(scratch, change.reversed())
    return change


def try_graph(store: ox.Store, payload: Payload) -> dict[str, Any]:
    """Return what an upload to a graph, or its deletion, changes; the store is only read.

    Payload: `method` (PUT, POST, DELETE), `graph` (None: the default graph), `parts` (pairs of bytes and format name), `base`.
    """
    name: str | None = payload["graph"]
    graph = ox.NamedNode(name) if name else ox.DefaultGraph()
    new: dict[ox.Quad, None] = {}
    for data, format in payload.get("parts", ()):
        new.update(dict.fromkeys(parse_upload(data, find_format(format, GRAPHS), payload.get("base") or name)))
    written = _as_stored(new, graph)
    old = set() if payload["method"] == "POST" else set(store.quads_for_pattern(None, None, None, graph))
    added = tuple(quad for quad in written if quad not in store)
    there = name is None or store.contains_named_graph(graph)
    kept = set(written)
    own = (graph,) if isinstance(graph, ox.NamedNode) else ()
    deleted = payload["method"] == "DELETE"
    created, dropped = () if there or deleted else own, own if there and deleted else ()
    change = Change(added, tuple(quad for quad in old if quad not in kept), created, dropped)
    return {**change.as_data(), "existed": there}


def _as_stored(quads: dict[ox.Quad, None], graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    """Return quads in a graph as the engine keeps them: it writes some literals anew."""
    kept = ox.Store()
    kept.extend(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
    return list(kept)


def _syntax_error(error: SyntaxError) -> QuerySyntaxError:
    found = _WHERE.search(str(error))
    if found:
        return QuerySyntaxError(in_short(found[3]), int(found[1]), int(found[2]))
    return QuerySyntaxError(in_short(str(error)))
