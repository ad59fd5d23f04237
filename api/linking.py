"""Find and link what a document mentions: `POST /api/v1/link`, and the page /link, which works without scripts."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from api.context import Context, ContextDep
from api.errors import Refused, status_of
from api.languages import reading_languages
from api.rendering import page
from kg.documents.plain import read_text
from kg.documents.reading import read_document
from kg.documents.texts import Document, Limits
from kg.errors import BadSetting, Busy, EgovkgError, TookTooLong
from kg.linking.linker import Linker
from kg.linking.mentions import Mention
from kg.linking.output import as_json
from kg.namespaces import local_name
from kg.store.base import Store

router = APIRouter(tags=["documents"])

_FORM, _JSON = "multipart/form-data", "application/json"


class LinkCandidate(BaseModel):
    """A thing that a mention may be of."""

    iri: str
    score: float
    label: str


class LinkPlace(BaseModel):
    """Where a mention stands in the file: source characters (html), paragraph and offset (docx), page and offset (pdf)."""

    unit: str
    part: int
    start: int
    last: int
    end: int


class LinkMention(BaseModel):
    """A mention: half-open offsets in Unicode code points of the document's text, what it is of, how sure, and why."""

    start: int
    end: int
    surface: str
    type: str
    iri: str | None = Field(description="None where nothing is meant for certain")
    key: str = Field(description="What was cited, also where there is no IRI: act:KZ-V-345-NK-2023-08-17")
    score: float
    reasons: list[str]
    candidates: list[LinkCandidate]
    place: LinkPlace | None = None


class LinkResult(BaseModel):
    """Every mention in a document, in order, none overlapping another."""

    format: str
    characters: int
    notes: list[str]
    count: int
    mentions: list[LinkMention]


class _Asked(BaseModel):
    text: str
    lang: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class Job:
    """A document to be linked: a file by its name, or, without one, a text as it is."""

    data: bytes
    name: str
    lang: str | None
    written: date | None

    def read(self, limits: Limits) -> Document:
        """Return the document's text; raises UnreadableDocument."""
        return read_document(self.data, self.name, limits) if self.name else read_text(self.data.decode("utf-8"), limits)

    def run(self, linkers: Linkers, limits: Limits) -> tuple[Document, list[Mention], Linker]:
        """Read and link the document: a pure function of its bytes and the graph."""
        document = self.read(limits)
        linker = linkers.get()
        return document, linker.link(document.text, self.lang, self.written), linker


