"""Search over HTTP: the contract of `/api/v1/entities` and of the start page's search."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

BROWSER = {"Accept": "text/html"}


def hits(service: httpx.Client, **params: str | int) -> dict[str, Any]:
    answer = service.get("/api/v1/entities", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_hit_says_how_it_was_found_and_how_well(service: httpx.Client) -> None:
    hit = hits(service, q="Цифрового Казахстана", lang="kk")["hits"][0]
    assert (hit["id"], hit["label"]) == ("programme/digital-kazakhstan", "Цифрлық Қазақстан")
    assert (hit["matched"], hit["matchedLanguage"], hit["matchedBy"]) == ("Цифровой Казахстан", "ru", "prefLabel")
    assert (hit["how"], hit["score"]) == ("form", 0.9)


def test_counts_by_kind_and_document_come_with_the_hits(service: httpx.Client) -> None:
    whole = hits(service, q="Kazakhstan", limit=1000)
    assert whole["documents"]["document/abil-2023"] > 0
    kept = hits(service, q="Kazakhstan", document="abil-2023", limit=1000)
    assert kept["count"] == len(kept["hits"]) == whole["documents"]["document/abil-2023"] == sum(kept["kinds"].values())
    assert kept["documents"] == whole["documents"]
    assert hits(service, q="Kazakhstan", document="document/abil-2023")["count"] == kept["count"]


def test_a_period_filters_and_says_what_it_left_out(service: httpx.Client) -> None:
    found = hits(service, kind="programme", **{"from": "2019", "to": "2019"})
    names = {hit["id"] for hit in found["hits"]}
    assert "programme/digital-kazakhstan" in names
    assert "programme/e-government-2005-2007" not in names
    assert found["undated"] + found["count"] <= hits(service, kind="programme")["count"]


def test_lists_are_sorted_by_name_in_the_reader_s_language(service: httpx.Client) -> None:
    for language in ("en", "ru", "kk"):
        by_name = [hit["label"] for hit in hits(service, kind="area", sort="name", lang=language, limit=1000)["hits"]]
        assert by_name != [hit["label"] for hit in hits(service, kind="area", lang=language, limit=1000)["hits"]]
    labels = [hit["label"] for hit in hits(service, kind="area", sort="name", lang="kk", limit=1000)["hits"]]
    order = [labels.index(name) for name in ("Австралия", "Ақтөбе облысы", "Алматы", "Қазақстан", "Ресей", "Үндістан")]
    assert order == sorted(order)


def test_pages_of_a_sorted_search_are_the_whole(service: httpx.Client) -> None:
    params = {"q": "Казахстан", "sort": "name", "lang": "kk", "document": "abil-2023"}
    whole = [hit["id"] for hit in hits(service, **params, limit=1000)["hits"]]
    address, pages = str(httpx.URL("/api/v1/entities", params={**params, "limit": 5})), []
    while address:
        body = service.get(address).json()
        pages += [hit["id"] for hit in body["hits"]]
        address = body["next"]
    assert pages == whole
    assert len(whole) > 10


def test_where_nothing_is_found_near_names_are_told(service: httpx.Client) -> None:
    body = hits(service, q="digital kazakstan programm")
    assert body["count"] == 0 or body["hits"]
    near = hits(service, q="P1700000828")
    assert (near["count"], near["hits"]) == (0, [])
    assert "act/P1700000827" in near["near"]
    assert hits(service, q="827")["near"] == []


@pytest.mark.parametrize(
    ("params", "status", "says"),
    [
        ({"sort": "size"}, 422, "relevance"),
        ({"from": "soon"}, 422, "2010"),
        ({"to": "2010-13"}, 422, "2010"),
        ({"from": "2020", "to": "2010"}, 422, "swap"),
        ({"document": "orazgalieva-2023"}, 404, "document/orazgaliyeva-2023"),
        ({"kind": "dragon"}, 422, "programme"),
    ],
)
def test_a_wrong_filter_says_what_is_possible(service: httpx.Client, params: dict[str, str], status: int, says: str) -> None:
    answer = service.get("/api/v1/entities", params=params)
    assert answer.status_code == status
    assert says in answer.text
    page = service.get("/", params=params, headers=BROWSER)
    assert page.status_code == status


def test_csv_has_how_and_score(service: httpx.Client) -> None:
    lines = service.get("/api/v1/entities", params={"q": "827", "format": "csv"}).text.splitlines()
    assert lines[0] == "id,iri,kind,label,matched,matchedLanguage,matchedBy,how,score"
    assert lines[1].endswith("827,,number,code,0.95")


def test_the_page_finds_the_same_and_offers_the_facets(service: httpx.Client) -> None:
    params = {"q": "Цифрлық Қазақстанның", "lang": "kk"}
    page = service.get("/", params=params, headers=BROWSER).text
    assert page.index("/id/programme/digital-kazakhstan.html?lang=kk") < page.index("/id/rule/")
    body = hits(service, **params)
    assert f"<h1>{body['count']} found" in page
    for kind, number in body["kinds"].items():
        assert f"{kind} {number}</a>" in page
    assert "document=abil-2023" in page
    narrowed = service.get("/", params={**params, "document": "abil-2023", "sort": "name", "from": "2017"}, headers=BROWSER)
    assert narrowed.status_code == 200
    assert 'name="document" value="abil-2023"' in narrowed.text
    assert "sort=name" in narrowed.text
