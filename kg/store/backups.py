"""Backups: a folder with a whole, consistent copy of a store, and what release it is. Tokens are never part of one.

Of a store that is being served the copy is taken that the service makes when asked (kg/store/latest.py): a directory that another
process writes is never opened.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg import __version__
from kg.errors import BackupDamaged, StoreBusy, StoreError, StoreFull, UnusableInput
from kg.store.integrity import digests
from kg.store.journal import Journal
from kg.store.latest import done, wanted
from kg.store.oxigraph import OxigraphStore
from kg.store.tokens import beside, now

_ABOUT, _STORE, _JOURNAL = "backup.json", "store", "journal.jsonl"


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself; `statements` counts the quads of all graphs, `files` are the SHA-256 of the store's files."""

    release: str
    made: str
    version: str
    statements: int
    files: dict[str, str] = field(default_factory=dict)


def back_up(store: Path, folder: Path) -> Backup:
    """Write a backup of a store, served or not, into a folder that is not there yet, or empty.

    Raises UnusableInput, StoreFull, StoreDamaged, or StoreBusy where a process that gives no copy holds the store.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UnusableInput(f"{folder} is not empty; give a folder that is not there yet")
    try:
        opened = OxigraphStore(store)
    except StoreBusy:
        served = wanted(store)
        if served is None:
            raise
        try:
            return _written(*served, store, folder)
        finally:
            done(store)
    try:
        return _written(opened.opened, release_of(opened), store, folder)
    finally:
        opened.close()


def _written(source: ox.Store, release: str, store: Path, folder: Path) -> Backup:
    draft = folder.with_name(f"{folder.name}.new")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        source.backup(str(draft / "links"))  # hard links where it can: a backup must not share the fate of the store's files
        shutil.copytree(draft / "links", draft / _STORE)
        shutil.rmtree(draft / "links")
        backup = Backup(release, now(), __version__, len(source), digests(draft / _STORE))
        _copy_journal(beside(store, _JOURNAL), draft / _JOURNAL, release)
        (draft / _ABOUT).write_text(json.dumps(asdict(backup), indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except (OSError, RuntimeError) as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise StoreFull(folder, str(error).splitlines()[0]) from None
    return backup


def _copy_journal(journal: Path, target: Path, release: str) -> None:
    """Copy a journal up to the release of the copy: the service may have written on since."""
    if journal.exists() and release:
        with journal.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(line)
                if f'"after": "{release}"' in line:
                    break


def read_backup(folder: Path) -> Backup:
    """Return what a backup says of itself; raises UnusableInput for a folder that is none."""
    try:
        return Backup(**json.loads((folder / _ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise UnusableInput(f"{folder} is no backup of egovkg (it has no readable {_ABOUT}); give the folder of `egovkg backup`") from None


def restore(folder: Path, store: Path, *, force: bool = False) -> Backup:
    """Put a backup in the place of a store, whole or not at all; raises UnusableInput, StoreBusy, BackupDamaged, StoreFull.

    A store that is there is only replaced with `force`; one that another process holds never is.
    """
    backup = read_backup(folder)
    there = store.exists() and any(store.iterdir())
    if there and not force:
        raise UnusableInput(f"there is a store at {store} already; give another place with --store, or replace it with --force")
    if there:
        try:
            OxigraphStore(store).close()
        except StoreBusy:
            raise
        except StoreError:
            pass  # it is damaged: that is what a backup is for
    fresh = store.with_name(f"{store.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(folder / _STORE, fresh)
        _check(fresh, backup, folder)
        _replace(store, fresh)
        journal = beside(store, _JOURNAL)
        journal.unlink(missing_ok=True)
        beside(store, "writing").unlink(missing_ok=True)
        if (folder / _JOURNAL).exists():
            shutil.copyfile(folder / _JOURNAL, journal)
    except OSError as error:
        raise StoreFull(store, error.strerror or str(error)) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return backup


def _check(fresh: Path, backup: Backup, folder: Path) -> None:
    """Hold the copy against what the backup says of its files, open it and count; raises BackupDamaged."""
    if backup.files:
        found = digests(fresh)
        if wrong := sorted(name for name in backup.files.keys() | found.keys() if backup.files.get(name) != found.get(name)):
            raise BackupDamaged(folder, f"{', '.join(wrong[:5])}: not as written")
    try:
        opened = OxigraphStore(fresh)
        count, release = len(opened.opened), opened.release()
        opened.close()
    except (RuntimeError, StoreError) as error:
        raise BackupDamaged(folder, str(error).splitlines()[0]) from None
    if count != backup.statements or (release and release != backup.release):
        raise BackupDamaged(folder, f"it holds {count} statements of release {release}, not {backup.statements} of {backup.release}")


def _replace(store: Path, fresh: Path) -> None:
    old = store.with_name(f"{store.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if store.exists():
        store.rename(old)
    fresh.rename(store)
    shutil.rmtree(old, ignore_errors=True)


def release_of(store: OxigraphStore) -> str:
    """Return the release of a store that nobody writes: its own, else that of its journal."""
    last = Journal(store.path).last
    return store.release() or (last.after if last else "")
