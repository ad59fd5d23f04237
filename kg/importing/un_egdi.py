"""The country tables of the UN E-Government Survey as the UN E-Government Knowledgebase offers them: CSV, a row a country.

Columns are found by their names, in any order; editions differ in both. A file is taken whole or not at all: every row
that cannot be read is a finding with its line.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from kg.errors import UnusableInput
from kg.findings import Finding, Source
from kg.importing.countries import Country, country_of, near_names

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "edition": ("surveyyear", "year", "edition"),
    "country": ("countryname", "country", "memberstate"),
    "egdi-rank": ("egovernmentrank", "egovernmentdevelopmentrank", "egdirank", "erank", "rank"),
    "egdi-value": ("egovernmentindex", "egovernmentdevelopmentindex", "egdi", "eindex"),
    "epi-rank": ("eparticipationrank", "epirank"),
    "epi-value": ("eparticipationindex", "eparticipation", "epi"),
    "osi-value": ("onlineserviceindex", "onlineservicesindex", "onlineservice", "osi"),
    "hci-value": ("humancapitalindex", "humancapital", "hci"),
    "tii-value": ("telecommunicationinfrastructureindex", "telecommunicationsinfrastructureindex", "teleinfra", "tii"),
}
"""What we take over (figures by the slug of their indicator), and the heads of its column, without signs and case."""

HEADS = {
    "edition": "Survey Year",
    "country": "Country Name",
    "egdi-rank": "E-Government Rank",
    "egdi-value": "E-Government Index",
    "epi-rank": "E-Participation Rank",
    "epi-value": "E-Participation Index",
    "osi-value": "Online Service Index",
    "hci-value": "Human Capital Index",
    "tii-value": "Telecommunication Infrastructure Index",
}
"""The heads that the UN gives these columns in most editions."""

_OPTIONAL = frozenset({"edition", "epi-rank"})
_EDITION = re.compile(r"20\d\d", re.ASCII)
_IN_NAME = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)
_INDEX = re.compile(r"\d*\.?\d+", re.ASCII)
_RANK = re.compile(r"[1-9]\d{0,2}", re.ASCII)
_NOTHING = frozenset({"", "-", "–", "—", "..", "…", "n/a", "na"})
_CEILING = 2


@dataclass(frozen=True)
class Figure:
    """A cell: the value with as many decimals as its column has (a spreadsheet drops zeros), and the cell as printed.

    `value` is empty where the table gives no figure; `status` and `note` as in an observation file.
    """

    value: str
    printed: str
    status: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A country's row of one edition: its figures by the slug of their indicator, and the name as printed."""

    country: Country
    name: str
    figures: Mapping[str, Figure]
    source: Source


@dataclass(frozen=True)
class Edition:
    """One edition of the survey: its year, and its rows by alpha-3 code."""

    year: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Reading:
    """What files gave: whole editions, what is wrong (violations), and what to know (warnings, columns left out)."""

    editions: tuple[Edition, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...]


def read_tables(paths: Sequence[Path], edition: str | None = None) -> Reading:
    """Read files whole; `edition` is the year of files that have no such column. Raises UnusableInput for an unreadable file."""
    if edition is not None and not _EDITION.fullmatch(edition):
        raise UnusableInput(f"--edition is {edition!r}; give the year of a survey, such as 2024")
    findings: list[Finding] = []
    remarks: list[str] = []
    rows: dict[str, list[Row]] = defaultdict(list)
    for path in paths:
        for year, row in _File(path, edition, findings, remarks).rows():
            rows[year].append(row)
    for found in rows.values():
        findings += _repeated(found)
        findings += _unequal_ties(found)
    editions = (Edition(year, tuple(sorted(found, key=lambda row: row.country.alpha3))) for year, found in sorted(rows.items()))
    return Reading(tuple(editions), tuple(findings), tuple(remarks))


