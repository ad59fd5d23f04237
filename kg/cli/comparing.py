"""The command `egovkg diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli import output
from kg.config import read_settings
from kg.errors import BadRecords, BadSetting, EgovkgError

DIFFERENT = 1
"""Exit code where the facts differ, as `diff` has it."""
_KIND = "N-Quads file, store directory or folder of records"


def diff(
    old: Annotated[Path, typer.Argument(help=f"The dataset before: {_KIND}.")],
    new: Annotated[Path, typer.Argument(help=f"The dataset after: {_KIND}.")],
    format: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
    lang: Annotated[str, typer.Option("--lang", help="Language of names: en, ru, kk.")] = "en",
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="List at most this many changes; all are counted.")] = None,
) -> None:
    """Say which facts were added, removed or changed: exit 0 none, 1 some, 2 unusable input."""
    from kg.comparison.changes import compare
    from kg.comparison.sides import read_side
    from kg.comparison.wording import Wording, as_json, counts, rows
    from kg.query.labels import LANGUAGES
    from kg.terms import load_terms

    try:
        if format not in ("table", "json"):
            raise BadSetting("--format", format, "give table or json")
        if lang not in LANGUAGES:
            raise BadSetting("--lang", lang, f"give one of {', '.join(LANGUAGES)}")
        base, terms = read_settings().base, load_terms()
        found = compare(read_side(old, base), read_side(new, base), terms)
    except BadRecords as error:
        output.findings(error.findings, lambda line: typer.echo(line, err=True))
        output.fail(str(error), output.UNUSABLE)
    except EgovkgError as error:
        output.fail(str(error), output.UNUSABLE)
    with output.reported():
        listed = found.changes[:limit]
        wording = Wording(found, terms, lang, listed)
        if format == "json":
            import json

            typer.echo(json.dumps(as_json(found, wording, limit), ensure_ascii=False, indent=2))
        elif listed:
            output.table(list(rows(listed, wording)), ("change", "thing", "fact"))
    total = counts(found)
    cut = "complete" if len(listed) == len(found.changes) else f"cut at {len(listed)} of {len(found.changes)}"
    typer.echo(
        f"{total['added']} fact(s) added, {total['removed']} removed, {total['changed']} changed in {total['things']} thing(s), {cut}; "
        f"claims of passages: {total['claimsAdded']} added, {total['claimsRemoved']} removed",
        err=True,
    )
    if found.changes:
        raise typer.Exit(DIFFERENT)


COMMANDS = (diff,)
