"""Commands that look up in one call: search, evidence, series, lineage, accountability, stages, models, timeline."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import output
from kg.cli.asking import AtOption, KnownOption, StoreOption, opened
from kg.errors import BadSetting

if TYPE_CHECKING:
    from kg.client.graph import Graph
    from kg.query.lineage import Lineage
    from kg.query.telling import Answer

FormatOption = Annotated[str | None, typer.Option("--format", "-f", help="table, json, csv; a table on a terminal, TSV in a pipe.")]
OutOption = Annotated[str | None, typer.Option("--out", "-o", help="File to write.")]
LangOption = Annotated[str, typer.Option("--lang", help="Language of names: en, ru, kk.")]
FromOption = Annotated[str, typer.Option("--from", help="First year or month.")]
ToOption = Annotated[str, typer.Option("--to", help="Last year or month.")]
SchemeOption = Annotated[list[str] | None, typer.Option("--scheme", help="Only this scheme; may be repeated.")]
_FORMATS = ("table", "json", "csv", "tsv")


def search(
    text: Annotated[str, typer.Argument(help="Name in en, ru or kk, a part of one, number, identifier; nothing: all of a kind.")] = "",
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind, such as act.")] = None,
    document: Annotated[str | None, typer.Option("--document", help="Only what this document's passages speak of.")] = None,
    first: FromOption = "",
    last: ToOption = "",
    sort: Annotated[str, typer.Option("--sort", help="relevance, or name: by the alphabet of --lang.")] = "relevance",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most; stderr says how many there are.")] = 50,
    store: StoreOption = None,
    format: FormatOption = None,
    out: OutOption = None,
    lang: LangOption = "en",
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """Find things by name, number or identifier, best first, with the name that matched and its language."""
    with output.reported():
        found = _graph(store, known, lang).search(text, kind, limit, at, document, first, last, sort)
        cut = [f"{len(found.hits)} of {found.count} things; give --limit for more"] if len(found.hits) < found.count else []
        undated = [f"{found.undated} more are left out: no source dates them"] if found.undated else []
        near = [f"nothing found; near are {', '.join(found.near)}" if found.near else "nothing found"] if not found.count else []
        _tell(found, format, out, [*cut, *undated, *near])


def evidence(
    subject: Annotated[str, typer.Argument(help="IRI, CURIE, kind/slug, slug or exact name; - for anything.")],
    predicate: Annotated[str | None, typer.Argument(help="IRI, CURIE or record key of a property.")] = None,
    object: Annotated[str | None, typer.Argument(help="A thing, or a text as it stands.")] = None,
    store: StoreOption = None,
    format: FormatOption = None,
    out: OutOption = None,
    lang: LangOption = "en",
    known: KnownOption = None,
) -> None:
    """Say which passages state something."""
    with output.reported():
        found = _graph(store, known, lang).evidence(None if subject == "-" else subject, predicate, object)
        _tell(found, format, out)


def series(
    indicator: Annotated[str, typer.Argument(help="Indicator, such as egdi-value.")],
    area: Annotated[list[str] | None, typer.Option("--area", help="Only this area; may be repeated.")] = None,
    first: FromOption = "",
    last: ToOption = "",
    breakdown: Annotated[list[str] | None, typer.Option("--breakdown", help="Only this breakdown; may be repeated.")] = None,
    store: StoreOption = None,
    format: FormatOption = None,
    out: OutOption = None,
    lang: LangOption = "en",
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """Show an indicator's figures in one unit, with sources, differences and growth; nothing is interpolated."""
    with output.reported():
        found = _graph(store, known, lang).series(indicator, area or (), first, last, breakdown or (), at)
        gaps = (
            f"{line.area.id}, {line.breakdown}: no figure for {_span(g.start, g.end)}: {g.why}" for line in found.lines for g in line.gaps
        )
        cautions = (caution for line in found.lines for change in line.changes for caution in change.cautions)
        _tell(found, format, out, [*gaps, *dict.fromkeys(cautions)])


