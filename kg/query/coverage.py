"""What an empty answer means: that the sources say nothing of it, or that they were not read for it.

A document's coverage statements say which kinds of thing were taken from it completely. Where every document that has
passages is complete for a kind, an empty answer means "none"; else "unknown", and the documents that are partial or
silent are named. What is inside another kind (a stage in its scheme) is covered by either statement.

Of linked documents the answer is whole: what the program found in those that the store holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pyoxigraph import NamedNode

from kg.namespaces import concept, shorten
from kg.query.keeping import kept
from kg.store.base import Store

LINKED = "linked"
"""The kind of a question about documents that a user linked, which are no sources of the graph."""
Extent = Literal["complete", "partial", "silent"]

_INSIDE = {"stage": ("stage", "scheme"), "scheme": ("scheme", "stage")}
_COMPLETE = concept("coverage-extent", "complete")
_READ = "SELECT DISTINCT ?document WHERE { ?passage a egov:Passage ; oa:hasSource ?document } ORDER BY ?document"
_STATEMENTS = """SELECT ?document ?kind ?extent ?scope ?from ?to WHERE {
  ?statement a egov:CoverageStatement ; prov:wasDerivedFrom ?document ; egov:coversKind ?kind ; egov:coverageExtent ?extent .
  OPTIONAL { ?statement egov:coverageScope ?scope . FILTER(LANG(?scope) = "en") }
  OPTIONAL { ?statement egov:coversFrom ?from }
  OPTIONAL { ?statement egov:coversTo ?to }
}"""


_COUNTED = "SELECT (COUNT(DISTINCT ?document) AS ?n) WHERE { GRAPH ?graph { ?document a egov:LinkedDocument } }"


@dataclass(frozen=True)
class Coverage:
    """How far one document was read for a kind; `scope` is the statement's own words, empty where it has none.

    `begin` and `end` are the years that the document speaks of (None: it has no such limit).
    """

    document: NamedNode
    extent: Extent
    scope: str = ""
    begin: int | None = None
    end: int | None = None

    def speaks_of(self, year: int) -> bool:
        """Say whether a year lies within what the document speaks of."""
        return (self.begin is None or self.begin <= year) and (self.end is None or year <= self.end)


@dataclass(frozen=True)
class Emptiness:
    """Why an answer is empty: `none` (the sources say nothing) or `unknown`, a sentence, and each document's coverage."""

    state: Literal["none", "unknown"]
    why: str
    coverage: tuple[Coverage, ...]


def coverage_of(store: Store, kind: str) -> tuple[Coverage, ...]:
    """Return the coverage of every document that has passages, for one kind of thing."""
    wanted = _INSIDE.get(kind, (kind,))
    return tuple(
        _coverage(NamedNode(document), [statement for name, statement in stated if name in wanted])
        for document, stated in kept(store, "coverage", lambda: _read(store)).items()
    )


def _read(store: Store) -> Mapping[str, Sequence[tuple[str, _Statement]]]:
    """Return the statements, with their kind, of every document that has passages."""
    stated: dict[str, list[tuple[str, _Statement]]] = {row["document"].value: [] for row in store.rows(_READ)}
    for row in store.rows(_STATEMENTS):
        if (document := row["document"].value) in stated:
            scope = row["scope"].value if "scope" in row else ""
            years = [int(row[name].value) if name in row else None for name in ("from", "to")]
            stated[document].append((row["kind"].value, _Statement(row["extent"] == _COMPLETE, scope, *years)))
    return stated


@dataclass(frozen=True)
class _Statement:
    whole: bool
    scope: str
    begin: int | None
    end: int | None


def why_empty(store: Store, kind: str, years: Iterable[int] = ()) -> Emptiness:
    """Say what an empty answer about a kind of thing means; `years` are those that were asked about."""
    if kind == LINKED:
        return _none_linked(store)
    found = coverage_of(store, kind)
    if not found:
        return Emptiness("unknown", f"the graph holds no document that was read for things of the kind {kind}", found)
    for year in years:
        if not any(item.speaks_of(year) for item in found):
            first, last = (pick(y for item in found for y in (item.begin, item.end) if y) for pick in (min, max))
            return Emptiness("unknown", f"{year} lies outside what the documents speak of, {first} to {last}", found)
    lacking = [item for item in found if item.extent != "complete"]
    if not lacking:
        return Emptiness(
            "none", f"all {len(found)} documents were read completely for things of the kind {kind}, and none states this", found
        )
    named = ", ".join(f"{shorten(item.document.value)} ({item.extent})" for item in lacking)
    return Emptiness("unknown", f"not every document was read completely for things of the kind {kind}: {named}", found)


def _none_linked(store: Store) -> Emptiness:
    count = int(store.rows(_COUNTED)[0]["n"].value)
    if not count:
        return Emptiness("unknown", "no document has been linked into this store: `egovkg link FILE… --store DIR`", ())
    return Emptiness("none", f"nothing of this was found in the {count} document(s) linked into this store", ())


def _coverage(document: NamedNode, statements: list[_Statement]) -> Coverage:
    if not statements:
        return Coverage(document, "silent")
    complete = [statement for statement in statements if statement.whole]
    chosen = complete or statements
    scope = "; ".join(dict.fromkeys(statement.scope for statement in chosen if statement.scope))
    begins, ends = ([getattr(s, name) for s in chosen] for name in ("begin", "end"))
    begin = None if None in begins else min(begins)
    end = None if None in ends else max(ends)
    return Coverage(document, "complete" if complete else "partial", scope, begin, end)
