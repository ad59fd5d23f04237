"""Asking the graph: entities with their evidence, names, conflicts. Read-only, over any store."""
