"""The dataset: layers apart, every fact with its evidence, nothing twice, and the same bytes from every build."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.claims.readings import VALUE, agree, make_reading
from kg.curation.graphs import editorial_quads
from kg.curation.records import Cell
from kg.errors import BadRecords
from kg.loading.dataset import Dataset, build, fingerprint
from kg.namespaces import (
    CONFLICTS,
    DATASET,
    DCAT,
    EGOV,
    ELI,
    GRAPH,
    ID,
    OA,
    ONTOLOGY,
    PROV,
    QB,
    RDF,
    RELEASE,
    SDMX_A,
    SDMX_D,
    SDMX_M,
    SKOS,
    XSD,
    concept,
    derived_graph,
    entity,
    passage_of,
)
from kg.store.oxigraph import OxigraphStore
from kg.terms import Terms
from tests.world import World, node, place

Quads = list[ox.Quad]
PASSAGES = f"{ID}passage/"

CONFLICT_QUERY = """SELECT ?thing ?property WHERE {
  ?property a egov:SingleValuedProperty .
  GRAPH ?passage { ?thing ?property ?value }
} GROUP BY ?thing ?property HAVING (COUNT(DISTINCT ?value) > 1)"""


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> Quads:
    return list(ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def graphs(quads: Quads) -> Mapping[str, set[ox.Triple]]:
    """Return the triples of every graph, the default graph's under the empty name."""
    found: dict[str, set[ox.Triple]] = defaultdict(set)
    for quad in quads:
        found[quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""].add(quad.triple)
    return found


def _layer(graphs: Mapping[str, set[ox.Triple]], prefix: str) -> set[ox.Triple]:
    return {triple for name, triples in graphs.items() if name.startswith(prefix) for triple in triples}


# What every build keeps


def test_there_is_no_blank_node_in_the_dataset(dataset: Dataset) -> None:
    assert b"_:" not in b"".join(line for line in dataset.nquads.splitlines() if b'"' not in line)
    assert not any(isinstance(term, ox.BlankNode) for quad in ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS) for term in quad)


def test_the_lines_are_sorted_and_each_stands_once(dataset: Dataset) -> None:
    lines = dataset.nquads.decode().splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert len(lines) == dataset.statements


def test_every_graph_is_of_a_known_layer(graphs: Mapping[str, set[ox.Triple]]) -> None:
    layers = (f"{GRAPH}record/", f"{GRAPH}vocabulary/", f"{GRAPH}derived/", PASSAGES)
    others = {name for name in graphs if not name.startswith(layers)}
    assert others == {"", ONTOLOGY.value, RELEASE.value}


def test_every_claim_graph_is_a_described_passage_of_a_described_document(graphs: Mapping[str, set[ox.Triple]]) -> None:
    facts = graphs[""]
    sources = defaultdict(list)
    for triple in facts:
        if triple.predicate == OA.hasSource:
            sources[triple.subject].append(triple.object)
    typed = {triple.subject for triple in facts if triple.predicate == RDF.type}
    for name in graphs:
        if name.startswith(PASSAGES):
            passage = ox.NamedNode(name)
            documents = sources[passage]
            assert len(documents) == 1, name
            assert ox.Triple(passage, RDF.type, EGOV.Passage) in facts
            assert documents[0] in typed, name


def test_every_fact_is_identity_or_stated_in_a_passage_or_derived(graphs: Mapping[str, set[ox.Triple]]) -> None:
    elsewhere = {triple for name, triples in graphs.items() if name for triple in triples}
    assert graphs[""] - elsewhere == set()


def test_no_fact_about_a_thing_rests_on_our_word_alone(dataset: Dataset, graphs: Mapping[str, set[ox.Triple]], terms: Terms) -> None:
    claims = {term.iri for term in terms.properties.values() if not term.editorial}
    things = {record.iri for record in dataset.curated.records.values()}
    stated = _layer(graphs, PASSAGES) | _layer(graphs, f"{GRAPH}derived/")
    ours = {triple for triple in _layer(graphs, f"{GRAPH}record/") if triple.subject in things and triple.predicate in claims}
    assert {triple.predicate for triple in ours - stated} <= {ELI.id_local, SKOS.exactMatch, SKOS.closeMatch}


def test_editorial_graphs_and_claim_graphs_share_no_statement_but_an_acts_id(graphs: Mapping[str, set[ox.Triple]]) -> None:
    shared = _layer(graphs, f"{GRAPH}record/") & _layer(graphs, PASSAGES)
    assert {triple.predicate for triple in shared} <= {ELI.id_local}


