"""From curated records to quads: one editorial graph a record, one claim graph a passage.

A claim graph holds what its passage states and nothing else. A claim that five passages state stands in five graphs.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import pyoxigraph as ox

from kg.curation.forms import CompareForm, InputForm
from kg.curation.named import named_only
from kg.curation.records import KEY_ROLES, Cell, Claim, Curated, Passage, Record
from kg.curation.values import compared_property
from kg.namespaces import (
    ADMS,
    CUBE,
    DCTERMS,
    EGOV,
    ELI,
    FOAF,
    ID,
    OA,
    PROV,
    QB,
    RDF,
    SCHEMA,
    SDMX_A,
    SDMX_D,
    SDMX_M,
    SKOS,
    XSD,
    concept,
    entity,
    passage_of,
    record_graph,
)  # fmt: skip
from kg.terms import TITLE_KEY, Class, Terms

Graph = ox.NamedNode
_EDITORS = entity("organisation", "egovkg")
_LANGUAGE_AUTHORITY = "http://publications.europa.eu/resource/authority/language/"
_LANGUAGES = {"en": "ENG", "ru": "RUS", "kk": "KAZ", "lt": "LIT"}


def editorial_quads(curated: Curated, terms: Terms) -> Iterator[ox.Quad]:
    """Yield who each thing is, in the editorial graph of its record."""
    named = named_only(curated)
    for record in curated.records.values():
        graph = record_graph(record.kind, record.slug)
        yield from _types(record, graph, record.name in named)
        yield from _identity(record, graph, terms)
        yield from _coverage(record, graph)
    for passage in curated.passages.values():
        yield from _passage(passage, record_graph("document", passage.document))
        yield from _labels(passage.iri, passage_label(passage, curated), record_graph("document", passage.document))
    for cell in curated.cells:
        if cell.value is not None:
            graph = record_graph("observation", cell.slug)
            node = entity("observation", cell.slug)
            yield from _labels(node, observation_label(cell, curated, terms), graph)
            for code in curated.records[f"indicator/{cell.indicator}"].form.notation:
                yield ox.Quad(node, SKOS.altLabel, ox.Literal(f"{code} {cell.area} {cell.period}", language="en"), graph)
            if cell.note:
                yield ox.Quad(node, SKOS.editorialNote, ox.Literal(cell.note, language="en"), graph)


def claim_quads(curated: Curated) -> Iterator[ox.Quad]:
    """Yield what the passages state, each claim in the graph of each of its passages."""
    for record in curated.records.values():
        for claim in record.claims:
            triples = list(_claim(record, claim))
            for reference in claim.passages:
                graph = curated.passages[reference].iri
                yield from (ox.Quad(*triple, graph) for triple in triples)
    for cell in curated.cells:
        if cell.value is not None:
            graph = curated.passages[cell.passage].iri
            yield from (ox.Quad(*triple, graph) for triple in _observation(cell, cell.value))


def passage_label(passage: Passage, curated: Curated) -> dict[str, str]:
    """Return what to call a passage: its document's short name and its locator."""
    document = curated.records[f"document/{passage.document}"]
    return {language: f"{label}, {passage.form.locator}" for language, label in document.form.label.items()}


def observation_label(cell: Cell, curated: Curated, terms: Terms) -> dict[str, str]:
    """Return what to call an observation: indicator, breakdown, area and period, in each language that has all of them."""
    parts: list[Mapping[str, str]] = [curated.records[f"indicator/{cell.indicator}"].form.label]
    parts += [terms.code_labels.get(concept("breakdown", code), {}) for code in filter(None, cell.breakdown.split("+"))]
    parts.append(curated.records[f"area/{cell.area}"].form.label)
    if cell.role in KEY_ROLES:
        parts.append(terms.code_labels.get(concept("value-role", cell.role), {}))
    languages = [language for language in parts[0] if all(language in part for part in parts)]
    return {language: ", ".join([*(part[language] for part in parts), cell.period]) for language in languages}


