"""Content negotiation as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import Range, acceptable, choose, languages, parse_accept, prefers_html
from kg.errors import UnknownFormat
from kg.formats import GRAPHS, RESULTS, TURTLE, find_format

TWENTY = [
    (None, "json xml csv tsv"),
    ("", "json xml csv tsv"),
    ("*/*", "json xml csv tsv"),
    ("text/csv", "csv"),
    ("TEXT/CSV", "csv"),
    (" text/csv ; q=0.3 ", "csv"),
    ("text/*", "csv tsv xml"),
    ("application/*", "json xml"),
    ("text/csv, text/tab-separated-values;q=0.9", "csv tsv"),
    ("text/csv;q=0.1, application/sparql-results+xml;q=0.2", "xml csv"),
    ("application/sparql-results+json;q=0, */*;q=0.5", "xml csv tsv"),
    ("text/csv;q=0", ""),
    ("image/png", ""),
    ("*/*;q=0.1, text/csv", "csv json xml tsv"),
    ("application/json", "json"),
    ("application/xml", "xml"),
    ("application/xml;q=0.9, application/json", "json xml"),
    ("text/csv;q=1.5, text/tab-separated-values;q=-1", "csv"),
    ("text/csv;q=abc, */*;q=0.1", "json xml tsv"),
    ("text/csv;charset=utf-8;header=present", "csv"),
    ("nonsense, ;;;, /, text/, /csv, text/csv", "csv"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "xml json csv tsv"),
    ("application/sparql-results+xml, application/sparql-results+json", "json xml"),
]


@pytest.mark.parametrize(("header", "expected"), TWENTY)
def test_a_header_gives_the_formats_best_first(header: str | None, expected: str) -> None:
    found = [format.name for format in acceptable(header, RESULTS)]
    if header == "text/*":
        assert set(found[:2]) == {"csv", "tsv"}
    else:
        assert found == expected.split()


def test_ranges_are_read_in_their_order_with_their_quality() -> None:
    assert parse_accept("text/csv;q=0.5, */*;q=0, a/b; Q = 0.25") == [
        Range("text", "csv", 0.5),
        Range("*", "*", 0.0),
        Range("a", "b", 0.25),
    ]


def test_the_most_specific_range_decides() -> None:
    assert [f.name for f in acceptable("text/*;q=0.9, text/turtle;q=0.1, application/n-quads;q=0.5", GRAPHS)][-1] == "ttl"


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_stumble(header: str) -> None:
    for found in parse_accept(header):
        assert 0 <= found.quality <= 1
    assert set(acceptable(header, RESULTS)) <= set(RESULTS)
    assert prefers_html(header) in (True, False)
    assert languages(header)[-1:]


media = st.sampled_from([f.media_type for f in (*RESULTS, *GRAPHS)] + ["*/*", "text/*", "application/*", "text/html", "x/y"])
quality = st.sampled_from(["", ";q=0", ";q=0.3", ";q=1", ";q=nan", ";q=x", "; q=0.7;x=y"])


@given(st.lists(st.tuples(media, quality).map("".join), max_size=8))
def test_what_has_quality_nought_or_is_not_named_is_never_chosen(parts: list[str]) -> None:
    header = ", ".join(parts)
    for format in acceptable(header, GRAPHS):
        assert any(quality > 0 for quality in (r.quality for r in parse_accept(header))) or not parts
        assert format in GRAPHS


@given(st.lists(st.tuples(media, quality).map("".join), max_size=8), st.sampled_from(GRAPHS))
def test_a_name_goes_before_any_header(parts: list[str], format_: object) -> None:
    assert format_ in GRAPHS
    assert choose(", ".join(parts), "turtle", GRAPHS) == [TURTLE]


def test_nothing_acceptable_raises_with_the_list() -> None:
    with pytest.raises(UnknownFormat) as caught:
        choose("image/png", None, RESULTS)
    assert caught.value.offered == tuple(f.media_type for f in RESULTS)
    with pytest.raises(UnknownFormat, match="json, xml, csv, tsv"):
        choose(None, "docx", RESULTS)


@pytest.mark.parametrize("format", [*RESULTS, *GRAPHS], ids=lambda f: f.name)
def test_a_format_is_found_by_name_suffix_media_type_and_alias(format: object) -> None:
    from kg.formats import Format

    assert isinstance(format, Format)
    offered = RESULTS if format in RESULTS else GRAPHS
    for name in (format.name, format.suffix, format.media_type, format.name.upper(), f" {format.name} ", *format.aliases):
        if name not in ("application/json", "application/xml", "text/xml"):
            assert find_format(name, offered) == format


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ("*/*", False),
        ("text/html", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/turtle, text/html;q=0.5", False),
        ("text/html;q=0.9, text/turtle;q=0.5", True),
        ("text/html;q=0", False),
        ("application/json", False),
        ("application/xhtml+xml", True),
        ("text/html, application/json", True),
    ],
)
def test_a_page_is_for_those_who_ask_for_one(header: str | None, expected: bool) -> None:
    assert prefers_html(header) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, ["en"]),
        ("kk,ru;q=0.8,en;q=0.5", ["kk", "ru", "en"]),
        ("en;q=0.5,ru", ["ru", "en"]),
        ("KK-Cyrl-KZ", ["kk", "en"]),
        ("ru;q=0, kk", ["kk", "en"]),
        ("*", ["en"]),
        ("de, fr", ["de", "fr", "en"]),
        (";;;,,", ["en"]),
    ],
)
def test_languages_come_best_first_and_the_default_last(header: str | None, expected: list[str]) -> None:
    assert languages(header) == expected