def test_a_single_valued_property_has_one_value_a_thing_in_the_facts(graphs: Mapping[str, set[ox.Triple]], terms: Terms) -> None:
    counts = Counter((triple.subject, triple.predicate) for triple in graphs[""] if triple.predicate in terms.single_valued)
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_date_in_the_facts_says_once_how_exactly_it_is_known(graphs: Mapping[str, set[ox.Triple]], terms: Terms) -> None:
    dates = {
        (t.subject, terms.precision_of[t.predicate])
        for t in graphs[""]
        if t.predicate in terms.precision_of and "/observation/" not in str(t.subject)
    }
    precisions = Counter((t.subject, t.predicate) for t in graphs[""] if t.predicate in set(terms.precision_of.values()))
    assert set(precisions) == dates
    assert set(precisions.values()) == {1}


def test_every_link_between_things_leads_to_a_described_thing(graphs: Mapping[str, set[ox.Triple]]) -> None:
    known = {triple.subject for triple in graphs[""]}
    links = {
        t.object for t in graphs[""] if isinstance(t.object, ox.NamedNode) and t.object.value.startswith(ID) and t.predicate != RDF.type
    }
    assert {link.value for link in links - known} <= {f"{ID}organisation/egovkg"}


def test_the_release_is_a_digest_of_all_the_rest(quads: Quads, dataset: Dataset) -> None:
    about = {quad.predicate: quad.object for quad in quads if quad.subject == DATASET and quad.graph_name == RELEASE}
    assert about[DCAT.version] == about[EGOV.builtRelease] == ox.Literal(dataset.release)
    assert about[EGOV.sourceFingerprint] == ox.Literal(fingerprint())


# Conflicts


def test_the_query_of_the_graph_model_finds_every_conflict_but_those_of_units_and_comparisons(
    store: OxigraphStore, dataset: Dataset
) -> None:
    found = {(row["thing"], row["property"]) for row in store.rows(CONFLICT_QUERY)}
    listed = {(conflict.subject, conflict.predicate) for conflict in dataset.conflicts if conflict.kind != "unit" and not conflict.labels}
    assert listed <= found


def test_what_else_that_query_finds_differs_in_precision_alone(store: OxigraphStore, dataset: Dataset, quads: Quads, terms: Terms) -> None:
    listed = {(conflict.subject, conflict.predicate) for conflict in dataset.conflicts if not conflict.labels}
    found = {(ox.NamedNode(row["thing"].value), ox.NamedNode(row["property"].value)) for row in store.rows(CONFLICT_QUERY)}
    extra = found - listed
    beside = _beside(quads)
    for subject, predicate in extra:
        readings = [
            make_reading((subject, predicate, about[predicate], graph), about, terms)
            for (thing, graph), about in beside.items()
            if thing == subject and predicate in about and graph.value.startswith(PASSAGES)
        ]
        assert len(readings) > 1
        assert all(agree(one, two) for one in readings for two in readings), subject


Beside = dict[tuple[ox.NamedNode, ox.NamedNode], dict[ox.NamedNode, ox.NamedNode | ox.Literal]]


def _beside(quads: Quads) -> Beside:
    """Return what each named graph says of each thing, by property."""
    found: Beside = defaultdict(dict)
    for quad in quads:
        if (
            isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.graph_name, ox.NamedNode)
            and isinstance(quad.object, ox.NamedNode | ox.Literal)
        ):
            found[quad.subject, quad.graph_name][quad.predicate] = quad.object
    return found


def test_every_side_of_a_conflict_is_in_the_graph_of_its_passage(dataset: Dataset, quads: Quads) -> None:
    known = set(quads)
    for conflict in dataset.conflicts:
        sides = [ox.Quad(reading.subject, conflict.predicate, reading.value, reading.passage) for reading in conflict.readings]
        assert sides
        assert set(sides) <= known, conflict.slug


def test_every_conflict_has_a_slug_and_a_node_of_its_own(dataset: Dataset, quads: Quads) -> None:
    nodes = {quad.subject for quad in quads if quad.graph_name == CONFLICTS and quad.object == EGOV.Conflict}
    assert len({conflict.slug for conflict in dataset.conflicts}) == len(dataset.conflicts) == len(nodes)


# Rebuilding


def test_building_again_gives_the_same_bytes(dataset: Dataset) -> None:
    assert build().nquads == dataset.nquads


