"""Literals for property tests, outside of what the engine rewrites (canonical numbers, language tags in lower case)."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import strategies as st

CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("әғқңөұүһіӘҒҚҢӨҰҮҺІ"),
    st.sampled_from("\"'\\<>{}&;,\t\n\r\x00\x01\x08\x0c\x1f\x7f\x85\u2028\ufeff\ufffe😀🇰🇿"),
)
LANGUAGES = ["en", "ru", "kk", "kk-cyrl", "kk-latn-kz", "en-gb", "x-private"]
DATATYPES = ["https://example.org/type", "http://www.w3.org/2001/XMLSchema#anyURI", "http://www.w3.org/2001/XMLSchema#token"]
XML_CHARACTERS = CHARACTERS.filter(lambda c: c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")


def literals(characters: st.SearchStrategy[str] = CHARACTERS) -> st.SearchStrategy[ox.Literal]:
    """Return literals with any text; numbers and dates in their canonical form."""
    text = st.text(characters, max_size=40)
    return st.one_of(
        text.map(ox.Literal),
        st.builds(lambda value, language: ox.Literal(value, language=language), text, st.sampled_from(LANGUAGES)),
        st.builds(lambda value, datatype: ox.Literal(value, datatype=ox.NamedNode(datatype)), text, st.sampled_from(DATATYPES)),
        st.integers(-(2**63), 2**63 - 1).map(ox.Literal),
        st.booleans().map(ox.Literal),
        st.dates().map(lambda day: ox.Literal(day.isoformat(), datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))),
    )
