"""What every test file shares: the ontology's terms, the dataset built once, and a store that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

from kg.config import Settings
from kg.linking.corpora import Task
from kg.linking.keeping import PROGRAM, Keeper
from kg.linking.linker import Linker
from kg.linking.output import Run
from kg.loading.dataset import Dataset, build
from kg.loading.opening import make_store
from kg.rdf import nquads
from kg.store.oxigraph import OxigraphStore
from kg.terms import Terms, load_terms
from tests.serving import served
from tests.world import World

LETTER = "Программа «Цифровой Казахстан» утверждена ППРК № 827 от 12.12.2017 г.; приказ Министра № 345/НҚ от 17.08.2023 года."
"""A document that names a programme, an act of the graph, and one that it does not have."""

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
def made_store(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store on disk as a build leaves it, with its index of names: to be copied, never opened where it lies."""
    path = tmp_path_factory.mktemp("made") / "store"
    make_store(dataset, path).close()
    return path


@pytest.fixture(scope="session")
def service(store: OxigraphStore) -> Iterator[httpx.Client]:
    """A client of the real service over the dataset."""
    with served(store) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def linker(store: OxigraphStore) -> Linker:
    """The linker of the dataset."""
    return Linker.of(store)


@pytest.fixture(scope="session")
def linked_store(store: OxigraphStore, linker: Linker) -> Iterator[OxigraphStore]:
    """A store of the dataset into which one letter has been linked."""
    filled = OxigraphStore()
    filled.fill(nquads(list(store.quads())))
    task = Task("", Run(when="2026-11-21T10:00:00.000Z", program=PROGRAM, release=store.release(), names="0" * 64), graph=True)
    done = task.done(linker, LETTER.encode(), "letters/17.txt")
    Keeper(filled, Settings()).keep(done.source, done.name, done.graph, task.run)
    yield filled
    filled.close()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a tiny valid world of records in a folder of its own."""
    return World(tmp_path)
