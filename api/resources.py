"""Where the service's own files lie."""

from pathlib import Path


def static_dir() -> Path:
    """Return the folder of style sheet and script."""
    return Path(__file__).resolve().parent / "static"
