"""The citations behind the linker's mentions of acts: number, date and title as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.linking.citation import Citation
from kg.linking.citing import read_citations
from kg.linking.citing_kk import read_kazakh
from kg.linking.mentions import Mention
from kg.linking.shadow import Shadow
from kg.linking.titles import title_end

_NEEDS = {
    "ru": re.compile("[а-яё]", re.IGNORECASE),
    "en": re.compile("[a-z]{3}", re.IGNORECASE),
    "rom": re.compile("zakon|ukaz|postanov|prikaz"),
}
_KAZAKH = re.compile("[әғқңөұү]", re.IGNORECASE)

_GAP = re.compile(r"[\s,]{0,4}")


@dataclass(frozen=True)
class Cited:
    """A mention of an act with the citation that it was read from; None where it is an identifier or a name alone."""

    mention: Mention
    citation: Citation | None

    @property
    def start(self) -> int:
        """Return where it begins."""
        return self.mention.start


def cited(text: str, mentions: Sequence[Mention]) -> list[Cited]:
    """Return the mentions of acts with their citations; of two readings at one place the one that says more.

    A quoted title right behind a citation, which is no part of the mention, is the citation's.
    """
    acts = [mention for mention in mentions if mention.type == "act"]
    if not acts:
        return []
    shadow = Shadow(text)
    read: dict[tuple[int, int], Citation] = {}
    for citation in _read(shadow, text):
        place = (shadow.start(citation.start), shadow.end(citation.end))
        if place not in read or _says(citation) > _says(read[place]):
            read[place] = citation
    titled = {
        place: citation if citation.title else replace(citation, title=_behind(shadow, citation.end)) for place, citation in read.items()
    }
    return [Cited(mention, titled.get((mention.start, mention.end))) for mention in acts]


def _behind(shadow: Shadow, at: int) -> str:
    """Return the quoted title that begins behind a place in the shadow, empty where none does."""
    gap = _GAP.match(shadow.text, at)
    begin = gap.end() if gap else at
    end = title_end(shadow.text, begin)
    return shadow.text[begin:end] if end else ""


def _read(shadow: Shadow, text: str) -> Iterator[Citation]:
    if _KAZAKH.search(text):
        yield from read_kazakh(shadow)
    for language, needs in _NEEDS.items():
        if needs.search(text):
            yield from read_citations(shadow, language)


def _says(citation: Citation) -> tuple[bool, bool, bool]:
    return bool(citation.number), citation.day.whole, bool(citation.title)
