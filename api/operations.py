"""Liveness, readiness, prefixes: what operators and tools ask first."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.context import ContextDep
from kg import __version__
from kg.errors import StoreError
from kg.namespaces import PREFIXES

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process is alive."""

    status: str = "ok"
    version: str = __version__


class Ready(BaseModel):
    """The store answers a query; `statements` are those of the default graph."""

    status: str = "ready"
    release: str
    statements: int


@router.get("/healthz", summary="Is the process alive?")
async def health() -> Health:
    """Answer as long as the process does."""
    return Health()


@router.get("/readyz", summary="Does the store answer?", responses={503: {"description": "The store does not answer."}})
async def ready(context: ContextDep) -> Ready:
    """Ask the store and say how much it holds; 503 where it does not answer."""
    rows = await context.runner.run(lambda: context.store.rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"))
    if not rows:
        raise StoreError("the store answers no rows; see the log")
    return Ready(release=context.release, statements=int(rows[0]["n"].value))


@router.get("/prefixes", summary="Prefixes that queries may use undeclared")
async def prefixes() -> dict[str, str]:
    """Return prefix and namespace."""
    return {name: str(namespace) for name, namespace in PREFIXES.items()}
