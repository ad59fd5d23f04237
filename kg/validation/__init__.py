"""SHACL: two engines behind one interface, and their findings as data with file and line."""
