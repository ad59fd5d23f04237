"""`open_graph`: the same calls and the same answers over a local store and over a service; data frames; notebooks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from kg import open_graph
from kg.client.answers import Card, Rows
from kg.client.graph import Graph
from kg.errors import (
    BadParameter,
    BadSetting,
    Impossible,
    MissingExtra,
    NoStore,
    QuerySyntaxError,
    StoreUnreachable,
    UnknownEntity,
    UnknownQuery,
)
from kg.query.telling import Answer
from kg.store.oxigraph import OxigraphStore
from tests.serving import served

CALLS: dict[str, Callable[[Graph], Answer]] = {
    "search": lambda graph: graph.search("Цифровой"),
    "entity": lambda graph: graph.entity("digital-kazakhstan"),
    "evidence": lambda graph: graph.evidence("digital-kazakhstan", "approvedBy"),
    "series": lambda graph: graph.series("egdi-value", area="KAZ", first=2008),
    "lineage": lambda graph: graph.lineage("P1700000827", at="2020-01-01"),
    "accountability": lambda graph: graph.accountability("digital-kazakhstan"),
    "stages": lambda graph: graph.stages(at="2006-01-01"),
    "compare": lambda graph: graph.compare_stages(first=2005, last=2007),
    "models": lambda graph: graph.models(),
    "timeline": lambda graph: graph.timeline(2005, 2010, kind="programme"),
    "conflicts": lambda graph: graph.conflicts(kind="arithmetic"),
    "profile": lambda graph: graph.profile("KAZ"),
    "named query": lambda graph: graph.ask("programmes-in-force", {"date": "2012-06-30"}),
}


@pytest.fixture(scope="module")
def graphs(store: OxigraphStore) -> Iterator[tuple[Graph, Graph]]:
    """Yield the graph over the store itself, and over a service of it."""
    with served(store) as url, open_graph(url) as remote:
        yield Graph(store), remote


@pytest.mark.parametrize("name", CALLS)
def test_a_service_answers_as_the_local_store_does(graphs: tuple[Graph, Graph], name: str) -> None:
    here, there = (CALLS[name](graph) for graph in graphs)
    assert here == there
    assert here.table() == there.table()


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_shows_itself_in_a_notebook(graphs: tuple[Graph, Graph], name: str) -> None:
    answer = CALLS[name](graphs[0])
    html = answer._repr_html_()
    header, rows = answer.table()
    assert rows
    assert all(f"<th>{column}</th>" in html for column in header)
    assert f"{len(rows)} row(s)" in html


def test_what_sources_write_is_escaped_in_a_notebook() -> None:
    assert "<script>" not in Rows(("<script>",), ())._repr_html_()


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_is_a_data_frame(graphs: tuple[Graph, Graph], name: str) -> None:
    answer = CALLS[name](graphs[0])
    header, rows = answer.table()
    pandas, polars = answer.to_pandas(), answer.to_polars()
    assert list(pandas.columns) == list(polars.columns) == list(header)
    assert pandas.shape == polars.shape == (len(rows), len(header))


def test_figures_are_numbers_and_truth_values_are_such_in_records(graphs: tuple[Graph, Graph]) -> None:
    first, second, *_ = graphs[0].series("egdi-value", area="KAZ", first=2008).records()
    assert (first["value"], first["disputed"], first["growth"], first["agreement"]) == (0.4743, False, None, 1)
    assert (second["disputed"], second["growth"], second["methodChanged"]) == (True, 0, False)


def test_without_the_extra_the_error_says_what_to_install(graphs: tuple[Graph, Graph], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtra, match=r"pip install egovkg\[polars\]"):
        graphs[0].models().to_polars()


def test_a_query_gives_rows_truth_or_a_graph(graphs: tuple[Graph, Graph]) -> None:
    for graph in graphs:
        rows = graph.query("SELECT ?none (COUNT(*) AS ?n) (1.5 AS ?d) (true AS ?t) WHERE { ?p a egov:Programme } GROUP BY ?none")
        assert isinstance(rows, Rows)
        (row,) = rows.records()
        assert (row["d"], row["t"], row["none"]) == (Decimal("1.5"), True, None)
        assert row["n"] > 10
        assert graph.query("ASK { ?p a egov:Programme }") is True
        turtle = graph.query("CONSTRUCT { ?p a egov:Programme } WHERE { ?p a egov:Programme }")
        assert isinstance(turtle, str)
        assert "egov:Programme" in turtle
        with pytest.raises(QuerySyntaxError):
            graph.query("SELECT")


def test_no_rows_of_a_named_query_say_what_they_mean(graphs: tuple[Graph, Graph]) -> None:
    for graph in graphs:
        (missing,) = graph.ask("programmes-in-force", {"date": "1980-01-01"}).missing
        assert "1980 lies outside what the documents speak of" in missing.why
        with pytest.raises(BadParameter, match="date is missing"):
            graph.ask("programmes-in-force")
        with pytest.raises(UnknownQuery, match="programmes-in-force"):
            graph.ask("programme-in-force")


def test_a_search_that_finds_nothing_names_what_is_near(graphs: tuple[Graph, Graph]) -> None:
    for graph in graphs:
        assert "programme/digital-kazakhstan" in graph.search("digtl kazahstn").near


def test_an_entity_says_its_name_in_the_language_of_the_graph(store: OxigraphStore) -> None:
    card = Graph(store, lang="kk").entity("programme/digital-kazakhstan")
    assert isinstance(card, Card)
    assert card.label == "Цифрлық Қазақстан"


def test_known_holds_for_every_call(store: OxigraphStore) -> None:
    then = Graph(store, known="2021-12-31")
    found = then.evidence("programme/digital-kazakhstan", "approvedBy")
    documents = {passage.document.id for statement in found.statements for passage in statement.passages}
    assert documents == {"document/bokayev-2021", "document/ziyadin-2019"}
    assert found.view is not None
    with pytest.raises(UnknownEntity):
        then.entity("programme/technological-leap")


def test_a_graph_shows_its_release_and_what_it_holds(store: OxigraphStore) -> None:
    graph = Graph(store)
    assert store.release() in repr(graph)
    assert "programme 16" in graph._repr_html_()


def test_what_cannot_be_opened_or_asked_is_refused_with_the_cure(store: OxigraphStore, tmp_path: object) -> None:
    with pytest.raises(NoStore):
        open_graph(f"{tmp_path}/nothing")
    with pytest.raises(StoreUnreachable):
        open_graph("http://127.0.0.1:9/")
    with pytest.raises(Impossible):
        Graph(store, lang="fr")
    with pytest.raises(BadSetting):
        Graph(store).lineage("P1700000827", at="yesterday")
