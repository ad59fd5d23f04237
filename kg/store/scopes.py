"""An update read just far enough to know where it can change anything, so that a small write to a large store stays small.

The engine alone decides what an update does. Here its words only narrow down where to look for the difference: each triple
of a template gives a pattern, its variables and all that is not certain taken as “anything”. Whatever is not understood
for sure gives None: then the whole store is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import QuerySyntaxError
from kg.namespaces import PREFIXES, RDF

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n\r]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<text>'''(?:[^'\\]|\\.|'(?!''))*'''|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<variable>[?$]\w+)
    |(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>_:[\w.-]*[\w-]|[^\W\d_][\w.-]*:(?:[\w:%-]|\.(?=[\w:%\\-])|\\.)*|:(?:[\w:%-]|\.(?=[\w:%\\-])|\\.)*)
    |(?P<word>[A-Za-z]+)
    |(?P<sign>\^\^|.)""",
    re.X | re.S,
)
_MOST = 20_000
"""Patterns looked up one by one; beyond that the whole store is compared."""

Pattern = tuple[ox.NamedNode | None, ox.NamedNode | None, ox.NamedNode | None, ox.NamedNode | ox.DefaultGraph | None]
"""Subject, predicate, object, graph; None is anything."""


@dataclass(frozen=True)
class Token:
    """A word of an update: its kind (a group of the pattern above), its text, its place, and how many braces are open before it."""

    kind: str
    text: str
    start: int
    depth: int

    @property
    def upper(self) -> str:
        """Return a keyword in capitals, any other token as a text that is no keyword."""
        return self.text.upper() if self.kind == "word" else f" {self.text}"


class _Unclear(Exception):
    """A place of an update that is not understood for sure."""


def tokens(update: str) -> Iterator[Token]:
    """Yield the tokens of an update, comments and blanks left out."""
    depth = 0
    for found in _TOKEN.finditer(update):
        kind = found.lastgroup or "sign"
        if kind == "skip":
            continue
        text = found[0]
        depth -= text == "}"
        yield Token(kind, text, found.start(), depth)
        depth += text == "{"


def with_dataset(update: str, default: Sequence[str], named: Sequence[str]) -> str:
    """Return the update with the protocol's dataset as USING clauses; raises QuerySyntaxError where it has some of its own."""
    clause = " ".join([*(f"USING {ox.NamedNode(iri)}" for iri in default), *(f"USING NAMED {ox.NamedNode(iri)}" for iri in named), ""])
    pieces, done, before = [], 0, ""
    found = list(tokens(update))
    for place, token in enumerate(found):
        if token.depth == 0 and token.kind == "word":
            if token.upper in ("USING", "WITH"):
                line = update.count("\n", 0, token.start) + 1
                message = f"{token.upper} stands beside using-graph-uri or using-named-graph-uri; name the dataset in one place"
                raise QuerySyntaxError(message, line, token.start - update.rfind("\n", 0, token.start))
            if token.upper == "WHERE":
                template = _block(update, found, place + 1) if before == "DELETE" else ""
                pieces += [update[done : token.start], template, clause]
                done = token.start
        before = token.upper
    return "".join([*pieces, update[done:]])


def _block(update: str, found: Sequence[Token], place: int) -> str:
    """Return the text of the braces that open at a token: DELETE WHERE { … } is DELETE { … } WHERE { … }."""
    for token in found[place:]:
        if token.text == "}" and token.depth == 0:
            return f"{update[found[place].start : token.start + 1]} "
    return ""


def scopes_of(update: str) -> list[Pattern] | None:
    """Return the patterns of all that the update may add or remove, None where that may be anything."""
    try:
        found = list(dict.fromkeys(_Reader(list(tokens(update))).patterns()))
    except (_Unclear, IndexError, ValueError):
        return None
    if len(found) > _MOST or (None, None, None, None) in found:
        return None
    return found


