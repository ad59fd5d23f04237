"""Word documents (docx): paragraphs in the order in which they are read, those of tables with them.

A docx is a zip of XML. It is unpacked as a stream with a limit, and read by expat, which is told to refuse every document
type declaration: without one there are no entities, and so neither outside files nor bombs of them.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from kg.documents.texts import Builder, Document, Limits, UnreadableDocument

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_MAIN = "word/document.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_RATIO = 300
_MEMBERS = 10_000
_SINGLE = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_OLE = b"\xd0\xcf\x11\xe0"


def read_docx(data: bytes, limits: Limits) -> Document:
    """Return the text of a Word document; raises UnreadableDocument."""
    if data.startswith(_OLE):
        raise UnreadableDocument("the document is encrypted, or an old .doc; save it as .docx without a password")
    builder = Builder(limits)
    reader = _Reader(builder)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _checked(archive, limits)
            for name in (_MAIN, *(name for name in _NOTES if name in archive.namelist())):
                reader.read(_unpacked(archive, name, limits))
    except KeyError:
        raise UnreadableDocument("the file is a zip without word/document.xml; give a Word document (.docx)") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableDocument(f"the Word document is damaged or encrypted ({error}); open and save it anew") from None
    return builder.done("docx")


def _checked(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > _MEMBERS:
        raise UnreadableDocument(f"the Word document has more than {_MEMBERS:,} parts; save it anew")
    for member in members:
        if member.file_size > limits.unpacked or member.file_size > _RATIO * max(member.compress_size, 1000):
            raise UnreadableDocument(f"{member.filename} unpacks to more than the limits allow; the file looks like a zip bomb")


def _unpacked(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    with archive.open(name) as file:
        data = file.read(limits.unpacked + 1)
    if len(data) > limits.unpacked:
        raise UnreadableDocument(f"{name} unpacks to more than {limits.unpacked:,} bytes; split the document")
    return data


class _Reader:
    """Reads paragraphs: text runs, tabs and breaks; deleted text, field codes and alternative content are left out."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._paragraph = 0
        self._open: list[tuple[int, int]] = []
        self._inside = 0
        self._hidden = 0

    def read(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = True
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise UnreadableDocument(f"the XML of the Word document is broken ({error}); open and save it anew") from None

    def _refuse(self, *_: object) -> None:
        raise UnreadableDocument("the Word document declares XML entities; no word processor writes such a file, and it is not read")

    def _start(self, name: str, _: dict[str, str]) -> None:
        namespace, _space, local = name.rpartition(" ")
        if local == "Fallback":
            self._hidden += 1
        if namespace not in (_W, _STRICT):
            return
        if local == "p":
            self._paragraph += 1
            self._builder.gap("\n")
            self._open.append((self._paragraph, 0))
        elif local == "tc":
            self._builder.gap("\t")
        elif local == "t":
            self._inside += 1
        elif local in _SINGLE:
            self._put(_SINGLE[local])

    def _end(self, name: str) -> None:
        namespace, _space, local = name.rpartition(" ")
        if local == "Fallback":
            self._hidden -= 1
        if namespace not in (_W, _STRICT):
            return
        if local == "t":
            self._inside -= 1
        elif local == "p" and self._open:
            self._open.pop()
            self._builder.gap("\n")

    def _text(self, data: str) -> None:
        if self._inside:
            self._put(data)

    def _put(self, text: str) -> None:
        if not self._open or self._hidden:
            return
        paragraph, length = self._open[-1]
        self._builder.add(text, paragraph, length, length + len(text))
        self._open[-1] = (paragraph, length + len(text))
