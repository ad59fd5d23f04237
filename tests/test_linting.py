"""`kg/linting`: what is found in documents, in three languages, and the near misses in which nothing may be found."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking.linker import Linker
from kg.linting.amounts import read_amounts
from kg.linting.checking import Linter
from kg.linting.facts import Facts
from kg.linting.findings import Finding
from kg.linting.naming import distance
from kg.linting.sentences import Sentences
from kg.store.oxigraph import OxigraphStore
from tests.seeds import seeds


@pytest.fixture(scope="module")
def linter(store: OxigraphStore, linker: Linker) -> Linter:
    return Linter(linker, Facts.of(store))


def found(linter: Linter, text: str, day: str = "", language: str | None = None) -> list[Finding]:
    written = date.fromisoformat(day) if day else None
    return linter.findings(text, linter.linker.link(text, language, written), written)[1]


def rules(linter: Linter, text: str, day: str = "") -> list[tuple[str, str, str]]:
    return [(finding.level, finding.rule, finding.surface) for finding in found(linter, text, day)]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("In accordance with the Law of the Republic of Kazakhstan dated January 11, 2007 No. 217-III On Informatization, data are kept.",
         "Law of the Republic of Kazakhstan dated January 11, 2007 No. 217-III"),
        ("Согласно Закону РК от 11 января 2007 года № 217-III «Об информатизации» данные хранятся.",
         "Закону РК от 11 января 2007 года № 217-III"),
        ("Деректер Қазақстан Республикасының 2007 жылғы 11 қаңтардағы № 217-III Заңына сәйкес сақталады.",
         "Қазақстан Республикасының 2007 жылғы 11 қаңтардағы № 217-III Заңына"),
    ],
)  # fmt: skip
def test_an_act_repealed_before_the_document_is_found_and_one_in_force_is_not(linter: Linter, text: str, surface: str) -> None:
    [finding] = found(linter, text, "2020-01-01")
    assert (finding.level, finding.rule) == ("warning", "Act-repealed")
    assert finding.surface.startswith(surface)
    assert "2016-01-01" in finding.message
    assert "Z1500000418" in finding.suggestion
    assert found(linter, text, "2015-12-31") == []
    assert found(linter, text) == [], "a document of which no day is known may be of 2007"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("В 2007 году был принят Закон РК от 11 января 2007 года № 217-III.", ["note"]),
        ("Закон РК от 11 января 2007 года № 217-III утратил силу.", []),
        ("The Law of the Republic of Kazakhstan of 11 January 2007 No. 217-III was repealed in 2016.", []),
        ("Қазақстан Республикасының 2007 жылғы 11 қаңтардағы № 217-III Заңының күші жойылды.", []),
        ("Закон Российской Федерации от 11 января 2007 года № 217-III.", []),
    ],
)
def test_history_is_at_most_a_note_and_what_says_so_itself_is_silent(linter: Linter, text: str, level: list[str]) -> None:
    assert [finding.level for finding in found(linter, text, "2020-01-01")] == level


@pytest.mark.parametrize(
    "text",
    [
        "Resolution of the Government of the Republic of Kazakhstan No. 827 dated December 12, 2017 applies.",
        "Применяется постановление Правительства РК от 12 декабря 2017 года № 827.",
        "Қазақстан Республикасы Үкіметінің 2017 жылғы 12 желтоқсандағы № 827 қаулысы.",
    ],
)
def test_an_act_adopted_after_the_document_is_an_error_and_before_it_is_none(linter: Linter, text: str) -> None:
    [finding] = found(linter, text, "2017-12-11")
    assert (finding.level, finding.rule) == ("error", "Act-not-yet")
    assert finding.iri
    assert finding.iri.endswith("/act/P1700000827")
    assert any(evidence.passage == "passage/abil-2023/references-7" for evidence in finding.evidence)
    assert found(linter, text, "2017-12-12") == []
    assert found(linter, text) == []


def test_an_unknown_act_with_a_later_date_is_a_warning_and_a_draft_is_silent(linter: Linter) -> None:
    assert rules(linter, "Постановление Правительства РК от 3 марта 2019 года № 99.", "2018-01-01")[0][:2] == ("warning", "Act-not-yet")
    assert found(linter, "Проект закона РК от 24 ноября 2015 года № 418-V.", "2014-01-01") == []


@pytest.mark.parametrize(
    ("wrong", "right", "meant"),
    [
        ("Resolution of the Government of the Republic of Kazakhstan No. 827 dated December 21, 2017", "December 12, 2017", "P1700000827"),
        ("постановление Правительства РК от 13 декабря 2017 года № 827", "12 декабря 2017 года", "P1700000827"),
        ("Қазақстан Республикасы Үкіметінің 2017 жылғы 21 желтоқсандағы № 827 қаулысы", "2017 жылғы 12 желтоқсандағы", "P1700000827"),
        ("Закон РК «Об информатизации» от 24 ноября 2015 года № 481-V", "№ 418-V", "Z1500000418"),
        ("Закон РК от 24 ноября 2015 года № 418-VI «Об информатизации»", "№ 418-V", "Z1500000418"),
        ("Указ Президента РК от 12 декабря 2017 года № 827", "", "P1700000827"),
        (
            "постановление Правительства РК от 12 декабря 2017 года № 828 «Об утверждении Государственной программы «Цифровой Казахстан»»",
            "№ 827",
            "P1700000827",
        ),
        (
            "Resolution of the Government of Kazakhstan No 827 of 12 December 2018 “On Approval of the State Program ‘Digital Kazakhstan’”",
            "12 December 2017",
            "P1700000827",
        ),
    ],
)
def test_what_does_not_belong_together_is_an_error_that_names_the_likely_act(linter: Linter, wrong: str, right: str, meant: str) -> None:
    [finding] = found(linter, f"{wrong}.", "2020-01-01")
    assert (finding.level, finding.rule) == ("error", "Act-mismatch")
    assert meant in finding.suggestion
    if right:
        part = r"№ \S+(?=$| «)" if "№" in right else r"\w+ \d+, 2017|\d+ December 2018|\d+ декабря 2017 года|2017 жылғы \d+ \w+"
        assert found(linter, f"{re.sub(part, right, wrong)}.", "2020-01-01") == []


@pytest.mark.parametrize(
    "text",
    [
        "постановление Правительства РК от 12 декабря 2018 года № 827",
        "Приказ Министра РК от 13 декабря 2017 года № 827",
        "Распоряжение Премьер-Министра РК от 13 декабря 2017 года № 827-р",
        "Постановление акимата города Астаны РК от 13 декабря 2017 года № 827",
        "Постановление Правительства Российской Федерации от 13 декабря 2017 года № 827",
        "Закон РК от 24 ноября 2015 года № 419-V «О связи»",
        "Law of the Republic of Kazakhstan No. 500-V dated 5 May 2016 On Bees",
        "Қазақстан Республикасы Үкіметінің 2019 жылғы 1 наурыздағы № 77 қаулысы",
        "Law No. 88-V of 15 April 2013 of the Republic of Kazakhstan On Public Services",
    ],
)
def test_an_act_that_is_not_known_is_never_a_mismatch(linter: Linter, text: str) -> None:
    assert found(linter, f"{text}.", "2020-01-01") == []


def test_an_identifier_of_another_act_behind_a_citation_is_an_error(linter: Linter) -> None:
    cited = "Постановление Правительства РК от 12 декабря 2017 года № 827"
    [finding] = found(linter, f"{cited} (https://adilet.zan.kz/rus/docs/P1700000872).", "2020-01-01")
    assert (finding.rule, finding.surface) == ("Act-mismatch", "P1700000872")
    assert "P1700000827" in finding.suggestion
    assert found(linter, f"{cited} (https://adilet.zan.kz/rus/docs/P1700000827).", "2020-01-01") == []
    assert found(linter, f"{cited} и другие акты, а также закон Z1500000418.", "2020-01-01") == []


@pytest.mark.parametrize(
    ("text", "figure", "source"),
    [
        ("In 2022, Kazakhstan ranked {} in the EGDI.", ("28th", "24th"), "passage/abil-2023/introduction-4"),
        ("В 2022 году Казахстан занял {} в EGDI.", ("28-е место", "24-е место"), "passage/abil-2023/introduction-4"),
        ("2022 жылы Қазақстан EGDI бойынша {} алды.", ("28-орын", "24-орын"), "passage/abil-2023/introduction-4"),
        ("Kazakhstan's EGDI was {} in 2022.", ("0.8628", "0.9009"), "passage/orazgaliyeva-2023/table-3"),
        ("Kazakhstan's EGDI was {} in 2022.", ("0.86", "0.90"), "passage/orazgaliyeva-2023/table-3"),
        ("Индекс EGDI Казахстана в 2022 году составил {}.", ("0,8628", "0,8638"), "passage/orazgaliyeva-2023/table-3"),
        ("2022 жылы Қазақстанның EGDI көрсеткіші {} болды.", ("0,8628", "0,8268"), "passage/orazgaliyeva-2023/table-3"),
        ("In 2021, {} of public services in Kazakhstan were provided electronically.", ("94%", "92%"), "passage/orazgaliyeva-2023/table-6"),
        ("В 2021 году в Казахстане {} государственных услуг оказывались в электронной форме.", ("94 %", "92 %"),
         "passage/orazgaliyeva-2023/table-6"),
        ("2021 жылы Қазақстанда мемлекеттік қызметтердің {} электронды түрде көрсетілді.", ("94 пайызы", "92 пайызы"),
         "passage/orazgaliyeva-2023/table-6"),
        ("In 2019 Kazakhstan ranked {} in the Corruption Perceptions Index.", ("113th", "101st"), "passage/bokayev-2021/"),
    ],
)  # fmt: skip
def test_a_figure_agrees_with_the_graph_or_contradicts_it(linter: Linter, text: str, figure: tuple[str, str], source: str) -> None:
    right, wrong = figure
    [agreeing] = found(linter, text.format(right))
    [contradicting] = found(linter, text.format(wrong))
    assert (agreeing.level, agreeing.rule, agreeing.surface) == ("note", "Figure-agrees", right)
    assert (contradicting.level, contradicting.rule, contradicting.surface) == ("error", "Figure-contradicts", wrong)
    for finding, agrees in ((agreeing, True), (contradicting, False)):
        assert {evidence.agrees for evidence in finding.evidence} == {agrees}
        assert any(evidence.passage.startswith(source) for evidence in finding.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "In 2024 Kazakhstan ranked 1st in the EGDI.",
        "Kazakhstan plans to be 20th in the EGDI in 2022.",
        "By 2022 Kazakhstan should rank 20th in the EGDI.",
        "Kazakhstan did not rank 24th in the EGDI in 2022.",
        "Kazakhstan, one of the top 30 in the EGDI 2022.",
        "In 2022 Kazakhstan's EGDI rose by 0.05.",
        "In 2022 the 24th session on the EGDI took place in Kazakhstan.",
        "Denmark ranked 1st in the EGDI in 2022.",
        "Among CIS countries Kazakhstan ranked 1st in the EGDI in 2022.",
        "Kazakhstan ranked 1st among landlocked countries in the EGDI in 2022.",
        "Astana, capital of Kazakhstan, was 20th in the EGDI 2022.",
        "In 2020–2022 Kazakhstan ranked 24th in the EGDI.",
        "Kazakhstan's EGDI was 0.9 (Smith, 2022).",
        "In 2022 Kazakhstan ranked 24th in the Doing Business, and the EGDI is another ranking of 2019.",
        "In 2021 in Kazakhstan more than 90% of public services were provided electronically.",
        "К 2022 году Казахстан должен занять 20-е место в EGDI.",
        "В 2022 году EGDI Казахстана вырос на 0,05.",
        "Казахстан в 2022 году поднялся в EGDI на 5 мест.",
        "По EGDI Казахстан занял 1-е место среди стран СНГ в 2022 году.",
        "Казахстан занял 1-е место в Центральной Азии по EGDI в 2022 году.",
        "Казахстан в 2022 году входит в топ-30 EGDI.",
        "В 2021 году в Казахстане 75 % государственных услуг в городах оказывались в электронной форме.",
        "2022 жылы Қазақстан EGDI бойынша 5 орынға көтерілді.",
        "Орталық Азияда Қазақстан 2022 жылы EGDI бойынша 1-орын алды.",
        "2022 жылға қарай Қазақстан EGDI бойынша 20-орынға шығуы тиіс.",
        "| Kazakhstan | EGDI | 2022 | 24th |",
    ],
)
def test_what_is_no_claim_on_the_very_figure_is_silent(linter: Linter, text: str) -> None:
    assert found(linter, text) == []


def test_figures_and_years_that_alternate_belong_to_each_other(linter: Linter) -> None:
    text = "Kazakhstan rose from 39th place in 2018 to 27th place in 2020 in the EGDI."
    assert rules(linter, text) == [("note", "Figure-agrees", "39th place"), ("error", "Figure-contradicts", "27th place")]
    countries = "Uzbekistan ranked 69th and Kazakhstan 28th in the EGDI in 2022."
    assert rules(linter, countries) == [("note", "Figure-agrees", "28th")]


def test_where_the_sources_disagree_both_are_told_and_a_contradiction_is_a_warning(linter: Linter) -> None:
    [printed] = found(linter, "In 2010 Kazakhstan's EGDI was 0.4743.")
    [computed] = found(linter, "In 2010 Kazakhstan's EGDI was 0.5578.")
    [neither] = found(linter, "In 2010 Kazakhstan's EGDI was 0.61.")
    assert (printed.level, computed.level, neither.level) == ("note", "note", "warning")
    for finding in (printed, computed, neither):
        assert "0.47430" in finding.message
        assert "0.55782" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "The Digital Kazakhstan programme is being implemented in all regions.",
        "Программа «Цифровой Казахстан» реализуется во всех регионах.",
        "«Цифрлық Қазақстан» бағдарламасы барлық өңірде жүзеге асырылуда.",
    ],
)
def test_a_programme_spoken_of_in_the_present_after_its_end_is_found(linter: Linter, text: str) -> None:
    [finding] = found(linter, text, "2024-05-01")
    assert (finding.level, finding.rule) == ("warning", "Programme-ended")
    assert any(evidence.value == "until 2022" and evidence.document == "document/abil-2023" for evidence in finding.evidence)
    assert found(linter, text, "2022-12-31") == []
    assert found(linter, text) == []


def test_a_programme_with_years_past_its_end_is_found_and_one_with_its_own_is_not(linter: Linter) -> None:
    for text in ("The Digital Kazakhstan programme for 2018–2025.", "Программа «Цифровой Казахстан» до 2025 года.",
                 "«Цифрлық Қазақстан» 2025 жылға дейін."):  # fmt: skip
        assert [finding.rule for finding in found(linter, text)] == ["Programme-ended"], text
    for text in ("The Digital Kazakhstan programme (2017–2022).", "Программа «Цифровой Казахстан» на 2018–2022 годы.",
                 "The Digital Kazakhstan programme was implemented in 2018.",
                 "Программа «Цифровой Казахстан» реализовывалась до 2022 года.",
                 "«Цифрлық Қазақстан» бағдарламасы 2022 жылы аяқталды."):  # fmt: skip
        assert found(linter, text, "2024-05-01") == [], text


@pytest.mark.parametrize(
    ("text", "surface", "meant"),
    [
        ("The programme Information Kazakhstan 2030 was adopted.", "Information Kazakhstan 2030", "Information Kazakhstan – 2020"),
        ("цели программы «Информационный Казахстан – 2030»", "Информационный Казахстан – 2030", "Информационный Казахстан – 2020"),
        ("«Ақпараттық Қазақстан – 2030» бағдарламасы", "Ақпараттық Қазақстан – 2030", "Ақпараттық Қазақстан – 2020"),
        ("программа «Цифровой Казахстан – 2025» принята", "Цифровой Казахстан – 2025", "Цифровой Казахстан (2017–2022)"),
        ("программа «Цифровой Казакстан» принята", "Цифровой Казакстан", "Цифровой Казахстан"),
        ("the programme “Digitial Kazakhstan” was adopted", "Digitial Kazakhstan", "Digital Kazakhstan"),
    ],
)
def test_a_name_close_to_a_programme_is_found_with_the_likely_right_one(linter: Linter, text: str, surface: str, meant: str) -> None:
    [finding] = found(linter, text)
    assert (finding.level, finding.rule, finding.surface) == ("warning", "Programme-name", surface)
    assert finding.suggestion == f"likely meant: {meant}"


@pytest.mark.parametrize(
    "text",
    [
        "The programme Information Kazakhstan 2020 was adopted.",
        "В рамках программы «Информационный Казахстан – 2020» и «Цифровым Казахстаном» довольны.",
        "«Ақпараттық Қазақстан – 2020» бағдарламасы мен «Цифрлық Қазақстан» бағдарламасы",
        "the programme “Digital Kyrgyzstan” was adopted",
        "программа «Цифровой Узбекистан – 2030»",
        "Digital Kazakhstan 2021 saw growth.",
        "The programme “Digital Qazaqstan” was announced.",
        "Business Road Map 2030 would be a further one of a series.",
    ],
)
def test_a_right_name_and_another_programme_are_silent(linter: Linter, text: str) -> None:
    assert found(linter, text) == []


def test_the_five_papers_hold_no_error_one_warning_and_three_notes(linter: Linter) -> None:
    levels: list[tuple[str, str, str, str]] = []
    for path in sorted(seeds().glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        levels += [(path.name[:3], finding.level, finding.rule, finding.surface) for finding in found(linter, text, language="en")]
    assert levels == EXPECTED, "each of these was looked at by hand"


EXPECTED = [
    ("000", "note", "Act-repealed", "“Informatization Law” (Law No. 412, 2003"),
    ("003", "warning", "Programme-name", "Digital Kazakhstan 2020"),
    ("003", "note", "Figure-agrees", "39th place"),
    ("003", "note", "Figure-agrees", "33rd place"),
]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("94 %", [("percent", "94", "1")]),
        ("75,4 процента", [("percent", "75.4", "0.1")]),
        ("94 пайызы", [("percent", "94", "1")]),
        ("0,9009", [("index", "0.9009", "0.0001")]),
        ("24-е место", [("rank", "24", "1")]),
        ("на 24-й позиции", [("rank", "24", "1")]),
        ("24-ші орын", [("rank", "24", "1")]),
        ("ranked 24th", [("rank", "24", "1")]),
        ("rank of 24", [("rank", "24", "1")]),
        ("4.5 percentage points", []),
        ("more than 90%", []),
        ("на 5 %", []),
        ("90–95 %", []),
        ("ranked 24 points lower", []),
        ("24th session", []),
        ("2022", []),
    ],
)
def test_amounts_are_read_in_three_languages(text: str, amounts: list[tuple[str, str, str]]) -> None:
    read = [(amount.kind, str(amount.value), str(amount.resolution)) for amount in read_amounts(text, 0, len(text))]
    assert read == [(kind, str(Decimal(value)), resolution) for kind, value, resolution in amounts]


def test_sentences_do_not_end_at_abbreviations_and_decimals() -> None:
    text = "В 2015 г. Казахстан занял место. Индекс 0.86 вырос.\n\nThe next, e.g. Kazakhstan, rose. Then it fell."
    sentences = Sentences(text)
    starts = sorted({sentences.at(place)[0] for place in range(len(text))})
    assert [text[start:].split()[0] for start in starts] == ["В", "Индекс", "The", "Then"]


@given(st.text(alphabet="абвг", max_size=8), st.text(alphabet="абвг", max_size=8))
def test_the_distance_of_names_is_symmetric_and_zero_for_the_same(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2)
    assert (distance(one, other, 2) == 0) == (one == other)


@given(st.text(max_size=300))
def test_any_text_is_checked_and_offsets_are_those_of_the_words(linter: Linter, text: str) -> None:
    for finding in found(linter, text, "2020-01-01"):
        assert text[finding.start : finding.end] == finding.surface
