"""Where the engine's grammar is wider or narrower than SPARQL's: what it takes and should not, what it should take.

Words, strings, IRIs and comments are told apart by the longest match, as SPARQL has it. Most queries never come here: a quick
look says whether there is anything to look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.errors import QuerySyntaxError

_TOKEN = re.compile(
    r"""
    (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*+'{3} | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+')
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
    | (?P<skipped>\#[^\n\r]*+ | [?$]\w++ | @[A-Za-z][A-Za-z0-9-]*+ | (?:[^\W\d_][\w.·-]{0,100}+)?+:(?:[\w:%.·-]|\\.)*+)
    | (?P<triple><<\()
    | (?P<number>[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)
    | (?P<word>\w++)
    | (?P<sign>[(){}])
    """,
    re.X | re.S,
)
_AGGREGATES = frozenset({"count", "sum", "min", "max", "avg", "sample", "group_concat"})
_CALL = re.compile(r"\b(?:count|sum|min|max|avg|sample|group_concat)(?:\s|#[^\n]*+)*+\(", re.I)
_TRUTHS = frozenset({"true", "false"})


def check(query: str) -> None:
    """Refuse what the engine takes though it is no SPARQL; raises QuerySyntaxError with line and column.

    An aggregate within an aggregate; in an expression, a literal or a triple term as the subject of a triple term.
    """
    if "<<(" in query or len(_CALL.findall(query)) > 1:
        _Check(query).run()


def small_truths(query: str) -> str:
    """Return the query with TRUE and FALSE in small letters, which SPARQL takes in any."""
    pieces, end = [], 0
    for token in _tokens(query):
        if token["word"] and token["word"].lower() in _TRUTHS:
            pieces += [query[end : token.start()], token["word"].lower()]
            end = token.end()
    return "".join([*pieces, query[end:]])


def _tokens(query: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(query)


class _Check:
    """The state of one look through a query: for each open bracket, whether it lies in an aggregate, and in an expression."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._within = [(False, False)]
        self._before = ""

    def run(self) -> None:
        for token in _tokens(self._query):
            if token["skipped"] and token["skipped"].startswith("#"):
                continue
            word = (token["word"] or "").lower()
            no_subject = token["string"] or token["number"] or token["triple"] or word in _TRUTHS
            if self._before == "<<(" and no_subject and self._within[-1][1]:
                raise self._error(token, "a triple term's subject is an IRI, a blank node or a variable here")
            if sign := token["triple"] or token["sign"]:
                self._bracket(token, sign)
            self._before = token["triple"] or word

    def _bracket(self, token: re.Match[str], sign: str) -> None:
        """Open or close a bracket; a brace begins anew, for a sub-query may have aggregates of its own.

        What follows a word in brackets is an expression, but for `a`, whose value may be a list.
        """
        if sign in ")}":
            if len(self._within) > 1:
                self._within.pop()
            return
        in_aggregate, in_expression = self._within[-1]
        aggregate = sign == "(" and self._before in _AGGREGATES
        if aggregate and in_aggregate:
            raise self._error(token, f"{self._before.upper()} stands within another aggregate; compute the inner one in a sub-query")
        expression = sign == "(" and self._before not in ("", "a", "<<(")
        self._within.append((False, False) if sign == "{" else (in_aggregate or aggregate, in_expression or expression))

    def _error(self, token: re.Match[str], message: str) -> QuerySyntaxError:
        line = self._query.count("\n", 0, token.start()) + 1
        column = token.start() - self._query.rfind("\n", 0, token.start())
        return QuerySyntaxError(message, line, column)
