"""Search by name: every way of finding, on the curated graph; order, facets, sorting; the index as a file."""

from __future__ import annotations

import csv
import re
import sqlite3
import threading
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.loading.dataset import Dataset
from kg.namespaces import ID, local_name
from kg.query.finding import asked
from kg.query.names import Names
from kg.query.viewing import Moment, View
from kg.search.alphabets import sort_key
from kg.search.folding import forms, kazakh_stems, sound
from kg.search.index import open_index
from kg.search.indexing import index_path
from kg.search.layout import SCORES, TIERS
from kg.search.spelling import one_letter_apart
from kg.store.letters import fold
from kg.store.oxigraph import OxigraphStore
from tests.stores import copy_store

with (Path(__file__).parent / "searches.tsv").open(encoding="utf-8", newline="") as file:
    SEARCHES = [(row["way"], row["query"], row["first"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


@pytest.fixture(scope="module")
def names(store: OxigraphStore) -> Names:
    return Names.of(store)


@pytest.fixture(scope="module")
def labels(names: Names) -> list[tuple[str, str]]:
    """Return IRI and label of every thing, in the three languages."""
    with names._open._connection() as connection:
        query = "SELECT t.iri, n.text FROM name n JOIN thing t ON t.id = n.thing WHERE n.match = 0 ORDER BY n.id"
        return connection.execute(query).fetchall()


def ids(names: Names, text: str, kind: str | None = None) -> list[str]:
    return [local_name(hit.iri) or hit.iri for hit in names.find(text, kind)]


@pytest.mark.parametrize(("way", "query", "first"), SEARCHES, ids=[f"{way} {query}" for way, query, _ in SEARCHES])
def test_the_first_hit_is_what_was_meant(names: Names, way: str, query: str, first: str) -> None:
    assert ids(names, query)[:1] == ([first] if first else [])


def test_the_table_of_searches_has_every_way_in_each_language() -> None:
    ways = Counter(way for way, _, _ in SEARCHES)
    assert sum(ways.values()) >= 80
    assert set(ways) >= {
        "label",
        "keyboard",
        "number",
        "identifier",
        "IRI",
        "CURIE",
        "DOI",
        "abbreviation",
        "inflected",
        "partial",
        "misspelt",
    }


def test_tiers_come_in_their_order_and_scores_with_them(names: Names) -> None:
    for query in ("Kazakhstan", "цифровое правительство", "қызмет", "2010"):
        scores = [hit.score for hit in names.find(query)]
        assert scores == sorted(scores, reverse=True) != []
    assert list(SCORES) == sorted(SCORES, reverse=True)
    assert len(SCORES) == len(TIERS)


@pytest.mark.parametrize("query", ["Kazakhstan", "цифровое правительство", "EGDI", "827", "қызмет"])
def test_the_same_search_gives_the_same_order(store: OxigraphStore, names: Names, query: str) -> None:
    assert Names.of(store).find(query) == names.find(query)


@pytest.mark.parametrize("query", ["Digital Kazakhstan", "Цифрлық Қазақстан"])
def test_among_equals_curated_things_come_before_observations_and_conflicts(names: Names, query: str) -> None:
    places = {"observation": 1, "conflict": 2}
    by_tier: dict[str, list[int]] = {}
    for hit in names.find(query):
        by_tier.setdefault(f"{hit.how} {hit.match == 'several'}", []).append(places.get(hit.kind, 0) if hit.curated else 3)
    assert all(found == sorted(found) for found in by_tier.values())


@pytest.mark.parametrize(
    ("query", "language", "match", "how"),
    [
        ("Цифрлық Қазақстан", "kk", "prefLabel", "exact"),
        ("цифровой казахстан", "ru", "prefLabel", "exact"),
        ("Цифрового Казахстана", "ru", "prefLabel", "form"),
        ("Sifrlyq Qazaqstan", "kk", "prefLabel", "form"),
        ("gital kazakhst", "en", "prefLabel", "part"),
        ("Digitl Kazakhstan", "en", "prefLabel", "misspelt"),
        ("programme/digital-kazakhstan", "", "iri", "code"),
    ],
)
def test_a_hit_says_which_label_matched_in_which_language_and_how(names: Names, query: str, language: str, match: str, how: str) -> None:
    hit = names.find(query)[0]
    assert (local_name(hit.iri), hit.language, hit.match, hit.how) == ("programme/digital-kazakhstan", language, match, how)


def test_words_may_stand_in_several_names_of_one_thing(names: Names) -> None:
    hit = next(hit for hit in names.find("Цифровой Digital Қазақстан") if hit.kind == "programme")
    assert (hit.match, hit.how) == ("several", "several")


LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі", min_size=1, max_size=1)


@given(data=st.data())
def test_four_letters_in_a_row_of_a_label_find_it(names: Names, labels: list[tuple[str, str]], data: st.DataObject) -> None:
    iri, label = data.draw(st.sampled_from(labels))
    begin = data.draw(st.integers(0, max(0, len(label) - 4)))
    part = label[begin : begin + data.draw(st.integers(4, 40))]
    assume(len(part) >= 4 and all(letter.isalpha() or letter == " " for letter in part) and max(map(len, part.split()), default=0) >= 3)
    assume(names._open.of_thing(iri)[0].curated)
    assert iri in [hit.iri for hit in names.find(part)]


@given(data=st.data())
def test_a_long_label_with_one_letter_wrong_is_found(names: Names, labels: list[tuple[str, str]], data: st.DataObject) -> None:
    iri, label = data.draw(st.sampled_from([item for item in labels if len(item[1]) >= 20]))
    place = data.draw(st.sampled_from([place for place, letter in enumerate(label) if letter.isalpha()]))
    word = next(word[0] for word in re.finditer(r"\w+", label) if word.start() <= place < word.end())
    assume(word.isalpha() and len(word) > 1)
    edit = data.draw(st.sampled_from(["leave out", "replace", "put in"]))
    wrong = label[:place] + ("" if edit == "leave out" else data.draw(LETTERS)) + label[place + (edit != "put in") :]
    found = names.find(wrong)
    assume(not found or found[0].how == "misspelt" or iri in [hit.iri for hit in found])  # another thing may have that very name
    assert iri in [hit.iri for hit in found]


@given(text=st.text(max_size=60))
def test_no_text_makes_a_search_fail(names: Names, text: str) -> None:
    names.find(text, limit=3)
    names.near(text)
    names.exact(text)


@pytest.mark.parametrize(
    "text", ['"', '" OR "', "a* NOT b", "NEAR(a b)", "^x", "{names}: x", "'); DROP TABLE name; --", "%", "_", "x" * 300, "я " * 150]
)
def test_signs_of_the_engine_s_language_are_text_like_any_other(names: Names, text: str) -> None:
    names.find(text, limit=3)
    assert names.find("827")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("digital-kazakstn", "programme/digital-kazakhstan"),
        ("P1700000828", "act/P1700000827"),
        ("orazgalieva-2023", "document/orazgaliyeva-2023"),
    ],
)
def test_near_names_are_those_that_look_alike(names: Names, text: str, near: str) -> None:
    assert near in names.near(text)


def test_nothing_is_near_to_nonsense(names: Names) -> None:
    assert names.near("xqzv wkjx") == names.near("") == []


# Facets


@pytest.fixture(scope="module")
def view(store: OxigraphStore) -> View:
    return View(store, Moment(), store.release())


def test_counts_by_kind_and_document_are_those_of_the_filters(names: Names, view: View) -> None:
    whole = names.search(asked(view, "kazakhstan"))
    assert whole.counts.count == len(whole.hits) == sum(whole.counts.kinds.values())
    for kind, number in whole.counts.kinds.items():
        of_kind = names.search(asked(view, "kazakhstan", kind))
        assert (len(of_kind.hits), of_kind.counts.count, of_kind.counts.kinds) == (number, number, whole.counts.kinds)
    for iri, number in whole.counts.documents.items():
        of_document = names.search(asked(view, "kazakhstan", document=local_name(iri)))
        assert (len(of_document.hits), of_document.counts.documents) == (number, whole.counts.documents)
    assert list(whole.counts.documents.values()) == sorted(whole.counts.documents.values(), reverse=True) != []


def test_a_document_s_things_are_those_that_its_passages_speak_of(names: Names, view: View, store: OxigraphStore) -> None:
    query = """SELECT DISTINCT ?thing WHERE { ?passage oa:hasSource <https://w3id.org/egovkg/id/document/abil-2023> .
      GRAPH ?passage { { ?thing ?p ?o } UNION { ?s ?p ?thing } } ?thing skos:prefLabel ?label }"""
    stated = {row["thing"].value for row in store.rows(query)}
    found = {hit.iri for hit in names.search(asked(view, document="abil-2023")).hits}
    assert found == {iri for iri in stated if iri.startswith(ID) and "/passage/" not in iri and "/dataset/" not in iri} != set()


def test_a_period_keeps_what_was_there_and_counts_what_nobody_dates(names: Names, view: View) -> None:
    found = names.search(asked(view, kind="programme", first="2019", last="2019"))
    kept = {local_name(hit.iri) for hit in found.hits}
    assert "programme/digital-kazakhstan" in kept
    assert not kept & {"programme/e-government-2005-2007", "programme/e-government-2008-2010"}
    later = {local_name(hit.iri) for hit in names.search(asked(view, kind="programme", first="2007", last="2009")).hits}
    assert later >= {"programme/e-government-2005-2007", "programme/e-government-2008-2010"}
    assert "programme/digital-kazakhstan" not in later
    everything = names.search(asked(view, kind="finding"))
    assert names.search(asked(view, kind="finding", first="2010")).counts.undated == everything.counts.count > 0


def test_pages_of_a_search_are_the_whole(names: Names, view: View) -> None:
    search = asked(view, "kazakhstan")
    whole = names.search(search).hits
    pages = [hit for start in range(0, len(whole) + 7, 7) for hit in names.search(search, start, 7).hits]
    assert pages == whole


# Order by name


def test_names_are_sorted_by_the_kazakh_alphabet(names: Names, view: View, store: OxigraphStore) -> None:
    hits = names.search(asked(view, kind="organisation", sort="name", language="kk")).hits
    labels = {row["t"].value: row["l"].value for row in store.rows("SELECT ?t ?l WHERE { ?t skos:prefLabel ?l FILTER(LANG(?l) = 'kk') }")}
    order = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
    first = [labels[hit.iri].casefold().lstrip('«"')[0] for hit in hits]
    cyrillic = [order.index(letter) for letter in first if letter in order]
    assert cyrillic == sorted(cyrillic)
    assert {"ә", "қ", "ұ"} <= set(first)


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("kk", ["5-кезең", "10-кезең", "ауыл", "әкім", "бала", "гүл", "ғылым", "кезең", "қала", "наурыз", "ңазым",
                "орда", "өмір", "ту", "ұлт", "үй", "хат", "һәм", "цирк", "ын", "іс", "эко", "Alpha"]),
        ("ru", ["акт", "ель", "ёлка", "жизнь", "Йод", "«Карта»", "Alpha"]),
        ("en", ["2 a", "10 a", "Alpha", "Bojović", "bokayev", "Türkiye", "Акт"]),
    ],
)  # fmt: skip
def test_each_alphabet_has_its_own_order(language: str, ordered: list[str]) -> None:
    mixed = ordered[1::2] + ordered[::2]
    assert sorted(mixed, key=lambda text: sort_key(text, language)) == ordered


