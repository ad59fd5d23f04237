"""The commands of linked documents: link, unlink."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import output
from kg.cli.asking import StoreOption, opened
from kg.config import Settings, read_settings
from kg.errors import BadSetting, StoreBusy, StoreError, UnusableInput
from kg.store.tokens import now

if TYPE_CHECKING:
    from kg.linking.corpora import Outcome
    from kg.linking.keeping import Keeper
    from kg.linking.linker import Linker
    from kg.linking.output import Run
    from kg.store.oxigraph import OxigraphStore

_FORMATS = ("jsonl", "ttl", "jsonld", "html")


def link(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…|DIR|-", help="Documents (txt, html, docx, pdf), folders of them, or - for stdin.")
    ],
    format: Annotated[
        str | None, typer.Option("--format", "-f", help="jsonl (else), ttl or jsonld (Web Annotations), html.", show_default=False)
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the documents: en, ru, kk.")] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Day on which they were written: titles mean the law in force then.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that work at a time.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for one output file a document; what is there already is not done again.")
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="DIR", help="Store whose names count, and which the annotations are loaded into.")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="DIR|URL", help="Store or service whose names count, without writing to it.")
    ] = None,
) -> None:
    """Find legal acts, programmes, indicators, bodies, systems and models in documents, with offsets, linked to the graph.

    With --store each document is loaded into that store, and output is written only where --format or --out asks for it.
    Exit code 1: a file could not be read; the others are linked all the same.
    """
    from kg.linking.corpora import Task, documents_in, link_files

    with output.reported():
        if store and against:
            raise UnusableInput("--store reads names from the store and writes to it, --against only reads; give one of them")
        settings = read_settings().with_options(store=store or against)
        run = _run(lang, _day(day))
        if format is not None and format not in _FORMATS:
            raise BadSetting("--format", format, f"give one of {', '.join(_FORMATS)}")
        shown = format or ("" if store and not out else "jsonl")
        paths = [path for name in files if name != "-" for path in (documents_in(Path(name)) if Path(name).is_dir() else [Path(name)])]
        if "-" in files and len(files) > 1:
            raise UnusableInput("`-` is stdin alone; give files and folders in a call of their own")
        if not paths and files != ["-"]:
            raise UnusableInput("there is no document (txt, md, html, docx, pdf) in the folder; give files by name")
        if shown in ("jsonld", "html") and len(paths) > 1 and out is None:
            raise UnusableInput(f"several documents do not fit into one {shown} output; give a folder with --out")
        linker, run, there = _read(settings, store, against, run, paths)
        left = [path for path in paths if (shown and not (out and _target(out, path, shown).exists())) or (store and path not in there)]
        if len(left) < len(paths):
            typer.echo(f"{len(paths) - len(left)} document(s) done before are left as they are", err=True)
        task = Task(shown, run, bool(store))
        outcomes = iter([task.done(linker, sys.stdin.buffer.read(), "-")]) if files == ["-"] else link_files(linker, left, task, jobs)
        with _Target(settings) as target:
            failed = kept = 0
            for number, outcome in enumerate(outcomes, 1):
                failed += bool(outcome.error)
                _told(outcome, number, max(1, len(left)))
                if not outcome.error and store:
                    kept += target.keeper().keep(outcome.source, outcome.name, outcome.graph, run)
                if not outcome.error and shown:
                    _put(outcome, out, shown)
    if store:
        typer.echo(f"{kept} document(s) loaded into {settings.store}", err=True)
    if failed:
        output.fail(f"{failed} of {max(1, len(left))} document(s) could not be read", output.FAILED)


def unlink(
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOCUMENT…", help="Name as it was linked, digest (its first eight digits will do) or IRI.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the linked documents of the store.")] = False,
    store: StoreOption = None,
) -> None:
    """Take linked documents out of the store again, each whole and in one transaction."""
    from kg.linking.keeping import documents_of, removed

    with output.reported():
        if bool(documents) == list_:
            raise UnusableInput("name the documents to take out, or list them: egovkg unlink --list")
        settings = read_settings().with_options(store=store)
        if list_:
            with closing(opened(store, settings)) as graph:
                rows = [
                    (name, one.digest, one.format, one.language, one.written, str(one.mentions), one.when, one.release)
                    for one in documents_of(graph)
                    for name in one.names
                ]
            output.table(rows, ("name", "digest", "format", "language", "written", "mentions", "linked", "against"))
            return
        for one in removed(_local(settings), settings, documents or []):
            typer.echo(f"taken out: {', '.join(one.names)} ({one.digest[:16]}, {one.mentions} mention(s))", err=True)


def _local(settings: Settings) -> OxigraphStore:
    """Open a store that is written to here; raises StoreError with the way round where it is a service's, or in use by one."""
    from kg.loading.opening import open_store
    from kg.store.oxigraph import OxigraphStore

    way = (
        "let the service write: `egovkg link FILE -f ttl --against ADDRESS`, then PUT the Turtle with a token to "
        "ADDRESS/graphs?graph=GRAPH (its first line names the graph); DELETE takes it out again"
    )
    if settings.remote:
        raise StoreError(f"{settings.store} is no directory on this machine, and only such a store is written to here; {way}")
    try:
        store = open_store(settings, output.tell, make=settings.empty)
    except StoreBusy:
        raise StoreError(f"the store {settings.store} is in use by another process; stop that one, or, if it serves it, {way}") from None
    assert isinstance(store, OxigraphStore)
    return store


def _run(lang: str | None, day: date | None) -> Run:
    from kg.linking.keeping import PROGRAM
    from kg.linking.linker import LANGUAGES
    from kg.linking.output import Run

    if lang is not None and lang not in LANGUAGES:
        raise BadSetting("--lang", lang, f"give one of {', '.join(LANGUAGES)}")
    return Run(lang, day, now(), PROGRAM)


def _read(settings: Settings, store: str | None, against: str | None, run: Run, paths: list[Path]) -> tuple[Linker, Run, set[Path]]:
    """Return the linker of a store, how it links, and the files that the store holds already, linked the same way.

    The store is closed again: processes that work beside this one are made from it, and may hold no open store.
    """
    from kg.linking.corpora import source_of_file
    from kg.linking.keeping import documents_of, read_linker

    with closing(_local(settings) if store else opened(against, settings)) as graph:
        linker, names = read_linker(graph)
        run = replace(run, release=graph.release(), names=names)
        there = {one.source: one.names for one in documents_of(graph) if one.linked_as(run)} if store else {}
    return linker, run, {path for path in paths if there and str(path) in there.get(source_of_file(path), ())}


@dataclass
class _Target:
    """The store that documents are loaded into, opened when the first of them is done."""

    settings: Settings
    _keeper: Keeper | None = None

    def keeper(self) -> Keeper:
        from kg.linking.keeping import Keeper

        if self._keeper is None:
            self._keeper = Keeper(_local(self.settings), self.settings)
        return self._keeper

    def __enter__(self) -> _Target:
        return self

    def __exit__(self, *_: object) -> None:
        if self._keeper:
            self._keeper.close()


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


COMMANDS = (link, unlink)
