"""What a request needs of the app: settings, store, names, runner. Made once by create_app, reached as `request.app.state`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from jinja2 import Environment

from api.running import Runner
from kg.config import Settings
from kg.query.names import Names
from kg.store.base import Store


@dataclass(frozen=True)
class Context:
    """The service's parts. `names` and `release` belong to one state of the store: a read-only service has one."""

    settings: Settings
    store: Store
    names: Names
    release: str
    runner: Runner
    templates: Environment


def of(request: Request) -> Context:
    """Return the context of the app that a request came to."""
    context: Context = request.app.state.context
    return context


ContextDep = Annotated[Context, Depends(of)]
