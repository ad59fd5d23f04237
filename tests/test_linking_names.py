"""Names of programmes, indices, bodies and systems: every record's own examples, endings, and things of the same name."""

from __future__ import annotations

import re

import pytest

from kg.linking.inflecting import kazakh_forms, russian_forms, spaced
from kg.linking.lexicon import Lexicon
from kg.linking.linker import Linker
from kg.linking.things import TYPES, Thing
from kg.namespaces import ID
from kg.store.oxigraph import OxigraphStore

_KINDS = (*TYPES, "act")
UNLINKED = {
    "Declaration on State Sovereignty of the Kazakh SSR": "no act with a number: declarations are no kind of the grammar",
    "Декларация о государственном суверенитете Казахской ССР": "the same",
    "Қазақ КСР-ның мемлекеттік егемендігі туралы декларация": "the same",
    "министр по инвестициям и развитию": "a person's office, not the ministry's name",
    "решение маслихата": "every region has one: the word alone names none",
}
"""Examples of records that are not found, with the reason."""

FOUND = [
    ("в рамках государственной программы <strong> <em> «⟦Цифровой Казахстан⟧» </em> </strong>", "programme/digital-kazakhstan"),
    ("этапы ⟦Цифрового Казахстана⟧ как программы", "programme/digital-kazakhstan"),
    ("Государственная программа \\\"⟦Информационный Казахстан-2020⟧\\\"", "programme/information-kazakhstan-2020"),
    ("концепция «⟦Слышащего государства⟧»", "programme/listening-state"),
    ("⟦электрондық әкімдігінің⟧ жүйесі", "system/e-akimat"),
    ("портал ⟦eGov-тан⟧ алу", "system/egov-portal"),
    ("⟦Smart Data Ukimet-те⟧ деректер", "system/smart-data-ukimet"),
    ("видеонаблюдение («⟦Сергек⟧»), GPS", "system/sergek"),
    ("в ⟦Индексе развития электронного правительства⟧ ООН", "indicator/egdi-value"),
    ("через ⟦Smart Bridge⟧ прошла интеграция", "system/smart-bridge"),
    ("подписание через ЭЦП/⟦NCALayer⟧", "system/ncalayer"),
    ("⟦веб-портале «электронного правительства»⟧", "system/egov-portal"),
    ("⟦портал электронного правительства⟧ Республики Казахстан", "system/egov-portal"),
    ("⟦«электрондық үкіметтің» шлюзі⟧ арқылы", "system/egov-gateway"),
    ("⟦e-Akimats⟧ shall be created", "system/e-akimat"),
    ("⟦Ministry of Digital Development, Innovation, and Aerospace Industry⟧", "organisation/mddiai"),
    ("⟦Ministry of Digital Development of Kazakhstan⟧ said", "organisation/mddiai"),
    ("НАО «Государственная корпорация «⟦Правительство для граждан⟧»", "organisation/gov4c"),
]  # fmt: skip

NOT_FOUND = [
    ("Хакатон Digital Kazakhstan", "programme/digital-kazakhstan"),
    ("Digital Kazakhstan Award 2021", "programme/digital-kazakhstan"),
    ("Ассоциация «Цифровой Казахстан»", "programme/digital-kazakhstan"),
    ("Digital Kazakhstan LLP", "programme/digital-kazakhstan"),
    ('{"station": "Нұрлы Жол"}', "programme/nurly-zhol"),
    ("« Сергек » балабақшасы", "system/sergek"),
    ("the socket is in the listening state", "programme/listening-state"),
    ("Министерство цифрового развития, связи и массовых коммуникаций РФ и Казахстан", "organisation/mddiai"),
    ("станция «Нұрлы жол», поезд", "programme/nurly-zhol"),
    ("Сергек Болатов пришёл", "system/sergek"),
    ("сергек болыңыз", "system/sergek"),
    ("Ministry of Justice of Georgia", "organisation/ministry-of-justice"),
    ("Министерство юстиции РФ", "organisation/ministry-of-justice"),
    ("the OSI model has seven layers", "indicator/osi-value"),
    ("EPI vaccination schedule", "indicator/epi-value"),
    ("European Geological Data Infrastructure (EGDI)", "indicator/egdi-value"),
    ("git clone tools/NCALayer", "system/ncalayer"),
    ("https://egov.kz/cms/ru and support@egov.kz", "system/egov-portal"),
    ("NurlyZholProject and digital_kazakhstan_2018.csv", "programme/digital-kazakhstan"),
]


