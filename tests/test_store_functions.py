"""Functions that queries may call: what they answer, what they leave unbound, and that they agree with the rest of the house."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryFailed
from kg.formats import JSON, TURTLE
from kg.namespaces import EGOV, ID, RDF, SD
from kg.query.names import fold as search_fold
from kg.query.viewing import validity
from kg.store.base import QueryDataset, Wish
from kg.store.functions import NAMES
from kg.store.letters import ALPHABET, sort_key, transliterate
from kg.store.oxigraph import OxigraphStore
from kg.terms import load_terms

WISH = Wish([JSON], [TURTLE])


def value(expression: str, store: OxigraphStore | None = None) -> str | None:
    """Return what an expression gives, None where it is unbound."""
    answer = (store or OxigraphStore()).answer(f"SELECT ({expression} AS ?x) {{}}", WISH)
    (row,) = json.loads(answer.body)["results"]["bindings"]
    return row["x"]["value"] if "x" in row else None


def test_the_ontology_describes_exactly_the_functions_that_there_are() -> None:
    described = {quad.subject for quad in load_terms().quads if quad.predicate == RDF.type and quad.object == SD.Function}
    assert described == NAMES


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('egov:fold("Цифрлық Қазақстан"@kk)', "цифрлык казакстан"),
        ('egov:fold("No. 827")', "827"),
        ("egov:fold(12)", "12"),
        ("egov:fold(egov:Programme)", None),
        ("egov:fold()", None),
        ('egov:fold("a", "b")', None),
        ('egov:transliterate("Цифрлық Қазақстан"@kk)', "Tsifrlyq Qazaqstan"),
        ('egov:transliterate("Цифрлық Қазақстан")', "Tsifrlyq Qazaqstan"),
        ('egov:transliterate("Объявление, Щука, ЮНЕСКО"@ru)', "Obʺâvlenie, Ŝuka, ÛNESKO"),
        ('egov:transliterate("Digital, 2017 — №")', "Digital, 2017 — №"),
        ('LANG(egov:transliterate("Қазақстан"@kk-Cyrl))', "kk-latn"),
        ("egov:transliterate(egov:Programme)", None),
        ("egov:agrees(0.47, 0.01, 0.4743, 0.0001)", "true"),
        ("egov:agrees(0.48, 0.01, 0.4743, 0.0001)", "false"),
        ('egov:agrees(5, "", 5.0, 0)', "true"),
        ("egov:agrees(1e0, 0.5, 1.2, 0.1)", "true"),
        ('egov:agrees(5, "coarse", 5, 0)', None),
        ('egov:agrees(5, "", "5", "")', None),
        ('egov:agrees("2017-01-01"^^xsd:date, "year", "2017-12-12"^^xsd:date, "day")', "true"),
        ('egov:agrees("2017-01-01"^^xsd:date, "month", "2017-12-12"^^xsd:date, "day")', "false"),
        (f'egov:agrees("2017-01-01"^^xsd:date, <{ID}concept/date-precision/year>, "2017-12-12"^^xsd:date, "")', "true"),
        ('egov:agrees("2017-01-01"^^xsd:date, "decade", "2017-12-12"^^xsd:date, "")', None),
        ('egov:agrees("Digital  Kazakhstan", "", "digital kazakhstan"@en, "")', "true"),
        ('egov:agrees(egov:Programme, "", egov:Programme, "")', "true"),
        ('egov:agrees(egov:Programme, "", "Programme", "")', "false"),
        ('egov:covers("2017-01-01"^^xsd:date, "year", "2017-12-12"^^xsd:date)', "true"),
        ('egov:covers("2017-01-01"^^xsd:date, "", "2017-12-12"^^xsd:date)', "false"),
        ('egov:covers("2017-01-01"^^xsd:date, "year", "2017-12-12T01:00:00Z"^^xsd:dateTime)', "true"),
        ('egov:covers("about 2017", "year", "2017-12-12"^^xsd:date)', None),
        ('egov:inForceOn("2017-01-01"^^xsd:date, "2017-12-31"^^xsd:date, "2017-12-31"^^xsd:date)', "true"),
        ('egov:inForceOn("2017-01-01"^^xsd:date, "2017-12-31"^^xsd:date, "2018-01-01"^^xsd:date)', "false"),
        ('egov:inForceOn("2017-01-01"^^xsd:date, "", "2016-12-31"^^xsd:date)', "false"),
        ('egov:inForceOn("2017-01-01"^^xsd:date, "", "2099-12-31"^^xsd:date)', "true"),
        ('egov:inForceOn("", "", "2099-12-31"^^xsd:date)', None),
        ('egov:inForceOn("", "2017-01-01"^^xsd:date, "2099-12-31"^^xsd:date)', "false"),
        ('egov:inForceOn("2017-01-01"^^xsd:date, "never", "2099-12-31"^^xsd:date)', None),
        ('egov:inForce("act", "2099-12-31"^^xsd:date)', None),
        ('egov:inForce(egov:nothing, "2099-12-31"^^xsd:date)', None),
        ('egov:inForce(egov:nothing, "soon")', None),
    ],
)
def test_a_function_answers_or_stays_unbound(expression: str, expected: str | None) -> None:
    assert value(expression) == expected


def test_in_force_says_what_the_look_up_says(store: OxigraphStore) -> None:
    days = ("1995-01-01", "2009-07-01", "2013-06-15", "2018-01-01", "2024-01-01", "2035-01-01")
    query = f"""SELECT ?thing ?day ?state WHERE {{
      {{ ?thing a egov:Programme }} UNION {{ ?thing a egov:LegalAct }} UNION {{ ?thing a egov:Stage }}
      VALUES ?day {{ {" ".join(f'"{day}"^^xsd:date' for day in days)} }}
      BIND(egov:inForce(?thing, ?day) AS ?state)
    }}"""
    rows = store.rows(query)
    assert len(rows) > 100
    words = {"true": "in-force", "false": "not-in-force", None: "undated"}
    found = {(row["thing"].value, row["day"].value): words[row["state"].value if "state" in row else None] for row in rows}
    expected = {(thing, day): validity(store, ox.NamedNode(thing), date.fromisoformat(day)).state for thing, day in found}
    assert found == expected
    assert set(found.values()) == set(words.values())


def test_in_force_follows_the_data_of_a_store_on_disk(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    store.load(b'<urn:a> <https://schema.org/startDate> "2010-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .', TURTLE)
    question = 'egov:inForce(<urn:a>, "2012-01-01"^^xsd:date)'
    assert value(question, store) == "true"
    store.load(b'<urn:a> <https://schema.org/endDate> "2011-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .', TURTLE)
    assert value(question, store) == "false"
    store.close()


@given(st.text(max_size=60))
def test_the_function_folds_as_the_search_does(text: str) -> None:
    literal = ox.Literal(text)
    found = value(f"egov:fold({literal})")
    assert found == search_fold(literal.value)


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ ,1", max_size=40))
def test_russian_in_latin_can_be_taken_back(text: str) -> None:
    pairs = {transliterate(letter, "ru"): letter for letter in ALPHABET if transliterate(letter, "ru") != letter}
    written = transliterate(text, "ru")
    assert "".join(pairs.get(letter, letter) for letter in written.lower()) == text.lower()


@given(st.text(max_size=60), st.sampled_from(["", "kk", "ru", "en", "kk-Cyrl"]))
def test_what_is_in_latin_holds_no_letter_that_the_scheme_knows(text: str, language: str) -> None:
    written = transliterate(text, language)
    assert not set(written) & set("абвгдежзклмнопрстуфхцчшщэюяАБВГДЕЖЗ")
    assert transliterate(unicodedata.normalize("NFC", written), language) == written


def test_the_sort_key_puts_the_kazakh_alphabet_in_order() -> None:
    keys = [sort_key(letter) for letter in ALPHABET]
    assert keys == sorted(keys)
    assert len(set(keys)) == 42
    words = ["яма", "қала", "кала", "ішкі", "Әке", "апа", "ыстық", "1", "zoo"]
    assert sorted(words, key=sort_key) == ["1", "zoo", "апа", "Әке", "кала", "қала", "ыстық", "ішкі", "яма"]
    rows = OxigraphStore().rows('SELECT ?x { VALUES ?x { "қала" "кала" "әке" "апа" } } ORDER BY egov:sortKey(?x)')
    assert [row["x"].value for row in rows] == ["апа", "әке", "кала", "қала"]


def test_a_function_of_others_that_nobody_knows_is_an_error_of_its_expression_and_told() -> None:
    query = "SELECT ?x ?y { BIND(1 AS ?x) BIND(<urn:f>(?x) AS ?y) FILTER(COALESCE(<urn:g>(?x), true)) }"
    answer = OxigraphStore().answer(query, WISH)
    assert json.loads(answer.body)["results"]["bindings"] == [
        {"x": {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}
    ]
    assert answer.unknown == ("urn:f", "urn:g")
    assert OxigraphStore().answer("ASK {}", WISH).unknown == ()


def test_a_function_of_ours_that_there_is_not_is_refused_with_the_ones_that_are() -> None:
    with pytest.raises(
        QueryFailed, match=r"there is no function egov:folds; did you mean egov:fold\?; there are .*egov:inForce,"
    ) as caught:
        OxigraphStore().answer(f"SELECT (<{EGOV}folds>(1) AS ?x) {{}}", WISH)
    assert "Traceback" not in str(caught.value)


def test_more_unknown_functions_than_are_looked_at_are_refused() -> None:
    calls = " ".join(f"FILTER(<urn:f{number}>(1))" for number in range(40))
    with pytest.raises(QueryFailed, match="not supported"):
        OxigraphStore().answer(f"SELECT * {{ {calls} }}", WISH)


def test_relative_iris_stand_on_the_base_that_is_given() -> None:
    answer = OxigraphStore().answer("SELECT (<a> AS ?x) {}", WISH, QueryDataset(base="http://example.org/sparql"))
    assert json.loads(answer.body)["results"]["bindings"][0]["x"]["value"] == "http://example.org/a"


@pytest.mark.parametrize(
    "name", ["urn:x-arq:DefaultGraph", "http://rdf4j.org/schema/rdf4j#nil", "http://www.openrdf.org/schema/sesame#nil"]
)
def test_the_default_graph_can_be_named_as_others_name_it(name: str) -> None:
    store = OxigraphStore()
    store.load(b"<urn:a> <urn:b> 1 . <urn:a> <urn:b> 2 .", TURTLE)
    store.load(b"<urn:a> <urn:b> 3 .", TURTLE, "urn:g")
    count = "SELECT (COUNT(*) AS ?x) { ?s ?p ?o }"
    assert [
        json.loads(store.answer(count, WISH, QueryDataset(graphs)).body)["results"]["bindings"][0]["x"]["value"]
        for graphs in ((name,), (name, "urn:g"), ("urn:g",), ("urn:nowhere",))
    ] == ["2", "3", "1", "0"]
