"""What a worker that weighs needs beside code, read before it closes itself off: ontology, shapes, the engine of the shapes.

A thing that breaks shapes is checked, so that all that a report needs is imported too.
"""

from kg.namespaces import EGOV, RDF
from kg.terms import load_terms
from kg.validation.shacl import shipped_shapes, validate

load_terms()
validate(f"<urn:a> {RDF.type} {EGOV.Programme} .\n", shipped_shapes())
