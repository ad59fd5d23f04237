"""Errors across the border of a process: told as plain data, made again from a fixed table of kinds and fields."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from kg import errors
from kg.errors import EgovkgError, StoreError
from kg.findings import Finding, Severity

_FIELDS: dict[str, tuple[str, ...]] = {
    "QuerySyntaxError": ("line", "column"),
    "UpdateNotQuery": (),
    "QueryFailed": (),
    "UnknownFormat": ("asked", "offered"),
    "UnusableInput": (),
    "StoreError": (),
    "StoreFull": (),
    "WriteRefused": (),
    "UnusableClaims": (),
    "BreaksShapes": ("findings",),
}
_TOLD = tuple(field.name for field in fields(Finding) if field.name not in ("source", "severity", "components"))


class JobFailed(Exception):
    """An error in a job that nobody foresaw; its text is for the log."""


def told(error: Exception) -> dict[str, Any]:
    """Return an error as plain data."""
    kind = type(error).__name__
    if kind not in _FIELDS:
        return {"kind": "", "message": f"{kind}: {error}"[:1000]}
    return {"kind": kind, "message": str(error), **{name: _plain(getattr(error, name, None)) for name in _FIELDS[kind]}}


def spends(error: Exception) -> bool:
    """Say whether a worker is of no more use after an error: its copy may not be what it should be."""
    return isinstance(error, StoreError) or type(error).__name__ not in _FIELDS


def revived(plain: Any) -> Exception:
    """Return the error that was told; JobFailed for whatever is not in the table."""
    if not isinstance(plain, dict) or plain.get("kind") not in _FIELDS:
        return JobFailed(str(plain.get("message") if isinstance(plain, dict) else "")[:1000])
    cls: type[EgovkgError] = getattr(errors, plain["kind"])
    error = cls.__new__(cls)
    Exception.__init__(error, str(plain.get("message")))
    for name in _FIELDS[plain["kind"]]:
        setattr(error, name, _read(plain.get(name)))
    return error


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Finding):
        return {"severity": str(value.severity), "components": list(value.components), **{name: getattr(value, name) for name in _TOLD}}
    return value


def _read(value: Any) -> Any:
    """Return a field as what it may be: a number, nothing, a text, or a tuple of texts and findings."""
    if isinstance(value, list):
        return tuple(_read(part) for part in value)
    if isinstance(value, dict):
        severity = next((one for one in Severity if one == value.get("severity")), Severity.VIOLATION)
        components = value.get("components")
        names = tuple(map(str, components)) if isinstance(components, list) else ()
        return Finding(None, **{name: str(value.get(name, "")) for name in _TOLD}, severity=severity, components=names)
    return value if isinstance(value, int | None) else str(value)
