"""Competency questions answered by SPARQL on the facts and the claims, with the gold values of the two papers curated so far."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kg.namespaces import ID, shorten
from kg.store.oxigraph import OxigraphStore

Ask = Callable[[str], list[tuple[str, ...]]]
S0, S1 = "document/abil-2023", "document/orazgaliyeva-2023"
VALUE = f"""?o egov:indicator <{ID}indicator/%s> ; sdmx-dimension:refArea <{ID}area/KAZ> ;
  sdmx-dimension:refPeriod ?%s ; sdmx-measure:obsValue ?%s ."""


@pytest.fixture
def ask(store: OxigraphStore) -> Ask:
    """Answer a SELECT as tuples of short names and texts, in the order of its variables."""

    def asked(query: str) -> list[tuple[str, ...]]:
        names = [word.strip("?") for word in query.partition("SELECT")[2].partition("WHERE")[0].replace("DISTINCT", "").split()]
        return [tuple(shorten(row[name].value) if name in row else "" for name in names) for row in store.rows(query.replace("id:", ID))]

    return asked


def value(ask: Ask, observation: str) -> Decimal:
    ((text,),) = ask(f"SELECT ?v WHERE {{ <{ID}observation/{observation}> sdmx-measure:obsValue ?v }}")
    return Decimal(text)


def test_cq01_which_act_approved_digital_kazakhstan(ask: Ask) -> None:
    found = ask(
        f"""SELECT ?act ?issuer ?type ?number ?date ?adilet WHERE {{
          <{ID}programme/digital-kazakhstan> egov:approvedBy ?act .
          ?act eli:passed_by ?issuer ; eli:type_document ?type ; eli:number ?number ; eli:date_document ?date ; eli:id_local ?adilet }}"""
    )
    assert found == [
        ("act/P1700000827", "organisation/government", "concept/act-type/government-resolution", "827", "2017-12-12", "P1700000827")
    ]


def test_cq01_which_papers_cite_it_with_number_and_date(ask: Ask) -> None:
    found = ask(
        f"""SELECT DISTINCT ?document WHERE {{
          GRAPH ?passage {{ <{ID}act/P1700000827> eli:number "827" ; eli:date_document "2017-12-12"^^xsd:date }}
          ?passage oa:hasSource ?document }}"""
    )
    assert sorted(found) == sorted([(S0,), ("document/bokayev-2021",), ("document/ziyadin-2019",)]), "S1 names only the programme document"
    assert ("document/akorda-2017",) in ask(f"SELECT ?d WHERE {{ <{ID}programme/digital-kazakhstan> egov:sourceDocument ?d }}")
    assert ask(f"SELECT ?d WHERE {{ ?d cito:cites <{ID}document/akorda-2017> }}") == [(S1,)]


def test_cq03_which_decree_amends_which(ask: Ask) -> None:
    found = ask(
        """SELECT ?act ?number ?date ?amended ?otherNumber ?otherDate ?topic WHERE {
          ?act eli:amends ?amended ; eli:number ?number ; eli:date_document ?date .
          ?amended eli:number ?otherNumber ; eli:date_document ?otherDate ; egov:topic ?topic FILTER(LANG(?topic) = "en") }"""
    )
    assert found == [("act/U1300000464", "464", "2013-01-08", "act/U100000957_", "957", "2010-03-19", "List of state programs")]


def test_cq05_acts_with_a_full_date_that_approve_a_programme(ask: Ask) -> None:
    found = ask(
        """SELECT DISTINCT ?date ?number WHERE {
          ?programme egov:approvedBy ?act .
          ?act eli:date_document ?date ; eli:number ?number ; egov:signedDatePrecision ?precision
          FILTER(STRENDS(STR(?precision), "/day")) } ORDER BY ?date"""
    )
    assert found == [
        ("2004-11-10", "1471"), ("2007-11-30", "1155-1"), ("2010-03-19", "958"), ("2010-09-29", "983"), ("2013-01-08", "464"),
        ("2017-12-12", "827"), ("2021-02-26", "521"), ("2021-10-12", "727"), ("2023-03-28", "269"),
    ]  # fmt: skip


def test_cq12_what_was_in_force_on_the_first_of_january_2024(ask: Ask) -> None:
    found = ask(
        """SELECT ?programme WHERE {
          ?programme a egov:Programme ; schema:endDate ?end
          OPTIONAL { ?programme schema:startDate ?start }
          BIND("2024-01-01"^^xsd:date AS ?day)
          FILTER(?end >= ?day && COALESCE(?start, ?day) <= ?day) } ORDER BY ?programme"""
    )
    assert [name for (name,) in found] == [
        "programme/concept-digital-transformation-2023-2029",
        "programme/concept-public-administration-2030",
        "programme/national-development-plan-2025",
        "programme/technological-leap",
    ]
    ended = ask(
        """SELECT ?programme ?end WHERE { ?programme a egov:Programme ; schema:endDate ?end FILTER(?end < "2024-01-01"^^xsd:date) }
        ORDER BY DESC(?end) LIMIT 1"""
    )
    assert ended == [("programme/digital-kazakhstan", "2022-12-31")]


def test_cq27_egdi_value_and_rank_of_2020(ask: Ask) -> None:
    assert ask(f"SELECT ?v ?p WHERE {{ <{ID}observation/egdi-value/KAZ/2020> sdmx-measure:obsValue ?v ; egov:printed ?p }}") == [
        ("0.8375", "0.83750")
    ]
    assert value(ask, "egdi-rank/KAZ/2020") == 29
    found = ask(f"SELECT ?passage WHERE {{ GRAPH ?passage {{ <{ID}observation/egdi-rank/KAZ/2020> sdmx-measure:obsValue ?v }} }}")
    assert (f"passage/{S1.partition('/')[2]}/table-3",) in found


def test_cq29_the_largest_gain_in_rank(ask: Ask) -> None:
    rank = VALUE % ("egdi-rank", "p", "rank")
    found = ask(f"SELECT ?p ?rank WHERE {{ {rank} }} ORDER BY ?p")
    assert [int(v) for _, v in found] == [83, 69, 65, 81, 46, 38, 28, 33, 39, 29, 28]
    later = rank.replace("?o", "?o2").replace("?p", "?q").replace("?rank", "?rank2")
    best = ask(
        f"""SELECT ?p ?q ?gain WHERE {{ {rank} {later}
          BIND(?rank - ?rank2 AS ?gain) FILTER(?q > ?p)
          FILTER NOT EXISTS {{ {rank.replace("?o", "?o3").replace("?p", "?m").replace("?rank", "?r3")} FILTER(?m > ?p && ?m < ?q) }} }}
        ORDER BY DESC(?gain) LIMIT 1"""
    )
    assert best == [("2008", "2010", "35")]


def test_cq31_the_share_of_computers_on_the_internet(ask: Ask) -> None:
    share = (
        value(ask, "public-administration-computers/KAZ/2021/internet-access")
        / value(ask, "public-administration-computers/KAZ/2021")
        * 100
    )
    assert round(share, 1) == Decimal("59.7")
    found = ask(
        f"""SELECT ?kind ?computed ?stated WHERE {{
          ?c a egov:Conflict ; egov:conflictSubject <{ID}observation/computers-internet-share/KAZ/2021> ;
            egov:conflictKind ?kind ; egov:computedValue ?computed ; egov:acceptedValue ?stated }}"""
    )
    assert found == [("concept/conflict-kind/arithmetic", "59.71802", "60.4")]


def test_cq33_where_the_printed_index_is_not_the_mean_of_its_parts(ask: Ask) -> None:
    parts = " ".join(
        (VALUE % (f"{part}-value", "p", part)).replace("?o ", f"?{part}_observation ") for part in ("egdi", "osi", "hci", "tii")
    )
    found = ask(
        f"""SELECT ?p ?difference WHERE {{ {parts}
          BIND(?egdi - (?osi + ?hci + ?tii) / 3 AS ?difference) FILTER(ABS(?difference) > 0.0001) }} ORDER BY ?p"""
    )
    assert [(p, round(Decimal(d), 5)) for p, d in found] == [("2008", Decimal("-0.00156")), ("2010", Decimal("-0.08383"))]
    every = ask(f"SELECT ?p WHERE {{ {parts} }}")
    assert len(every) == 11
    conflicts = ask(
        f"""SELECT ?subject ?computed WHERE {{ ?c egov:underRule ?rule ; egov:conflictSubject ?subject ; egov:computedValue ?computed
          FILTER(STRSTARTS(STR(?rule), "{ID}rule/egdi")) }}"""
    )
    assert conflicts == [("observation/egdi-value/KAZ/2010", "0.55782")], "by the weights of its own edition, 2008 is right"


def test_cq35_ict_expenditure_per_organisation(ask: Ask) -> None:
    per = {
        year: value(ask, f"ict-costs/KAZ/{year}") / value(ask, f"public-administration-organisations/KAZ/{year}") for year in (2019, 2021)
    }
    assert {year: round(v, 3) for year, v in per.items()} == {2019: Decimal("4.559"), 2021: Decimal("5.621")}
    assert round((per[2021] / per[2019] - 1) * 100, 1) == Decimal("23.3")


def test_cq37_satisfaction_in_2019(ask: Ask) -> None:
    assert value(ask, "public-services-satisfaction/KAZ/2019") == Decimal("74.8")
    found = ask(
        f"""SELECT DISTINCT ?document WHERE {{
          GRAPH ?passage {{ <{ID}observation/public-services-satisfaction/KAZ/2019> sdmx-measure:obsValue 74.8 }}
          ?passage oa:hasSource ?document }}"""
    )
    assert (S1,) in found


def test_cq50_who_recommends_analytics_instead_of_binary_evaluation(ask: Ask) -> None:
    found = ask(
        f"""SELECT DISTINCT ?passage ?document WHERE {{
          ?r a egov:Recommendation
          GRAPH ?passage {{ ?r egov:concerns <{ID}concept/topic/performance-evaluation> , <{ID}concept/topic/predictive-analytics> }}
          ?passage oa:hasSource ?document }}"""
    )
    assert ("passage/orazgaliyeva-2023/discussion-6", S1) in found


def test_cq52_electronic_services_in_2019(ask: Ask) -> None:
    count, share = value(ask, "electronic-public-services/KAZ/2019"), value(ask, "electronic-public-services-share/KAZ/2019")
    assert [count, share] == [Decimal(571), Decimal(80)]
    assert round(count / share * 100) == 714


def test_cq54_the_year_of_kusherov_s_article(ask: Ask) -> None:
    found = ask(
        """SELECT ?issued ?precision ?pages ?passage WHERE {
          GRAPH ?passage { ?d dcterms:issued ?issued ; egov:issuedPrecision ?precision ; bibo:pages ?pages }
          ?passage oa:hasSource <id:document/orazgaliyeva-2023> . FILTER(CONTAINS(STR(?d), "kusherov")) }"""
    )
    assert [row[:3] for row in found] == [("2015-01-01", "concept/date-precision/year", "98-102")]
    assert found[0][3].startswith("passage/orazgaliyeva-2023/references")


def test_cq56_did_own_development_drive_the_growth_of_ict_spending(ask: Ask) -> None:
    def growth(part: str = "") -> Decimal:
        return value(ask, f"ict-costs/KAZ/2021{part}") - value(ask, f"ict-costs/KAZ/2019{part}")

    assert growth() == Decimal("7602.2")
    assert growth("/own-software-development") == Decimal("857.5")
    assert round(growth("/own-software-development") / growth() * 100, 1) == Decimal("11.3")
    own = [value(ask, f"ict-costs/KAZ/{year}/own-software-development") for year in (2019, 2021)]
    assert round(own[1] / own[0], 1) == Decimal("9.5")
    assert growth("/software-licences") == Decimal("1386.5")
    assert round(growth("/software-licences") / growth() * 100, 1) == Decimal("18.2")
    assert growth("/third-party-services") == Decimal("-1414.8")
    parts = ask(
        f"""SELECT ?b WHERE {{ ?o egov:indicator <{ID}indicator/ict-costs> ; sdmx-dimension:refPeriod "2021" ; egov:breakdown ?b
          FILTER(?b != <{ID}concept/breakdown/total>) }}"""
    )
    unlisted = growth() - sum((growth("/" + name.rpartition("/")[2]) for (name,) in parts), Decimal(0))
    assert unlisted == Decimal("6749.3")
    assert round(unlisted / growth() * 100, 1) == Decimal("88.8")


def test_cq57_doi_volume_issue_and_pages(ask: Ask) -> None:
    found = ask(
        f"""SELECT ?doi ?volume ?issue ?pages ?journal WHERE {{
          <{ID}{S1}> bibo:doi ?doi ; bibo:volume ?volume ; bibo:issue ?issue ; bibo:pages ?pages ; egov:containerTitle ?journal }}"""
    )
    assert found == [("10.21511/ppm.21(2).2023.53", "21", "2", "578-591", "Problems and Perspectives in Management")]
