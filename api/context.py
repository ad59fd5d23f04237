"""What a request needs of the app: settings, store, names, runner. Made once by create_app, reached as `request.app.state`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from jinja2 import Environment

from api.evaluating import Evaluator
from api.running import Runner
from api.writing import Writes
from kg.config import Settings
from kg.query.names import Names
from kg.query.viewing import Moment, View, Views
from kg.store.base import Store


@dataclass(frozen=True)
class Context:
    """The service's parts. `views` and `release` belong to one state of the store: a write makes another context."""

    settings: Settings
    store: Store
    views: Views
    release: str
    runner: Runner
    evaluator: Evaluator
    templates: Environment
    writes: Writes | None = None

    @property
    def names(self) -> Names:
        """Return the names of everything in the store."""
        return self.views.of(Moment()).names

    async def at(self, moment: Moment) -> View:
        """Return the graph at a moment, the store itself where none was asked for."""
        if not moment:
            return self.views.of(moment)
        return await self.runner.run(lambda: self.views.of(moment))


def of(request: Request) -> Context:
    """Return the context of the app that a request came to."""
    context: Context = request.app.state.context
    return context


ContextDep = Annotated[Context, Depends(of)]
