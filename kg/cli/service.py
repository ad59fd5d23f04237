"""Commands around the service: serve, doctor."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from kg.cli import output
from kg.cli.asking import StoreOption
from kg.config import described, read_settings
from kg.errors import EgovkgError

_PACKAGES = ("pyoxigraph", "rdflib", "pyshacl", "shacl", "fastapi", "uvicorn", "SPARQLWrapper", "pydantic", "PyYAML", "ruamel.yaml")


def serve(
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port to serve on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Queries evaluated at a time.")] = None,
) -> None:
    """Serve pages, API and SPARQL; the default store is built when there is none. Stop with Ctrl-C."""
    with output.reported():
        settings = read_settings().with_options(store=store, host=host, port=port, workers=workers)
        server = import_module("api.server")  # by name: kg never imports api
        server.serve(settings, lambda line: typer.echo(line, err=True))


def doctor(store: StoreOption = None) -> None:
    """Say what is installed and set, and whether the store is sound; exit 1 where something is not."""
    from kg.loading.opening import freshness
    from kg.resources import ontology_dir, records_dir, shapes_dir
    from kg.store.oxigraph import OxigraphStore
    from kg.store.remote import RemoteStore

    with output.reported():
        settings = read_settings().with_options(store=store)
    typer.echo(f"python {sys.version.split()[0]}; {', '.join(_versions())}")
    folders = {"ontology": ontology_dir(), "shapes": shapes_dir(), "records": records_dir(), "imports": settings.imports_path}
    for name, folder in folders.items():
        typer.echo(f"{name}: {folder}")
    typer.echo("settings (* differs from the default):")
    for name, value, meaning, changed in described(settings):
        typer.echo(f"  {'*' if changed else ' '} {name}={value}  {meaning}")
    if not settings.remote and not settings.store_path.exists():
        typer.echo(f"store: none yet at {settings.store}; `egovkg build` or `egovkg serve` makes it")
        return
    try:
        if settings.remote:
            typer.echo(f"store: {settings.store} answers, release {RemoteStore(settings.store).release() or 'unknown'}")
        else:
            opened = OxigraphStore(settings.store_path)
            state = freshness(opened, settings.imports_path)
            typer.echo(f"store: {settings.store} is sound, release {opened.release() or 'unknown'}, {state}")
            opened.close()
    except EgovkgError as error:
        output.fail(str(error), output.FAILED)


def _versions() -> list[str]:
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return found


COMMANDS = (serve, doctor)
