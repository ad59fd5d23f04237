"""The HTTP service: SPARQL, look-ups as JSON, entities that dereference, plain pages."""
