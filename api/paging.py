"""Cursors: where a page begins, opaque to clients, good for the release (and moment) that they were made from."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Request, Response

from api.errors import Refused

Cursor = Annotated[str | None, Query(description="From `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Entries a page")]


def cursor_of(position: int, release: str) -> str:
    """Return the cursor of a position in the answers of a release."""
    return base64.urlsafe_b64encode(f"{release}:{position}".encode()).decode().rstrip("=")


def position_of(cursor: str | None, current: str) -> int:
    """Return the position that a cursor stands for; refuses one of another release, and what is none."""
    if not cursor:
        return 0
    try:
        release, _, position = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().rpartition(":")
        number = int(position)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        number, release = -1, ""
    if number < 0 or release != current:
        raise Refused(HTTPStatus.BAD_REQUEST, "the cursor is not of this release; start again without `cursor`")
    return number


def following(request: Request, position: int, total: int, release: str) -> str | None:
    """Return the address of the page that begins at a position; None where there is none."""
    return str(request.url.include_query_params(cursor=cursor_of(position, release))) if position < total else None


def link(response: Response, address: str | None) -> None:
    """Name the next page in the `Link` header."""
    if address:
        response.headers.append("Link", f'<{address}>; rel="next"')
