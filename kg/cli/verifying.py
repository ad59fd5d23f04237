"""The command `egovkg verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli import output
from kg.errors import BadRecords, BadSetting
from kg.findings import violations


def verify(
    sources: Annotated[Path, typer.Option("--sources", help="Folder of the papers' texts; their file names are free.")],
    document: Annotated[str | None, typer.Option("--document", help="Only this document.")] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
    every: Annotated[bool, typer.Option("--all", help="Every number, with the claim that covers it or what else it is.")] = False,
    records: Annotated[Path | None, typer.Option("--records", help="Folder of records instead of the curated ones.")] = None,
) -> None:
    """Verify passages and figures against the texts, to the byte, and list the numbers that no claim carries: exit 1 on any failure."""
    from kg.curation.reading import read_records
    from kg.resources import records_dir
    from kg.terms import load_terms
    from kg.verification.rendering import NUMBERS, SUMMARY, as_json, number_rows, summary_rows
    from kg.verification.report import verify as run

    with output.reported():
        if format not in ("table", "json"):
            raise BadSetting("--format", format, "give table or json")
        terms = load_terms()
        curated = read_records(records or records_dir(), terms)
        if violations(curated.findings):
            raise BadRecords(list(curated.findings))
        report = run(curated, terms, sources, document)
    if format == "json":
        import json

        typer.echo(json.dumps(as_json(report, every), ensure_ascii=False, indent=2))
    else:
        output.findings(failure.finding for failure in report.failures)
        output.table(list(summary_rows(report)), SUMMARY)
        rows = list(number_rows(report, every))
        typer.echo("")
        output.table(rows, NUMBERS)
        typer.echo(f"{len(rows)} number(s) listed, complete" + ("" if every else ": those that no claim carries"), err=True)
        _told(report.missing, "not verified, because there is no text of it in the folder")
        _told([str(path) for path in report.strangers], "the text of no document")
    sound = sum(item.selectors.done for item in report.documents)
    verified = sum(item.verified for item in report.documents)
    typer.echo(f"{sound} selectors verified in {verified} document(s), {len(report.failures)} failure(s)", err=True)
    if report.failures:
        raise typer.Exit(output.FAILED)


def _told(names: list[str], what: str) -> None:
    if names:
        typer.echo(f"{what}: {', '.join(names)}", err=True)


COMMANDS = (verify,)
