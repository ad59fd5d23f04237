"""Put the service together: `create_app(settings, store)`. No globals, nothing at import time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from fastapi_offline import FastAPIOffline
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from api import (
    describing,
    entities,
    errors,
    graphs,
    identifiers,
    instruments,
    linking,
    linting,
    lookups,
    operations,
    pages,
    profiles,
    queries,
    schema,
    sparql,
    updates,
)
from api.again import Again
from api.context import Context
from api.evaluating import evaluator
from api.methods import Methods
from api.pacing import Pacing
from api.resources import static_dir
from api.running import Runner, deepen_stacks
from api.stamping import Stamp
from api.straight import Straight
from api.writing import writes_of
from kg import __version__
from kg.config import Settings
from kg.query.keeping import carry
from kg.query.named import load_templates
from kg.query.names import Names
from kg.query.viewing import Views
from kg.store.base import Store
from kg.store.changes import unpacked

_EXPOSED = ["ETag", "Link", "Retry-After", "X-Dataset-Release", "X-Index-Release", "X-Truncated", "X-Unknown-Function", "X-View"]
_ABOUT = """Kazakhstan's digital transformation as a knowledge graph in which every fact knows the passage that states it.

Data: CC BY 4.0. SPARQL at `/sparql`; every entity dereferences at `/id/{kind}/{slug}`. Errors are RFC 9457 problems."""

_SILENT: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI looks at each request whether somebody set up telemetry, which takes longer than all else that it does for a query."""


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Start the workers before the first request and end them after the last."""
    context: Context = app.state.context
    pool = context.evaluator.pool
    if pool:
        await pool.start()
    weigher = asyncio.create_task(context.writes.ready()) if context.writes else None
    yield
    if weigher:
        weigher.cancel()
    if context.writes:
        await context.writes.pool.close()
    if pool:
        await pool.close()
    app.state.context.names.close()


def create_app(settings: Settings, store: Store) -> FastAPI:
    """Return the service over an open store; the caller closes the store. Raises UnusableInput for a wrong template of the user's."""
    deepen_stacks()
    load_templates(settings.queries_path)  # a template that is wrong is told at start, not to whoever asks first
    app: FastAPI = FastAPIOffline(
        lifespan=_life, title="egovkg", version=__version__, description=_ABOUT, redoc_url=None, telemetry=_SILENT
    )
    writes = writes_of(settings, store)
    release = writes.writer.release if writes else store.release()
    views = Views(store, Names.served(store))
    runner = Runner(settings.workers, settings.timeout)
    evaluating = evaluator(settings, store, views, runner, writes.snapshots if writes else None)
    app.state.context = Context(
        settings=settings,
        store=store,
        views=views,
        release=release,
        runner=runner,
        evaluator=evaluating,
        templates=Environment(
            loader=PackageLoader("api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        ),
        writes=writes,
    )
    if writes:
        writes.after = lambda change: _follow(app, change)
    app.state.surveyor = describing.Surveyor()
    app.state.linkers = linking.Linkers(store)
    app.state.linters = linting.Linters(store, app.state.linkers)
    errors.install(app)
    schema.install(app)
    sparql.install(app)
    routers = (
        describing,
        entities,
        *lookups.MODULES,
        queries,
        profiles,
        instruments,
        identifiers,
        linking,
        linting,
        pages,
        updates,
        graphs,
    )
    for router in (operations.router, *(module.router for module in routers)):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=static_dir()), name="static")
    app.add_middleware(Stamp, release=lambda: app.state.context.release)
    app.add_middleware(Methods, routes=lambda: app.router.routes)
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], allow_headers=["*"], expose_headers=_EXPOSED
    )
    inner = Straight(app.build_middleware_stack(), lambda: app.state.context.release)
    outer = Again(inner, evaluating.cache, lambda: evaluating.release)
    app.middleware_stack = Pacing(outer, settings.rate_limit) if settings.rate_limit else outer
    return app


async def _follow(app: FastAPI, change: bytes | None) -> None:
    """Let the app see what was written (None: nobody knows what): workers now, names and views of the new state when they are asked for."""
    context: Context = app.state.context
    assert context.writes is not None
    known = None if change is None else unpacked(change)
    carry(context.store, context.release, known)
    views = Views(context.store, context.names.after_write(context.store, known))
    context.evaluator.views = views
    context.evaluator.cache.clear()
    pool = context.evaluator.pool
    if pool and change is None:
        await pool.refresh()
    elif pool and change is not None:
        await pool.follow(change, context.writes.writer.release)
    app.state.context = replace(context, views=views, release=context.writes.writer.release)


def close_writes(app: FastAPI) -> None:
    """Remove the copies that writing needed; to be called before the store is closed."""
    context: Context = app.state.context
    if context.writes:
        context.writes.writer.close()
