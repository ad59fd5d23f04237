"""Commands that ask: query, show, conflicts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeGuard

import typer

from kg.cli import output
from kg.config import Settings, read_settings
from kg.errors import BadSetting, UnusableInput

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.query.entities import Entity, Evidence, Statement
    from kg.query.viewing import View
    from kg.store.base import Store

StoreOption = Annotated[str | None, typer.Option("--store", help="Store directory, or the address of a service or endpoint.")]
AtOption = Annotated[str | None, typer.Option("--at", help="Day in force: what had not begun or had ended is left out.")]
KnownOption = Annotated[str | None, typer.Option("--known", help="Only what documents published by this day say.")]
_QUERY_FORMATS = "table, json, csv, tsv, xml; ttl, nt, jsonld, rdf for graphs"


def query(
    sparql: Annotated[
        str, typer.Argument(metavar="SPARQL|FILE.rq|-|NAME", help="A query, a file that holds one, - for stdin, or a named query.")
    ] = "",
    parameters: Annotated[list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="Parameter of a named query.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the named queries: questions and parameters.")] = False,
    store: StoreOption = None,
    format: Annotated[str | None, typer.Option("--format", "-f", help=_QUERY_FORMATS)] = None,
    out: Annotated[str | None, typer.Option("--out", "-o", help="File to write.")] = None,
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """Ask the store in SPARQL, or by a question's name. A table on a terminal, TSV in a pipe, unless --format says otherwise."""
    from kg.cli import naming
    from kg.formats import GRAPHS, JSON, RESULTS, TSV, find_format
    from kg.store.base import Wish

    with output.reported():
        settings = read_settings()
        if list_:
            naming.listed(settings)
            return
        named = naming.find(settings, sparql)
        if not sparql or (parameters and not named):
            raise UnusableInput("give a query, a file, - or the name of a named query; -p goes with a name (egovkg query --list)")
        asked = format or ("table" if sys.stdout.isatty() and not out else "tsv")
        if asked == "table":
            results, graphs = [JSON], list(GRAPHS[:1])
        elif format is None:
            results, graphs = [TSV], list(GRAPHS[:1])
        else:
            results, graphs = _formats(format, RESULTS), _formats(format, GRAPHS)
            if not results and not graphs:
                find_format(format, (*RESULTS, *GRAPHS))
        seen = viewed(store, at, known, settings)
        text = naming.text_of(seen, named, parameters or []) if named else _query_text(sparql)
        answer = seen.store.answer(text, Wish(results, graphs))
        tell_view(seen)
    if asked == "table" and answer.format is JSON:
        _draw(answer.body)
    else:
        output.write(answer.body, out)


def show(
    name: Annotated[str, typer.Argument(help="IRI, CURIE, kind/slug, slug, identifier or exact name.")],
    store: StoreOption = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text, ttl, nt or jsonld.")] = "text",
    lang: Annotated[str, typer.Option("--lang", help="Language of names: en, ru, kk.")] = "en",
    at: AtOption = None,
    known: KnownOption = None,
) -> None:
    """Show one entity: its facts, the passages that state each, and what sources disagree on."""
    from kg.formats import JSON_LD, N_TRIPLES, TURTLE, find_format
    from kg.query.entities import read_entity, resolve
    from kg.query.labels import LANGUAGES
    from kg.query.viewing import moment, validity
    from kg.rdf import written

    with output.reported():
        _one_of("--lang", lang, LANGUAGES)
        seen = viewed(store, None, known)
        day = moment(at, None).at
        graph = seen.store
        iri = resolve(graph, seen.names, name)
        if format != "text":
            chosen = find_format(format, (TURTLE, N_TRIPLES, JSON_LD))
            triples = graph.triples("CONSTRUCT { ?thing ?p ?o } WHERE { VALUES ?thing { UNDEF } ?thing ?p ?o }", thing=iri)
            output.write(written(triples, chosen), None)
            return
        found = read_entity(graph, iri)
        tell_view(seen)
        state = validity(graph, iri, day) if day else None
    if state:
        typer.echo(f"on {day}: {state.state.replace('-', ' ')} ({state.begin or '…'} to {state.end or '…'})")
    for line in _described(found, lang):
        typer.echo(line)


def conflicts(
    store: StoreOption = None,
    kind: Annotated[str | None, typer.Option("--kind", help="value, unit, period, identity, table-table, text-table, arithmetic …")] = None,
    document: Annotated[str | None, typer.Option("--document", help="Only where this document has a side.")] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    known: KnownOption = None,
) -> None:
    """List where sources disagree, every side, and which one counts by which rule."""
    from kg.query.conflicts import check_filters, find_conflicts
    from kg.query.labels import chain, labels_of

    with output.reported():
        _one_of("--format", format, ("text", "json"))
        seen = viewed(store, None, known)
        graph = seen.store
        check_filters(graph, seen.names, kind, document)
        tell_view(seen)
        found = find_conflicts(graph, kind=kind, document=document)
        labels = labels_of(graph, {node for item in found for node in item.mentions()})
    if format == "json":
        import json
        from dataclasses import asdict

        typer.echo(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=2, default=lambda term: term.value))
        return
    languages = chain("en")
    for item in found:
        typer.echo(f"[{item.kind}] {item.heading(labels, languages)}")
        if not item.compared():
            typer.echo(f"    {_short(item.subject)}")
        for side in item.sides:
            if side.value is not None:
                of = f", {_short(side.subject)}" if item.compared() and side.subject else ""
                typer.echo(f"    {side.document.value.rpartition('/')[2]}, {side.locator}{of}: {side.worded(labels, languages)}")
        if item.computation:
            typer.echo(f"    computed: {item.computation}")
        if item.note:
            typer.echo(f"    note: {item.note}")
        if item.compared():
            typer.echo("    each stays a fact (both-stand)")
        else:
            typer.echo(f"    fact: {item.fact(labels, languages)} ({item.rule})" if item.accepted else "    fact: none (undecided)")
    typer.echo(f"{len(found)} conflict(s), complete", err=True)


