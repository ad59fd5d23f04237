"""Readings and claims for the tests of kg/claims, written in one line each."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pyoxigraph as ox

from kg.claims.evidence import Evidence, Standing
from kg.claims.readings import VALUE, Reading, Term, make_reading
from kg.curation.graphs import exponent
from kg.namespaces import EGOV, SCHEMA, SDMX_A, XSD, concept, entity, passage_of
from kg.terms import load_terms

THING = entity("programme", "x")
OBSERVATION = entity("observation", "users-share/KAZ/2010")


def figure(printed: str, unit: str = "percent", qualifier: str = "", passage: str = "doe/text-1") -> Reading:
    """Return a reading of a figure with the digits given: `75.40` is known to two places."""
    value = Decimal(printed)
    beside: dict[ox.NamedNode, Term] = {
        SDMX_A.unitMeasure: concept("unit", unit),
        EGOV.resolution: ox.Literal(f"{Decimal(1).scaleb(exponent(value)):f}", datatype=XSD.decimal),
        EGOV.printed: ox.Literal(printed),
    }
    if qualifier:
        beside[EGOV.qualifier] = concept("qualifier", qualifier)
    literal = ox.Literal(f"{value:f}", datatype=XSD.decimal)
    return make_reading((OBSERVATION, VALUE, literal, passage_of(passage)), beside, load_terms())


def day(written: str, passage: str = "doe/text-1") -> Reading:
    """Return a reading of a start date: `2017`, `2017-12` or `2017-12-12`."""
    precision = {4: "year", 7: "month", 10: "day"}[len(written)]
    literal = ox.Literal(written + "-01-01"[len(written) - 4 :], datatype=XSD.date)
    beside: dict[ox.NamedNode, Term] = {EGOV.startDatePrecision: concept("date-precision", precision)}
    return make_reading((THING, SCHEMA.startDate, literal, passage_of(passage)), beside, load_terms())


def other(value: Term, passage: str = "doe/text-1") -> Reading:
    """Return a reading of a property that is neither a date nor a figure."""
    return make_reading((THING, EGOV.approvedBy, value, passage_of(passage)), {}, load_terms())


def evidence(standings: Iterable[tuple[str, int, str]]) -> Evidence:
    """Return the standing of passages: `(passage, rank, issued)`; those called table-… are tables."""
    return {
        passage_of(passage): Standing(entity("document", passage.split("/")[0]), rank, issued, "/table-" in passage)
        for passage, rank, issued in standings
    }


def quads_of(readings: Iterable[Reading]) -> list[ox.Quad]:
    """Return the quads of claim graphs that give the readings."""
    return [
        ox.Quad(reading.subject, predicate, value, reading.passage)
        for reading in readings
        for predicate, value in ((reading.predicate, reading.value), *reading.companions)
    ]
