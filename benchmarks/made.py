"""Made-up things in the shape of the curated ones, by the hundred thousand: acts, programmes, indicators, figures, with labels and links.

Each has facts (default graph), the same as claims of a passage, and labels in three languages in a graph of its own record, as a
build writes them; some 20 statements each. Fifty things a passage, a hundred passages a document.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from kg.namespaces import GRAPH, ID

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_EGOV, _SCHEMA, _ELI = "https://w3id.org/egovkg/ontology#", "https://schema.org/", "http://data.europa.eu/eli/ontology#"
_SDMX = "http://purl.org/linked-data/sdmx/2009/"
_LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
_WORDS = {
    "en": ("Programme", "Digital", "services", "development", "Kazakhstan", "state", "register", "share", "index", "online", "region"),
    "ru": ("Программа", "цифровых", "услуг", "развития", "Казахстана", "государственный", "реестр", "доля", "индекс", "регион"),
    "kk": ("Бағдарлама", "цифрлық", "қызметтер", "дамыту", "Қазақстан", "мемлекеттік", "тізілім", "үлесі", "индексі", "өңір"),
}  # fmt: skip
_SYLLABLES = tuple(a + b for a in "bktmnrsg" for b in "aeiou")


def made_lines(count: int) -> Iterator[bytes]:
    """Yield N-Quads of so many made-up things."""
    dice = random.Random(20240229)
    for number in range(count):
        passage = f"<{ID}passage/made-{number // 5000}/text-{number // 50}>"
        if number % 50 == 0:
            yield _passage(passage, number)
        yield from (line.encode() for line in _thing(dice, number, passage))


def _passage(passage: str, number: int) -> bytes:
    document, record = f"<{ID}document/made-{number // 5000}>", f"<{GRAPH}record/document/made-{number // 5000}>"
    facts = [
        f"{passage} {_TYPE} <{_EGOV}Passage>", f"{passage} <http://www.w3.org/ns/oa#hasSource> {document}",
        f'{passage} <{_EGOV}locator> "Text, {number // 50}"', f"{document} {_TYPE} <{_EGOV}Document>",
        f'{document} {_LABEL} "Made-up paper {number // 5000}"@en',
    ]  # fmt: skip
    return "".join(f"{fact} .\n{fact} {record} .\n" for fact in facts).encode()


def _thing(dice: random.Random, number: int, passage: str) -> Iterator[str]:
    kind, four = ("act", "programme", "indicator", "observation")[number % 4], number // 4
    iri = f"<{ID}{kind}/{_slug(kind, four)}>"
    for fact in _facts(kind, four, dice):
        yield f"{iri} {fact} .\n{iri} {fact} {passage} .\n"
    name = "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))).capitalize()
    for tag, words in _WORDS.items():
        label = f'{iri} {_LABEL} "{" ".join(dice.choices(words, k=dice.randint(2, 5)))} {name} {number}"@{tag}'
        yield f"{label} .\n{label} <{GRAPH}record/{kind}/{_slug(kind, four)}> .\n"


def _slug(kind: str, four: int) -> str:
    return f"made-{four // 20}/KAZ/{2000 + four % 20}" if kind == "observation" else f"made-{four}"


def _facts(kind: str, four: int, dice: random.Random) -> list[str]:
    date = "^^<http://www.w3.org/2001/XMLSchema#date>"
    year = 2000 + four % 20
    if kind == "act":
        return [
            f"{_TYPE} <{_EGOV}LegalAct>", f"<{_ELI}type_document> <{ID}concept/act-type/government-resolution>",
            f'<{_ELI}number> "{four + 10_000}"', f'<{_ELI}date_document> "{year}-03-01"{date}',
            f"<{_ELI}passed_by> <{ID}organisation/government>", *([f"<{_ELI}amends> <{ID}act/made-{four - 1}>"] if four % 5 else []),
        ]  # fmt: skip
    if kind == "programme":
        return [
            f"{_TYPE} <{_EGOV}Programme>", f"<{_EGOV}approvedBy> <{ID}act/made-{four}>",
            f'<{_SCHEMA}startDate> "{year}-01-01"{date}', f'<{_SCHEMA}endDate> "{year + 5}-12-31"{date}',
        ]  # fmt: skip
    if kind == "indicator":
        return [f"{_TYPE} <{_EGOV}Indicator>", f"<{_SDMX}attribute#unitMeasure> <{ID}concept/unit/percent>"]
    value = f"{dice.random() * 100:.1f}"
    return [
        f"{_TYPE} <http://purl.org/linked-data/cube#Observation>", f"<{_EGOV}indicator> <{ID}indicator/made-{four // 20}>",
        f"<{_SDMX}dimension#refArea> <{ID}area/KAZ>", f'<{_SDMX}dimension#refPeriod> "{year}"', f'<{_EGOV}printed> "{value}"',
        f'<{_SDMX}measure#obsValue> "{value}"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        f"<{_EGOV}breakdown> <{ID}concept/breakdown/total>",
        f"<{_SDMX}attribute#unitMeasure> <{ID}concept/unit/percent>", f"<{_EGOV}valueRole> <{ID}concept/value-role/actual>",
        f"<{_SDMX}attribute#obsStatus> <{ID}concept/obs-status/normal>", f'<{_EGOV}year> "{year}"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f'<{_SCHEMA}startDate> "{year}-01-01"{date}', f'<{_SCHEMA}endDate> "{year}-12-31"{date}',
    ]  # fmt: skip
