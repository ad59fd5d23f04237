"""Settings: read once, each bad value one sentence with its cure; every one documented."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.config import Settings, described, read_settings, rebased, variable
from kg.errors import BadSetting
from kg.namespaces import BASE

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"


def test_without_variables_the_defaults_hold() -> None:
    assert read_settings({}) == Settings()


def test_an_empty_variable_counts_as_unset() -> None:
    assert read_settings({variable(f.name): "" for f in fields(Settings)}) == Settings()


def test_every_setting_is_read_from_its_variable() -> None:
    environ = {
        "EGOVKG_STORE": "/data", "EGOVKG_HOST": "0.0.0.0", "EGOVKG_PORT": "9000", "EGOVKG_BASE": "https://example.org/",
        "EGOVKG_TIMEOUT": "2.5",        "EGOVKG_WORKERS": "2", "EGOVKG_MAX_QUERY": "1000", "EGOVKG_EMPTY": "yes", "EGOVKG_SHACL": "off",
        "EGOVKG_IMPORTS": "/imports",
    }  # fmt: skip
    found = read_settings(environ)
    for name in environ:
        setting = name.removeprefix("EGOVKG_").lower()
        assert getattr(found, setting) != getattr(Settings(), setting), name
    assert found == Settings("/data", "0.0.0.0", 9000, "https://example.org/", 2.5, 2, 1000, True, False, "/imports")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EGOVKG_TIMEOUT", "abc"),
        ("EGOVKG_TIMEOUT", "0"),
        ("EGOVKG_TIMEOUT", "-1"),
        ("EGOVKG_TIMEOUT", "nan"),
        ("EGOVKG_TIMEOUT", "inf"),
        ("EGOVKG_PORT", "80.5"),
        ("EGOVKG_PORT", "http"),
        ("EGOVKG_WORKERS", "-2"),
        ("EGOVKG_MAX_QUERY", "2MB"),
        ("EGOVKG_EMPTY", "maybe"),
        ("EGOVKG_SHACL", "2"),
        ("EGOVKG_BASE", "example.org"),
        ("EGOVKG_BASE", "https://example.org"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_cure(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({name: value})
    assert str(caught.value).startswith(f"{name} is {value!r}; give ")


@pytest.mark.parametrize("name", [variable(f.name) for f in fields(Settings)])
@given(value=st.text(max_size=20))
def test_any_text_is_read_or_refused(name: str, value: str) -> None:
    try:
        found = read_settings({name: value})
    except BadSetting:
        return
    assert isinstance(found, Settings)


@pytest.mark.parametrize(("text", "flag"), [("1", True), ("TRUE", True), ("On", True), ("0", False), ("no", False), ("False", False)])
def test_a_flag_has_several_spellings(text: str, flag: bool) -> None:
    assert read_settings({"EGOVKG_SHACL": text}).shacl is flag


def test_options_that_were_not_given_change_nothing() -> None:
    assert Settings().with_options(port=None, store=None) == Settings()
    assert Settings().with_options(port=0).port == 0


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("store", "remote"), [("http://127.0.0.1:8000", True), ("https://x/sparql", True), (".egovkg/store", False), ("httpd", False)]
)
def test_an_address_is_a_remote_store(store: str, remote: bool) -> None:
    assert Settings(store=store).remote is remote


def test_the_description_marks_what_differs() -> None:
    changed = {name for name, _, meaning, differs in described(Settings(port=1)) if differs and meaning}
    assert changed == {"EGOVKG_PORT"}
    assert len(described(Settings())) == len(fields(Settings))


@pytest.mark.parametrize("name", [variable(f.name) for f in fields(Settings)])
def test_every_setting_is_in_the_reference(name: str) -> None:
    assert f"`{name}`" in REFERENCE.read_text(encoding="utf-8")


def test_another_base_moves_entities_and_graphs_but_not_the_ontology() -> None:
    line = f"<{BASE}id/act/a> <{BASE}ontology#p> <{BASE}graph/x> <{BASE}dataset> .\n".encode()
    assert rebased(line, "http://x/") == f"<http://x/id/act/a> <{BASE}ontology#p> <http://x/graph/x> <http://x/dataset> .\n".encode()
    assert rebased(line, BASE) == line
