"""One side of a comparison as N-Quads lines, whatever it was: a file, a store directory, a folder of records.

Lines are compared before they are parsed: of two large datasets that hardly differ, hardly anything is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import UnknownFormat, UnusableInput
from kg.formats import GRAPHS, N_QUADS, Format, find_format
from kg.loading.dataset import build
from kg.rdf import nquads, rdf_format
from kg.store.oxigraph import OxigraphStore

_TERM = rb'(?:<[^<> ]*>|_:[\w.-]+|"(?:[^"\\\n]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^<> ]*>)?)'
_PLAIN = re.compile(rb"(?:<[^<> ]*>|_:[\w.-]+) <[^<> ]*> " + _TERM + rb"(?: (?:<[^<> ]*>|_:[\w.-]+))? \.")


@dataclass(frozen=True)
class Side:
    """A dataset under the name that its user gave; `lines` are its quads, one a line, without line ends."""

    name: str
    lines: frozenset[bytes]

    def without(self, other: Side) -> list[ox.Quad]:
        """Return the quads whose line the other side has not."""
        return list(_parsed(self.name, b"\n".join(self.lines - other.lines), N_QUADS))

    def about(self, subjects: Collection[str]) -> Iterator[ox.Quad]:
        """Yield all quads about the given subjects (as N-Triples terms)."""
        wanted = {subject.encode() for subject in subjects}
        found = b"\n".join(line for line in self.lines if line[: line.index(b" ")] in wanted)
        return _parsed(self.name, found, N_QUADS)


def read_side(path: Path, base: str) -> Side:
    """Read a dataset: a file of quads, a store directory, or a folder of records, which is built for this base.

    Raises UnusableInput, StoreBusy, StoreDamaged, or BadRecords.
    """
    if not path.exists():
        raise UnusableInput(f"there is no {path}; give an N-Quads file, a store directory or a folder of records")
    if path.is_file():
        return Side(str(path), _of_file(path))
    if (path / "CURRENT").exists():
        store = OxigraphStore(path)
        try:
            return Side(str(path), _lines(store.dump(N_QUADS)))
        finally:
            store.close()
    if any(path.rglob("*.yaml")):
        return Side(str(path), _lines(build(path, base).nquads))
    raise UnusableInput(f"{path} is neither a store directory nor a folder of records; give one of these, or an N-Quads file")


def _of_file(path: Path) -> frozenset[bytes]:
    try:
        data = path.read_bytes()
        chosen = find_format(path.suffix or "nq", GRAPHS)
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read ({error.strerror}); make it readable") from None
    except UnknownFormat:
        raise UnusableInput(f"{path} has the ending of no RDF format; give an N-Quads file (.nq), as `egovkg build --out` writes") from None
    if chosen is N_QUADS and (lines := _lines(data)) and all(map(_PLAIN.fullmatch, lines)):
        return lines
    return _lines(nquads(list(_parsed(str(path), data, chosen))))


def _parsed(name: str, data: bytes, format: Format) -> Iterator[ox.Quad]:
    """Parse RDF, blank nodes under the names that they have: there is no other way to compare them."""
    try:
        yield from ox.parse(data, format=rdf_format(format))
    except (SyntaxError, ValueError) as error:
        raise UnusableInput(f"{name} is not readable as {format.name}: {error}; correct it, or build it anew") from None


def _lines(data: bytes) -> frozenset[bytes]:
    return frozenset(filter(None, data.split(b"\n")))


def in_facts(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads of the default graph: the facts."""
    return [quad for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)]