def opened(store: str | None, settings: Settings | None = None) -> Store:
    """Open the store of an option, which must be there, else of the settings, which is built when there is none."""
    from kg.loading.opening import open_store

    settings = (settings or read_settings()).with_options(store=store)
    return open_store(settings, output.tell, make=store is None or settings.empty)


def viewed(store: str | None, at: str | None, known: str | None, settings: Settings | None = None) -> View:
    """Open the store of an option as it stood at a moment; raises BadSetting for what is no day."""
    from kg.query.viewing import Views, moment

    asked = moment(at, known)
    return Views(opened(store, settings)).of(asked)


def tell_view(seen: View) -> None:
    """Say on stderr what a view left out; nothing where the whole graph answered."""
    if not seen.moment:
        return
    later = ", ".join(node.value.rpartition("/")[2] for node in seen.later)
    parts = [f"{len(seen.documents)} document(s) counted" + (f", later ones left out: {later}" if later else "")]
    if seen.moment.at:
        parts.append(f"{seen.outside} thing(s) not in force left out, {seen.undated} undated kept")
    typer.echo(f"view of {seen.moment}: {'; '.join(parts)}", err=True)


def _one_of(option: str, given: str, offered: Sequence[str]) -> None:
    if given not in offered:
        raise BadSetting(option, given, f"give one of {', '.join(offered)}")


def _query_text(given: str) -> str:
    if given == "-":
        return sys.stdin.read()
    if given.endswith((".rq", ".sparql")):
        try:
            return Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UnusableInput(f"{given} cannot be read: {error}") from None
    return given


def _formats(name: str, offered: tuple[Any, ...]) -> list[Any]:
    from kg.errors import UnknownFormat
    from kg.formats import find_format

    try:
        return [find_format(name, offered)]
    except UnknownFormat:
        return []


def _draw(body: bytes) -> None:
    import pyoxigraph as ox

    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        typer.echo("true" if found else "false")
        return
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    rows = [[_short(row[name]) if row[name] is not None else "" for name in names] for row in found]
    output.table(rows, names)
    typer.echo(f"{len(rows)} row(s), complete", err=True)


def _described(found: Entity, lang: str) -> list[str]:
    from kg.query.display import arranged, precisions
    from kg.query.labels import best, chain, shown

    languages = chain(lang)
    own = best(found.labels.get(found.iri.value, {}), languages)
    lines = [f"{own[0] if own else found.name}", f"  {found.iri.value}"]
    exactness = precisions(found.statements)
    for group in arranged((s for s in found.statements if s.accepted), languages):
        for statement in group.own:
            lines += _stated("  ", statement, found, languages, exactness)
        if group.others:
            lines.append(f"      … {len(group.others)} more in other languages (--lang)")
    for statement in found.statements:
        if not statement.accepted:
            lines += _stated("✗ ", statement, found, languages, {})
    for conflict in found.conflicts:
        about = (
            conflict.heading(found.labels, languages) if conflict.compared() else shown(conflict.property.value, found.labels, languages)
        )
        values = " or ".join(dict.fromkeys(side.worded(found.labels, languages) for side in conflict.sides if side.value is not None))
        lines.append(f"! sources disagree: {about}: {values}; {conflict.computation or conflict.rule}")
    incoming = len(found.incoming)
    lines.append(f"  {incoming} claim(s) of other things point here" + ("" if found.complete else " (cut at 2000)"))
    return lines


def _stated(mark: str, statement: Statement, found: Entity, languages: tuple[str, ...], exactness: dict[Any, str]) -> list[str]:
    import pyoxigraph

    from kg.query.display import lexical
    from kg.query.labels import shown

    value = statement.value
    if isinstance(value, pyoxigraph.Literal):
        text = lexical(statement.property, value, exactness)
    else:
        text = shown(value.value, found.labels, languages)
    agreement = f"  [{statement.agreement} documents agree]" if statement.agreement > 1 else ""
    lines = [f"{mark}{shown(statement.property.value, found.labels, languages)}: {text}{agreement}"]
    return [*lines, *(f"      ← {_passage(item, found, languages)}" for item in statement.evidence)]


def _passage(item: Evidence, found: Entity, languages: tuple[str, ...]) -> str:
    from kg.query.labels import shown

    doi = f", doi:{item.doi}" if item.doi else ""
    return f"{shown(item.document.value, found.labels, languages)}, {item.locator}{doi}"


def _is_node(value: object) -> TypeGuard[ox.NamedNode]:
    import pyoxigraph

    return isinstance(value, pyoxigraph.NamedNode)


def _short(term: Any) -> str:
    from kg.namespaces import shorten

    return shorten(term.value) if _is_node(term) else str(getattr(term, "value", term))


COMMANDS = (query, show, conflicts)
