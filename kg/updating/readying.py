"""What a worker that weighs needs beside code, read before it closes itself off: ontology, shapes, the engine of the shapes."""

from kg.terms import load_terms
from kg.validation.shacl import shipped_shapes, validate

load_terms()
validate("<urn:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:b> .\n", shipped_shapes())
