"""The papers' instruments as pure functions over plain data: no store, no files, no network."""
