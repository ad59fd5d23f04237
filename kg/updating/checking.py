"""The shapes on what a change touches: the changed things, those that look at them, and what all of these look at.

Shapes look at a thing's own triples and at the classes, schemes and dates of what it names; a few look further, back along
`egov:indicator` (ranks of one indicator), `egov:rankOf` and `skos:inScheme` (stages of one scheme), and up `skos:broader`.
That neighbourhood is validated; findings on its rim, where the data are cut, do not count.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.findings import Finding, violations
from kg.namespaces import EGOV, ELI, RDF, SDMX_A, SH, SKOS, concept
from kg.store.changes import Change, Graph, Overlay
from kg.updating.graphs import Layer, layer_of
from kg.validation.engines import Engine
from kg.validation.shacl import shipped_shapes, validate

Node = ox.NamedNode | ox.BlankNode
_TELLING = frozenset({RDF.type, SKOS.inScheme, ELI.date_document, EGOV.spanDigest})
"""What shapes ask of the things that a thing names: where one of these changes, those that name it are looked at too."""
_RANK = concept("unit", "rank")
_OF_NODES = frozenset(f"{SH}{name}ConstraintComponent" for name in ("Datatype", "NodeKind"))
_OF_LITERALS = _OF_NODES | frozenset(
    f"{SH}{name}ConstraintComponent" for name in ("Class", "Node", "In", "Pattern", "LanguageIn", "MinLength")
)
"""What a value cannot be, by itself: a literal is of no class and no code of a list, whatever else there is."""


def broken_by(store: ox.Store, change: Change, *, curated: bool, engine: Engine | None = None) -> list[Finding]:
    """Return the violations that a change would bring about; those that were there before do not count."""
    graphs: set[Graph] = {ox.DefaultGraph()}
    quads = (*change.added, *change.removed)
    graphs |= {quad.graph_name for quad in quads if not curated or layer_of(quad.graph_name) is Layer.OTHER}
    own = [quad for quad in quads if quad.graph_name in graphs]
    found = _unfit(store, change, engine) if curated else []
    if found or not own:
        return found
    before, after = (_Region(Overlay(store, part), graphs) for part in (Change(), change))
    focus = before.focus(own) | after.focus(own)
    found = _findings(after, focus, engine)
    if found:
        known = {_about(finding) for finding in _findings(before, focus, engine)}
        found = [finding for finding in found if _about(finding) not in known]
    return found


def _unfit(store: ox.Store, change: Change, engine: Engine | None) -> list[Finding]:
    """Return what is wrong with new claims taken each by itself, whether they become facts or not.

    Only what a value cannot be at all counts: that claims contradict each other, or facts, is for the graph to show.
    """
    claims = {(quad.subject, quad.predicate, quad.object) for quad in change.added if layer_of(quad.graph_name) is Layer.CLAIMS}
    if not claims:
        return []
    subjects = {subject for subject, _, _ in claims if isinstance(subject, Node)}
    said = {(str(subject), str(predicate)) for subject, predicate, _ in claims}
    facts = _Region(Overlay(store, change), {ox.DefaultGraph()}).lines(subjects).splitlines(keepends=True)
    lines = [line for line in facts if tuple(line.split(" ", 2)[:2]) not in said]
    lines += [f"{subject} {predicate} {value} .\n" for subject, predicate, value in claims]
    report = validate("".join(lines), shipped_shapes(), engine=engine)
    terms = {(str(subject), str(predicate), str(value)): value for subject, predicate, value in claims}
    return [
        finding
        for finding in violations(report.findings)
        if (value := terms.get((finding.node, finding.path, finding.value)))
        and any(name in (_OF_LITERALS if isinstance(value, ox.Literal) else _OF_NODES) for name in finding.components)
    ]


def _findings(region: _Region, focus: set[Node], engine: Engine | None) -> list[Finding]:
    report = validate(region.lines(focus), shipped_shapes(), engine=engine)
    names = {str(node) for node in focus}
    return [finding for finding in violations(report.findings) if finding.node in names or finding.node.startswith("_:")]


def _about(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.node, finding.path, finding.value


class _Region:
    """A part of some graphs of a store, read by neighbourhood."""

    def __init__(self, view: Overlay, graphs: Iterable[Graph]) -> None:
        self._view = view
        self._graphs = list(graphs)

    def focus(self, own: Iterable[ox.Quad]) -> set[Node]:
        """Return the things whose verdict a change to these quads may alter."""
        found: set[Node] = set()
        telling: set[Node] = set()
        for quad in own:
            if isinstance(quad.subject, Node):
                found.add(quad.subject)
                if quad.predicate in _TELLING:
                    telling.add(quad.subject)
        for thing in telling:
            found |= self._naming(thing)
        indicators = {node for thing in found for node in self._named(thing, EGOV.indicator)}
        indicators |= {node for indicator in indicators for node in self._naming(indicator, EGOV.rankOf)}
        return found | {indicator for indicator in indicators if self._ranks(indicator)}

    def lines(self, focus: Iterable[Node]) -> str:
        """Return, as N-Triples, all that the shapes need to judge the focus."""
        told: dict[Node, list[ox.Quad]] = {}
        for thing in focus:
            self._tell(thing, told)
        for thing in list(told):
            if self._ranks(thing):
                for indicator in (thing, *self._named(thing, EGOV.rankOf)):
                    for observation in self._naming(indicator, EGOV.indicator):
                        self._tell(observation, told)
            if any(quad.predicate == EGOV.ordinal for quad in told[thing]):
                for scheme in self._named(thing, SKOS.inScheme):
                    for other in self._naming(scheme, SKOS.inScheme):
                        self._tell(other, told)
            broader = [thing]
            while broader:
                above = [node for node in self._named(broader.pop(), SKOS.broader) if node not in told or node == thing]
                broader += [node for node in above if node not in told]
                for node in above:
                    self._tell(node, told)
        for thing in list(told):
            for quad in told[thing]:
                if quad.predicate != RDF.type and isinstance(quad.object, Node):
                    self._tell(quad.object, told)
        return "".join(dict.fromkeys(f"{quad.triple} .\n" for quads in told.values() for quad in quads))

    def _tell(self, thing: Node, told: dict[Node, list[ox.Quad]]) -> None:
        if thing not in told:
            told[thing] = [quad for graph in self._graphs for quad in self._view.find(thing, graph=graph)]

    def _ranks(self, thing: Node) -> bool:
        """Say whether a thing is an indicator of ranks: its ranks must be unlike each other."""
        own = self._named(thing, SDMX_A.unitMeasure)
        return _RANK in own or bool(self._named(thing, EGOV.rankOf))

    def _named(self, thing: Node, predicate: ox.NamedNode) -> list[Node]:
        found = (quad.object for graph in self._graphs for quad in self._view.find(thing, predicate, graph=graph))
        return [node for node in found if isinstance(node, Node)]

    def _naming(self, thing: Node, predicate: ox.NamedNode | None = None) -> set[Node]:
        found = {quad.subject for graph in self._graphs for quad in self._view.find(None, predicate, thing, graph)}
        return {node for node in found if isinstance(node, Node)}
