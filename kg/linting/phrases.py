"""Indicators by the words in which texts speak of them, where these are not a name: «90 % государственных услуг в электронном виде»."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "phrases.toml"


@dataclass(frozen=True)
class Phrase:
    """Words that stand for an indicator (its slug), at a place."""

    indicator: str
    start: int
    end: int


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["phrase"]
    return tuple((entry["indicator"], re.compile(words, re.IGNORECASE)) for entry in entries for words in entry["words"])


def read_phrases(text: str) -> Iterator[Phrase]:
    """Yield the phrases in a text; what two patterns find at overlapping places is found twice."""
    for indicator, pattern in _patterns():
        for found in pattern.finditer(text):
            yield Phrase(indicator, found.start(), found.end())
