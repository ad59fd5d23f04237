"""Writes to a curated store: what may be written, the facts that follow, the shapes that must hold, the journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.config import Settings
from kg.errors import EgovkgError, WriteRefused
from kg.findings import violations
from kg.loading.adding import add_file
from kg.loading.dataset import build
from kg.namespaces import EGOV, ELI, RDF, SCHEMA, SDMX_A, SDMX_M, SKOS, XSD, concept, entity, passage_of
from kg.query import axis
from kg.store.base import Store
from kg.store.binding import Term
from kg.store.changes import Change, Overlay, apply, packed, unpacked
from kg.store.journal import Journal
from kg.store.oxigraph import OxigraphStore
from kg.store.pool import Pool
from kg.store.snapshots import Snapshots
from kg.store.tasks import Limits
from kg.store.trying import Update, Upload
from kg.store.writing import Writer
from kg.updating.checking import broken_by
from kg.updating.sending import RULED, received, sent
from kg.updating.weighing import Rules, Weighed, weigh
from kg.validation.shacl import shipped_shapes, validate
from tests.serving import served
from tests.test_updates import BEARER, TOKEN, ask, values, write
from tests.world import World

PASSAGE = "https://w3id.org/egovkg/id/passage/doe-2020/text-1"
PROGRAMME = "<https://w3id.org/egovkg/id/programme/digital-land>"
XML = b'<a xmlns="x:" xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" r:about="x:b"/>'
END = f"SELECT ?v {{ {PROGRAMME} schema:endDate ?v }}"


@pytest.fixture
def client(world: World, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a service over a small curated store on disk."""
    store = OxigraphStore(tmp_path / "store")
    store.fill(build(world.root).nquads)
    with served(store, Settings(token=TOKEN)) as url, httpx.Client(base_url=url, timeout=60) as made:
        yield made
    store.close()


def test_a_claim_written_to_its_passage_becomes_a_fact_with_evidence(client: httpx.Client) -> None:
    claim = f'{PROGRAMME} egov:topic {PROGRAMME} ; skos:altLabel "Land"@en'
    told = write(client, f"INSERT DATA {{ GRAPH <{PASSAGE}> {{ {claim} }} }}")
    assert told.status_code == 200, told.text
    assert (told.json()["added"], told.json()["derived"]) == (4, 2)
    assert ask(client, f"ASK {{ {claim} }}")
    found = client.get("/api/v1/entities", params={"q": "Land"}).json()["hits"]
    assert [hit["id"] for hit in found] == ["programme/digital-land"]
    assert write(client, f"DELETE WHERE {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} skos:altLabel ?label }} }}").json()["removed"] == 2
    assert not ask(client, f'ASK {{ {PROGRAMME} skos:altLabel "Land"@en }}')


def test_a_claim_of_a_passage_that_nobody_describes_is_refused_until_it_is_described(client: httpx.Client) -> None:
    passage = "https://w3id.org/egovkg/id/passage/doe-2020/text-9"
    claim = f'GRAPH <{passage}> {{ {PROGRAMME} skos:altLabel "Land"@en }}'
    told = write(client, f"INSERT DATA {{ {claim} }}")
    assert (told.status_code, "passage/doe-2020/text-9" in told.text) == (422, True), told.text
    assert not ask(client, f"ASK {{ GRAPH <{passage}> {{ ?s ?p ?o }} }}")
    record = f"GRAPH <https://w3id.org/egovkg/graph/record/document/doe-2020> {{ <{passage}> ?p ?o }}"
    like = f"GRAPH <https://w3id.org/egovkg/graph/record/document/doe-2020> {{ <{PASSAGE}> ?p ?o }}"
    told = write(client, f"INSERT {{ {record} {claim} }} WHERE {{ {like} }}")
    assert told.status_code == 200, told.text
    assert ask(client, f'ASK {{ {PROGRAMME} skos:altLabel "Land"@en }}')


