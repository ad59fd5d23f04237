"""Documents as they come: encodings, broken, encrypted, scanned, huge and hostile files, each with a clear error within limits."""

# ruff: noqa: E501
from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.reading import format_of, read_document, read_file
from kg.documents.texts import Document, Limits, UnreadableDocument
from tests.test_linking_offsets import made_docx

CITED = "Decree of the Government of the Republic of Kazakhstan dated December 12, 2017 No. 827"
_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def made_pdf(pages: list[str], trailer: str = "") -> bytes:
    """Return a PDF with one line of Helvetica a page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        stream = f"BT /F1 9 Tf 20 700 Td ({safe}) Tj ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R /Resources {font} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1")


def _zipped(xml: str, name: str = "word/document.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
    return file.getvalue()


def test_a_pdf_tells_page_and_offset() -> None:
    import pypdfium2

    from kg.documents.portable import page_text

    data = made_pdf(["First page.", f"Under the {CITED} it began."])
    document = read_document(data)
    start = document.text.index(CITED)
    place = document.place(start, start + len(CITED))
    assert (document.format, place.part, place.last) == ("pdf", 2, 2)
    again = pypdfium2.PdfDocument(data)
    assert page_text(again, 2)[place.start : place.end] == CITED
    again.close()


def test_a_word_document_gives_paragraphs_tabs_and_notes_in_order() -> None:
    body = "<w:p><w:r><w:t>A</w:t><w:tab/><w:t>B</w:t></w:r></w:p><w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>C</w:t></w:r></w:p>"
    document = read_document(_zipped(f'<w:document xmlns:w="{_SPACE}"><w:body>{body}</w:body></w:document>'))
    assert document.text.split() == ["A", "B", "C"]
    assert document.place(document.text.index("C"), document.text.index("C") + 1).part == 2


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("windows-1251", b"")]
)
def test_plain_text_is_read_in_the_encodings_that_are_met(encoding: str, mark: bytes) -> None:
    document = read_document(mark + "Закон РК".encode(encoding))
    assert document.text.lstrip("\ufeff") == "Закон РК"
    assert document.encoding == encoding


def test_html_is_read_in_the_encoding_that_it_declares() -> None:
    page = '<html><head><meta charset="windows-1251"></head><body>Указ</body></html>'.encode("windows-1251")
    assert read_document(page).text.strip() == "Указ"


def test_scripts_styles_and_comments_are_no_text() -> None:
    page = b"<html><head><title>T</title><style>p{}</style></head><body><script>s()</script><!-- c --><p>P</p><noscript>n</noscript></body></html>"
    assert read_document(page).text.split() == ["T", "P"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + f']><w:document xmlns:w="{_SPACE}"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'
)
OUTSIDE = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{_SPACE}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (_zipped(BOMB), "XML entities"),
        (_zipped(OUTSIDE), "XML entities"),
        (_zipped("<w:document"), "broken"),
        (_zipped("<a/>", "other.xml"), "without word/document.xml"),
        (_zipped(" " * 40_000_000), "zip bomb"),
        (made_docx(["x"])[:200], "damaged"),
        (b"PK\x03\x04" + b"\0" * 50, "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "without a password"),
        (b"{\\rtf1 text}", "RTF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"%PDF-1.4 nothing", "damaged"),
        (made_pdf(["", ""]), "scan without text"),
        (b"abc\0\xff\xfe\xfd" * 30, "no text"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "file",
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableDocument, match=words):
        read_document(data)


def test_an_encrypted_pdf_is_refused_with_the_cure() -> None:
    encrypt = "/Encrypt << /Filter /Standard /V 1 /R 2 /O (" + "x" * 32 + ") /U (" + "y" * 32 + ") /P -4 >> /ID [(a) (a)]"
    with pytest.raises(UnreadableDocument, match="encrypted"):
        read_document(made_pdf([CITED], encrypt))


def test_a_pdf_of_ten_thousand_pages_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableDocument, match="10,000 pages, more than the 3,000"):
        read_document(made_pdf(["x"] * 10_000))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="more than the 10 that are read"):
        read_document(b"x" * 11, limits=Limits(file=10))
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 11)
    with pytest.raises(UnreadableDocument, match="more than the 10"):
        read_file(path, Limits(file=10))
    with pytest.raises(UnreadableDocument, match="cannot be read"):
        read_file(tmp_path / "none.txt")


def test_text_over_the_limit_is_refused_not_cut() -> None:
    with pytest.raises(UnreadableDocument, match="more than 10 characters"):
        read_document("слишком длинно".encode(), limits=Limits(text=10))


def test_what_a_document_is_follows_from_its_bytes_before_its_name() -> None:
    assert format_of(b"%PDF-1.7", "a.txt") == "pdf"
    assert format_of(b"<!doctype html><p>", "a.txt") == "html"
    assert format_of(b"<p>x", "a.html") == "html"
    assert format_of(b"<p>x", "a.txt") == "txt"


@given(data=st.binary(max_size=300), start=st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", struct.pack("<I", 0xE011CFD0)]))
def test_any_bytes_give_a_document_or_a_clear_refusal(data: bytes, start: bytes) -> None:
    try:
        document = read_document(start + data)
    except UnreadableDocument:
        return
    assert isinstance(document, Document)
    assert all(piece.at + piece.length <= len(document.text) for piece in document.pieces)
