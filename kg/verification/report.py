"""`egovkg verify`: every selector and figure against the texts, and which numbers of the texts no claim carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kg.curation.passages import SourceText, check_figure, check_passage, read_texts
from kg.curation.records import Curated
from kg.errors import UnusableInput
from kg.findings import Finding
from kg.terms import Terms
from kg.verification.carrying import carried_by
from kg.verification.citations import cited_works
from kg.verification.coverage import Share, State, Verdict, check_reasons, judge, shares, tables
from kg.verification.texts import Match, check_text, match_texts


@dataclass(frozen=True)
class Failure:
    """One thing that is not as recorded; `reference` is `document/passage`, the document alone where the whole text is meant."""

    reference: str
    finding: Finding


@dataclass(frozen=True)
class Checked:
    """What came of one document: `selectors` and `figures` count those that are true, of all that it has.

    `without` passages have no selector. `file` is None, and nothing is judged, where the folder has no text of it.
    """

    slug: str
    file: Path | None
    altered: bool
    selectors: Share
    without: int
    figures: Share
    tables: Share
    verdicts: tuple[Verdict, ...]
    failures: tuple[Failure, ...]

    @property
    def verified(self) -> bool:
        """Whether the text at hand is the one that the record was made from."""
        return self.file is not None and not self.altered

    def count(self, state: State) -> int:
        """Return how many numbers of the text are in a state."""
        return Counter(verdict.state for verdict in self.verdicts)[state]

    @property
    def shares(self) -> tuple[Share, Share, Share]:
        """The shares of the numbers in tables, of all numbers but dates, and of dates that some claim carries."""
        return shares(self.verdicts)


@dataclass(frozen=True)
class Report:
    """What `egovkg verify` found, by document; `strangers` are files of the folder that are no document's text."""

    documents: tuple[Checked, ...]
    strangers: tuple[Path, ...]

    @property
    def failures(self) -> list[Failure]:
        """Everything that is not as recorded."""
        return [failure for document in self.documents for failure in document.failures]

    @property
    def missing(self) -> list[str]:
        """The documents that have no text in the folder: not verified."""
        return [document.slug for document in self.documents if document.file is None]


def verify(curated: Curated, terms: Terms, folder: Path, document: str | None = None) -> Report:
    """Verify the documents of the records (or one) against the texts of a folder; raises UnusableInput where none is there."""
    texts = read_texts(folder)
    records = curated.of_kind("document")
    if document is not None:
        slug = document.removeprefix("document/")
        records = [record for record in records if record.slug == slug]
        if not records:
            near = get_close_matches(slug, [record.slug for record in curated.of_kind("document")], 3)
            hint = f"did you mean {' or '.join(near)}?" if near else "give the name of its file in document/, without .yaml"
            raise UnusableInput(f"there is no document {slug!r}; {hint}")
    matches = match_texts(curated, texts, records)
    if not any(match.source for match in matches):
        what = document or "any document"
        raise UnusableInput(f"no text in {folder} is that of {what}; its digest must be the `text` of the document's record")
    checked = tuple(_documents(matches, curated, terms))
    known = {record.form.text.sha256 for record in curated.of_kind("document") if record.form.text}
    taken = {item.file for item in checked}
    return Report(checked, tuple(text.path for text in texts if text.path not in taken and text.sha256 not in known))


def check_unclaimed(curated: Curated, terms: Terms, sources: Mapping[str, str]) -> Iterator[Finding]:
    """Find explanations of unclaimed numbers that are wrong, in every document whose text is among the sources (by digest)."""
    texts = [SourceText(Path(), text) for text in sources.values()]
    records = [record for record in curated.of_kind("document") if record.form.unclaimed]
    for item in _documents(match_texts(curated, texts, records), curated, terms):
        yield from (failure.finding for failure in item.failures if failure.finding.rule == "Document-unclaimed")


def _documents(matches: list[Match], curated: Curated, terms: Terms) -> Iterator[Checked]:
    carried, works = carried_by(curated, terms), cited_works(curated)
    for match in matches:
        slug, passages = match.record.slug, match.passages
        anchored = [passage for passage in passages if passage.form.start is not None]
        cells = [cell for cell in curated.cells if (place := curated.passages.get(cell.passage)) and place.document == slug]
        if match.source is None:
            none = Share(0, len(cells))
            yield Checked(slug, None, False, Share(0, len(anchored)), len(passages) - len(anchored), none, Share(0, 0), (), ())
            continue
        text = match.source.text
        broken = [Failure(passage.reference, finding) for passage in passages for finding in check_passage(passage, text)]
        unprinted = [Failure(c.passage, finding) for c in cells for finding in check_figure(c, curated.passages[c.passage], text)]
        verdicts = () if match.altered else tuple(judge(text, match.record, passages, carried, works))
        reasons = [] if match.altered else [Failure(*pair) for pair in check_reasons(match.record, verdicts)]
        whole = [Failure(slug, finding) for finding in check_text(match)]
        bad = {failure.reference for failure in broken}
        sound = sum(passage.reference not in bad for passage in anchored)
        yield Checked(
            slug=slug,
            file=match.source.path,
            altered=match.altered,
            selectors=Share(sound, len(anchored)),
            without=len(passages) - len(anchored),
            figures=Share(len(cells) - len(unprinted), len(cells)),
            tables=tables(passages, verdicts),
            verdicts=verdicts,
            failures=(*whole, *broken, *unprinted, *reasons),
        )
