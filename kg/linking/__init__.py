"""Find the legal acts and names that a document mentions, and say what in the graph each one is."""