# Words


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("слово", "слово", True), ("слово", "слова", True), ("слово", "сово", True), ("сово", "слово", True), ("слово", "сволоо", False),
     ("слово", "солво", True), ("ab", "ba", True), ("abc", "cba", False), ("a", "", True), ("abcd", "ab", False)],
)  # fmt: skip
def test_one_letter_apart(one: str, other: str, apart: bool) -> None:
    assert one_letter_apart(one, other) is apart


@pytest.mark.parametrize(
    ("one", "other"),
    [("Цифровой", "Tsifrovoy"), ("Цифровой", "Cifrovoj"), ("Цифровой", "Tsifrovoi"), ("Қазақстан", "Qazaqstan"), ("Шымкент", "Şymkent"),
     ("Үкіметі", "Ukimeti"), ("Жамбыл", "Zhambyl"), ("Жамбыл", "Jambyl"), ("Бокаев", "Bokayev"), ("правительство", "pravitel'stvo")],
)  # fmt: skip
def test_a_name_sounds_alike_in_both_alphabets(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("word", "stem"),
    [("қазақстанның", "қазақстан"), ("қазақстанға", "қазақстан"), ("қазақстандағы", "қазақстан"),
     ("үкіметтің", "үкімет"), ("үкіметінің", "үкімет"),
     ("министрлігі", "министрлік"), ("министрліктердің", "министрлік"), ("бағдарламаларымен", "бағдарлама"),
     ("қызметтерге", "қызмет"), ("кітабы", "кітап")],
)  # fmt: skip
def test_kazakh_endings_come_off(word: str, stem: str) -> None:
    assert fold(stem) in kazakh_stems(fold(word))