def types_of(classes: Iterable[Class]) -> list[ox.NamedNode]:
    """Return the classes' IRIs and those of their superclasses, once each."""
    return list(dict.fromkeys(iri for cls in classes for iri in (cls.iri, *cls.supers)))


def _types(record: Record, graph: Graph, named: bool) -> Iterator[ox.Quad]:
    """Yield of which classes a thing is; of one known by name alone only of which it would be."""
    if named:
        yield ox.Quad(record.iri, RDF.type, EGOV.NamedOnly, graph)
    for cls in [cls.iri for cls in record.classes] if named else types_of(record.classes):
        yield ox.Quad(record.iri, EGOV.namedAs if named else RDF.type, cls, graph)


def _identity(record: Record, graph: Graph, terms: Terms) -> Iterator[ox.Quad]:
    thing, form = record.iri, record.form
    yield ox.Quad(graph, FOAF.primaryTopic, thing, graph)
    yield ox.Quad(graph, PROV.wasAttributedTo, _EDITORS, graph)
    yield from _labels(thing, form.label, graph)
    for predicate, names in ((SKOS.altLabel, form.altLabel), (SKOS.hiddenLabel, form.hiddenLabel), (SKOS.editorialNote, form.note)):
        for language, texts in names.items():
            yield from (ox.Quad(thing, predicate, ox.Literal(text, language=language), graph) for text in texts)
    for predicate, strings in (
        (SKOS.notation, form.notation), (EGOV.linkExample, form.examples), (EGOV.linkCounterExample, form.not_), (EGOV.alias, form.aliases)
    ):  # fmt: skip
        yield from (ox.Quad(thing, predicate, ox.Literal(text), graph) for text in strings)
    for predicate, iris in ((SKOS.exactMatch, form.exactMatch), (SKOS.closeMatch, form.closeMatch)):
        yield from (ox.Quad(thing, predicate, ox.NamedNode(iri), graph) for iri in iris)
    if form.authority:
        yield ox.Quad(thing, EGOV.authority, concept("authority", form.authority), graph)
    if form.unit:
        yield ox.Quad(thing, SDMX_A.unitMeasure, concept("unit", form.unit), graph)
    if form.text:
        yield ox.Quad(thing, EGOV.textDigest, ox.Literal(form.text.sha256), graph)
    yield from _identifiers(record, graph)
    yield from _rule(record, graph, terms)


def _rule(record: Record, graph: Graph, terms: Terms) -> Iterator[ox.Quad]:
    """Yield a rule or a comparison whole, so that facts can be derived again from the graph alone."""
    if compare := record.form.compare:
        yield ox.Quad(record.iri, EGOV.conflictKind, concept("conflict-kind", compare.kind), graph)
        yield ox.Quad(record.iri, EGOV.comparedProperty, _compared(compare, terms), graph)
        yield from (ox.Quad(record.iri, EGOV.compares, ox.NamedNode(ID + name), graph) for name in compare.of)
        yield from (ox.Quad(record.iri, EGOV.comparedIn, passage_of(name), graph) for name in compare.stated)
    if rule := record.form.rule:
        yield ox.Quad(record.iri, EGOV.ruleKind, concept("rule-kind", rule.kind), graph)
        yield ox.Quad(record.iri, EGOV.ruleResult, entity("indicator", rule.result.indicator), graph)
        yield from _rule_term(record.iri, EGOV.resultTerm, f"{record.iri.value}/result", rule.result, graph)
        for number, source in enumerate(rule.inputs, 1):
            yield ox.Quad(record.iri, EGOV.ruleInput, entity("indicator", source.indicator), graph)
            yield from _rule_term(record.iri, EGOV.inputTerm, f"{record.iri.value}/input/{number}", source, graph)
        if rule.exceptZero:
            yield ox.Quad(record.iri, EGOV.exceptZero, ox.Literal("true", datatype=XSD.boolean), graph)
        for predicate, periods in ((EGOV.appliesToPeriod, rule.periods), (EGOV.exceptPeriod, rule.exceptPeriods)):
            yield from (ox.Quad(record.iri, predicate, ox.Literal(period), graph) for period in periods)
        if rule.tolerance is not None:
            yield ox.Quad(record.iri, EGOV.tolerance, ox.Literal(f"{rule.tolerance:f}", datatype=XSD.decimal), graph)


