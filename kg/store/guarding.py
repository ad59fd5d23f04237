"""Does a query call another endpoint, an update load a file? The engine has no switch, and would reach whatever this machine does.

The engine reads without a lexer: `SERVICESILENT<a:b>{}`, `1SERVICE ?x {}` and `SERVICEns:x {}` are calls, and whether
`<` opens an IRI or compares depends on where it stands. So every reading of the text is followed, each place once:
a query is refused if one of them shows `service`, an address and a brace outside strings, comments, IRIs and names.
"""

from __future__ import annotations

import re

from kg.errors import QueryFailed
from kg.namespaces import DEFAULT_GRAPHS
from kg.store.scopes import tokens

_GAP = re.compile(r"(?:\s|#[^\n\r]*+)*+")
_IRI = re.compile(r"<[^<>\"{}|^`\x00-\x20]*+>")
_SHORT = {quote: re.compile(rf"{quote}(?:[^{quote}\\\n\r]|\\.)*+{quote}") for quote in "\"'"}
_LONG = {quote: re.compile(rf"{quote * 3}(?:[^{quote}\\]|\\.|{quote}(?!{quote * 2}))*+{quote * 3}", re.S) for quote in "\"'"}
_VARIABLE = re.compile(r"[?$]\w+")
_LANGUAGE = re.compile(r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*+")
_LOCAL = r"(?:[\w:·‿⁀-]|%[0-9A-Fa-f]{2}|\\[^\w\s])"
_PREFIXED = re.compile(rf"((?:[^\W\d_][\w.·‿⁀-]*+)?+):(?:{_LOCAL}++(?:\.++{_LOCAL}++)*+)?+")
_WORD = re.compile(r"[\w.-]++")
_PLAIN = re.compile(r"[^\w<\"'?$@:#.-]++")
_SILENT = re.compile(r"silent", re.I)
NO_SERVICE = "SERVICE is not allowed here; ask the other endpoint yourself and bring its rows with VALUES"
_CALL, _LOAD = "service", "load"
_DEFAULT = re.compile(rf"\b(?:from|named|using|with|graph|to)\s*(<(?:{'|'.join(map(re.escape, sorted(DEFAULT_GRAPHS)))})>)", re.I)


def calls_service(query: str) -> bool:
    """Say whether a query may call another endpoint; in doubt yes (`GRAPH service:x {` is taken for a call)."""
    if _CALL not in query.lower():
        return False
    return _Reading(query).calls()


def check_graphs(text: str) -> None:
    """Refuse a query or update that names the default graph as a graph: it has no name there; raises QueryFailed."""
    if ("DefaultGraph>" in text or "#nil>" in text) and (named := _DEFAULT.search(text)):
        raise QueryFailed(
            f"{named[1]} names the default graph in parameters only (default-graph-uri=, graph=); in a query or update it has no name: "
            "what stands outside GRAPH is about it, and CLEAR DEFAULT, COPY DEFAULT TO … say DEFAULT"
        )


def uncalled(query: str) -> str:
    """Return a query with GRAPH in the place of SERVICE: as readable as it was, each place where it was, and it calls nobody."""
    pieces, done = [], 0
    for token in tokens(query):
        if token.upper in ("SERVICE", "SILENT"):
            pieces += [query[done : token.start], "GRAPH  " if token.upper == "SERVICE" else "      "]
            done = token.start + len(token.text)
    return "".join([*pieces, query[done:]])


def loads(update: str) -> bool:
    """Say whether an update may load from an address; in doubt yes."""
    return _LOAD in update.lower() and _Loading(update).calls()


class _Reading:
    """The places of a query that some reading of it comes to."""

    word = _CALL

    def __init__(self, query: str) -> None:
        self._query = query
        self._seen: set[int] = set()
        self._open = [0]
        self._unclosed: set[str] = set()

    def calls(self) -> bool:
        while self._open:
            place = self._open.pop()
            if place in self._seen or place >= len(self._query):
                continue
            self._seen.add(place)
            if self._step(place):
                return True
        return False

    def _step(self, place: int) -> bool:
        """Read one token and note what may follow; True where it is a call."""
        text, sign = self._query, self._query[place]
        if sign == "<":
            self._open.append(place + 1)
            self._go(_IRI.match(text, place))
        elif sign in _SHORT:
            self._open.append(self._after_string(place, sign))
        elif sign in "?$@":
            self._open.append(_end((_LANGUAGE if sign == "@" else _VARIABLE).match(text, place), place + 1))
        elif sign == "#":
            self._go(_GAP.match(text, place))
        elif name := _PREFIXED.match(text, place):
            self._open.append(name.end())
            return self._named(name)
        elif word := _WORD.match(text, place):
            self._open.append(word.end())
            return self.word in word[0].lower() and self._addressed(word.end())
        else:
            self._open.append(_end(_PLAIN.match(text, place), place + 1))
        return False

    def _go(self, token: re.Match[str] | None) -> None:
        if token:
            self._open.append(token.end())

    def _after_string(self, place: int, quote: str) -> int:
        """Return where a string ends; a long one that never closes is not searched for again."""
        if self._query.startswith(quote * 3, place) and quote not in self._unclosed:
            if long := _LONG[quote].match(self._query, place):
                return long.end()
            self._unclosed.add(quote)
        return _end(_SHORT[quote].match(self._query, place), place + 1)

    def _addressed(self, place: int) -> bool:
        """Say whether an IRI, variable or name, and then a brace follow."""
        place = self._over_gap(place)
        place = self._over_gap(_end(_SILENT.match(self._query, place), place))
        address = _IRI.match(self._query, place) or _VARIABLE.match(self._query, place) or _PREFIXED.match(self._query, place)
        return address is not None and self._follows(address.end())

    def _named(self, name: re.Match[str]) -> bool:
        """Say whether a prefixed name is the keyword with a name as its address."""
        return self.word in name[1].lower() and self._opens(name.end())

    def _follows(self, place: int) -> bool:
        return self._opens(place)

    def _opens(self, place: int) -> bool:
        return self._query.startswith("{", self._over_gap(place))

    def _over_gap(self, place: int) -> int:
        return _end(_GAP.match(self._query, place), place)


class _Loading(_Reading):
    """The same for LOAD, after whose address nothing needs to follow."""

    word = _LOAD

    def _named(self, name: re.Match[str]) -> bool:
        return name[1].lower().startswith(self.word)

    def _follows(self, place: int) -> bool:
        return True


def _end(token: re.Match[str] | None, otherwise: int) -> int:
    return token.end() if token else otherwise
