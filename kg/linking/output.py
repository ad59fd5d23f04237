"""Mentions as JSON lines: one object a mention, its place in the original with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kg.documents.texts import Document
from kg.linking.mentions import Mention


@dataclass(frozen=True)
class Run:
    """How documents were linked, so that what was found can be judged later.

    `language` and `written` are what the user said of the documents, `when` is the time (xsd:dateTime), `program` what did it,
    `release` that of the data whose names were read, `names` a digest of these names alone; empty where it is not known.
    """

    language: str | None = None
    written: date | None = None
    when: str = ""
    program: str = ""
    release: str = ""
    names: str = ""


@dataclass(frozen=True)
class Linked:
    """A document with what was found in it; `name` is its file name or `-`, `source` the IRI by which annotations call it."""

    name: str
    source: str
    document: Document
    mentions: Sequence[Mention]
    run: Run = Run()


def as_json(mention: Mention, document: Document | None = None) -> dict[str, Any]:
    """Return a mention as a JSON object. `place` (part, start, last, end) is where a docx or pdf, `source` where an HTML file has it."""
    found: dict[str, Any] = {
        "start": mention.start,
        "end": mention.end,
        "surface": mention.surface,
        "type": mention.type,
        "iri": mention.iri,
        "key": mention.key,
        "score": mention.score,
        "reasons": list(mention.reasons),
        "candidates": [{"iri": other.iri, "score": other.score, "label": other.label} for other in mention.candidates],
    }
    if document is not None and (place := place_of(document, mention.start, mention.end)):
        found["place"] = place
    return found


def place_of(document: Document, start: int, end: int) -> dict[str, Any] | None:
    """Return where a stretch of the text stands in a docx, pdf or HTML file; None for txt, whose places are the text's."""
    if document.format == "txt":
        return None
    place = document.place(start, end)
    names = {"html": "source", "docx": "paragraph", "pdf": "page"}
    return {"unit": names[document.format], "part": place.part, "start": place.start, "last": place.last, "end": place.end}


def lines(linked: Linked) -> Iterator[str]:
    """Yield a JSON text a mention, the document's name in each."""
    for mention in linked.mentions:
        yield json.dumps({"document": linked.name, **as_json(mention, linked.document)}, ensure_ascii=False)
