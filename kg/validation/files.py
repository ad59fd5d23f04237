"""RDF files of a user's as one N-Triples text for the validator, whatever their formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.errors import UnknownFormat, UnusableInput
from kg.findings import Source
from kg.formats import GRAPHS, find_format
from kg.rdf import parse
from kg.validation.engines import Engine, FastSHACL, PySHACL, best_engine
from kg.validation.shacl import Locate

_ENGINES = {"auto": best_engine, "pyshacl": PySHACL, "shacl": FastSHACL}


def read_data(files: Sequence[Path]) -> tuple[str, Locate]:
    """Return the triples of all files and a function from focus node to file; raises UnusableInput.

    Of a dataset its default graph is taken, where it has one.
    """
    lines: dict[str, None] = {}
    owners: dict[str, Source] = {}
    for file in files:
        for quad in _checked(_read(file)):
            lines[f"{quad.subject} {quad.predicate} {quad.object} .\n"] = None
            owners.setdefault(str(quad.subject), Source(str(file), 0))
    return "".join(lines), lambda focus, path, value: owners.get(focus)


def _checked(quads: list[ox.Quad]) -> list[ox.Quad]:
    """Return what of a file is checked: a dataset's default graph where it has one, else all of its graphs together."""
    default = [quad for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)]
    return default or quads


def engine_named(name: str) -> Engine:
    """Return an engine by name; raises UnknownFormat, or UnusableInput where it is not installed."""
    from importlib.util import find_spec

    if name not in _ENGINES:
        raise UnknownFormat(name, list(_ENGINES))
    if name == "shacl" and not find_spec("shacl"):
        raise UnusableInput("the engine `shacl` is not installed; use --engine pyshacl, or pip install 'egovkg[fast]'")
    return _ENGINES[name]()


def _read(file: Path) -> list[ox.Quad]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UnusableInput(f"{file} cannot be read ({error.strerror}); check the path") from None
    try:
        return parse(data, find_format(file.suffix or file.name, GRAPHS))
    except UnusableInput as error:
        raise UnusableInput(f"{file}: {error}") from None
