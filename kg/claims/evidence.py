"""What stands behind a passage: its document, the document's authority and date, and whether it is a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

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