class Linkers:
    """The linker of a store, made when it is first needed, which takes a second or two."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.Lock()
        self._made: tuple[str, Linker] | None = None

    def get(self) -> Linker:
        """Return the linker of the store as it stands."""
        with self._lock:
            release = self._store.release()
            if self._made is None or self._made[0] != release:
                self._made = (release, Linker.of(self._store))
            return self._made[1]


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {"schema": _Asked.model_json_schema()},
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "text": {"type": "string"},
                        "lang": {"type": "string", "enum": ["en", "ru", "kk"]},
                        "date": {"type": "string", "format": "date"},
                    },
                }
            },
        },
    }
}


@router.post("/api/v1/link", summary="Find what a document mentions, linked to the graph", openapi_extra=BODY)
async def link(request: Request, context: ContextDep) -> LinkResult:
    """Take `{text, lang?, date?}` as JSON, or a file (txt, html, docx, pdf) as a form; answer every mention with offsets and reasons."""
    job = await job_of(request, context)
    document, mentions, _ = await _run(request, context, job)
    found = [LinkMention.model_validate(as_json(mention, document)) for mention in mentions]
    return LinkResult(format=document.format, characters=len(document.text), notes=list(document.notes), count=len(found), mentions=found)


@router.get("/link", include_in_schema=False)
async def form(request: Request, lang: Annotated[str | None, Query()] = None) -> Response:
    """Show a form for a text or a file."""
    return page(request, "link.html", reading_languages(request, lang), {"error": "", "parts": None, "text": ""})


@router.post("/link", include_in_schema=False)
async def linked(request: Request, context: ContextDep, lang: Annotated[str | None, Query()] = None) -> Response:
    """Show the text of the form with everything found in it marked."""
    reader = reading_languages(request, lang)
    try:
        job = await job_of(request, context)
        document, mentions, linker = await _run(request, context, job)
    except (Refused, EgovkgError, TookTooLong, Busy) as error:
        status = error.status if isinstance(error, Refused) else status_of(error)
        return page(request, "link.html", reader, {"error": str(error), "parts": None, "text": ""}, status)
    parts = list(_parts(document.text, mentions, linker))
    text = document.text if not job.name else ""
    values = {"error": "", "parts": parts, "text": text, "count": len(mentions), "notes": document.notes}
    return page(request, "link.html", reader, values)


async def _run(request: Request, context: Context, job: Job) -> tuple[Document, list[Mention], Linker]:
    linkers: Linkers = request.app.state.linkers
    return await context.runner.run(lambda: job.run(linkers, limits_of(context)))


def limits_of(context: Context) -> Limits:
    """Return what a document that is sent may be."""
    return Limits(file=context.settings.max_document, text=context.settings.max_document)


async def job_of(request: Request, context: Context) -> Job:
    """Read the request's document; raises Refused for what is too large or of another media type."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit = context.settings.max_document
    if media_type == _JSON:
        body = b"".join([chunk async for chunk in _limited(request, limit)])
        try:
            asked = _Asked.model_validate(json.loads(body))
        except (ValueError, RecursionError) as error:
            why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise Refused(HTTPStatus.BAD_REQUEST, f'the body is not {{"text": "…", "lang"?: "ru", "date"?: "2021-06-30"}}: {why}') from None
        return Job(_encoded(asked.text), "", *_checked(asked.lang, asked.date))
    if media_type == _FORM:
        return await _of_form(request, limit)
    raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type {media_type or '(none)'} is not understood; send {_JSON} or {_FORM}")


async def _of_form(request: Request, limit: int) -> Job:
    try:
        parser = MultiPartParser(request.headers, _limited(request, limit), max_files=1, max_fields=8, max_part_size=limit)
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise Refused(HTTPStatus.BAD_REQUEST, f"the form cannot be read ({error}); send one `file`, or `text`, as {_FORM}") from None
    async with _Closing(form):
        upload, text = form.get("file"), form.get("text")
        chosen = _checked(_field(form.get("lang")), _field(form.get("date")))
        if isinstance(upload, UploadFile) and upload.filename:
            return Job(await upload.read(), upload.filename, *chosen)
        if isinstance(text, str) and text.strip():
            return Job(_encoded(text.replace("\r\n", "\n")), "", *chosen)
    raise Refused(HTTPStatus.BAD_REQUEST, "there is neither `file` nor `text`; choose a file or paste a text")


class _Closing:
    def __init__(self, form: Any) -> None:
        self._form = form

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        await self._form.close()


def _field(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _checked(lang: str | None, day: str | None) -> tuple[str | None, date | None]:
    if lang and lang not in ("en", "ru", "kk"):
        raise BadSetting("lang", lang, "give one of en, ru, kk, or leave it out")
    if not day:
        return lang or None, None
    try:
        return lang or None, date.fromisoformat(day)
    except ValueError:
        raise BadSetting("date", day, "give a day, such as 2021-06-30") from None


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """Yield the request's bytes up to a limit (and some for the form around them); raises Refused beyond it."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit + 10_000:
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the document has more than {limit:,} bytes (EGOVKG_MAX_DOCUMENT); split it, or use `egovkg link`",
            )
        yield chunk


@dataclass(frozen=True)
class Part:
    """A stretch of a text on the page: plain, or a mention with where it leads."""

    text: str
    type: str = ""
    address: str = ""
    why: str = ""


def _parts(text: str, mentions: list[Mention], linker: Linker) -> list[Part]:
    parts, last = [], 0
    for mention in mentions:
        name = local_name(mention.iri) if mention.iri else None
        known = mention.type != "act" or mention.iri in linker.registry.held
        why = f"{mention.type}, {mention.score:.2f}: {'; '.join(mention.reasons)}"
        parts += [Part(text[last : mention.start]), Part(mention.surface, mention.type, f"/id/{name}.html" if name and known else "", why)]
        last = mention.end
    return [*parts, Part(text[last:])]