class _File:
    """One file: its table, where each column is, and how many decimals it has."""

    def __init__(self, path: Path, edition: str | None, findings: list[Finding], remarks: list[str]) -> None:
        self._file, self._findings, self._remarks = str(path), findings, remarks
        self._edition = edition
        self._in_name: set[str] = set(_IN_NAME.findall(path.stem))
        table = _table(path)
        self._header, self._body = (table[0], table[1:]) if table else ((1, []), [])
        self._places = self._columns()

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield edition and row of every line; what cannot be read is a finding."""
        if not self._places:
            return
        if not self._body:
            self._refuse(self._header[0], "Import-rows", "the table has no rows below its head; give the whole file")
        decimals = {key: max((_decimals(self._cell(row, key)) for _, row in self._body), default=0) for key in self._places}
        for line, row in self._body:
            before = len(self._findings)
            found = self._row(line, row, decimals)
            if found and len(self._findings) == before:
                yield found

    def _columns(self) -> dict[str, int]:
        """Return the place of each column, nothing where one is missing or stands twice (a finding then)."""
        line, header = self._header
        heads = [re.sub(r"[^a-z]", "", head.casefold()) for head in header]
        places: dict[str, int] = {}
        for key, names in COLUMNS.items():
            found = [place for place, head in enumerate(heads) if head in names]
            if len(found) > 1:
                self._refuse(line, "Import-header", f"the columns {' and '.join(header[p].strip() for p in found)} say the same; keep one")
            elif found:
                places[key] = found[0]
            elif key not in _OPTIONAL:
                self._refuse(line, "Import-header", f"there is no column for {key}; call it {_title(key)}, as the UN does")
        left = [head.strip() or f"column {place + 1}" for place, head in enumerate(header) if place not in places.values()]
        whole = set(COLUMNS) - _OPTIONAL <= set(places)
        if left and whole:
            self._remarks.append(f"{self._file}: not taken over: {', '.join(left)}")
        return places if whole else {}

    def _row(self, line: int, row: list[str], decimals: Mapping[str, int]) -> tuple[str, Row] | None:
        if len(row) != len(self._header[1]):
            message = f"{len(row)} fields where the head has {len(self._header[1])}; quote fields that hold a comma"
            self._refuse(line, "Import-fields", message)
            return None
        year = self._year(line, row)
        name = re.sub(r"\s+", " ", self._cell(row, "country")).strip(" '\"“”")
        country = country_of(name)
        if country is None:
            near = near_names(name)
            cure = f"did you mean {' or '.join(near)}?" if near else "write it as the UN does, or remove a row that is no country's"
            self._refuse(line, "Import-country", f"{name!r} is no country; {cure}")
        cells = {key: self._cell(row, key) for key in self._places if key not in ("edition", "country")}
        absent = _unranked(cells)
        figures = {key: self._figure(line, key, cell, decimals[key], absent) for key, cell in cells.items()}
        if year is None or country is None:
            return None
        return year, Row(country, name, {key: figure for key, figure in figures.items() if figure}, Source(self._file, line))

    def _year(self, line: int, row: list[str]) -> str | None:
        """Return the edition: from its column, else --edition, else the file's name; where two of them say it, they must agree."""
        said = {self._edition} if self._edition else self._in_name
        if "edition" in self._places:
            year = self._cell(row, "edition").strip()
            if not _EDITION.fullmatch(year):
                self._refuse(line, "Import-edition", f"the survey year {year!r} is none; write four digits, such as 2024")
                return None
            if self._edition and year != self._edition:
                self._refuse(line, "Import-edition", f"the survey year is {year}, but --edition says {self._edition}; leave --edition out")
            return year
        if len(said) != 1:
            if line == self._body[0][0]:
                message = "no column says the survey year, nor does the file's name; give --edition 2024, or a column Survey Year"
                self._refuse(self._header[0], "Import-edition", message)
            return None
        return next(iter(said))

    def _figure(self, line: int, key: str, cell: str, decimals: int, absent: bool) -> Figure | None:
        """Return the figure of a cell; None for a blank one of a country that has no figures, and for a bad one (a finding)."""
        text = cell.strip()
        if absent:
            note = "The table gives this country no rank and zeros throughout: it was not surveyed in this edition."
            return Figure("", cell, "missing", note) if text else None
        if text.casefold() in _NOTHING:
            if text:
                return Figure("", cell, "missing")
            self._refuse(line, "Import-value", f"{_title(key)} is empty; write the figure, or - where the source prints none")
            return None
        if key.endswith("-rank"):
            if not _RANK.fullmatch(text):
                self._refuse(line, "Import-rank", f"{_title(key)} is {text!r}; a rank is a whole number from 1 on")
            return Figure(text, cell)
        if not _INDEX.fullmatch(text):
            self._refuse(line, "Import-value", f"{_title(key)} is {text!r}; write digits with a decimal point, such as 0.55782")
            return None
        value = Decimal(text)
        if value >= _CEILING:
            self._refuse(line, "Import-value", f"{_title(key)} is {text}; an index lies between 0 and 1, so check the columns")
        padded = f"{value:.{decimals}f}"
        if value <= 1:
            return Figure(padded, cell)
        self._remarks.append(f"{self._file}:{line}: {_title(key)} is {text}, above 1: taken over as printed, with the status out-of-range")
        return Figure(padded, cell, "out-of-range", "The table prints an index above 1.")

    def _cell(self, row: list[str], key: str) -> str:
        place = self._places[key]
        return row[place] if place < len(row) else ""

    def _refuse(self, line: int, rule: str, message: str) -> None:
        self._findings.append(Finding(Source(self._file, line), rule, message))


