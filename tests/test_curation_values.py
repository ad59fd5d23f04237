"""From what stands in a record to RDF terms: dates with their precision, codes, texts, numbers, addresses."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curation.graphs import claim_quads, editorial_quads, exponent
from kg.curation.reading import read_records
from kg.curation.records import Value
from kg.curation.values import BadValue, values_of
from kg.loading.dataset import build
from kg.namespaces import EGOV, SCHEMA, SDMX_M, XSD, concept, entity, passage_of
from kg.terms import Property, Terms, load_terms
from tests.world import World, node

DATES = [term for term in load_terms().properties.values() if term.value_type == "date"]


def _only(key: str, given: object, terms: Terms) -> Value:
    (value,) = values_of(terms.properties[key], given, terms)
    return value


@pytest.mark.parametrize(
    ("key", "given_as", "day", "precision"),
    [
        ("startDate", "2018", "2018-01-01", "year"),
        ("startDate", "2018-02", "2018-02-01", "month"),
        ("startDate", "2018-02-07", "2018-02-07", "day"),
        ("endDate", "2018", "2018-12-31", "year"),
        ("endDate", "2020-02", "2020-02-29", "month"),
        ("endDate", "2019-02", "2019-02-28", "month"),
        ("endDate", "2018-02-07", "2018-02-07", "day"),
        ("signedDate", "1991", "1991-01-01", "year"),
    ],
)
def test_a_coarse_date_is_the_first_or_the_last_day_and_says_so(key: str, given_as: str, day: str, precision: str, terms: Terms) -> None:
    assert _only(key, given_as, terms) == Value(ox.Literal(day, datatype=XSD.date), precision)


@given(st.dates(), st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]), st.sampled_from(DATES))
def test_every_day_lies_in_what_its_written_form_stands_for(day: date, form: str, term: Property) -> None:
    written = f"{day.year:04}" + f"-{day.month:02}" * ("%m" in form) + f"-{day.day:02}" * ("%d" in form)
    (value,) = values_of(term, written, load_terms())
    assert value.term.value.startswith(written)
    read = date.fromisoformat(value.term.value)
    assert read >= day if term.boundary == "last" else read <= day
    assert value.precision == {4: "year", 7: "month", 10: "day"}[len(written)]


@given(st.text(st.sampled_from("0123456789-/ T٣"), max_size=11))
def test_what_is_no_date_is_refused_with_what_to_write(text: str) -> None:
    term = load_terms().properties["startDate"]
    if _is_date(text):
        assert values_of(term, text, load_terms())[0].term.value[:4] == text[:4]
    else:
        with pytest.raises(BadValue, match=r"no date|calendar"):
            values_of(term, text, load_terms())


def _is_date(text: str) -> bool:
    parts = text.split("-")
    if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]) or not all(part.isascii() and part.isdigit() for part in parts):
        return False
    year, month, day = (*map(int, parts), 1, 1)[:3]
    return year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def test_a_list_gives_one_value_an_item(terms: Terms) -> None:
    found = values_of(terms.properties["hasDirection"], ["concept/a", "concept/a/b"], terms)
    assert [value.term for value in found] == [entity("concept", "a"), entity("concept", "a/b")]


def test_text_gives_one_value_a_language_and_text(terms: Terms) -> None:
    found = values_of(terms.properties["name"], [{"en": "A", "kk": ["Ә", "Б"]}, {"zh-Hans": "电子"}], terms)
    assert [(v.term.value, getattr(v.term, "language", None)) for v in found] == [
        ("A", "en"),
        ("Ә", "kk"),
        ("Б", "kk"),
        ("电子", "zh-hans"),
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_reaches_n_quads_and_comes_back(text: str) -> None:
    terms = load_terms()
    term = terms.properties["name"]
    if not text.strip():
        with pytest.raises(BadValue, match="is empty"):
            values_of(term, {"en": text}, terms)
        return
    (value,) = values_of(term, {"en": text}, terms)
    (quad,) = ox.parse(f"<urn:s> <urn:p> {value.term} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    assert quad.object == value.term
    assert value.term.value == text


ANY = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["act/P1", "2010", "1.5", "true", "https://a.b/c", "http://["]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["en", "EN", "kk"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.sampled_from(sorted(load_terms().properties)), ANY)
def test_any_value_of_any_property_becomes_terms_or_is_refused_in_words(key: str, value: object) -> None:
    terms = load_terms()
    try:
        found = values_of(terms.properties[key], value, terms)
    except BadValue as problem:
        said = str(problem)
    else:
        said = "fine"
        assert all(isinstance(one.term, ox.NamedNode | ox.Literal) for one in found)
    assert said


@pytest.mark.parametrize(
    ("key", "given_as", "term"),
    [
        ("ordinal", "+3", ox.Literal("3", datatype=XSD.integer)),
        ("ordinal", "007", ox.Literal("7", datatype=XSD.integer)),
        ("openEnded", "true", ox.Literal("true", datatype=XSD.boolean)),
        ("number", "827", ox.Literal("827")),
        ("programmeType", "strategy", concept("programme-type", "strategy")),
        ("url", "https://egov.kz/әлем", ox.NamedNode("https://egov.kz/әлем")),
        ("url", "mailto:a@b.kz", ox.NamedNode("mailto:a@b.kz")),
        ("approvedBy", "act/P1700000827", entity("act", "P1700000827")),
    ],
)
def test_a_value_becomes_a_term_of_its_propertys_type(key: str, given_as: str, term: ox.NamedNode | ox.Literal, terms: Terms) -> None:
    assert _only(key, given_as, terms).term == term


@pytest.mark.parametrize(
    ("key", "given_as", "cure"),
    [
        ("ordinal", "3.0", "digits only"),
        ("ordinal", "٣", "digits only"),
        ("openEnded", "yes", "true or false"),
        ("programmeType", "Strategy", "use concept"),
        ("url", "egov.kz", "https://"),
        ("url", "javascript:alert(1)", "https://"),
        ("approvedBy", "programme/x", "refers to act"),
        ("approvedBy", "act/", "kind/slug"),
        ("approvedBy", "acts/P1", "kind/slug"),
        ("approvedBy", "act/../x", "kind/slug"),
        ("name", "plain", "say its language"),
        ("name", {"en": {"a": "b"}}, "is empty"),
        ("number", {"en": "x"}, "plain value"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_to_write(key: str, given_as: object, cure: str, terms: Terms) -> None:
    with pytest.raises(BadValue, match=cure.replace(".", r"\.")):
        values_of(terms.properties[key], given_as, terms)


def test_the_passages_graph_says_how_exactly_a_date_is_known(world: World) -> None:
    quads = set(claim_quads(read_records(world.root, load_terms())))
    graph = passage_of("doe-2020/text-1")
    programme = node("programme/digital-land")
    assert ox.Quad(programme, SCHEMA.endDate, ox.Literal("2022-12-31", datatype=XSD.date), graph) in quads
    assert ox.Quad(programme, EGOV.endDatePrecision, concept("date-precision", "year"), graph) in quads
    assert ox.Quad(node("act/P1700000827"), EGOV.signedDatePrecision, concept("date-precision", "day"), graph) in quads


def test_the_fact_says_how_exactly_a_date_is_known(world: World) -> None:
    lines = build(world.root).nquads.decode().splitlines()
    fact = f"{node('programme/digital-land')} {EGOV.startDatePrecision} {concept('date-precision', 'year')} ."
    assert fact in lines


def test_a_claim_of_two_passages_stands_in_both_graphs_and_in_no_other(world: World) -> None:
    world.change("area/KAZ.yaml", "[doe-2020/text-1]", "[doe-2020/text-1, doe-2020/table-1]")
    quads = [
        quad
        for quad in claim_quads(read_records(world.root, load_terms()))
        if quad.predicate == SCHEMA.name and quad.subject == node("area/KAZ")
    ]
    assert {quad.graph_name for quad in quads} == {passage_of("doe-2020/text-1"), passage_of("doe-2020/table-1")}


def test_a_missing_cell_makes_no_observation_and_no_label(world: World) -> None:
    world.add_row("users-share,KAZ,2011,,,,percent,missing,,–,")
    terms = load_terms()
    curated = read_records(world.root, terms)
    subjects = {str(quad.subject) for quad in [*claim_quads(curated), *editorial_quads(curated, terms)]}
    assert len(curated.cells) == 4
    assert not any("users-share/KAZ/2011" in subject for subject in subjects)


@pytest.mark.parametrize(
    ("row", "slug"),
    [
        ("users-share,KAZ,2011,,target,12,percent,,,12,", "users-share/KAZ/2011/target"),
        ("users-share,KAZ,2011,,baseline,12,percent,,,12,", "users-share/KAZ/2011/baseline"),
        ("users-share,KAZ,2011,,computed,12,percent,,,12,", "users-share/KAZ/2011"),
        ("users-share,KAZ,2015/2021,,,12,percent-change,,,12,", "users-share/KAZ/2015/2021"),
        ("users-share,KAZ,2011,,,12,percent,,about,12,", "users-share/KAZ/2011"),
    ],
)
def test_an_observation_is_named_by_its_key_alone(world: World, row: str, slug: str) -> None:
    world.add_row(row)
    assert read_records(world.root, load_terms()).cells[-1].slug == slug


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=9))
def test_the_power_of_the_last_digit_is_that_of_the_printed_form(value: Decimal) -> None:
    assert exponent(value) == -9


def test_a_very_small_value_is_written_without_an_exponent(world: World) -> None:
    world.add_row("index-value,KAZ,2011,,,0.00000001,index,,,0.00000001,")
    quads = claim_quads(read_records(world.root, load_terms()))
    values = {quad.object for quad in quads if quad.predicate == SDMX_M.obsValue}
    assert ox.Literal("0.00000001", datatype=XSD.decimal) in values


@pytest.mark.parametrize(
    ("period", "begin", "end", "year"),
    [
        ("2010", "2010-01-01", "2010-12-31", True),
        ("2012-02", "2012-02-01", "2012-02-29", False),
        ("2012-02-07", "2012-02-07", "2012-02-07", False),
        ("2015/2021", "2015-01-01", "2021-12-31", False),
        ("2015-11/2021-02", "2015-11-01", "2021-02-28", False),
    ],
)
def test_an_observations_period_has_its_first_and_last_day(world: World, period: str, begin: str, end: str, year: bool) -> None:
    world.add_row(f"users-share,KAZ,{period},selected,,12,percent,,,12,")
    quads = [quad for quad in claim_quads(read_records(world.root, load_terms())) if f"/KAZ/{period}/selected" in str(quad.subject)]
    found = {quad.predicate: quad.object for quad in quads}
    assert found[SCHEMA.startDate] == ox.Literal(begin, datatype=XSD.date)
    assert found[SCHEMA.endDate] == ox.Literal(end, datatype=XSD.date)
    assert (EGOV.year in found) is year
