"""Two datasets side by side: what is added, removed and changed, in words, exactly and completely."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kg.cli.main import app
from kg.comparison.changes import Change, compare
from kg.comparison.sides import Side, read_side
from kg.curation.strict_yaml import read_yaml
from kg.errors import UnusableInput
from kg.loading.dataset import build
from kg.loading.opening import make_store
from kg.namespaces import BASE, EGOV, ID, SCHEMA, SDMX_M, XSD, expand
from kg.rdf import nquads
from kg.resources import records_dir
from kg.terms import Terms, load_terms
from tests.world import TABLE, World

THING = ox.NamedNode(f"{ID}programme/x")


def _side(*facts: tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal], graph: str | None = None) -> Side:
    place = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return Side("x", frozenset(nquads([ox.Quad(*fact, place) for fact in facts]).splitlines()))


def _told(changes: tuple[Change, ...]) -> list[tuple[str, str | None, str | None]]:
    return [(c.kind, c.old.value if c.old else None, c.new.value if c.new else None) for c in changes]


def test_one_value_of_a_single_valued_property_that_becomes_another_is_one_change(terms: Terms) -> None:
    old, new = (_side((THING, SCHEMA.endDate, ox.Literal(day, datatype=XSD.date))) for day in ("2022-12-31", "2023-12-31"))
    assert _told(compare(old, new, terms).changes) == [("changed", "2022-12-31", "2023-12-31")]


def test_values_of_a_property_that_takes_many_are_added_and_removed(terms: Terms) -> None:
    old, new = (_side((THING, EGOV.hasGoal, ox.Literal(text, language="en"))) for text in ("a", "b"))
    assert _told(compare(old, new, terms).changes) == [("added", None, "b"), ("removed", "a", None)]


def test_a_label_changes_within_its_language(terms: Terms) -> None:
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    old = _side((THING, label, ox.Literal("A", language="en")), (THING, label, ox.Literal("Б", language="ru")))
    new = _side((THING, label, ox.Literal("B", language="en")), (THING, label, ox.Literal("Ә", language="kk")))
    assert _told(compare(old, new, terms).changes) == [("added", None, "Ә"), ("changed", "A", "B"), ("removed", "Б", None)]


def test_a_number_written_otherwise_is_no_change_and_a_text_is(terms: Terms) -> None:
    old = _side((THING, SDMX_M.obsValue, ox.Literal("0.47430", datatype=XSD.decimal)), (THING, EGOV.printed, ox.Literal("0.47430")))
    new = _side((THING, SDMX_M.obsValue, ox.Literal("0.4743", datatype=XSD.decimal)), (THING, EGOV.printed, ox.Literal("0.4743")))
    assert _told(compare(old, new, terms).changes) == [("changed", "0.47430", "0.4743")]


def test_what_a_passage_claims_is_counted_and_is_no_fact(terms: Terms) -> None:
    fact = (THING, EGOV.hasGoal, ox.Literal("a", language="en"))
    found = compare(_side(fact, graph=f"{ID}passage/doe-2020/text-1"), _side(fact, graph=f"{ID}passage/doe-2020/text-2"), terms)
    assert (found.changes, found.claims_added, found.claims_removed) == ((), 1, 1)


NODES = st.integers(0, 4).map(lambda n: ox.NamedNode(f"{ID}programme/p{n}"))
PREDICATES = st.sampled_from([SCHEMA.endDate, EGOV.hasGoal, SDMX_M.obsValue])
VALUES = (
    NODES
    | st.builds(ox.Literal, st.sampled_from(["a", 'b "c"', "д\n"]), language=st.sampled_from(["en", "ru"]))
    | st.integers(0, 5).map(ox.Literal)
)
FACTS = st.sets(st.tuples(NODES, PREDICATES, VALUES), max_size=12)


@given(FACTS, FACTS)
def test_every_difference_is_told_exactly_once_whatever_the_facts(
    before: set[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]],
    after: set[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]],
) -> None:
    changes = compare(_side(*before), _side(*after), load_terms()).changes
    lost = [(c.subject, c.predicate, c.old) for c in changes if c.old is not None]
    won = [(c.subject, c.predicate, c.new) for c in changes if c.new is not None]
    assert (len(lost), set(lost)) == (len(before - after), before - after)
    assert (len(won), set(won)) == (len(after - before), after - before)


# Files, stores, folders


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, ["diff", *map(str, arguments)])
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result

    return command


@pytest.fixture
def before(world: World, tmp_path: Path) -> Path:
    """The tiny world as it was, built into a file."""
    path = tmp_path / "before.nq"
    path.write_bytes(build(world.root).nquads)
    return path


def test_a_file_a_store_and_the_folder_they_were_built_from_do_not_differ(run: Run, world: World, before: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    make_store(build(world.root), store).close()
    for old in (before, store, world.root):
        for new in (before, store, world.root):
            result = run(old, new)
            assert (result.exit_code, result.stdout) == (0, "")
            assert "0 fact(s) added, 0 removed, 0 changed in 0 thing(s), complete" in result.stderr


def test_another_serialisation_of_the_same_dataset_does_not_differ(run: Run, before: Path, tmp_path: Path) -> None:
    quads = list(ox.parse(path=str(before), format=ox.RdfFormat.N_QUADS))
    (tmp_path / "same.trig").write_bytes(ox.serialize(quads, format=ox.RdfFormat.TRIG) or b"")
    spaced = b"# a comment\n\n" + before.read_bytes().replace(b"> <", b">\t<").replace(b"\n", b"\r\n") + before.read_bytes()[:300]
    (tmp_path / "spaced.nq").write_bytes(spaced[: spaced.rindex(b"\n")])
    for name in ("same.trig", "spaced.nq"):
        assert run(before, name).exit_code == 0


def test_a_changed_figure_is_one_sentence_with_its_passage(run: Run, world: World, before: Path) -> None:
    world.change(TABLE, "index-value,KAZ,2010,,,0.474,index,,,0.474,", "index-value,KAZ,2010,,,0.558,index,,,0.558,")
    result = run(before, world.root)
    assert result.exit_code == 1
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert ["changed", "observation/index-value/KAZ/2010", "Index, Kazakhstan, 2010: 0.474 → 0.558 (doe-2020 Table 1)"] in rows
    assert {row[0] for row in rows[1:]} == {"changed"}
    assert "0 fact(s) added, 0 removed, 2 changed in 1 thing(s), complete; claims of passages: 2 added, 2 removed" in result.stderr


def test_the_last_zeros_of_a_figure_are_kept_even_from_a_store(run: Run, world: World, tmp_path: Path) -> None:
    world.change(TABLE, "index-value,KAZ,2010,,,0.474,index,,,0.474,", "index-value,KAZ,2010,,,0.470,index,,,0.470,")
    make_store(build(world.root), tmp_path / "store").close()
    world.change(TABLE, "index-value,KAZ,2010,,,0.470,index,,,0.470,", "index-value,KAZ,2010,,,0.550,index,,,0.550,")
    assert "Index, Kazakhstan, 2010: 0.470 → 0.550 (" in run("store", world.root).stdout


def test_dates_are_told_as_exactly_as_they_are_known_and_things_by_name(run: Run, world: World, before: Path) -> None:
    world.change("programme/digital-land.yaml", "endDate: 2022", "endDate: 2023-06")
    facts = [line.split("\t")[2] for line in run(before, world.root).stdout.splitlines()]
    assert any(fact.startswith("Digital Land, ") and "2022 → 2023-06 (doe-2020 Text, par. 1)" in fact for fact in facts)
    russian = run(before, world.root, "--lang", "ru").stdout
    assert "Цифровая страна" in russian


def _second_document(world: World) -> None:
    world.write(
        "document/roe-2021.yaml",
        "type: Report\nlabel: {en: Roe (2021), ru: Роу (2021), kk: Роу (2021)}\nauthority: primary-statistics\n"
        "passages:\n  text-1: {locator: 'Text, par. 1', type: paragraph}\n"
        "claims:\n  - {title: {en: Figures}, issued: 2021, stated: [roe-2021/text-1]}\n",
    )
    world.write(
        "observations/roe-2021-text.csv",
        "passage,indicator,area,period,breakdown,role,value,unit,status,qualifier,printed,note\n"
        "text-1,index-value,KAZ,2010,,,0.558,index,,,0.558,\n",
    )


def test_the_passage_of_either_side_is_named_where_another_document_decides(run: Run, world: World, before: Path) -> None:
    _second_document(world)
    sentence = "Index, Kazakhstan, 2010: 0.474 → 0.558 (doe-2020 Table 1 → roe-2021 Text, par. 1)"
    result = run(before, world.root)
    assert sentence in result.stdout
    (tie,) = [line for line in result.stdout.splitlines() if sentence in line]
    assert tie.startswith("changed\t")
    assert any(line.startswith("added\tconflict/") and "found by the build" in line for line in result.stdout.splitlines())


def _facts(dataset: bytes) -> set[tuple[str, str, str]]:
    quads = ox.parse(dataset, format=ox.RdfFormat.N_QUADS)
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in quads if isinstance(q.graph_name, ox.DefaultGraph)}


def _told_facts(report: dict[str, Any], side: str) -> list[tuple[str, str, str]]:
    facts = [fact for thing in report["things"] for fact in thing["facts"] if side in fact]
    return [(f"<{fact['subject']}>", str(ox.NamedNode(expand(fact["property"]))), fact[side]["term"]) for fact in facts]


def test_removing_a_document_and_rebuilding_shows_exactly_which_facts_changed(run: Run, world: World, before: Path, tmp_path: Path) -> None:
    _second_document(world)
    both = tmp_path / "both.nq"
    both.write_bytes(build(world.root).nquads)
    for name in ("document/roe-2021.yaml", "observations/roe-2021-text.csv"):
        (world.root / name).unlink()
    result = run(both, world.root, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    old, new = _facts(both.read_bytes()), _facts(before.read_bytes())
    assert sorted(_told_facts(report, "old")) == sorted(old - new)
    assert sorted(_told_facts(report, "new")) == sorted(new - old)
    assert report["complete"]
    value = [f for t in report["things"] for f in t["facts"] if f["sentence"].startswith("Index, Kazakhstan, 2010: 0.558 → 0.474")]
    assert [(f["change"], f["old"]["passages"], f["new"]["passages"]) for f in value] == [
        ("changed", ["roe-2021 Text, par. 1"], ["doe-2020 Table 1"])
    ]


def test_removing_a_paper_from_the_real_records_shows_exactly_which_facts_changed(run: Run, tmp_path: Path) -> None:
    root = Path(shutil.copytree(records_dir(), tmp_path / "records"))
    before = build(root).nquads
    (tmp_path / "before.nq").write_bytes(before)
    _remove_document(root, "kuanaliev-2025")
    report = json.loads(run("before.nq", root, "--format", "json").stdout)
    old, new = _facts(before), _facts(build(root).nquads)
    assert old - new
    assert sorted(_told_facts(report, "old")) == sorted(old - new)
    assert sorted(_told_facts(report, "new")) == sorted(new - old)
    counted = report["counts"]
    assert counted["removed"] + counted["changed"] == len(old - new)
    assert counted["added"] + counted["changed"] == len(new - old)


def _remove_document(root: Path, slug: str) -> None:
    """Take a document out of a folder of records, with every claim that only it states and every thing left without one."""
    gone, files = {f"document/{slug}"}, {path: read_yaml(path.read_text(encoding="utf-8")).data for path in root.rglob("*.yaml")}
    (root / "document" / f"{slug}.yaml").unlink()
    for path in (root / "observations").glob(f"{slug}-*.csv"):
        path.unlink()
    size = 0
    while size != len(gone):
        size = len(gone)
        for path, data in files.items():
            name = path.relative_to(root).with_suffix("").as_posix()
            assert isinstance(data, dict)
            if name not in gone:
                claims = [left for claim in data.get("claims", []) if (left := dict(_left(claim, gone, slug))).keys() - {"stated"}]
                data["claims"] = [claim for claim in claims if claim.get("stated")]
                if not data["claims"] and "rule" not in data:
                    gone.add(name)
                    path.unlink()
    for path, data in files.items():
        if path.exists():
            path.write_text(yaml.safe_dump(data, allow_unicode=True, default_style='"'), encoding="utf-8")
    assert len(gone) > 1


def _left(claim: Any, gone: set[str], slug: str) -> Iterator[tuple[str, Any]]:
    for key, value in claim.items():
        given = value if isinstance(value, list) else [value]
        kept = [
            item for item in given if not (isinstance(item, str) and (item in gone or (key == "stated" and item.startswith(f"{slug}/"))))
        ]
        if kept:
            yield key, kept if isinstance(value, list) else kept[0]


# Options and what cannot be used


def test_a_cut_list_says_so_and_counts_all(run: Run, world: World, before: Path) -> None:
    _second_document(world)
    whole = json.loads(run(before, world.root, "--format", "json").stdout)
    total = sum(len(thing["facts"]) for thing in whole["things"])
    result = run(before, world.root, "--limit", "3")
    assert len(result.stdout.splitlines()) == 4
    assert f"cut at 3 of {total}" in result.stderr
    cut = json.loads(run(before, world.root, "--limit", "3", "--format", "json").stdout)
    assert (cut["listed"], cut["complete"], cut["counts"]) == (3, False, whole["counts"])
    assert run(before, world.root, "--limit", "0").exit_code == 1


@pytest.mark.parametrize(
    ("name", "content", "cure"),
    [
        ("none.nq", None, "there is no"),
        ("text.nq", b"this is no RDF\n", "not readable as nq"),
        ("half.nq", b'<https://example.org/a> <https://example.org/b> "c', "not readable as nq"),
        ("paper.pdf", b"%PDF", "N-Quads file"),
    ],
)
def test_what_is_no_dataset_is_refused_with_exit_code_2(run: Run, before: Path, name: str, content: bytes | None, cure: str) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    for arguments in ((before, name), (name, before), (name, name)):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert cure in result.stderr


def test_a_folder_that_is_neither_store_nor_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="neither a store directory nor a folder of records"):
        read_side(tmp_path, BASE)


def test_records_that_break_a_rule_give_exit_code_2_and_their_findings(run: Run, world: World, before: Path) -> None:
    world.change("document/doe-2020.yaml", "issued: 2020", "isued: 2020")
    result = run(before, world.root)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "document/doe-2020.yaml" in result.stderr
    assert "isued" in result.stderr


def test_unknown_formats_and_languages_are_refused(run: Run, before: Path) -> None:
    assert run(before, before, "--format", "xml").exit_code == 2
    assert run(before, before, "--lang", "de").exit_code == 2
