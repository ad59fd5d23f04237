"""Until updates are there: the service in a thread over a store that the test fills itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pyoxigraph as ox

from kg.config import Settings
from kg.store.oxigraph import OxigraphStore
from tests.serving import served
from tests.w3c.comparing import parse_dataset, suffix_of
from tests.w3c.manifests import path_of
from tests.w3c.serving import Content, Service


class Filled(Service):
    writes = False

    def __init__(self, client: httpx.Client, store: Any) -> None:
        super().__init__(client)
        self._swap = store

    def hold(self, content: Content) -> None:
        default, graphs = content
        store = ox.Store()
        for name, file in [*((None, file) for file in default), *graphs]:
            graph = ox.NamedNode(name) if name else ox.DefaultGraph()
            if name:
                store.add_graph(ox.NamedNode(name))
            store.extend(
                (ox.Quad(t.subject, t.predicate, t.object, graph) if isinstance(t.graph_name, ox.DefaultGraph) else t)
                for t in parse_dataset(path_of(file).read_bytes(), suffix_of(file), file)
            )
        self._swap._store = store


@contextmanager
def filled_service() -> Iterator[Service]:
    store = OxigraphStore()
    with served(store, Settings(empty=True)) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield Filled(client, store)
