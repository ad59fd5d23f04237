"""Offsets hold in the original file: generated documents with mixed scripts, marks, emoji, hard blanks, tables, nested tags."""

from __future__ import annotations

import html
import io
import re
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.documents.reading import read_document
from kg.linking.linker import Linker
from kg.linking.mentions import Mention
from kg.linking.shadow import Shadow

MENTIONS = [
    "Постановление Правительства РК от 12 декабря 2017 года № 827",
    "Закон РК № 418-V от 24.11.2015",
    "Қазақстан Республикасы Үкіметінің 2021 жылғы 12 қазандағы № 725 қаулысымен",
    "Decree of the Government of the Republic of Kazakhstan dated December 12, 2017 No. 827",
    "«Цифровой Казахстан»",
    "EGDI",
    "eGov Mobile",
]
NOISE = st.text(
    st.sampled_from(list("абвґёйқғңәҰABCdé .,;-–—„“«»\"'\u00a0\u2009\u0301\u0306\u200b\xad😀👩\u200d💻日本عر\n\t<>&№0123")), max_size=24
)
BLANKS = [" ", "  ", "\u00a0", "\n", " \n ", "\t", "\u2009"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        parts.append(draw(NOISE))
        mention = draw(st.sampled_from(MENTIONS))
        blank = draw(st.sampled_from(BLANKS))
        if draw(st.booleans()):
            mention = mention.replace("й", "и\u0306").replace("Й", "И\u0306")
        parts += [draw(st.sampled_from([" ", "\n", ". "])), mention.replace(" ", blank), draw(st.sampled_from([" ", ". ", ", ", "\n"]))]
    return "".join([*parts, draw(NOISE)])


def _sound(text: str, mentions: list[Mention]) -> None:
    last = 0
    for mention in mentions:
        assert 0 <= last <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.surface
        assert mention.surface == mention.surface.strip()
        last = mention.end


@settings(max_examples=400)
@given(text=texts())
def test_in_plain_text_the_offsets_are_those_of_the_file(linker: Linker, text: str) -> None:
    document = read_document(text.encode())
    mentions = linker.link(document.text)
    _sound(document.text, mentions)
    original = text.encode().decode()
    for mention in mentions:
        place = document.place(mention.start, mention.end)
        assert original[place.start : place.end] == mention.surface


TAGS = ["b", "i", "strong", "em", "span", "a"]


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Return an HTML page: paragraphs and table cells whose words stand in nested tags, as entities, beside scripts."""
    blocks = []
    for text in draw(st.lists(texts(), min_size=1, max_size=3)):
        words = []
        for word in re.split(r"( )", text):
            written = escape(word).replace("«", "&laquo;").replace("\u00a0", "&nbsp;") if draw(st.booleans()) else escape(word)
            if word.strip() and draw(st.integers(0, 5)) == 0:
                outer, inner = draw(st.sampled_from(TAGS)), draw(st.sampled_from(TAGS))
                written = f'<{outer} class="x&amp;y"><{inner}>{written}</{inner}></{outer}>'
            words.append(written)
        block = "".join(words)
        blocks.append(
            draw(st.sampled_from([f"<p>{block}</p>", f"<table><tr><td>{block}</td><td>z</td></tr></table>", f"<div>{block}<br/></div>"]))
        )
    joined = "<script>var x = '<b>№ 827</b>';</script><!-- Закон РК № 1-V -->".join(blocks)
    return f"<!DOCTYPE html>\n<html><head><title>т</title><style>b{{}}</style></head><body>{joined}</body></html>"


def _seen(source: str) -> str:
    """Return what stands in a stretch of source, by another way: tags out, references resolved."""
    return html.unescape(re.sub(r"<script>.*?</script>|<!--.*?-->|<[^<>]*>", "", source, flags=re.DOTALL))


@settings(max_examples=400)
@given(page=pages())
def test_in_html_the_places_are_those_of_the_source(linker: Linker, page: str) -> None:
    document = read_document(page.encode())
    assert document.format == "html"
    mentions = linker.link(document.text)
    _sound(document.text, mentions)
    for mention in mentions:
        place = document.place(mention.start, mention.end)
        assert re.sub(r"\s+", "", _seen(page[place.start : place.end])) == re.sub(r"\s+", "", mention.surface)
        assert not page[place.start : place.end].startswith("<")


def made_docx(paragraphs: list[str]) -> bytes:
    """Return a Word document whose paragraphs are split into runs; every second one stands in a table."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = []
    for number, text in enumerate(paragraphs):
        halves = (text[: len(text) // 2], text[len(text) // 2 :])
        runs = "".join(f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{escape(half)}</w:t></w:r>' for half in halves)
        paragraph = f"<w:p>{runs}</w:p>"
        body.append(f"<w:tbl><w:tr><w:tc>{paragraph}</w:tc></w:tr></w:tbl>" if number % 2 else paragraph)
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{space}"><w:body>{"".join(body)}</w:body></w:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return file.getvalue()


@settings(max_examples=200)
@given(paragraphs=st.lists(texts().map(lambda text: re.sub(r"[\n\t]", " ", text)), min_size=1, max_size=4))
def test_in_word_documents_the_places_are_paragraph_and_offset(linker: Linker, paragraphs: list[str]) -> None:
    document = read_document(made_docx(paragraphs))
    mentions = linker.link(document.text)
    _sound(document.text, mentions)
    for mention in mentions:
        place = document.place(mention.start, mention.end)
        if place.part == place.last:
            assert paragraphs[place.part - 1][place.start : place.end] == mention.surface


@settings(max_examples=300)
@given(text=st.text(max_size=200))
def test_a_shadow_leads_every_character_back_to_its_place(text: str) -> None:
    shadow = Shadow(text)
    last = 0
    for at in range(len(shadow.text)):
        start, end = shadow.start(at), shadow.end(at + 1)
        assert last <= start <= end <= len(text)
        last = start


@pytest.mark.parametrize(
    "text", ["", " ", "\u0301", "&nbsp;", "<b>", "\u200b\u200b", "й" * 3, "и\u0306", "\\n\\n", "&#1111111;", "&#55296;", "&amp;amp;"]
)
def test_odd_texts_have_shadows(text: str) -> None:
    shadow = Shadow(text)
    assert shadow.end(len(shadow.text)) <= len(text)
