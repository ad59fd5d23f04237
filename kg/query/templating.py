"""Templates: SPARQL files whose comment header says what they ask, with which parameters, and what comes back.

The header is strict YAML behind `#`: `name` (the file's name), `question` in en, ru, kk, `kind` (what the query is about,
for coverage statements; `linked`: documents that a user linked), `columns` (name: meaning) and `parameters` (name: type,
description, example, and `default` or `optional: yes`). In the query a parameter is written `VALUES ?name { UNDEF }`
(kg/store/binding.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.curation.strict_yaml import Plain, YamlProblem, read_yaml
from kg.errors import UnusableInput
from kg.namespaces import KINDS, PREFIXES
from kg.query.coverage import LINKED
from kg.query.labels import LANGUAGES
from kg.store.guarding import calls_service

RESERVED = frozenset({"format", "at", "known", "timeout", "limit", "cursor", "fields"})
"""Names of request parameters, which no parameter of a template may have. `lang` is for a parameter of type language."""
SIMPLE = ("date", "year", "integer", "decimal", "text", "language", "property", "entity", "choice")
_PARAMETER = re.compile(r"VALUES\s+\?(\w+)\s*\{\s*UNDEF\s*\}")


@dataclass(frozen=True)
class Parameter:
    """One parameter. `type` is the first word of its type, `of` the others: kinds of entity, or the code list.

    `choices` are the words of a choice and the CURIE or text that each stands for. Without default it must be given, unless optional.
    """

    name: str
    type: str
    description: str
    example: str
    of: tuple[str, ...] = ()
    default: str | None = None
    optional: bool = False
    choices: Mapping[str, str] | None = None

    @property
    def required(self) -> bool:
        """Say whether a call must give it."""
        return self.default is None and not self.optional

    @property
    def form(self) -> str:
        """Return the type as people read it: `entity programme`, `code date-precision`, `one of up, down`."""
        if self.choices is not None:
            return f"one of {', '.join(self.choices)}"
        return " ".join((self.type, *self.of))


@dataclass(frozen=True)
class Template:
    """A named query: what it asks (by language), of which kind of thing, its parameters, columns and SPARQL text."""

    name: str
    question: Mapping[str, str]
    kind: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    sparql: str

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of a name, None where there is none."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def read_template(path: Path) -> Template:
    """Read one template; raises UnusableInput with file, line and cure."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(f"{path} cannot be read: {error}") from None
    lines = text.splitlines()
    length = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = "\n".join(line[1:].removeprefix(" ") for line in lines[:length])
    try:
        data = read_yaml(header).data
    except YamlProblem as problem:
        raise UnusableInput(f"{path}:{problem.line}: the header is no YAML behind `#`: {problem.message}") from None
    return _Reader(path).template(data, text)


class _Reader:
    """Reads one file's header; every complaint names the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def template(self, data: Plain, text: str) -> Template:
        header = self._mapping(data, "the header")
        self._only(header, {"name", "question", "kind", "parameters", "columns"}, "the header")
        name, kind = self._text(header, "name"), self._text(header, "kind")
        if name != self._path.stem:
            raise self._bad(f"the name is {name!r}; give it the file's name, {self._path.stem!r}")
        if kind not in (*KINDS, LINKED):
            raise self._bad(f"there is no kind {kind!r}; kinds are {', '.join((*KINDS, LINKED))}")
        question = self._texts(header, "question")
        if missing := [language for language in LANGUAGES if language not in question]:
            raise self._bad(f"the question is missing in {', '.join(missing)}")
        declared = self._mapping(header.get("parameters", {}), "parameters")
        parameters = tuple(self._parameter(key, value) for key, value in declared.items())
        columns = self._texts(header, "columns")
        self._check_query(text, parameters, columns)
        return Template(name, question, kind, parameters, columns, text)

    def _parameter(self, name: str, given: Plain) -> Parameter:
        fields = self._mapping(given, name)
        self._only(fields, {"type", "description", "example", "default", "optional", "choices"}, name)
        if name in RESERVED:
            raise self._bad(f"the name {name!r} is taken by the request itself; choose another")
        type, *of = self._text(fields, "type").split()
        if type == "code":
            if len(of) != 1:
                raise self._bad(f"{name}: write `code LIST`, such as `code date-precision`")
        elif type not in SIMPLE or (of and type != "entity") or set(of) - set(KINDS):
            raise self._bad(f"{name}: there is no type {' '.join((type, *of))!r}; types are {', '.join(SIMPLE)} and code LIST")
        if (name == "lang") != (type == "language"):
            raise self._bad(f"{name}: a parameter of type language is called lang, and nothing else is")
        choices = self._texts(fields, "choices") if type == "choice" else None
        default = self._text(fields, "default") if "default" in fields else None
        optional = fields.get("optional") == "yes"
        return Parameter(
            name, type, self._text(fields, "description"), self._text(fields, "example"), tuple(of), default, optional, choices
        )

    def _check_query(self, text: str, parameters: tuple[Parameter, ...], columns: Mapping[str, str]) -> None:
        places, names = set(_PARAMETER.findall(text)), {parameter.name for parameter in parameters}
        if places != names:
            odd = ", ".join(sorted(places ^ names))
            raise self._bad(f"the header's parameters and the query's `VALUES ?name {{ UNDEF }}` differ in {odd}; write each in both")
        if calls_service(text):
            raise self._bad("SERVICE is not allowed; bring the other endpoint's rows with VALUES")
        try:
            found = ox.Store().query(text, prefixes=PREFIXES)
        except SyntaxError as error:
            raise self._bad(f"the query is no SPARQL: {str(error).splitlines()[0]}") from None
        if not isinstance(found, ox.QuerySolutions):
            raise self._bad("the query must be a SELECT")
        variables = [variable.value for variable in found.variables]
        if variables != list(columns):
            raise self._bad(f"the columns are {', '.join(columns)} but the query selects {', '.join(variables)}; make them the same")

    def _mapping(self, given: Plain, what: str) -> Mapping[str, Plain]:
        if not isinstance(given, dict):
            raise self._bad(f"{what} must be a mapping, `key: value`")
        return given

    def _texts(self, given: Mapping[str, Plain], key: str) -> dict[str, str]:
        found = self._mapping(given.get(key, ""), key)
        return {name: self._text(found, name) for name in found}

    def _text(self, given: Mapping[str, Plain], key: str) -> str:
        value = given.get(key)
        if not isinstance(value, str):
            raise self._bad(f"`{key}` is missing or no text")
        return value

    def _only(self, given: Mapping[str, Plain], known: set[str], what: str) -> None:
        if odd := given.keys() - known:
            raise self._bad(f"{what} has the unknown key {sorted(odd)[0]!r}; keys are {', '.join(sorted(known))}")

    def _bad(self, problem: str) -> UnusableInput:
        return UnusableInput(f"{self._path}: {problem}")
