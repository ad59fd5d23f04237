"""A tiny world of records, valid as it stands: tests copy it, break one thing, and look at the finding."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.curation.segmenting import digest
from kg.findings import Finding, violations
from kg.loading.checking import check_records
from kg.namespaces import ID

TEXT = "A heading\nThe programme ran for three years.\nTable 1. Users\nyear\t2010\t2012\nshare\t12.5\t41\nindex\t0.474\t0.684\n"
"""The text of the only document: a paragraph and a table."""

_PARAGRAPH = (10, 44)
_TABLE = (45, len(TEXT) - 1)


def _passage(locator: str, kind: str, span: tuple[int, int]) -> str:
    start, end = span
    return f"{{locator: '{locator}', type: {kind}, start: {start}, end: {end}, sha256: {digest(TEXT[start:end])}}}"


DOCUMENT = f"""type: JournalArticle
label: {{en: Doe (2020), ru: Доу (2020), kk: Доу (2020)}}
authority: peer-reviewed
text: {{sha256: {digest(TEXT)}}}
passages:
  text-1: {_passage("Text, par. 1", "paragraph", _PARAGRAPH)}
  table-1: {_passage("Table 1", "table", _TABLE)}
claims:
  - title: {{en: On users}}
    issued: 2020
    stated: [doe-2020/text-1]
"""
AREA = """type: Area
label: {en: Kazakhstan, ru: Казахстан, kk: Қазақстан}
claims:
  - {name: {en: Kazakhstan}, areaType: country, stated: [doe-2020/text-1]}
"""
SHARE = """type: Indicator
label: {en: Users, ru: Пользователи, kk: Пайдаланушылар}
unit: percent
claims:
  - {name: {en: Users}, stated: [doe-2020/table-1]}
"""
INDEX = """type: Indicator
label: {en: Index, ru: Индекс, kk: Индекс}
unit: index
claims:
  - {name: {en: Index}, stated: [doe-2020/table-1]}
"""
PROGRAMME = """type: Programme
label: {en: Digital Land, ru: Цифровая страна, kk: Цифрлық ел}
claims:
  - approvedBy: act/P1700000827
    programmeType: state-programme
    stated: [doe-2020/text-1]
  - startDate: 2018
    endDate: 2022
    stated: [doe-2020/text-1]
"""
ACT = """type: LegalAct
label: {en: Resolution, ru: Постановление, kk: Қаулы}
claims:
  - actType: government-resolution
    number: '827'
    signedDate: 2017-12-12
    title: {en: On the approval}
    stated: [doe-2020/text-1]
"""
HEADER = "indicator,area,period,breakdown,role,value,unit,status,qualifier,printed,note"
ROWS = (
    "users-share,KAZ,2010,,,12.5,percent,,,12.5,",
    "users-share,KAZ,2012,,,41,percent,,,41,",
    "index-value,KAZ,2010,,,0.474,index,,,0.474,",
)
FILES = {
    "document/doe-2020.yaml": DOCUMENT,
    "area/KAZ.yaml": AREA,
    "indicator/users-share.yaml": SHARE,
    "indicator/index-value.yaml": INDEX,
    "programme/digital-land.yaml": PROGRAMME,
    "act/P1700000827.yaml": ACT,
    "observations/doe-2020-table-1.csv": "\n".join([HEADER, *ROWS]) + "\n",
}
TABLE = "observations/doe-2020-table-1.csv"


class World:
    """A folder of records in a temporary place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in the file once."""
        before = self.read(name)
        assert before.count(old) == 1, f"{old!r} stands {before.count(old)} times in {name}"
        self.write(name, before.replace(old, new))

    def add_row(self, row: str) -> None:
        self.write(TABLE, self.read(TABLE) + row + "\n")

    def violations(self) -> list[Finding]:
        return violations(check_records(self.root).findings)

    def only_violation(self) -> Finding:
        found = self.violations()
        assert len(found) == 1, "\n".join(map(str, found)) or "no finding"
        return found[0]


def place(finding: Finding) -> str:
    """Return where a finding is, as `folder/file:line`."""
    assert finding.source is not None, finding
    path = Path(finding.source.file)
    return f"{path.parent.name}/{path.name}:{finding.source.line}"


def node(name: str) -> ox.NamedNode:
    """Return the IRI of `kind/slug`."""
    return ox.NamedNode(ID + name)
