"""Which passages state this: claims by subject, property and value, each with its passage and whether it is a fact."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated, Literal

import pyoxigraph as ox
from pydantic import Field

from kg.errors import Impossible
from kg.namespaces import RDF, expand, shorten
from kg.query.coverage import why_empty
from kg.query.entities import resolve
from kg.query.facts import Facts, Stated, Term, facts_of
from kg.query.framing import Table
from kg.query.telling import Answer, Cited, Missing, Shape, Teller, Thing, cut, extent, seen, sources
from kg.query.viewing import View
from kg.terms import load_terms

_ASKED = """SELECT ?s ?p ?o ?passage WHERE {
  VALUES ?s { UNDEF } VALUES ?p { UNDEF } VALUES ?o { UNDEF }
  GRAPH ?passage { ?s ?p ?o } ?passage a egov:Passage
}"""
_WORDED = """SELECT ?s ?p ?o ?passage WHERE {
  VALUES ?s { UNDEF } VALUES ?p { UNDEF } VALUES ?text { UNDEF }
  GRAPH ?passage { ?s ?p ?o } ?passage a egov:Passage . FILTER(STR(?o) = STR(?text))
}"""


@dataclass(frozen=True)
class Said(Shape):
    """One statement and the passages that make it.

    `standing` says what became of it: `fact`; `agrees` (another form of the fact, such as the year of a date);
    `not-a-fact` (another value was accepted, or none, because sources disagree).
    """

    subject: Thing
    property: Thing
    value: Annotated[str, Field(description="IRI or text", examples=["https://w3id.org/egovkg/id/act/P1700000827"])]
    label: Annotated[str, Field(description="What to show", examples=["On approval of the State Program Digital Kazakhstan"])]
    id: Annotated[str | None, Field(description="kind/slug or CURIE of a thing", examples=["act/P1700000827"])]
    language: str | None
    standing: Literal["fact", "agrees", "not-a-fact"]
    agreement: Annotated[int, Field(description="Documents that state it")]
    passages: tuple[Cited, ...]


@dataclass(frozen=True)
class Evidence(Answer):
    """The statements of one page with their passages; `missing` says what an empty answer means."""

    count: Annotated[int, Field(description="All statements, not only this page's")]
    complete: bool
    statements: tuple[Said, ...]
    next: Annotated[str | None, Field(description="Address of the next page")] = None

    def table(self) -> Table:
        """Return a row a statement."""
        header = ("subject", "property", "value", "label", "language", "standing", "agreement", "passages")
        rows = [
            (s.subject.id, s.property.id, s.id or s.value, s.label, s.language or "", s.standing, str(s.agreement), sources(s.passages))
            for s in self.statements
        ]
        return header, rows


def find_evidence(
    view: View,
    teller: Teller,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    first: int = 0,
    limit: int = 100,
) -> Evidence:
    """Return who states that `subject` has `predicate` with the value `object`; what is None may be anything.

    Things are given as IRI, CURIE, kind/slug, slug, identifier or exact name, properties as IRI, CURIE or record key
    (`approvedBy`), texts as they stand. Raises UnknownEntity for an unknown subject, Impossible for an unknown property
    and where nothing is given.
    """
    if not subject and not predicate and not object:
        raise Impossible("subject, predicate, object", "", "nothing is given; name at least one of the three")
    given: dict[str, Term | list[Term]] = {}
    if subject:
        given["s"] = resolve(view.store, view.names, subject)
    if predicate:
        given["p"] = property_of(predicate)
    query = _ASKED
    if object:
        query, name, value = _value(view, object)
        given[name] = value
    found: dict[tuple[ox.NamedNode, ox.NamedNode, Term], list[ox.NamedNode]] = defaultdict(list)
    for row in view.store.rows(query, **given):
        s, p, o, passage = row["s"], row["p"], row["o"], row["passage"]
        if isinstance(s, ox.NamedNode) and isinstance(p, ox.NamedNode) and isinstance(passage, ox.NamedNode) and p != RDF.type:
            found[s, p, o if isinstance(o, ox.NamedNode | ox.Literal) else ox.Literal(str(o))].append(passage)
    ordered = sorted(found, key=lambda key: (key[0].value, key[1].value, str(key[2])))
    page = ordered[first : first + limit]
    missing = () if ordered else _nothing(view, given, subject, predicate)
    return Evidence(len(ordered), first + limit >= len(ordered), tuple(_said(view, teller, page, found)), missing=missing, view=seen(view))


def property_of(name: str) -> ox.NamedNode:
    """Return the property of an IRI, CURIE or record key; raises Impossible with those that there are."""
    terms = load_terms()
    if name in terms.properties and not terms.properties[name].reverse:
        return terms.properties[name].iri
    iri = expand(name)
    known = {term.iri.value for term in terms.properties.values()} | {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}
    if iri not in known:
        keys = sorted(key for key, term in terms.properties.items() if not term.reverse and not term.editorial)
        raise Impossible("predicate", name, "there is no such property", keys)
    return ox.NamedNode(iri)


def _value(view: View, text: str) -> tuple[str, str, Term]:
    """Return the query, its parameter and the value of an object: a thing where the text names one by IRI or kind/slug, else a text."""
    wanted = expand(text)
    if wanted.startswith(("http://", "https://")) and (wanted != text or "/id/" in text):
        return _ASKED, "o", resolve(view.store, view.names, text)
    return _WORDED, "text", ox.Literal(text)


def _said(
    view: View,
    teller: Teller,
    page: list[tuple[ox.NamedNode, ox.NamedNode, Term]],
    found: dict[tuple[ox.NamedNode, ox.NamedNode, Term], list[ox.NamedNode]],
) -> list[Said]:
    facts = facts_of(view.store, [key[0] for key in page], [key[1] for key in page])
    values = [key[2] for key in page if isinstance(key[2], ox.NamedNode)]
    teller.learn([*(key[0] for key in page), *(key[1] for key in page), *values], [p for key in page for p in found[key]])
    said = []
    for key in page:
        subject, predicate, value = key
        passages = sorted(dict.fromkeys(found[key]), key=lambda node: node.value)
        thing = teller.thing(value) if isinstance(value, ox.NamedNode) else None
        said.append(
            Said(
                subject=teller.thing(subject),
                property=teller.thing(predicate),
                value=value.value,
                label=thing.label if thing else cut(value.value, _precision(facts, subject, predicate, passages)),
                id=shorten(value.value) if thing else None,
                language=value.language if isinstance(value, ox.Literal) else None,
                standing=_standing(value, facts.all(subject, predicate), passages),
                agreement=teller.documents(passages),
                passages=teller.cited(passages),
            )
        )
    return said


def _standing(value: Term, facts: tuple[Stated, ...], passages: list[ox.NamedNode]) -> Literal["fact", "agrees", "not-a-fact"]:
    if any(item.value == value for item in facts):
        return "fact"
    return "agrees" if any(set(passages) & set(item.passages) for item in facts) else "not-a-fact"


def _precision(facts: Facts, subject: ox.NamedNode, predicate: ox.NamedNode, passages: list[ox.NamedNode]) -> str:
    """Return how exactly the passages know a date; empty where it is none."""
    companion = load_terms().precision_of.get(predicate)
    claims = facts.claims(subject, companion) if companion else []
    return next((claim.value.value.rpartition("/")[2] for claim in claims if claim.passage in passages), "")


def _nothing(view: View, given: dict[str, Term | list[Term]], subject: str | None, predicate: str | None) -> tuple[Missing, ...]:
    thing = given.get("s")
    kind = shorten(thing.value).partition("/")[0] if isinstance(thing, ox.NamedNode) else ""
    about = f" about {subject}" if subject else ""
    words = f"no passage that the graph holds states this{about}"
    if not kind:
        return (Missing(predicate or "statement", words, read="not-completely"),)
    why = why_empty(view.store, kind)
    return (Missing(predicate or "statement", f"{words}; {why.why}", read=extent(why)),)
