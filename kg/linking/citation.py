"""A citation as it was read, before anything is known of the act."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.linking.dates import Day
from kg.linking.numbers import Number

_BY_CLASS = {
    "law": "Z",
    "code": "K",
    "constitution": "K",
    "decree": "U",
    "resolution": "P",
    "order": "V",
    "directive": "R",
    "decision": "V",
}


@dataclass(frozen=True)
class Citation:
    """What a citation says. `start`, `end` are places in the shadow; what it does not say is empty or None.

    `country` is KZ, another code, or empty where the citation does not say; `follows` marks a further
    item under one kind word, `after` is where reading went on, `code` the name of a code that is known by name.
    """

    start: int
    end: int
    language: str
    kind: str
    country: str = ""
    issuer: str = ""
    filed: str = ""
    number: Number | None = None
    day: Day = field(default_factory=Day)
    title: str = ""
    registration: str = ""
    follows: bool = False
    unsigned: bool = False
    after: int = 0
    code: str = ""

    @property
    def letter(self) -> str:
        """Return what the act is filed under in the Adilet database: Z K U P V R S H, or PS (Supreme Court)."""
        if self.issuer == "eaeu":
            return "H"
        if self.kind in ("resolution", "decree") and self.issuer:
            return self.filed if self.kind == "resolution" or self.filed in "UP" else "U"
        if self.kind == "directive" and self.issuer == "government":
            return "P"
        if self.kind in ("decision", "order") and self.issuer == "government":
            return "P"  # “order of the Government”: as translators of the CIS have it for постановление
        return _BY_CLASS[self.kind]

    @property
    def complete(self) -> bool:
        """Say whether number and full date are known."""
        return bool(self.number and self.day.whole)

    def at(self, start: int, end: int) -> Citation:
        """Return the same citation at another place."""
        return replace(self, start=start, end=end)
