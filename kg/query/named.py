"""Named queries: questions with typed parameters, kept as SPARQL files (kg/query/templates, and a folder of the user's)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from kg.errors import BadParameter, UnknownQuery, UnusableInput
from kg.query.coverage import Emptiness, why_empty
from kg.query.names import Names
from kg.query.parameters import Reader
from kg.query.templating import Template, read_template
from kg.store.base import Row, Store
from kg.store.binding import Term, bind

_SHIPPED = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True)
class Result:
    """The rows of a named query under its columns, whole; `empty` says why there are none, None where there are some."""

    template: Template
    values: Mapping[str, Term]
    rows: tuple[Row, ...]
    empty: Emptiness | None


@cache
def load_templates(folder: Path | None = None) -> Mapping[str, Template]:
    """Return the templates by name: those that egovkg ships, and those of a folder. Read once.

    Raises UnusableInput for a file that is no template, and for one with the name of a shipped one.
    """
    found = {path.stem: read_template(path) for path in sorted(_SHIPPED.glob("*.rq"))}
    if folder is not None:
        for path in sorted(folder.glob("*.rq")):
            if path.stem in found:
                raise UnusableInput(f"{path}: egovkg has a named query {path.stem!r} already; give yours another name")
            found[path.stem] = read_template(path)
    return found


def find_template(templates: Mapping[str, Template], name: str) -> Template:
    """Return the template of a name; raises UnknownQuery with near matches."""
    if name in templates:
        return templates[name]
    words = set(name.replace("_", "-").split("-"))
    close = get_close_matches(name, list(templates), 5, 0.5)
    raise UnknownQuery(name, list(dict.fromkeys([*close, *(other for other in templates if words & set(other.split("-")))]))[:5])


def read_values(template: Template, given: Mapping[str, str], store: Store, names: Names) -> dict[str, Term]:
    """Return the terms of the parameters, defaults filled in; raises BadParameter."""
    known = [parameter.name for parameter in template.parameters]
    for name in given.keys() - set(known):
        takes = f"it takes {', '.join(known)}" if known else "it takes none"
        raise BadParameter(template.name, name, f"is no parameter of this query; {takes}", known)
    reader = Reader(template.name, store, names)
    values: dict[str, Term] = {}
    for parameter in template.parameters:
        text = given.get(parameter.name, parameter.default)
        if text is None and parameter.required:
            raise BadParameter(template.name, parameter.name, f"is missing; give {parameter.form}, such as {parameter.example}")
        if text is not None:
            values[parameter.name] = reader.read(parameter, text)
    return values


def bound(template: Template, values: Mapping[str, Term]) -> str:
    """Return the SPARQL text with its parameters bound."""
    return bind(template.sparql, values)


def run(store: Store, template: Template, values: Mapping[str, Term]) -> Result:
    """Return every row; for no rows, whether the sources are known to say nothing or were not read for it."""
    rows = tuple(store.rows(template.sparql, **values))
    return Result(template, values, rows, None if rows else why_empty(store, template.kind, years_of(template, values)))


def years_of(template: Template, values: Mapping[str, Term]) -> list[int]:
    """Return the years that the parameters of a call ask about: its days and years."""
    asked = [
        values[parameter.name].value for parameter in template.parameters if parameter.form in ("date", "year") and parameter.name in values
    ]
    return [int(text[:4]) for text in asked if text[:4].isdigit()]


def example(template: Template) -> str:
    """Return the path and query of the HTTP call with the parameters' examples (those that must be given)."""
    needed = [(parameter.name, parameter.example) for parameter in template.parameters if parameter.required]
    return f"/api/v1/queries/{template.name}" + (f"?{urlencode(needed, safe='/')}" if needed else "")


def assignments(given: Sequence[str], query: str) -> dict[str, str]:
    """Return `name=value` words as a mapping; raises BadParameter for one without `=` and for a name given twice."""
    found: dict[str, str] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise BadParameter(query, word, "is no parameter; write name=value")
        if name in found:
            raise BadParameter(query, name, "is given twice; give it once")
        found[name] = value
    return found
