"""The real service with the data that a case asks for, over HTTP: `egovkg serve` as a plain SPARQL store."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox

from tests.serving import spawned
from tests.w3c.comparing import parse_dataset, suffix_of
from tests.w3c.manifests import path_of

Content = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]
"""Files of the default graph; name and file of each named graph."""


class Service:
    """A client of a running service. `hold` gives it data, all other data go; `writes`: it takes updates at all."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self._held: Content | None = None
        self.writes = self.update("").status_code != 404

    def hold(self, content: Content) -> None:
        """Make the store hold these files and nothing else; nothing is done where it does already."""
        if content == self._held:
            return
        self.changed()
        answer = self.update(f"DROP ALL ;\nINSERT DATA {{\n{_block(content)}}}")
        assert answer.is_success, f"the data could not be loaded: {answer.status_code} {answer.text}"
        self._held = content

    def changed(self) -> None:
        """Note that the store may hold other data than was last asked for."""
        self._held = None

    def update(self, update: str) -> httpx.Response:
        """Send an update."""
        return self.client.post("/update", content=update.encode(), headers={"Content-Type": "application/sparql-update"})


def _block(content: Content) -> str:
    default, graphs = content
    named = [("", file) for file in default] + list(graphs)
    return "".join(_quads(name, file) for name, file in named)


def _quads(name: str, file: str) -> str:
    """Return a file as quads of an update; its blank nodes have names that no other file has."""
    mark = f"b{secrets.token_hex(4)}"
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def renamed(term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term, ox.BlankNode(f"{mark}{len(names)}"))
        if isinstance(term, ox.Triple):
            return ox.Triple(renamed(term.subject), term.predicate, renamed(term.object))
        return term

    lines = []
    for quad in parse_dataset(path_of(file).read_bytes(), suffix_of(file), file):
        graph = f"<{name}>" if isinstance(quad.graph_name, ox.DefaultGraph) and name else str(quad.graph_name)
        line = f"{renamed(quad.subject)} {quad.predicate} {_written(renamed(quad.object))} ."
        lines.append(f"GRAPH {graph} {{ {line} }}\n" if graph != "DEFAULT" else f"{line}\n")
    return "".join(lines)


def _written(term: Any) -> str:
    """Return a term as SPARQL writes it; the engine's own text of a triple has no brackets."""
    if isinstance(term, ox.Triple):
        return f"<<( {term.subject} {term.predicate} {_written(term.object)} )>>"
    return str(term)


@contextmanager
def plain_service() -> Iterator[Service]:
    """Run the service over an empty store that checks nothing; yields it."""
    token = secrets.token_urlsafe(16)
    with (
        tempfile.TemporaryDirectory() as folder,
        spawned("--store", str(Path(folder) / "store"), EGOVKG_EMPTY="1", EGOVKG_SHACL="off", EGOVKG_TOKEN=token) as url,
        httpx.Client(base_url=url, timeout=60, headers={"Authorization": f"Bearer {token}"}) as client,
    ):
        yield Service(client)
