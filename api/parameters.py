"""What a SPARQL request says, read as the protocol has it: decoded once, strictly; nothing guessed, nothing passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from functools import cached_property, lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl

from api.errors import Refused
from api.negotiation import choose
from kg.errors import UnknownFormat
from kg.formats import BOOLEAN, GRAPHS, RESULTS, Format
from kg.store.base import Wish

_FORMAT_NAMES = ("format", "output", "results", "out", "fmt", "accept", "Accept")
"""Parameters that name a format: ours, those of Virtuoso, Jena, RDF4J. Some clients send several; the first that is known counts."""

_SAME = {
    "sparql": "xml", "text": "tsv", "n3": "ttl", "rdf+xml": "rdf", "turtle": "ttl", "n-triples": "nt", "n-quads": "nq",
    "sparql-results+json": "json", "sparql-results+xml": "xml", "sparql-results-json": "json",
}  # fmt: skip
"""What other services call a format."""

_PAGE = frozenset({"html", "text/html"})
_ANY = frozenset({"auto", "*/*"})
_UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
_PRAGMAS = re.compile(r"(?:\s*define\s+[\w-]+:[\w-]+\s+(?:\"[^\"]*\"|'[^']*'|<[^>]*>|[^\s<\"']+))+(?=\s)", re.I)
_USUAL = 1000
"""Characters of an Accept header up to which what it asks for is remembered."""
_END = re.compile(r"[\s;]+\Z")


@dataclass(frozen=True)
class Parameters:
    """The parameters of a request, in their order: from the address and, of a form, from the body."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, encoded: bytes, what: str) -> Parameters:
        """Read `name=value&…`; refuses with 400 what is not UTF-8. `what` says where it stands."""
        try:
            pairs = parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=10_000)
        except UnicodeDecodeError as error:
            detail = f"{what} is not UTF-8 ({error.reason} at byte {error.start} of a value); send it as UTF-8, percent-encoded"
            raise Refused(HTTPStatus.BAD_REQUEST, detail) from None
        except ValueError:
            raise Refused(HTTPStatus.BAD_REQUEST, f"{what} has more than 10,000 parameters; send a graph's name once") from None
        return cls(tuple(pairs))

    def __add__(self, other: Parameters) -> Parameters:
        return Parameters((*self.pairs, *other.pairs))

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for name, value in self.pairs:
            values.setdefault(name, []).append(value)
        return values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def one(self, name: str) -> str | None:
        """Return the value of a parameter that may stand once; refuses it twice with 400."""
        found = self._values.get(name)
        if found is None:
            return None
        if len(found) > 1:
            raise Refused(HTTPStatus.BAD_REQUEST, f"`{name}` is given {len(found)} times; give it once")
        return found[0]

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter, without empty ones: forms send `default-graph-uri=` when nothing was filled in."""
        return tuple(value for value in self._values.get(name, ()) if value)

    @cached_property
    def formats(self) -> list[str]:
        """Return the formats that parameters name, in our own words where others' are known."""
        named = [value.strip().replace(" ", "+") for name in _FORMAT_NAMES if name in self._values for value in self.every(name)]
        return [_SAME.get(value.lower(), value) for value in named if value.lower() not in _ANY]

    @property
    def asks_for_page(self) -> bool:
        """Say whether a page is asked for by name."""
        return bool(self.formats) and self.formats[0].lower() in _PAGE


def body_type(content_type: str, encoding: str) -> str:
    """Return the media type of a body; refuses with 415 one in another character set or packed."""
    if encoding.strip().lower() not in ("", "identity"):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Encoding {encoding} is not understood; send the body as it is")
    header = Message()
    header["Content-Type"] = content_type
    charset = str(header.get_param("charset") or "").strip().lower()
    if charset not in _UTF_8:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the character set {charset} is not understood; SPARQL is sent as UTF-8")
    return content_type.partition(";")[0].strip().lower()


def plain_query(text: str) -> str:
    """Return a query without what is no SPARQL but comes from other engines: a byte order mark, `define …` lines, a last `;`.

    What is taken away before other text becomes blanks, so that lines and columns of an error stay true.
    """
    if text.startswith("\ufeff"):
        text = f" {text[1:]}"
    if pragmas := _PRAGMAS.match(text):
        text = re.sub(r"[^\n]", " ", pragmas[0]) + text[pragmas.end() :]
    return _END.sub("", text)


def wanted(accept: str | None, names: Sequence[str]) -> Wish:
    """Return the formats for either kind of answer; raises UnknownFormat where neither kind has one."""
    usual = not names and len(accept or "") <= _USUAL
    return _usually_wanted(accept) if usual else _wanted(accept, names)


@lru_cache(1000)
def _usually_wanted(accept: str | None) -> Wish:
    return _wanted(accept, ())


def _wanted(accept: str | None, names: Sequence[str]) -> Wish:
    for name in names or [""]:
        found = [_chosen(accept, name, offered) for offered in (RESULTS, GRAPHS, (BOOLEAN, *RESULTS) if name else (*RESULTS, BOOLEAN))]
        if any(found):
            return Wish(*found)
    raise UnknownFormat((names[0] if names else accept) or "", [format.media_type for format in (*RESULTS, *GRAPHS)])


def _chosen(accept: str | None, name: str, offered: Sequence[Format]) -> list[Format]:
    try:
        return choose(accept, name or None, offered)
    except UnknownFormat:
        return []
