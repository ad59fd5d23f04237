"""Replay the HTTP requests of a protocol case and hold the answers against what its manifest expects."""

from __future__ import annotations

import pyoxigraph as ox

from tests.w3c.comparing import parse_graph, same_graph
from tests.w3c.manifests import Case, Manifest
from tests.w3c.serving import Service

_HT = "http://www.w3.org/2011/http#"
_CNT = "http://www.w3.org/2011/content#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_STATUS = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404, "BadRequest": 400, "UnsupportedMediaType": 415}
_KINDS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}
Node = ox.NamedNode | ox.BlankNode


def replay(service: Service, case: Case) -> None:
    """Send the requests of a case one after the other."""
    manifest = case.manifest
    assert manifest is not None
    graphs = case.graphs
    service.hold(((), tuple((name, file) for name, file in graphs)))
    action = manifest.nodes(case.node, f"{_MF}action")[0]
    locations: dict[str, str] = {}
    for number, request in enumerate(manifest.listed(f"{_HT}requests", action), 1):
        service.changed()
        _exchange(service, manifest, request, locations, f"request {number}")


def _exchange(service: Service, manifest: Manifest, request: Node, locations: dict[str, str], which: str) -> None:
    headers = _headers(manifest, request)
    body, encoding = _body(manifest, request)
    path = manifest.value(request, f"{_HT}absolutePath")
    for name, value in locations.items():
        path, body = path.replace(name, value), body.replace(name, value)
    content = body.encode(encoding or "utf-8")
    method = manifest.value(request, f"{_HT}methodName")
    answer = service.client.request(method, _routed(path, headers, body), content=content or None, headers=headers, follow_redirects=True)
    for expected in manifest.nodes(request, f"{_HT}resp"):
        said = f"{which}: {method} {path} answered {answer.status_code}: {answer.text[:300]}"
        statuses = [node.value.rpartition("#")[2] for node in manifest.nodes(expected, f"{_MF}expectedStatus")]
        assert not statuses or any(_fits(answer.status_code, status) for status in statuses), f"{said}, not {statuses}"
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        if form := manifest.value(expected, f"{_MF}expectedFormat"):
            assert media_type in _KINDS[form], said
        if truth := manifest.value(expected, f"{_MF}expectedBoolean"):
            assert bool(ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)) == (truth == "true"), said
        if name := manifest.value(expected, f"{_MF}expectedLocation"):
            locations[name] = answer.headers["location"]
        for name, value in _headers(manifest, expected).items():
            assert answer.headers.get(name, "").replace(" ", "").lower() == value.replace(" ", "").lower(), f"{said}: {name}"
        graph, _ = _body(manifest, expected)
        if graph.strip() and method != "HEAD":
            base = str(answer.url)
            assert same_graph(parse_graph(graph.encode(), "ttl", base), parse_graph(answer.content, "ttl", base)), said


def _fits(status: int, expected: str) -> bool:
    if expected.startswith("StatusCode"):
        return str(status)[0] == expected.removeprefix("StatusCode")[0]
    return status == _STATUS[expected]


def _headers(manifest: Manifest, node: Node) -> dict[str, str]:
    found = manifest.listed(f"{_HT}headers", node)
    return {manifest.value(part, f"{_HT}fieldName"): manifest.value(part, f"{_HT}fieldValue") for part in found}


def _body(manifest: Manifest, node: Node) -> tuple[str, str]:
    for body in manifest.nodes(node, f"{_HT}body"):
        return manifest.value(body, f"{_CNT}chars"), manifest.value(body, f"{_CNT}characterEncoding")
    return "", ""


def _routed(path: str, headers: dict[str, str], body: str) -> str:
    """Return our own address for a request: the manifests have one endpoint, we have one for queries and one for updates."""
    if path.startswith("/gsp"):
        return path.replace("/gsp", "/graphs", 1)
    media_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if "sparql-update" in media_type or body.startswith("update=") or "update=" in path:
        return path.replace("/sparql/", "/update", 1)
    return path
