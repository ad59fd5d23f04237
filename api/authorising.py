"""Who may write: the bearer of a token. Without one every write is refused; a token is never logged and never told."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.context import of
from api.errors import Refused
from api.writing import Writes

_CHALLENGE = 'Bearer realm="egovkg"'


@dataclass(frozen=True)
class Author:
    """Somebody who may write, by the name of the token, and what to write with."""

    name: str
    writes: Writes


_SCHEME = HTTPBearer(scheme_name="token", description="A token of `egovkg token new NAME`, or of EGOVKG_TOKEN", auto_error=False)


def author(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)]) -> Author:
    """Return who writes; raises Refused 401 without a token, 403 for one that does not count or a store that is read-only."""
    writes = of(request).writes
    if writes is None:
        raise Refused(HTTPStatus.FORBIDDEN, "the store is remote and read-only here; write with its own tools")
    scheme, *rest = request.headers.get("authorization", "none").split(None, 1) or [""]
    token = rest[0].strip() if rest else ""
    if scheme.lower() != "bearer" or not token:
        cure = "send Authorization: Bearer with a token" if writes.tokens.any() else "this service is read-only: no token was made"
        detail = f"{cure}; `egovkg token new NAME` on the machine of the store makes one, EGOVKG_TOKEN gives one at start"
        raise Refused(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": _CHALLENGE})
    name = writes.tokens.who(token)
    if name is None:
        challenge = f'{_CHALLENGE}, error="invalid_token"'
        detail = "the token does not count: it is wrong or was revoked; ask whoever runs the service for a new one"
        raise Refused(HTTPStatus.FORBIDDEN, detail, headers={"WWW-Authenticate": challenge})
    return Author(name, writes)


AuthorDep = Annotated[Author, Depends(author)]
"""The author of a write; a route that takes it is closed to everybody else."""
