"""From what a caller writes to the term that takes a parameter's place: typed, checked, never pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

import pyoxigraph as ox

from kg.errors import BadParameter, UnknownEntity
from kg.namespaces import KINDS, PREFIXES, XSD, concept, expand, local_name
from kg.query.entities import resolve
from kg.query.labels import LANGUAGES
from kg.query.names import Names
from kg.query.templating import Parameter
from kg.store.base import Store
from kg.store.binding import Term
from kg.terms import load_terms

_SLUG = re.compile(r"[\w./+-]+", re.ASCII)
_SHOWN = 12


class Reader:
    """Reads the parameters of one named query against one store."""

    def __init__(self, query: str, store: Store, names: Names) -> None:
        self._query, self._store, self._names = query, store, names

    def read(self, parameter: Parameter, text: str) -> Term:
        """Return the term that a text stands for; raises BadParameter, which says what is possible."""
        if parameter.type == "entity":
            return self._entity(parameter, text)
        if parameter.type == "code":
            return self._code(parameter, text)
        if parameter.type == "choice":
            return self._choice(parameter, text)
        if parameter.type == "property":
            return self._property(parameter, text)
        return self._literal(parameter, text)

    def _literal(self, parameter: Parameter, text: str) -> ox.Literal:
        if parameter.type == "text":
            if not text.strip():
                raise self._bad(parameter, f"is empty; give a text, such as {parameter.example}")
            return ox.Literal(text)
        if parameter.type == "language":
            if text not in LANGUAGES:
                raise self._bad(parameter, f"is {text!r}; languages are {', '.join(LANGUAGES)}", LANGUAGES)
            return ox.Literal(text)
        if parameter.type == "date":
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", text) or not _is_date(text):
                raise self._bad(parameter, f"is {text!r}; give a day as year-month-day, such as {parameter.example}")
            return ox.Literal(text, datatype=XSD.date)
        if parameter.type == "decimal":
            return ox.Literal(self._decimal(parameter, text), datatype=XSD.decimal)
        digits = r"\d{4}" if parameter.type == "year" else r"-?\d{1,15}"
        if not re.fullmatch(digits, text, re.ASCII):
            what = "a year of four digits" if parameter.type == "year" else "a whole number"
            raise self._bad(parameter, f"is {text!r}; give {what}, such as {parameter.example}")
        return ox.Literal(text, datatype=XSD.integer)

    def _decimal(self, parameter: Parameter, text: str) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            raise self._bad(parameter, f"is {text!r}; give a number, such as {parameter.example}")
        return f"{number:f}"

    def _choice(self, parameter: Parameter, text: str) -> Term:
        choices = parameter.choices or {}
        if text not in choices:
            raise self._bad(parameter, f"is {text!r}; give one of {', '.join(choices)}", tuple(choices))
        meaning = choices[text]
        whole = expand(meaning)
        return ox.NamedNode(whole) if whole.startswith(("http://", "https://")) else ox.Literal(meaning)

    def _code(self, parameter: Parameter, text: str) -> ox.NamedNode:
        scheme = parameter.of[0]
        codes = sorted(load_terms().codes.get(scheme, ()))
        code = text.removeprefix(f"concept/{scheme}/")
        if all(part in codes for part in code.split("+")):
            return concept(scheme, code)
        near = get_close_matches(code, codes, 5, 0.5) or codes
        raise self._bad(parameter, f"is {text!r}, which is no code of {scheme}; {_offer(near, len(near) < len(codes))}", near)

    def _property(self, parameter: Parameter, text: str) -> ox.NamedNode:
        properties = load_terms().properties
        if text in properties:
            return properties[text].iri
        for term in properties.values():
            if expand(text) == term.iri.value:
                return term.iri
        near = get_close_matches(text.partition(":")[2] or text, list(properties), 5, 0.5)
        cure = _offer(near, bool(near)) if near else "the properties are on the page /ontology"
        raise self._bad(parameter, f"is {text!r}, which is no property; {cure}", near)

    def _entity(self, parameter: Parameter, text: str) -> ox.NamedNode:
        kinds = parameter.of or tuple(kind for kind in KINDS if kind != "conflict")
        given = text.strip()
        if found := self._found(given, kinds):
            return found
        what = " or ".join(parameter.of) or "thing"
        near = self._near(given, kinds)
        cure = _offer(near, True) if near else f"find one with /api/v1/entities?q=&kind={kinds[0]}"
        raise self._bad(parameter, f"is {text!r}, which names no {what}; {cure}", near)

    def _found(self, given: str, kinds: Sequence[str]) -> ox.NamedNode | None:
        named = [f"{kind}/{given}" for kind in kinds] if len(kinds) < 4 and _SLUG.fullmatch(given) else []
        for name in (given, *named) if given.partition("/")[0] in kinds else (*named, given):
            try:
                iri = resolve(self._store, self._names, name)
            except UnknownEntity as error:
                fitting = [other for other in error.near if other.partition("/")[0] in kinds]
                if name != given or len(fitting) != 1 or self._names.exact(given) == []:
                    continue
                iri = ox.NamedNode(expand(fitting[0]))
            if _kind(iri) in kinds:
                return iri
        return None

    def _near(self, given: str, kinds: Sequence[str]) -> list[str]:
        slug = given.rpartition("/")[2].replace("-", " ")
        hits = [hit.iri for hit in self._names.find(slug, limit=1000) if hit.kind in kinds] if slug.strip() else []
        near = [local_name(iri) or iri for iri in hits] + [name for name in self._names.near(slug) if name.partition("/")[0] in kinds]
        return list(dict.fromkeys(near))[:5]

    def _bad(self, parameter: Parameter, problem: str, possible: Sequence[str] = ()) -> BadParameter:
        return BadParameter(self._query, parameter.name, problem, possible)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _offer(values: Sequence[str], near: bool) -> str:
    shown = ", ".join(values[:_SHOWN]) + (" …" if len(values) > _SHOWN else "")
    return f"did you mean {shown}?" if near else f"codes are {shown}"


def _kind(iri: ox.NamedNode) -> str:
    return (local_name(iri.value) or "").partition("/")[0]


def written(term: Term) -> str:
    """Return a term as a caller would write it: `programme/digital-kazakhstan`, `2019`."""
    if isinstance(term, ox.Literal):
        return term.value
    name = local_name(term.value)
    if name is not None:
        return name
    return next((f"{p}:{term.value.removeprefix(n)}" for p, n in PREFIXES.items() if term.value.startswith(n)), term.value)
