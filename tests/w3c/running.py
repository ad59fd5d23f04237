"""Run one case over HTTP. A case that fails raises AssertionError with what was wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox

from tests.w3c.comparing import is_result_set, parse_dataset, parse_graph, parse_results, same_graph, same_results, suffix_of
from tests.w3c.manifests import Case, path_of
from tests.w3c.replaying import replay
from tests.w3c.serving import Service

_ACCEPT = {
    "srx": "application/sparql-results+xml",
    "srj": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
_SYNTAX = re.compile(r"(Positive|Negative)(Update)?SyntaxTest(?:11)?")
_FROM = re.compile(r"^\s*FROM\s+(?:NAMED\s+)?<([^>]+)>", re.I | re.M)
_UNDONE = "could not be evaluated"
"""Said of a text that was read but asks for what cannot be done, such as to drop a graph that there is not: no matter of syntax."""
_RDF_TYPES = {"Turtle": "text/turtle", "NTriples": "application/n-triples", "XML": "application/rdf+xml"}


def run(service: Service, case: Case) -> None:
    """Run a case of any kind."""
    if matched := _SYNTAX.fullmatch(case.kind):
        _syntax(service, case, update=bool(matched[2]), right=matched[1] == "Positive")
    else:
        _RUNS[case.kind](service, case)


def _based(file: str) -> str:
    """Return a query or update with its own address as base."""
    return f"BASE <{file}>\n{path_of(file).read_bytes().decode()}"


def _syntax(service: Service, case: Case, *, update: bool, right: bool) -> None:
    if update:
        service.changed()
        answer = service.update(_based(case.query))
    else:
        service.hold(((), ()))
        headers = {"Content-Type": "application/sparql-query"}
        answer = service.client.post("/sparql", content=_based(case.query).encode(), headers=headers)
    if right:
        assert answer.is_success or _UNDONE in answer.text, f"refused: {answer.text}"
    else:
        assert answer.status_code == 400, f"answered with {answer.status_code}"


def _query(service: Service, case: Case) -> None:
    text = _based(case.query)
    graphs = case.graphs
    if not case.data and not graphs:  # the dataset is what the query says
        base = case.query.rpartition("/")[0]
        graphs = tuple((iri, iri) for iri in dict.fromkeys(f"{base}/{name}" for name in _FROM.findall(text)))
    service.hold((case.data, graphs))
    suffix = suffix_of(case.result)
    expected = path_of(case.result).read_bytes()
    tabular = suffix in _ACCEPT or is_result_set(parse_graph(expected, suffix, case.result))
    accept = _ACCEPT.get(suffix, _ACCEPT["srj"]) if tabular else "application/n-triples"
    headers = {"Content-Type": "application/sparql-query", "Accept": accept}
    answer = service.client.post("/sparql", content=text.encode(), headers=headers)
    assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
    assert answer.headers["content-type"].partition(";")[0] == accept
    if not tabular:
        found = parse_graph(answer.content, "nt", case.query)
        assert same_graph(parse_graph(expected, suffix, case.result), found), f"another graph: {answer.text}"
        return
    results = parse_results(answer.content, suffix if suffix in _ACCEPT else "srj")
    wanted = parse_results(expected, suffix, case.result)
    assert same_results(wanted, results, distinct=case.group == "reduced"), f"other results: {answer.text}"


def _update(service: Service, case: Case) -> None:
    service.hold((case.data, case.graphs))
    service.changed()
    answer = service.update(_based(case.query))
    assert answer.is_success, f"{answer.status_code}: {answer.text}"
    expected = _dataset(case)
    names = _names(service)
    assert names <= expected.keys(), f"there is a graph too many: {names}"
    for name, triples in expected.items():
        found = _held(service, {"graph": name} if name else {"default": ""})
        assert same_graph(triples, found), f"the graph {name or 'by default'} is another: {found}"


def _dataset(case: Case) -> dict[str, list[ox.Triple]]:
    """Return the graphs that an update is to leave, by name; the default graph's is empty."""
    found: dict[str, list[ox.Triple]] = {"": []}
    for name, file in (("", case.result), *case.result_graphs):
        found.setdefault(name, [])
        for quad in parse_dataset(path_of(file).read_bytes(), suffix_of(file), file) if file else ():
            graph = name if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value
            found.setdefault(graph, []).append(quad.triple)
    return found


