"""The W3C's own tests of SPARQL and RDF, run over HTTP against the real service. Their files are read from where they lie."""
