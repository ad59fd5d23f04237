"""The curated records: whole, linked, in canonical form, true to the papers' texts, and without their sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from kg.curation.formatting import canonical
from kg.curation.passages import check_drafts, check_sources, read_sources, text_of
from kg.curation.segmenting import digest
from kg.curation.strict_yaml import Plain, read_yaml
from kg.findings import Severity
from kg.loading.dataset import Dataset
from kg.resources import records_dir
from kg.terms import Terms

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
RUN = 12
TITLES = {
    "title", "name", "label", "altLabel", "hiddenLabel", "containerTitle", "publisher", "examples", "not", "authorList", "creator", "url",
}  # fmt: skip
"""Keys whose values are titles, names and addresses: these carry over as printed."""


@pytest.fixture(scope="module")
def sources() -> Mapping[str, str]:
    if not SEEDS.is_dir():
        pytest.skip("the papers' texts are not here: they are no part of the project (give them in ../shared/seeds)")
    return read_sources(SEEDS)


def test_the_records_have_no_violation(dataset: Dataset) -> None:
    assert [str(finding) for finding in dataset.report.findings if finding.severity is Severity.VIOLATION] == []


def test_every_record_is_named_in_three_languages(dataset: Dataset) -> None:
    assert [name for name, record in dataset.curated.records.items() if not {"en", "ru", "kk"} <= set(record.form.label)] == []


def test_no_draft_is_left_in_the_records(dataset: Dataset) -> None:
    assert list(check_drafts(dataset.curated)) == []


def test_every_claim_names_a_passage_of_a_record(dataset: Dataset) -> None:
    cited = {reference for record in dataset.curated.records.values() for claim in record.claims for reference in claim.passages}
    assert cited
    assert cited <= set(dataset.curated.passages)


def test_every_document_that_is_cited_by_passage_has_an_authority(dataset: Dataset) -> None:
    documents = {passage.document for passage in dataset.curated.passages.values()}
    without = [slug for slug in documents if not dataset.curated.records[f"document/{slug}"].form.authority]
    assert without == []


def test_every_indicator_with_figures_says_its_usual_unit(dataset: Dataset) -> None:
    indicators = {cell.indicator for cell in dataset.curated.cells}
    assert [slug for slug in sorted(indicators) if not dataset.curated.records[f"indicator/{slug}"].form.unit] == []


def test_fixing_a_record_loses_nothing(dataset: Dataset) -> None:
    for record in dataset.curated.of_kind("programme") + dataset.curated.of_kind("act"):
        text = Path(record.source.file).read_text(encoding="utf-8")
        assert read_yaml(canonical(text)).data == read_yaml(text).data, record.name


def test_lists_are_read_as_any_yaml_reader_does(dataset: Dataset) -> None:
    for record in dataset.curated.of_kind("indicator"):
        text = Path(record.source.file).read_text(encoding="utf-8")
        assert yaml.load(text, Loader=yaml.BaseLoader) == read_yaml(text).data, record.name


# Against the papers' texts


def test_the_texts_of_both_papers_are_those_that_the_records_were_made_from(dataset: Dataset, sources: Mapping[str, str]) -> None:
    known = [record.slug for record in dataset.curated.of_kind("document") if text_of(record, sources)]
    assert {"abil-2023", "orazgaliyeva-2023"} <= set(known)


def test_every_selector_and_every_printed_figure_is_true_to_the_text(dataset: Dataset, sources: Mapping[str, str]) -> None:
    assert [str(finding) for finding in check_sources(dataset.curated, sources)] == []


def test_a_selector_that_is_off_by_one_would_be_seen(dataset: Dataset, sources: Mapping[str, str]) -> None:
    for passage in dataset.curated.passages.values():
        text = text_of(dataset.curated.records[f"document/{passage.document}"], sources)
        if text is not None and passage.form.start is not None and passage.form.end is not None:
            assert digest(text[passage.form.start + 1 : passage.form.end + 1]) != passage.form.sha256, passage.reference


def test_the_records_share_no_sentence_with_a_paper(sources: Mapping[str, str]) -> None:
    runs = {run for text in sources.values() for run in _runs(text)}
    copied = [f"{path.name}: {text[:80]}" for path in _files() for text in _texts(path) if runs & set(_runs(text))]
    assert copied == []


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _files() -> list[Path]:
    return sorted(path for path in records_dir().rglob("*") if path.suffix in (".yaml", ".csv"))


def _texts(path: Path) -> Iterator[str]:
    """Yield every text of a record file that is neither a title nor a name; every line of an observation file."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        yield from content.splitlines()
    else:
        yield from _leaves(read_yaml(content).data)


def _leaves(data: Plain) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _leaves(item)
    else:
        for key, value in data.items():
            if key not in TITLES:
                yield from _leaves(value)


def test_the_search_for_copied_sentences_finds_one(tmp_path: Path) -> None:
    sentence = "one two three four five six seven eight nine ten eleven twelve"
    path = tmp_path / "x.yaml"
    path.write_text(f"claims:\n  - title: {{en: {sentence}}}\n    description: {{en: As they say {sentence}.}}\n", encoding="utf-8")
    copied = [text for text in _texts(path) if set(_runs(text)) & set(_runs(sentence.upper()))]
    assert copied == [f"As they say {sentence}."]


def test_every_class_of_a_record_is_of_its_folder(dataset: Dataset, terms: Terms) -> None:
    for record in dataset.curated.records.values():
        assert record.classes
        assert {cls.kind for cls in record.classes} == {record.kind}
