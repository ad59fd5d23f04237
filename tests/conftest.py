"""What every test file shares: the ontology's terms, the dataset built once, and a store that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

from kg.linking.linker import Linker
from kg.loading.dataset import Dataset, build
from kg.store.oxigraph import OxigraphStore
from kg.terms import Terms, load_terms
from tests.serving import served
from tests.world import World

settings.register_profile("egovkg", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("egovkg")


@pytest.fixture(scope="session")
def terms() -> Terms:
    return load_terms()


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return build()


@pytest.fixture(scope="session")
def store(dataset: Dataset) -> Iterator[OxigraphStore]:
    filled = OxigraphStore()
    filled.fill(dataset.nquads)
    yield filled
    filled.close()


@pytest.fixture(scope="session")
def service(store: OxigraphStore) -> Iterator[httpx.Client]:
    """A client of the real service over the dataset."""
    with served(store) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def linker(store: OxigraphStore) -> Linker:
    """The linker of the dataset."""
    return Linker.of(store)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a tiny valid world of records in a folder of its own."""
    return World(tmp_path)
