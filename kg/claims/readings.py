"""Readings: what one passage gives as the value of one single-valued property, and when two of them agree.

Two dates agree when the coarser contains the finer; two figures when, in one unit, the finer rounded to the coarser's
last digit is the coarser; anything else when it is the same but for case, blanks and dashes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg.namespaces import EGOV, SDMX_A, SDMX_M, XSD
from kg.terms import Terms, Unit

Term = ox.NamedNode | ox.Literal
VALUE = SDMX_M.obsValue
VALUE_COMPANIONS = frozenset({SDMX_A.unitMeasure, SDMX_A.obsStatus, EGOV.printed, EGOV.resolution, EGOV.qualifier})
"""What an observation's value takes along: it is the accepted reading's or nobody's."""

_PREFIX = {"year": 4, "month": 7, "day": 10}
_LOOSE = {"about": (Decimal("0.95"), Decimal("1.05")), "almost": (Decimal("0.9"), Decimal(1)), "more-than": (Decimal(1), Decimal("1.25"))}
_OPEN = Decimal("1e18")


@dataclass(frozen=True)
class Span:
    """The values that a printed figure stands for, in its base unit: 75.4 % is 75.35 to 75.45."""

    low: Decimal
    high: Decimal
    unit: str

    def meets(self, other: Span) -> bool:
        """Say whether the two can be the same number; touching at an end is not enough."""
        if self.low == self.high or other.low == other.high:
            return self.low <= other.high and other.low <= self.high
        return self.low < other.high and other.low < self.high


@dataclass(frozen=True)
class Reading:
    """One passage's value for one property of one thing, with what it takes along (unit, precision, printed form)."""

    subject: ox.NamedNode
    predicate: ox.NamedNode
    value: Term
    passage: ox.NamedNode
    companions: tuple[tuple[ox.NamedNode, Term], ...] = ()
    span: Span | None = None
    precision: str = ""

    def companion(self, predicate: ox.NamedNode) -> str:
        """Return the value of a companion, empty where there is none; of a code, the code alone."""
        for other, value in self.companions:
            if other == predicate:
                return value.value.rpartition("/")[2] if isinstance(value, ox.NamedNode) else value.value
        return ""

    @property
    def fineness(self) -> Decimal:
        """How coarse the reading is: smaller is finer."""
        if self.span:
            return self.span.high - self.span.low
        return Decimal(-_PREFIX.get(self.precision, 10))


def make_reading(quad: tuple[ox.NamedNode, ox.NamedNode, Term, ox.NamedNode], beside: Mapping[ox.NamedNode, Term], terms: Terms) -> Reading:
    """Build a reading from a claim and what else its passage says of the same thing (`beside`)."""
    subject, predicate, value, passage = quad
    if predicate == VALUE:
        companions = tuple((other, term) for other, term in beside.items() if other in VALUE_COMPANIONS)
        reading = Reading(subject, predicate, value, passage, companions)
        unit = terms.units.get(reading.companion(SDMX_A.unitMeasure), Unit("number", "number", Decimal(1)))
        span = span_of(Decimal(value.value), Decimal(reading.companion(EGOV.resolution) or 0), reading.companion(EGOV.qualifier), unit)
        return Reading(subject, predicate, value, passage, companions, span)
    companion = terms.precision_of.get(predicate)
    if companion and companion in beside:
        precision = beside[companion].value.rpartition("/")[2]
        return Reading(subject, predicate, value, passage, ((companion, beside[companion]),), precision=precision)
    return Reading(subject, predicate, value, passage)


def span_of(value: Decimal, resolution: Decimal, qualifier: str, unit: Unit) -> Span:
    """Return what a printed figure stands for: half its last digit either way, or as wide as its qualifier says."""
    half = resolution / 2
    low, high = value - half, value + half
    if qualifier in _LOOSE and unit.base == "calendar-year":
        low, high = value - 1, value + 1  # a share of a date means nothing
    elif qualifier in _LOOSE:
        down, up = sorted((value * _LOOSE[qualifier][0], value * _LOOSE[qualifier][1]))
        low, high = min(low, down), max(high, up)
    elif qualifier == "at-least":
        high = _OPEN
    elif qualifier == "up-to":
        low = -_OPEN
    return Span(low * unit.factor, high * unit.factor, unit.base)


def agree(one: Reading, other: Reading) -> bool:
    """Say whether two readings of one property of one thing agree."""
    if one.span and other.span:
        return one.span.unit == other.span.unit and one.span.meets(other.span)
    if isinstance(one.value, ox.Literal) and one.value.datatype == XSD.date:
        length = min(_PREFIX.get(one.precision, 10), _PREFIX.get(other.precision, 10))
        return one.value.value[:length] == other.value.value[:length]
    return type(one.value) is type(other.value) and _bare(one.value.value) == _bare(other.value.value)


def _bare(text: str) -> str:
    return re.sub(r"[\s.]+", " ", re.sub(r"[‐-―−]", "-", text)).strip().casefold()
