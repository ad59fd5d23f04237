"""Errors that a user can mend: each says what is wrong and what to do.

    EgovkgError
    ├── BadSetting          an EGOVKG_* variable or option that cannot be read
    ├── BadRecords          curated records with findings; carries them
    │   └── BadData             the same of data to be loaded
    ├── UnknownEntity       no entity of that name; carries near matches
    ├── UnusableInput       a file or text that cannot be read as what it should be
    │   ├── BadTable            a user's table with cells that cannot be used; carries every one of them
    │   └── Impossible          a parameter's value that cannot be; carries what is possible
    ├── MissingExtra        an optional package that is not installed
    ├── UnknownFormat       a format that is not offered; carries those that are
    ├── UnknownQuery        no named query of that name; carries near matches
    ├── BadParameter        a named query's parameter that cannot be used; carries what is possible
    ├── QueryError
    │   ├── QuerySyntaxError    carries line and column
    │   ├── UpdateNotQuery      an update sent where a query belongs
    │   └── QueryFailed         the engine gave up on a well-formed query
    ├── OverLimit           work that a limit kept from its end; carries seconds to wait before the next try, 0: do not try again
    │   ├── TookTooLong         its time was up
    │   ├── Exhausted           it took more memory or depth than a worker has
    │   ├── Busy                no worker came free
    │   └── TooMany             one client asks too much at a time, or a minute
    ├── WriteRefused        a write that this store does not take, with the way to do it
    │   └── UnusableClaims      claims from which no facts can be derived
    ├── BreaksShapes        a write after which data would break the shapes; carries the findings
    ├── Unexpected          a write whose If-Match or If-None-Match does not hold
    └── StoreError
        ├── StoreFull           no room on the disk, or a limit on the size of files
        ├── NoStore             there is no store where one was named
        ├── StoreBusy           the directory is in use by another process
        ├── StoreDamaged        the directory does not hold a readable store
        └── StoreUnreachable    a remote endpoint does not answer

No class here knows an HTTP status or an exit code: `api/errors.py` and `kg/cli` map them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.findings import Finding


class EgovkgError(Exception):
    """Base of every error that is reported to a user as one sentence."""


class BadSetting(EgovkgError):
    """A setting that cannot be read."""

    def __init__(self, name: str, value: str, cure: str) -> None:
        super().__init__(f"{name} is {value!r}; {cure}")
        self.name, self.value = name, value


class BadRecords(EgovkgError):
    """Curated records that break a rule; `findings` says where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"the records have {len(findings)} error(s); correct them and run `egovkg check`")
        self.findings = tuple(findings)


class BadData(BadRecords):
    """Data to be loaded that breaks a rule; `findings` says which."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings)
        self.args = (
            f"the data break the shapes in {len(findings)} place(s) and nothing was loaded; correct them, or set EGOVKG_SHACL=off",
        )


class UnknownEntity(EgovkgError):
    """No entity answers to the name; `near` lists names that look like it."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = f"; did you mean {', '.join(near)}?" if near else "; search with /api/v1/entities?q= or `egovkg show`"
        super().__init__(f"there is no entity {name!r}{hint}")
        self.name, self.near = name, tuple(near)


class UnusableInput(EgovkgError):
    """Input that cannot be read as what it is said to be."""


@dataclass(frozen=True)
class TableProblem:
    """A mistake in a table: `line` counts from 1 (0: the table as a whole), `column` may be empty, `possible` is what would do."""

    table: str
    line: int
    column: str
    problem: str
    possible: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.table}:{self.line}" if self.line else self.table
        return f"{where}: {self.column + ' ' if self.column else ''}{self.problem}"


class BadTable(UnusableInput):
    """A user's table that cannot be used; `problems` are all of its mistakes."""

    def __init__(self, problems: Sequence[TableProblem]) -> None:
        shown = [str(problem) for problem in problems[:20]]
        more = [f"… and {len(problems) - 20} more"] if len(problems) > 20 else []
        super().__init__("\n".join(shown + more))
        self.problems = tuple(problems)


class Impossible(UnusableInput):
    """A parameter's value that cannot be, such as an area that there is not; `possible` lists what can."""

    def __init__(self, parameter: str, given: str, why: str, possible: Sequence[str] = ()) -> None:
        hint = f"; possible are {', '.join(possible)}" if possible else ""
        super().__init__(f"{parameter} {given!r}: {why}{hint}" if given else f"{parameter}: {why}{hint}")
        self.parameter, self.given, self.possible = parameter, given, tuple(possible)


class MissingExtra(EgovkgError):
    """A package that is optional and not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed; install it with `pip install egovkg[{package}]`")
        self.package = package


class UnknownFormat(EgovkgError):
    """A format that is not offered; `offered` lists those that are."""

    def __init__(self, asked: str, offered: Sequence[str]) -> None:
        super().__init__(f"{asked!r} is not offered here; ask for one of: {', '.join(offered)}")
        self.asked, self.offered = asked, tuple(offered)


class UnknownQuery(EgovkgError):
    """No named query has the name; `near` lists names that look like it."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = f"; did you mean {', '.join(near)}?" if near else "."
        super().__init__(f"there is no named query {name!r}{hint} All are listed by `egovkg query --list` and at /api/v1/queries")
        self.name, self.near = name, tuple(near)


