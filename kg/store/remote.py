"""Any SPARQL 1.1 endpoint as a store, through SPARQLWrapper. Reading only: writes need the endpoint's own tools.

The endpoint may be a service of egovkg (its base address or `/sparql`) or another engine. Virtuoso answers a query that
ran out of time with 200 and part of the rows, told only by a header: that is an error here.
"""

from __future__ import annotations

from collections.abc import Iterable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import pyoxigraph as ox
from SPARQLWrapper import POST, SELECT, URLENCODED, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from kg.errors import QueryFailed, QuerySyntaxError, StoreError, StoreUnreachable
from kg.formats import GRAPHS, JSON, N_QUADS, N_TRIPLES, RESULTS, Format, find_format
from kg.namespaces import DATASET, DCAT, PREFIXES, RELEASE
from kg.rdf import nquads
from kg.store.base import Answer, QueryDataset, Row, Wish
from kg.store.binding import Term, bind

_PARTIAL = "S1TAT"
_RELEASE = f"SELECT ?release WHERE {{ GRAPH {RELEASE} {{ {DATASET} {DCAT.version} ?release }} }}"
_EVERYTHING = "SELECT ?g ?s ?p ?o WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


class RemoteStore:
    """A read-only store at an endpoint. See kg/store/base.py for what each method promises."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        path = urlsplit(url).path
        self.url = f"{url.rstrip('/')}/sparql" if path in ("", "/") else url
        self._timeout = timeout

    def answer(self, query: str, wish: Wish, dataset: QueryDataset = QueryDataset()) -> Answer:
        """Send a query and return the answer as the endpoint serialised it."""
        offered = [*wish.results, *wish.graph]
        body, media_type = self._send(query, ", ".join(format.media_type for format in offered), dataset)
        return Answer(body, find_format(media_type, (*wish.results, *wish.graph, *RESULTS, *GRAPHS)))

    def rows(self, query: str, /, **values: Term | list[Term]) -> list[Row]:
        """Return the solutions of one of our own SELECT queries."""
        body, _ = self._send(_with_prefixes(bind(query, values)), JSON.media_type)
        found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        assert isinstance(found, ox.QuerySolutions)
        names = [variable.value for variable in found.variables]
        return [{name: row[name] for name in names if row[name] is not None} for row in found]

    def triples(self, query: str, /, **values: Term | list[Term]) -> list[ox.Triple]:
        """Return the triples of one of our own CONSTRUCT queries."""
        body, _ = self._send(_with_prefixes(bind(query, values)), N_TRIPLES.media_type)
        return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]

    def load(self, data: bytes, format: Format, graph: str | None = None) -> int:
        """Refuse: a remote store is read-only."""
        raise StoreError(f"the store {self.url} is remote and read-only here; load the data with its own tools")

    def quads(self) -> Iterable[ox.Quad]:
        """Yield every quad of the dataset, read by one query."""
        default = ox.DefaultGraph()
        for row in self.rows(_EVERYTHING):
            yield ox.Quad(row["s"], row["p"], row["o"], row.get("g", default))  # type: ignore[arg-type]

    def dump(self, format: Format) -> bytes:
        """Return the whole dataset, read by a query."""
        quads = list(self.quads())
        if format is N_QUADS:
            return nquads(quads)
        assert isinstance(format.engine, ox.RdfFormat)
        return ox.serialize(quads, format=format.engine, prefixes=PREFIXES) or b""

    def release(self) -> str:
        """Return the id of the data, empty where the endpoint has none."""
        rows = self.rows(_RELEASE)
        return rows[0]["release"].value if rows else ""

    def close(self) -> None:
        """Nothing to give free."""

    def _send(self, query: str, accept: str, dataset: QueryDataset = QueryDataset()) -> tuple[bytes, str]:
        wrapper = SPARQLWrapper(self.url, agent="egovkg")
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(URLENCODED)
        wrapper.setTimeout(int(self._timeout))
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", accept)
        for iri in dataset.default:
            wrapper.addParameter("default-graph-uri", iri)
        for iri in dataset.named:
            wrapper.addParameter("named-graph-uri", iri)
        wrapper.queryString, wrapper.queryType = query, SELECT  # not setQuery: it would send an update as an update
        try:
            response: Any = wrapper.query().response
            headers, body = response.info(), response.read()
        except HTTPError as error:
            raise _refused(error.code, error.read().decode(errors="replace")) from None
        except SPARQLWrapperException as error:
            raise _refused(400 if "Bad" in type(error).__name__ else 500, str(error)) from None
        except (URLError, HTTPException, OSError) as error:
            raise StoreUnreachable(self.url, str(getattr(error, "reason", error))) from None
        if headers.get("X-SQL-State") == _PARTIAL:
            raise QueryFailed("the endpoint ran out of time and sent part of the rows; narrow the query")
        return body, headers.get_content_type()


def _refused(status: int, body: str) -> QueryFailed | QuerySyntaxError:
    if status == 400:
        return QuerySyntaxError(body.strip()[:500])
    return QueryFailed(f"the endpoint answered {status}: {body.strip()[:500]}")


def _with_prefixes(query: str) -> str:
    """Declare our prefixes before one of our own queries: a foreign endpoint does not know them."""
    used = [f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items() if f"{name}:" in query]
    return "\n".join([*used, query])
