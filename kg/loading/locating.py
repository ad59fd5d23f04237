"""From what SHACL looked at back to the file and line that says it."""

from __future__ import annotations

from kg.curation.records import Curated
from kg.findings import Source
from kg.namespaces import ADMS, EGOV, SKOS, entity

_EDITORIAL = {
    "label": SKOS.prefLabel,
    "altLabel": SKOS.altLabel,
    "notation": SKOS.notation,
    "authority": EGOV.authority,
    "identifiers": ADMS.identifier,
}


class Places:
    """The source line of every thing, and of every claim by thing and property."""

    def __init__(self, curated: Curated) -> None:
        self._things: dict[str, Source] = {}
        self._claims: dict[tuple[str, str], Source] = {}
        self._values: dict[tuple[str, str, str], Source] = {}
        for record in curated.records.values():
            thing = str(record.iri)
            self._things[thing] = record.source
            for key, predicate in _EDITORIAL.items():
                self._claims[thing, str(predicate)] = record.place(key)
            for claim in record.claims:
                subject, value = (str(claim.value.term), thing) if claim.property.reverse else (thing, str(claim.value.term))
                self._claims.setdefault((subject, str(claim.property.iri)), claim.source)
                self._values.setdefault((subject, str(claim.property.iri), value), claim.source)
        for cell in curated.cells:
            self._things.setdefault(str(entity("observation", cell.slug)), cell.source)
        for passage in curated.passages.values():
            self._things[str(passage.iri)] = passage.source

    def locate(self, focus: str, path: str, value: str) -> Source | None:
        """Return where the value is claimed, else the property, else the thing; None for a thing of no record."""
        return (
            self._values.get((focus, path, value))
            or self._claims.get((focus, path))
            or self._things.get(focus)
            or self._things.get(self._owner(focus))
        )

    def _owner(self, focus: str) -> str:
        """Return the nearest thing that the focus node is a part of: an act for its expression or identifier."""
        iri = focus.strip("<>")
        while "/" in iri and f"<{iri}>" not in self._things:
            iri = iri.rpartition("/")[0]
        return f"<{iri}>"
