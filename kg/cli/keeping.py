"""Commands of those who run a store: token, backup, restore."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kg.cli import output
from kg.cli.asking import StoreOption
from kg.config import Settings, read_settings
from kg.errors import NoStore, StoreError, UnusableInput

Folder = Annotated[Path, typer.Argument(help="Folder of the backup.")]


class _Action(StrEnum):
    new = "new"
    list = "list"
    revoke = "revoke"


def token(
    action: Annotated[_Action, typer.Argument(help="new NAME, list, or revoke NAME.")],
    name: Annotated[str | None, typer.Argument(help="Name of the token: who or what writes with it.")] = None,
    store: StoreOption = None,
) -> None:
    """Make, list and revoke the tokens that may write to a served store; a new one is shown this once."""
    from kg.store.tokens import Tokens, tokens_file

    with output.reported():
        tokens = Tokens(tokens_file(_local(store).store_path))
        if action is _Action.list:
            output.table([(one.name, one.made, one.revoked) for one in tokens.all()], ("name", "made", "revoked"))
            return
        if not name:
            raise UnusableInput(f"`egovkg token {action}` needs a name, such as import-job")
        if action is _Action.new:
            typer.echo(tokens.new(name))
            typer.echo("keep it: it is not shown again; send it as Authorization: Bearer TOKEN", err=True)
        else:
            tokens.revoke(name)


def backup(folder: Folder, store: StoreOption = None) -> None:
    """Write a whole, consistent copy of the store into a new folder, also while it is served."""
    from kg.store.backups import back_up

    with output.reported():
        settings = _local(store)
        if not (settings.store_path / "CURRENT").exists():
            raise NoStore(settings.store_path)
        made = back_up(settings.store_path, folder)
        typer.echo(f"{folder}: release {made.release or 'unknown'}, {made.statements} statements", err=True)


def restore(
    folder: Folder,
    store: StoreOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the store that is there.")] = False,
) -> None:
    """Make a store of a backup, with the same release; one that is there is kept unless --force is given."""
    from kg.store import backups

    with output.reported():
        made = backups.restore(folder, _local(store).store_path, force=force)
        typer.echo(f"restored release {made.release or 'unknown'}, {made.statements} statements", err=True)


def _local(store: str | None) -> Settings:
    settings = read_settings().with_options(store=store)
    if settings.remote:
        raise StoreError(f"{settings.store} is remote; use this command on the machine where the store lies")
    return settings


COMMANDS = (token, backup, restore)
