"""Search by name: an index of every name in an SQLite file beside the store, and the questions put to it."""
