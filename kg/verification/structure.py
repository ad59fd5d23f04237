"""Numbers that order a text rather than say something: numbering, captions, pages, addresses, names such as G2C.

Each rule is one of the patterns below, tried in this order; what none recognises is a number that a claim may carry.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.curation.records import Passage
from kg.verification.numbers import MONTHS, Number

Spans = Iterator[tuple[int, int]]

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>]+(?:(?<=[/_=-])\n[^\s<>]+)?|\b10\.[0-9]{4,9}/[^\s<>]+|\bdoi:\s*\S+"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+|\b[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]+)+/[^\s<>]*",
    re.I,
)
_LOOKED_UP = re.compile(
    rf"\b(?:retrieved|accessed|collected|last updated|date of (?:access|application)|access date|дата обращения|қаралған күні)\b"
    rf"[\s:,]*(?:on|at|from)?\s*(?:{MONTHS}\.?\s+[0-9]{{1,2}}(?:,\s*|\s+)[0-9]{{4}}|[0-9]{{1,2}}\s+{MONTHS},?\s+[0-9]{{4}}"
    rf"|[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})",
    re.I,
)
_LIST = r"[0-9]+(?:\.[0-9]+)*[a-z]?\b(?:(?:\s*[,;–-]\s*|\s*,?\s*(?:and|to|&|и|және)\s+)[0-9]+(?:\.[0-9]+)*[a-z]?\b(?!\s*%))*"
_CAPTION = re.compile(
    rf"\b(?:tables?|figures?|figs?\.?|sections?|chapters?|appendix|appendices|appedix|annex|formulas?|equations?|eqs?\."
    rf"|таблиц\w*|табл\.|рисун\w*|рис\.|кесте\w*|сурет\w*|приложени\w*|раздел\w*)(?:[ \t\u00a0]|\n(?!\n))*(?:№\s*)?(?P<number>{_LIST})",
    re.I,
)
_FORMULA = re.compile(r"\\tag\{(?P<number>[0-9.]+)\}|(?m:\$\$\s*\((?P<beside>[0-9.]+)\)[ \t]*$)")
_STREET = re.compile(
    r"\b(?P<house>[0-9]{1,4})[a-z]?\s+(?:[A-ZА-Я]\w+\s+){1,3}(?:Avenue|Street|Road|Lane|Square|Hall|Building)\b"
    r"|\b(?:street|lane|road|avenue|str\.|ул\.|пр\.|проспект),?\s+(?P<door>[0-9]{1,4})\b|(?<![\w.,-])(?P<post>[0-9]{5,6})(?![\w-]|[.,][0-9])",
    re.I,
)
_MARK = re.compile(r"<sup>(?P<number>[0-9, .]+)</sup>|\[\^?(?P<note>[0-9]+)\](?=:)")
_QUESTION = re.compile(r"\b(?:Q|Question|Вопрос|Сұрақ)\s?(?:No\.?\s?|№\s?)?(?P<number>[0-9]{1,3})\s?[.:)]", re.I)
_LISTED = re.compile(r"(?m)^[ \t#*>•-]*\(?(?P<number>[0-9]{1,3}(?:\.[0-9]{1,2})*)[.)](?=[ \t]+\S|[*])")
_HEADING = re.compile(r"(?m)^[ \t#*]*(?P<number>[0-9]{1,2}(?:\.[0-9]{1,2})*)\.?[ \t]+[^\W\d_a-zа-яәғқңөұүһі]")
_INLINE = re.compile(r"(?<![\w(.\])])\(?(?P<number>[0-9]{1,2})\)(?=\s+[^\W\d])")
_FOOTNOTE = re.compile(r"(?m)^(?P<number>[0-9]{1,2})[ \t]+(?=[A-ZА-ЯӘҒҚҢӨҰҮҺІ])")
_BARE_LINE = re.compile(r"(?m)^[ \t]*(?P<number>[0-9]{1,4})[ \t]*$")
_ROW = re.compile(r"(?m)^(?P<number>[0-9]{1,3})\t")
_SUPERSCRIPTS = "¹²³⁴⁵⁶⁷⁸⁹"
_PAGED = re.compile(r"(?:(?P<before>[0-9]{1,4})\s+)?(?P<head>.*?\D)(?:\s+(?P<after>[0-9]{1,4}))?")
_HEAD = (10, 120)
_TIMES = 3


def structure(text: str, numbers: Sequence[Number], passages: Sequence[Passage]) -> dict[int, str]:
    """Return, by the start of each number that is structure, what it is: `address`, `name`, `caption` …"""
    kinds: dict[int, str] = {}
    for kind, spans in _recognised(text, passages):
        for start, end in spans:
            for number in numbers:
                if start <= number.start and number.end <= end:
                    kinds.setdefault(number.start, kind)
    for number in numbers:
        if number.in_name:
            kinds.setdefault(number.start, "name")
    return kinds


def _recognised(text: str, passages: Sequence[Passage]) -> Iterator[tuple[str, Spans]]:
    tables = [passage for passage in passages if passage.form.type == "table"]
    yield "address", _whole(_ADDRESS, text)
    front = [passage for passage in passages if passage.form.type == "front-matter"]
    yield "address", (span for span in _named(_STREET, text) if _within(span, front))
    yield "look-up date", _whole(_LOOKED_UP, text)
    yield "reference number", _reference_numbers(text, passages)
    yield "caption", _named(_CAPTION, text)
    yield "caption", _named(_FORMULA, text)
    yield "note mark", _named(_MARK, text)
    yield "question number", _named(_QUESTION, text)
    yield "list number", _named(_LISTED, text)
    yield "list number", _enumerated(text)
    yield "row number", _row_numbers(text, tables)
    yield "heading number", (span for span in _named(_HEADING, text) if not _within(span, passages))
    yield "running head", _running_heads(text, tables)
    yield "page number", (span for span in _named(_BARE_LINE, text) if not _within(span, [*tables, *front]))
    if any(mark in text for mark in _SUPERSCRIPTS):
        yield "note mark", (span for span in _named(_FOOTNOTE, text) if not _within(span, tables))


def _whole(pattern: re.Pattern[str], text: str) -> Spans:
    return (match.span() for match in pattern.finditer(text))


def _named(pattern: re.Pattern[str], text: str) -> Spans:
    for match in pattern.finditer(text):
        yield from (match.span(name) for name, found in match.groupdict().items() if found)


def _within(span: tuple[int, int], passages: Sequence[Passage]) -> bool:
    return any((p.form.start or 0) <= span[0] and span[1] <= (p.form.end or 0) for p in passages)


def _reference_numbers(text: str, passages: Sequence[Passage]) -> Spans:
    for passage in passages:
        if passage.form.type == "reference" and passage.form.start is not None:
            number = re.compile(r"\W*(?P<number>[0-9]{1,3})(?:[.)\]]|\s)").match(text, passage.form.start, passage.form.end or 0)
            if number:
                yield number.span("number")


def _enumerated(text: str) -> Spans:
    """Yield `1)`, `2)` … in a line that has the 1."""
    for line in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text):
        found = list(_INLINE.finditer(line[0]))
        if any(match["number"] == "1" for match in found):
            yield from ((line.start() + match.start("number"), line.start() + match.end("number")) for match in found)


def _row_numbers(text: str, tables: Sequence[Passage]) -> Spans:
    """Yield the first column of a table whose rows are counted 1, 2, 3 …"""
    for table in tables:
        start, end = table.form.start or 0, table.form.end or 0
        rows = [match.span("number") for match in _ROW.finditer(text[start:end])]
        counted = [int(text[start + first : start + last]) for first, last in rows]
        if len(rows) > 1 and counted == list(range(1, len(rows) + 1)):
            yield from ((start + first, start + last) for first, last in rows)


def _running_heads(text: str, tables: Sequence[Passage]) -> Spans:
    """Yield short lines that stand there three times or more, the same but for a growing page number at either end."""
    heads: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    pages: defaultdict[str, list[int]] = defaultdict(list)
    for line in re.finditer(r"[^\n\t]+(?=\n|$)", text):
        words = _PAGED.fullmatch(line[0].strip())
        if words and _HEAD[0] <= len(words["head"]) <= _HEAD[1] and not _within(line.span(), tables):
            heads[words["head"]].append(line.span())
            pages[words["head"]] += [int(words[end]) for end in ("before", "after") if words[end]]
    for head, spans in heads.items():
        if len(spans) >= _TIMES and all(one < other for one, other in pairwise(pages[head])):
            yield from spans
