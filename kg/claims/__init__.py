"""From claims to facts. The rule is in kg/claims/acceptance.py; docs/graph-model.md tells it in prose."""