def _slugs(linker: Linker, text: str) -> dict[str, str]:
    return {mention.surface: str(mention.iri).removeprefix(ID) for mention in linker.link(text)}


@pytest.mark.parametrize(("marked", "slug"), FOUND)
def test_a_name_is_found_without_quotes_and_with_its_ending(linker: Linker, marked: str, slug: str) -> None:
    text, wanted = re.sub("[⟦⟧]", "", marked), re.findall("⟦(.*?)⟧", marked)
    assert _slugs(linker, text).get(wanted[0]) == slug


@pytest.mark.parametrize(("text", "slug"), NOT_FOUND)
def test_another_thing_of_the_same_name_is_left_alone(linker: Linker, text: str, slug: str) -> None:
    assert slug not in _slugs(linker, text).values()


def test_every_example_of_a_record_is_found(linker: Linker, store: OxigraphStore) -> None:
    missed = []
    for row in store.rows("SELECT ?thing ?text WHERE { ?thing egov:linkExample ?text }"):
        iri, text = row["thing"].value, row["text"].value
        if iri.removeprefix(ID).partition("/")[0] in _KINDS and iri not in {mention.iri for mention in linker.link(text)}:
            missed.append((iri.removeprefix(ID), text))
    assert [pair for pair in missed if pair[1] not in UNLINKED] == []


def test_no_counter_example_of_a_record_is_found(linker: Linker, store: OxigraphStore) -> None:
    hit = []
    for row in store.rows("SELECT ?thing ?text WHERE { ?thing egov:linkCounterExample ?text }"):
        if row["thing"].value in {mention.iri for mention in linker.link(row["text"].value)}:
            hit.append((row["thing"].value, row["text"].value))
    assert hit == []


def test_russian_names_decline_up_to_their_head_noun() -> None:
    forms = russian_forms("Индекс развития электронного правительства")
    assert {"Индекса развития электронного правительства", "Индексом развития электронного правительства"} <= forms
    assert "Слышащего государства" in russian_forms("Слышащее государство")
    assert russian_forms("Smart Bridge") == {"Smart Bridge"}


def test_kazakh_names_soften_their_last_consonant() -> None:
    assert "электрондық әкімдігінің" in kazakh_forms("электрондық әкімдік")


def test_dashes_before_a_year_may_be_spaced_tight_or_missing() -> None:
    assert spaced("kazaxctah - 2020") >= {"kazaxctah - 2020", "kazaxctah-2020", "kazaxctah 2020"}


def test_a_name_of_two_things_says_so_and_gives_both() -> None:
    names = [("prefLabel", "Umbrella Programme Alpha", "en")]
    things = [Thing(f"{ID}programme/{slug}", "programme", list(names)) for slug in ("one", "two")]
    from kg.linking.registry import Registry

    [found] = Linker(Registry(), Lexicon(things)).link("the Umbrella Programme Alpha of Kazakhstan")
    assert [candidate.iri for candidate in found.candidates] == [f"{ID}programme/one", f"{ID}programme/two"]
    assert "2 things have this name" in found.reasons
    assert found.score < 0.9


def test_an_empty_lexicon_and_an_empty_text_find_nothing() -> None:
    from kg.linking.registry import Registry

    assert Linker(Registry(), Lexicon([])).link("Digital Kazakhstan") == []
    assert Linker(Registry(), Lexicon([])).link("") == []
