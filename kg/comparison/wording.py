"""Changes as sentences: names for IRIs, dates as exact as they are known, figures with their last zeros, and the passages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from kg.comparison.changes import Change, Difference, Key, Value, key_of
from kg.comparison.sides import Side
from kg.namespaces import EGOV, PROV, SDMX_M, SKOS, XSD, shorten
from kg.query.labels import chain, shown
from kg.terms import Terms

_DIGITS = {"year": 4, "month": 7}
_PASSAGE = "/id/passage/"


@dataclass
class _Known:
    """What one side says of the things that changes name."""

    labels: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    locators: dict[str, str] = field(default_factory=dict)
    resolutions: dict[str, Decimal] = field(default_factory=dict)
    precisions: dict[tuple[str, str], str] = field(default_factory=dict)
    passages: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[str, str] = field(default_factory=dict)


class Wording:
    """Turns changes of a difference (all, unless told which) into sentences in one language."""

    def __init__(self, difference: Difference, terms: Terms, language: str = "en", changes: Sequence[Change] | None = None) -> None:
        changes = difference.changes if changes is None else changes
        self._precisions = terms.precision_of
        self._languages = chain(language)
        self._old = self._known(difference.old, changes)
        self._new = self._known(difference.new, changes)
        self._labels: dict[str, dict[str, str]] = {**self._old.labels, **self._new.labels}

    def name(self, iri: str) -> str:
        """Return what to call a thing: its newest label, else its short IRI."""
        return shown(iri, self._labels, self._languages)

    def sentence(self, change: Change) -> str:
        """Return one change in words: thing, property, old and new value, and the passages that state them."""
        part = shorten(change.subject.value).removeprefix(shorten(change.thing)).strip("/")
        about = self.name(change.thing) + (f" [{part}]" if part and part != shorten(change.subject.value) else "")
        if change.predicate != SDMX_M.obsValue:
            about += f", {self.name(change.predicate.value)}"
        values = [self.value(change, side) for side in ("old", "new") if self._given(change, side) is not None]
        sources = [self.evidence(change, side) for side in ("old", "new") if self._given(change, side) is not None]
        told = " → ".join(_cited(source) for source in (sources if len(set(map(tuple, sources))) > 1 else sources[:1]))
        return f"{about}: {' → '.join(values)} ({told})"

    def value(self, change: Change, side: str) -> str:
        """Return the old or the new value of a change as people read it."""
        value, known = self._given(change, side), self._side(side)
        if isinstance(value, ox.NamedNode):
            return self.name(value.value)
        if not isinstance(value, ox.Literal):
            return str(value)
        if value.datatype == XSD.date:
            return value.value[: _DIGITS.get(known.precisions.get((change.subject.value, change.predicate.value), ""), 10)]
        if value.datatype == XSD.decimal and change.predicate == SDMX_M.obsValue and change.subject.value in known.resolutions:
            return f"{Decimal(value.value).quantize(known.resolutions[change.subject.value]):f}"
        return f"“{value.value}”@{value.language}" if value.language else value.value

    def evidence(self, change: Change, side: str) -> list[str]:
        """Return the passages that state a fact, or what derives it; none for what the editors say."""
        value, known = self._given(change, side), self._side(side)
        if value is None:
            return []
        passages = known.passages.get(key_of(change.subject, change.predicate, value), [])
        named = sorted(self._passage(iri, known) for iri in set(passages))
        rule = known.rules.get(change.subject.value)
        if named or rule:
            return named or [f"computed by {rule}"]
        return ["found by the build"] if "/id/conflict/" in change.thing else []

    def _passage(self, iri: str, known: _Known) -> str:
        reference = iri.partition(_PASSAGE)[2]
        document, _, slug = reference.rpartition("/")
        return f"{document} {known.locators.get(iri, slug)}"

    def _side(self, side: str) -> _Known:
        return self._old if side == "old" else self._new

    @staticmethod
    def _given(change: Change, side: str) -> Value | None:
        return change.old if side == "old" else change.new

    def _known(self, side: Side, changes: Sequence[Change]) -> _Known:
        """Read what a side says of the things in the changes, then of the passages that state them."""
        known = _Known()
        exact = {companion: date for date, companion in self._precisions.items()}
        subjects = {str(change.subject) for change in changes}
        named = {str(t) for c in changes for t in (c.predicate, c.old, c.new) if isinstance(t, ox.NamedNode)}
        named |= {f"<{change.thing}>" for change in changes}
        for quad in side.about(subjects | named):
            self._learn(quad, known, exact)
        for quad in side.about({f"<{iri}>" for passages in known.passages.values() for iri in passages}):
            if quad.predicate == EGOV.locator and isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
                known.locators[quad.subject.value] = quad.object.value
        return known

    @staticmethod
    def _learn(quad: ox.Quad, known: _Known, exact: Mapping[ox.NamedNode, ox.NamedNode]) -> None:
        subject, predicate, value, graph = quad.subject, quad.predicate, quad.object, quad.graph_name
        assert isinstance(subject, ox.NamedNode | ox.BlankNode)
        assert isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal)
        if isinstance(graph, ox.NamedNode):
            if _PASSAGE in graph.value:
                known.passages[key_of(subject, predicate, value)].append(graph.value)
            return
        if predicate == SKOS.prefLabel and isinstance(value, ox.Literal):
            known.labels[subject.value][value.language or "en"] = value.value
        elif predicate == EGOV.resolution:
            known.resolutions[subject.value] = Decimal(value.value)
        elif predicate in exact:
            known.precisions[subject.value, exact[predicate].value] = value.value.rpartition("/")[2]
        elif predicate == PROV.wasGeneratedBy:
            known.rules[subject.value] = shorten(value.value)


def _cited(sources: Sequence[str]) -> str:
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return f"{sources[0]}{more}" if sources else "editorial"


def counts(difference: Difference) -> dict[str, int]:
    """Return how many facts differ, by kind, in how many things, and how many claims of passages do."""
    kinds = [change.kind for change in difference.changes]
    return {
        **{kind: kinds.count(kind) for kind in ("added", "removed", "changed")},
        "things": len({change.thing for change in difference.changes}),
        "claimsAdded": difference.claims_added,
        "claimsRemoved": difference.claims_removed,
    }


def rows(changes: Iterable[Change], wording: Wording) -> Iterator[list[str]]:
    """Yield one row a change: its kind, the thing, the sentence."""
    for change in changes:
        yield [change.kind, shorten(change.thing), wording.sentence(change)]


def as_json(difference: Difference, wording: Wording, limit: int | None) -> dict[str, Any]:
    """Return the difference as plain data, by thing; `complete` is false where `limit` cut the list."""
    listed = difference.changes[:limit]
    things = [
        {"thing": shorten(iri), "iri": iri, "label": wording.name(iri), "facts": [_fact(change, wording) for change in group]}
        for iri, group in groupby(listed, key=lambda change: change.thing)
    ]
    total = counts(difference)
    return {
        "old": difference.old.name,
        "new": difference.new.name,
        "counts": total,
        "listed": len(listed),
        "complete": len(listed) == len(difference.changes),
        "things": things,
    }


def _fact(change: Change, wording: Wording) -> dict[str, Any]:
    sides = {
        side: {"term": str(value), "value": wording.value(change, side), "passages": wording.evidence(change, side)}
        for side, value in (("old", change.old), ("new", change.new))
        if value is not None
    }
    return {
        "change": change.kind,
        "subject": change.subject.value,
        "property": shorten(change.predicate.value),
        **sides,
        "sentence": wording.sentence(change),
    }
