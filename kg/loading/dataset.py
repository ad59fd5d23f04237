"""Build the dataset: records → claims → facts → SHACL → sorted N-Quads. One direction, deterministic, nothing fetched.

The default graph holds what plain SPARQL reads: ontology, identities, accepted claims, derived values that no source
states, and the conflicts. Beside it stand the layers apart: editorial graphs, one claim graph a passage, derived graphs.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from kg.claims.comparisons import Compared
from kg.claims.conflicts import Conflict
from kg.claims.deriving import derive, triple_lines
from kg.config import rebased
from kg.curation.graphs import claim_quads, editorial_quads
from kg.curation.passages import check_drafts
from kg.curation.reading import import_roots, read_records
from kg.curation.records import Curated
from kg.errors import BadRecords
from kg.findings import Finding, violations
from kg.loading.lines import digest_of, joined, no_collector
from kg.loading.locating import Places
from kg.namespaces import BASE, DATASET, DCAT, DCTERMS, EGOV, RDF, RELEASE, shorten
from kg.resources import ontology_dir, records_dir, shapes_dir
from kg.terms import load_terms
from kg.validation.engines import Engine
from kg.validation.shacl import Report, record_shapes, validate


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
    derived = derive(editorial, claims, terms)
    form += _pointless(derived.compared, curated)
    vocabulary = [quad for quad in terms.quads if "vocabulary/" in quad.graph_name.value]  # type: ignore[union-attr]
    facts = derived.fact_lines()
    report = validate("".join([*facts, *triple_lines(vocabulary)]), record_shapes(), Places(curated).locate, engine)
    findings = [*form, *report.findings]
    if violations(findings):
        raise BadRecords(findings)
    layers = (terms.quads, editorial, claims, derived.values, derived.disputes)
    lines = sorted({*facts, *triple_lines(terms.quads), *(f"{quad} .\n" for layer in layers for quad in layer)})
    release = digest_of(lines)
    for quad in _release(release, fingerprint(imports=imports) if records is None else ""):
        insort(lines, f"{quad} .\n")
    report = Report(tuple(findings), report.idle, report.checked, report.engine)
    return Dataset(rebased(joined(lines), base), release, len(lines), len(facts), derived.conflicts, report, curated)


def _pointless(compared: Iterable[Compared], curated: Curated) -> Iterator[Finding]:
    """Find comparisons that compare nothing: they would hide that a disagreement is gone."""
    for item in compared:
        source = curated.records[f"rule/{item.comparison.slug}"].place("compare")
        names = ", ".join(shorten(thing.value) for thing in item.silent)
        if names:
            yield Finding(source, "Record-compare", f"no passage states the property of {names}; correct `property`, `of` or `stated`")
        elif not item.differs:
            yield Finding(source, "Record-compare", "the claims that are compared agree; remove the record or name others")


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
