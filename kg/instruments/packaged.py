"""The data that the instruments bring with them: peer groups, breaks in method, figures of readiness, example inputs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from kg.analytics.readiness import Figure, Key
from kg.errors import BadParameter

_HERE = Path(__file__).resolve().parent


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """Return the slugs of the areas of each named group."""
    found: dict[str, list[str]] = {}
    for row in _rows("groups"):
        found.setdefault(row["group"], []).append(row["area"])
    return {name: tuple(areas) for name, areas in found.items()}


def group(word: str, instrument: str) -> list[str]:
    """Return the areas of a named group, or of a list of slugs with commas; raises BadParameter."""
    if word in groups():
        return list(groups()[word])
    areas = [part.strip() for part in word.split(",") if part.strip()]
    if len(areas) < 2:
        named = ", ".join(groups())
        raise BadParameter(instrument, "group", f"is {word!r}; give a named group ({named}) or areas such as KAZ,KGZ,UZB", list(groups()))
    twice = [area for area in areas if areas.count(area) > 1]
    if twice:
        raise BadParameter(instrument, "group", f"names {twice[0]} twice; give it once")
    return areas


@cache
def breaks() -> Mapping[tuple[str, int], tuple[str, str]]:
    """Return what changed in the making of an indicator, and who says so, by indicator and edition."""
    return {(row["indicator"], int(row["edition"])): (row["what"], row["source"]) for row in _rows("breaks")}


@cache
def readiness_figures() -> tuple[Figure, ...]:
    """Return the figures of readiness, in order."""
    return tuple(
        Figure(
            row["figure"], row["label"], key_of(row["above"]), key_of(row["below"]), int(row["scale"]), int(row["decimals"]), row["unit"]
        )
        for row in _rows("readiness")
        if row["below"]
    )


@cache
def readiness_counts() -> tuple[Key, ...]:
    """Return every count that readiness reads: those of its figures, and those whose change alone is told."""
    return tuple(dict.fromkeys(key_of(word) for row in _rows("readiness") for word in (row["above"], row["below"]) if word))


@cache
def rank_indicators() -> Mapping[str, str]:
    """Return the indicator of the published rank by the indicator of the value."""
    return {row["value"]: row["rank"] for row in _rows("ranks")}


def key_of(word: str) -> Key:
    """Return indicator and breakdown of `indicator/breakdown`."""
    indicator, _, breakdown = word.partition("/")
    return indicator, breakdown


def example(name: str) -> bytes:
    """Return an example input; raises KeyError for an unknown one."""
    path = _HERE / "examples" / f"{name}.csv"
    if name not in examples():
        raise KeyError(name)
    return path.read_bytes()


@cache
def examples() -> tuple[str, ...]:
    """Return the names of the example inputs."""
    return tuple(sorted(path.stem for path in (_HERE / "examples").glob("*.csv")))


def _rows(name: str) -> Sequence[Mapping[str, str]]:
    with (_HERE / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
