"""What an empty answer means: that the sources say nothing of it, or that they were not read for it.

A document's coverage statements say which kinds of thing were taken from it completely. Where every document that has
passages is complete for a kind, an empty answer means "none"; else "unknown", and the documents that are partial or
silent are named. What is inside another kind (a stage in its scheme) is covered by either statement.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from pyoxigraph import NamedNode

from kg.namespaces import concept, shorten
from kg.store.base import Store

Extent = Literal["complete", "partial", "silent"]

_INSIDE = {"stage": ("stage", "scheme"), "scheme": ("scheme", "stage")}
_COMPLETE = concept("coverage-extent", "complete")
_READ = "SELECT DISTINCT ?document WHERE { ?passage a egov:Passage ; oa:hasSource ?document } ORDER BY ?document"
_STATEMENTS = """SELECT ?document ?kind ?extent ?scope WHERE {
  ?statement a egov:CoverageStatement ; prov:wasDerivedFrom ?document ; egov:coversKind ?kind ; egov:coverageExtent ?extent .
  OPTIONAL { ?statement egov:coverageScope ?scope . FILTER(LANG(?scope) = "en") }
}"""


@dataclass(frozen=True)
class Coverage:
    """How far one document was read for a kind; `scope` is the statement's own words, empty where it has none."""

    document: NamedNode
    extent: Extent
    scope: str = ""


@dataclass(frozen=True)
class Emptiness:
    """Why an answer is empty: `none` (the sources say nothing) or `unknown`, a sentence, and each document's coverage."""

    state: Literal["none", "unknown"]
    why: str
    coverage: tuple[Coverage, ...]


def coverage_of(store: Store, kind: str) -> tuple[Coverage, ...]:
    """Return the coverage of every document that has passages, for one kind of thing."""
    wanted = _INSIDE.get(kind, (kind,))
    stated: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for row in store.rows(_STATEMENTS):
        if row["kind"].value in wanted:
            scope = row["scope"].value if "scope" in row else ""
            stated[row["document"].value].append((row["extent"] == _COMPLETE, scope))
    return tuple(_coverage(NamedNode(row["document"].value), stated[row["document"].value]) for row in store.rows(_READ))


def why_empty(store: Store, kind: str) -> Emptiness:
    """Say what an empty answer about a kind of thing means."""
    found = coverage_of(store, kind)
    if not found:
        return Emptiness("unknown", f"the graph holds no document that was read for things of the kind {kind}", found)
    lacking = [item for item in found if item.extent != "complete"]
    if not lacking:
        return Emptiness(
            "none", f"all {len(found)} documents were read completely for things of the kind {kind}, and none states this", found
        )
    named = ", ".join(f"{shorten(item.document.value)} ({item.extent})" for item in lacking)
    return Emptiness("unknown", f"not every document was read completely for things of the kind {kind}: {named}", found)


def _coverage(document: NamedNode, statements: list[tuple[bool, str]]) -> Coverage:
    if not statements:
        return Coverage(document, "silent")
    complete = [scope for whole, scope in statements if whole]
    scopes = complete or [scope for _, scope in statements]
    return Coverage(document, "complete" if complete else "partial", "; ".join(dict.fromkeys(scope for scope in scopes if scope)))
