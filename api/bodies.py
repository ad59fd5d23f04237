"""Bodies of writes: read up to a limit, told apart by Content-Type, parts of a form taken apart."""

from __future__ import annotations

from email.message import Message
from http import HTTPStatus

from fastapi import Request

from api.errors import Refused
from kg.errors import UnknownFormat
from kg.formats import GRAPHS, Format, find_format

_MOST_PARTS = 100


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body of a request; refuses one above the limit (413) without reading it all, and a compressed one (415)."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Encoding {encoding} is not understood; send the body uncompressed")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> Refused:
    detail = f"the body is longer than {limit} bytes; send less at a time, or `egovkg load` a file while the service is down"
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def media_type(header: str | None) -> tuple[str, str]:
    """Return media type and charset (UTF-8 where none is named) of a Content-Type header, both in small letters."""
    message = Message()
    message["content-type"] = header or "application/octet-stream"
    return message.get_content_type() if header else "", str(message.get_param("charset") or "utf-8").lower()


def text_of(body: bytes, charset: str, what: str) -> str:
    """Return a text in UTF-8; refuses any other charset (415) and what is none (400)."""
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"charset {charset} is not understood; send the {what} as UTF-8")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, f"the {what} is not UTF-8 ({error.reason} at byte {error.start}); send it as UTF-8") from None


def graph_format(header: str | None) -> Format:
    """Return the format of an upload; refuses what is none (415) with the list."""
    name, charset = media_type(header)
    try:
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise UnknownFormat(f"charset {charset}", [format.media_type for format in GRAPHS])
        return find_format(name if "/" in name else "-", GRAPHS)
    except UnknownFormat:
        offered = [format.media_type for format in GRAPHS]
        detail = f"Content-Type {header or '(none)'} is not understood; send RDF in UTF-8 as one of: {', '.join(offered)}"
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, offered=offered) from None


def parts_of(body: bytes, header: str | None) -> list[tuple[bytes, Format]]:
    """Return the uploads of a body: itself, or the parts of multipart/form-data, each with its format."""
    if media_type(header)[0] != "multipart/form-data":
        return [(body, graph_format(header))]
    message = Message()
    message["content-type"] = header or ""
    boundary = message.get_param("boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + str(boundary).encode()) if boundary else []
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise Refused(HTTPStatus.BAD_REQUEST, "the form has no whole part; send multipart/form-data with its boundary, a file a part")
    if len(pieces) - 2 > _MOST_PARTS:
        raise Refused(HTTPStatus.BAD_REQUEST, f"the form has more than {_MOST_PARTS} parts; send less at a time")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> tuple[bytes, Format]:
    head, blank, data = piece.partition(b"\r\n\r\n")
    if not blank:
        raise Refused(HTTPStatus.BAD_REQUEST, "a part of the form has no blank line between its headers and its data")
    headers = dict(line.split(":", 1) for line in head.decode("utf-8", "replace").splitlines() if ":" in line)
    types = [value.strip() for name, value in headers.items() if name.strip().lower() == "content-type"]
    return data, graph_format(types[0] if types else None)