def test_another_hash_seed_and_working_directory_give_the_same_bytes(dataset: Dataset, tmp_path: Path) -> None:
    code = "import sys; from kg.loading.dataset import build; sys.stdout.buffer.write(build().nquads)"
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": paths, "LC_ALL": "C", "TZ": "Asia/Almaty"}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert run.stdout == dataset.nquads


def test_another_base_moves_things_and_graphs_and_leaves_the_ontology(world: World) -> None:
    lines = build(world.root, "https://example.org/kg/").nquads
    assert b"https://w3id.org/egovkg/id/" not in lines
    assert b"https://w3id.org/egovkg/graph/" not in lines
    assert b"<https://example.org/kg/id/area/KAZ>" in lines
    assert b"<https://w3id.org/egovkg/ontology#Area>" in lines
    assert lines.splitlines() == sorted(lines.splitlines())


def test_wrong_records_build_nothing_and_carry_every_finding(world: World) -> None:
    world.add_row("users-share,KAZ,2011,,,120,percent,,,120,")
    world.change("programme/digital-land.yaml", "endDate: 2022", "endDate: 2012")
    with pytest.raises(BadRecords, match="2 error") as refused:
        build(world.root)
    assert {place(finding) for finding in refused.value.findings} == {
        "observations/doe-2020-table-1.csv:5",
        "programme/digital-land.yaml:7",
    }


def test_a_changed_record_changes_the_fingerprint(world: World) -> None:
    before = fingerprint(world.root)
    world.change("area/KAZ.yaml", "Қазақстан", "Қазақ елі")
    assert fingerprint(world.root) != before


# Observations


def _rows(cells: tuple[Cell, ...], table: int) -> list[Cell]:
    return [cell for cell in cells if cell.passage == f"orazgaliyeva-2023/table-{table}"]


# Table 3 has 77 cells; the heads of its two rows of ranks say "of 193", which holds for 11 years each.
@pytest.mark.parametrize(("table", "cells"), [(3, 99), (4, 28), (5, 36), (6, 44), (7, 24), (8, 57)])
def test_every_cell_of_a_table_is_an_observation_unless_it_is_missing(dataset: Dataset, quads: Quads, table: int, cells: int) -> None:
    rows = _rows(dataset.curated.cells, table)
    missing = [cell for cell in rows if cell.status == "missing"]
    graph = passage_of(f"orazgaliyeva-2023/table-{table}")
    stated = {quad.subject for quad in quads if quad.graph_name == graph and quad.object == QB.Observation}
    assert len(rows) == cells
    assert len(stated) == cells - len(missing)


def test_missing_cells_print_a_dash_and_are_absent(dataset: Dataset, quads: Quads) -> None:
    missing = [cell for cell in dataset.curated.cells if cell.status == "missing"]
    subjects = {quad.subject for quad in quads}
    assert len(missing) == 7
    assert all(cell.value is None and cell.printed.strip() in "–-—" for cell in missing)
    assert not any(entity("observation", cell.slug) in subjects for cell in missing)


def test_starred_cells_are_said_to_be_computed(dataset: Dataset, quads: Quads) -> None:
    starred = [cell for cell in dataset.curated.cells if cell.printed.endswith("*")]
    computed = {quad.subject for quad in quads if quad.predicate == SDMX_A.obsStatus and quad.object == concept("obs-status", "computed")}
    assert len(starred) >= 2
    assert {entity("observation", cell.slug) for cell in starred} <= computed


WHOLE = (QB.dataSet, EGOV.indicator, SDMX_D.refArea, SDMX_D.refPeriod, EGOV.breakdown, EGOV.valueRole, VALUE, SDMX_A.unitMeasure,
         SDMX_A.obsStatus, EGOV.printed, EGOV.resolution)  # fmt: skip


def test_every_stated_observation_is_whole_in_its_passages_graph(dataset: Dataset, graphs: Mapping[str, set[ox.Triple]]) -> None:
    for cell in dataset.curated.cells:
        if cell.value is not None:
            subject = entity("observation", cell.slug)
            about = {triple.predicate for triple in graphs[passage_of(cell.passage).value] if triple.subject == subject}
            assert about >= set(WHOLE), cell.source


