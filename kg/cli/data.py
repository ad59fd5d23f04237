"""Commands that move data: load, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli import output
from kg.cli.asking import StoreOption, opened
from kg.config import read_settings
from kg.errors import StoreError


def load(
    files: Annotated[list[Path], typer.Argument(help="RDF files; the ending says the format.")],
    graph: Annotated[str | None, typer.Option("--graph", help="IRI of the graph for triples; the default graph when not given.")] = None,
    format: Annotated[str | None, typer.Option("--format", help="Format, where the ending does not say it.")] = None,
    store: StoreOption = None,
) -> None:
    """Add RDF files to the store, each all or nothing, checked against the shapes (EGOVKG_SHACL=off to skip)."""
    from kg.loading.adding import add_file

    with output.reported():
        settings = read_settings().with_options(store=store)
        if settings.remote:
            raise StoreError(f"{settings.store} is remote and read-only here; load the data with its own tools")
        target = opened(store, settings)
        try:
            for file in files:
                count = add_file(target, file, graph, format, check=settings.shacl)
                typer.echo(f"{file}: {count} new statement(s)", err=True)
        finally:
            target.close()


def export(
    format: Annotated[
        str | None, typer.Option("--format", "-f", help="nq, trig or jsonld for all graphs; ttl or nt for the facts alone.")
    ] = None,
    out: Annotated[str | None, typer.Option("--out", "-o", help="File to write; stdout when not given.")] = None,
    store: StoreOption = None,
) -> None:
    """Write the whole dataset, or in Turtle and N-Triples the facts (the default graph)."""
    from kg.formats import DATASETS, N_TRIPLES, TURTLE, find_format
    from kg.store.base import Wish

    with output.reported():
        name = format or (Path(out).suffix if out else "") or "nq"
        chosen = find_format(name, (*DATASETS, TURTLE, N_TRIPLES))
        source = opened(store)
        if chosen in DATASETS:
            data = source.dump(chosen)
        else:
            data = source.answer("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", Wish(graph=[chosen])).body
    output.write(data, out)


COMMANDS = (load, export)
