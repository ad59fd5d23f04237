"""What a search asks for and what it finds, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg.search.reading import kind_of

Sort = Literal["relevance", "name"]
SORTS: tuple[Sort, ...] = ("relevance", "name")


@dataclass(frozen=True)
class Asked:
    """A search: text (empty finds all of which a source is curated), and what to keep of what is found.

    `document` is an IRI: only things that its passages speak of. `begin` and `end` are days (ISO): only things whose period
    has a day between them. Sorted by name, the names are those of `language`.
    """

    text: str = ""
    kind: str | None = None
    document: str | None = None
    begin: str = ""
    end: str = ""
    sort: Sort = "relevance"
    language: str = "en"


@dataclass(frozen=True)
class Hit:
    """An entity found: the name that matched, its language (empty for codes), what kind of name it is and how it matched.

    `match` is `several` where the words stand in several of its names, `iri` where its IRI was asked for; `how` is one of
    layout.TIERS, `score` goes with it: 1 for a whole label, down to 0.2 for a misspelt one. `curated` is False for a thing that
    is here by name alone, for the linker.
    """

    iri: str
    name: str
    language: str
    match: str
    how: str = "exact"
    score: float = 1.0
    curated: bool = True

    @property
    def kind(self) -> str:
        """Return the entity's kind."""
        return kind_of(self.iri)


@dataclass(frozen=True)
class Counts:
    """How many things were found: all, by kind (whatever kind is asked for), by document's IRI (whatever document is asked for).

    `undated` counts what a period left out because no source dates it.
    """

    count: int
    kinds: Mapping[str, int]
    documents: Mapping[str, int]
    undated: int = 0


@dataclass(frozen=True)
class Page:
    """Some of the hits, in order, with the counts of all.

    `behind` is the release whose names answered, where the index of the data as they stand is still being made.
    """

    hits: list[Hit] = field(default_factory=list)
    counts: Counts = Counts(0, {}, {})
    behind: str | None = None
