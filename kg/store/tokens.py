"""Write tokens: several, each with a name, kept as digests in a file beside the store that only its owner reads.

A token is 256 random bits, so its SHA-256 tells nothing and cannot be searched; every comparison takes the same time.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from kg.errors import StoreError, UnusableInput

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_START = "egovkg_"
GIVEN = "EGOVKG_TOKEN"
"""The name under which the token of the setting writes."""


@dataclass(frozen=True)
class Token:
    """What is known of a token: never the token itself. `revoked` is empty as long as it counts."""

    name: str
    digest: str
    made: str
    revoked: str = ""


class Tokens:
    """The tokens of one store, and the one of the setting; the file is read anew whenever it changed."""

    def __init__(self, file: Path | None, given: str = "") -> None:
        self._file = file
        self._given = _digest(given) if given else ""
        self._read: tuple[object, list[Token]] = (None, [])

    def all(self) -> list[Token]:
        """Return the tokens of the file, in the order in which they were made."""
        if self._file is None:
            return []
        try:
            seen = self._file.stat()
        except FileNotFoundError:
            return []
        mark = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
        if self._read[0] != mark:
            self._read = (mark, self._load())
        return self._read[1]

    def any(self) -> bool:
        """Say whether anybody may write at all."""
        return bool(self._given) or any(not token.revoked for token in self.all())

    def who(self, token: str) -> str | None:
        """Return the name of a token that counts, else None. Looks at every one, so that the time tells nothing."""
        digest = _digest(token)
        found = GIVEN if compare_digest(self._given or _digest(""), digest) and self._given else None
        for known in self.all():
            if compare_digest(known.digest, digest) and not known.revoked:
                found = known.name
        return found

    def new(self, name: str) -> str:
        """Make a token and return it: it is shown this once. Raises UnusableInput for a name that is taken or unfit."""
        if not _NAME.fullmatch(name) or name == GIVEN:
            raise UnusableInput(f"{name!r} is no name for a token; give letters, digits, dots and dashes, such as import-job")
        if any(token.name == name and not token.revoked for token in self.all()):
            raise UnusableInput(f"there is a token {name!r} already; revoke it first, or give another name")
        token = _START + secrets.token_urlsafe(32)
        self._write([*self.all(), Token(name, _digest(token), now())])
        return token

    def revoke(self, name: str) -> None:
        """Make a token count no longer, at once; raises UnusableInput where there is none of the name."""
        tokens = self.all()
        if not any(token.name == name and not token.revoked for token in tokens):
            raise UnusableInput(f"there is no token {name!r}; see `egovkg token list`")
        self._write([Token(t.name, t.digest, t.made, t.revoked or now()) if t.name == name else t for t in tokens])

    def _load(self) -> list[Token]:
        assert self._file is not None
        try:
            return [Token(**entry) for entry in json.loads(self._file.read_text(encoding="utf-8"))]
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(
                f"the token file {self._file} cannot be read ({type(error).__name__}); delete it and make new tokens"
            ) from None

    def _write(self, tokens: list[Token]) -> None:
        assert self._file is not None
        draft = self._file.with_name(self._file.name + ".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump([vars(token) for token in tokens], file, indent=1)
            draft.replace(self._file)
        except OSError as error:
            raise StoreError(f"the token file {self._file} cannot be written ({error.strerror})") from None


def tokens_file(store: Path) -> Path:
    """Return where the tokens of a store lie."""
    return beside(store, "tokens.json")


def beside(store: Path, name: str) -> Path:
    """Return the path of a file that goes with a store's directory."""
    return store.with_name(f"{store.name}.{name}")


def now() -> str:
    """Return the time as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
