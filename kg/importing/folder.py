"""The folder of imported records: planned whole, checked, then put in place of the old one.

It lies beside the curated records, a sub-folder a source (`<imports>/un-egdi/`), and is never part of the repository.
Deleting a sub-folder undoes its import.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.curation.reading import import_roots
from kg.errors import UnusableInput
from kg.importing.countries import country_by_code
from kg.importing.records import Named, area_text, document_slug, edition_files, names_in, names_of
from kg.importing.un_egdi import Edition

SOURCES = ("un-egdi",)
"""What can be imported; each is a folder below that of the imports."""

_DOCUMENT = re.compile(r"un-egovkb-(20\d\d)", re.ASCII)


@dataclass(frozen=True)
class Plan:
    """The files of one source as they should be, by path below its folder, and what becomes of each edition."""

    root: Path
    files: dict[str, str]
    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Say whether anything would be written or removed."""
        return self.files != _files(self.root)


def plan_import(imports: Path, editions: Sequence[Edition], curated: Iterable[str]) -> Plan:
    """Return the plan that adds editions to those that are there; `curated` are the areas that have records already."""
    _recovered(imports)
    root = imports / SOURCES[0]
    before = _files(root)
    years = {edition.year for edition in editions}
    files = _without(before, years)
    named = names_of((edition.year, row) for edition in editions for row in edition.rows)
    for edition in editions:
        files |= edition_files(edition)
    files |= _areas(files, named, frozenset(curated))
    state = {year: [before.get(name) == files[name] for name in _own(year)] for year in sorted(years)}
    return Plan(
        root,
        files,
        added=tuple(year for year in state if _own(year)[0] not in before),
        replaced=tuple(year for year, same in state.items() if _own(year)[0] in before and not all(same)),
        unchanged=tuple(year for year, same in state.items() if all(same)),
    )


def plan_removal(imports: Path, years: Sequence[str]) -> Plan:
    """Return the plan that takes editions away, all where none is named; raises UnusableInput for one that is not there."""
    _recovered(imports)
    root = imports / SOURCES[0]
    before = _files(root)
    there = [match[1] for name in sorted(before) if (match := _DOCUMENT.fullmatch(Path(name).stem))]
    there = sorted(set(there))
    wanted = set(years or there)
    if missing := sorted(wanted - set(there)):
        held = f"those imported are {', '.join(there)}" if there else "nothing is imported"
        raise UnusableInput(f"the edition {', '.join(missing)} is not in {root}; {held}")
    files = {} if wanted == set(there) else _without(before, wanted)
    return Plan(root, files, removed=tuple(sorted(wanted)))


def stage(plan: Plan, imports: Path) -> Path:
    """Write the imports as they would be into a folder beside theirs, and return it."""
    draft = imports.with_name(imports.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        for other in import_roots(imports):
            if other.name != plan.root.name:
                shutil.copytree(other, draft / other.name)
        for name, text in plan.files.items():
            path = draft / plan.root.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UnusableInput(f"{draft} cannot be written ({error.strerror}); set EGOVKG_IMPORTS to a folder that can") from None
    return draft


def settle(draft: Path, imports: Path) -> None:
    """Put a staged folder in the place of the imports."""
    old = imports.with_name(imports.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if imports.exists():
        imports.rename(old)
    draft.rename(imports)
    shutil.rmtree(old, ignore_errors=True)


def _said(name: str, text: str) -> dict[str, frozenset[str]]:
    try:
        return names_in(text)
    except ValueError as error:
        cure = "delete the folder of imports (EGOVKG_IMPORTS) and import again"
        raise UnusableInput(f"{name} is not as `egovkg import` writes it ({error}); {cure}") from None


def _recovered(imports: Path) -> None:
    """Put back the imports of a command that was killed between the two steps of `settle`."""
    old = imports.with_name(imports.name + ".old")
    if old.is_dir() and not imports.exists():
        old.rename(imports)


def _files(root: Path) -> dict[str, str]:
    paths = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
    return {path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8", "replace") for path in paths}


def _own(year: str) -> tuple[str, str]:
    slug = document_slug(year)
    return f"document/{slug}.yaml", f"observations/{slug}-country-table.csv"


def _without(files: dict[str, str], years: Iterable[str]) -> dict[str, str]:
    """Return the files without some editions: their own, and what areas say of them."""
    gone = set(years)
    own = {name for year in gone for name in _own(year)}
    kept = {}
    for name, text in files.items():
        if name in own:
            continue
        if name.startswith("area/"):
            names = {printed: left for printed, said in _said(name, text).items() if (left := said - gone)}
            if names:
                kept[name] = area_text(Named(country_by_code(Path(name).stem), names))
        else:
            kept[name] = text
    return kept


def _areas(files: dict[str, str], named: dict[str, Named], curated: frozenset[str]) -> dict[str, str]:
    """Return the records of the countries that no curated record names, what is said of them joined with what was."""
    found = {}
    for code, new in named.items():
        name = f"area/{code}.yaml"
        if code not in curated:
            said = dict(_said(name, files[name])) if name in files else {}
            for printed, years in new.names.items():
                said[printed] = said.get(printed, frozenset()) | years
            found[name] = area_text(Named(new.country, said))
    return found
