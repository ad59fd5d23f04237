"""Who may write: tokens by name, hashed at rest, revoked at once, compared in constant time, never told."""

from __future__ import annotations

import inspect
import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from kg.cli.main import app
from kg.config import Settings, described
from kg.errors import StoreError, UnusableInput
from kg.store import tokens as room
from kg.store.oxigraph import OxigraphStore
from kg.store.tokens import GIVEN, Tokens, tokens_file
from tests.serving import served


def test_a_token_is_kept_as_a_digest_in_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    file = tokens_file(tmp_path / "store")
    token = Tokens(file).new("import-job")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in file.read_text()
    assert len(json.loads(file.read_text())[0]["digest"]) == 64
    assert len(token) >= 43, "256 bits"
    assert Tokens(file).who(token) == "import-job"
    assert Tokens(file).who(token + "x") is None
    assert Tokens(file).who("") is None


def test_names_are_unique_until_revoked_and_plain(tmp_path: Path) -> None:
    tokens = Tokens(tokens_file(tmp_path / "store"))
    first = tokens.new("a")
    with pytest.raises(UnusableInput, match="already"):
        tokens.new("a")
    for name in ("", "a b", "../x", "-x", GIVEN, "x" * 65, "ё"):
        with pytest.raises(UnusableInput):
            tokens.new(name)
    tokens.revoke("a")
    assert tokens.who(first) is None
    second = tokens.new("a")
    assert (tokens.who(first), tokens.who(second)) == (None, "a")
    with pytest.raises(UnusableInput, match="no token 'b'"):
        tokens.revoke("b")


def test_every_comparison_is_one_that_takes_the_same_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from hmac import compare_digest

    tokens = Tokens(tokens_file(tmp_path / "store"), "given")
    made = [tokens.new(f"t{number}") for number in range(3)]
    seen: list[str] = []

    def counted(one: str, other: str) -> bool:
        seen.append(one)
        return compare_digest(one, other)

    monkeypatch.setattr(room, "compare_digest", counted)
    for token, name in ((made[0], "t0"), (made[2], "t2"), ("given", GIVEN), ("wrong", None)):
        seen.clear()
        assert tokens.who(token) == name
        assert len(seen) == 4, "a hit must not end the search"
    assert "==" not in inspect.getsource(Tokens.who)


def test_without_the_setting_an_empty_token_does_not_count() -> None:
    assert Tokens(None).who("") is None
    assert not Tokens(None).any()


def test_a_broken_token_file_is_one_sentence(tmp_path: Path) -> None:
    file = tokens_file(tmp_path / "store")
    file.write_text("{")
    with pytest.raises(StoreError, match="delete it and make new tokens"):
        Tokens(file).all()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"Authorization": "Bearer no-such-token"}, 403),
        ({"Authorization": "Bearer ' OR 1=1"}, 403),
        ({"Authorization": "Bearer " + "x" * 8000}, 403),
        ({"Authorization": "Bearer \xff"}, 403),
    ],
)
@pytest.mark.parametrize("route", ["POST /update", "PUT /graphs?default", "POST /graphs?default", "DELETE /graphs?default", "POST /graphs"])
def test_writes_without_a_token_that_counts_are_refused(read_only: httpx.Client, route: str, headers: dict[str, str], status: int) -> None:
    method, address = route.split()
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = read_only.request(method, address, content=b"CLEAR ALL", headers=raw)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="egovkg"')
    given = headers.get("Authorization", "").partition(" ")[2]
    assert not given or given not in answer.text


@pytest.fixture(scope="module")
def read_only(store: OxigraphStore) -> Iterator[httpx.Client]:
    """A client of a service for which a token was set."""
    with served(store, Settings(token="the-right-one")) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def test_a_service_without_tokens_says_how_to_make_one(service: httpx.Client) -> None:
    answer = service.post("/update", content="CLEAR ALL", headers={"Authorization": ""})
    assert answer.status_code == 401
    assert "read-only: no token was made; `egovkg token new NAME`" in answer.json()["detail"]


def test_a_token_made_while_the_service_runs_counts_and_a_revoked_one_stops_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    runner = CliRunner()
    caplog.set_level(logging.DEBUG)
    with served(store, Settings(store=str(path), empty=True, shacl=False)) as url, httpx.Client(base_url=url, timeout=60) as client:
        made = runner.invoke(app, ["token", "new", "job", "--store", str(path)])
        token = made.stdout.strip()
        headers = {"Authorization": f"bearer {token}", "Content-Type": "application/sparql-update"}
        assert client.post("/update", content="INSERT DATA { <x:a> <x:p> 1 }", headers=headers).status_code == 200
        assert runner.invoke(app, ["token", "revoke", "job", "--store", str(path)]).exit_code == 0
        late = client.post("/update", content="INSERT DATA { <x:a> <x:p> 2 }", headers=headers)
    store.close()
    assert (late.status_code, 'error="invalid_token"' in late.headers["WWW-Authenticate"]) == (403, True)
    listed = runner.invoke(app, ["token", "list", "--store", str(path)])
    assert listed.stdout.startswith("name\tmade\trevoked\njob\t20")
    kept = (tmp_path / "store.journal.jsonl").read_text()
    assert '"who": "job"' in kept
    assert token not in kept + caplog.text + listed.stdout


def test_the_token_of_the_setting_is_shown_nowhere() -> None:
    settings = Settings(token="very-secret")
    assert "very-secret" not in repr(settings)
    assert "very-secret" not in str(described(settings))
