"""Citations of acts in the forms of Kazakhstan's legal practice; ⟦ ⟧ marks what must be found, and nothing else may be."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.linking.linker import Linker
from kg.linking.mentions import Mention

# ruff: noqa: E501
FORMS = [
    ("⟦Постановлением Правительства РК №684 от 21 июня 2011 года⟧ АО создано", "act:KZ-P-684-2011-06-21"),
    ("⟦Постановление Правительства Республики Казахстан от 12.12.2017 г. №827⟧", "act:KZ-P-827-2017-12-12"),
    ("⟦постановлением Правительства РК от «28» марта 2023 г. № 269⟧", "act:KZ-P-269-2023-03-28"),
    ("(утв. ⟦ППРК № 827 от 12.12.2017 г.⟧ «Об утверждении»)", "act:KZ-P-827-2017-12-12"),
    ("⟦УП РК № 464 от 08.01.2013⟧", "act:KZ-U-464-2013-01-08"),
    ("ст. 17 ⟦Закона РК № 418-V от 24.11.2015⟧ «Об информатизации»", "act:KZ-Z-418-V-2015-11-24"),
    ("⟦Закон РК \"О государственных услугах\" от 15 апреля 2013 года № 88-V⟧ ЗРК", "act:KZ-Z-88-V-2013-04-15"),
    ("⟦Закона Республики Казахстан «О государственных услугах»⟧ ПРИКАЗЫВАЮ", "act:KZ-Z-88-V-2013-04-15"),
    ("согласно ⟦ЗРК 94-V⟧", "act:KZ-Z-94-V-2013-05-21"),
    ("⟦законами РК от 10.07.2012 N 34-V⟧ (вводится в действие); ⟦от 28.12.2017 № 128-VI⟧ (вводится)", "act:KZ-Z-34-V-2012-07-10"),
    ("⟦Кодекс Республики Казахстан от 25 декабря 2017 года № 120-VI⟧ «О налогах»", "act:KZ-K-120-VI-2017-12-25"),
    ("⟦постановление Правительства РК № 1155 - 1 от 30.11.2007 г.⟧", "act:KZ-P-1155-1-2007-11-30"),
    ("по ⟦Налоговому кодексу Республики Казахстан⟧ предусмотрено", "act:KZ-K-214-VIII-2025-07-18"),
    ("⟦Қазақстан Республикасы Үкіметінің «Цифрлық Қазақстан» мемлекеттік бағдарламасын бекіту туралы» 2017 жылғы 12 желтоқсандағы № 827 қаулысы⟧", "act:KZ-P-827-2017-12-12"),
    ("⟦приказом и.о. Министра по инвестициям и развитию Республики Казахстан от 28 января 2016 года № 129⟧", "act:KZ-V-129-2016-01-28"),
    ("⟦Приказ МЗ РК № ҚР ДСМ-76 от 5 августа 2021г.⟧", "act:KZ-V-KR-DSM-76-2021-08-05"),
    ("⟦Приказ № 345/НҚ Министра цифрового развития РК от 17 августа 2023 года⟧", "act:KZ-V-345-NK-2023-08-17"),
    ("⟦Указ Президента Республики Казахстан, имеющий силу Конституционного закона, от 26 декабря 1995 года № 2733⟧", "act:KZ-U-2733-1995-12-26"),
    ("приказом Министра здравоохранения <br/>Республики\u00a0Казахстан «23» ноября\n 2010 года № 907".join(("⟦", "⟧")), "act:KZ-V-907-2010-11-23"),
    ("Законы РК: «О связи», «Об информатизации»".replace("Законы РК: «О связи»", "⟦Законы РК: «О связи»⟧").replace("«Об информатизации»", "⟦«Об информатизации»⟧"), "act:KZ-Z-567-II-2004-07-05"),
    ("⟦Law of the Republic of Kazakhstan \"On Personal Data and its Protection\" (No. 94-V, dated May 21, 2013⟧)", "act:KZ-Z-94-V-2013-05-21"),
    ("⟦Law of the RK «On Artificial Intelligence» No. 230-VIII of 17 Nov 2025⟧;", "act:KZ-Z-230-VIII-2025-11-17"),
    ("⟦Decree of the President of the Republic of Kazakhstan | No. 161 | 31 Dec 2015⟧ |", "act:KZ-U-161-2015-12-31"),
    ("⟦Resolution of the Government of the RK No. 827 as of December 12, 2017⟧", "act:KZ-P-827-2017-12-12"),
    ("⟦Order No. 345/НҚ of the Minister of Digital Development of the Republic of Kazakhstan dated August 17, 2023⟧", "act:KZ-V-345-NK-2023-08-17"),
    ("Kazakhstan's ⟦Law on Personal Data and Its Protection (No. 94-V, 21 May 2013⟧)", "act:KZ-Z-94-V-2013-05-21"),
    ("⟦Postanovleniye Pravitel'stva Respubliki Kazakhstan ot 12 dekabrya 2017 goda № 827⟧", "act:KZ-P-827-2017-12-12"),
    ("⟦Labour Code of the Republic of Kazakhstan dated November 23, 2015 No. 414-V⟧", "act:KZ-K-414-V-2015-11-23"),
    ("⟦Қазақстан Республикасы Үкіметінің 2021 жылғы 12 қазандағы № 725 қаулысымен⟧ бекітілген", "act:KZ-P-725-2021-10-12"),
    ("3) алып тасталды - ⟦ҚР 2012.07.10 N 34-V⟧ (қолданысқа енгізіледі) Заңымен;", "act:KZ-Z-34-V-2012-07-10"),
    ("⟦Қазақстан Республикасы Үкiметiнiң 2007 жылғы 30 қарашадағы N 1155-1 Қаулысы⟧", "act:KZ-P-1155-1-2007-11-30"),
    ("⟦ҚР ҮҚ 2017 ж. 12 желтоқсандағы № 827⟧", "act:KZ-P-827-2017-12-12"),
    ("«Ақпараттандыру туралы» ⟦Қазақстан Республикасының 2015 жылғы 24 қарашадағы № 418-V Заңының⟧ 5-бабы", "act:KZ-Z-418-V-2015-11-24"),
    ("⟦«Мемлекеттік көрсетілетін қызметтер туралы» 2013 жылғы 15 сәуірдегі Қазақстан Республикасының Заңы⟧", "act:KZ-Z-88-V-2013-04-15"),
    ("⟦ҚР «Азаматтық қорғау туралы» Заңы⟧", "act:KZ-Z-188-V-2014-04-11"),
    ("⟦2015 жылғы 24 қарашадағы № 418-V Қазақстан Республикасының Заңы⟧", "act:KZ-Z-418-V-2015-11-24"),
    ("⟦Цифрлық даму, инновациялар және аэроғарыш өнеркәсібі министрінің 2023 жылғы 17 тамыздағы № 345/НҚ бұйрығымен⟧", "act:KZ-V-345-NK-2023-08-17"),
    ("⟦Қазақстан Республикасы Қаржы министрлігі Бұйрығы № 562 (06.12.2018⟧)", "act:KZ-V-562-2018-12-06"),
    ("⟦Қазақстан Республикасының Кәсіпкерлік кодексі⟧", "act:KZ-K-375-V-2015-10-29"),
    ("по ⟦пост. Правительства РК от 12 декабря 2017 года №827⟧", "act:KZ-P-827-2017-12-12"),
    ("ЕТ утверждены ⟦ППРК 832⟧, см. раздел 2", "act:KZ-P-832-2016-12-20"),
    ("приложение к ⟦Приказу № ҚР ДСМ-96/2020⟧", "act:KZ-V-KR-DSM-96-2020"),
    ("⟦приказом и.о. министра № 39/НҚ от 31 января 2020 г.⟧", "act:KZ-V-39-NK-2020-01-31"),
    ("⟦Закон РК от 24 ноября 2015 года № 418-V⟧ ЗРК «Об информатизации» и прочие", "act:KZ-Z-418-V-2015-11-24"),
    ("⟦Закон «Об информатизации» РК⟧", "act:KZ-Z-418-V-2015-11-24"),
    ("⟦законами Республики Казахстан от 15 апреля 2013 года «О государственных услугах»⟧, ⟦от 24 ноября 2015 года «Об информатизации»⟧ и ⟦от 16 мая 2014 года «О разрешениях и уведомлениях»⟧", "act:KZ-Z-88-V-2013-04-15"),
    ("Трудовой кодекс РФ и ⟦Трудовой кодекс РК⟧", "act:KZ-K-414-V-2015-11-23"),
    ("⟦Kazakhstan Personal Data Law (No. 94-V, 2013⟧)", "act:KZ-Z-94-V-2013-05-21"),
    ("the ⟦Personal Data Law of Kazakhstan⟧ applies", "act:KZ-Z-94-V-2013-05-21"),
    ("the ⟦Kazakh government's resolution № 827⟧", "act:KZ-P-827-2017-12-12"),
    ("⟦Constitutional Statute of the Republic of Kazakhstan No. 438-V⟧ ZRK", "act:KZ-Z-438-V-2015-12-07"),
    ("rules approved by ⟦Order No. 118 of 28 January 2016⟧ for Kazakhstan", "act:KZ-V-118-2016-01-28"),
    ("⟦« Ақпараттандыру туралы » заңға⟧ сәйкес", "act:KZ-Z-418-V-2015-11-24"),
    ("⟦«Дербес деректер және оларды қорғау туралы» Заң⟧", "act:KZ-Z-94-V-2013-05-21"),
    ("⟦2007 жылғы 27 шілдедегі «Білім туралы» Қазақстан Республикасы Заңының⟧ 5-бабы", "act:KZ-Z-319-III-2007-07-27"),
    ("⟦ҚР Заңы «Ақпараттандыру туралы» 24.11.2015 ж. № 418-V⟧", "act:KZ-Z-418-V-2015-11-24"),
    ("⟦Цифрлық кодекс⟧ қабылданды", "act:KZ-K-255-VIII-2026-01-09"),
    ("https://adilet.zan.kz/rus/docs/⟦P1700000827⟧#z10", "adilet:P1700000827"),
    ("adilet.zan.kz/kaz/docs/⟦U040001471_⟧.html", "adilet:U040001471_"),
]  # fmt: skip

TRAPS = [
    "Указ Президента Российской Федерации от 07.05.2018 № 204",
    "постановление Правительства РФ от 16.04.2012 N 291",
    "Федеральный закон от 27.07.2006 № 152-ФЗ «О персональных данных»",
    "Закон Республики Крым от 28.05.2026 № 193-ЗРК/2026",
    "Постановление Совета министров РК от 30.12.2014 № 639 г. Симферополь",
    "Закон РК от 6 декабря 2005 г. № 33-РЗ Республика Коми",
    "Указ Президента Республики Узбекистан от 5 октября 2020 года № УП-6079",
    "Закон Кыргызской Республики от 14 апреля 2008 года № 58",
    "Presidential Decree No. 442 (Labor Code of the Philippines)",
    "Указ Президента от 05.10.2020 № УП-6079",
    "Закон от 10 ноября 2008 г. № 455-З «Об информации»",
    "Law No. 27 of 2022 on Personal Data Protection (Indonesia)",
    "Government Decree No. 13/2023/ND-CP of Vietnam",
    "приказ директора школы № 45 от 12.03.2020",
    'приказом генерального директора АО "Казпочта" от 12.03.2020 № 45',
    "(ППРК от 01/10/2014г/ (да /нет)",
    "осы бұйрық; осы Заң; осы қаулы алғашқы ресми жарияланған күнінен",
    "настоящий Закон; указанный приказ; This Resolution shall enter into force",
    "№ 827 в каталоге; тел. 827-12-12; пункт 418-V таблицы; Приложение № 3",
    "In order to comply, resolution 1920x1080; law of large numbers; order No. 55123 was shipped on 12 May 2020",
    "part number P1234567890 and K20190012345",
    "Постановление № 827 от 12.12.2017 администрации г. Омска",
    "Приказ № 118 от 28.01.2016 по университету утверждён",
    "утвержденных приказом № 45 от 12 марта 2020 года директора ТОО, Алматы",
    "Постановление Совета министров РК № 5 от 1 мая 2015 года, Симферополь",
]


def _plain(marked: str) -> tuple[str, list[str]]:
    return re.sub("[⟦⟧]", "", marked), re.findall("⟦(.*?)⟧", marked, re.DOTALL)


def _acts(linker: Linker, text: str) -> list[Mention]:
    return [mention for mention in linker.link(text) if mention.type == "act"]


@pytest.mark.parametrize(("marked", "key"), FORMS)
def test_a_citation_is_found_from_its_first_to_its_last_character(linker: Linker, marked: str, key: str) -> None:
    text, wanted = _plain(marked)
    found = _acts(linker, text)
    assert [mention.surface for mention in found] == wanted
    assert found[0].key == key, found[0].reasons


@pytest.mark.parametrize("text", TRAPS)
def test_what_only_looks_like_an_act_of_kazakhstan_is_left_alone(linker: Linker, text: str) -> None:
    assert [mention.surface for mention in _acts(linker, text) if mention.iri or mention.key] == []


def test_a_law_cited_by_its_title_is_the_one_in_force_when_the_document_was_written(linker: Linker) -> None:
    text = "Закон РК «Об информатизации»"
    keys = {year: linker.link(text, written=date(year, 6, 30))[0].key for year in (2005, 2010, 2020)}
    assert keys == {2005: "act:KZ-Z-412-II-2003-05-08", 2010: "act:KZ-Z-217-III-2007-01-11", 2020: "act:KZ-Z-418-V-2015-11-24"} or (
        keys[2005].startswith("act:KZ-Z-412") and keys[2010].startswith("act:KZ-Z-217") and keys[2020].startswith("act:KZ-Z-418")
    )


def test_a_number_without_date_means_the_act_cited_in_full_elsewhere(linker: Linker) -> None:
    text = "Постановление Правительства РК от 5 мая 2018 года № 2480. Далее постановление Правительства РК № 2480 действует."
    first, second = _acts(linker, text)
    assert first.key == second.key == "act:KZ-P-2480-2018-05-05"
    assert "elsewhere in the document" in second.reasons[0]


def test_orders_get_an_identifier_only_from_the_number_of_their_registration(linker: Linker) -> None:
    bare = "приказ Министра финансов РК от 20.12.2018 № 1095"
    registered = f"{bare} (зарегистрирован в Реестре государственной регистрации нормативных правовых актов под № 18014)"
    assert _acts(linker, bare)[0].iri is None
    assert str(_acts(linker, registered)[0].iri).endswith("/act/V1800018014")


def test_a_misspelt_identifier_leads_to_the_act_that_has_it_as_an_alias(linker: Linker) -> None:
    found = _acts(linker, "http://adilet.zan.kz/rus/docs/P070001155")[0]
    assert found.surface == "P070001155"
    assert str(found.iri).endswith("/act/P0700011551")
    assert "misspelt" in found.reasons[0]


def test_every_mention_says_why(linker: Linker) -> None:
    for marked, _ in FORMS:
        for mention in linker.link(_plain(marked)[0]):
            assert mention.reasons
            assert 0 < mention.score <= 1


_PIECES = (
    "постановление", "Закон РК", "Указом Президента", "приказ Министра", "от", "№", "N", "Правительства РК", "Кодекс", "«Об", "»", "“On", "”",
    "the Law", "Resolution of the Government", "No.", "dated", "of", "Order", "қаулысы", "Үкіметінің", "жылғы", "бұйрығы", "туралы", "Заңы",
    "12", "31", "827", "2017", "99", "1.31.15", "12.12.2017", "2012.19.04", "31/31/31", "418-V", "ЗРК", "/НҚ", "ҚР ДСМ-5", "г.", "года", "ж.",
    "декабря", "желтоқсандағы", "December", "P1700000827", "U040001471_", ",", ".", ";", "(", ")", "|", "\n", "\u00a0", "-", "/", "и", "and",
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=14), st.sampled_from([" ", "", "\n"]))
def test_pieces_of_citations_in_any_order_are_linked_or_left_never_an_error(linker: Linker, pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    for mention in linker.link(text):
        assert text[mention.start : mention.end] == mention.surface


def test_a_short_date_that_cannot_be_one_is_left(linker: Linker) -> None:
    assert linker.link("Постановление Правительства РК от 1.31.15 № 827") == []
    assert len(linker.link("Постановление Правительства РК от 31.1.15 № 827")) == 1


def test_a_day_without_a_year_at_the_end_of_a_text_is_no_error(linker: Linker) -> None:
    linker.link("ЗРК «Цифровой Казахстан» December 31")
    assert len(linker.link("Закон РК № 418-V of December 31")) == 1
