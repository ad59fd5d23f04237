"""Commands for curators: build, check, new, validate."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from kg.cli import output
from kg.config import read_settings
from kg.errors import UnknownFormat, UnusableInput
from kg.findings import Finding, Severity, in_order, violations

Records = Annotated[Path | None, typer.Option("--records", help="Folder of records instead of the curated ones.")]


def build(
    out: Annotated[str | None, typer.Option("--out", "-o", help="N-Quads file to write; - for stdout.")] = None,
    store: Annotated[Path | None, typer.Option("--store", help="Store directory to make anew.")] = None,
    records: Records = None,
) -> None:
    """Build the checked dataset from records and ontology; the default store unless --out or --store is given."""
    from kg.loading.dataset import build as build_dataset
    from kg.loading.opening import linked_graphs, make_store

    with output.reported():
        settings = read_settings()
        linked = 0
        dataset = build_dataset(records, settings.base, imports=None if records else settings.imports_path)
        if out:
            output.write(dataset.nquads, out)
        if store or not out:
            with closing(make_store(dataset, store or settings.store_path, settings.base)) as made:
                linked, release = len(linked_graphs(made)), made.release()
    _warnings(dataset.report.findings)
    _idle(dataset.report.idle)
    summary = (
        f"release {dataset.release}: {dataset.statements} statements, {dataset.facts} facts, "
        f"{len(dataset.conflicts)} conflicts; {dataset.report.checked} nodes checked by {dataset.report.engine}"
    )
    typer.echo(summary, err=bool(out))
    if linked:
        typer.echo(f"{linked} linked document(s) kept as they were (release {release}); link them again for the names of now", err=True)


def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Record files or folders; all records when none is given.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write the canonical form; with --sources, turn quotes into selectors.")] = False,
    sources: Annotated[
        Path | None, typer.Option("--sources", help="Folder of the papers' texts: selectors, quotes and printed figures are checked.")
    ] = None,
    records: Records = None,
) -> None:
    """Check records: form, links, domain rules (SHACL). Nothing is written but by --fix."""
    from kg.curation.passages import check_sources, documents_at_hand, read_sources
    from kg.loading.checking import check_records, fix_records
    from kg.resources import records_dir
    from kg.terms import load_terms
    from kg.verification.report import check_unclaimed

    with output.reported():
        root = records or _root_of(paths) or records_dir()
        texts = read_sources(sources) if sources else {}
        trouble = fix_records(root, paths or [], texts) if fix else []
        outcome = check_records(root)
        found = [*trouble, *outcome.findings]
        if texts:
            found += [*check_sources(outcome.curated, texts), *check_unclaimed(outcome.curated, load_terms(), texts)]
            compared = documents_at_hand(outcome.curated, texts)
            if not compared:
                raise UnusableInput(f"no text in {sources} is that of a document; its digest must be the `text` of the document's record")
            typer.echo(f"compared with their texts: {', '.join(compared)}", err=True)
        found = _only(in_order(found), paths or [])
    output.findings(found)
    bad = violations(found)
    if bad:
        raise typer.Exit(output.FAILED)
    _idle(outcome.idle)
    typer.echo(f"{len(outcome.curated.records)} records and {len(outcome.curated.cells)} figures conform", err=True)


def new(
    kind: Annotated[str, typer.Argument(help="Kind of thing: programme, act, organisation, document …")],
    slug: Annotated[str, typer.Argument(help="Its slug: ASCII, never changed later.")],
    text: Annotated[Path | None, typer.Option("--text", help="Documents: a text file to cut into passages.")] = None,
    section: Annotated[list[str] | None, typer.Option("--section", help="Documents: slug=heading as printed, repeatable.")] = None,
    wrapped: Annotated[bool, typer.Option("--wrapped", help="Documents: paragraphs run over several lines.")] = False,
    records: Records = None,
) -> None:
    """Write the skeleton of a record; fill it in, then `egovkg check`."""
    from kg.curation.scaffold import new_document, new_record
    from kg.resources import in_checkout, records_dir
    from kg.terms import load_terms

    with output.reported():
        root = records or (records_dir() if in_checkout() else Path("records"))
        if kind == "document" and text:
            path = new_document(slug, text, dict(_section(item) for item in section or []), root, wrapped=wrapped)
        elif text or section or wrapped:
            raise UnusableInput("--section and --wrapped need --text, and --text is for documents: egovkg new document SLUG --text FILE")
        else:
            path = new_record(kind, slug, root, load_terms())
    typer.echo(str(path))


def validate(
    files: Annotated[list[Path], typer.Argument(help="RDF files: Turtle, N-Triples, N-Quads, TriG, RDF/XML, JSON-LD.")],
    shapes: Annotated[list[Path] | None, typer.Option("--shapes", help="Shape files (Turtle) instead of egovkg's own.")] = None,
    format: Annotated[str, typer.Option("--format", help="table, json, ttl or sarif.")] = "table",
    engine: Annotated[str, typer.Option("--engine", help="auto, pyshacl or shacl.")] = "auto",
) -> None:
    """Validate RDF against shapes: exit 0 conforms, 1 violations, 2 unusable input."""
    from kg.validation.files import engine_named, read_data
    from kg.validation.reports import REPORTS
    from kg.validation.shacl import shapes_text, shipped_shapes
    from kg.validation.shacl import validate as run

    with output.reported():
        if format not in REPORTS:
            raise UnknownFormat(format, list(REPORTS))
        text = shapes_text(shapes) if shapes else shipped_shapes()
        data, places = read_data(files)
        report = run(data, text, places, engine_named(engine))
        rendered = REPORTS[format](report)
    typer.echo(rendered)
    if not report.conforms:
        raise typer.Exit(output.FAILED)


def _root_of(paths: list[Path] | None) -> Path | None:
    """Return the records folder that the paths lie in: the one whose sub-folders are kinds; None where it is the shipped one."""
    from kg.namespaces import KINDS

    for path in paths or []:
        if not path.exists():
            raise UnusableInput(f"there is no {path}; give a record file or a folder of records")
        for parent in path.resolve().parents:
            if parent.name in KINDS or parent.name == "observations":
                return parent.parent
        if any((path / kind).is_dir() for kind in KINDS):
            return path
    return None


def _only(found: list[Finding], paths: list[Path]) -> list[Finding]:
    """Keep the findings of the given files, and those of no file."""
    if not paths:
        return found
    roots = [path.resolve() for path in paths]
    return [f for f in found if f.source is None or any(Path(f.source.file).resolve().is_relative_to(root) for root in roots)]


def _section(item: str) -> tuple[str, str]:
    slug, equals, heading = item.partition("=")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", slug) or not equals or not heading:
        raise UnusableInput(f"--section is {item!r}; write slug=heading, the slug in small letters, e.g. results='3. RESULTS'")
    return slug, heading


def _warnings(found: tuple[Finding, ...]) -> None:
    output.findings((f for f in found if f.severity is not Severity.VIOLATION), lambda line: typer.echo(line, err=True))


def _idle(shapes: tuple[str, ...]) -> None:
    if shapes:
        typer.echo(f"not checked, because nothing is of their class: {', '.join(shapes)}", err=True)


COMMANDS = (build, check, new, validate)
