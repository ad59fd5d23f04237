"""Read observation files: one row a cell of a source table, or a figure in its prose."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from kg.curation.records import Cell
from kg.findings import Finding, Source
from kg.terms import Terms

COLUMNS = ("indicator", "area", "period", "breakdown", "role", "value", "unit", "status", "qualifier", "printed", "note")
"""The header of a table's file; `<document>-text.csv` has `passage` before it."""

_DAY = r"\d{4}(-\d\d(-\d\d)?)?"
_PERIOD = re.compile(rf"{_DAY}(/{_DAY})?", re.ASCII)
_VALUE = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_NAME = re.compile(r"(?P<document>.+?)-(?P<passage>text|(?:table|figure)-[A-Za-z0-9.-]+|[a-z]+-table)")


def read_table(path: Path, file: str, terms: Terms, findings: list[Finding]) -> list[Cell]:
    """Read one observation file; what is wrong is added to `findings`, and the row left out."""
    name = _NAME.fullmatch(path.stem)
    if not name:
        cure = "call it <document>-table-3.csv or <document>-text.csv"
        findings.append(Finding(Source(file), "Observation-file", f"the file name does not say its passage; {cure}"))
        return []
    document, passage = name["document"], name["passage"]
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        findings.append(Finding(Source(file), "Observation-csv", f"this is not UTF-8 CSV ({error}); check quotes and encoding"))
        return []
    header = ("passage", *COLUMNS) if passage == "text" else COLUMNS
    if not rows or tuple(rows[0]) != header:
        findings.append(Finding(Source(file), "Observation-header", f"the header must be {','.join(header)}"))
        return []
    cells = []
    for line, row in enumerate(rows[1:], 2):
        source = Source(file, line)
        if len(row) != len(header):
            message = f"{len(row)} fields where the header has {len(header)}; quote fields that hold a comma"
            findings.append(Finding(source, "Observation-csv", message))
            continue
        fields = dict(zip(header, row, strict=True))
        problems = _problems(fields, terms)
        findings += [Finding(source, rule, message) for rule, message in problems]
        if not problems:
            cells.append(_cell(fields, f"{document}/{fields.pop('passage', passage)}", source))
    return cells


def _cell(fields: Mapping[str, str], passage: str, source: Source) -> Cell:
    return Cell(
        **{column: fields[column] for column in COLUMNS if column != "value"},
        value=Decimal(fields["value"]) if fields["value"] else None,
        passage=passage,
        source=source,
    )


def _in_calendar(period: str) -> bool:
    try:
        date.fromisoformat(period + "-01-01"[len(period) - 4 :])
    except ValueError:
        return False
    return True


def _printed_as(value: str, printed: str) -> bool:
    """Say whether the digits of a value stand in the printed cell; a cell in words (`tripled`) cannot be compared."""
    if not any(character.isdigit() for character in printed):
        return True
    bare = re.sub(r"(?<=\d)(?:,[\u00a0 ]?|[\u00a0 ])(?=\d{3}\b)", "", printed).replace(",", ".")
    return abs(Decimal(value)) in {Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?|\.\d+", bare)}


def _problems(fields: Mapping[str, str], terms: Terms) -> list[tuple[str, str]]:
    found = []
    if not _PERIOD.fullmatch(fields["period"]) or not all(map(_in_calendar, fields["period"].split("/"))):
        found.append(("Observation-period", f"the period {fields['period']!r} must be 2010, 2023-04 or 2015/2021"))
    for column, scheme in (("unit", "unit"), ("role", "value-role"), ("qualifier", "qualifier"), ("status", "obs-status")):
        codes = terms.codes.get(scheme, frozenset())
        if (fields[column] or column == "unit") and fields[column] not in codes:
            found.append((f"Observation-{column}", f"{fields[column]!r} is not in the code list {scheme}; use {', '.join(sorted(codes))}"))
    for code in filter(None, fields["breakdown"].split("+")):
        if code not in terms.codes.get("breakdown", frozenset()):
            found.append(
                ("Observation-breakdown", f"{code!r} is not in the code list breakdown; add it to ontology/vocabularies/breakdown.ttl")
            )
    missing = fields["status"] == "missing"
    if missing and fields["value"]:
        found.append(("Observation-value", "a missing value has no value; empty the column or the status"))
    elif not missing and not _VALUE.fullmatch(fields["value"]):
        found.append(("Observation-value", f"the value {fields['value']!r} is no number; write digits with a decimal point, no separators"))
    elif not missing and not fields["note"] and not _printed_as(fields["value"], fields["printed"]):
        message = (
            f"the value {fields['value']} is not what is printed, {fields['printed']!r}; correct one, or say in `note` how it was read"
        )
        found.append(("Observation-value", message))
    if not fields["printed"]:
        found.append(("Observation-printed", "`printed` is empty; write the cell as it stands in the source"))
    return found
