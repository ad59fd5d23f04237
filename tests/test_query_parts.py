"""What belongs to a thing comes in pages: together they are the whole, and each says how much there is."""

from __future__ import annotations

import httpx
import pytest

from kg.namespaces import entity
from kg.query import parts
from kg.query.parts import Parts, Tell, claims_of, passages_of, series_of
from kg.store.oxigraph import OxigraphStore


def _keys(found: Parts) -> list[tuple[str, ...]]:
    return [tuple(str(row.get(name)) for name in ("o", "s", "p", "passage")) for row in found.rows]


@pytest.mark.parametrize(
    ("tell", "kind", "slug"),
    [
        (series_of, "indicator", "egdi-value"),
        (claims_of, "passage", "orazgaliyeva-2023/table-3"),
        (passages_of, "document", "orazgaliyeva-2023"),
    ],
)
def test_the_pages_of_parts_are_the_whole_each_part_once(
    store: OxigraphStore, monkeypatch: pytest.MonkeyPatch, tell: Tell, kind: str, slug: str
) -> None:
    thing = entity(kind, slug)
    monkeypatch.setattr(parts, "LIMIT", 10_000)
    whole = tell(store, thing, 1)
    assert (whole.first, whole.total, whole.more) == (0, len(whole.rows), False)
    monkeypatch.setattr(parts, "LIMIT", 7)
    pages = [tell(store, thing, number) for number in range(1, -(-whole.total // 7) + 1)]
    assert [key for page in pages for key in _keys(page)] == _keys(whole)
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
    assert {page.total for page in pages} == {whole.total}


def test_a_page_beyond_the_last_is_not_found(service: httpx.Client) -> None:
    answer = service.get("/id/indicator/egdi-value.html?page=2", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "there is no page 2; the last is 1" in answer.text


def test_a_whole_series_says_so(service: httpx.Client) -> None:
    page = service.get("/id/indicator/egdi-value.html").text
    assert "Complete: " in page
    assert "?page=" not in page
