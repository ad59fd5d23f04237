"""Content negotiation as a pure function: an Accept header and what is offered in, the formats to use out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.errors import UnknownFormat
from kg.formats import Format, find_format


@dataclass(frozen=True)
class Range:
    """One media range of an Accept header with its quality, 0 to 1."""

    type: str
    subtype: str
    quality: float

    def match(self, media_type: str) -> int:
        """Return how specifically the range names a media type: 3 exactly, 2 `text/*`, 1 `*/*`, 0 not at all."""
        kind, _, subtype = media_type.partition("/")
        if (self.type, self.subtype) == (kind, subtype):
            return 3
        if self.type == kind and self.subtype == "*":
            return 2
        return 1 if (self.type, self.subtype) == ("*", "*") else 0


def parse_accept(header: str) -> list[Range]:
    """Return the ranges of an Accept header; parts that are no media range are passed over."""
    ranges = []
    for part in header.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        kind, slash, subtype = name.lower().partition("/")
        if slash and kind and subtype:
            ranges.append(Range(kind, subtype, _quality(parameters)))
    return ranges


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def acceptable(header: str | None, offered: Sequence[Format]) -> list[Format]:
    """Return the offered formats that the header takes, best first; all in their own order where there is no header."""
    ranges = parse_accept(header or "")
    if not ranges:
        return list(offered)
    rated = [(quality_of(format, ranges), -place, format) for place, format in enumerate(offered)]
    return [format for quality, _, format in sorted(rated, key=lambda item: item[:2], reverse=True) if quality > 0]


def quality_of(format: Format, ranges: Sequence[Range]) -> float:
    """Return the quality that a header gives a format: that of the most specific range for its name, else an alias's."""
    own = _of_type(format.media_type, ranges)
    aliases = [_of_type(alias, ranges, least=3) for alias in format.aliases if "/" in alias]
    return max([own or 0.0, *(quality * 0.999 for quality in aliases if quality is not None)])


def _of_type(media_type: str, ranges: Sequence[Range], least: int = 1) -> float | None:
    matches = [(r.match(media_type), r.quality) for r in ranges if r.match(media_type) >= least]
    return max(matches)[1] if matches else None


def choose(header: str | None, name: str | None, offered: Sequence[Format]) -> list[Format]:
    """Return the formats to use, best first: the one `?format=` names, else by header; raises UnknownFormat for none."""
    if name:
        return [find_format(name, tuple(offered))]
    found = acceptable(header, offered)
    if not found:
        raise UnknownFormat(header or "", [format.media_type for format in offered])
    return found


def prefers_html(header: str | None) -> bool:
    """Say whether a header asks for a page: HTML named, and no data format named with a higher quality."""
    ranges = parse_accept(header or "")
    pages = [r.quality for r in ranges if (r.type == "text" and r.subtype == "html") or r.subtype == "xhtml+xml"]
    data = [r.quality for r in ranges if r.subtype not in ("*", "html", "xhtml+xml", "xml", "webp", "avif", "apng") and r.type != "image"]
    return bool(pages) and max(pages) > 0 and max(pages) >= max(data, default=0.0)


def languages(header: str | None, default: str = "en") -> list[str]:
    """Return the primary languages of an Accept-Language header, best first; the default last."""
    found: list[tuple[float, int, str]] = []
    for part in (header or "").split(","):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        if tag and tag != "*" and (quality := _quality(parameters)) > 0:
            found.append((-quality, len(found), tag.partition("-")[0].lower()))
    return list(dict.fromkeys([tag for *_, tag in sorted(found)] + [default]))