def _compared(compare: CompareForm, terms: Terms) -> ox.NamedNode:
    predicate = compared_property(compare.property, terms)
    assert predicate is not None  # the reader has refused the record
    return predicate


def _rule_term(rule: ox.NamedNode, role: ox.NamedNode, iri: str, form: InputForm, graph: Graph) -> Iterator[ox.Quad]:
    node = ox.NamedNode(iri)
    yield ox.Quad(rule, role, node, graph)
    yield ox.Quad(node, RDF.type, EGOV.RuleTerm, graph)
    yield ox.Quad(node, EGOV.indicator, entity("indicator", form.indicator), graph)
    yield from (ox.Quad(node, EGOV.breakdown, concept("breakdown", code), graph) for code in form.breakdown.split("+") if code)
    yield ox.Quad(node, EGOV.weight, ox.Literal(f"{form.weight:f}", datatype=XSD.decimal), graph)


def _labels(thing: ox.NamedNode, labels: Mapping[str, str], graph: Graph) -> Iterator[ox.Quad]:
    for language, label in labels.items():
        yield ox.Quad(thing, SKOS.prefLabel, ox.Literal(label, language=language), graph)


def _identifiers(record: Record, graph: Graph) -> Iterator[ox.Quad]:
    """Yield every identifier as an adms:Identifier of its scheme; an act's own is its slug."""
    known = dict(record.form.identifiers)
    if record.kind == "act" and record.slug[:1] in "ZKUPVGSH" and record.slug[1:3].isdigit():
        known.setdefault("adilet", record.slug)
    for scheme, value in known.items():
        node = ox.NamedNode(f"{record.iri.value}/identifier/{scheme}")
        yield ox.Quad(record.iri, ADMS.identifier, node, graph)
        yield ox.Quad(node, RDF.type, ADMS.Identifier, graph)
        yield ox.Quad(node, SKOS.notation, ox.Literal(value), graph)
        yield ox.Quad(node, DCTERMS.type, concept("identifier-scheme", scheme), graph)
        if scheme == "adilet":
            yield ox.Quad(record.iri, ELI.id_local, ox.Literal(value), graph)


def _coverage(record: Record, graph: Graph) -> Iterator[ox.Quad]:
    for item in record.form.coverage:
        node = ox.NamedNode(f"{record.iri.value}/coverage/{item.kind}")
        yield ox.Quad(node, RDF.type, EGOV.CoverageStatement, graph)
        yield ox.Quad(node, PROV.wasDerivedFrom, record.iri, graph)
        yield ox.Quad(node, EGOV.coversKind, ox.Literal(item.kind), graph)
        yield ox.Quad(node, EGOV.coverageExtent, concept("coverage-extent", item.extent), graph)
        for predicate, year in ((EGOV.coversFrom, item.from_), (EGOV.coversTo, item.to)):
            if year is not None:
                yield ox.Quad(node, predicate, _integer(year), graph)
        for language, text in item.scope.items():
            yield ox.Quad(node, EGOV.coverageScope, ox.Literal(text, language=language), graph)


