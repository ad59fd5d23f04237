"""Values into queries: a parameter is written `VALUES ?name { UNDEF }`, and only an escaped RDF term takes UNDEF's place.

So a template is itself a valid query (its parameters unbound), it works on any engine, and no text of a user's ever
becomes part of a query: an IRI with a `>` or a literal with a quote is escaped or refused by the engine's own types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

Term = ox.NamedNode | ox.Literal
_PARAMETER = r"VALUES\s+\?{name}\s*\{{\s*UNDEF\s*\}}"


def bind(query: str, values: Mapping[str, Term | list[Term]]) -> str:
    """Return the query with its parameters bound; raises KeyError for one that the query does not have."""
    for name, value in values.items():
        terms = value if isinstance(value, list) else [value]
        pattern = re.compile(_PARAMETER.format(name=re.escape(name)))
        if not pattern.search(query):
            raise KeyError(f"the query has no parameter ?{name}")
        query = f"VALUES ?{name} {{ {' '.join(map(str, terms))} }}".join(pattern.split(query))
    return query
