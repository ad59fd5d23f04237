"""The days that a request may ask about: `at` (in force then) and `known` (published by then)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Query

from api.errors import Refused
from kg.errors import BadSetting
from kg.query.viewing import Moment, moment

At = Annotated[str | None, Query(description="Day in force: things that had not begun or had ended are left out", examples=["2009-07-01"])]
Known = Annotated[str | None, Query(description="Only what documents published by this day say", examples=["2019-12-31"])]


def read_moment(at: str | None, known: str | None) -> Moment:
    """Return the moment asked for; refuses what is no day with 422."""
    try:
        return moment(at, known)
    except BadSetting as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), parameter=error.name, possible=[]) from None
