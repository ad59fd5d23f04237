"""The command line's entry point: global options, and the commands of each room."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from kg import __version__
from kg.cli import (
    analysing,
    asking,
    assessing,
    building,
    comparing,
    data,
    importing,
    keeping,
    linking,
    linting,
    looking,
    service,
    verifying,
)

app = typer.Typer(
    name="egovkg",
    help="Kazakhstan's digital transformation as a knowledge graph: every fact knows the passage that states it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for commands in (
    building.COMMANDS,
    verifying.COMMANDS,
    comparing.COMMANDS,
    asking.COMMANDS,
    looking.COMMANDS,
    analysing.COMMANDS,
    assessing.COMMANDS,
    data.COMMANDS,
    importing.COMMANDS,
    linking.COMMANDS,
    linting.COMMANDS,
    service.COMMANDS,
    keeping.COMMANDS,
):
    for command in commands:
        app.command(name=command.__name__.rstrip("_"))(command)
app.add_typer(assessing.app, name="assess")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"egovkg {__version__}")
        raise typer.Exit


@app.callback()
def main(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")] = False,
) -> None:
    """Exit codes: 0 done, 1 a check found violations (diff: differences), 2 input or options that cannot be used."""
    if quiet:
        os.environ["EGOVKG_QUIET"] = "1"
