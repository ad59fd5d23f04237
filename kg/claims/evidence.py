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
    """The standing of a passage.

    `rank` 1 is the best authority; `issued` is the document's ISO date as exactly as it is known ("2023", "2023-06-21"), else empty.
    """

    document: ox.NamedNode
    rank: int = LOWEST_RANK
    issued: str = ""
    table: bool = False

    def before(self, other: Standing) -> bool:
        """Say whether the document is surely older than another: "2023" is neither before nor after "2023-06-21"."""
        length = min(len(self.issued), len(other.issued))
        return self.issued[:length] < other.issued[:length] if length else bool(other.issued) and not self.issued


Evidence = Mapping[ox.NamedNode, Standing]
"""The standing of every passage, by the passage's IRI."""

_TABLE = concept("passage-type", "table")
_ISSUED, _EXACTLY = DCTERMS.issued, EGOV.issuedPrecision
_DIGITS = {"year": 4, "month": 7}


def evidence_from(editorial: Iterable[ox.Quad], claims: Iterable[ox.Quad], terms: Terms) -> Evidence:
    """Read the standing of every passage that the editorial quads describe; dates of issue are the latest that is claimed."""
    about: dict[ox.NamedNode, dict[ox.NamedNode, ox.NamedNode]] = {OA.hasSource: {}, EGOV.passageType: {}, EGOV.authority: {}}
    for quad in editorial:
        if quad.predicate in about:
            about[quad.predicate][quad.subject] = quad.object  # type: ignore[index,assignment]
    dates: dict[tuple[object, object], str] = {}
    exactly: dict[tuple[object, object], str] = {}
    for quad in claims:
        if quad.predicate in (_ISSUED, _EXACTLY):
            (dates if quad.predicate == _ISSUED else exactly)[quad.subject, quad.graph_name] = quad.object.value  # type: ignore[union-attr]
    issued: dict[object, str] = {}
    for (document, graph), day in dates.items():
        known = day[: _DIGITS.get(exactly.get((document, graph), "").rpartition("/")[2])]
        issued[document] = max(issued.get(document, ""), known)
    ranks = {
        document: terms.authority_rank.get(code.value.rpartition("/")[2], LOWEST_RANK) for document, code in about[EGOV.authority].items()
    }
    types = about[EGOV.passageType]
    return {
        passage: Standing(document, ranks.get(document, LOWEST_RANK), issued.get(document, ""), types.get(passage) == _TABLE)
        for passage, document in about[OA.hasSource].items()
    }
