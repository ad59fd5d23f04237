"""Which text belongs to which document: by digest; an altered copy is recognised by the passages that are still the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.curation.passages import SourceText
from kg.curation.records import Curated, Passage, Record
from kg.curation.segmenting import digest
from kg.findings import Finding

_TELLING = 8
"""A passage shorter than this (a page number, a single figure) says nothing about whose text it is."""
_ENOUGH = 0.1


@dataclass(frozen=True)
class Match:
    """A document and its text: the true one, an altered copy, or none."""

    record: Record
    passages: tuple[Passage, ...]
    source: SourceText | None
    altered: bool = False


def match_texts(curated: Curated, texts: Sequence[SourceText], documents: Iterable[Record]) -> list[Match]:
    """Return each document that has passages, or names its text, with what the folder holds of it."""
    by_digest = {text.sha256: text for text in texts}
    known = {record.form.text.sha256 for record in curated.of_kind("document") if record.form.text}
    strange = [(text, _stretches(text.text)) for text in texts if text.sha256 not in known]
    found = []
    for record in documents:
        passages = tuple(passage for passage in curated.passages.values() if passage.document == record.slug)
        if not passages and record.form.text is None:
            continue
        source = by_digest.get(record.form.text.sha256) if record.form.text else None
        if source is not None:
            found.append(Match(record, passages, source))
            continue
        copy = max(((_alike(passages, *other), other[0]) for other in strange), key=lambda pair: pair[0], default=(0.0, None))
        found.append(Match(record, passages, copy[1], True) if copy[0] >= _ENOUGH else Match(record, passages, None))
    return found


def check_text(match: Match) -> Iterator[Finding]:
    """Find that a text is an altered copy of the one that the record was made from, with the first passage that differs."""
    if match.altered and match.source is not None:
        text = match.source.text
        wrong = [p for p in match.passages if p.form.start is not None and digest(text[p.form.start : p.form.end]) != p.form.sha256]
        first = min(wrong, key=lambda passage: passage.form.start or 0, default=None)
        where = f"first in {first.reference}, line {line_of(text, first.form.start or 0)}" if first else "outside its passages"
        message = (
            f"{match.record.slug}: {match.source.path} is an altered copy of the text that this record was made from "
            f"({where}); put the original there, or, where the text is to change, select its passages anew and correct `text`"
        )
        yield Finding(match.record.place("text"), "Document-text", message)


def line_of(text: str, at: int) -> int:
    """Return the line (from 1) of a place in a text."""
    return text.count("\n", 0, at) + 1


def _stretches(text: str) -> frozenset[str]:
    """Return the digests of all lines and blocks of lines of a text, without the white space around them."""
    parts = {part.strip() for cut in (r"\n", r"\n\s*\n") for part in re.split(cut, text)}
    return frozenset(digest(part) for part in parts if len(part) >= _TELLING)


def _alike(passages: Sequence[Passage], text: SourceText, stretches: frozenset[str]) -> float:
    """Return the share of the telling passages that stand in a text, at their place or as a line or block of their own."""
    telling = [p.form for p in passages if p.form.start is not None and (p.form.end or 0) - p.form.start >= _TELLING]
    same = [form for form in telling if form.sha256 in stretches or digest(text.text[form.start : form.end]) == form.sha256]
    return len(same) / len(telling) if telling else 0.0
