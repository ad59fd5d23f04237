"""Pages from templates: what every page knows (release, language of names, what the language switcher keeps)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse

from api.context import of
from kg.namespaces import KINDS

_KEPT = ("q", "kind", "document", "from", "to", "sort", "query", "framework")
_POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def page(
    request: Request, template: str, reader: Sequence[str], values: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] = {}
) -> HTMLResponse:
    """Render a template; `reader` are the languages of names, best first."""
    context = of(request)
    kept = urlencode([(name, request.query_params[name]) for name in _KEPT if request.query_params.get(name)])
    always = {"release": context.release, "lang": reader[0], "kept": f"&{kept}" if kept else "", "kinds_of_things": KINDS}
    text = context.templates.get_template(template).render({**always, **values})
    return HTMLResponse(text, status, {"Content-Security-Policy": _POLICY, **headers})
