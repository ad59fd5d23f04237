"""Only parameters that a route has: a misspelt one would be passed over, and another question answered than was asked."""

from __future__ import annotations

from difflib import get_close_matches
from http import HTTPStatus

from fastapi import Request
from fastapi.routing import APIRoute

from api.errors import Refused


async def only_known(request: Request) -> None:
    """Refuse with 422 a parameter that the route does not have; the problem lists those that it has."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    taken = [field.alias for field in route.dependant.query_params]
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in taken]
    if unknown:
        near = get_close_matches(unknown[0], taken, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(taken)}" if taken else "; there are none"
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"this route has no parameter {unknown[0]!r}{hint}", parameter=unknown[0], possible=taken
        )
