"""Check what a document says of acts, figures and programmes against the graph."""
