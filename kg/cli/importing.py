"""The command that takes over a publisher's own tables: import."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import output
from kg.config import Settings, read_settings
from kg.errors import BadSetting, StoreError, UnusableInput

if TYPE_CHECKING:
    from kg.importing.folder import Plan


def import_(
    source: Annotated[str, typer.Argument(metavar="un-egdi", help="un-egdi: the UN E-Government Survey's country tables.")],
    items: Annotated[
        list[str] | None, typer.Argument(metavar="FILE.csv…|EDITION…", help="CSV files as the UN offers them; with --remove, editions.")
    ] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="Year of a file that names none in a column or its name.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take imported editions away again; all of them where none is named.")] = False,
    no_build: Annotated[bool, typer.Option("--no-build", help="Leave the store as it is until something needs it.")] = False,
) -> None:
    """Take over a publisher's own tables as records beside the curated ones, and build the store anew."""
    from kg.importing.folder import SOURCES, plan_removal

    with output.reported():
        if source not in SOURCES:
            raise BadSetting("the source", source, f"give one of {', '.join(SOURCES)}")
        settings = read_settings()
        if remove and edition:
            raise UnusableInput("--edition is for files; write the editions to remove after `un-egdi`")
        imports = settings.imports_path
        plan = plan_removal(imports, items or []) if remove else _read(imports, items or [], edition)
        _apply(plan, settings, build=not no_build)


def _read(imports: Path, items: list[str], edition: str | None) -> Plan:
    """Read the files, all or nothing: what is wrong in any of them is printed, and the command left."""
    from kg.importing.folder import plan_import
    from kg.importing.un_egdi import read_tables
    from kg.resources import records_dir

    if not items:
        raise UnusableInput("there is no file to import; give the CSV files of the UN E-Government Knowledgebase, one or more")
    reading = read_tables([Path(item) for item in items], edition)
    for remark in reading.remarks:
        typer.echo(remark, err=True)
    if reading.findings:
        output.findings(reading.findings, lambda line: typer.echo(line, err=True))
        output.fail(f"the files have {len(reading.findings)} error(s), and nothing was imported; correct them", output.FAILED)
    return plan_import(imports, reading.editions, (path.stem for path in (records_dir() / "area").glob("*.yaml")))


def _apply(plan: Plan, settings: Settings, *, build: bool) -> None:
    """Write what the plan changes; unless the store is to be left, build from it first, so that nothing bad is ever in place."""
    from kg.importing.folder import settle, stage
    from kg.loading.dataset import build as build_dataset
    from kg.loading.opening import holds_more, make_store

    imports = settings.imports_path
    if not plan.changes:
        typer.echo(f"nothing changed: {', '.join(plan.unchanged) or 'no edition'} in {plan.root}, byte for byte as before")
        if build and not settings.remote:
            _refresh(settings)
        return
    build = build and not settings.remote
    if build and holds_more(settings.store_path):
        cure = "import with --no-build, then `egovkg build` makes the store anew, without them, or give another with EGOVKG_STORE"
        raise StoreError(f"the store {settings.store} holds loaded data too, and nothing was imported; {cure}")
    draft = stage(plan, imports)
    try:
        dataset = build_dataset(base=settings.base, imports=draft) if build else None
        if dataset:
            make_store(dataset, settings.store_path, settings.base).close()
        settle(draft, imports)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for what, years in (("added", plan.added), ("replaced", plan.replaced), ("unchanged", plan.unchanged), ("removed", plan.removed)):
        if years:
            typer.echo(f"{what}: {', '.join(years)}")
    typer.echo(f"records in {plan.root}; delete that folder, or `egovkg import --remove un-egdi`, to undo")
    if dataset:
        typer.echo(f"release {dataset.release}: {dataset.statements} statements, {dataset.facts} facts, {len(dataset.conflicts)} conflicts")


def _refresh(settings: Settings) -> None:
    """Open the store once: it is built where there is none, or where it is not of these records."""
    from kg.loading.opening import open_store

    open_store(settings, output.tell).close()


COMMANDS = (import_,)
