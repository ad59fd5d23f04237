"""Settings, read once: from EGOVKG_* variables, then from the options of a command."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from kg.errors import BadSetting
from kg.namespaces import BASE


def _number(name: str, value: str, what: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise BadSetting(name, value, f"give {what}, such as 30")
    return number


def _seconds(name: str, value: str) -> float:
    number = _number(name, value, "seconds")
    if number == 0:
        raise BadSetting(name, value, "give seconds above 0, such as 30")
    return number


def _count(name: str, value: str) -> int:
    number = _number(name, value, "a whole number")
    if number != int(number):
        raise BadSetting(name, value, "give a whole number")
    return int(number)


def _some(name: str, value: str) -> int:
    number = _count(name, value)
    if not number:
        raise BadSetting(name, value, "give 1 or more")
    return number


def _port(name: str, value: str) -> int:
    number = _count(name, value)
    if number > 65535:
        raise BadSetting(name, value, "give a port from 0 to 65535")
    return number


def _store(name: str, value: str) -> str:
    if "://" in value and not value.startswith(("http://", "https://")):
        raise BadSetting(name, value, "give a directory, or an address that starts with http:// or https://")
    return value


def _flag(name: str, value: str) -> bool:
    if value.lower() in ("1", "true", "yes", "on"):
        return True
    if value.lower() in ("", "0", "false", "no", "off"):
        return False
    raise BadSetting(name, value, "give 1 or 0")


def _base(name: str, value: str) -> str:
    if not value.startswith(("http://", "https://")) or not value.endswith("/"):
        raise BadSetting(name, value, "give an address from http:// or https:// on that ends in /")
    return value


def _folder(name: str, value: str) -> str:
    if value and not Path(value).is_dir():
        raise BadSetting(name, value, "give a folder that is there, such as ./queries")
    return value


def _plain(name: str, value: str) -> str:
    return value


@dataclass(frozen=True)
class Settings:
    """What a user may set. Each field is the variable EGOVKG_<FIELD> in capitals; its `help` says what it does."""

    store: str = field(default=".egovkg/store", metadata={"read": _store, "help": "store directory, or a SPARQL endpoint's address"})
    host: str = field(default="127.0.0.1", metadata={"read": _plain, "help": "address to serve on"})
    port: int = field(default=8000, metadata={"read": _port, "help": "port to serve on"})
    base: str = field(default=BASE, metadata={"read": _base, "help": "base of entity IRIs that a build writes"})
    timeout: float = field(default=30.0, metadata={"read": _seconds, "help": "seconds a query may take"})
    workers: int = field(default=4, metadata={"read": _some, "help": "queries evaluated at a time"})
    max_query: int = field(default=2_000_000, metadata={"read": _count, "help": "bytes of a query request, at most"})
    empty: bool = field(default=False, metadata={"read": _flag, "help": "start a new store without the curated graph"})
    shacl: bool = field(default=True, metadata={"read": _flag, "help": "check data that is loaded against the shapes"})
    imports: str = field(default=".egovkg/imports", metadata={"read": _plain, "help": "folder of the records that `egovkg import` writes"})
    queries: str = field(default="", metadata={"read": _folder, "help": "folder of your own named queries (*.rq), beside those of egovkg"})
    queue: int = field(default=1000, metadata={"read": _some, "help": "queries that may wait for a worker"})
    client_workers: int = field(
        default=0, metadata={"read": _count, "help": "workers that one client may hold while others wait; 0: all but one"}
    )
    rate_limit: int = field(default=0, metadata={"read": _count, "help": "requests a minute and client, at most; 0: no limit"})
    worker_memory: int = field(default=512, metadata={"read": _some, "help": "megabytes that a query may take"})
    in_memory: int = field(
        default=1_000_000, metadata={"read": _count, "help": "statements up to which each worker holds the graph in memory"}
    )
    max_rows: int = field(default=1_000_000, metadata={"read": _some, "help": "rows, or triples, of an answer, at most"})
    max_answer: int = field(default=64_000_000, metadata={"read": _some, "help": "bytes of an answer, at most"})
    cache: int = field(default=64_000_000, metadata={"read": _count, "help": "bytes of answers that are kept; 0: none"})
    max_document: int = field(default=10_000_000, metadata={"read": _count, "help": "bytes of a document sent to be linked, at most"})

    max_upload: int = field(default=16_000_000, metadata={"read": _count, "help": "bytes of an upload, at most"})
    flush: bool = field(default=True, metadata={"read": _flag, "help": "writes survive a power cut, not only a kill"})
    token: str = field(default="", repr=False, metadata={"read": _plain, "secret": True, "help": "a token that may write"})

    @property
    def remote(self) -> bool:
        """Say whether the store is an endpoint's address rather than a directory."""
        return self.store.startswith(("http://", "https://"))

    @property
    def store_path(self) -> Path:
        """Return the store's directory."""
        return Path(self.store)

    @property
    def imports_path(self) -> Path:
        """Return the folder of imported records."""
        return Path(self.imports)

    @property
    def queries_path(self) -> Path | None:
        """Return the folder of the user's own named queries, None where there is none."""
        return Path(self.queries) if self.queries else None

    def with_options(self, **options: Any) -> Settings:
        """Return the settings with the options that were given (None: not given); raises BadSetting."""
        store = options.get("store")
        if store is not None:
            _store("--store", store)
            if not store:
                raise BadSetting("--store", store, "give a directory or an address")
        return replace(self, **{name: value for name, value in options.items() if value is not None})


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read EGOVKG_* variables; raises BadSetting for one that cannot be read. Empty variables count as unset."""
    environ = os.environ if environ is None else environ
    given = {}
    for setting in fields(Settings):
        name = variable(setting.name)
        if value := environ.get(name):
            read: Callable[[str, str], Any] = setting.metadata["read"]
            given[setting.name] = read(name, value)
    return Settings(**given)


def variable(setting: str) -> str:
    """Return the environment variable of a setting."""
    return f"EGOVKG_{setting.upper()}"


def described(settings: Settings) -> list[tuple[str, str, str, bool]]:
    """Return variable, value, help, and whether it differs from the default, for every setting."""
    return [
        (variable(f.name), _shown(f.metadata, getattr(settings, f.name)), f.metadata["help"], getattr(settings, f.name) != f.default)
        for f in fields(settings)
    ]


def _shown(metadata: Mapping[str, Any], value: object) -> str:
    """Return a value as it may be shown: of a secret only that it is set."""
    return ("set" if value else "") if metadata.get("secret") else str(value)


def rebased(lines: bytes, base: str) -> bytes:
    """Return N-Quads with entity and graph IRIs moved to another base; ontology and shapes keep theirs."""
    if base == BASE:
        return lines
    for part in ("id/", "graph/", "dataset>"):
        lines = lines.replace(f"<{BASE}{part}".encode(), f"<{base}{part}".encode())
    return b"".join(sorted(lines.splitlines(keepends=True)))
