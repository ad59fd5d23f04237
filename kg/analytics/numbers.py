"""Numbers as they are printed: decimals kept, rounded half up, never more digits than the inputs carry."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

PERCENT = 1
"""Decimals of a percentage that we compute: the papers print one."""


def decimals_of(values: Iterable[Decimal]) -> int:
    """Return the most decimals that any of some numbers has; 0 for none."""
    return max((max(0, -int(value.as_tuple().exponent)) for value in values), default=0)


def rounded(value: Decimal | float, decimals: int) -> Decimal:
    """Return a number with so many decimals, halves rounded up as statistical tables do."""
    given = value if isinstance(value, Decimal) else Decimal(repr(value))
    found = given.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(found) if found.is_zero() else found


def significant(value: float, digits: int = 4) -> Decimal:
    """Return a computed number with so many significant digits, and at least that many decimals below 1."""
    given = Decimal(repr(value))
    if given.is_zero():
        return Decimal(0)
    return rounded(given, max(0, digits - 1 - given.adjusted()))


def percent(part: Decimal, whole: Decimal, decimals: int = PERCENT) -> Decimal:
    """Return 100 × part ÷ whole. Raises ZeroDivisionError for a whole of 0."""
    if not whole:
        raise ZeroDivisionError("a share of nothing")
    return rounded(100 * part / whole, decimals)


def signed(value: Decimal) -> str:
    """Return a difference as people read it: `+0.1`, `−3`, `0`."""
    if not value:
        return f"{abs(value)}"
    return f"+{value}" if value > 0 else f"−{-value}"


class Places:
    """Ranks among some numbers, larger first: equal numbers share a rank, and the next one counts all of them."""

    def __init__(self, values: Iterable[Decimal]) -> None:
        self._ordered = sorted(values)
        self._counts = Counter(self._ordered)

    def __len__(self) -> int:
        return len(self._ordered)

    def rank(self, value: Decimal) -> int:
        """Return how many numbers are larger, plus 1."""
        return len(self._ordered) - bisect_right(self._ordered, value) + 1

    def shared(self, value: Decimal) -> int:
        """Return how many numbers are this one."""
        return self._counts[value]
