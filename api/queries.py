"""Named queries over HTTP: their list, their SHACL descriptions, and each with its parameters as an address."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pyoxigraph import NamedNode, QueryResultsFormat
from starlette.responses import Response

from api import models, views
from api.answering import Fields, Form, chosen_form, dumped, selected, tabled
from api.context import ContextDep
from api.languages import Lang, reading_languages
from api.moments import At, Known, read_moment
from api.strict import only_known
from kg.errors import BadParameter
from kg.formats import CSV, TSV, TURTLE, Format
from kg.query import named
from kg.query.executables import described
from kg.query.framing import Table
from kg.query.labels import labels_of
from kg.query.parameters import written
from kg.query.templating import Template
from kg.query.viewing import View
from kg.rdf import written as serialised
from kg.store.base import Wish

router = APIRouter(prefix="/api/v1", tags=["named queries"])

_JSON = Format("json", "application/json", ".json", QueryResultsFormat.JSON)
_OFFERED = (_JSON, CSV, TSV)
_OF_THE_REQUEST = ("format", "lang", "at", "known", "fields")
_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows, all of them.",
        "model": models.QueryAnswer,
        "content": {"text/csv": {}, "text/tab-separated-values": {}},
    },
    404: {"description": "No such query; the problem names near matches.", **_PROBLEM},
    406: {"description": "No such format; the problem lists those there are.", **_PROBLEM},
    422: {"description": "A parameter is missing, unknown or of the wrong form; the problem says what is possible.", **_PROBLEM},
}


@router.get(
    "/queries",
    summary="The named queries: questions, parameters, columns, an example of each",
    response_model=models.NamedQueries,
    responses={200: {"description": "The queries.", "content": {"text/csv": {}}}, **{code: _ANSWERS[code] for code in (406, 422)}},
    dependencies=[Depends(only_known)],
)
async def every(request: Request, context: ContextDep, lang: Lang = None, format: Form = None, fields: Fields = None) -> Response:
    """Return every named query, egovkg's own and those of EGOVKG_QUERIES; as CSV a row a query."""
    reader = reading_languages(request, lang)
    found = named.load_templates(context.settings.queries_path).values()
    answer = models.NamedQueries(count=len(found), queries=[_described(template, reader) for template in found])
    response = tabled(request, answer, lambda: _listed(answer), format, fields)
    response.headers["Content-Language"] = reader[0]
    return response


@router.get(
    "/queries.ttl",
    summary="The named queries as SHACL executables",
    response_class=Response,
    responses={200: {"content": {"text/turtle": {}}}},
)
async def as_shacl(context: ContextDep) -> Response:
    """Return every named query as a `sh:SPARQLSelectExecutable` with its parameters."""
    triples = described(named.load_templates(context.settings.queries_path).values())
    return Response(serialised(triples, TURTLE), headers={"Content-Type": TURTLE.content_type})


@router.get("/queries/{name}", summary="Ask a named query", responses=_ANSWERS, response_class=Response)
async def ask(
    request: Request,
    context: ContextDep,
    name: str,
    lang: Lang = None,
    format: Annotated[str | None, Query(description="json, csv or tsv; goes before Accept")] = None,
    at: At = None,
    known: Known = None,
    fields: Fields = None,
) -> Response:
    """Answer with the query's own parameters in the address: `/api/v1/queries/programmes-in-force?date=2024-01-01`."""
    template = named.find_template(named.load_templates(context.settings.queries_path), name)
    reader = reading_languages(request, lang)
    chosen = chosen_form(request, format, _OFFERED)
    given = _given(request, template, reader[0])
    seen = await context.at(read_moment(at, known))
    if chosen is _JSON:
        answer = await context.runner.run(lambda: _answered(seen, template, given, reader))
        body = dumped(selected(answer.model_dump(mode="json"), fields)) if fields else answer.model_dump_json()
        return Response(body, media_type="application/json", headers={"Content-Language": reader[0]})
    table = await context.runner.run(lambda: _table(seen, template, given, chosen))
    return Response(table, headers={"Content-Type": chosen.content_type})


def _given(request: Request, template: Template, language: str) -> dict[str, str]:
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in _OF_THE_REQUEST]
    for name, _ in pairs:
        if sum(name == other for other, _ in pairs) > 1:
            raise BadParameter(template.name, name, "is given twice; give it once")
    given = dict(pairs)
    if template.parameter("lang"):
        given["lang"] = language
    return given


def _answered(seen: View, template: Template, given: dict[str, str], reader: list[str]) -> models.QueryAnswer:
    values = named.read_values(template, given, seen.store, seen.names)
    result = named.run(seen.store, template, values)
    coverage = result.empty.coverage if result.empty else ()
    nodes = [term for row in result.rows for term in row.values() if isinstance(term, NamedNode)]
    labels = labels_of(seen.store, [*nodes, *(item.document for item in coverage)])
    return models.QueryAnswer(
        name=template.name,
        question=template.question[reader[0]],
        parameters={name: written(term) for name, term in values.items()},
        columns=_columns(template),
        count=len(result.rows),
        rows=[{name: views.term(row[name], labels, reader) if name in row else None for name in template.columns} for row in result.rows],
        empty=views.emptiness(result.empty, labels, reader) if result.empty else None,
        view=views.view(seen),
    )


def _table(seen: View, template: Template, given: dict[str, str], chosen: Format) -> bytes:
    query = named.bound(template, named.read_values(template, given, seen.store, seen.names))
    return seen.store.answer(query, Wish([chosen], [])).body


def _listed(found: models.NamedQueries) -> Table:
    header = ("name", "question", "kind", "parameters", "columns", "example")
    return header, [
        (
            one.name,
            one.question,
            one.kind or "",
            " ".join(f"[{given.name}]" if given.optional else given.name for given in one.parameters),
            " ".join(column.name for column in one.columns),
            one.example,
        )
        for one in found.queries
    ]


def _described(template: Template, reader: list[str]) -> models.NamedQuery:
    return models.NamedQuery(
        name=template.name,
        question=template.question[reader[0]],
        questions=dict(template.question),
        kind=template.kind,
        parameters=[
            models.QueryParameter(
                name=parameter.name, type=parameter.form, description=parameter.description, example=parameter.example,
                default=parameter.default, optional=not parameter.required,
            )
            for parameter in template.parameters
        ],
        columns=_columns(template),
        example=named.example(template),
        sparql=template.sparql,
    )  # fmt: skip


def _columns(template: Template) -> list[models.QueryColumn]:
    return [models.QueryColumn(name=name, description=description) for name, description in template.columns.items()]
