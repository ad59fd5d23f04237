"""Strict YAML: every scalar is the string that stands there, every key knows its line, and nothing overflows."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.curation.strict_yaml import Located, Plain, YamlProblem, read_yaml

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"), max_size=30)
"""No line separators but the line feed: PyYAML writes them as line breaks, and reads blanks."""
LOOKALIKES = st.sampled_from(
    ["yes", "no", "on", "off", "null", "~", "1", "0x1F", "1e3", "2017-01-01", "12:30:45", "=", "<<", "true", "-", "?"]
)
STRINGS = TEXT | LOOKALIKES


@given(st.dictionaries(STRINGS, STRINGS, min_size=1), st.booleans())
def test_a_mapping_of_strings_that_yaml_dumps_comes_back_as_strings(data: dict[str, str], unicode: bool) -> None:
    assert read_yaml(yaml.safe_dump(data, allow_unicode=unicode)).data == data


NESTED = st.recursive(STRINGS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STRINGS, inner, max_size=3), max_leaves=12)


@given(st.dictionaries(STRINGS, NESTED, min_size=1, max_size=4))
def test_nested_data_comes_back_as_it_was_or_is_too_deep(data: dict[str, Plain]) -> None:
    found = _read(_Dumper.text(data))
    assert "levels" in found.message if isinstance(found, YamlProblem) else found.data == data


def _read(text: str) -> Located | YamlProblem:
    try:
        return read_yaml(text)
    except YamlProblem as problem:
        return problem


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True

    @classmethod
    def text(cls, data: object) -> str:
        return str(yaml.dump(data, Dumper=cls, allow_unicode=True))


@given(st.text(max_size=80) | st.text(st.sampled_from("{}[]:,-&*!|>'\"#%@`? \n\tab"), max_size=80))
def test_any_text_is_read_or_refused_with_a_line_that_it_has(text: str) -> None:
    found = _read(text)
    lines = [found.line] if isinstance(found, YamlProblem) else list(found.lines.values())
    assert all(1 <= line <= len(text.splitlines()) + 1 for line in lines)


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "null", "~", "2017", "2017-01-01", "1.50", "0777", "true", "1_000", "12:30"])
def test_a_plain_word_stays_the_string_that_it_is(word: str) -> None:
    assert read_yaml(f"key: {word}").data == {"key": word}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_and_no_recursion_error(opening: str) -> None:
    with pytest.raises(YamlProblem):
        read_yaml(opening * 20_000)


def test_every_key_and_item_knows_its_line() -> None:
    located = read_yaml("# comment\ntype: A\nclaims:\n  - name: x\n    stated: [a,\n      b]\n  - {q: r}\n")
    assert located.lines == {
        (): 2,
        ("type",): 2,
        ("claims",): 3,
        ("claims", 0): 4,
        ("claims", 0, "name"): 4,
        ("claims", 0, "stated"): 5,
        ("claims", 0, "stated", 0): 5,
        ("claims", 0, "stated", 1): 6,
        ("claims", 1): 7,
        ("claims", 1, "q"): 7,
    }


def test_a_path_without_a_line_has_that_of_its_nearest_ancestor() -> None:
    located = read_yaml("a: 1\nb:\n  c: 2\n")
    assert [located.line(path) for path in [("b", "c", "d", 0), ("b", "z"), ("z",), ()]] == [3, 2, 1, 1]


def test_a_quoted_empty_value_is_an_empty_string() -> None:
    assert read_yaml("a: ''").data == {"a": ""}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: &x 2\n", 2, "anchors"),
        ("a: 1\nb: *x\n", 2, "aliases"),
        ("a: 1\nb: !!int 2\n", 2, "tag"),
        ("a: !local\n  b: 2\n", 1, "tag"),
        ("a: 1\nb:\nc: 2\n", 2, "missing"),
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a:\n  b: 1\n  b: 2\n", 3, "twice"),
        ("a: 1\n? [b]\n: 2\n", 2, "plain word"),
        ("a: 1\n---\nb: 1\n", 1, "more than one document"),
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: 'b\n", 1, "quotes"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
    ],
)
def test_what_is_not_strict_is_refused_with_line_and_reason(text: str, line: int, word: str) -> None:
    with pytest.raises(YamlProblem) as refused:
        read_yaml(text)
    assert refused.value.line == line
    assert word in refused.value.message
