"""The OpenAPI description mended: every error is a problem document, as the service sends it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

_TYPE = "application/problem+json"
_SCHEMA = {"$ref": "#/components/schemas/Problem"}
_FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")
_PROBLEM = {
    "title": "Problem",
    "description": "What went wrong and what to do (RFC 9457). Some problems have further members, such as `near`, `possible`, `line`.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Not Found"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string", "examples": ["there is no entity 'act/P17'; did you mean act/P1700000827?"]},
        "near": {"type": "array", "items": {"type": "string"}, "description": "Names that look like the unknown one"},
        "possible": {"type": "array", "items": {"type": "string"}, "description": "Values that the parameter may have"},
        "parameter": {"type": "string"},
        "offered": {"type": "array", "items": {"type": "string"}, "description": "Formats that there are"},
    },
}


def install(app: FastAPI) -> None:
    """Make the app describe its errors as it sends them."""
    described = app.openapi

    def mended() -> dict[str, Any]:
        made = app.openapi_schema is None
        schema = described()
        if made:
            mend(schema)
        return schema

    app.openapi = mended  # type: ignore[method-assign]


def mend(schema: dict[str, Any]) -> None:
    """Give every error response the problem's media type and schema."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in _FASTAPIS_OWN:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    for operation in _operations(schema):
        for status, response in operation.get("responses", {}).items():
            if status[0] in "45":
                response["content"] = {_TYPE: {"schema": _SCHEMA}}


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in schema.get("paths", {}).values():
        yield from (operation for operation in path.values() if isinstance(operation, dict))
