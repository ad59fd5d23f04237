"""Check a document: its mentions, and everything that the graph says against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kg.documents.decoding import decoded
from kg.documents.reading import read_document
from kg.documents.texts import Document, UnreadableDocument
from kg.linking.linker import Linker
from kg.linking.mentions import Mention
from kg.linting.acts import act_findings
from kg.linting.areas import Areas
from kg.linting.citing import cited
from kg.linting.dating import written_on
from kg.linting.facts import Facts
from kg.linting.figures import figure_findings
from kg.linting.findings import Finding, Written, in_order
from kg.linting.mismatches import Known, mismatch_findings
from kg.linting.naming import KnownNames, name_findings
from kg.linting.programmes import ended_findings
from kg.linting.sentences import Sentences
from kg.store.base import Store


@dataclass(frozen=True)
class Checked:
    """A document with what linting found; `written` is None where nothing tells its day, and acts and programmes are not judged by it.

    `source` is the decoded file of txt and html, in which lines are counted; empty for others.
    """

    name: str
    document: Document
    mentions: Sequence[Mention]
    findings: Sequence[Finding]
    written: Written | None
    source: str = ""

    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know of the reading and of the day."""
        if self.written is None:
            said = "the document names no day, so what was in force then is not judged; give it with --date (in the API: date)"
        elif self.written.given:
            return self.document.notes
        else:
            said = f"no day was given; the document is of {self.written.day} or later, the last day of an act that it cites"
        return (*self.document.notes, said)


class Linter:
    """All that linting needs, made of a store once. Safe to share between threads; nothing in it changes."""

    def __init__(self, linker: Linker, facts: Facts) -> None:
        self.linker, self.facts = linker, facts
        self._known, self._areas, self._names = Known(linker.registry), Areas(facts.areas), KnownNames(facts.things)

    @classmethod
    def of(cls, store: Store) -> Linter:
        """Read acts, names and facts of a store."""
        return cls(Linker.of(store), Facts.of(store))

    def check(self, document: Document, name: str = "-", language: str | None = None, written: date | None = None) -> Checked:
        """Return what is wrong in a document. `written` is its day, `language` (en, ru, kk) its language, where they are known."""
        mentions = self.linker.link(document.text, language, written)
        day, found = self.findings(document.text, mentions, written)
        return Checked(name, document, mentions, found, day, document.text if document.format == "txt" else "")

    def check_file(self, data: bytes, name: str, language: str | None = None, written: date | None = None) -> Checked:
        """Return what is wrong in a file, from its bytes; raises UnreadableDocument, which names the file."""
        try:
            document = read_document(data, name)
        except UnreadableDocument as error:
            raise UnreadableDocument(f"{name}: {error}") from None
        checked = self.check(document, name, language, written)
        return replace(checked, source=decoded(data, html=True)[0]) if document.format == "html" else checked

    def findings(self, text: str, mentions: Sequence[Mention], written: date | None = None) -> tuple[Written | None, list[Finding]]:
        """Return the day that a text with these mentions was judged by, and what was found in it, in order."""
        items = cited(text, mentions)
        day = written_on(written, items)
        sentences = Sentences(text)
        found = [
            *mismatch_findings(text, items, self._known, self.facts),
            *act_findings(items, self.linker.registry, self.facts, day, sentences),
            *figure_findings(text, mentions, self.facts, self._areas, sentences),
            *ended_findings(text, mentions, self.facts, day, sentences),
            *name_findings(text, mentions, self._names, self.facts),
        ]
        return day, in_order(found)
