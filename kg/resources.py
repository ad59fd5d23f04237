"""Where ontology, shapes and records lie: beside the code in a checkout, inside the package once installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def ontology_dir() -> Path:
    """Return the folder of core.ttl, alignments.ttl, cube.ttl, context.jsonld and vocabularies/."""
    return _first("ontology", "core.ttl")


def shapes_dir() -> Path:
    """Return the folder of the SHACL shapes."""
    return _first("shapes", "common.ttl")


def in_checkout() -> bool:
    """Say whether the code runs from a checkout, whose records may be edited in place."""
    return (_CHECKOUT / "ontology" / "core.ttl").is_file()


def records_dir() -> Path:
    """Return the folder of the curated records."""
    return _PACKAGE / "records"


def _first(name: str, witness: str) -> Path:
    for parent in (_CHECKOUT, _PACKAGE / "data"):
        if (parent / name / witness).is_file():
            return parent / name
    raise FileNotFoundError(f"{name}/{witness} is neither in the checkout nor in the package; install egovkg again")
