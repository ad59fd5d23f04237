"""A document as one HTML page, every mention marked and linked; nothing is loaded, nothing runs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from kg.linking.mentions import Mention
from kg.linking.output import Linked

_STYLE = """body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
.text{white-space:pre-wrap;overflow-wrap:anywhere}mark{padding:0 .15em;border-radius:.2em;color:inherit;background:#e4e4e4}
mark a{color:inherit}.act{background:#cfe3ff}.programme{background:#d4f0d0}.indicator{background:#ffe9b8}.organisation{background:#efd9ff}
.system{background:#c9f0ee}.model{background:#ffd9de}.stage{background:#ebe4c8}.unlinked{outline:1px dashed #777}
table{border-collapse:collapse;margin-top:2rem;font-size:14px}td,th{border:1px solid #ccc;padding:.25em .5em;text-align:left}"""


def as_html(linked: Linked) -> bytes:
    """Return a self-contained page: the text with its mentions marked, then a table of them with their reasons."""
    title = escape(linked.name)
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
    count = f"<p>{len(linked.mentions)} mention(s)</p>\n"
    return (
        f'{head}{count}<div class="text">{marked(linked.document.text, linked.mentions)}</div>\n{_table(linked)}</body>\n</html>\n'.encode()
    )


def marked(text: str, mentions: Sequence[Mention]) -> str:
    """Return a text as HTML with its mentions marked; everything that is not ours is escaped."""
    parts: list[str] = []
    last = 0
    for mention in mentions:
        parts += (escape(text[last : mention.start]), _mark(mention))
        last = mention.end
    return "".join([*parts, escape(text[last:])])


def _mark(mention: Mention) -> str:
    words = escape(mention.surface)
    why = escape(f"{mention.type}, {mention.score:.2f}: {'; '.join(mention.reasons)}", quote=True)
    if not mention.iri:
        return f'<mark class="{mention.type} unlinked" title="{why}">{words}</mark>'
    return f'<mark class="{mention.type}" title="{why}"><a href="{escape(mention.iri, quote=True)}">{words}</a></mark>'


def _table(linked: Linked) -> str:
    if not linked.mentions:
        return ""
    rows = "".join(
        f"<tr><td>{mention.start}–{mention.end}</td><td>{escape(mention.surface)}</td><td>{mention.type}</td>"
        f"<td>{_link(mention)}</td><td>{mention.score:.2f}</td><td>{escape('; '.join(mention.reasons))}</td></tr>\n"
        for mention in linked.mentions
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Place", "Words", "Type", "Meant", "Score", "Why"))
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _link(mention: Mention) -> str:
    if not mention.iri:
        return escape(mention.key or "nothing for certain")
    return f'<a href="{escape(mention.iri, quote=True)}">{escape(mention.iri.rpartition("/id/")[2])}</a>'
