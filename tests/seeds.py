"""Where the papers' texts lie: they are no part of the project, so tests that read them skip where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SEEDS = Path(os.environ.get("EGOVKG_TEST_SEEDS") or Path(__file__).parents[2] / "shared" / "seeds")


def seeds() -> Path:
    """Return the folder of the texts, or skip the test with the reason."""
    if not SEEDS.is_dir():
        pytest.skip(f"the papers' texts are not in {SEEDS}: they are no part of the project (say where with EGOVKG_TEST_SEEDS)")
    return SEEDS
