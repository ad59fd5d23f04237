"""The day on which a document was written, as far as it can be known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kg.linking.dates import Day
from kg.linting.citing import Cited
from kg.linting.findings import Written


def written_on(given: date | None, cited: Sequence[Cited]) -> Written | None:
    """Return the given day, else the last day of an act that is cited, for the document cannot be older; None where there is none."""
    if given:
        return Written(given, True)
    today = date.today()
    days = [day for item in cited if item.citation and (day := day_of(item.citation.day)) and day <= today]
    return Written(max(days), False) if days else None


def day_of(day: Day) -> date | None:
    """Return a day that is known whole as a date, None for any other, and for one that cannot be (31 February)."""
    if not day.whole:
        return None
    try:
        return date(day.year, day.month, day.day)
    except ValueError:
        return None
