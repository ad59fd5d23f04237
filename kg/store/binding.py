"""Values into queries: a parameter is written `VALUES ?name { UNDEF }`, and only an escaped RDF term takes UNDEF's place.

So a template is itself a valid query (its parameters unbound), it works on any engine, and no text of a user's ever
becomes part of a query: an IRI with a `>` or a literal with a quote is escaped or refused by the engine's own types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

Term = ox.NamedNode | ox.Literal
_PARAMETER = re.compile(r"VALUES\s+\?(\w+)\s*\{\s*UNDEF\s*\}")


def bind(query: str, values: Mapping[str, Term | list[Term]]) -> str:
    """Return the query with its parameters bound; raises KeyError for one that the query does not have.

    All in one pass: a value that reads like a parameter itself is never bound again.
    """
    for name in values.keys() - set(_PARAMETER.findall(query)):
        raise KeyError(f"the query has no parameter ?{name}")

    def bound(place: re.Match[str]) -> str:
        value = values.get(place[1])
        if value is None:
            return place[0]
        terms = value if isinstance(value, list) else [value]
        return f"VALUES ?{place[1]} {{ {' '.join(map(str, terms))} }}"

    return _PARAMETER.sub(bound, query)
