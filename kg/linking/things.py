"""The things that a store has names for: what is linked besides acts."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.linking.patterns import data
from kg.namespaces import ID
from kg.store.base import Store

TYPES = ("programme", "indicator", "organisation", "system", "model", "stage")
_NAMES = """SELECT ?thing ?property ?name WHERE {
  VALUES ?property { skos:prefLabel skos:altLabel skos:hiddenLabel skos:notation egov:linkExample egov:linkCounterExample }
  ?thing ?property ?name
}"""


@dataclass
class Thing:
    """A thing with its names as the graph has them: property, text, language."""

    iri: str
    type: str
    names: list[tuple[str, str, str]] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)


def read_things(store: Store) -> list[Thing]:
    """Return what a store has names for, in order of the IRIs."""
    things: dict[str, Thing] = {}
    unlinked = set(data("names.toml")["unlinked"])
    for row in store.rows(_NAMES):
        iri = row["thing"].value
        slug = iri.removeprefix(ID)
        type_ = slug.partition("/")[0]
        if type_ not in TYPES or slug in unlinked:
            continue
        thing = things.setdefault(iri, Thing(iri, type_))
        property = row["property"].value.rpartition("#")[2]
        name = row["name"]
        if property == "linkCounterExample":
            thing.against.append(name.value)
        elif property == "linkExample":
            thing.examples.append(name.value)
        else:
            thing.names.append((property, name.value, getattr(name, "language", None) or ""))
    return [things[iri] for iri in sorted(things)]
