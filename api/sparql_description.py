"""What /openapi.json says of `/sparql`, whose route is not FastAPI's."""

from __future__ import annotations

from typing import Any

from kg.formats import GRAPHS, RESULTS

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_PROBLEM: dict[str, Any] = {"application/problem+json": {}}
_PARAMETERS = {
    "format": "json, xml, csv, tsv; ttl, nt, jsonld, rdf: goes before Accept",
    "timeout": "Seconds; can only lower the limit",
    "default-graph-uri": "A graph of the query's default graph; goes before FROM",
    "named-graph-uri": "A named graph of the query; goes before FROM NAMED",
    "at": "Day in force: things that had not begun or had ended are left out",
    "known": "Only what documents published by this day say",
}
_RESPONSES: dict[str, Any] = {
    "200": {
        "description": "The answer, in the format asked for; X-Truncated: true where it was cut at a limit.",
        "content": {format.media_type: {} for format in (*RESULTS, *GRAPHS)},
    },
    "400": {"description": "No SPARQL, or an update; line and column in the problem.", "content": _PROBLEM},
    "406": {"description": "No such format; the problem lists those there are.", "content": _PROBLEM},
    "413": {"description": "The query is too long.", "content": _PROBLEM},
    "429": {"description": "One client asks too much; Retry-After says when to come back.", "content": _PROBLEM},
    "503": {"description": "The query took more memory or depth than allowed, or no worker came free (Retry-After).", "content": _PROBLEM},
    "504": {"description": "The query did not end in time.", "content": _PROBLEM},
}


def _parameter(name: str, description: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": "string"}, **more}


def _operation(name: str, summary: str, parameters: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "tags": ["SPARQL"],
        "summary": summary,
        "operationId": name,
        "parameters": [_parameter(name, text) for name, text in parameters.items()],
        **more,
        "responses": _RESPONSES,
    }


_QUERY = "A SPARQL 1.1 query, such as SELECT ?p WHERE { ?p a egov:Programme }; without it, the service description"
_FIELDS = {name: {"type": "string"} for name in ("query", *_PARAMETERS)}
OPERATIONS: dict[str, Any] = {
    "get": _operation("ask_by_get", "Ask by GET", {"query": _QUERY, **_PARAMETERS}),
    "post": _operation(
        "ask_by_post",
        "Ask by POST: form or direct",
        _PARAMETERS,
        requestBody={
            "required": True,
            "content": {
                _FORM: {"schema": {"type": "object", "required": ["query"], "properties": _FIELDS}},
                _DIRECT: {"schema": {"type": "string"}},
            },
        },
    ),
}