def _passage(passage: Passage, graph: Graph) -> Iterator[ox.Quad]:
    node, form = passage.iri, passage.form
    for cls in (EGOV.Passage, OA.SpecificResource):
        yield ox.Quad(node, RDF.type, cls, graph)
    yield ox.Quad(node, OA.hasSource, entity("document", passage.document), graph)
    yield ox.Quad(node, EGOV.locator, ox.Literal(form.locator), graph)
    yield ox.Quad(node, EGOV.passageType, concept("passage-type", form.type), graph)
    if form.start is None or form.end is None or form.sha256 is None:
        return
    selector = ox.NamedNode(f"{node.value}/selector")
    yield ox.Quad(node, OA.hasSelector, selector, graph)
    yield ox.Quad(selector, RDF.type, OA.TextPositionSelector, graph)
    yield ox.Quad(selector, OA.start, _integer(form.start), graph)
    yield ox.Quad(selector, OA.end, _integer(form.end), graph)
    yield ox.Quad(selector, EGOV.spanDigest, ox.Literal(form.sha256), graph)


Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def _claim(record: Record, claim: Claim) -> Iterator[Triple]:
    term, value = claim.property, claim.value.term
    if term.key == TITLE_KEY and record.kind == "act" and isinstance(value, ox.Literal):
        yield from _act_title(record, value)
    elif term.reverse and isinstance(value, ox.NamedNode):
        yield value, term.iri, record.iri
    else:
        yield record.iri, term.iri, value
        if term.precision and claim.value.precision:
            yield record.iri, term.precision, concept("date-precision", claim.value.precision)


def _act_title(record: Record, title: ox.Literal) -> Iterator[Triple]:
    """Give a title to the expression of the act in its language: ELI keeps titles there, and the dates on the act."""
    language = title.language or "en"
    expression = ox.NamedNode(f"{record.iri.value}/expression/{language}")
    yield record.iri, ELI.is_realized_by, expression
    yield expression, RDF.type, ELI.LegalExpression
    yield expression, ELI.term("title"), title
    if language in _LANGUAGES:
        yield expression, ELI.language, ox.NamedNode(_LANGUAGE_AUTHORITY + _LANGUAGES[language])


def _observation(cell: Cell, value: Decimal) -> Iterator[Triple]:
    node = entity("observation", cell.slug)
    yield node, RDF.type, QB.Observation
    yield node, QB.dataSet, CUBE
    yield node, EGOV.indicator, entity("indicator", cell.indicator)
    yield node, SDMX_D.refArea, entity("area", cell.area)
    yield node, SDMX_D.refPeriod, ox.Literal(cell.period)
    yield from _period(node, cell.period)
    for code in (cell.breakdown or "total").split("+"):
        yield node, EGOV.breakdown, concept("breakdown", code)
    yield node, EGOV.valueRole, concept("value-role", cell.role if cell.role in KEY_ROLES else "actual")
    yield node, SDMX_M.obsValue, ox.Literal(f"{value:f}", datatype=XSD.decimal)
    yield node, SDMX_A.unitMeasure, concept("unit", cell.unit)
    yield node, SDMX_A.obsStatus, concept("obs-status", cell.status or ("computed" if cell.role == "computed" else "normal"))
    yield node, EGOV.printed, ox.Literal(cell.printed)
    yield node, EGOV.resolution, ox.Literal(f"{Decimal(1).scaleb(exponent(value)):f}", datatype=XSD.decimal)
    if cell.qualifier:
        yield node, EGOV.qualifier, concept("qualifier", cell.qualifier)


def _period(node: ox.NamedNode, period: str) -> Iterator[Triple]:
    begin, _, end = period.partition("/")
    end = end or begin
    if begin == end and len(begin) == 4:
        yield node, EGOV.year, _integer(int(begin))
    yield node, SCHEMA.startDate, ox.Literal(_day(begin, "-01", "-01"), datatype=XSD.date)
    yield node, SCHEMA.endDate, ox.Literal(_day(end, "-12", ""), datatype=XSD.date)


def _day(period: str, month: str, day: str) -> str:
    if len(period) == 4:
        period += month
    if len(period) == 7:
        year, number = int(period[:4]), int(period[5:])
        period += day or f"-{monthrange(year, number)[1]:02}"
    return period


def exponent(value: Decimal) -> int:
    """Return the power of ten of a value's last printed digit: -2 for 0.10, 0 for 1600."""
    found = value.as_tuple().exponent
    return found if isinstance(found, int) else 0


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=XSD.integer)
