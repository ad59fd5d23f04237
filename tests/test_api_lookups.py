"""The look-ups over HTTP on the real graph: forms, languages, paging, keys, conditional requests, refusals with what is possible."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest
import rdflib

SERIES = "/api/v1/indicators/egdi-value/observations"
LOOKUPS = (
    "/api/v1/evidence?subject=programme/digital-kazakhstan&predicate=approvedBy",
    f"{SERIES}?area=KAZ",
    "/api/v1/acts/P1700000827/lineage",
    "/api/v1/programmes/digital-kazakhstan/accountability",
    "/api/v1/stages",
    "/api/v1/stages/compare",
    "/api/v1/models",
    "/api/v1/timeline",
    "/api/v1/entities/act/P1700000827",
    "/api/v1/entities?q=827",
    "/api/v1/conflicts",
)


def told(service: httpx.Client, address: str, **params: Any) -> Any:
    answer = service.get(address, params=params or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(service: httpx.Client, address: str, status: int) -> Any:
    answer = service.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    return answer.json()


@pytest.mark.parametrize("address", LOOKUPS)
def test_every_look_up_comes_as_json_and_as_csv(service: httpx.Client, address: str) -> None:
    plain = service.get(address)
    assert plain.headers["content-type"] == "application/json"
    assert "ns/json-ld#context" in plain.headers["link"]
    table = service.get(address, headers={"Accept": "text/csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(table.text))
    assert rows
    assert {len(row) for row in rows} == {len(header)}
    named = service.get(f"{address}{'&' if '?' in address else '?'}format=csv")
    assert named.content == table.content


@pytest.mark.parametrize("address", LOOKUPS)
def test_an_answer_that_the_client_has_is_not_sent_again(service: httpx.Client, address: str) -> None:
    tag = service.get(address).headers["etag"]
    again = service.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


@pytest.mark.parametrize("address", LOOKUPS)
def test_only_the_keys_asked_for_are_sent(service: httpx.Client, address: str) -> None:
    joint = "&" if "?" in address else "?"
    key = next(iter(told(service, address)))
    assert list(told(service, f"{address}{joint}fields={key}")) == [key]
    refused = problem(service, f"{address}{joint}fields=nothing", 422)
    assert key in refused["possible"]


@pytest.mark.parametrize("address", LOOKUPS)
def test_a_form_that_there_is_not_is_refused_with_those_there_are(service: httpx.Client, address: str) -> None:
    refused = problem(service, f"{address}{'&' if '?' in address else '?'}format=docx", 406)
    assert {"json", "csv"} <= set(refused["offered"])


@pytest.mark.parametrize("address", LOOKUPS)
def test_what_is_no_day_is_refused(service: httpx.Client, address: str) -> None:
    assert "such as" in problem(service, f"{address}{'&' if '?' in address else '?'}known=1.1.2020", 422)["detail"]


@pytest.mark.parametrize(
    ("address", "status", "key", "value"),
    [
        ("/api/v1/acts/P170000082/lineage", 404, "near", "act/P1700000827"),
        ("/api/v1/programmes/digital-kazakstan/accountability", 404, "near", "programme/digital-kazakhstan"),
        ("/api/v1/indicators/egdi-values/observations", 404, "near", "indicator/egdi-value"),
        (f"{SERIES}?area=Atlantis", 422, "possible", "KAZ"),
        (f"{SERIES}?area=KAZ&breakdown=urban", 422, "possible", "total"),
        ("/api/v1/stages?scheme=nowhere", 404, "near", "scheme/abil-2023-phases"),
        ("/api/v1/timeline?kind=finding", 422, "possible", "programme"),
        ("/api/v1/evidence?predicate=approves-by", 422, "possible", "approvedBy"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(service: httpx.Client, address: str, status: int, key: str, value: str) -> None:
    assert value in problem(service, address, status)[key]


@pytest.mark.parametrize("address", [f"{SERIES}?from=abc", f"{SERIES}?from=2020&to=2010", "/api/v1/timeline?to=20", "/api/v1/evidence"])
def test_a_question_that_cannot_be_is_refused(service: httpx.Client, address: str) -> None:
    assert problem(service, address, 422)["detail"]


@pytest.mark.parametrize("address", [f"{SERIES}?area=KAZ&to=1990", f"{SERIES}?area=RUS", "/api/v1/stages?at=1950-01-01"])
def test_a_question_outside_coverage_is_answered_unknown_with_the_reason(service: httpx.Client, address: str) -> None:
    missing = told(service, address)["missing"]
    assert missing
    assert {item["state"] for item in missing} == {"unknown"}
    assert all(item["why"] for item in missing)


def test_who_states_it_counts_documents_and_says_where(service: httpx.Client) -> None:
    (statement,) = told(service, LOOKUPS[0])["statements"]
    assert (statement["id"], statement["standing"]) == ("act/P1700000827", "fact")
    documents = {passage["document"]["id"] for passage in statement["passages"]}
    assert statement["agreement"] == len(documents) == 3
    assert all(passage["locator"] for passage in statement["passages"])


def test_a_claim_that_lost_is_told_as_no_fact(service: httpx.Client) -> None:
    found = told(service, "/api/v1/evidence", subject="digital-kazakhstan", predicate="startDate")["statements"]
    assert {(item["label"], item["standing"]) for item in found} == {("2017", "fact"), ("2018", "not-a-fact")}


def test_a_text_is_found_as_it_stands(service: httpx.Client) -> None:
    found = told(service, "/api/v1/evidence", object="827")["statements"]
    assert [(item["subject"]["id"], item["property"]["id"]) for item in found] == [("act/P1700000827", "eli:number")]


def test_what_no_passage_states_is_unknown(service: httpx.Client) -> None:
    found = told(service, "/api/v1/evidence", subject="digital-kazakhstan", predicate="responsibleBody")
    assert (found["count"], found["missing"][0]["state"]) == (0, "unknown")


def test_the_pages_of_evidence_are_the_whole_each_statement_once(service: httpx.Client) -> None:
    address = "/api/v1/evidence?subject=programme/digital-kazakhstan"
    whole = told(service, f"{address}&limit=1000")
    pages, following = [], f"{address}&limit=20"
    while following:
        answer = service.get(following)
        page = answer.json()
        assert answer.links.get("next", {}).get("url") == page["next"]
        pages += page["statements"]
        following = page["next"]
    assert pages == whole["statements"]
    assert len(pages) == whole["count"] > 20
    assert problem(service, f"{address}&cursor=abc", 400)["detail"].startswith("the cursor is not of this release")


def test_several_areas_come_at_once(service: httpx.Client) -> None:
    address = "/api/v1/indicators/egov-services-users-share/observations"
    found = told(service, f"{address}?area=KAZ,KAZ-aktobe-region&area=KAZ-zhambyl-region")
    assert {line["area"]["id"] for line in found["lines"]} == {"area/KAZ", "area/KAZ-aktobe-region", "area/KAZ-zhambyl-region"}


def test_names_come_in_the_language_asked_for_and_say_which_it_is(service: httpx.Client) -> None:
    answer = service.get(SERIES, headers={"Accept-Language": "kk"}).json()
    assert answer["indicator"]["labelLanguage"] == "kk"
    assert answer["indicator"]["label"] == "Электрондық үкіметті дамыту индексі"


def test_a_look_up_is_told_as_the_documents_of_a_day_had_it(service: httpx.Client) -> None:
    answer = service.get("/api/v1/programmes/digital-kazakhstan/accountability", params={"known": "2021-12-31"})
    found = answer.json()
    assert answer.headers["x-view"] == "known 2021-12-31"
    assert "document/abil-2023" in found["view"]["later"]
    documents = {passage["document"]["id"] for passage in found["approvals"][0]["passages"]}
    assert documents == {"document/bokayev-2021", "document/ziyadin-2019"}


def test_the_lineage_judges_states_on_the_day(service: httpx.Client) -> None:
    before = told(service, "/api/v1/acts/P1700000827/lineage", at="2017-12-11")
    after = told(service, "/api/v1/acts/P1700000827/lineage", at="2017-12-12")
    assert [found["act"]["state"]["state"] for found in (before, after)] == ["not-in-force", "in-force"]
    assert before["view"]["at"] == "2017-12-11"


def test_an_entity_comes_as_csv_under_its_address_too(service: httpx.Client) -> None:
    direct = service.get("/id/act/P1700000827.csv")
    assert direct.content == service.get("/api/v1/entities/act/P1700000827?format=csv").content
    led = service.get("/id/act/P1700000827", headers={"Accept": "text/csv"})
    assert (led.status_code, led.headers["location"]) == (303, "/id/act/P1700000827.csv")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own JSON-LD parser uses it
@pytest.mark.parametrize(("form", "parser"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt"), ("rdf", "xml")])
def test_an_entity_comes_as_rdf_over_the_api(service: httpx.Client, form: str, parser: str) -> None:
    graph = rdflib.Graph().parse(data=service.get(f"/api/v1/entities/act/P1700000827?format={form}").text, format=parser)
    act = rdflib.URIRef("https://w3id.org/egovkg/id/act/P1700000827")
    assert graph.value(act, rdflib.URIRef("http://data.europa.eu/eli/ontology#number")) == rdflib.Literal("827")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own JSON-LD parser uses it
def test_the_json_of_an_entity_is_rdf_with_the_context_that_it_names(service: httpx.Client) -> None:
    answer = service.get("/api/v1/entities/act/P1700000827")
    address = answer.links["http://www.w3.org/ns/json-ld#context"]["url"]
    body = {**service.get(address).json(), **answer.json()}
    graph = rdflib.Graph().parse(data=httpx.Response(200, json=body).text, format="json-ld")
    act = rdflib.URIRef("https://w3id.org/egovkg/id/act/P1700000827")
    stated = {
        (graph.value(fact, rdflib.RDF.predicate), graph.value(graph.value(fact, rdflib.RDF.object), rdflib.RDF.value))
        for fact in graph.subjects(rdflib.RDF.subject, act)
    }
    assert (rdflib.URIRef("http://data.europa.eu/eli/ontology#number"), rdflib.Literal("827")) in stated
    assert len(list(graph.subjects(rdflib.RDF.subject, act))) == len(answer.json()["facts"])
    fact = next(graph.subjects(rdflib.RDF.predicate, rdflib.URIRef("http://data.europa.eu/eli/ontology#passed_by")))
    assert graph.value(fact, rdflib.RDF.object) == rdflib.URIRef("https://w3id.org/egovkg/id/organisation/government")
    assert graph.value(fact, rdflib.PROV.wasDerivedFrom) is not None


def test_a_look_up_as_json_ld_names_its_context_itself(service: httpx.Client) -> None:
    answer = service.get("/api/v1/models", headers={"Accept": "application/ld+json"})
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json()["@context"] == "/api/v1/context.jsonld"


ASKED = (*LOOKUPS, "/api/v1/queries", "/api/v1/profiles/KAZ", "/api/v1/instruments", "/api/v1/instruments/egdi")


@pytest.mark.parametrize("address", ASKED)
def test_a_parameter_that_a_route_does_not_have_is_refused_with_those_that_it_has(service: httpx.Client, address: str) -> None:
    refused = problem(service, f"{address}{'&' if '?' in address else '?'}fieldz=label", 422)
    assert refused["parameter"] == "fieldz"
    assert "fields" in refused["possible"]
    assert refused["detail"] == "this route has no parameter 'fieldz'; did you mean fields?"


@pytest.mark.parametrize("address", ASKED)
def test_a_browser_that_opens_an_address_of_the_api_gets_its_json(service: httpx.Client, address: str) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
    assert service.get(address, headers={"accept": browser}).headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("address", "keys", "column"),
    [
        ("/api/v1/queries", "count", "question"),
        ("/api/v1/instruments", "count", "needs"),
        ("/api/v1/profiles/KAZ", "area", "standing"),
        ("/api/v1/queries/programmes-in-force?date=2012-06-30", "count,rows", "programme"),
        ("/api/v1/instruments/egdi?area=KAZ", "summary", "rank"),
    ],
)
def test_lists_and_reports_come_by_their_keys_and_as_csv(service: httpx.Client, address: str, keys: str, column: str) -> None:
    joint = "&" if "?" in address else "?"
    whole = told(service, address)
    assert told(service, f"{address}{joint}fields={keys}") == {key: whole[key] for key in keys.split(",")}
    header, *rows = csv.reader(io.StringIO(service.get(f"{address}{joint}format=csv").text))
    assert column in header
    assert rows
    assert {len(row) for row in rows} == {len(header)}
    assert problem(service, f"{address}{joint}fields=nothing", 422)["possible"] == list(whole)


@pytest.mark.parametrize("address", LOOKUPS)
@pytest.mark.parametrize(("header", "language"), [("kk", "kk"), ("ru-RU,ru;q=0.9,en;q=0.5", "ru"), ("fr", "en"), ("", "en")])
def test_an_answer_says_in_which_language_it_names_things(service: httpx.Client, address: str, header: str, language: str) -> None:
    assert service.get(address, headers={"accept-language": header}).headers["content-language"] == language


def test_a_hit_says_in_which_language_its_label_is(service: httpx.Client) -> None:
    found = told(service, "/api/v1/entities?q=P1700000827&lang=kk&fields=hits")["hits"][0]
    assert found["labelLanguage"] == "kk"
    assert (found["matchedLanguage"], found["matchedBy"]) == (None, "id_local")


@pytest.mark.parametrize(
    ("address", "parameter", "possible"),
    [
        ("/api/v1/entities?kind=dragon", "kind", "programme"),
        ("/api/v1/entities?lang=de", "lang", "kk"),
        ("/api/v1/conflicts?kind=dragon", "kind", "arithmetic"),
        ("/api/v1/instruments/egdi?area=XXX", "area", "KAZ"),
        ("/api/v1/instruments/readiness?area=XXX", "area", "KAZ"),
    ],
)
def test_what_there_is_not_is_refused_by_its_parameter(service: httpx.Client, address: str, parameter: str, possible: str) -> None:
    refused = problem(service, address, 422)
    assert refused["parameter"] == parameter
    assert possible in refused["possible"]


@pytest.mark.parametrize("address", ["/api/v1/timeline?limit=0", "/api/v1/stages?at=2020-02-30", "/api/v1/models?known=yesterday"])
def test_every_refused_parameter_is_named(service: httpx.Client, address: str) -> None:
    assert problem(service, address, 422)["parameter"] == address.partition("?")[2].partition("=")[0]