def test_a_claim_that_contradicts_another_makes_a_conflict_and_taking_it_back_ends_it(client: httpx.Client) -> None:
    other = f'GRAPH <https://w3id.org/egovkg/id/passage/doe-2020/table-1> {{ {PROGRAMME} schema:endDate "2024-12-31"^^xsd:date }}'
    before = client.get("/graphs?default", headers={"Accept": "application/n-triples"}).text
    assert write(client, f"INSERT DATA {{ {other} }}").json()["derived"] > 10
    assert [c["kind"] for c in client.get("/api/v1/conflicts").json()["conflicts"]] == ["period"]
    assert values(client, END) == []
    assert write(client, f"DELETE DATA {{ {other} }}").status_code == 200
    assert client.get("/api/v1/conflicts").json()["count"] == 0
    after = client.get("/graphs?default", headers={"Accept": "application/n-triples"}).text
    assert sorted(after.splitlines()) == sorted(before.splitlines())
    assert values(client, END) == ["2022-12-31"]


@pytest.mark.parametrize(
    ("graph", "says"),
    [
        ("", "write the claim to the graph of the passage"),
        ("https://w3id.org/egovkg/graph/derived/conflicts", "follow from the claims"),
        ("https://w3id.org/egovkg/graph/derived/mine", "follow from the claims"),
        ("https://w3id.org/egovkg/graph/release", "kept by the service"),
        ("https://w3id.org/egovkg/graph/journal", "kept by the service"),
        ("https://w3id.org/egovkg/graph/vocabulary/unit", "come with the program"),
        ("https://w3id.org/egovkg/ontology", "come with the program"),
    ],
)
def test_what_follows_from_other_graphs_is_not_written_directly(client: httpx.Client, graph: str, says: str) -> None:
    triple = "<x:a> <x:p> 1"
    answers = [write(client, f"INSERT DATA {{ GRAPH <{graph}> {{ {triple} }} }}" if graph else f"INSERT DATA {{ {triple} }}")]
    address = {"graph": graph} if graph else {"default": ""}
    headers = {**BEARER, "Content-Type": "text/turtle"}
    answers += [client.request(method, "/graphs", params=address, content=f"{triple} .", headers=headers) for method in ("PUT", "POST")]
    for answer in answers:
        assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (403, False), answer.text
        assert says in answer.json()["detail"]
    assert write(client, "DROP ALL").status_code == 403
    assert ask(client, f"ASK {{ {PROGRAMME} a egov:Programme }}")


def test_a_violating_write_is_refused_whole_with_the_report(client: httpx.Client) -> None:
    update = (
        "INSERT DATA { GRAPH <x:mine> { <x:a> <x:p> 1 } } ;"
        f'INSERT DATA {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} schema:startDate "2023-01-01"^^xsd:date }} }} ;'
        f'DELETE WHERE {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} schema:startDate "2018-01-01"^^xsd:date }} }}'
    )
    answer = write(client, update)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert {finding["rule"] for finding in answer.json()["findings"]} == {"Thing-dateOrder"}
    assert "nothing was changed" in answer.json()["detail"]
    assert not ask(client, "ASK { GRAPH <x:mine> { ?s ?p ?o } }")
    as_turtle = client.post(
        "/update", content=update, headers={**BEARER, "Content-Type": "application/sparql-update", "Accept": "text/turtle"}
    )
    assert as_turtle.status_code == 422
    assert ox.Quad in {type(quad) for quad in ox.parse(as_turtle.content, format=ox.RdfFormat.TURTLE)}
    assert "sh:ValidationReport" in as_turtle.text


@pytest.mark.parametrize(
    "claim",
    [
        'schema:endDate "notadate"',
        'schema:endDate "2024"^^xsd:gYear',
        'egov:approvedBy "an act"',
        'egov:startDatePrecision "foo"',
    ],
)
def test_a_claim_that_is_no_value_is_refused_though_another_passage_is_believed(client: httpx.Client, claim: str) -> None:
    table = "https://w3id.org/egovkg/id/passage/doe-2020/table-1"
    answer = write(client, f"INSERT DATA {{ GRAPH <{table}> {{ {PROGRAMME} {claim} }} }}")
    assert answer.status_code == 422, answer.text
    assert [finding["node"] for finding in answer.json()["findings"]] == [PROGRAMME]
    assert not ask(client, f"ASK {{ GRAPH <{table}> {{ {PROGRAMME} {claim} }} }}")


def test_a_report_names_the_constraint_that_does_not_hold(client: httpx.Client) -> None:
    update = f'INSERT DATA {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} schema:endDate "notadate" }} }}'
    headers = {**BEARER, "Content-Type": "application/sparql-update", "Accept": "text/turtle"}
    report = client.post("/update", content=update, headers=headers)
    assert "sh:sourceConstraintComponent sh:DatatypeConstraintComponent" in report.text


