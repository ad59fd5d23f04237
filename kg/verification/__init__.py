"""The records against the papers' texts: selectors to the byte, and which numbers of a text no claim carries."""
