"""Copies of stores: one is built, every test that opens or changes one has its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.search.indexing import index_path


def copy_store(store: Path, to: Path) -> Path:
    """Copy a closed store and its index of names; return where it is."""
    shutil.copytree(store, to)
    shutil.copy(index_path(store), index_path(to))
    return to
