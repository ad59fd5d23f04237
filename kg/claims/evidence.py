"""What stands behind a passage: its document, the document's authority and date, and whether it is a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import DCTERMS, EGOV, OA, concept
from kg.terms import Terms

LOWEST_RANK = 99


@dataclass(frozen=True)
class Standing:
    """The standing of a passage. `rank` 1 is the best authority; `issued` is an ISO date, empty where unknown."""

    document: ox.NamedNode
    rank: int = LOWEST_RANK
    issued: str = ""
    table: bool = False


Evidence = Mapping[ox.NamedNode, Standing]
"""The standing of every passage, by the passage's IRI."""

_TABLE = concept("passage-type", "table")
_ISSUED = DCTERMS.issued


def evidence_from(editorial: Iterable[ox.Quad], claims: Iterable[ox.Quad], terms: Terms) -> Evidence:
    """Read the standing of every passage that the editorial quads describe; dates of issue are the latest that is claimed."""
    about: dict[ox.NamedNode, dict[ox.NamedNode, ox.NamedNode]] = {OA.hasSource: {}, EGOV.passageType: {}, EGOV.authority: {}}
    for quad in editorial:
        if quad.predicate in about:
            about[quad.predicate][quad.subject] = quad.object  # type: ignore[index,assignment]
    issued: dict[object, str] = {}
    for quad in claims:
        if quad.predicate == _ISSUED and isinstance(quad.object, ox.Literal):
            issued[quad.subject] = max(issued.get(quad.subject, ""), quad.object.value)
    ranks = {
        document: terms.authority_rank.get(code.value.rpartition("/")[2], LOWEST_RANK) for document, code in about[EGOV.authority].items()
    }
    types = about[EGOV.passageType]
    return {
        passage: Standing(document, ranks.get(document, LOWEST_RANK), issued.get(document, ""), types.get(passage) == _TABLE)
        for passage, document in about[OA.hasSource].items()
    }
