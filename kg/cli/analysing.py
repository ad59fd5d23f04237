"""Commands that analyse: profile."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli import output
from kg.cli.asking import KnownOption, StoreOption, tell_view, viewed
from kg.errors import BadSetting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.query.advice import Advice
    from kg.query.entities import Evidence
    from kg.query.labels import Labels
    from kg.query.profiles import Profile
    from kg.query.standing import Position

_FORMATS = ("text", "json", "csv")


def profile(
    area: Annotated[str, typer.Argument(help="Slug or name of an area: KAZ, Kazakhstan.")],
    framework: Annotated[str | None, typer.Option("--framework", help="Only this framework (slug); else each that has a scale.")] = None,
    store: StoreOption = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text, json, or csv: a row an element.")] = "text",
    lang: Annotated[str, typer.Option("--lang", help="Language of names: en, ru, kk.")] = "en",
    known: KnownOption = None,
) -> None:
    """Show where an area stands in a framework: what is reached, ahead, lagging, unknown, by which passages; what to do first."""
    from kg.query.labels import LANGUAGES, chain
    from kg.query.profiles import COLUMNS, read_profiles, rows_of

    with output.reported():
        for option, given, offered in (("--format", format, _FORMATS), ("--lang", lang, LANGUAGES)):
            if given not in offered:
                raise BadSetting(option, given, f"give one of {', '.join(offered)}")
        seen = viewed(store, None, known)
        read = read_profiles(seen.store, seen.names, area, framework)
        tell_view(seen)
    found, labels = read.profiles, read.labels
    languages = chain(lang)
    if format == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([COLUMNS, *(row for one in found for row in rows_of(one, labels, languages))])
        typer.echo(out.getvalue(), nl=False)
    elif format == "json":
        typer.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2, default=_named))
    else:
        for one in found:
            for line in _told(one, labels, languages):
                typer.echo(line)
        typer.echo(f"{len(found)} profile(s), complete{'' if found else '; no framework in the graph has a `scale`'}", err=True)


def _plain(found: Profile) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(found), "assessed": found.assessed}


def _named(value: Any) -> Any:
    from kg.namespaces import shorten

    return sorted(map(_named, value)) if isinstance(value, frozenset) else shorten(value.value)


def _told(found: Profile, labels: Mapping[str, Labels], languages: Sequence[str]) -> list[str]:
    from kg.namespaces import concept
    from kg.query.labels import shown

    def name(node: Any) -> str:
        return shown(node.value, labels, languages)

    def code(scheme: str, given: str) -> str:
        return name(concept(scheme, given))

    def passages(evidence: Sequence[Evidence], indent: str) -> list[str]:
        return [f"{indent}← {name(item.document)}, {item.locator}" for item in evidence]

    def verdict(position: Position) -> str:
        parts = [code("attainment", position.attainment.code)] if position.attainment else [code("assessment-state", position.state)]
        if position.standing:
            parts.append(f"{code('standing', position.standing.code)} (stated)")
        if position.computed.code:
            parts.append(f"{code('standing', position.computed.code)} (computed: {code('profile-rule', position.computed.rule)})")
        return "; ".join(parts)

    def advice(given: Advice) -> list[str]:
        origin = "the framework" if given.of_framework else "for the area"
        shared = f", on {', '.join(map(name, given.shared))}" if given.shared else ""
        return [f"    {name(given.iri)} [{origin}{shared}]", *passages(given.evidence, "        ")]

    lines = [f"{name(found.area)}: {name(found.framework.iri)}"]
    for overall in found.overall:
        lines += [f"  {name(overall.iri)}", *passages(overall.evidence, "      ")]
    own = f"{name(found.own.level)} (computed: {code('profile-rule', found.own.rule)})" if found.own else "unknown"
    lines.append(f"  own level: {own}")
    if found.needed:
        lines.append(f"! {found.needed}")
    for dimension in found.framework.dimensions:
        lines.append(f"  {name(dimension)}")
        for position in (p for p in found.positions if p.element.dimension == dimension):
            indent = "    " + "  " * position.element.depth
            lines.append(f"{indent}{name(position.element.iri)}: {verdict(position)}")
            for assessment in position.assessments:
                lines += [f"{indent}  {name(assessment.iri)}", *passages(assessment.evidence, indent + "      ")]
            for assessment in position.earlier:
                lines.append(f"{indent}  earlier: {name(assessment.iri)}")
            if position.bearing:
                lines.append(f"{indent}  see {', '.join(map(name, position.bearing))}")
    if found.first:
        lines.append("  first (computed: what lags, and what is recommended on the same subject)")
    for priority in found.first:
        lines.append(f"   {name(priority.element)}" + ("" if priority.answers else ": no recommendation in the graph"))
        lines += [line for answer in priority.answers for line in advice(answer)]
    if found.general:
        lines.append("  further advice of the framework")
        lines += [line for given in found.general for line in advice(given)]
    return lines


COMMANDS = (profile,)