def _table(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank with their lines; comma, semicolon or tab, as the first line has it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise UnusableInput(f"{path} cannot be read ({error.strerror}); check the path") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnusableInput(f"{path} is not UTF-8 CSV ({error}); save it as CSV in UTF-8") from None
    return [(line, row) for line, row in rows if any(cell.strip() for cell in row)]


def _unranked(cells: Mapping[str, str]) -> bool:
    """Say whether a country was not surveyed: no rank, and nothing but zeros and blanks."""
    ranks = [cell.strip() for key, cell in cells.items() if key.endswith("-rank")]
    others = [cell.strip() for key, cell in cells.items() if not key.endswith("-rank")]
    return not any(ranks) and all(other.casefold() in _NOTHING or not other.strip("0.") for other in others)


def _decimals(cell: str) -> int:
    return len(cell.strip().partition(".")[2]) if _INDEX.fullmatch(cell.strip()) else 0


def _title(key: str) -> str:
    return f"the column {HEADS[key]!r}"


def _repeated(rows: Iterable[Row]) -> Iterator[Finding]:
    """Find a country that stands twice in one edition."""
    first: dict[str, Row] = {}
    for row in rows:
        other = first.setdefault(row.country.alpha3, row)
        if other is not row:
            yield Finding(row.source, "Import-country", f"{row.name} stands in {other.source} already; give each edition and country once")


def _unequal_ties(rows: Iterable[Row]) -> Iterator[Finding]:
    """Find two countries with one rank and different values of the index: one of them is mistyped."""
    for rank, index in (("egdi-rank", "egdi-value"), ("epi-rank", "epi-value")):
        first: dict[str, Row] = {}
        for row in rows:
            if rank in row.figures and row.figures[rank].value:
                other = first.setdefault(row.figures[rank].value, row)
                mine, others = (one.figures[index].value if index in one.figures else "" for one in (row, other))
                if mine != others:
                    shared = f"{row.name} has the rank {row.figures[rank].value} of {other.name} ({other.source})"
                    yield Finding(row.source, "Import-rank", f"{shared}, but not its index; correct one")
