"""The service and its data described for machines: service description, VoID. Counted once a release, at the first request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from api.context import Context, ContextDep
from api.methods import takes
from api.negotiation import choose
from api.parameters import Parameters
from kg.config import Settings
from kg.formats import GRAPHS, JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from kg.namespaces import EGOV, SD
from kg.rdf import written
from kg.store.base import Store
from kg.store.description import Offer, service_triples
from kg.store.statistics import Statistics, measure
from kg.store.void import void_triples

router = APIRouter(tags=["SPARQL"])

_OFFERED = (TURTLE, RDF_XML, JSON_LD, N_TRIPLES)
_LIMITS = {"timeout": EGOV.timeLimit, "max_query": EGOV.queryLimit, "max_rows": EGOV.rowLimit, "max_answer": EGOV.answerLimit}
"""Settings that are limits of the service, and the terms that say them."""


class Surveyor:
    """Counts what is in the store: once a release, however many ask."""

    def __init__(self) -> None:
        self._found: Statistics | None = None
        self._lock = asyncio.Lock()

    async def survey(self, context: Context) -> Statistics:
        """Return the statistics of the data as they stand."""
        async with self._lock:
            self._found = await context.runner.run(lambda: _survey(context.store, self._found))
            return self._found


def _survey(store: Store, known: Statistics | None) -> Statistics:
    return known if known and known.release and known.release == store.release() else measure(store)


async def describe(request: Request, context: Context, parameters: Parameters) -> Response:
    """Answer a bare GET of the endpoint: the service description. `graphs=all` lists every named graph."""
    found = await _surveyor(request).survey(context)
    endpoint = str(request.url.replace(query="", fragment=""))
    everything = "" if parameters.one("graphs") == "all" else f"{endpoint}?graphs=all"
    triples = service_triples(found, endpoint, offer_of(context.settings, request.app.router.routes), everything)
    return _written(request, triples, parameters)


@router.get("/.well-known/void", summary="The data described: VoID", response_class=Response)
@router.get("/void", include_in_schema=False)
async def void(request: Request, context: ContextDep, format: str | None = None) -> Response:
    """Return counts, partitions by class and property, links, vocabularies: Turtle, RDF/XML, JSON-LD or N-Triples."""
    found = await _surveyor(request).survey(context)
    base = request.url.replace(query="", fragment="")
    triples = void_triples(found, str(base.replace(path="/sparql")), str(base))
    return _written(request, triples, Parameters.of(request.scope["query_string"], "the address"))


def offer_of(settings: Settings, routes: Iterable[BaseRoute]) -> Offer:
    """Return what a service with these settings and routes offers."""
    listed = list(routes)
    limits = {term: float(getattr(settings, name)) for name, term in _LIMITS.items() if hasattr(settings, name)}
    updates = [SD.SPARQL11Update] if takes(listed, "/update", "POST") else []
    inputs = GRAPHS if takes(listed, "/graphs", "PUT") else ()
    return Offer((SD.SPARQL10Query, SD.SPARQL11Query, *updates), inputs=inputs, limits=limits)


def _surveyor(request: Request) -> Surveyor:
    found: Surveyor = request.app.state.surveyor
    return found


def _written(request: Request, triples: list[ox.Triple], parameters: Parameters) -> Response:
    name = parameters.formats[0] if parameters.formats else None
    form = choose(request.headers.get("accept"), name, _OFFERED)[0]
    return Response(written(triples, form), headers={"Content-Type": form.content_type})
