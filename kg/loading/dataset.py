"""Build the dataset: records → claims → facts → SHACL → sorted N-Quads. One direction, deterministic, nothing fetched.

The default graph holds what plain SPARQL reads: ontology, identities, accepted claims, derived values that no source
states, and the conflicts. Beside it stand the layers apart: editorial graphs, one claim graph a passage, derived graphs.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from kg.claims.acceptance import Accepted, Fact, accept
from kg.claims.arithmetic import Computation, Measure, Rule, compute, key_of
from kg.claims.conflicts import Conflict, conflict_quads, disagreements, failures
from kg.claims.evidence import LOWEST_RANK, Evidence, Standing
from kg.claims.readings import VALUE
from kg.config import rebased
from kg.curation.forms import InputForm
from kg.curation.graphs import claim_quads, editorial_quads
from kg.curation.passages import check_drafts
from kg.curation.reading import import_roots, read_records
from kg.curation.records import Curated, Record
from kg.errors import BadRecords
from kg.findings import violations
from kg.loading.lines import digest_of, joined, no_collector
from kg.loading.locating import Places
from kg.namespaces import (
    BASE,
    CUBE,
    DATASET,
    DCAT,
    DCTERMS,
    EGOV,
    PROV,
    QB,
    RDF,
    RELEASE,
    SDMX_A,
    SDMX_D,
    XSD,
    concept,
    derived_graph,
    entity,
)  # fmt: skip
from kg.resources import ontology_dir, records_dir, shapes_dir
from kg.terms import Terms, load_terms
from kg.validation.engines import Engine
from kg.validation.shacl import Report, shipped_shapes, validate


@dataclass(frozen=True)
class Dataset:
    """A finished dataset: sorted N-Quads, its release id, and what the checks found (no violation)."""

    nquads: bytes
    release: str
    statements: int
    facts: int
    conflicts: tuple[Conflict, ...]
    report: Report
    curated: Curated


@no_collector()
def build(records: Path | None = None, base: str = BASE, engine: Engine | None = None, imports: Path | None = None) -> Dataset:
    """Build the dataset of a records folder, the shipped one unless another is given, and of imported records beside it.

    Raises BadRecords.
    """
    terms = load_terms()
    curated = read_records(records or records_dir(), terms, imports)
    form = [*curated.findings, *check_drafts(curated)]
    if violations(form):
        raise BadRecords(form)
    claims = list(claim_quads(curated))
    editorial = list(editorial_quads(curated, terms))
    evidence = evidence_of(curated, terms)
    accepted = accept(claims, evidence, terms)
    computations = compute(rules_of(curated), accepted.facts, terms)
    conflicts = disagreements(accepted.verdicts, evidence) + failures(computations, accepted.verdicts)
    derived = list(_derived(computations))
    found = list(conflict_quads(conflicts))
    vocabulary = [quad for quad in terms.quads if "vocabulary/" in quad.graph_name.value]  # type: ignore[union-attr]
    facts = _default_graph([*editorial, *found, *_unstated(derived, computations)], accepted)
    report = validate("".join([*facts, *_triples(vocabulary)]), shipped_shapes(), Places(curated).locate, engine)
    findings = [*form, *report.findings]
    if violations(findings):
        raise BadRecords(findings)
    layers = (terms.quads, editorial, claims, derived, found)
    lines = sorted({*facts, *_triples(terms.quads), *(f"{quad} .\n" for layer in layers for quad in layer)})
    release = digest_of(lines)
    for quad in _release(release, fingerprint(imports=imports) if records is None else ""):
        insort(lines, f"{quad} .\n")
    report = Report(tuple(findings), report.idle, report.checked, report.engine)
    return Dataset(rebased(joined(lines), base), release, len(lines), len(facts), tuple(conflicts), report, curated)


def evidence_of(curated: Curated, terms: Terms) -> Evidence:
    """Return the standing of every passage, from its document's authority and date of issue."""
    issued = {record.slug: _issued(record) for record in curated.of_kind("document")}
    ranks = {record.slug: terms.authority_rank.get(record.form.authority or "", LOWEST_RANK) for record in curated.of_kind("document")}
    return {
        passage.iri: Standing(
            entity("document", passage.document), ranks[passage.document], issued[passage.document], passage.form.type == "table"
        )
        for passage in curated.passages.values()
    }


def rules_of(curated: Curated) -> list[Rule]:
    """Return the arithmetic rules that the records state."""
    found = []
    for record in curated.of_kind("rule"):
        form = record.form.rule
        if form:
            inputs = tuple(_measure(source) for source in form.inputs)
            periods, but = frozenset(form.periods), frozenset(form.exceptPeriods)
            found.append(Rule(record.slug, form.kind, _measure(form.result), inputs, periods, but, form.tolerance, form.exceptZero))
    return found


