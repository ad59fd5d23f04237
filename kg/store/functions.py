"""Functions that queries may call: `egov:inForce`, `egov:agrees`, `egov:fold` … Described in ontology/service.ttl.

Each takes RDF terms and returns one, or None: then the call is an error of its expression, as SPARQL says, and leaves it
unbound. All are pure but `egov:inForce`, which looks at the dates in the default graph of the store that it was made for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from kg.claims.readings import VALUE, Reading, agree, span_of
from kg.namespaces import EGOV, ELI, SCHEMA, XSD
from kg.store.letters import fold, sort_key, transliterate
from kg.terms import Unit

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Function = Callable[..., Term | None]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_KNOWN_TO = {"year": 4, "month": 7, "day": 10}
_BEGINS = (SCHEMA.startDate, ELI.first_date_entry_in_force, ELI.date_document)
_ENDS = (SCHEMA.endDate, ELI.date_no_longer_in_force)
_NUMBER = Unit("number", "number", Decimal(1))
_NUMERIC = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.float, XSD.int, XSD.long, XSD.nonNegativeInteger})
_NOBODY = ox.NamedNode("urn:egovkg:nobody")


def functions_of(store: ox.Store) -> dict[ox.NamedNode, Function]:
    """Return the functions for queries of a store, by their IRIs, as the engine takes them."""

    def in_force(thing: Term, day: Term) -> Term | None:
        return _in_force(store, thing, day)

    return {**PURE, EGOV.inForce: in_force}


def _boolean(value: bool) -> ox.Literal:
    return ox.Literal(value)


def _text(term: Term) -> str | None:
    """Return the text of a literal; None of any other term."""
    return term.value if isinstance(term, ox.Literal) else None


def _day(term: Term) -> str | None:
    """Return a day as year-month-day, of a date or the date part of a dateTime."""
    text = _text(term)
    found = _DAY.match(text) if text else None
    return found[0] if found else None


def _precision(term: Term) -> int | None:
    """Return how many characters of a date count, by the name or the IRI of its precision."""
    name = term.value.rpartition("/")[2] if isinstance(term, ox.NamedNode) else _text(term)
    return _KNOWN_TO.get(name or "day")


def in_force_on(begin: Term, end: Term, day: Term) -> Term | None:
    """Say whether a day lies between two days, both included; an empty end is open, without a begin nobody knows."""
    asked, first, last = _day(day), _day(begin), _day(end)
    if asked is None or (_text(end) != "" and last is None):
        return None
    if last is not None and last < asked:
        return _boolean(False)
    return None if first is None else _boolean(first <= asked)


def covers(date: Term, precision: Term, day: Term) -> Term | None:
    """Say whether a date known to the year, month or day can be a day."""
    known, length, asked = _day(date), _precision(precision), _day(day)
    if known is None or length is None or asked is None:
        return None
    return _boolean(known[:length] == asked[:length])


def agrees(one: Term, one_known: Term, other: Term, other_known: Term) -> Term | None:
    """Say whether two values agree as the rule of the facts has it: figures by resolution, dates by precision, else as texts."""
    first, second = _reading(one, one_known), _reading(other, other_known)
    if first is None or second is None or bool(first.span) != bool(second.span):
        return None
    return _boolean(agree(first, second))


def _reading(value: Term, known: Term) -> Reading | None:
    if not isinstance(value, ox.NamedNode | ox.Literal):
        return None
    if isinstance(value, ox.Literal) and value.datatype in _NUMERIC:
        try:
            span = span_of(Decimal(value.value), Decimal(_text(known) or 0), "", _NUMBER)
        except InvalidOperation:
            return None
        return Reading(_NOBODY, VALUE, value, _NOBODY, span=span)
    if isinstance(value, ox.Literal) and value.datatype == XSD.date:
        length = _precision(known)
        if length is None:
            return None
        return Reading(_NOBODY, VALUE, value, _NOBODY, precision={4: "year", 7: "month", 10: "day"}[length])
    return Reading(_NOBODY, VALUE, value, _NOBODY)


def folded(text: Term) -> Term | None:
    """Return a text as the search compares it: case, signs and Kazakh letters folded."""
    found = _text(text)
    return None if found is None else ox.Literal(fold(found))


def in_latin(text: Term) -> Term | None:
    """Return a text in Latin letters; its language says by which scheme, and stays with `-Latn`."""
    if not isinstance(text, ox.Literal):
        return None
    written = transliterate(text.value, text.language or "")
    return ox.Literal(written, language=f"{text.language.partition('-')[0]}-Latn") if text.language else ox.Literal(written)


def ordered(text: Term) -> Term | None:
    """Return a text to order by, in the order of the Kazakh alphabet."""
    found = _text(text)
    return None if found is None else ox.Literal(sort_key(found))


PURE: Mapping[ox.NamedNode, Function] = {
    EGOV.inForceOn: in_force_on,
    EGOV.covers: covers,
    EGOV.agrees: agrees,
    EGOV.fold: folded,
    EGOV.transliterate: in_latin,
    EGOV.sortKey: ordered,
}
"""The functions that see nothing but their arguments."""

NAMES = frozenset({*PURE, EGOV.inForce})
"""Every function that there is."""


def _in_force(store: ox.Store, thing: Term, day: Term) -> Term | None:
    """Say whether a thing was in force on a day; None where nobody says when it began.

    By its own dates; a programme without a begin starts with the act that approves it, and an act ends when another repeals it.
    """
    asked = _day(day)
    if asked is None or not isinstance(thing, ox.NamedNode):
        return None
    begin = next((days[0] for p in _BEGINS if (days := _days(store, thing, p))), "")
    if not begin:
        acts = _objects(store, thing, EGOV.approvedBy)
        begin = min((day for act in acts for day in _days(store, act, ELI.date_document)), default="")
    ends = [day for p in _ENDS for day in _days(store, thing, p)]
    for quad in store.quads_for_pattern(None, ELI.repeals, thing, ox.DefaultGraph()):
        ends += _days(store, quad.subject, ELI.date_document)
    if (begin and begin > asked) or (ends and min(ends) < asked):
        return _boolean(False)
    return _boolean(True) if begin else None


def _objects(store: ox.Store, thing: Term, predicate: ox.NamedNode) -> list[Term]:
    if not isinstance(thing, ox.NamedNode | ox.BlankNode):
        return []
    return [quad.object for quad in store.quads_for_pattern(thing, predicate, None, ox.DefaultGraph())]


def _days(store: ox.Store, thing: Term, predicate: ox.NamedNode) -> list[str]:
    """Return the days that a property gives, earliest first."""
    return sorted(day for value in _objects(store, thing, predicate) if (day := _day(value)))
