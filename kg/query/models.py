"""Interaction models (G2C, G2B …) with their parties, approach, circuit and examples, each with the passages that say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import pyoxigraph as ox
from pydantic import Field

from kg.namespaces import EGOV, SKOS
from kg.query.coverage import why_empty
from kg.query.facts import Edge, Facts, facts_of, pointing_to
from kg.query.framing import Table
from kg.query.telling import Answer, Cited, Missing, Shape, Teller, Thing, extent, seen, sources
from kg.query.viewing import View

_FEATURES = {
    EGOV.fromParty: "from",
    EGOV.toParty: "to",
    EGOV.inApproach: "approach",
    EGOV.inCircuit: "circuit",
    EGOV.exampleSystem: "example",
    SKOS.inScheme: "scheme",
}


@dataclass(frozen=True)
class Feature(Shape):
    """One thing said of a model: a party, an approach, a circuit, an example."""

    thing: Thing
    passages: tuple[Cited, ...]


@dataclass(frozen=True)
class Proposal(Shape):
    """An example that a source proposes, in words."""

    text: str
    passages: tuple[Cited, ...]


@dataclass(frozen=True)
class Model(Shape):
    """An interaction model. Where sources put it in several approaches or circuits, all are here."""

    model: Thing
    notation: Annotated[str | None, Field(examples=["G2C"])]
    start: Annotated[tuple[Feature, ...], Field(description="Party that it goes from")]
    end: Annotated[tuple[Feature, ...], Field(description="Party that it goes to")]
    approaches: tuple[Feature, ...]
    circuits: tuple[Feature, ...]
    schemes: tuple[Feature, ...]
    examples: Annotated[tuple[Feature, ...], Field(description="Systems that sources give as examples, or say support it")]
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class Models(Answer):
    """All interaction models."""

    count: int
    models: tuple[Model, ...]

    def table(self) -> Table:
        """Return a row a model and feature."""
        rows: list[tuple[str, ...]] = []
        for m in self.models:
            groups = {
                "from": m.start,
                "to": m.end,
                "approach": m.approaches,
                "circuit": m.circuits,
                "scheme": m.schemes,
                "example": m.examples,
            }
            rows += [
                (m.model.id, m.notation or "", name, f.thing.id, f.thing.label, sources(f.passages))
                for name, fs in groups.items()
                for f in fs
            ]
            rows += [(m.model.id, m.notation or "", "proposed example", "", p.text, sources(p.passages)) for p in m.proposals]
        return ("model", "notation", "feature", "value", "label", "passages"), rows


def read_models(view: View, teller: Teller) -> Models:
    """Return the interaction models, by notation; what no source says of one is named."""
    rows = view.store.rows("SELECT ?model WHERE { ?model a egov:InteractionModel }")
    nodes = sorted({row["model"] for row in rows if isinstance(row["model"], ox.NamedNode)}, key=lambda node: node.value)
    facts = facts_of(view.store, nodes, [*_FEATURES, EGOV.proposedExample, SKOS.notation])
    supporting = pointing_to(view.store, nodes, [EGOV.supportsModel]) if nodes else []
    passages = [*facts.passages(), *(passage for edge in supporting for passage in edge.passages)]
    teller.learn([*nodes, *facts.nodes(), *(edge.subject for edge in supporting)], passages)
    models = tuple(_model(node, facts, supporting, teller) for node in nodes)
    return Models(len(models), models, missing=tuple(_missing(view, models)), view=seen(view))


def _model(node: ox.NamedNode, facts: Facts, supporting: Iterable[Edge], teller: Teller) -> Model:
    said = {
        name: tuple(Feature(teller.thing(edge.object), teller.cited(edge.passages)) for edge in facts.edges(node, predicate))
        for predicate, name in _FEATURES.items()
    }
    systems = tuple(Feature(teller.thing(edge.subject), teller.cited(edge.passages)) for edge in supporting if edge.object == node)
    proposals = teller.text(facts.all(node, EGOV.proposedExample))
    return Model(
        model=teller.thing(node),
        notation=facts.text(node, SKOS.notation) or None,
        start=said["from"],
        end=said["to"],
        approaches=said["approach"],
        circuits=said["circuit"],
        schemes=said["scheme"],
        examples=_merged((*said["example"], *systems)),
        proposals=tuple(Proposal(text, teller.cited(item.passages)) for text, item in proposals),
    )


def _merged(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return features with each thing once, the passages of all that name it together."""
    found: dict[Thing, dict[Cited, None]] = {}
    for feature in features:
        found.setdefault(feature.thing, {}).update(dict.fromkeys(feature.passages))
    return tuple(Feature(thing, tuple(passages)) for thing, passages in found.items())


def _missing(view: View, models: Iterable[Model]) -> Iterable[Missing]:
    why = why_empty(view.store, "model")
    for model in models:
        lacking = {
            "party": model.start and model.end,
            "approach": model.approaches,
            "circuit": model.circuits,
            "example": model.examples or model.proposals,
        }
        for name, there in lacking.items():
            if not there:
                yield Missing(
                    f"{model.model.id} {name}", f"no source gives {_WORDS[name]} of {model.model.label}; {why.why}", read=extent(why)
                )


_WORDS = {"party": "both parties", "approach": "the approach", "circuit": "the circuit", "example": "an example"}
