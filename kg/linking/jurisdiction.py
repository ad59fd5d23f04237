"""Whose act a citation means: what it says, what stands near it, what the document speaks of, its language."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from kg.linking.citation import Citation
from kg.linking.grammar import OWN, foreign_country, own_country
from kg.linking.patterns import compiled

_NEAR, _FAR = 160, 1200
_KAZAKH = re.compile("[әғқңөұү]")
_FEW = 3


@dataclass(frozen=True)
class Verdict:
    """The country of an act, empty where nothing tells; `sure` from 0 to 1, and why."""

    country: str
    sure: float
    reason: str


class Jurisdiction:
    """The countries that a document speaks of, by place."""

    def __init__(self, shadow: str, kazakh: bool | None = None) -> None:
        self._shadow, self._kazakh = shadow, kazakh

    @cached_property
    def _own_spans(self) -> list[tuple[int, int]]:
        return [found.span() for found in own_country().finditer(self._shadow)]

    @cached_property
    def _own(self) -> list[int]:
        return [start for start, _ in self._own_spans]

    @cached_property
    def _marks(self) -> list[tuple[int, int, str]]:
        return [(*found.span(), found.lastgroup or "XX") for found in foreign_country().finditer(self._shadow)]

    @cached_property
    def _foreign_spans(self) -> list[tuple[int, int]]:
        return [(start, end) for start, end, _ in self._marks]

    @cached_property
    def _foreign(self) -> list[int]:
        return [start for start, *_ in self._marks]

    def own_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return where a stretch speaks of Kazakhstan, as half-open spans of the shadow."""
        return _within(self._own_spans, self._own, start, end)

    def foreign_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return where a stretch speaks of another country."""
        return _within(self._foreign_spans, self._foreign, start, end)

    @cached_property
    def kazakh(self) -> bool:
        """Say whether the document is in Kazakh, by its letters."""
        return self._kazakh if self._kazakh is not None else len(_KAZAKH.findall(self._shadow[:20000])) >= _FEW

    @cached_property
    def mostly_own(self) -> bool:
        """Say whether the document speaks of Kazakhstan more than of any other country."""
        return len(self._own) > len(self._foreign) or (bool(self._own) and not self._foreign)

    @cached_property
    def crimean(self) -> bool:
        """Say whether РК stands for the Republic of Crimea, Karelia, Komi, Kalmykia or Korea here."""
        return bool(_OTHER_RK.search(self._shadow)) and not _SURE.search(self._shadow)

    def of(self, citation: Citation) -> Verdict:
        """Say whose act a citation means."""
        if citation.number and citation.number.crimean:
            return Verdict("RU", 0.9, "the number is that of a law of Crimea")
        if citation.issuer == "eaeu":
            return Verdict(OWN, 0.95, "acts of the Eurasian Economic Union bind Kazakhstan")
        if citation.country == OWN:
            words = self._shadow[citation.start : citation.end]
            ours = citation.kind == "code" or bool(citation.number and citation.number.session)
            if _SHORT.search(words) and not _SURE.search(words) and not ours and self.crimean:
                return Verdict("RU", 0.9, "РК is another republic here")
            return Verdict(OWN, 1.0, "the citation names Kazakhstan")
        if citation.country:
            return Verdict(citation.country, 1.0, "the citation names another country")
        return self._around(citation)

    def _around(self, citation: Citation) -> Verdict:
        own, foreign = self._distance(self._own, citation), self._distance(self._foreign, citation)
        if citation.language == "kk" and foreign > _NEAR:
            return Verdict(OWN, 0.95, "cited in Kazakh")
        if min(own, foreign) <= _NEAR and own != foreign:
            if own < foreign:
                return Verdict(OWN, 0.93, "Kazakhstan is named near it")
            code = self._marks[self._nearest(self._foreign, citation)][2]
            if not (self.mostly_own and foreign > _NEAR // 2):
                return Verdict(code, 0.8, "another country is named near it")
        if self.mostly_own:
            return Verdict(OWN, 0.92, "the document speaks of Kazakhstan")
        if own <= _FAR and own < foreign:
            return Verdict(OWN, 0.85, "Kazakhstan is the nearest country named")
        if self._foreign:
            return Verdict(self._marks[self._nearest(self._foreign, citation)][2], 0.7, "the document speaks of another country")
        if self.kazakh:
            return Verdict(OWN, 0.85, "the document is in Kazakh")
        return Verdict("", 0.3, "nothing says of which country it is")

    def _distance(self, places: list[int], citation: Citation) -> int:
        at = self._nearest(places, citation)
        if at < 0:
            return 1 << 30
        place = places[at]
        return max(0, citation.start - place if place < citation.start else place - citation.end)

    def _nearest(self, places: list[int], citation: Citation) -> int:
        if not places:
            return -1
        at = bisect_left(places, citation.start)
        near = [index for index in (at - 1, at, at + 1) if 0 <= index < len(places)]
        return min(near, key=lambda index: abs(places[index] - citation.start))


def _within(spans: list[tuple[int, int]], starts: list[int], start: int, end: int) -> list[tuple[int, int]]:
    return [span for span in spans[bisect_left(starts, start) : bisect_left(starts, end)] if span[1] <= end]


_SHORT = compiled(r"(?<!\w)(?:рк|rk)(?!\w)")
_SURE = compiled(r"казахстан|kazakhstan|қазақстан|(?<!\w)қр(?!\w)|adilet|адилет")
_OTHER_RK = compiled(
    r"(?<!\w)(?:крым\w{0,3}|коми|карели[яию]|калмыки[яию]|коре[яию]|кореи|симферопол\w+|севастопол\w+|петрозаводск\w*|сыктывкар\w*|элист\w|crimea\w*|korean?|фз|рф)(?!\w)"
)
