"""The OpenAPI description is true: its examples are answered, and whatever the look-ups answer is as it says (schemathesis)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LOOKUPS = (
    "/api/v1/acts/{slug}/lineage",
    "/api/v1/conflicts",
    "/api/v1/context.jsonld",
    "/api/v1/entities",
    "/api/v1/entities/{kind}/{slug}",
    "/api/v1/evidence",
    "/api/v1/indicators/{slug}/observations",
    "/api/v1/models",
    "/api/v1/programmes/{slug}/accountability",
    "/api/v1/stages",
    "/api/v1/stages/compare",
    "/api/v1/timeline",
)
_EXAMPLES = 20


@pytest.fixture(scope="module")
def description(service: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = service.get("/openapi.json").json()
    return found


@pytest.mark.parametrize("path", LOOKUPS)
def test_whatever_a_look_up_is_asked_its_answer_is_as_described(service: httpx.Client, description: dict[str, Any], path: str) -> None:
    operation = schemathesis.openapi.from_dict(description)[path]["GET"]

    @settings(max_examples=_EXAMPLES)
    @given(case=operation.as_strategy())
    def answered(case: schemathesis.Case[Any]) -> None:
        response = case.call(base_url=str(service.base_url))
        case.validate_response(response, checks=CHECKS)

    answered()


@pytest.mark.parametrize("path", LOOKUPS)
def test_the_examples_of_a_look_up_are_answered(service: httpx.Client, description: dict[str, Any], path: str) -> None:
    address, params = path, {}
    for parameter in description["paths"][path]["get"].get("parameters", []):
        examples = _examples(parameter["schema"])
        if parameter["in"] == "path":
            address = address.replace(f"{{{parameter['name']}}}", examples[0])
        elif examples and parameter["name"] not in ("at", "known", "from", "to"):
            params[parameter["name"]] = examples[0]
    for moment in ({}, {"known": "2023-12-31"}):
        answer = service.get(address, params={**params, **moment})
        assert answer.status_code == 200, answer.text


def test_every_error_is_described_as_a_problem(description: dict[str, Any]) -> None:
    described = [
        (path, status, list(response["content"]))
        for path, item in description["paths"].items()
        for operation in item.values()
        for status, response in operation["responses"].items()
        if status[0] in "45"
    ]
    assert described
    assert [entry for entry in described if entry[2] != ["application/problem+json"]] == []
    assert "HTTPValidationError" not in str(description)


def _examples(schema: dict[str, Any]) -> list[Any]:
    found: list[Any] = schema.get("examples", [])
    return found
