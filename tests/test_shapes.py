"""Every shape by example: `pass/X.ttl` conforms, `fail/X.ttl` breaks X alone, under both engines, and each message tells the cure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.namespaces import SH, SHAPE
from kg.resources import shapes_dir
from kg.validation.engines import Engine, FastSHACL, PySHACL
from kg.validation.files import engine_named
from kg.validation.shacl import shapes_text

EXAMPLES = Path(__file__).parent / "shapes"
PASS = sorted((EXAMPLES / "pass").glob("*.ttl"))
FAIL = sorted((EXAMPLES / "fail").glob("*.ttl"))
REPORTING = re.compile(r"[A-Z][A-Za-z]*-[a-zA-Z0-9]+")
CURE = re.compile(
    r"\b(add|correct|write|written|give|set|keep|use|move|turn|make|join|remove|report|takes?|needs|put|number)\b"
    r"|\b(exactly one|(is|has|names) one)\b"
    r"|is \"first\" or \"last\""
)
"""What a message must have: what to do, or what is right."""


def _data(path: Path) -> str:
    return "".join(f"{quad.triple} .\n" for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))


@pytest.fixture(scope="module")
def shapes() -> str:
    return shapes_text(sorted(shapes_dir().glob("*.ttl")))


@pytest.fixture(scope="module")
def described(shapes: str) -> Mapping[str, Mapping[ox.NamedNode, list[str]]]:
    """Return what the shapes graph says of each named shape, by its local name."""
    found: dict[str, dict[ox.NamedNode, list[str]]] = {}
    for quad in ox.parse(shapes.encode(), format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.Triple | ox.BlankNode):
            found.setdefault(quad.subject.value.removeprefix(SHAPE), {}).setdefault(quad.predicate, []).append(quad.object.value)
    return found


@pytest.fixture(scope="module", params=[FastSHACL.name, PySHACL.name])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == FastSHACL.name:
        pytest.importorskip("shacl", reason="the fast engine has no wheel for this machine")
    return engine_named(request.param)


def _broken(path: Path, shapes: str, engine: Engine) -> set[str]:
    return {result.shape.removeprefix(SHAPE) for result in engine.validate(_data(path), shapes)}


@pytest.mark.parametrize("path", PASS, ids=lambda path: path.stem)
def test_an_example_that_is_right_conforms(path: Path, shapes: str, engine: Engine) -> None:
    assert _broken(path, shapes, engine) == set()


@pytest.mark.parametrize("path", FAIL, ids=lambda path: path.stem)
def test_an_example_that_is_wrong_breaks_its_own_shape_alone(path: Path, shapes: str, engine: Engine) -> None:
    assert _broken(path, shapes, engine) == {path.stem}


def test_every_shape_that_reports_has_an_example_of_each_kind(described: Mapping[str, Mapping[ox.NamedNode, list[str]]]) -> None:
    reporting = {name.removesuffix("-query") for name, about in described.items() if SH.message in about}
    assert {path.stem for path in PASS} == {path.stem for path in FAIL} == reporting


def test_examples_of_a_shape_are_about_the_same_thing() -> None:
    for right, wrong in zip(PASS, FAIL, strict=True):
        assert right.read_text(encoding="utf-8").startswith(f"# Conforms to {right.stem}")
        assert wrong.read_text(encoding="utf-8").startswith(f"# Breaks {wrong.stem} alone: ")


def test_every_message_is_one_sentence_in_english_that_names_a_cure(described: Mapping[str, Mapping[ox.NamedNode, list[str]]]) -> None:
    for name, about in described.items():
        for message in about.get(SH.message, []):
            assert message.endswith("."), name
            assert 15 < len(message) < 260, name
            assert CURE.search(message), (name, message)
        assert len(about.get(SH.message, [])) <= 1, name


def test_every_shape_that_reports_has_a_name_that_is_its_code(described: Mapping[str, Mapping[ox.NamedNode, list[str]]]) -> None:
    names = [name.removesuffix("-query") for name, about in described.items() if SH.message in about]
    assert [name for name in names if not REPORTING.fullmatch(name)] == []


def test_no_shape_is_a_blank_node() -> None:
    for path in sorted(shapes_dir().glob("*.ttl")):
        quads = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
        properties = [quad.object for quad in quads if quad.predicate in (SH.property, SH.node, SH.sparql)]
        assert not any(isinstance(shape, ox.BlankNode) for shape in properties), path.name


def test_every_shape_that_is_referred_to_is_defined(shapes: str, described: Mapping[str, Mapping[ox.NamedNode, list[str]]]) -> None:
    quads = ox.parse(shapes.encode(), format=ox.RdfFormat.TURTLE)
    named = {
        quad.object.value.removeprefix(SHAPE)
        for quad in quads
        if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(SHAPE)
    }
    assert sorted(name for name in named if name and name not in described) == []