class _Reader:
    """Reads the operations of an update one after the other."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._prefixes: dict[str, str] = dict(PREFIXES)

    def patterns(self) -> Iterator[Pattern]:
        while self._place < len(self._tokens):
            word = self._take().upper
            if word == "PREFIX":
                name, iri = self._take(), self._take()
                self._prefixes[name.text.removesuffix(":")] = _absolute(iri).value
            elif word in ("INSERT", "DELETE", "WITH"):
                yield from self._changing(word)
            elif word in ("CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"):
                yield from self._graphs()
            elif word != " ;":
                raise _Unclear(word)

    def _changing(self, word: str) -> Iterator[Pattern]:
        graph: ox.NamedNode | ox.DefaultGraph = ox.DefaultGraph()
        if word == "WITH":
            node = self._node(self._take())
            if node is None:
                raise _Unclear(word)
            graph, word = node, self._take().upper
        if self._peek() in ("DATA", "WHERE"):
            self._take()
            yield from self._template(graph)
            return
        yield from self._template(graph)
        while self._peek() != "WHERE":
            if self._take().upper in ("INSERT", "DELETE"):
                yield from self._template(graph)
        self._take()
        self._expect("{")
        while not (self._tokens[self._place].text == "}" and self._tokens[self._place].depth == 0):
            self._place += 1
        self._place += 1

    def _template(self, graph: ox.NamedNode | ox.DefaultGraph | None) -> Iterator[Pattern]:
        """Read `{ triples and GRAPH blocks }`."""
        self._expect("{")
        while (token := self._take()).text != "}":
            if token.upper == "GRAPH":
                yield from self._template(self._node(self._take()))
            elif token.text != ".":
                yield from self._triples(token, graph)

    def _triples(self, first: Token, graph: ox.NamedNode | ox.DefaultGraph | None) -> Iterator[Pattern]:
        """Read a subject with all that hangs on it; the `}` that may end it is left."""
        subject = self._node(first)
        predicate = self._node(self._take())
        while True:
            yield subject, predicate, self._object(), graph
            after = self._tokens[self._place].text
            if after == "}":
                return
            self._place += 1
            if after == ";":
                while self._tokens[self._place].text == ";":
                    self._place += 1
                if self._tokens[self._place].text in ("}", "."):
                    return
                predicate = self._node(self._take())
            elif after == ".":
                return
            elif after != ",":
                raise _Unclear(after)

    def _object(self) -> ox.NamedNode | None:
        token = self._take()
        if token.kind == "text":
            following = self._tokens[self._place]
            if following.kind == "tag":
                self._place += 1
            elif following.text == "^^":
                self._place += 2
            return None
        if token.kind == "number" or token.upper in ("TRUE", "FALSE"):
            return None
        return self._node(token)

    def _node(self, token: Token) -> ox.NamedNode | None:
        """Return the IRI of a token, None for what may be anything; raises _Unclear for what is no plain term."""
        if token.kind == "variable" or token.text.startswith("_:"):
            return None
        if token.kind == "iri":
            return _absolute(token)
        if token.text == "a":
            return RDF.type
        if token.kind == "name" and "\\" not in token.text and "%" not in token.text:
            prefix, _, local = token.text.partition(":")
            if prefix in self._prefixes:
                return ox.NamedNode(self._prefixes[prefix] + local)
        raise _Unclear(token.text)

    def _graphs(self) -> Iterator[Pattern]:
        """Read what stands behind CLEAR, COPY and their like, up to the `;`."""
        while self._place < len(self._tokens) and self._peek() != " ;":
            token = self._take()
            if token.upper == "DEFAULT":
                yield None, None, None, ox.DefaultGraph()
            elif token.upper not in ("SILENT", "GRAPH", "TO"):
                yield None, None, None, self._node(token)

    def _take(self) -> Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def _peek(self) -> str:
        return self._tokens[self._place].upper

    def _expect(self, text: str) -> None:
        if self._take().text != text:
            raise _Unclear(text)


def _absolute(token: Token) -> ox.NamedNode:
    if token.kind != "iri" or not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", token.text):
        raise _Unclear(token.text)
    return ox.NamedNode(token.text[1:-1])


def found_in(store: ox.Store, scopes: Sequence[Pattern] | None) -> set[ox.Quad]:
    """Return the quads of a store that the patterns match."""
    if scopes is None:
        return set(store)
    return {quad for pattern in scopes for quad in store.quads_for_pattern(*pattern)}


def graphs_in(store: ox.Store, scopes: Sequence[Pattern] | None) -> set[ox.NamedNode]:
    """Return the named graphs of a store, empty ones too; of patterns with constant graphs alone, those of them that there are."""
    if scopes is None or any(graph is None for *_, graph in scopes):
        return {graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)}
    return {graph for *_, graph in scopes if isinstance(graph, ox.NamedNode) and store.contains_named_graph(graph)}
