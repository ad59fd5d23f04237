"""Named queries on the command line: their list, and a name with parameters as SPARQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from kg.config import Settings

if TYPE_CHECKING:
    from kg.query.templating import Template
    from kg.query.viewing import View

_NAME = re.compile(r"[A-Za-z][\w-]*")


def find(settings: Settings, given: str) -> Template | None:
    """Return the named query that a word names, None for what is no single word; raises UnknownQuery.

    No SPARQL query is one word, and a file has a suffix.
    """
    from kg.query.named import find_template, load_templates

    return find_template(load_templates(settings.queries_path), given) if _NAME.fullmatch(given) else None


def listed(settings: Settings) -> None:
    """Print every named query with its question, and a line for each parameter."""
    from kg.query.named import load_templates

    for template in load_templates(settings.queries_path).values():
        typer.echo(f"{template.name}\n    {template.question['en']}")
        for parameter in template.parameters:
            need = "" if parameter.required else f" (default {parameter.default})" if parameter.default else " (optional)"
            typer.echo(f"      -p {parameter.name}={parameter.example}  {parameter.form}{need}: {parameter.description}")


def text_of(seen: View, template: Template, given: Sequence[str]) -> str:
    """Return the SPARQL of a named query with its parameters bound, having said on stderr why it gives nothing; raises BadParameter."""
    from kg.query.named import assignments, bound, read_values, run

    values = read_values(template, assignments(given, template.name), seen.store, seen.names)
    if found := run(seen.store, template, values).empty:
        typer.echo(f"no rows ({found.state}): {found.why}", err=True)
    return bound(template, values)
