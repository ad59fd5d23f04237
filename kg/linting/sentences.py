"""Sentences: where one begins and ends, so that what is said together is read together."""

from __future__ import annotations

import re
from bisect import bisect_right

_END = re.compile(r"[.!?…;][\"»”)\]]*\s+(?=[\"«“(\[]?[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ\d])|\n\s*\n|\n(?=\s*(?:[|•*–—-]|\d+[.)]\s))|(?<=\|)\n")
_SHORT = re.compile(
    r"(?:^|[\s(«\"])(?:г|гг|ж|жж|т|д|н|э|ст|п|пп|ч|см|ср|им|руб|тг|млн|млрд|тыс|стр|рис|табл|№|no|nos|art|p|pp|vol|vs|cf|al|eds?|"
    r"fig|tab|approx|e\.g|i\.e|т\.е|т\.д|т\.п|т\.к|mr|dr|st|[a-zа-яё])$",
    re.IGNORECASE,
)


class Sentences:
    """The sentences of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        for found in _END.finditer(text):
            if text[found.start()] != "." or not _SHORT.search(text, max(0, found.start() - 8), found.start()):
                self._starts.append(found.end())

    def at(self, place: int) -> tuple[int, int]:
        """Return start and end of the sentence that a place is in."""
        index = bisect_right(self._starts, place) - 1
        end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
        return self._starts[index], end

    def around(self, place: int) -> str:
        """Return the sentence that a place is in."""
        start, end = self.at(place)
        return self.text[start:end]

    def tabular(self, place: int) -> bool:
        """Say whether a place is in the row of a table."""
        start = self.text.rfind("\n", 0, place) + 1
        end = self.text.find("\n", place)
        row = self.text[start : end if end >= 0 else len(self.text)]
        return row.count("|") > 1 or row.count("\t") > 1