def fingerprint(records: Path | None = None, imports: Path | None = None) -> str:
    """Return a digest of every file that a build reads or is made of: equal digests give equal datasets."""
    package = Path(__file__).resolve().parents[1]
    code = (package / room for room in ("curation", "claims", "loading"))
    folders = (ontology_dir(), shapes_dir(), records or records_dir(), *code, *import_roots(imports))
    digest = sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(path.name.encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _issued(record: Record) -> str:
    return max((claim.value.term.value for claim in record.claims if claim.property.key == "issued"), default="")


def _measure(form: InputForm) -> Measure:
    return Measure(form.indicator, form.breakdown, form.weight)


def _default_graph(quads: Iterable[ox.Quad], accepted: Accepted) -> dict[str, None]:
    """Return the facts as N-Triples lines, each once: strings, because a large dataset makes hundreds of thousands."""
    facts = dict.fromkeys(_triples(quads))
    facts.update(dict.fromkeys(f"{subject} {predicate} {value} .\n" for subject, predicate, value in accepted.facts))
    facts.update(dict.fromkeys(_triples(_cube_ties(accepted.facts))))
    return facts


def _cube_ties(facts: Iterable[Fact]) -> Iterator[ox.Quad]:
    if any(predicate == QB.dataSet for _, predicate, _ in facts):
        yield ox.Quad(CUBE, RDF.type, QB.DataSet)


def _triples(quads: Iterable[ox.Quad]) -> Iterator[str]:
    return (f"{quad.triple} .\n" for quad in quads)


def _derived(computations: Iterable[Computation]) -> Iterator[ox.Quad]:
    """Yield computed values where no source states one, or where the stated one fails; nothing where they agree."""
    for computation in computations:
        if computation.stated is None or computation.fails:
            yield from _computed(computation)


def _computed(computation: Computation) -> Iterator[ox.Quad]:
    graph, node = derived_graph(computation.rule.slug), computation.observation
    value = f"{computation.computed.quantize(Decimal('0.00001')).normalize():f}"
    yield ox.Quad(node, VALUE, ox.Literal(value, datatype=XSD.decimal), graph)
    span = (computation.stated or computation.inputs[0]).span
    if span:  # the computation is in base units, whatever the scale of the print
        yield ox.Quad(node, SDMX_A.unitMeasure, concept("unit", span.unit), graph)
    yield ox.Quad(node, PROV.wasGeneratedBy, entity("rule", computation.rule.slug), graph)
    yield ox.Quad(node, EGOV.computation, ox.Literal(computation.formula), graph)
    for reading in computation.inputs:
        yield ox.Quad(node, PROV.used, reading.subject, graph)
    if computation.stated is None:
        yield from (ox.Quad(node, predicate, term, graph) for predicate, term in _observed(computation))


def _observed(computation: Computation) -> Iterator[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
    """Yield what makes a value that no source states a whole observation, beside value and unit."""
    key = key_of(computation.observation)
    assert key is not None  # a rule's result is neither target nor baseline
    indicator, breakdown, area, period = key
    yield RDF.type, QB.Observation
    yield QB.dataSet, CUBE
    yield EGOV.indicator, entity("indicator", indicator)
    yield SDMX_D.refArea, entity("area", area)
    yield SDMX_D.refPeriod, ox.Literal(period)
    for code in (breakdown or "total").split("+"):
        yield EGOV.breakdown, concept("breakdown", code)
    yield EGOV.valueRole, concept("value-role", "actual")
    yield SDMX_A.obsStatus, concept("obs-status", "computed")
    yield EGOV.printed, ox.Literal(computation.formula)


def _unstated(derived: Iterable[ox.Quad], computations: Iterable[Computation]) -> list[ox.Quad]:
    """Return the derived values that enter the facts: those of observations that no source states."""
    silent = {computation.observation for computation in computations if computation.stated is None}
    return [quad for quad in derived if quad.subject in silent]


def _release(release: str, sources: str) -> Iterator[ox.Quad]:
    """Describe the dataset itself; its version is a digest of all the rest, `sources` one of all that it was made of.

    Only a dataset of the shipped records says the latter: one of other records is never made anew by itself.
    """
    for predicate, value in (
        (RDF.type, DCAT.Dataset),
        (DCTERMS.term("title"), ox.Literal("egovkg: Kazakhstan's digital transformation, fact by fact with its passage", language="en")),
        (DCTERMS.license, ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")),
        (DCAT.version, ox.Literal(release)),
        (EGOV.builtRelease, ox.Literal(release)),
    ):
        yield ox.Quad(DATASET, predicate, value, RELEASE)
    if sources:
        yield ox.Quad(DATASET, EGOV.sourceFingerprint, ox.Literal(sources), RELEASE)
