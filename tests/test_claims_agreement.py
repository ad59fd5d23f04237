"""When two readings agree: to the coarser precision, in one unit, within what a qualifier leaves open."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.claims.readings import Reading, agree
from kg.namespaces import XSD, entity
from kg.terms import load_terms
from tests.claiming import day, figure, other

DECIMALS = st.decimals(min_value=-(10**6), max_value=10**6, allow_nan=False, allow_infinity=False, places=5)
UNITS = st.sampled_from(sorted(load_terms().units))
QUALIFIERS = st.sampled_from(["", "about", "almost", "more-than", "at-least", "up-to"])


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("75.4", "75", True),
        ("60.4", "59.7", False),
        ("60.4", "60", True),
        ("59.7", "60", True),
        ("26.7", "33", False),
        ("0.47430", "0.4743", True),
        ("0.47430", "0.47586", False),
        ("1600", "1600.00", True),
        ("0.4", "1", False),
        ("0.5", "1", True),
        ("0", "0.0", True),
    ],
)
def test_figures_agree_when_the_finer_rounds_to_the_coarser(one: str, two: str, same: bool) -> None:
    assert agree(figure(one), figure(two)) is same


@given(DECIMALS, st.integers(0, 5), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]), UNITS)
def test_a_figure_rounded_to_fewer_digits_agrees_with_itself(value: Decimal, digits: int, rounding: str, unit: str) -> None:
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding)
    assert agree(figure(f"{value:f}", unit), figure(f"{rounded:f}", unit))


@given(DECIMALS, DECIMALS, UNITS, UNITS, QUALIFIERS, QUALIFIERS)
def test_agreement_of_figures_is_the_same_from_either_side(
    one: Decimal, two: Decimal, unit: str, other_unit: str, qualifier: str, other_qualifier: str
) -> None:
    first, second = figure(f"{one:f}", unit, qualifier), figure(f"{two:f}", other_unit, other_qualifier)
    assert agree(first, second) is agree(second, first)


@given(DECIMALS, UNITS, QUALIFIERS)
def test_every_figure_agrees_with_itself(value: Decimal, unit: str, qualifier: str) -> None:
    reading = figure(f"{value:f}", unit, qualifier)
    assert agree(reading, reading)


@given(DECIMALS, st.integers(2, 10**4))
def test_figures_apart_by_two_last_digits_or_more_never_agree(value: Decimal, steps: int) -> None:
    away = value + Decimal(steps).scaleb(-5)
    assert not agree(figure(f"{value:f}"), figure(f"{away:f}"))


@pytest.mark.parametrize(
    ("one", "unit", "two", "other_unit", "same"),
    [
        ("4.9", "thousand", "4900", "number", True),
        ("4.9", "thousand", "4949", "number", True),
        ("4.9", "thousand", "4951", "number", False),
        ("1.2", "million", "1200", "thousand", True),
        ("24.2", "million-service", "24.2", "percent", False),
        ("1", "hour", "60", "minute", True),
        ("5", "percent", "5", "percentage-point", False),
        ("12", "organisation", "12", "person", False),
    ],
)
def test_figures_are_compared_in_one_unit(one: str, unit: str, two: str, other_unit: str, same: bool) -> None:
    assert agree(figure(one, unit), figure(two, other_unit)) is same


@pytest.mark.parametrize(
    ("one", "qualifier", "two", "same"),
    [
        ("100", "about", "97", True),
        ("100", "about", "90", False),
        ("-100", "about", "-97", True),
        ("100", "almost", "92", True),
        ("100", "almost", "104", False),
        ("100", "more-than", "118", True),
        ("100", "more-than", "98", False),
        ("100", "more-than", "140", False),
        ("100", "at-least", "140", True),
        ("100", "at-least", "98", False),
        ("100", "up-to", "3", True),
        ("100", "up-to", "102", False),
        ("100", "", "102", False),
    ],
)
def test_a_qualifier_says_how_far_a_figure_may_be_off(one: str, qualifier: str, two: str, same: bool) -> None:
    assert agree(figure(one, qualifier=qualifier), figure(two)) is same


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("2017", "2017-12-12", True),
        ("2017-12", "2017-12-12", True),
        ("2017-12", "2017", True),
        ("2017", "2018", False),
        ("2017-11", "2017-12-12", False),
        ("2017-12-11", "2017-12-12", False),
        ("2017", "2016-12-31", False),
    ],
)
def test_dates_agree_when_the_coarser_contains_the_finer(one: str, two: str, same: bool) -> None:
    assert agree(day(one), day(two)) is same
    assert agree(day(two), day(one)) is same


@given(st.dates(), st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_a_day_agrees_with_its_month_and_its_year(date: object, one: int, two: int) -> None:
    assert agree(day(str(date)[:one]), day(str(date)[:two]))


@given(st.dates(), st.dates())
def test_two_days_agree_only_when_they_are_one(one: object, two: object) -> None:
    assert agree(day(str(one)), day(str(two))) is (one == two)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("State Programme", "state  programme", True),
        ("e–government", "e-government", True),
        ("No. 827", "No 827", True),
        ("827", "828", False),
        ("Қазақстан", "қазақстан", True),
    ],
)
def test_words_agree_but_for_case_blanks_and_dashes(one: str, two: str, same: bool) -> None:
    assert agree(other(ox.Literal(one)), other(ox.Literal(two))) is same


def test_a_thing_never_agrees_with_a_word() -> None:
    assert not agree(other(entity("act", "P1")), other(ox.Literal(entity("act", "P1").value)))


def test_two_things_agree_only_when_they_are_one() -> None:
    assert agree(other(entity("act", "P1")), other(entity("act", "P1")))
    assert not agree(other(entity("act", "P1")), other(entity("act", "P2")))


def test_a_date_without_precision_is_known_to_the_day() -> None:
    one, two = (other(ox.Literal(value, datatype=XSD.date)) for value in ("2017-12-12", "2017-12-13"))
    assert not agree(one, two)


@pytest.mark.parametrize(
    ("finer", "coarser"),
    [(figure("75.40"), figure("75.4")), (figure("4900", "number"), figure("4.9", "thousand")), (day("2017-12-12"), day("2017")),
     (figure("100"), figure("100", qualifier="about")), (day("2017-12"), day("2017"))],
)  # fmt: skip
def test_the_finer_reading_is_told_from_the_coarser(finer: Reading, coarser: Reading) -> None:
    assert finer.fineness < coarser.fineness
