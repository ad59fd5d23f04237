"""A module for workers of the tests: the reference engine checks the shapes, whatever is installed."""

from __future__ import annotations

import importlib.util

_found = importlib.util.find_spec


def _none(name: str, package: str | None = None) -> object:
    return None if name == "shacl" else _found(name, package)


vars(importlib.util)["find_spec"] = _none  # before the module of the engines takes it