def test_a_violating_upload_is_refused_and_the_setting_lets_it_pass(world: World) -> None:
    data, headers = "<x:a> a egov:Programme .".replace("egov:Programme", f"{EGOV.Programme}"), {**BEARER, "Content-Type": "text/turtle"}
    for shacl, status in ((True, 422), (False, 201)):
        store = OxigraphStore()
        store.fill(build(world.root).nquads)
        with served(store, Settings(token=TOKEN, shacl=shacl)) as url:
            assert httpx.put(f"{url}/graphs?graph=x:mine", timeout=60, content=data, headers=headers).status_code == status


@pytest.mark.parametrize(
    "claim",
    [
        "<https://w3id.org/egovkg/id/observation/users-share/KAZ/2010> sdmx-measure:obsValue 'many'",
        "<https://w3id.org/egovkg/id/observation/x> sdmx-measure:obsValue 1.5",
        f"{PROGRAMME} egov:topic [ a egov:Programme ]",
    ],
)
def test_claims_from_which_no_facts_can_be_derived_are_refused_in_a_sentence(client: httpx.Client, claim: str) -> None:
    answer = write(client, f"INSERT DATA {{ GRAPH <{PASSAGE}> {{ {claim} }} }}")
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_every_write_is_in_the_journal_and_in_its_graph(client: httpx.Client, tmp_path: Path) -> None:
    first = client.get("/healthz").headers["X-Dataset-Release"]
    told = [write(client, f"INSERT DATA {{ GRAPH <x:mine> {{ <x:a> <x:p> {number} }} }}").json() for number in range(2)]
    write(client, "INSERT DATA { <x:refused> <x:p> 1 }")
    entries = [json.loads(line) for line in (tmp_path / "store.journal.jsonl").read_text().splitlines()]
    assert [(e["before"], e["after"], e["who"], e["added"], e["state"]) for e in entries] == [
        (first, told[0]["release"], "EGOVKG_TOKEN", 1, "done"),
        (told[0]["release"], told[1]["release"], "EGOVKG_TOKEN", 1, "done"),
    ]
    assert entries[0]["what"] == "update: INSERT DATA { GRAPH <x:mine> { <x:a> <x:p> 0 } }"
    acts = "?a a prov:Activity ; egov:releaseAfter ?v ; prov:endedAtTime ?t"
    acts = f"SELECT ?v {{ GRAPH <https://w3id.org/egovkg/graph/journal> {{ {acts} }} }} ORDER BY ?t"
    assert values(client, acts) == [entry["after"] for entry in entries]