def test_every_observation_in_the_facts_is_whole_and_has_its_passage(graphs: Mapping[str, set[ox.Triple]]) -> None:
    about: dict[object, Counter[ox.NamedNode]] = defaultdict(Counter)
    for triple in graphs[""]:
        about[triple.subject][triple.predicate] += 1
    observations = [triple.subject for triple in graphs[""] if (triple.predicate, triple.object) == (RDF.type, QB.Observation)]
    assert len(observations) > 300
    stated = {triple.subject for triple in _layer(graphs, PASSAGES)}
    for observation in observations:
        assert all(about[observation][predicate] >= 1 for predicate in WHOLE), observation
        assert about[observation][VALUE] == about[observation][SDMX_A.unitMeasure] == 1
        assert observation in stated


def test_every_observation_is_named_in_three_languages(dataset: Dataset, terms: Terms) -> None:
    labels: dict[object, set[str | None]] = defaultdict(set)
    for quad in editorial_quads(dataset.curated, terms):
        if quad.predicate.value.endswith("#prefLabel") and isinstance(quad.object, ox.Literal):
            labels[quad.subject].add(quad.object.language)
    cells = [cell for cell in dataset.curated.cells if cell.value is not None]
    assert [cell.slug for cell in cells if labels[entity("observation", cell.slug)] != {"en", "ru", "kk"}] == []


def test_the_printed_digits_survive_in_the_dataset(dataset: Dataset, graphs: Mapping[str, set[ox.Triple]]) -> None:
    for cell in dataset.curated.cells:
        if cell.value is not None:
            triples = {
                t for t in graphs[passage_of(cell.passage).value] if t.subject == entity("observation", cell.slug) and t.predicate == VALUE
            }
            assert ox.Literal(f"{cell.value:f}", datatype=XSD.decimal) in {triple.object for triple in triples}


# Derived values

RULE = """type: Rule
label: {en: Sum, ru: Сумма, kk: Қосынды}
rule: {kind: sum, result: {indicator: total-users}, inputs: [{indicator: users}, {indicator: users, breakdown: selected}]}
"""


@pytest.fixture
def summed(world: World) -> World:
    """Return a world in which a rule adds two figures in thousands."""
    for name in ("users", "total-users"):
        world.write(f"indicator/{name}.yaml", world.read("indicator/users-share.yaml").replace("unit: percent", "unit: thousand"))
    world.write("rule/total.yaml", RULE)
    world.add_row("users,KAZ,2010,,,1.5,thousand,,,1.5,")
    world.add_row("users,KAZ,2010,selected,,2.5,thousand,,,2.5,")
    return world


def _about(dataset: Dataset, slug: str, graph: ox.NamedNode | ox.DefaultGraph) -> dict[ox.NamedNode, str]:
    parsed: Iterator[ox.Quad] = iter(ox.parse(dataset.nquads, format=ox.RdfFormat.N_QUADS))
    return {
        q.predicate: str(getattr(q.object, "value", ""))
        for q in parsed
        if q.subject == node(f"observation/{slug}") and q.graph_name == graph
    }


def test_a_value_that_no_source_states_is_derived_in_its_base_unit_with_its_inputs(summed: World) -> None:
    dataset = build(summed.root)
    derived = _about(dataset, "total-users/KAZ/2010", derived_graph("total"))
    assert (derived[SDMX_M.obsValue], derived[SDMX_A.unitMeasure]) == ("4000", concept("unit", "number").value)
    assert derived[PROV.wasGeneratedBy] == entity("rule", "total").value
    assert derived[EGOV.computation] == "1 × 1500 + 1 × 2500"
    assert derived == _about(dataset, "total-users/KAZ/2010", ox.DefaultGraph())


def test_a_stated_value_that_the_sum_bears_out_is_not_derived(summed: World) -> None:
    summed.add_row("total-users,KAZ,2010,,,4,thousand,,,4,")
    dataset = build(summed.root)
    assert _about(dataset, "total-users/KAZ/2010", derived_graph("total")) == {}
    assert dataset.conflicts == ()


def test_a_stated_value_that_the_sum_contradicts_stays_the_fact_and_is_a_conflict(summed: World) -> None:
    summed.add_row("total-users,KAZ,2010,,,5.0,thousand,,,5.0,")
    dataset = build(summed.root)
    facts = _about(dataset, "total-users/KAZ/2010", ox.DefaultGraph())
    derived = _about(dataset, "total-users/KAZ/2010", derived_graph("total"))
    assert (facts[VALUE], facts[SDMX_A.unitMeasure]) == ("5.0", concept("unit", "thousand").value)
    assert (derived[VALUE], derived[SDMX_A.unitMeasure]) == ("4000", concept("unit", "number").value)
    assert [(conflict.kind, conflict.computed) for conflict in dataset.conflicts] == [("arithmetic", Decimal(4000))]
