"""Every case of the W3C's SPARQL and RDF test suites, over HTTP, against `egovkg serve`. Needs their files: see manifests.folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.w3c.known import WHOSE, known_failures
from tests.w3c.manifests import RDF, SPARQL, Case, cases, folder
from tests.w3c.running import run
from tests.w3c.serving import Service, plain_service

CASES = [case for case in cases(*SPARQL, *RDF) if case.claimed]
pytestmark = pytest.mark.skipif(not CASES, reason=f"the W3C's test files are not at {folder()}; set EGOVKG_TEST_W3C")


@pytest.fixture(scope="module")
def plain() -> Iterator[Service]:
    with plain_service() as service:
        yield service


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_of_the_w3c_passes_unless_it_is_listed_with_its_reason(plain: Service, case: Case) -> None:
    known = known_failures().get(case.id)
    if not plain.writes:
        pytest.skip("this service takes no updates, so it cannot be given the data")
    try:
        run(plain, case)
    except AssertionError:
        if known is None:
            raise
        pytest.xfail(f"{known.whose}: {known.reason}")
    assert known is None, "this case passes: take it off tests/w3c/failures.csv"


def test_every_known_failure_is_a_case_and_has_a_reason() -> None:
    known = known_failures()
    assert sorted(known) == list(known), "keep the list sorted"
    assert set(known) <= {case.id for case in CASES}
    assert {row.whose for row in known.values()} <= set(WHOSE)
    assert all(len(row.reason) > 20 for row in known.values())


def test_as_many_cases_are_read_as_the_suites_have() -> None:
    counted = {suite: len([case for case in CASES if case.suite in suite]) for suite in (SPARQL, RDF)}
    assert counted == {SPARQL: 1306, RDF: 712}
