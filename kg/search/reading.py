"""What the index is made of, read from a store: names, periods, and the documents whose passages speak of each thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.namespaces import EGOV, ELI, ID, KINDS, OA, RDF, SCHEMA, expand, local_name
from kg.store.base import Store
from kg.store.changes import Change

MATCHES = ("prefLabel", "altLabel", "notation", "id_local", "number", "doi", "slug", "alias", "name", "hiddenLabel", "exactMatch", "url",
           "type_document")  # fmt: skip
"""Kinds of name, the weightiest first: names are given their place in this order. The last is what an act's type is called,
so that “постановление 827” finds it."""
CODES = frozenset({"notation", "id_local", "number", "doi", "slug", "alias", "exactMatch", "url"})
"""Kinds of name that are codes: the same in every language."""
SEARCHED = frozenset(KINDS) - {"passage"}
"""Kinds of thing that are found."""

_PROPERTIES = ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "skos:notation", "eli:number", "eli:id_local", "bibo:doi",
               "egov:alias", "schema:name", "skos:exactMatch", "schema:url")  # fmt: skip
_NAMES = "SELECT ?thing ?name WHERE {{ ?thing {property} ?name {only} }}"
_TONGUE_BY_TONGUE = [*(f'FILTER(LANG(?name) = "{tag}")' for tag in ("en", "ru", "kk")), 'FILTER(LANG(?name) NOT IN ("en", "ru", "kk"))']
_TYPED = f"SELECT ?thing ?name WHERE {{ ?thing {ELI.type_document}/skos:prefLabel ?name }}"
_DATED = ("schema:startDate", "schema:endDate", "eli:date_document", "eli:first_date_entry_in_force",
          "eli:date_no_longer_in_force", "dcterms:issued")  # fmt: skip
_DAYS = f"""SELECT ?thing ?p ?day ?exactly WHERE {{
  VALUES ?p {{ {" ".join(_DATED)} }}
  ?thing ?p ?day . OPTIONAL {{ ?p egov:precisionProperty ?q . ?thing ?q ?exactly }}
}}"""
_NAMED_ONLY = f"SELECT ?thing WHERE {{ ?thing a {EGOV.NamedOnly} }}"
_YEARS = f"SELECT ?thing ?day WHERE {{ ?thing {EGOV.year} ?day }}"
_SPOKEN_OF = """SELECT DISTINCT ?thing ?document WHERE {
  ?passage oa:hasSource ?document . GRAPH ?passage { { ?thing ?p ?o } UNION { ?s ?q ?thing . FILTER(isIRI(?thing)) } }
}"""
_READ = frozenset(expand(name) for name in (*_PROPERTIES, *_DATED)) | {
    term.value for term in (EGOV.year, OA.hasSource, RDF.type, ELI.type_document)
}
_ENDS = frozenset({SCHEMA.endDate, ELI.date_no_longer_in_force})
_LASTING = frozenset({"programme", "act", "stage", "organisation", "system", "service", "scheme"})
"""Kinds of thing that last until a source says that they ended; others are of their day or year."""
_LAST = {"year": "-12-31", "month": "-31"}
_DAY = re.compile(r"-?\d{4}(-\d\d(-\d\d)?)?")


@dataclass
class Thing:
    """A thing to be found: its names (text, language, kind of name), first and last day (empty: unknown), and documents.

    `curated` is False for a thing that is here by name alone, for the linker.
    """

    iri: str
    names: list[tuple[str, str, str]] = field(default_factory=list)
    begin: str = ""
    end: str = ""
    documents: list[str] = field(default_factory=list)
    curated: bool = True

    @property
    def kind(self) -> str:
        """Return the thing's kind."""
        return kind_of(self.iri)


def kind_of(iri: str) -> str:
    """Return the kind of an entity, empty for an IRI that is none of ours."""
    return (local_name(iri) or "").partition("/")[0]


def slug_of(iri: str) -> str:
    """Return an entity's slug."""
    return (local_name(iri) or "").partition("/")[2]


def read_things(store: Store) -> list[Thing]:
    """Return everything that is found by name: things with a kind and a name; codes of lists' parts and passages are not."""
    things: dict[str, Thing] = {}
    for thing, name, language, match in _named(store):
        if not _is_thing(thing):
            continue
        if thing not in things:
            things[thing] = Thing(thing, [(slug_of(thing), "", "slug")])
        things[thing].names.append((name, language, match))
    for row in store.rows(_NAMED_ONLY):
        if (named := row["thing"].value) in things:
            things[named].curated = False
    _date(things, store)
    for row in store.rows(_SPOKEN_OF):
        if (thing := row["thing"].value) in things:
            things[thing].documents.append(row["document"].value)
    return list(things.values())


def touches(change: Change) -> bool:
    """Say whether a change touches what the index is made of: names and days among the facts, or what a passage speaks of."""
    return any(
        quad.predicate.value in _READ or quad.predicate.value.endswith("Precision")
        if quad.graph_name == ox.DefaultGraph()
        else isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.startswith(f"{ID}passage/")
        for quad in (*change.added, *change.removed)
    )


def _named(store: Store) -> Iterator[tuple[str, str, str, str]]:
    """Yield thing, name, language and kind of name; labels language by language, so that not all rows are held at once."""
    for prefixed in _PROPERTIES:
        match = prefixed.partition(":")[2]
        languages = _TONGUE_BY_TONGUE if match == "prefLabel" else [""]
        for only in languages:
            for row in store.rows(_NAMES.format(property=prefixed, only=only)):
                name = row["name"]
                if isinstance(name, ox.Literal):
                    yield row["thing"].value, name.value, name.language or "", match
                elif isinstance(name, ox.NamedNode):
                    yield row["thing"].value, name.value, "", match
    for row in store.rows(_TYPED):
        name = row["name"]
        if isinstance(name, ox.Literal):
            yield row["thing"].value, name.value, name.language or "", "type_document"


def _is_thing(iri: str) -> bool:
    """Say whether an IRI is an entity, not a part of one (an identifier, the text of an act in a language)."""
    return iri.startswith(ID) and kind_of(iri) in SEARCHED and "/identifier/" not in iri and "/expression/" not in iri


def _date(things: dict[str, Thing], store: Store) -> None:
    """Give things their first and last day, a date known to the year reaching to its end."""
    begins: dict[str, list[tuple[str, str]]] = defaultdict(list)
    ends: dict[str, str] = {}
    for row in store.rows(_DAYS):
        thing, day = row["thing"].value, row["day"].value
        if thing in things and _DAY.match(day):
            exactly = row["exactly"].value.rpartition("/")[2] if "exactly" in row else "day"
            last = day[: {"year": 4, "month": 7}.get(exactly, 10)] + _LAST.get(exactly, "")
            if row["p"] in _ENDS:
                ends[thing] = min(last, ends.get(thing, last))
            else:
                begins[thing].append((day, last))
    for row in store.rows(_YEARS):
        thing, year = row["thing"].value, row["day"].value[:4]
        if thing in things:
            begins[thing].append((f"{year}-01-01", f"{year}-12-31"))
    for thing in begins.keys() | ends.keys():
        days = begins.get(thing, [])
        lasts = "9999-12-31" if things[thing].kind in _LASTING else max((last for _, last in days), default="9999-12-31")
        things[thing].begin = min((day for day, _ in days), default="0000-01-01")
        things[thing].end = ends.get(thing, lasts)
