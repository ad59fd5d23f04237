"""Named queries: what a template must say, what a parameter may be, and what an empty answer means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import BadParameter, UnknownQuery, UnusableInput
from kg.formats import N_TRIPLES, TURTLE
from kg.namespaces import ID, KINDS, RDF, SH
from kg.query.coverage import LINKED, coverage_of, why_empty
from kg.query.executables import described
from kg.query.named import assignments, bound, example, find_template, load_templates, read_values, run
from kg.query.names import Names
from kg.query.templating import read_template
from kg.rdf import written
from kg.store.oxigraph import OxigraphStore
from tests.asking import asked, called

HEADER = """# name: mine
# question: {en: Which?, ru: Какие?, kk: Қайсы?}
# kind: programme
# parameters:
#   programme: {type: entity programme, description: the programme, example: digital-kazakhstan}
# columns: {end: last day}
"""
QUERY = "SELECT ?end WHERE { VALUES ?programme { UNDEF } ?programme schema:endDate ?end }\n"


@pytest.fixture(scope="module")
def names(store: OxigraphStore) -> Names:
    return Names.of(store)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.rq"
    path.write_text(HEADER + QUERY, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", load_templates())
def test_each_template_answers_its_examples(store: OxigraphStore, linked_store: OxigraphStore, names: Names, name: str) -> None:
    template = load_templates()[name]
    store = linked_store if template.kind == LINKED else store
    needed = {parameter.name: parameter.example for parameter in template.parameters if parameter.required}
    everything = {parameter.name: parameter.example for parameter in template.parameters}
    assert run(store, template, read_values(template, needed, store, names)).rows, "the example of a query has rows"
    run(store, template, read_values(template, everything, store, names))
    assert example(template).startswith(f"/api/v1/queries/{name}")
    assert all(template.columns.values())
    assert all(parameter.description and parameter.example for parameter in template.parameters)
    assert len({template.question[language] for language in ("en", "ru", "kk")}) == 3


def test_no_template_has_an_answer_in_it() -> None:
    fixed = {f"{ID}concept/breakdown/total", f"{ID}concept/value-role/actual", f"{ID}concept/value-role/target"}
    for template in load_templates().values():
        body = "\n".join(line for line in template.sparql.splitlines() if not line.startswith("#"))
        found = {word.rpartition("<")[2] for word in body.split(">") if ID in word}
        assert found <= fixed, template.name


def test_a_folder_of_one_s_own_is_read_beside_the_shipped_ones(store: OxigraphStore, names: Names, mine: Path) -> None:
    templates = load_templates(mine.parent)
    assert set(templates) == {*load_templates(), "mine"}
    template = find_template(templates, "mine")
    result = run(store, template, read_values(template, {"programme": "digital-kazakhstan"}, store, names))
    assert [row["end"].value for row in result.rows] == ["2022-12-31"]


def test_a_file_with_the_name_of_a_shipped_query_is_refused(mine: Path) -> None:
    text = mine.read_text(encoding="utf-8").replace("name: mine", "name: programmes")
    mine.rename(mine.with_name("programmes.rq")).write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput, match="already"):
        load_templates(mine.parent)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("name: mine", "name: yours", "give it the file's name"),
        ("kind: programme", "kind: dragon", "no kind 'dragon'"),
        (", kk: Қайсы?", "", "missing in kk"),
        ("type: entity programme", "type: entity dragon", "no type"),
        ("type: entity programme", "type: wish", "no type 'wish'"),
        ("type: entity programme", "type: code", "code LIST"),
        ("type: entity programme", "type: language", "called lang"),
        ("#   programme: {", "#   format: {", "taken by the request"),
        ("#   programme: {", "#   other: {", "differ in other, programme"),
        ("columns: {end", "columns: {close", "selects end"),
        ("example:", "sample:", "unknown key 'sample'"),
        ("# kind: programme\n", "", "`kind` is missing"),
        ("# kind: programme\n", "#\tkind: programme\n", "no YAML"),
        ("SELECT ?end WHERE", "SELECT ?end WERE", "no SPARQL"),
        ("SELECT ?end WHERE", "ASK", "must be a SELECT"),
        ("?programme schema:endDate ?end", "SERVICE <http://127.0.0.1/> { ?programme schema:endDate ?end }", "SERVICE is not allowed"),
    ],
)
def test_a_template_that_is_wrong_is_named_with_the_cure(mine: Path, old: str, new: str, says: str) -> None:
    text = mine.read_text(encoding="utf-8")
    assert old in text
    mine.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UnusableInput, match=says) as caught:
        read_template(mine)
    assert str(mine) in str(caught.value)


def test_a_file_that_is_no_text_is_named(mine: Path) -> None:
    mine.write_bytes(b"\xff\xfe")
    with pytest.raises(UnusableInput, match="cannot be read"):
        read_template(mine)


@pytest.mark.parametrize(
    ("call", "says", "possible"),
    [
        ("programmes-in-force", "date is missing; give date, such as 2024-01-01", None),
        ("programmes-in-force date=2024-02-30", "give a day as year-month-day", None),
        ("programmes-in-force date=2024", "give a day as year-month-day", None),
        ("programmes-in-force day=2024-01-01", "is no parameter of this query; it takes date, basis", "date"),
        ("programmes-in-force date=2024-01-01 basis=x", "one of period, horizon", "period"),
        ("indicator-at indicator=egdi-valu year=2020", "names no indicator", "indicator/egdi-value"),
        ("indicator-at indicator=egdi-value year=20", "a year of four digits", None),
        ("indicator-at indicator=egdi-value year=2020 area=KAZA", "names no area", "area/KAZ"),
        ("indicator-at indicator=egdi-value year=2020 part=totl", "no code of breakdown", "total"),
        ("indicator-at indicator=programme/digital-kazakhstan year=2020", "names no indicator", None),
        ("composite-check indicator=egdi-value tolerance=NaN", "give a number", None),
        ("shared-references least=two", "a whole number", None),
        ("works-by-author author=", "give a text", None),
        ("evidence thing=survey/abil-2023 property=respondent", "no property", "respondents"),
        ("findings lang=de", "languages are en, ru, kk", "en"),
    ],
)
def test_a_wrong_parameter_says_what_is_possible(store: OxigraphStore, names: Names, call: str, says: str, possible: str | None) -> None:
    with pytest.raises(BadParameter) as caught:
        asked(store, names, call)
    assert says in str(caught.value)
    if possible:
        assert possible in caught.value.possible


def test_an_unknown_query_comes_with_near_ones() -> None:
    with pytest.raises(UnknownQuery, match="programmes-in-force"):
        find_template(load_templates(), "programs-in-force")


@pytest.mark.parametrize("given", [["date"], ["=x"], ["date=1", "date=2"]])
def test_words_that_are_no_parameters_are_refused(given: list[str]) -> None:
    with pytest.raises(BadParameter):
        assignments(given, "programmes-in-force")


@pytest.mark.parametrize(
    "name",
    ["digital-kazakhstan", "programme/digital-kazakhstan", f"{ID}programme/digital-kazakhstan", "Digital Kazakhstan", "Цифровой Казахстан"],
)
def test_a_thing_may_be_given_by_slug_iri_or_name(store: OxigraphStore, names: Names, name: str) -> None:
    rows = called(store, names, f"programme-approvals 'programme={name}'")
    assert [row["number"] for row in rows] == ["827"]


@given(text=st.text(max_size=40))
def test_no_text_of_a_user_s_becomes_part_of_a_query(store: OxigraphStore, names: Names, text: str) -> None:
    template = load_templates()["works-by-author"]
    if not text.strip():
        return
    values = read_values(template, {"author": text}, store, names)
    assert values == {"author": ox.Literal(text)}
    assert str(ox.Literal(text)) in bound(template, values)
    run(store, template, values)


def test_an_empty_answer_means_none_where_all_documents_were_read_for_it(store: OxigraphStore, names: Names) -> None:
    result = asked(store, names, "programmes-in-force date=1995-01-01")
    assert result.rows == ()
    assert result.empty
    assert result.empty.state == "none"
    assert {item.extent for item in result.empty.coverage} == {"complete"}
    assert asked(store, names, "programmes-in-force date=2024-01-01").empty is None


def test_it_means_unknown_for_a_year_of_which_no_document_speaks(store: OxigraphStore, names: Names) -> None:
    result = asked(store, names, "programmes-in-force date=1900-01-01")
    assert result.empty
    assert result.empty.state == "unknown"
    assert result.empty.why.startswith("1900 lies outside what the documents speak of, 19")


def test_it_means_unknown_where_one_was_read_in_part_or_says_nothing(store: OxigraphStore) -> None:
    partial = {item.document.value.rpartition("/")[2] for item in coverage_of(store, "finding") if item.extent == "partial"}
    silent = {item.document.value.rpartition("/")[2] for item in coverage_of(store, "finding") if item.extent == "silent"}
    found = why_empty(store, "finding")
    assert partial | silent, "the records say what they leave out"
    assert found.state == "unknown"
    assert all(name in found.why for name in partial | silent)


def test_a_store_without_documents_knows_nothing() -> None:
    found = why_empty(OxigraphStore(), "programme")
    assert (found.state, found.coverage) == ("unknown", ())


def test_a_statement_on_schemes_covers_their_stages(store: OxigraphStore) -> None:
    assert {item.document: item.extent for item in coverage_of(store, "stage")} == {
        item.document: item.extent for item in coverage_of(store, "scheme")
    }


def test_every_template_is_described_as_a_shacl_executable() -> None:
    triples = described(load_templates().values())
    assert not any(isinstance(term, ox.BlankNode) for triple in triples for term in (triple.subject, triple.object))
    queries = [t.subject for t in triples if t.predicate == RDF.type and t.object == SH.SPARQLExecutable]
    assert len(queries) == len(load_templates())
    texts = {t.object.value for t in triples if t.predicate == SH.select and isinstance(t.object, ox.Literal)}
    assert texts == {template.sparql for template in load_templates().values()}
    assert b"sh:SPARQLExecutable" in written(triples, TURTLE)
    assert {template.kind for template in load_templates().values()} <= {*KINDS, LINKED}


def test_the_example_of_the_reference_is_a_template_that_answers(store: OxigraphStore, names: Names, tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parent.parent / "docs" / "reference.md").read_text(encoding="utf-8")
    path = tmp_path / "ended-by.rq"
    path.write_text(text.partition("```sparql\n")[2].partition("```")[0], encoding="utf-8")
    template = read_template(path)
    assert run(store, template, read_values(template, {"date": "2010-12-31"}, store, names)).rows


def test_coverage_is_read_once_a_release(store: OxigraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = OxigraphStore()
    own.fill(b"".join(f"{quad} .\n".encode() for quad in store.quads()))
    before = coverage_of(own, "finding")
    rows = own.rows
    asked_for: list[str] = []

    def counted(query: str, **values: Any) -> Any:
        asked_for.append(query)
        return rows(query, **values)

    monkeypatch.setattr(own, "rows", counted)
    assert coverage_of(own, "finding") == before
    assert why_empty(own, "act").state in ("none", "unknown")
    assert asked_for == []
    own.load(b"<https://example.org/a> <https://example.org/p> <https://example.org/b> .\n", N_TRIPLES)
    assert coverage_of(own, "finding") == before
    assert len(asked_for) == 2
