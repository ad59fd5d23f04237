"""The papers' instruments: `egovkg egdi` and `egovkg assess …`. Each reads a table or the graph, calls one function, prints its report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import output
from kg.cli.asking import StoreOption, viewed
from kg.errors import BadSetting, UnusableInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.analytics.reports import Report
    from kg.analytics.tables import Table
    from kg.store.base import Store

app = typer.Typer(help="The papers' instruments: trend, satisfaction, public-value, maturity, readiness, monitoring.", no_args_is_help=True)

_FORMATS = ("text", "json", "csv")
TableArgument = Annotated[str | None, typer.Argument(metavar="[FILE.csv|-]", help="Your table; see `egovkg assess example`.")]
NeededTable = Annotated[str, typer.Argument(metavar="FILE.csv|-", help="Your table; see `egovkg assess example`.")]
FormatOption = Annotated[str, typer.Option("--format", "-f", help="text, json, or csv: one of the tables.")]
PartOption = Annotated[str | None, typer.Option("--table", help="Which table of the result to write as csv; else the first.")]
EditionOption = Annotated[str | None, typer.Option("--edition", help="Edition of the UN's survey: a year; else the latest.")]
ConfidenceOption = Annotated[float, typer.Option("--confidence", help="Confidence of intervals, 0.5 to below 1.")]


def egdi(
    table: TableArgument = None,
    area: Annotated[str | None, typer.Option("--area", help="An area: where it stands. Without: the ranking.")] = None,
    edition: EditionOption = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="COMPONENT=±AMOUNT", help="What if: tii-value=+0.1, or =0.85.")
    ] = None,
    indicators: Annotated[Path | None, typer.Option("--indicators", help="Raw indicators: Z-standardised, min–max, averaged.")] = None,
    store: StoreOption = None,
    format: FormatOption = "text",
    part: PartOption = None,
) -> None:
    """E-Government Development Index: rank an edition or your own scores, ask what a change would do, compute it from raw indicators."""
    from kg.instruments import egdi as instrument

    def work(graph: Store) -> Report:
        if indicators is not None:
            if table or area or changes:
                raise UnusableInput("--indicators goes without a table, --area and --set: rank its result in a second step")
            return instrument.run_raw(graph, _read(str(indicators)), edition=edition)
        return instrument.run(graph, _read(table) if table else None, edition=edition, area=area, changes=changes or [])

    _show(work, store, format, part)


@app.command()
def trend(
    table: TableArgument = None,
    indicator: Annotated[str, typer.Option("--indicator", help="Indicator of the graph (slug).")] = "epi-value",
    area: Annotated[list[str] | None, typer.Option("--area", help="Area (repeat for more).")] = None,
    group: Annotated[str | None, typer.Option("--group", help="Peers: central-asia, or slugs with commas.")] = None,
    begin: Annotated[int | None, typer.Option("--from", help="First year.")] = None,
    end: Annotated[int | None, typer.Option("--to", help="Last year.")] = None,
    store: StoreOption = None,
    format: FormatOption = "text",
    part: PartOption = None,
) -> None:
    """Series side by side: values, ranks, changes, distance to the group, convergence; breaks in method are flagged."""
    from kg.instruments import trend as instrument

    _show(
        lambda graph: instrument.run(
            graph, _read(table) if table else None, indicator=indicator, areas=area or [], group_=group, begin=begin, end=end
        ),
        store, format, part,
    )  # fmt: skip


@app.command()
def satisfaction(
    table: NeededTable,
    framework: Annotated[
        str, typer.Option("--framework", help="Framework whose criteria name the columns.")
    ] = "public-service-satisfaction-criteria",
    items: Annotated[str | None, typer.Option("--items", help="Columns to score, with commas, in place of the framework's.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Column to break down by.")] = None,
    weight: Annotated[str | None, typer.Option("--weight", help="Column of weights.")] = None,
    satisfied: Annotated[str, typer.Option("--satisfied", help="Answers that count as satisfied.")] = "5",
    base: Annotated[str, typer.Option("--base", help="Share of those who answered, or of all.")] = "answered",
    confidence: ConfidenceOption = 0.95,
    store: StoreOption = None,
    format: FormatOption = "text",
    part: PartOption = None,
) -> None:
    """Score a survey, a row a respondent: five-point mean and share satisfied by criterion, with intervals and missing answers."""
    from kg.instruments import survey as instrument
    from kg.instruments.options import points, words

    _show(
        lambda graph: instrument.run(
            graph, _read(table), framework=framework, items=words(items), by=by, weight=weight, satisfied=points(satisfied), base=base,
            confidence=confidence,
        ),
        store, format, part,
    )  # fmt: skip


@app.command(name="public-value")
def public_value(
    table: TableArgument = None,
    framework: Annotated[str, typer.Option("--framework", help="Framework whose criteria are scored.")] = "public-value",
    scale: Annotated[str, typer.Option("--scale", help="Least and most score.")] = "1:5",
    store: StoreOption = None,
    format: FormatOption = "text",
    part: PartOption = None,
) -> None:
    """Public value by four dimensions from a scoring sheet; without one, the empty sheet (--format csv)."""
    from kg.instruments import value as instrument

    _show(lambda graph: instrument.run(graph, _read(table) if table else None, framework=framework, scale=scale), store, format, part)


@app.command()
def maturity(
    table: TableArgument = None,
    scheme: Annotated[str, typer.Option("--scheme", help="Stage scheme.")] = "gartner-2017-digital-government-maturity",
    lang: Annotated[str, typer.Option("--lang", help="Language of names: en, ru, kk.")] = "en",
    store: StoreOption = None,
    format: FormatOption = "text",
    part: PartOption = None,
) -> None:
    """Which stage is reached and what the next lacks, from answers by stage and parameter; without a sheet, the empty one."""
    from kg.instruments import maturity as instrument
    from kg.instruments.options import language

    _show(
        lambda graph: instrument.run(graph, _read(table) if table else None, scheme=scheme, lang=language("maturity", lang)),
        store, format, part,
    )  # fmt: skip


@app.command()
def readiness(
    table: TableArgument = None,
    area: Annotated[str | None, typer.Option("--area", help="Area: of the graph (KAZ), or of the table.")] = None,
    store: StoreOption = None,
    format: FormatOption = "text",
    part: PartOption = None,
) -> None:
    """Readiness of organisations: shares, figures per organisation with their formulas, and changes, from counts."""
    from kg.instruments import readiness as instrument

    _show(lambda graph: instrument.run(graph, _read(table) if table else None, area=area), store, format, part)


@app.command()
def monitoring(
    table: TableArgument = None,
    indicator: Annotated[str | None, typer.Option("--indicator", help="Indicator of the graph (slug).")] = None,
    area: Annotated[str, typer.Option("--area", help="Area of the graph.")] = "KAZ",
    breakdown: Annotated[str, typer.Option("--breakdown", help="Breakdown of the indicator; else the total.")] = "",
    baseline: Annotated[str | None, typer.Option("--baseline", metavar="YEAR=VALUE", help="Where the goal starts.")] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="YEAR=VALUE", help="What is to be reached by when.")] = None,
    direction: Annotated[str | None, typer.Option("--direction", help="up: more is better; down: less is.")] = None,
    confidence: ConfidenceOption = 0.95,
    store: StoreOption = None,
    format: FormatOption = "text",
    part: PartOption = None,
) -> None:
    """Judge a goal beyond done / not done: progress, distance, pace, forecast with an interval, verdict and reason."""
    from kg.instruments import goals as instrument

    _show(
        lambda graph: instrument.run(
            graph, _read(table) if table else None, indicator=indicator, area=area, breakdown=breakdown, baseline=baseline,
            target=target, direction=direction, confidence=confidence,
        ),
        store, format, part,
    )  # fmt: skip


@app.command()
def example(name: Annotated[str | None, typer.Argument(help="Name of an example.")] = None) -> None:
    """Write an example input (CSV) to stdout; without a name, list them."""
    from kg.instruments import packaged

    with output.reported():
        if name is None:
            for one in packaged.examples():
                typer.echo(one)
        elif name not in packaged.examples():
            raise BadSetting("example", name, f"give one of {', '.join(packaged.examples())}")
        else:
            output.write(packaged.example(name), None)


def _show(work: Callable[[Store], Report], store: str | None, format: str, part: str | None) -> None:
    from kg.analytics.reports import as_csv, as_json, as_text

    with output.reported():
        if format not in _FORMATS:
            raise BadSetting("--format", format, f"give one of {', '.join(_FORMATS)}")
        if part and format != "csv":
            raise BadSetting("--table", part, "it goes with --format csv")
        report = work(viewed(store, None, None).store)
        table = report.table(part)
        if table is None:
            raise BadSetting("--table", part or "", f"give one of {', '.join(one.name for one in report.tables)}")
    if format == "json":
        typer.echo(json.dumps(as_json(report), ensure_ascii=False, indent=2))
    elif format == "csv":
        typer.echo(as_csv(table), nl=False)
        for note in report.notes:
            typer.echo(f"! {note}", err=True)
    else:
        typer.echo(as_text(report), nl=False)


def _read(path: str) -> Table:
    from kg.analytics.tables import read_csv

    if path == "-":
        return read_csv(sys.stdin.buffer.read(), "stdin")
    try:
        return read_csv(Path(path).read_bytes(), path)
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read ({error.strerror}); give a CSV file, or - for stdin") from None


COMMANDS = (egdi,)
