"""From what stands in a record to RDF terms, by the property's value type. Every refusal says what to write instead."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping

import pyoxigraph as ox

from kg.curation.forms import SLUG
from kg.curation.records import Value
from kg.namespaces import KINDS, SDMX_M, XSD, concept, entity
from kg.terms import Property, Terms

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_IRI = re.compile(r"(https?://|urn:|mailto:)[^\s<>\"{}|\\^`]+")
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


class BadValue(ValueError):
    """A value that its property does not take; the text says what to write."""


def values_of(term: Property, given: object, terms: Terms) -> list[Value]:
    """Return the values written under a key: one, a list, or a map by language."""
    if isinstance(given, list):
        return [value for item in given for value in values_of(term, item, terms)]
    if term.value_type == "text":
        return _texts(term, given)
    if not isinstance(given, str):
        raise BadValue(f"`{term.key}` takes a plain value, not a mapping; write `{term.key}: …`")
    return [_READERS[term.value_type](term, given, terms)]


def _texts(term: Property, given: object) -> list[Value]:
    if not isinstance(given, Mapping):
        raise BadValue(f"`{term.key}` is text: say its language, e.g. `{term.key}: {{en: …, ru: …, kk: …}}`")
    found = []
    for language, texts in given.items():
        if not _LANGUAGE.fullmatch(language):
            raise BadValue(f"{language!r} is no language tag; use en, ru, kk or another BCP 47 tag in lower case")
        for text in texts if isinstance(texts, list) else [texts]:
            if not isinstance(text, str) or not text.strip():
                raise BadValue(f"`{term.key}` in {language} is empty; write the text or leave the language out")
            found.append(Value(ox.Literal(text, language=language)))
    return found


def _entity(term: Property, given: str, terms: Terms) -> Value:
    kind, _, slug = given.partition("/")
    if not re.fullmatch(SLUG, slug) or kind not in KINDS:
        raise BadValue(f"`{term.key}: {given}` must refer to an entity as kind/slug, e.g. act/P1700000827")
    if term.refers_to and "any" not in term.refers_to and kind not in term.refers_to:
        raise BadValue(f"`{term.key}` refers to {_either(term.refers_to)}, not to {kind!r}; correct `{given}`")
    return Value(entity(kind, slug))


def _code(term: Property, given: str, terms: Terms) -> Value:
    codes = terms.codes.get(term.code_list or "", frozenset())
    if given not in codes:
        raise BadValue(f"`{term.key}: {given}` is not in the code list {term.code_list}; use {_either(codes)}")
    return Value(concept(term.code_list or "", given))


def _date(term: Property, given: str, terms: Terms) -> Value:
    match = _DATE.fullmatch(given)
    if not match:
        raise BadValue(f"`{term.key}: {given}` is no date; write 2017-12-12, 2017-12 or 2017")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    precision = "year" if month is None else "month" if day is None else "day"
    last = term.boundary == "last"
    month = (12 if last else 1) if month is None else month
    if not year or not 1 <= month <= 12 or not 1 <= (1 if day is None else day) <= monthrange(year, month)[1]:
        raise BadValue(f"`{term.key}: {given}` is not in the calendar; correct year, month or day")
    day = day or (monthrange(year, month)[1] if last else 1)
    return Value(ox.Literal(f"{year:04}-{month:02}-{day:02}", datatype=XSD.date), precision)


def _iri(term: Property, given: str, terms: Terms) -> Value:
    kind, _, slug = given.partition("/")
    if re.fullmatch(SLUG, slug) and kind in KINDS:
        return Value(entity(kind, slug))
    try:
        address = ox.NamedNode(given) if _IRI.fullmatch(given) else None
    except ValueError:
        address = None
    if address is None:
        raise BadValue(f"`{term.key}: {given}` is no address; write it whole, from https:// on, without blanks")
    return Value(address)


def _string(term: Property, given: str, terms: Terms) -> Value:
    return Value(ox.Literal(given))


def _integer(term: Property, given: str, terms: Terms) -> Value:
    if not _INTEGER.fullmatch(given):
        raise BadValue(f"`{term.key}: {given}` is no whole number; write digits only")
    return Value(ox.Literal(str(int(given)), datatype=XSD.integer))


def _decimal(term: Property, given: str, terms: Terms) -> Value:
    if not _DECIMAL.fullmatch(given):
        raise BadValue(f"`{term.key}: {given}` is no number; write digits with a decimal point")
    return Value(ox.Literal(given, datatype=XSD.decimal))


def _boolean(term: Property, given: str, terms: Terms) -> Value:
    if given not in ("true", "false"):
        raise BadValue(f"`{term.key}: {given}` must be true or false")
    return Value(ox.Literal(given, datatype=XSD.boolean))


def _either(choices: frozenset[str]) -> str:
    return ", ".join(sorted(choices)) or "nothing yet (the list is empty)"


_READERS: dict[str, Callable[[Property, str, Terms], Value]] = {
    "entity": _entity,
    "code": _code,
    "date": _date,
    "iri": _iri,
    "string": _string,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
}


def compared_property(key: str, terms: Terms) -> ox.NamedNode | None:
    """Return the property of a key of a claim, or of observations' column `value`; None where it cannot be compared."""
    term = terms.properties.get(key)
    if key == "value":
        return SDMX_M.obsValue
    return term.iri if term and not term.reverse else None
