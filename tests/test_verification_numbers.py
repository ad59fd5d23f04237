"""The numbers of a text: what is one, how it may be read, and that none is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.verification.numbers import Number, numbers_in, values_in


def _only(text: str) -> Number:
    (found,) = numbers_in(text)
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14, 219 people", "14219"),
        ("4 900 tenge", "4900"),
        ("4\u00a0900 tenge", "4900"),
        ("1\u202f234\u202f567", "1234567"),
        ("61,357 units", "61357"),
        ("37,582.8 million", "37582.8"),
        ("index 0,8681", "0.8681"),
        ("1 234,5", "1234.5"),
        ("1.200", "1200"),
        ("grew by .45", "0.45"),
        ("fell by −3.5 points", "3.5"),
        ("72nd place", "72"),
        ("28-е место", "28"),
        ("the 1990s", "1990"),
        ("mid-2019", "2019"),
        ("100%", "100"),
        ("15min", "15"),
        ("UN, 2022a", "2022"),
        ("4GB", "4"),
    ],
)
def test_a_number_is_read_as_people_read_it(text: str, value: str) -> None:
    number = _only(text)
    assert Decimal(value) in number.values
    assert not number.in_name


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("pp. 578-591", ["578", "591"]),
        ("2015–2021", ["2015", "2021"]),
        ("2015 –2021", ["2015", "2021"]),
        ("in 2017, 2018", ["2017", "2018"]),
        ("21(2), 578", ["21", "2", "578"]),
        ("12.10.2021 and 2021-10-12", ["12.10.2021", "2021-10-12"]),
        ("a\t703\t712\t664", ["703", "712", "664"]),
        ("4\n900", ["4", "900"]),
        ("10, 0000", ["10", "0000"]),
        ("−5 and (-6)", ["−5", "-6"]),
    ],
)
def test_what_is_two_numbers_stays_two(text: str, printed: list[str]) -> None:
    assert [number.printed for number in numbers_in(text)] == printed


def test_a_comma_that_may_be_either_mark_leaves_both_readings() -> None:
    assert {Decimal("47331"), Decimal("47.331")} <= _only("47,331").values


def test_a_grouped_number_may_be_two_that_are_both_claimed() -> None:
    number = _only("vol. 14, 212")
    assert number.among({Decimal(14), Decimal(212)})
    assert number.among({Decimal(14212)})
    assert not number.among({Decimal(14)})


@pytest.mark.parametrize("text", ["G2C", "COVID-19", "33A", "H1N1", "P1700000827", "3D"])
def test_digits_to_which_letters_cling_are_parts_of_names(text: str) -> None:
    assert all(number.in_name for number in numbers_in(text))
    assert values_in(text) == set()


@pytest.mark.parametrize("text", ["in 2017", "12 December", "December 12", "5th of May", "1 января", "12.10.2021", "2021-10-12"])
def test_years_and_days_are_dates(text: str) -> None:
    assert _only(text).dated


@pytest.mark.parametrize("text", ["12 people", "2,017", "2150", "12 marches", "0.2017"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert not _only(text).dated


PIECES = st.sampled_from(list("0123456789") + list(" ,.-–−\u00a0\u202f\t\n()%/'’aйnт") + ["th", " May ", "2019", "000"])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_every_digit_of_any_text_lies_in_exactly_one_number(text: str) -> None:
    found = numbers_in(text)
    edges = [edge for number in found for edge in (number.start, number.end)]
    assert edges == sorted(edges)
    assert all(number.printed == text[number.start : number.end] for number in found)
    held = {at for number in found for at in range(number.start, number.end)}
    assert {at for at, character in enumerate(text) if character in "0123456789"} <= held
    assert all(number.values or number.parts for number in found)


@given(st.integers(0, 10**9), st.sampled_from([",", " ", "\u00a0", ", "]))
def test_a_grouped_integer_is_read_whole_whatever_its_mark(number: int, mark: str) -> None:
    printed = f"{number:,}".replace(",", mark)
    assert Decimal(number) in _only(f"about {printed} people").values
