"""Find entities by name: label, alternative label, notation, number or identifier, in any of the three languages.

An index in memory, made once a release: case, blanks, dashes and quotes are folded, and Kazakh letters to the Russian
ones that a Russian keyboard has for them (ә→а, қ→к …). The search of docs/architecture.md's look-up room comes later.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pyoxigraph as ox

from kg.namespaces import ID, KINDS, local_name
from kg.store.base import Store
from kg.store.letters import fold as fold

_NAMES = """SELECT ?thing ?property ?name WHERE {
  VALUES ?property { skos:prefLabel skos:altLabel skos:hiddenLabel skos:notation eli:number eli:id_local bibo:doi egov:alias schema:name }
  ?thing ?property ?name
}"""
_NAMED = "SELECT ?thing WHERE { ?thing a egov:NamedOnly }"
_WEIGHT = {"prefLabel": 0, "notation": 1, "id_local": 1, "altLabel": 2, "number": 2, "doi": 2, "alias": 3, "name": 3, "hiddenLabel": 4}
_KINDS = frozenset(KINDS) - {"passage"}
_BY_NAME_ALONE = 10
"""What a thing of which no source is curated stands behind others of its rank."""
_SEVERAL, _SPREAD = "several", 4
"""What matched, and its rank, where the words of a search stand in several names of one thing."""


@dataclass(frozen=True)
class Hit:
    """An entity found: the name that matched, its language (empty for codes) and what kind of name it is.

    `curated` is False for a thing that is here by name alone, for the linker.
    """

    iri: str
    name: str
    language: str
    match: str
    curated: bool = True

    @property
    def kind(self) -> str:
        """Return the entity's kind."""
        return (local_name(self.iri) or "").partition("/")[0]


class Names:
    """The names of every entity of a store."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self._hits = [(fold(hit.name), hit) for hit in hits]
        together: dict[str, set[str]] = defaultdict(set)
        for name, hit in self._hits:
            together[hit.iri].add(name)
        self._slugs = {iri: fold(_slug(iri)) for iri in together}
        self._together = {iri: "|".join(sorted({*names, self._slugs[iri]})) for iri, names in together.items()}
        short = {iri: local_name(iri) or iri for iri in together}
        by_name = {name: short[hit.iri] for name, hit in self._hits if hit.kind != "observation"}
        by_slug = {fold(name): name for name in short.values()} | {slug: short[iri] for iri, slug in self._slugs.items()}
        self._nearby = {**by_name, **by_slug}
        self._everything = self._found("")

    @classmethod
    def of(cls, store: Store) -> Names:
        """Read the names of a store."""
        named = {row["thing"].value for row in store.rows(_NAMED)}
        hits = [_hit(row["thing"].value, row["property"].value, row["name"]) for row in store.rows(_NAMES)]
        wanted = (hit for hit in hits if hit.iri.startswith(ID) and hit.kind in _KINDS and not _is_code(hit.iri))
        return cls(replace(hit, curated=False) if hit.iri in named else hit for hit in wanted)

    def find(self, text: str, kind: str | None = None) -> list[Hit]:
        """Return hits, one an entity: whole name first, then beginnings, then every word inside, or in several of its names.

        Empty text finds all of which a source is curated; text of signs alone finds nothing.
        """
        wanted = fold(text)
        if not wanted:
            return [] if text.strip() else [hit for hit in self._everything if hit.curated and (not kind or hit.kind == kind)]
        return self._found(wanted, kind)

    @property
    def by_name_alone(self) -> int:
        """Return how many things are here by name alone."""
        return sum(not hit.curated for hit in self._everything)

    def of_thing(self, iri: str) -> list[Hit]:
        """Return the hit of one thing; nothing where it has no name."""
        return [hit for hit in self._everything if hit.iri == iri]

    def _found(self, wanted: str, kind: str | None = None) -> list[Hit]:
        words = wanted.split()
        spread = {iri for iri, names in self._together.items() if all(word in names for word in words)} if len(words) > 1 else set()
        ranked: dict[str, tuple[tuple[int, int, int, str], Hit]] = {}
        for name, hit in self._hits:
            if kind and hit.kind != kind:
                continue
            rank = _rank(name, wanted, words)
            if rank is None and hit.iri in spread:
                rank = _SPREAD
            if rank is None:
                continue
            weight = (9 if hit.kind == "conflict" else _WEIGHT.get(hit.match, 9)) + (0 if hit.curated else _BY_NAME_ALONE)
            order = (rank, weight, len(name) if wanted else 0, hit.iri)
            if hit.iri not in ranked or order < ranked[hit.iri][0]:
                ranked[hit.iri] = (order, replace(hit, match=_SEVERAL) if rank == _SPREAD else hit)
        return [hit for _, hit in sorted(ranked.values(), key=lambda found: found[0])]

    def exact(self, text: str) -> list[str]:
        """Return the entities of which a name or slug is exactly the text, folded."""
        wanted = fold(text)
        found = {hit.iri: None for name, hit in self._hits if name == wanted}
        found |= {iri: None for iri, slug in self._slugs.items() if slug == wanted}
        return list(found)

    def near(self, text: str) -> list[str]:
        """Return up to five `kind/slug` whose name or slug looks like the text."""
        close = get_close_matches(fold(text), self._nearby, 8, 0.65)
        return list(dict.fromkeys(self._nearby[name] for name in close))[:5]


def _rank(name: str, wanted: str, words: list[str]) -> int | None:
    if not wanted or name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if f" {wanted}" in f" {name}":
        return 2
    return 3 if all(word in name for word in words) else None


def _slug(iri: str) -> str:
    return (local_name(iri) or "").partition("/")[2]


def _hit(iri: str, predicate: str, name: object) -> Hit:
    language = (name.language or "") if isinstance(name, ox.Literal) else ""
    return Hit(iri, getattr(name, "value", ""), language, re.split("[#/]", predicate)[-1])


def _is_code(iri: str) -> bool:
    """Say whether an IRI is a code of a list (concept/unit/percent) or a part of an entity, not an entity."""
    return "/identifier/" in iri or "/expression/" in iri
