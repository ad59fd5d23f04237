"""The command that checks documents against the graph: lint."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kg.cli import output
from kg.cli.asking import StoreOption, opened
from kg.errors import BadSetting, UnusableInput


def lint(
    files: Annotated[list[str], typer.Argument(metavar="FILE…|-", help="Documents (txt, html, docx, pdf), or - for stdin.")],
    format: Annotated[str, typer.Option("--format", "-f", help="table, json or sarif.")] = "table",
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the documents: en, ru, kk.")] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Day on which they were written: what was in force then is judged by it.")
    ] = None,
    out: Annotated[str | None, typer.Option("--out", "-o", help="File to write.")] = None,
    store: StoreOption = None,
) -> None:
    """Check what documents say of acts, figures and programmes against the graph, with the passages that say otherwise.

    Exit code 1: there are errors or warnings; notes alone do not count. Exit code 2: a document cannot be read.
    """
    from kg.linking.linker import LANGUAGES
    from kg.linting.checking import Linter
    from kg.linting.findings import failed
    from kg.linting.output import REPORTS

    with output.reported():
        for option, given, offered in (("--format", format, tuple(REPORTS)), ("--lang", lang, LANGUAGES)):
            if given is not None and given not in offered:
                raise BadSetting(option, given, f"give one of {', '.join(offered)}")
        if "-" in files and len(files) > 1:
            raise UnusableInput("`-` is stdin alone; give files in a call of their own")
        written = _day(day)
        documents = [(name, _data(name)) for name in files]
        with closing(opened(store)) as graph:
            linter = Linter.of(graph)
        every = [linter.check_file(data, name, lang, written) for name, data in documents]
        for checked in every:
            for note in checked.notes():
                typer.echo(f"{checked.name}: {note}", err=True)
        output.write((REPORTS[format](every) + "\n").encode(), out)
    if any(failed(checked.findings) for checked in every):
        raise typer.Exit(output.FAILED)


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadSetting("--date", given, "give a day, such as 2021-06-30") from None


def _data(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if path.is_dir():
        raise UnusableInput(f"{name} is a folder; give files by name, such as {name}/*.txt")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInput(f"{name} cannot be read: {error.strerror}") from None


COMMANDS = (lint,)
