"""Validation: the two engines against each other, findings with their place, reports in every form, idle shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import UnknownFormat, UnusableInput
from kg.findings import Finding, Severity, Source, in_order, violations
from kg.loading.dataset import Dataset, build
from kg.loading.locating import Places
from kg.namespaces import ID, RDF, SH, SHAPE
from kg.validation.engines import Engine, FastSHACL, PySHACL, Result
from kg.validation.files import engine_named, read_data
from kg.validation.reports import REPORTS
from kg.validation.shacl import Report, shapes_text, shipped_shapes, validate
from tests.world import TABLE, World, node, place

XSD_DATE = "<http://www.w3.org/2001/XMLSchema#date>"
XSD_DECIMAL = "<http://www.w3.org/2001/XMLSchema#decimal>"


@pytest.fixture(scope="module")
def fast() -> Engine:
    pytest.importorskip("shacl", reason="the fast engine has no wheel for this machine")
    return FastSHACL()


@pytest.fixture(scope="module")
def facts(dataset: Dataset) -> list[str]:
    """Return the facts and the code lists as the build validates them, a statement a line, without the terms of the ontology."""
    quads = [q for q in ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS) if isinstance(q.graph_name, ox.DefaultGraph)]
    return [f"{q.triple} .\n" for q in quads if str(q.subject).startswith(f"<{ID}")]


@dataclass(frozen=True)
class Mutant:
    """One change of the facts, and the shapes that it must break."""

    name: str
    change: Callable[[str], str]
    shapes: frozenset[str]


def _swap(old: str, new: str) -> Callable[[str], str]:
    return lambda line: line.replace(old, new)


def _object(subject: str, predicate: str, value: str) -> Callable[[str], str]:
    """Give a thing another value of a property."""
    start = f"{node(subject)} <{predicate}> "
    return lambda line: f"{start}{value} .\n" if line.startswith(start) else line


def _without(subject: str, predicate: str) -> Callable[[str], str]:
    start = f"{node(subject)} <{predicate}> "
    return lambda line: "" if line.startswith(start) else line


VALUE = "http://purl.org/linked-data/sdmx/2009/measure#obsValue"
UNIT = "http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure"
ELI = "http://data.europa.eu/eli/ontology#"
EGOV = "https://w3id.org/egovkg/ontology#"
MUTANTS = [
    Mutant("an index of 4.7", _object("observation/egdi-value/KAZ/2010", VALUE, f'"4.7"^^{XSD_DECIMAL}'), frozenset({"Observation-index"})),
    Mutant("a share of 267", _object("observation/egov-services-users-share/KAZ/2021", VALUE, f'"267"^^{XSD_DECIMAL}'),
           frozenset({"Observation-share"})),
    Mutant("a rank of 2.5", _object("observation/egdi-rank/KAZ/2003", VALUE, f'"2.5"^^{XSD_DECIMAL}'), frozenset({"Observation-rank"})),
    Mutant("a value in words", _object("observation/egdi-rank/KAZ/2004", VALUE, '"many"'),
           frozenset({"Observation-value", "Observation-rank"})),
    Mutant("no unit", _without("observation/egdi-rank/KAZ/2005", UNIT), frozenset({"Observation-unit"})),
    Mutant("a unit that is no code", _object("observation/egdi-rank/KAZ/2008", UNIT, "<https://example.org/unit>"),
           frozenset({"Observation-unit"})),
    Mutant("nothing printed", _without("observation/egdi-rank/KAZ/2010", f"{EGOV}printed"), frozenset({"Observation-printed"})),
    Mutant("another number", _object("act/P1700000827", f"{ELI}number", '"828"'), frozenset({"LegalAct-idNumber"})),
    Mutant("another year", _object("act/P1600000039", f"{ELI}date_document", f'"2006-01-29"^^{XSD_DATE}'), frozenset({"LegalAct-idYear"})),
    Mutant("a date as text", _object("act/P2100000727", f"{ELI}date_document", '"2021-10-12"'), frozenset({"LegalAct-signedDate"})),
    Mutant("an end before the begin", _object("programme/digital-kazakhstan", "https://schema.org/endDate", f'"2012-12-31"^^{XSD_DATE}'),
           frozenset({"Thing-dateOrder"})),
    Mutant("a label in no language", _object("area/EST", "http://www.w3.org/2004/02/skos/core#prefLabel", '"Estonia"'),
           frozenset({"Label-label", "Label-en", "Label-ru", "Label-kk"})),
    Mutant("a programme approved by an area", _object("programme/digital-kazakhstan", f"{EGOV}approvedBy", f"{node('area/KAZ')}"),
           frozenset({"Programme-approvedBy"})),
    Mutant("a document of no known authority", _object("document/abil-2023", f"{EGOV}authority", f"{node('concept/authority/rumour')}"),
           frozenset({"Document-authority"})),
]  # fmt: skip


def _mutated(facts: list[str], mutants: list[Mutant]) -> str:
    changed = list(facts)
    for mutant in mutants:
        after = [mutant.change(line) for line in changed]
        assert after != changed, mutant.name
        changed = after
    return "".join(dict.fromkeys(changed))


def _shapes(results: list[Result]) -> set[str]:
    return {result.shape.removeprefix(SHAPE) for result in results}


def test_the_facts_conform(facts: list[str], fast: Engine) -> None:
    assert fast.validate("".join(facts), shipped_shapes()) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_wrong_fact_breaks_its_shapes_alone(mutant: Mutant, facts: list[str], fast: Engine) -> None:
    assert _shapes(fast.validate(_mutated(facts, [mutant]), shipped_shapes())) == mutant.shapes


def test_both_engines_find_the_same_in_the_facts_with_every_mutant(facts: list[str], fast: Engine) -> None:
    data = _mutated(facts, MUTANTS)
    reference, quick = (_compared(engine.validate(data, shipped_shapes())) for engine in (PySHACL(), fast))
    assert reference == quick
    assert {shape for _, shape, *_ in quick} == {shape for mutant in MUTANTS for shape in mutant.shapes}


def _compared(results: list[Result]) -> set[tuple[str, str, str, Severity, str]]:
    return {(r.focus, r.shape.removeprefix(SHAPE), r.path, r.severity, r.message) for r in results}


INCOMPARABLE = {
    "Thing-dateOrder": (
        f'<urn:x> {RDF.type} <{EGOV}Programme> .\n<urn:x> <https://schema.org/startDate> "2018-01-01"^^{XSD_DATE} .\n'
        '<urn:x> <https://schema.org/endDate> "2019" .\n'
    ),
    "Selector-order": (
        f"<urn:x> {RDF.type} <http://www.w3.org/ns/oa#TextPositionSelector> .\n"
        '<urn:x> <http://www.w3.org/ns/oa#start> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        '<urn:x> <http://www.w3.org/ns/oa#end> "two" .\n'
    ),
}


@pytest.mark.parametrize("shape", sorted(INCOMPARABLE))
def test_the_engines_differ_on_values_that_cannot_be_compared_and_on_that_shape_alone(shape: str, fast: Engine) -> None:
    reference, quick = (_shapes(engine.validate(INCOMPARABLE[shape], shipped_shapes())) for engine in (PySHACL(), fast))
    assert reference ^ quick <= {shape}
    assert reference & quick, "both refuse the type of the value"


# Places


def test_a_finding_is_placed_at_the_claim_then_the_property_then_the_thing(world: World) -> None:
    places = Places(build(world.root).curated)
    programme, start = str(node("programme/digital-land")), "<https://schema.org/startDate>"
    found = [
        places.locate(programme, start, f'"2018-01-01"^^{XSD_DATE}'),
        places.locate(programme, start, "?"),
        places.locate(programme, "", ""),
    ]
    assert [source.line if source else None for source in found] == [7, 7, 1]
    assert places.locate("<urn:nobody>", "", "") is None


def test_a_part_of_a_thing_is_placed_at_the_thing(world: World) -> None:
    places = Places(build(world.root).curated)
    for part in ("act/P1700000827/expression/en", "act/P1700000827/identifier/adilet"):
        source = places.locate(str(node(part)), "", "")
        assert source is not None
        assert source.file.endswith("act/P1700000827.yaml")


def test_an_observation_is_placed_at_its_row(world: World) -> None:
    source = Places(build(world.root).curated).locate(str(node("observation/users-share/KAZ/2012")), "", "")
    assert source is not None
    assert place(Finding(source, "", "")) == f"{TABLE}:3"


# Reports

WRONG = f'<urn:p> {RDF.type} <{EGOV}Programme> .\n<urn:p> <http://www.w3.org/2004/02/skos/core#prefLabel> "A"@en, "Б"@ru .\n'


@pytest.fixture
def wrong(tmp_path: Path) -> Report:
    """Return the report on a file with one violation and one warning."""
    path = tmp_path / "wrong.ttl"
    path.write_text(WRONG + '<urn:p> <https://schema.org/startDate> "soon\\n\\"now\\"" .\n', encoding="utf-8")
    data, places = read_data([path])
    return validate(data, shipped_shapes(), places)


def test_a_report_tells_violations_from_warnings(wrong: Report) -> None:
    assert not wrong.conforms
    assert {(finding.rule, finding.severity) for finding in wrong.findings} == {
        ("Thing-startDate", Severity.VIOLATION),
        ("Label-kk", Severity.WARNING),
    }


def test_a_table_groups_findings_by_shape_and_ends_with_the_verdict(wrong: Report) -> None:
    lines = REPORTS["table"](wrong).splitlines()
    assert any(line.startswith("Thing-startDate (violation, 1): ") for line in lines)
    assert any(line.strip().startswith(f"{wrong.findings[0].source} <urn:p>") for line in lines)
    assert lines[-1] == f"1 violation(s) (1 nodes checked by {wrong.engine})"


def test_json_holds_every_finding_with_its_place(wrong: Report) -> None:
    body = json.loads(REPORTS["json"](wrong))
    assert body["conforms"] is False
    assert {row["rule"] for row in body["findings"]} == {"Thing-startDate", "Label-kk"}
    assert all(row["file"].endswith("wrong.ttl") and row["line"] is None and row["node"] == "<urn:p>" for row in body["findings"])


def test_turtle_is_a_validation_report_with_values_as_they_are(wrong: Report) -> None:
    triples = [quad.triple for quad in ox.parse(REPORTS["ttl"](wrong).encode(), format=ox.RdfFormat.TURTLE)]
    assert sum(triple.predicate == SH.result for triple in triples) == 2
    assert ox.Literal('soon\n"now"') in {triple.object for triple in triples if triple.predicate == SH.value}
    assert SHAPE.term("Thing-startDate") in {triple.object for triple in triples if triple.predicate == SH.sourceShape}


def test_sarif_names_rules_levels_and_places(wrong: Report) -> None:
    (run,) = json.loads(REPORTS["sarif"](wrong))["runs"]
    assert {(result["ruleId"], result["level"]) for result in run["results"]} == {("Thing-startDate", "error"), ("Label-kk", "warning")}
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"Thing-startDate", "Label-kk"}
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert all(found["artifactLocation"]["uri"].endswith("wrong.ttl") and "region" not in found for found in places)


TERMS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: str(ox.Literal(text))),
    st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: str(ox.Literal(text, language="kk"))),
    st.sampled_from(["<urn:x>", "_:b1", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', ""]),
)


@given(TERMS, st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(sorted(REPORTS)))
def test_any_value_and_message_can_be_reported_in_every_form(value: str, message: str, form: str) -> None:
    finding = Finding(Source("a.ttl", 3), "Thing-name", message, Severity.VIOLATION, "<urn:x>", "<urn:p>", value)
    rendered = REPORTS[form](Report((finding,), ("Survey",), 1, "shacl"))
    if form == "ttl":
        objects = {quad.object for quad in ox.parse(rendered.encode(), format=ox.RdfFormat.TURTLE)}
        assert ox.Literal(message) in objects
    elif form in ("json", "sarif"):
        assert (
            message in json.dumps(json.loads(rendered), ensure_ascii=False)
            or not json.dumps(message).isascii()
            or "\\" in json.dumps(message)
        )
    else:
        assert rendered.endswith("1 violation(s) (1 nodes checked by shacl)")


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for item in data.values() if isinstance(data, dict) else data:
            yield from _strings(item)


def test_a_report_without_findings_says_that_the_data_conform() -> None:
    report = Report((), (), 3, "pyshacl")
    assert REPORTS["table"](report) == "conforms (3 nodes checked by pyshacl)"
    assert json.loads(REPORTS["json"](report))["conforms"] is True


def test_data_without_any_target_are_not_said_to_conform() -> None:
    report = validate(f"<urn:x> {RDF.type} <urn:Unknown> .\n", shipped_shapes())
    assert report.checked == 0
    assert "no node was checked" in REPORTS["table"](report)


# Shapes with nothing to check


def test_a_shape_without_nodes_is_reported_idle(wrong: Report) -> None:
    assert "Survey" in wrong.idle
    assert "Programme" not in wrong.idle
    assert "Survey" in REPORTS["table"](wrong)
    assert "Survey" in json.loads(REPORTS["json"](wrong))["shapesWithoutNodes"]


def test_of_the_shipped_shapes_only_known_ones_are_idle_on_the_records(dataset: Dataset) -> None:
    assert set(dataset.report.idle) <= {"Survey"}


def test_an_instance_of_a_subclass_is_a_node_of_the_shape() -> None:
    shapes = f"<urn:S> {RDF.type} {SH.NodeShape} ; {SH.targetClass} <urn:A> ."
    data = f"<urn:x> {RDF.type} <urn:B> .\n<urn:B> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <urn:A> .\n"
    report = validate(data, shapes)
    assert (report.idle, report.checked) == ((), 1)
    assert validate(data.splitlines()[0], shapes).idle == ("urn:S",)


# Input


def test_files_of_any_format_are_merged_and_know_their_owner(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> a <urn:A> .", encoding="utf-8")
    (tmp_path / "b.nq").write_text("<urn:b> <urn:p> <urn:o> <urn:g> .\n<urn:a> <urn:p> _:x <urn:h> .\n", encoding="utf-8")
    (tmp_path / "c.jsonld").write_text('{"@id": "urn:c", "@type": "urn:A"}', encoding="utf-8")
    data, places = read_data([tmp_path / name for name in ("a.ttl", "b.nq", "c.jsonld")])
    owners = {focus: places(focus, "", "") for focus in ("<urn:a>", "<urn:b>", "<urn:c>", "<urn:d>")}
    assert data.count("\n") == 4
    assert [Path(source.file).name if source else None for source in owners.values()] == ["a.ttl", "b.nq", "c.jsonld", None]


def test_of_a_dataset_its_default_graph_is_checked_where_it_has_one(tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text("<urn:a> <urn:p> <urn:o> .\n<urn:b> <urn:p> <urn:o> <urn:g> .\n", encoding="utf-8")
    assert read_data([tmp_path / "a.nq"])[0] == "<urn:a> <urn:p> <urn:o> .\n"


@pytest.mark.parametrize(("name", "text"), [("x.ttl", "<urn:a> a"), ("x.nt", "<a> <b> <c> ."), ("x.rdf", "<rdf"), ("x.jsonld", "[")])
def test_a_file_that_is_not_its_format_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput, match=re.escape(name)):
        read_data([tmp_path / name])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="check the path"):
        read_data([tmp_path / "none.ttl"])


def test_an_unknown_engine_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownFormat) as refused:
        engine_named("jena")
    assert refused.value.offered == ("auto", "pyshacl", "shacl")


def test_shapes_that_are_not_turtle_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text("this is no Turtle", encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"shapes\.ttl"):
        shapes_text([path])


def test_blank_nodes_of_two_shape_files_are_kept_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "a.ttl", tmp_path / "b.ttl"]
    for path in paths:
        path.write_text(f"<urn:{path.stem}> {SH.property} _:x . _:x {SH.path} <urn:{path.stem}p> .", encoding="utf-8")
    objects = [quad.object for quad in ox.parse(shapes_text(paths).encode(), format=ox.RdfFormat.TURTLE) if quad.predicate == SH.property]
    assert len(set(objects)) == 2


# Findings

FINDINGS = st.builds(
    Finding, st.none() | st.builds(Source, st.sampled_from("ab"), st.integers(1, 3)), st.sampled_from(["R", "S"]), st.sampled_from("mn"),
    st.sampled_from(list(Severity)),
)  # fmt: skip


@given(st.lists(FINDINGS), st.randoms())
def test_findings_come_once_each_by_file_and_line_whatever_their_order(found: list[Finding], random: object) -> None:
    ordered = in_order(found)
    assert len(ordered) == len(set(found))
    places = [(finding.source is None, finding.source or Source("")) for finding in ordered]
    assert places == sorted(places)
    assert violations(found) == [finding for finding in found if finding.severity is Severity.VIOLATION]
