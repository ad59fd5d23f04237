"""What the command prints: data on stdout, progress on stderr (only on a terminal), errors as one sentence with the cure."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import typer

from kg.errors import BadRecords, EgovkgError
from kg.findings import Finding, Severity

FAILED = 1
"""Exit code of a check that found violations, and of any error of a user's that is not about input."""
UNUSABLE = 2
"""Exit code of input or options that cannot be used at all."""


def tell(message: str) -> None:
    """Print progress to stderr on a terminal; nothing in a pipe or with --quiet."""
    if sys.stderr.isatty() and not os.environ.get("EGOVKG_QUIET"):
        typer.echo(message, err=True)


@contextmanager
def reported() -> Iterator[None]:
    """Turn our errors into a sentence on stderr and an exit code."""
    try:
        yield
    except BadRecords as error:
        findings(error.findings, lambda line: typer.echo(line, err=True))
        fail(str(error), FAILED)
    except EgovkgError as error:
        fail(str(error), UNUSABLE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def fail(message: str, code: int) -> NoReturn:
    """Print an error and leave with a code."""
    typer.echo(f"egovkg: {message}", err=True)
    raise typer.Exit(code)


def findings(found: Iterable[Finding], echo: Callable[[str], None] = typer.echo) -> None:
    """Print findings a line each: violations as they are, the others with their severity."""
    for finding in found:
        mark = "" if finding.severity is Severity.VIOLATION else f" ({finding.severity})"
        echo(f"{finding}{mark}")


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """Print rows: a drawn table on a terminal, tab-separated values in a pipe."""
    if not sys.stdout.isatty():
        out = io.StringIO()
        csv.writer(out, delimiter="\t", lineterminator="\n").writerows([header, *rows])
        typer.echo(out.getvalue(), nl=False)
        return
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*header, show_lines=False)
    for row in rows:
        drawn.add_row(*row)
    Console().print(drawn)


def write(data: bytes, path: str | None) -> None:
    """Write data to a file, replaced whole, or to stdout where no path (or `-`) is given."""
    if path and path != "-":
        draft = f"{path}.new"
        try:
            with open(draft, "wb") as file:
                file.write(data)
            os.replace(draft, path)
        except OSError as error:
            fail(f"{path} cannot be written ({error.strerror}); give another with --out", UNUSABLE)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
