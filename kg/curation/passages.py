"""Passages against the papers' texts: drafts' quotes are found, selectors and printed figures are checked to the byte.

A selector whose digest does not match is an error, never a fuzzy re-anchoring.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.curation.forms import PassageForm, Quote
from kg.curation.records import Cell, Curated, Passage, Record
from kg.curation.segmenting import canonical_text, digest
from kg.errors import UnusableInput
from kg.findings import Finding

_BINARY = 8192


@dataclass(frozen=True)
class SourceText:
    """A paper's text as it lies in a folder: its file and its canonical form."""

    path: Path
    text: str

    @property
    def sha256(self) -> str:
        """The digest by which a document's record knows its text."""
        return digest(self.text)


def read_texts(folder: Path) -> list[SourceText]:
    """Return every text of a folder, whatever its files are called, by name; raises UnusableInput where there is none."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != ".") if folder.is_dir() else []
        contents = [(path, path.read_bytes()) for path in paths]
    except OSError as error:
        raise UnusableInput(f"{error.filename} cannot be read ({error.strerror}); make it readable or take it away") from None
    found = [SourceText(path, canonical_text(raw.decode(errors="replace"))) for path, raw in contents if b"\0" not in raw[:_BINARY]]
    if not found:
        raise UnusableInput(f"there are no texts in {folder}; give the folder that holds the papers' texts as plain text files")
    return found


def read_sources(folder: Path) -> dict[str, str]:
    """Return the canonical texts of a folder by their SHA-256; raises UnusableInput."""
    return {source.sha256: source.text for source in read_texts(folder)}


def text_of(document: Record | None, sources: Mapping[str, str]) -> str | None:
    """Return a document's canonical text where the sources hold it."""
    return sources.get(document.form.text.sha256) if document and document.form.text else None


def documents_at_hand(curated: Curated, sources: Mapping[str, str]) -> list[str]:
    """Return the slugs of the documents whose text is among the sources."""
    return [document.slug for document in curated.of_kind("document") if text_of(document, sources) is not None]


def check_sources(curated: Curated, sources: Mapping[str, str]) -> Iterator[Finding]:
    """Check each passage whose document's text is at hand, and that each figure is printed where it is said to be."""
    for passage in curated.passages.values():
        text = text_of(curated.records.get(f"document/{passage.document}"), sources)
        if text is not None:
            yield from check_passage(passage, text)
    for cell in curated.cells:
        place = curated.passages.get(cell.passage)
        text = text_of(curated.records.get(f"document/{place.document}"), sources) if place else None
        if place and text is not None:
            yield from check_figure(cell, place, text)


def check_figure(cell: Cell, place: Passage, text: str) -> Iterator[Finding]:
    """Find a figure that its passage does not print: `41` is not printed where `141` or `41.5` stands."""
    whole = re.compile(rf"(?<![0-9])(?<![0-9][.,]){re.escape(cell.printed)}(?![0-9]|[.,][0-9])")
    words = text[place.form.start : place.form.end]
    if not (whole.search(words) if cell.printed[:1].isdigit() and cell.printed[-1:].isdigit() else cell.printed in words):
        message = f"{cell.printed!r} is not printed in {cell.passage}; copy the cell exactly or name the right passage"
        yield Finding(cell.source, "Observation-printed", message)


def check_drafts(curated: Curated) -> Iterator[Finding]:
    """Find quotes left in the records: they belong to drafts, because no sentence of a paper is kept."""
    for passage in curated.passages.values():
        if passage.form.quote is not None:
            message = f"passage {passage.slug} has a `quote`; run `egovkg check --fix --sources DIR` to turn it into a selector"
            yield Finding(passage.source, "Passage-quote", message)


def check_passage(passage: Passage, text: str) -> Iterator[Finding]:
    """Find a selector that does not select, to the byte, what was recorded; or a quote that is not in the text once."""
    form = passage.form
    if form.quote is not None:
        try:
            locate(form.quote, text)
        except ValueError as error:
            yield Finding(passage.source, "Passage-quote", f"passage {passage.reference}: {error}")
    elif form.end is not None and form.end > len(text):
        what = f"it ends at {form.end}, but the text has {len(text)} characters"
        yield Finding(passage.source, "Passage-digest", f"passage {passage.reference}: {what}; select it anew with a `quote`")
    elif form.start is not None and digest(text[form.start : form.end]) != form.sha256:
        what = f"the text at {form.start}–{form.end} has another digest"
        yield Finding(passage.source, "Passage-digest", f"passage {passage.reference}: {what}; select the passage anew with a `quote`")


def locate(quote: Quote | str, text: str) -> tuple[int, int]:
    """Return the only span of a quote in a canonical text; raises ValueError where there is none or more than one."""
    if isinstance(quote, str):
        return _only(quote, text)
    start, after = _only(quote.from_, text)
    last = canonical_text(quote.to)
    end = text.find(last, after)
    if end < 0:
        raise ValueError(f"{quote.to!r} does not follow {quote.from_!r} in the text; copy both exactly")
    return start, end + len(last)


def _only(words: str, text: str) -> tuple[int, int]:
    words = canonical_text(words)
    start = text.find(words)
    if start < 0:
        raise ValueError(f"the quote {words[:60]!r} is not in the text; copy it exactly, with its spaces and dashes")
    if text.find(words, start + 1) >= 0:
        raise ValueError(f"the quote {words[:60]!r} stands in the text more than once; make it longer")
    return start, start + len(words)


def anchored(form: PassageForm, text: str) -> PassageForm:
    """Return the passage with selector and digest in place of its quote."""
    if form.quote is None:
        return form
    start, end = locate(form.quote, text)
    return PassageForm(locator=form.locator, type=form.type, start=start, end=end, sha256=digest(text[start:end]))
