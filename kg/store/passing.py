"""Errors across the border of a process: told as plain data, made again from a fixed table of kinds and fields."""

from __future__ import annotations

from typing import Any

from kg import errors
from kg.errors import EgovkgError

_FIELDS: dict[str, tuple[str, ...]] = {
    "QuerySyntaxError": ("line", "column"),
    "UpdateNotQuery": (),
    "QueryFailed": (),
    "UnknownFormat": ("asked", "offered"),
    "UnusableInput": (),
    "StoreError": (),
}


class JobFailed(Exception):
    """An error in a job that nobody foresaw; its text is for the log."""


def told(error: Exception) -> dict[str, Any]:
    """Return an error as plain data."""
    kind = type(error).__name__
    if kind not in _FIELDS:
        return {"kind": "", "message": f"{kind}: {error}"[:1000]}
    return {"kind": kind, "message": str(error), **{name: getattr(error, name, None) for name in _FIELDS[kind]}}


def revived(plain: Any) -> Exception:
    """Return the error that was told; JobFailed for whatever is not in the table."""
    if not isinstance(plain, dict) or plain.get("kind") not in _FIELDS:
        return JobFailed(str(plain.get("message") if isinstance(plain, dict) else "")[:1000])
    cls: type[EgovkgError] = getattr(errors, plain["kind"])
    error = cls.__new__(cls)
    Exception.__init__(error, str(plain.get("message")))
    for name in _FIELDS[plain["kind"]]:
        value = plain.get(name)
        setattr(error, name, tuple(map(str, value)) if isinstance(value, list) else value if isinstance(value, int | None) else str(value))
    return error
