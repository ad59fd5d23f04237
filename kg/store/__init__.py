"""Where the graph lives: one protocol (base.py), an embedded engine (oxigraph.py), any SPARQL endpoint (remote.py)."""
