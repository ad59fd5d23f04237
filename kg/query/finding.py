"""A search as its parameters are written: document, period and order checked before anything is looked for."""

from __future__ import annotations

from calendar import monthrange

from kg.errors import Impossible
from kg.namespaces import KINDS, entity
from kg.query.choosing import check_periods
from kg.query.conflicts import check_filters
from kg.query.viewing import View
from kg.search.questions import SORTS, Asked


def asked(
    view: View, text: str = "", kind: str | None = None, document: str | None = None, first: str = "", last: str = "",
    sort: str = "relevance", language: str = "en",
) -> Asked:  # fmt: skip
    """Return the search; raises Impossible for a kind, an order or a period that there is not, UnknownEntity for a document.

    `document` is a slug or `document/slug`; `first` and `last` are years or months; `language` is that of names to sort by.
    """
    if kind and kind not in KINDS:
        raise Impossible("kind", kind, "there is no such kind", KINDS)
    if sort not in SORTS:
        raise Impossible("sort", sort, "there is no such order", SORTS)
    check_periods(first, last)
    check_filters(view.store, view.names, None, document)
    iri = entity("document", document.removeprefix("document/")).value if document else None
    begin = f"{first}-01-01"[:10] if first else ""
    return Asked(text, kind, iri, begin, _last_day(last), "name" if sort == "name" else "relevance", language)


def _last_day(period: str) -> str:
    """Return the last day of a year or a month, empty for none."""
    year, _, month = period.partition("-")
    if not month:
        return f"{year}-12-31" if year else ""
    return f"{period}-{monthrange(int(year), int(month))[1]:02}"
