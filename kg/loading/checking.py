"""Check a folder of records without building a store: form, links, drafts, domain rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.curation.formatting import fix
from kg.curation.passages import text_of
from kg.curation.reading import read_records, shown
from kg.curation.records import Curated
from kg.errors import BadRecords
from kg.findings import Finding, Source, in_order
from kg.loading.dataset import build
from kg.terms import load_terms


@dataclass(frozen=True)
class Outcome:
    """What a check found: findings of every severity, and the shapes that had nothing to check."""

    curated: Curated
    findings: tuple[Finding, ...]
    idle: tuple[str, ...] = ()


def check_records(root: Path) -> Outcome:
    """Check every record below a folder."""
    try:
        dataset = build(root)
    except BadRecords as error:
        return Outcome(read_records(root, load_terms()), tuple(in_order(error.findings)))
    return Outcome(dataset.curated, dataset.report.findings, dataset.report.idle)


def fix_records(root: Path, paths: list[Path], texts: Mapping[str, str]) -> list[Finding]:
    """Write the canonical form of the record files among the paths (all below `root` where none is given).

    A file that cannot be read is left alone (the check names it); a quote that is not in its text is a finding.
    """
    files = sorted({file for path in paths or [root] for file in ([path] if path.is_file() else path.rglob("*.yaml"))})
    curated = read_records(root, load_terms())
    by_file = {record.source.file: record for record in curated.records.values()}
    found = []
    for file in files:
        record = by_file.get(shown(file))
        if record is None or file.suffix != ".yaml":
            continue
        try:
            fix(file, text_of(record, texts))
        except ValueError as error:
            found.append(Finding(Source(shown(file)), "Passage-quote", str(error)))
    return found