class BadParameter(EgovkgError):
    """A parameter of a named query that is missing, unknown or of the wrong form; `possible` lists values that would do."""

    def __init__(self, query: str, parameter: str, problem: str, possible: Sequence[str] = ()) -> None:
        super().__init__(f"{query}: {parameter} {problem}")
        self.query, self.parameter, self.problem, self.possible = query, parameter, problem, tuple(possible)


class QueryError(EgovkgError):
    """A SPARQL query that gives no answer."""


class QuerySyntaxError(QueryError):
    """A query that is not SPARQL; line and column count from 1, None where the parser does not say."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        where = f" at line {line}, column {column}" if line else ""
        super().__init__(f"SPARQL syntax error{where}: {message}")
        self.line, self.column = line, column


class UpdateNotQuery(QueryError):
    """A SPARQL update sent where a query belongs."""

    def __init__(self) -> None:
        super().__init__(
            "this is a SPARQL update; this route only answers queries and never changes the data: send it to /update, with a token"
        )


class QueryFailed(QueryError):
    """A well-formed query that the engine could not evaluate."""


class OverLimit(EgovkgError):
    """Work that a limit kept from its end. `wait`: seconds after which another try may do better, 0: none will."""

    def __init__(self, message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.wait = wait


class TookTooLong(OverLimit):
    """A query, or (`write`) a write that was weighed, that did not end in time."""

    def __init__(self, seconds: float, *, write: bool = False) -> None:
        cure = "narrow it, or page with LIMIT and OFFSET"
        if write:
            cure = "nothing was changed; narrow its WHERE, or write less at a time"
        super().__init__(f"the {'write' if write else 'query'} did not end within {seconds:g} seconds; {cure}")
        self.seconds = seconds


class Exhausted(OverLimit):
    """A query, or (`write`) a write that was weighed, that ended its worker process."""

    def __init__(self, *, write: bool = False) -> None:
        cure = "narrow it, nest it less, or page with LIMIT and OFFSET"
        if write:
            cure = "nothing was changed; write less at a time, or nest it less"
        super().__init__(f"the {'write' if write else 'query'} took more memory or depth than allowed; {cure}")


class Busy(OverLimit):
    """No worker came free in time, or too many wait already; `write`: other writes take all the time."""

    def __init__(self, wait: int = 5, *, write: bool = False) -> None:
        told = "other writes take all the time, nothing was changed" if write else "all query workers are busy"
        super().__init__(f"{told}; try again in some seconds", wait)


class TooMany(OverLimit):
    """One client asks too much at a time, or a minute."""

    def __init__(self, why: str, wait: int = 1) -> None:
        super().__init__(f"{why}; wait {wait} s before the next request", wait)


class StoreError(EgovkgError):
    """A store that cannot be used."""


class StoreBusy(StoreError):
    """A store directory that another process holds."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"the store {path} is in use by another process; stop that one, ask it over HTTP "
            "(--store http://127.0.0.1:8000), or give another directory with --store"
        )


class NoStore(StoreError):
    """A store that was named but is not there."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"there is no store at {path}; make it with `egovkg build --store {path}`, or leave --store out for the default one"
        )


class StoreDamaged(StoreError):
    """A directory that does not hold a readable store."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(
            f"the store {path} is damaged or is not a store ({why}); move it away and run `egovkg build --store {path}`, "
            "or, where it holds data of your own, `egovkg restore` with the last backup"
        )


class BackupDamaged(EgovkgError):
    """A backup that is not as it was written; whatever it was to replace is as it was."""

    def __init__(self, folder: object, why: str) -> None:
        super().__init__(f"the backup {folder} is damaged ({why}); nothing was changed; take another one")


class StoreUnreachable(StoreError):
    """A remote endpoint that does not answer as SPARQL endpoints do."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"the SPARQL endpoint {url} does not answer ({why}); check the address and that it is running")


class StoreFull(StoreError):
    """No room for what should be written; the store stays as it was."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"{path} cannot be written ({why}); nothing was changed; make room on the disk and try again")


class WriteRefused(EgovkgError):
    """A write that this store does not take; the message says what to do instead."""


class UnusableClaims(WriteRefused):
    """Claims or rules that cannot be read as such."""


class BreaksShapes(EgovkgError):
    """A write after which the data would break the shapes; `findings` says where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"the data would break the shapes in {len(findings)} place(s), so nothing was changed; the report names each")
        self.findings = tuple(findings)


class Unexpected(EgovkgError):
    """A write that was meant for another state of the graph than the one it has."""
