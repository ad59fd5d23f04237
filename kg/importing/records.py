"""Editions of a country table as records: a document with its passage, areas, and an observation file, in canonical form."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.curation.strict_yaml import YamlProblem, read_yaml
from kg.curation.tables import COLUMNS
from kg.importing.countries import Country
from kg.importing.un_egdi import COLUMNS as FIGURES
from kg.importing.un_egdi import Edition, Row
from kg.namespaces import KINDS

MEMBERS = 193
"""Member states of the United Nations: an edition with all of them is complete."""

_PASSAGE = "country-table"
_TITLES = {
    "2003": "UN Global E-government Survey 2003",
    "2004": "UN Global E-government Readiness Report 2004",
    "2005": "UN Global E-government Readiness Report 2005",
}
_TITLE = "United Nations E-Government Survey {year}"
_PLAIN = re.compile(r"[\w.’ -]+[\w.’)]( \([\w ]+\))?")
_AUTHORITY = "http://publications.europa.eu/resource/authority/country/"

Files = Mapping[str, str]
"""The text of each file by its path below the import's folder."""


@dataclass(frozen=True)
class Named:
    """A country as an import knows it: which name which editions print."""

    country: Country
    names: Mapping[str, frozenset[str]]


def document_slug(year: str) -> str:
    """Return the slug of the document that an edition's table is."""
    return f"un-egovkb-{year}"


def edition_files(edition: Edition) -> dict[str, str]:
    """Return document record and observation file of an edition."""
    slug = document_slug(edition.year)
    return {f"document/{slug}.yaml": _document(edition), f"observations/{slug}-{_PASSAGE}.csv": _observations(edition)}


def area_text(named: Named) -> str:
    """Return the record of a country that has no curated one."""
    country = named.country
    label = ", ".join(f"{language}: {_quoted(name)}" for language, name in country.names.items())
    lines = [
        "type: Area",
        f"label: {{{label}}}",
        f"notation: [{country.alpha3}, {country.alpha2}]",
        f"exactMatch: ['{_AUTHORITY}{country.alpha3}']",
        "claims:",
    ]
    for name, years in sorted(named.names.items()):
        lines += [f"  - name: {{en: {_quoted(name)}}}", "    areaType: country", "    stated:"]
        lines += [f"      - {document_slug(year)}/{_PASSAGE}" for year in sorted(years)]
    return "\n".join(lines) + "\n"


def names_in(text: str) -> dict[str, frozenset[str]]:
    """Return which name which editions print, from an area record that `area_text` wrote; raises ValueError for another text."""
    try:
        claims: Any = read_yaml(text).data["claims"]  # type: ignore[index,call-overload]
        said = {claim["name"]["en"]: claim["stated"] for claim in claims}
    except (YamlProblem, KeyError, TypeError) as error:
        raise ValueError(str(error)) from None
    return {name: frozenset(reference.partition("/")[0].rpartition("-")[2] for reference in stated) for name, stated in said.items()}


def names_of(rows: Iterable[tuple[str, Row]]) -> dict[str, Named]:
    """Return the countries of rows (each with its edition's year) by alpha-3 code, with the names printed."""
    names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    countries: dict[str, Country] = {}
    for year, row in rows:
        countries[row.country.alpha3] = row.country
        names[row.country.alpha3][row.name].add(year)
    return {code: Named(countries[code], {name: frozenset(years) for name, years in found.items()}) for code, found in names.items()}


def _document(edition: Edition) -> str:
    year, count = edition.year, len(edition.rows)
    extent = "complete" if count >= MEMBERS else "partial"
    passage = f"{document_slug(year)}/{_PASSAGE}"
    return f"""type: StatisticalSource
label:
  en: UN E-Government Knowledgebase ({year})
  ru: База знаний ООН по электронному правительству ({year})
  kk: БҰҰ-ның электрондық үкімет жөніндегі білім базасы ({year})
authority: primary-statistics
passages:
  {_PASSAGE}: {{locator: Country table, type: table}}
coverage:
  - kind: observation
    extent: {extent}
    from: {year}
    to: {year}
    scope:
      en: ranks and index values of {count} countries
      ru: 'места и значения индексов, число стран: {count}'
      kk: '{count} елдің орындары мен индекс мәндері'
{_others()}claims:
  - title: {{en: {_TITLES.get(year, _TITLE.format(year=year))}}}
    creator: [United Nations]
    issued: {year}
    publisher: United Nations
    stated: [{passage}]
"""


def _others() -> str:
    """Return the coverage of the kinds that a table of countries cannot hold: it was read completely for them too."""
    kinds = [kind for kind in KINDS if kind not in ("observation", "indicator", "area", "document", "passage", "rule", "conflict")]
    scope = "{en: a table of countries names none, ru: таблица стран их не называет, kk: елдер кестесінде жоқ}"
    return "".join(f"  - {{kind: {kind}, extent: complete, scope: {scope}}}\n" for kind in kinds)


def _observations(edition: Edition) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for indicator in FIGURES:
        for row in edition.rows:
            if figure := row.figures.get(indicator):
                unit = "rank" if indicator.endswith("-rank") else "index"
                key = (indicator, row.country.alpha3, edition.year, "", "")
                writer.writerow((*key, figure.value, unit, figure.status, "", figure.printed, figure.note))
    return out.getvalue()


def _quoted(text: str) -> str:
    """Return a string as YAML takes it inside braces: plain where it may be, else in single quotes."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"