def _held(service: Service, address: dict[str, str]) -> list[ox.Triple]:
    """Return the triples of a graph of the store; none of one that there is not."""
    found = service.client.get("/graphs", params=address, headers={"Accept": "application/n-triples"})
    if found.status_code == 404:
        return []
    assert found.status_code == 200, f"{found.status_code}: {found.text}"
    return parse_graph(found.content, "nt", "urn:none")


def _names(service: Service) -> set[str]:
    query = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
    found = service.client.get("/sparql", params={"query": query, "format": "json"}).json()
    return {row["g"]["value"] for row in found["results"]["bindings"]}


def _description(service: Service, case: Case) -> None:
    service.hold(((), ()))
    answer = service.client.get("/sparql")
    assert answer.status_code == 200
    triples = parse_graph(answer.content, "ttl", str(answer.url))
    sd = "http://www.w3.org/ns/sparql-service-description#"
    services = [t.subject for t in triples if t.object == ox.NamedNode(f"{sd}Service")]
    endpoints = [t for t in triples if t.predicate == ox.NamedNode(f"{sd}endpoint")]
    assert len(services) == 1
    if case.name == "has-endpoint-triple":
        assert [(t.subject, t.object) for t in endpoints] == [(services[0], ox.NamedNode(str(answer.url)))]
    elif case.name == "conforms-to-schema":
        used = {t.predicate.value for t in triples if t.predicate.value.startswith(sd)}
        used |= {t.object.value for t in triples if isinstance(t.object, ox.NamedNode) and t.object.value.startswith(sd)}
        assert {iri.removeprefix(sd) for iri in used} <= _SD_TERMS
        defaults = [t for t in triples if t.predicate.value == f"{sd}defaultDataset"]
        assert [t.subject for t in defaults] == services
        assert all(isinstance(t.object, ox.NamedNode | ox.BlankNode) for t in endpoints + defaults)


_SD_TERMS = set(
    """Service Feature Language Function Aggregate EntailmentRegime EntailmentProfile GraphCollection Dataset Graph NamedGraph
    SPARQL10Query SPARQL11Query SPARQL11Update DereferencesURIs UnionDefaultGraph RequiresDataset EmptyGraphs BasicFederatedQuery
    endpoint feature defaultEntailmentRegime entailmentRegime defaultSupportedEntailmentProfile supportedEntailmentProfile
    extensionFunction extensionAggregate languageExtension supportedLanguage propertyFeature defaultDataset availableGraphs
    resultFormat inputFormat defaultGraph namedGraph name graph""".split()  # noqa: SIM905
)


def _rdf(service: Service, case: Case) -> None:
    """PUT the document under its own address, which is the base of its IRIs, and GET it."""
    service.changed()
    kind = next(name for name in _RDF_TYPES if name in case.kind)
    where = {"graph": case.query}
    headers = {"Content-Type": _RDF_TYPES[kind]}
    answer = service.client.put("/graphs", params=where, content=path_of(case.query).read_bytes(), headers=headers)
    if "Negative" in case.kind:
        assert answer.status_code == 400, f"taken with {answer.status_code}"
        return
    assert answer.is_success, f"{answer.status_code}: {answer.text}"
    if "Eval" in case.kind:
        found = _held(service, where)
        expected = parse_graph(path_of(case.result).read_bytes(), suffix_of(case.result), case.result)
        assert same_graph(expected, found), f"another graph: {found}"


_RUNS: dict[str, Callable[[Service, Case], None]] = {
    "QueryEvaluationTest": _query,
    "CSVResultFormatTest": _query,
    "UpdateEvaluationTest": _update,
    "ServiceDescriptionTest": _description,
    "ProtocolTest": replay,
    "GraphStoreProtocolTest": replay,
    **{f"Test{form}{kind}": _rdf for form in _RDF_TYPES for kind in ("Eval", "PositiveSyntax", "NegativeSyntax")},
}
