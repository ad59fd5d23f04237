"""The command that links documents: link."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import output
from kg.cli.asking import StoreOption, opened
from kg.errors import BadSetting, UnusableInput

if TYPE_CHECKING:
    from kg.linking.corpora import Outcome

_FORMATS = ("jsonl", "ttl", "jsonld", "html")


def link(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…|DIR|-", help="Documents (txt, html, docx, pdf), folders of them, or - for stdin.")
    ],
    format: Annotated[str, typer.Option("--format", "-f", help="jsonl, ttl or jsonld (Web Annotations), html.")] = "jsonl",
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the documents: en, ru, kk.")] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Day on which they were written: titles mean the law in force then.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that work at a time.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for one output file a document; what is there already is not done again.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Find legal acts, programmes, indicators, bodies, systems and models in documents, with offsets, linked to the graph.

    Exit code 1: a file could not be read; the others are linked all the same.
    """
    from kg.linking.corpora import Task, documents_in, link_files
    from kg.linking.linker import LANGUAGES, Linker

    with output.reported():
        for option, given, offered in (("--format", format, _FORMATS), ("--lang", lang, LANGUAGES)):
            if given is not None and given not in offered:
                raise BadSetting(option, given, f"give one of {', '.join(offered)}")
        task = Task(format, lang, _day(day))
        paths = [path for name in files if name != "-" for path in (documents_in(Path(name)) if Path(name).is_dir() else [Path(name)])]
        if "-" in files and len(files) > 1:
            raise UnusableInput("`-` is stdin alone; give files and folders in a call of their own")
        if not paths and files != ["-"]:
            raise UnusableInput("there is no document (txt, md, html, docx, pdf) in the folder; give files by name")
        if format in ("jsonld", "html") and len(paths) > 1 and out is None:
            raise UnusableInput(f"several documents do not fit into one {format} output; give a folder with --out")
        todo = [path for path in paths if not (out and _target(out, path, format).exists())]
        with closing(opened(store)) as graph:
            linker = Linker.of(graph)
        outcomes = iter([task.done(linker, sys.stdin.buffer.read(), "-")]) if files == ["-"] else link_files(linker, todo, task, jobs)
        if len(todo) < len(paths):
            typer.echo(f"{len(paths) - len(todo)} document(s) done before are left as they are", err=True)
        failed = 0
        for number, outcome in enumerate(outcomes, 1):
            failed += bool(outcome.error)
            _told(outcome, number, len(todo))
            if not outcome.error:
                _put(outcome, out, format)
    if failed:
        output.fail(f"{failed} of {max(1, len(todo))} document(s) could not be read", output.FAILED)


def _told(outcome: Outcome, number: int, count: int) -> None:
    if outcome.error:
        typer.echo(f"egovkg: {outcome.name}: {outcome.error}", err=True)
    for note in outcome.notes:
        typer.echo(f"{outcome.name}: {note}", err=True)
    output.tell(f"{number}/{count} {outcome.name}: {outcome.mentions} mention(s)")


def _put(outcome: Outcome, out: Path | None, format: str) -> None:
    if out is None:
        output.write(outcome.output, None)
        return
    target = _target(out, Path(outcome.name), format)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableInput(f"{target.parent} cannot be made ({error.strerror}); give another folder with --out") from None
    output.write(outcome.output, str(target))


def _target(out: Path, path: Path, format: str) -> Path:
    """Return where a document's output goes: its path without what leads up and out, the format's ending added."""
    parts = [part for part in path.parts if part not in ("..", path.anchor)]
    return out.joinpath(*parts[:-1], f"{parts[-1] if parts else 'stdin'}.{format}")


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadSetting("--date", given, "give a day, such as 2021-06-30") from None


COMMANDS = (link,)
