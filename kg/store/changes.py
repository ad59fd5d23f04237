"""A change to a dataset as data: what is added and removed, and what a store would be like after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import pyoxigraph as ox

from kg.namespaces import DATASET, DCAT, RELEASE

Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_NO_ROOM = ("no space left", "file too large", "disk quota")
_TERM = "urn:egovkg:"


@dataclass(frozen=True)
class Change:
    """Quads added and removed, graphs that come into being and that go; no quad is on both sides."""

    added: tuple[ox.Quad, ...] = ()
    removed: tuple[ox.Quad, ...] = ()
    created: tuple[ox.NamedNode, ...] = ()
    dropped: tuple[ox.NamedNode, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.created or self.dropped)

    def with_quads(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> Change:
        """Return the change with further quads; what is both added and removed stays as it was."""
        more, less = dict.fromkeys((*self.added, *added)), dict.fromkeys((*self.removed, *removed))
        both = more.keys() & less.keys()
        return Change(
            tuple(quad for quad in more if quad not in both), tuple(quad for quad in less if quad not in both), self.created, self.dropped
        )

    def reversed(self) -> Change:
        """Return the change that undoes this one."""
        return Change(self.removed, self.added, self.dropped, self.created)

    def digest(self) -> str:
        """Return a digest of what changes, the same whatever the order."""
        lines = [f"+{quad}" for quad in self.added] + [f"-{quad}" for quad in self.removed]
        lines += [f"c{graph}" for graph in self.created] + [f"d{graph}" for graph in self.dropped]
        return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def packed(change: Change) -> bytes:
    """Return a change as bytes that may leave a process: a line that counts, then N-Quads, blank nodes with their names."""
    head = {
        "added": len(change.added),
        "removed": len(change.removed),
        "created": [graph.value for graph in change.created],
        "dropped": [graph.value for graph in change.dropped],
    }
    return b"\n".join((json.dumps(head).encode(), as_lines((*change.added, *change.removed))))


def unpacked(data: bytes) -> Change:
    """Return the change that `packed` wrote; raises ValueError for what it did not write."""
    line, _, lines = data.partition(b"\n")
    head = json.loads(line)
    quads = tuple(ox.parse(lines, format=ox.RdfFormat.N_QUADS))
    added = int(head["added"])
    if len(quads) != added + int(head["removed"]):
        raise ValueError(f"{len(quads)} quads where {head['added']} and {head['removed']} were due")
    return Change(quads[:added], quads[added:], tuple(map(ox.NamedNode, head["created"])), tuple(map(ox.NamedNode, head["dropped"])))


def as_lines(quads: Iterable[ox.Quad]) -> bytes:
    """Return quads as N-Quads, in their order."""
    return "".join(f"{quad} .\n" for quad in quads).encode()


def apply(store: ox.Store, change: Change) -> None:
    """Make a change in one transaction: all of it, or (an error, a kill) nothing.

    DELETE DATA takes no blank nodes, so the terms come as they are, by number, from functions of the update.
    """
    rows = (*change.removed, *change.added)
    steps = [f"DROP SILENT GRAPH {graph}" for graph in change.dropped]
    steps += _steps("DELETE", rows, range(len(change.removed)), set(change.dropped))
    steps += [f"CREATE SILENT GRAPH {graph}" for graph in change.created]
    steps += _steps("INSERT", rows, range(len(change.removed), len(rows)), set())
    if steps:
        store.update(" ;\n".join(steps), custom_functions=_functions(rows))


def _steps(verb: str, rows: Sequence[ox.Quad], places: Iterable[int], gone: set[ox.NamedNode]) -> Iterator[str]:
    plain, named = [], []
    for place in places:
        graph = rows[place].graph_name
        if isinstance(graph, ox.DefaultGraph):
            plain.append(str(place))
        elif graph not in gone:
            named.append(str(place))
    terms = " ".join(f"BIND(<{_TERM}{name}>(?i) AS ?{name})" for name in "spo")
    if plain:
        yield f"{verb} {{ ?s ?p ?o }} WHERE {{ VALUES ?i {{ {' '.join(plain)} }} {terms} }}"
    if named:
        yield f"{verb} {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ VALUES ?i {{ {' '.join(named)} }} {terms} BIND(<{_TERM}g>(?i) AS ?g) }}"


def _functions(rows: Sequence[ox.Quad]) -> dict[ox.NamedNode, Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]]:
    def part(name: str) -> Callable[[ox.Literal], ox.NamedNode]:
        return lambda place: getattr(rows[int(place.value)], name)

    names = {"s": "subject", "p": "predicate", "o": "object", "g": "graph_name"}
    return {ox.NamedNode(_TERM + short): part(name) for short, name in names.items()}


def release_quad(release: str) -> ox.Quad:
    """Return the quad that names the release of a dataset."""
    return ox.Quad(DATASET, DCAT.version, ox.Literal(release), RELEASE)


def no_room(error: Exception) -> bool:
    """Say whether an error of the engine is a full disk, or a limit on the size of files."""
    return any(sign in str(error).lower() for sign in _NO_ROOM)


class Overlay:
    """A store as it would be after a change, for reading by pattern."""

    def __init__(self, store: ox.Store, change: Change) -> None:
        self._store = store
        self._removed = frozenset(change.removed)
        self._added: dict[tuple[str, object], list[ox.Quad]] = {}
        for quad in change.added:
            for key in (("", None), ("s", quad.subject), ("p", quad.predicate), ("o", quad.object), ("g", quad.graph_name)):
                self._added.setdefault(key, []).append(quad)

    def find(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None, value: Object | None = None, graph: Graph | None = None
    ) -> Iterator[ox.Quad]:
        """Yield the quads that match; None matches all."""
        for quad in self._store.quads_for_pattern(subject, predicate, value, graph):
            if quad not in self._removed:
                yield quad
        wanted = (subject, predicate, value, graph)
        keys = [(name, term) for name, term in zip("spog", wanted, strict=True) if term is not None]
        for quad in self._added.get(keys[0] if keys else ("", None), ()):
            if all(term is None or term == own for term, own in zip(wanted, _four(quad), strict=True)):
                yield quad


def _four(quad: ox.Quad) -> tuple[object, object, object, object]:
    return quad.subject, quad.predicate, quad.object, quad.graph_name
