"""Check what a document says against the graph: `POST /api/v1/lint`, and the page /lint, which works without scripts."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.context import Context, ContextDep
from api.errors import Refused, status_of
from api.languages import reading_languages
from api.linking import BODY, Job, Linkers, LinkPlace, job_of, limits_of
from api.rendering import page
from kg.errors import Busy, EgovkgError, TookTooLong
from kg.linking.linker import Linker
from kg.linting.checking import Checked, Linter
from kg.linting.facts import Facts
from kg.linting.findings import RULES
from kg.linting.output import as_json
from kg.namespaces import local_name
from kg.store.base import Store

router = APIRouter(tags=["documents"])

_TEXT = "В 2022 году Казахстан занял 24-е место в EGDI (постановление Правительства РК от 13 декабря 2017 года № 827)."


class LintEvidence(BaseModel):
    """What one passage says of the matter; without a passage it is the editorial list of laws, or computed."""

    value: str = Field(examples=["28th"])
    agrees: bool = Field(description="With the document that is checked")
    passage: str = Field(examples=["passage/abil-2023/introduction-4"])
    document: str = Field(examples=["document/abil-2023"])
    issued: str = Field(description="Year or day of the document, empty where unknown", examples=["2023"])
    locator: str


class LintFinding(BaseModel):
    """One finding: half-open offsets in Unicode code points of the document's text, what is wrong, and who says so."""

    rule: str = Field(description=" ".join(f"{rule}: {said}" for rule, said in RULES.items()), examples=["Figure-contradicts"])
    level: Literal["error", "warning", "note"]
    message: str
    start: int
    end: int
    surface: str
    iri: str | None = Field(description="What the graph has on the matter; None where it has nothing")
    evidence: list[LintEvidence]
    suggestion: str = Field(description="What is likely meant; empty where nothing can be said")
    place: LinkPlace | None = None


class LintResult(BaseModel):
    """Every finding in a document, in order. `written` is the day it was judged by, `dated` how that is known."""

    format: str
    characters: int
    written: str | None = Field(examples=["2023-01-01"])
    dated: Literal["given", "at-the-earliest", "unknown"]
    notes: list[str]
    count: int
    findings: list[LintFinding]


class Linters:
    """The linter of a store, made when it is first needed, anew when the store has changed."""

    def __init__(self, store: Store, linkers: Linkers) -> None:
        self._store, self._linkers, self._lock = store, linkers, threading.Lock()
        self._made: tuple[Linker, Linter] | None = None

    def get(self) -> Linter:
        """Return the linter of the store as it stands."""
        with self._lock:
            linker = self._linkers.get()
            if self._made is None or self._made[0] is not linker:
                self._made = (linker, Linter(linker, Facts.of(self._store)))
            return self._made[1]


_content = {
    **BODY["requestBody"]["content"],
    "application/json": {
        **BODY["requestBody"]["content"]["application/json"],
        "example": {"text": _TEXT, "lang": "ru", "date": "2023-01-01"},
    },
}
_BODY = {"requestBody": {"required": True, "content": _content}}


@router.post("/api/v1/lint", summary="Check what a document says of acts, figures and programmes", openapi_extra=_BODY)
async def lint(request: Request, context: ContextDep) -> LintResult:
    """Take `{text, lang?, date?}` as JSON, or a file (txt, html, docx, pdf) as a form; answer what the graph says against it."""
    checked = await _run(request, context, await job_of(request, context))
    return LintResult.model_validate(as_json(checked))


@router.get("/lint", include_in_schema=False)
async def form(request: Request, lang: Annotated[str | None, Query()] = None) -> Response:
    """Show a form for a text or a file."""
    values = {"error": "", "parts": None, "text": "", "day": date.today().isoformat()}
    return page(request, "lint.html", reading_languages(request, lang), values)


@router.post("/lint", include_in_schema=False)
async def linted(request: Request, context: ContextDep, lang: Annotated[str | None, Query()] = None) -> Response:
    """Show the text of the form with what was found in it marked, and each finding with its passages."""
    reader = reading_languages(request, lang)
    day = date.today().isoformat()
    try:
        job = await job_of(request, context)
        checked = await _run(request, context, job)
    except (Refused, EgovkgError, TookTooLong, Busy) as error:
        status = error.status if isinstance(error, Refused) else status_of(error)
        return page(request, "lint.html", reader, {"error": str(error), "parts": None, "text": "", "day": day}, status)
    values = {
        "error": "",
        "parts": _parts(checked),
        "text": checked.document.text if not job.name else "",
        "day": job.written.isoformat() if job.written else "",
        "shown": [_shown(number, finding) for number, finding in enumerate(as_json(checked)["findings"], 1)],
        "notes": checked.notes(),
    }
    return page(request, "lint.html", reader, values)


async def _run(request: Request, context: Context, job: Job) -> Checked:
    linters: Linters = request.app.state.linters
    limits = limits_of(context)
    return await context.runner.run(lambda: linters.get().check(job.read(limits), job.name or "-", job.lang, job.written))


@dataclass(frozen=True)
class Part:
    """A stretch of a text on the page: plain, or what findings (by number, from 1) are about; `level` is the worst of theirs."""

    text: str
    level: str = ""
    numbers: tuple[int, ...] = ()


def _parts(checked: Checked) -> list[Part]:
    """Cut a text at the borders of its findings, which may overlap."""
    text, findings = checked.document.text, checked.findings
    borders = sorted({0, len(text), *(place for finding in findings for place in (finding.start, finding.end))})
    parts = []
    for start, end in pairwise(borders):
        here = [number for number, finding in enumerate(findings, 1) if finding.start < end and start < finding.end]
        levels = {findings[number - 1].level for number in here}
        level = next((level for level in ("error", "warning", "note") if level in levels), "")
        first = tuple(number for number in here if findings[number - 1].start == start)
        parts.append(Part(text[start:end], level, first))
    return parts


def _shown(number: int, finding: dict[str, Any]) -> dict[str, Any]:
    """Return a finding with its number, and the thing that it is about where some passage of the graph speaks of it."""
    known = any(evidence["passage"] for evidence in finding["evidence"])
    return {**finding, "number": number, "about": local_name(finding["iri"]) if finding["iri"] and known else None}
