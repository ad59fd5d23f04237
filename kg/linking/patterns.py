"""Patterns written in plain letters, made to fit the shadow; and the data files they come from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from kg.linking.shadow import LOOKALIKES

DATA = Path(__file__).parent / "data"


@cache
def data(name: str) -> dict[str, Any]:
    """Return a data file of this room, read once."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def either(patterns: Iterable[str]) -> str:
    """Return one pattern for any of several, the longest first so that none hides another."""
    return "(?:" + "|".join(sorted(patterns, key=lambda pattern: -len(pattern))) + ")"


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern over small letters so that it reads a shadow; look-alike letters are folded as there."""
    return re.compile(pattern.translate(LOOKALIKES))
