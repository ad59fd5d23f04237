"""The page docs/instruments.md: its commands run, their outputs below them. `python -m tests.instruments` writes it anew.

Blocks marked `console un-egdi` need the UN's country tables, which are no part of the project; others run over the curated graph.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner

from kg.cli.main import app
from kg.instruments import packaged
from kg.loading.dataset import build
from kg.loading.opening import make_store

PAGE = Path(__file__).resolve().parent.parent / "docs" / "instruments.md"
UN = Path(os.environ.get("EGOVKG_TEST_UN_EGDI") or Path(__file__).parents[2] / "shared" / "data" / "un-egdi")
EDITIONS = ("2016", "2018", "2020", "2022", "2024")
_BLOCK = re.compile(r"```console(?P<un> un-egdi)?\n\$ egovkg (?P<command>[^\n]*)\n(?P<output>.*?)```", re.S)


def rendered(page: str, curated: Path, un: Path | None) -> str:
    """Return the page with every output as the command gives it now; those of the UN's tables are left where there is no such store."""

    def block(found: re.Match[str]) -> str:
        store = un if found["un"] else curated
        if store is None:
            return found[0]
        return f"```console{found['un'] or ''}\n$ egovkg {found['command']}\n{output(found['command'], store)}```"

    with examples():
        return _BLOCK.sub(block, page)


def output(command: str, store: Path) -> str:
    """Return what a command prints to stdout over a store; it must succeed."""
    result = CliRunner().invoke(
        app, shlex.split(command), env={"EGOVKG_STORE": str(store), "EGOVKG_QUIET": "1", "EGOVKG_IMPORTS": str(store.parent / "imports")}
    )
    assert result.exit_code == 0, (command, result.output)
    return result.stdout


@contextmanager
def examples() -> Iterator[None]:
    """Work in a folder that holds the example inputs."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name in packaged.examples():
            (Path(folder) / f"{name}.csv").write_bytes(packaged.example(name))
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def un_store(folder: Path) -> Path:
    """Return a store with the UN's tables of EDITIONS."""
    files = [str(UN / f"EGOV_DATA_{year}.csv") for year in EDITIONS]
    result = CliRunner().invoke(app, ["import", "un-egdi", *files, "--no-build"], env={"EGOVKG_IMPORTS": str(folder / "imports")})
    assert result.exit_code == 0, result.output
    make_store(build(imports=folder / "imports"), folder / "store").close()
    return folder / "store"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "only").mkdir()
        make_store(build(), Path(folder) / "only" / "curated").close()
        un = un_store(Path(folder)) if UN.is_dir() else None
        PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), Path(folder) / "only" / "curated", un), encoding="utf-8")
