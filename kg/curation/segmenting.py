"""Cut a paper's text into passages: tables, figures, paragraphs and references, each with its exact span.

The cut is by line where a text has one paragraph (or list item, or reference) a line, and by block of lines where its
lines are wrapped. A paragraph that a page break splits gives two passages; a claim may name both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

_TABLE = re.compile(r"\W*Table\s+(\d+)\b", re.I)
_FIGURE = re.compile(r"\W*Figure\s+(\d+)\b", re.I)
_CAPTION = re.compile(r"(Table|Figure)\s+(\d+)[.:]")
_AFTER_TABLE = re.compile(r"\W*(Notes?|Sources?|Compiled)\b", re.I)
_NUMBERED = re.compile(r"\d+\.\s")


@dataclass(frozen=True)
class Segment:
    """One passage to be: `start` and `end` are code points of the canonical text, `end` exclusive."""

    slug: str
    locator: str
    type: str
    start: int
    end: int


def canonical_text(raw: str) -> str:
    """Return the text that selectors count in: NFC, one line feed a line, no byte-order mark."""
    return unicodedata.normalize("NFC", raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def digest(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 form, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def segment(text: str, sections: Mapping[str, str], *, wrapped: bool = False) -> list[Segment]:
    """Cut canonical text into passages; `wrapped` says that paragraphs run over several lines, blank lines between them.

    `sections` maps a section's slug to its heading as printed; what stands before the first is `front`. A section
    whose slug starts with `references` is cut by reference, any other by paragraph, counted within the section.
    """
    if wrapped:
        return _segment_blocks(text, sections)
    lines = list(_lines(text))
    headings = {_bare(heading): slug for slug, heading in sections.items()}
    found: list[Segment] = []
    taken: dict[str, int] = {}
    section, at = "front", 0
    while at < len(lines):
        start, end = lines[at]
        line = text[start:end]
        if not line.strip():
            at += 1
        elif _bare(line) in headings:
            section, at = headings.pop(_bare(line)), at + 1
        elif (table := _TABLE.match(line)) and (last := _table_end(text, lines, at)) > at:
            found.append(_named(taken, "table", table[1], start, lines[last][1]))
            at = last + 1
        elif figure := _FIGURE.match(line):
            found.append(_named(taken, "figure", figure[1], start, end))
            at += 1
        elif section.startswith("references") and found and _continues(line):
            previous = found.pop()
            found.append(Segment(previous.slug, previous.locator, previous.type, previous.start, end))
            at += 1
        else:
            found.append(_counted(taken, section, start, end))
            at += 1
    return found


def unknown_headings(text: str, sections: Mapping[str, str]) -> list[str]:
    """Return the headings with which no line of the text begins."""
    lines = [_bare(text[start:end]) for start, end in _lines(text)]
    return [heading for heading in sections.values() if not any(line.startswith(_bare(heading)) for line in lines)]


def _segment_blocks(text: str, sections: Mapping[str, str]) -> list[Segment]:
    """Cut a text with wrapped lines: a heading is the beginning of its section's first line, which is a paragraph too."""
    found: list[Segment] = []
    taken: dict[str, int] = {}
    section = "front"
    open_headings = {slug: _bare(heading) for slug, heading in sections.items()}
    for start, end in _blocks(text, list(open_headings.values())):
        begins = _bare(text[start:end])
        fitting = [slug for slug, heading in open_headings.items() if begins.startswith(heading)]
        if fitting:
            section = max(fitting, key=lambda slug: len(open_headings[slug]))
            del open_headings[section]
        if caption := _CAPTION.match(text, start, end):
            found.append(_named(taken, caption[1].lower(), caption[2], start, end))
        else:
            found.append(_counted(taken, section, start, end))
    return found


def _blocks(text: str, headings: list[str]) -> Iterator[tuple[int, int]]:
    """Yield blocks of lines: to the next blank line or heading; a table to the line under it that names its source."""
    begin, last, in_table = -1, -1, False
    for start, end in _lines(text):
        line = text[start:end]
        caption = _CAPTION.match(line)
        if begin >= 0 and (caption or _opens(line, headings) or (not line and not in_table)):
            yield begin, last
            begin, in_table = -1, False
        if not line:
            continue
        if begin < 0:
            begin, in_table = start, bool(caption and caption[1] == "Table")
        last = end
        if in_table and _AFTER_TABLE.match(line):
            yield begin, last
            begin, in_table = -1, False
    if begin >= 0:
        yield begin, last


def _opens(line: str, headings: list[str]) -> bool:
    bare = _bare(line)
    return any(bare.startswith(heading) for heading in headings)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield each line's span without its newline and without white space at either end."""
    start = 0
    for line in text.split("\n"):
        bare = line.strip()
        begin = start + (line.index(bare) if bare else 0)
        yield begin, begin + len(bare)
        start += len(line) + 1


def _bare(line: str) -> str:
    return re.sub(r"[#*_\s]+", " ", line).strip().removesuffix(":").casefold()


def _table_end(text: str, lines: list[tuple[int, int]], at: int) -> int:
    """Return the index of the last line of the table whose caption is line `at`; `at` itself if no row follows."""
    last, index = at, at + 1
    while index < len(lines):
        line = text[slice(*lines[index])]
        if "\t" in _whole(text, lines[index][0]) or (last > at and _AFTER_TABLE.match(line)):
            last = index
        elif line:
            break
        index += 1
    return last


def _whole(text: str, start: int) -> str:
    """Return the line from `start` with the blanks at its end: a row of empty cells ends in tabs."""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]


def _continues(line: str) -> bool:
    """Say whether a reference line goes on with the reference before it (a page break cut a word)."""
    body = line.removeprefix("- ")
    return not _NUMBERED.match(body) and body[:1].islower()


def _named(taken: dict[str, int], kind: str, number: str, start: int, end: int) -> Segment:
    slug = f"{kind}-{number}"
    taken[slug] = taken.get(slug, 0) + 1
    unique = slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"
    return Segment(unique, f"{kind.capitalize()} {number}", kind, start, end)


def _counted(taken: dict[str, int], section: str, start: int, end: int) -> Segment:
    taken[section] = count = taken.get(section, 0) + 1
    name = section.replace("-", " ").capitalize()
    if section.startswith("references"):
        return Segment(f"{section}-{count}", f"{name}, {count}", "reference", start, end)
    kind = "front-matter" if section == "front" else "paragraph"
    return Segment(f"{section}-{count}", f"{name}, par. {count}", kind, start, end)