@pytest.mark.parametrize(
    ("one", "other"), [("цифрового", "цифровой"), ("министерства", "министерство"), ("services", "service"), ("tsifrovogo", "цифровой")]
)
def test_forms_of_one_word_meet(one: str, other: str) -> None:
    assert forms(one) & forms(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Jyväskylä", "jyvaskyla"), ("Қазақстан", "казакстан"), ("№ 827", "827"), ("No. 827", "827"), ("n827", "n827"),
     ("за\u0301мок", "замок"),
     ("Й", "й"), ("«Ёлка» — 2", "елка 2"), ("Straße", "strasse"), ("…", "")],
)  # fmt: skip
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


# The file


@pytest.fixture
def stored(made_store: Path, tmp_path: Path) -> Path:
    return copy_store(made_store, tmp_path / "store")


def test_a_build_leaves_the_index_beside_the_store_and_a_search_reads_it(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index_path(stored).exists()
    monkeypatch.setattr("kg.search.index.read_things", lambda _: pytest.fail("the index was made anew"))
    monkeypatch.setattr("kg.search.index.make_index", lambda *_: pytest.fail("the index was made anew"))
    store = OxigraphStore(stored)
    assert ids(Names.of(store), "827") == ["act/P1700000827"]
    store.close()


@pytest.mark.parametrize("how", ["gone", "empty", "damaged", "cut off", "of another release"])
def test_an_index_that_cannot_be_used_is_made_anew(stored: Path, how: str) -> None:
    path = index_path(stored)
    whole = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "of another release":
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("UPDATE meta SET value = 'other' WHERE key = 'release'")
        connection.close()
    else:
        path.write_bytes({"empty": b"", "damaged": b"no database at all" * 1000, "cut off": whole[: len(whole) // 3]}[how])
    store = OxigraphStore(stored)
    assert ids(Names.of(store), "827") == ["act/P1700000827"]
    assert ids(Names.of(store), "Цифрлық Қазақстанның")[0] == "programme/digital-kazakhstan"
    store.close()


def test_an_index_that_cannot_be_written_is_made_in_memory(dataset: Dataset, tmp_path: Path) -> None:
    store = OxigraphStore()
    store.fill(dataset.nquads)
    nowhere = tmp_path / "no" / "such" / "folder" / "index"
    assert open_index(store, nowhere).exact("Digital Kazakhstan")
    assert not nowhere.exists()


def test_what_is_loaded_is_found(stored: Path) -> None:
    from kg.formats import N_TRIPLES

    store = OxigraphStore(stored)
    data = f'<{ID}programme/mine> <http://www.w3.org/2004/02/skos/core#prefLabel> "Wholly mine"@en .\n'
    store.load(data.encode(), N_TRIPLES)
    assert ids(Names.of(store), "wholly mine") == ["programme/mine"]
    store.close()


def test_many_threads_may_search_at_a_time(stored: Path) -> None:
    store = OxigraphStore(stored)
    names, found = Names.of(store), []
    threads = [threading.Thread(target=lambda q=q: found.append(ids(names, q)[0])) for q in ["827", "Digital Kazakhstan", "ЦОН"] * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(found) == {"act/P1700000827": 6, "programme/digital-kazakhstan": 6, "organisation/citizens-service-centres": 6}
    store.close()