def test_a_trial_leaves_its_copy_as_it_was_whatever_the_update(world: World, tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    store.fill(build(world.root).nquads)
    writer, scratch = Writer(store), ox.Store()
    scratch.bulk_load(input=store.opened.dump(format=ox.RdfFormat.N_QUADS), format=ox.RdfFormat.N_QUADS)
    updates = [
        f"INSERT DATA {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} egov:topic {PROGRAMME} }} GRAPH <x:g> {{ _:a <x:p> 1 }} }}",
        "INSERT DATA { <x:refused> <x:p> 1 }",
        "COPY <x:g> TO <x:h> ; CREATE GRAPH <x:empty>",
        "MOVE <x:h> TO <x:i> ; DELETE WHERE { GRAPH <x:g> { ?s ?p ?o } }",
        "DROP GRAPH <x:empty>",
        "no update",
    ]
    for update in updates:
        with suppress(EgovkgError):
            found = weigh(scratch, Update(update), Rules(curated=True, shacl=True))
            assert set(scratch) == set(store.quads())
            writer.commit(found.change, "somebody", update)
            apply(scratch, unpacked(packed(writer.made_last)))
        assert set(scratch) == set(store.quads())
        assert set(scratch.named_graphs()) == set(store.opened.named_graphs())
    assert len(list(writer.journal.entries())) == 4
    writer.close()
    store.close()


@pytest.mark.parametrize("engine", ["best", "pyshacl"])
def test_a_sealed_worker_weighs_as_this_process_does_with_either_engine_of_shapes(world: World, engine: str) -> None:
    store = OxigraphStore()
    store.fill(build(world.root).nquads)
    kind = RULED if engine == "best" else replace(RULED, modules=("tests.slow_shapes", *RULED.modules))
    rules = Rules(curated=True, shacl=True)
    writes: list[Update | Upload] = [
        Update(f"INSERT DATA {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} egov:topic {PROGRAMME} }} }}"),
        Update(f"INSERT DATA {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} schema:startDate '2023-01-01'^^xsd:date }} }}"),
        Update("INSERT DATA { <x:a> <x:p> 1 }"),
        Update("INSERT DATA {\n<x:a> }"),
        Update("CLEAR GRAPH <x:none>"),
        Upload("PUT", "x:g", [(b"<x:a> a <https://w3id.org/egovkg/ontology#Programme> .", "ttl")]),
        Upload("PUT", "x:g", [(b"<x:a> <x:p> 1 .", "ttl"), (b"\xef\xbb\xbf" + XML, "rdf")]),
        Upload("PUT", "x:g", [(b"<x:a> <x:p> .", "ttl")]),
        Upload("DELETE", "https://w3id.org/egovkg/ontology"),
    ]

    async def sealed() -> list[tuple[object, ...]]:
        pool = Pool(Limits(workers=1, timeout=60, spare=0), Snapshots(store), kind)
        found: list[tuple[object, ...]] = []
        for one in writes:
            payload, body = sent(one, rules)
            try:
                found.append(_told(received(await pool.run("weigh", payload, body=body))))
            except EgovkgError as error:
                found.append(_told(error))
        await pool.close()
        return found

    here: list[tuple[object, ...]] = []
    for one in writes:
        try:
            here.append(_told(weigh(store.opened, one, rules)))
        except EgovkgError as error:
            here.append(_told(error))
    assert asyncio.run(sealed()) == here
    assert [one[0] for one in here].count(Weighed) == 3


def _told(found: Weighed | EgovkgError) -> tuple[object, ...]:
    if isinstance(found, Weighed):
        change = found.change
        return Weighed, set(change.added), set(change.removed), change.created, change.dropped, found.derived, found.existed
    return type(found), str(found), getattr(found, "findings", None), getattr(found, "line", None)


def test_a_load_of_claims_brings_their_facts_and_one_that_may_not_be_is_refused(world: World, tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    store.fill(build(world.root).nquads)
    before = store.release()
    programme = PROGRAMME.strip("<>")
    files = {}
    for name, line in {
        "claim": f'{PROGRAMME} <{SKOS.altLabel.value}> "Land"@en <{PASSAGE}> .',
        "derived": f"{PROGRAMME} <x:p> <x:o> <https://w3id.org/egovkg/graph/derived/mine> .\n{PROGRAMME} <x:p> <x:o> <{PASSAGE}> .",
    }.items():
        files[name] = tmp_path / f"{name}.nq"
        files[name].write_text(line + "\n")
    assert add_file(store, files["claim"], None, None, check=True) == 1
    fact = ox.Quad(ox.NamedNode(programme), SKOS.altLabel, ox.Literal("Land", language="en"))
    assert fact in store.opened
    entry = next(iter(Journal(tmp_path / "store").entries()))
    assert (entry.who, entry.before, entry.after, entry.added) == ("egovkg load", before, store.release(), 2)
    assert add_file(store, files["claim"], None, None, check=True) == 0
    after = set(store.quads())
    with pytest.raises(WriteRefused):
        add_file(store, files["derived"], None, None, check=True)
    assert set(store.quads()) == after
    store.close()


def test_names_views_and_pages_follow_the_release(client: httpx.Client) -> None:
    graph = "https://w3id.org/egovkg/graph/record/programme/digital-land"
    write(
        client,
        f'DELETE {{ GRAPH <{graph}> {{ ?p skos:prefLabel ?l }} }} INSERT {{ GRAPH <{graph}> {{ ?p skos:prefLabel "Renamed Land"@en }} }} '
        f'WHERE {{ GRAPH <{graph}> {{ ?p skos:prefLabel ?l FILTER(LANG(?l) = "en") }} }}',
    )
    assert client.get("/api/v1/entities", params={"q": "Renamed"}).json()["count"] == 1
    assert "Renamed Land" in client.get("/id/programme/digital-land.html").text
    assert client.get("/api/v1/entities", params={"q": "Renamed", "known": "2030-01-01"}).json()["count"] == 1


def test_after_a_write_the_timeline_reads_anew_only_what_was_touched(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[Term] | None] = []
    places = axis._places

    def seen(store: Store, things: list[Term] | None = None) -> Iterator[axis.Place]:
        read.append(things)
        return places(store, things)

    monkeypatch.setattr(axis, "_places", seen)
    assert "2022-12-31" in client.get("/api/v1/timeline").text
    change = (
        f'DELETE DATA {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} schema:endDate "2022-12-31"^^xsd:date }} }} ;'
        f'INSERT DATA {{ GRAPH <{PASSAGE}> {{ {PROGRAMME} schema:endDate "2023-12-31"^^xsd:date }} }}'
    )
    assert write(client, change).status_code == 200
    after = client.get("/api/v1/timeline").text
    assert ("2023-12-31" in after, "2022-12-31" in after) == (True, False)
    assert [None if things is None else [str(thing) for thing in things] for things in read] == [None, [PROGRAMME]]


def test_the_store_of_another_base_is_read_only(world: World) -> None:
    base = "https://example.org/kg/"
    store = OxigraphStore()
    store.fill(build(world.root, base=base).nquads)
    with served(store, Settings(token=TOKEN, base=base)) as url, httpx.Client(base_url=url, timeout=60) as client:
        answer = write(client, "INSERT DATA { <x:a> <x:p> 1 }")
    assert (answer.status_code, "read-only" in answer.json()["detail"]) == (403, True)


# The shapes on a part, held against the shapes on the whole

THINGS = [
    entity("programme", "digital-land"),
    entity("act", "P1700000827"),
    entity("area", "KAZ"),
    entity("indicator", "index-value"),
    entity("observation", "index-value/KAZ/2010"),
    entity("observation", "users-share/KAZ/2012"),
    passage_of("doe-2020/text-1"),
]
TRIPLES = st.one_of(
    st.tuples(
        st.sampled_from(THINGS), st.just(RDF.type), st.sampled_from([EGOV.Programme, EGOV.LegalAct, EGOV.Area, EGOV.Stage, EGOV.Indicator])
    ),
    st.tuples(
        st.sampled_from(THINGS),
        st.sampled_from([EGOV.approvedBy, ELI.amends, SKOS.broader, EGOV.indicator, EGOV.rankOf]),
        st.sampled_from(THINGS),
    ),
    st.tuples(
        st.sampled_from(THINGS),
        st.sampled_from([SCHEMA.startDate, ELI.date_document]),
        st.sampled_from(["1999-01-01", "2030-01-01"]).map(lambda text: ox.Literal(text, datatype=XSD.date)),
    ),
    st.tuples(
        st.sampled_from(THINGS), st.just(SDMX_A.unitMeasure), st.sampled_from(["rank", "index"]).map(lambda unit: concept("unit", unit))
    ),
    st.tuples(
        st.sampled_from(THINGS),
        st.sampled_from([SDMX_M.obsValue, EGOV.ordinal]),
        st.sampled_from(["1", "2.5"]).map(lambda text: ox.Literal(text, datatype=XSD.decimal)),
    ),
    st.tuples(
        st.sampled_from(THINGS), st.just(SKOS.prefLabel), st.sampled_from(["en", "de"]).map(lambda tag: ox.Literal("x", language=tag))
    ),
)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> OxigraphStore:
    store = OxigraphStore()
    store.fill(build(World(tmp_path_factory.mktemp("world")).root).nquads)
    return store


def _whole(view: Overlay) -> set[tuple[str, str, str, str]]:
    lines = "".join(f"{quad.triple} .\n" for quad in view.find(graph=ox.DefaultGraph()))
    return {(f.rule, f.node, f.path, f.value) for f in violations(validate(lines, shipped_shapes()).findings)}


@settings(max_examples=25)
@given(added=st.lists(TRIPLES, max_size=4), place=st.integers(0, 400))
def test_a_change_breaks_on_its_part_what_it_breaks_on_the_whole(
    facts: OxigraphStore, added: list[tuple[ox.NamedNode, ox.NamedNode, ox.Literal]], place: int
) -> None:
    store = facts.opened
    own = sorted((q for thing in THINGS for q in store.quads_for_pattern(thing, None, None, ox.DefaultGraph())), key=str)
    new = tuple(dict.fromkeys(quad for quad in (ox.Quad(*triple) for triple in added) if quad not in store))
    change = Change(new, tuple(own[place : place + 1]))
    expected = _whole(Overlay(store, change)) - _whole(Overlay(store, Change()))
    assert {(f.rule, f.node, f.path, f.value) for f in broken_by(store, change, curated=False)} == expected
