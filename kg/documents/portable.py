"""PDF: the text of each page as PDFium reads it."""

from __future__ import annotations

import re

import pypdfium2

from kg.documents.texts import Builder, Document, Limits, UnreadableDocument

_FEW = 8
"""Characters a page: below it, on average, a file is taken for a scan."""
_HYPHEN = re.compile("[\ufffe\x02]")


def read_pdf(data: bytes, limits: Limits) -> Document:
    """Return the text of a PDF; raises UnreadableDocument, for a scan too."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableDocument("the PDF is encrypted; save it without a password") from None
        raise UnreadableDocument(f"the PDF is damaged ({error}); open and save it anew") from None
    try:
        return _read(document, limits)
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument, limits: Limits) -> Document:
    count = len(document)
    if count > limits.pages:
        raise UnreadableDocument(f"the PDF has {count:,} pages, more than the {limits.pages:,} that are read at a time; split it")
    builder = Builder(limits)
    broken: list[str] = []
    for number in range(1, count + 1):
        try:
            text = page_text(document, number)
        except pypdfium2.PdfiumError:
            broken.append(str(number))
            continue
        builder.gap("\n")
        builder.add(text, number, 0, len(text))
    if builder.length < _FEW * count:
        raise UnreadableDocument(f"the PDF is a scan without text ({count} page(s)); run text recognition (OCR) over it first")
    notes = (f"pages that cannot be read: {', '.join(broken)}",) if broken else ()
    return builder.done("pdf", notes=notes)


def page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    """Return the text of a page (from 1): what offsets of places in PDF files count. Line-end hyphens that PDFium marks are «-»."""
    page = document[number - 1]
    textpage = page.get_textpage()
    try:
        text: str = textpage.get_text_range()
    finally:
        textpage.close()
        page.close()
    return _HYPHEN.sub("-", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
