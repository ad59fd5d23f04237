"""egovkg: a knowledge graph of a state's digital transformation, in which every fact knows the passage that states it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.client.graph import Graph

__version__ = "0.1.0"
__all__ = ["__version__", "open_graph"]


def open_graph(where: str | Path | None = None, known: str | None = None, lang: str = "en") -> Graph:
    """Open a graph for look-ups from Python: a store directory, a service's address, or (None) the store of EGOVKG_STORE.

    `known` limits every answer to what the documents published by that day say, `lang` (en, ru, kk) chooses the names.
    Raises NoStore, StoreBusy, StoreUnreachable, BadSetting.
    """
    from kg.client import graph

    return graph.open_graph(where, known, lang)