def lineage(
    act: Annotated[str, typer.Argument(help="Slug, identifier or IRI of the act.")],
    store: StoreOption = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text, table, json or csv.")] = "text",
    out: OutOption = None,
    lang: LangOption = "en",
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """Trace what an act rests on and what rests on it, its dates kept apart, and with --at what was in force."""
    with output.reported():
        found = _graph(store, known, lang).lineage(act, at)
        if format == "text":
            output.write("".join(f"{line}\n" for line in _described(found)).encode(), out)
        else:
            _tell(found, format, out, found.on_repealed)


def accountability(
    programme: Annotated[str, typer.Argument(help="Slug of the programme.")],
    store: StoreOption = None,
    format: FormatOption = None,
    out: OutOption = None,
    lang: LangOption = "en",
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """Follow a programme from its approving act to what came of it; missing links are rows of their own."""
    with output.reported():
        _tell(_graph(store, known, lang).accountability(programme, at), format, out, missing=False)


def stages(
    scheme: SchemeOption = None,
    compare: Annotated[bool, typer.Option("--compare", help="Schemes side by side, a row a year.")] = False,
    first: FromOption = "",
    last: ToOption = "",
    store: StoreOption = None,
    format: FormatOption = None,
    out: OutOption = None,
    lang: LangOption = "en",
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """List the stages of development by scheme; --at a day those that cover it, --compare the schemes side by side."""
    with output.reported():
        if (first or last) and not compare:
            raise BadSetting("--from, --to", first or last, "they go with --compare; give --at for a day")
        if at and compare:
            raise BadSetting("--at", at, "with --compare give the years with --from and --to")
        graph = _graph(store, known, lang)
        _tell(graph.compare_stages(scheme or (), first, last) if compare else graph.stages(scheme or (), at), format, out)


def models(
    store: StoreOption = None, format: FormatOption = None, out: OutOption = None, lang: LangOption = "en", known: KnownOption = None
) -> None:
    """List the interaction models with parties, approach, circuit and examples."""
    with output.reported():
        _tell(_graph(store, known, lang).models(), format, out)


def timeline(
    first: FromOption = "",
    last: ToOption = "",
    kind: Annotated[list[str] | None, typer.Option("--kind", help="act, programme or stage; may be repeated.")] = None,
    store: StoreOption = None,
    format: FormatOption = None,
    out: OutOption = None,
    lang: LangOption = "en",
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """Put programmes, acts and stages on one axis of time."""
    with output.reported():
        found = _graph(store, known, lang).timeline(first, last, kind or (), at)
        _tell(found, format, out, [f"no source dates {name}" for name in found.undated])


def _graph(store: str | None, known: str | None, lang: str) -> Graph:
    from kg.client.graph import Graph

    return Graph(opened(store), known, lang)


def _tell(answer: Answer, format: str | None, out: str | None, notes: Iterable[str] = (), *, missing: bool = True) -> None:
    """Print an answer's table or JSON; what is missing, and notes, go to stderr (JSON has them)."""
    asked = format or ("table" if sys.stdout.isatty() and not out else "tsv")
    if asked not in _FORMATS:
        raise BadSetting("--format", asked, f"give one of {', '.join(_FORMATS)}")
    if asked == "json":
        from pydantic import TypeAdapter

        output.write(TypeAdapter(type(answer)).dump_json(answer, by_alias=True, indent=2) + b"\n", out)
        return
    header, rows = answer.table()
    if asked == "table" and not out:
        output.table(rows, header)
    else:
        text = io.StringIO()
        csv.writer(text, delimiter="," if asked == "csv" else "\t", lineterminator="\n").writerows([header, *rows])
        output.write(text.getvalue().encode(), out)
    for note in [*notes, *((f"unknown: {item.why}" for item in answer.missing) if missing else ())]:
        typer.echo(note, err=True)


def _described(found: Lineage) -> Iterable[str]:
    act, dates = found.act, found.act.dates
    names = {node.thing.id: node.thing.label for node in found.nodes}
    yield f"{act.thing.label}  ({act.thing.id})"
    if dates:
        days = {"signed": dates.signed, "published": dates.published, "in force": dates.in_force, "applicable": dates.applicable}
        for name, day in days.items():
            yield f"  {name}: {day.date if day else 'unknown, no source says'}"
    if act.state:
        yield f"  on {act.state.day}: {act.state.state.replace('-', ' ')} ({act.state.why})"
    for edge in found.edges:
        own = edge.start == act.thing.id
        if own or edge.end == act.thing.id:
            other = edge.end if own else edge.start
            yield f"  {edge.relation if own else edge.inverse}: {names[other]}  ({other})"
        else:
            yield f"  {'· ' * (edge.depth - 1)}{names[edge.start]}  ({edge.start}) {edge.relation} {edge.end}"
        yield from (f"      ← {passage.document.label}, {passage.locator}" for passage in edge.passages)
    yield from (f"! {line}" for line in found.on_repealed)
    yield from (f"  unknown: {item.why}" for item in found.missing if not item.what.startswith("date "))


def _span(start: str, end: str) -> str:
    return start if start == end else f"{start}–{end}"


COMMANDS = (search, evidence, series, lineage, accountability, stages, models, timeline)
