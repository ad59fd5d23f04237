"""Texts and passages: the canonical text, its cut into passages, quotes found exactly, drafts turned into selectors."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.curation.formatting import canonical, fix
from kg.curation.forms import PassageForm, Quote
from kg.curation.passages import anchored, check_sources, locate, read_sources
from kg.curation.segmenting import Segment, canonical_text, digest, segment, unknown_headings
from kg.errors import UnusableInput
from kg.loading.checking import check_records, fix_records
from tests.world import TEXT, World, place

MARKS = "е́й̆и̂ǎ́👩‍👩‍👧🇰🇿😀אَ한각"
CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(MARKS) | st.sampled_from("ab \n")
TEXTS = st.text(CHARACTERS, min_size=1, max_size=60).map(canonical_text)


@given(st.text(CHARACTERS))
def test_canonical_text_is_its_own_canonical_text(raw: str) -> None:
    once = canonical_text(raw)
    assert "\r" not in once
    assert unicodedata.is_normalized("NFC", once)
    assert canonical_text(once.removeprefix("\ufeff")) == once.removeprefix("\ufeff")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\ufeff"), max_size=10)))
def test_line_ends_of_any_system_give_one_canonical_text(lines: list[str]) -> None:
    assert len({canonical_text(end.join(lines)) for end in ("\n", "\r\n", "\r")}) == 1


def test_a_byte_order_mark_is_dropped_and_letters_are_composed() -> None:
    assert canonical_text("\ufeffи\u0306\r\nә") == "й\nә"


@given(TEXTS, st.data())
def test_a_unique_quote_has_its_exact_span(text: str, data: st.DataObject) -> None:
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    assume(canonical_text(words) == words and text.find(words) == start and text.find(words, start + 1) < 0)
    assert locate(words, text) == (start, end)


@given(TEXTS, st.text(CHARACTERS, min_size=1, max_size=5))
def test_a_quote_is_found_where_it_stands_once_and_refused_otherwise(text: str, words: str) -> None:
    sought = canonical_text(words)
    assume(sought)
    times = sum(text.startswith(sought, at) for at in range(len(text)))
    if times == 1:
        start, end = locate(words, text)
        assert text[start:end] == sought
    else:
        with pytest.raises(ValueError, match="not in the text" if times == 0 else "more than once"):
            locate(words, text)


@given(TEXTS, st.data())
def test_a_quote_by_first_and_last_words_spans_from_one_to_the_other(text: str, data: st.DataObject) -> None:
    assume(len(text) > 1)
    middle = data.draw(st.integers(1, len(text) - 1))
    first, last = text[:middle], text[middle:]
    assume(text.count(first) == 1 and canonical_text(first) == first and canonical_text(last) == last)
    start, end = locate(Quote.model_validate({"from": first, "to": last}), text)
    assert start == 0
    assert text[:end].endswith(last)
    assert last not in text[middle : end - 1]


def test_a_quote_found_in_decomposed_form_has_the_span_of_the_composed_text() -> None:
    assert locate("и\u0306", "ай😀") == (1, 2)


def test_last_words_that_overlap_the_first_are_not_taken_for_the_end() -> None:
    text = "abab then ab"
    start, end = locate(Quote.model_validate({"from": "abab", "to": "ab"}), text)
    assert text[start:end] == "abab then ab"


def test_a_quote_that_overlaps_itself_stands_there_twice() -> None:
    with pytest.raises(ValueError, match="more than once"):
        locate("abab", "ababab")


def test_last_words_in_decomposed_form_are_found() -> None:
    assert locate(Quote.model_validate({"from": "a", "to": "и\u0306"}), "a b й") == (0, 5)


def test_last_words_that_do_not_follow_are_refused() -> None:
    with pytest.raises(ValueError, match="does not follow"):
        locate(Quote.model_validate({"from": "second", "to": "first"}), "first second")


PAPER = canonical_text(
    "The title\n\n# 1. INTRODUCTION\n\nFirst paragraph.\n  Second paragraph.  \n\nTable 1. Figures\nyear\t2010\n\ngrowth\t\t\n"
    "Note: own work\nThird paragraph.\nTable 1 shows nothing here.\nFigure 2. A drawing\n\n"
    "**References**\n1. Doe, J. (2020). On e-govern-\nment.\n"
    "2. Roe, R. (2021).\n- a page break cut this\nNo number (2022).\n"
)


@pytest.fixture(scope="module")
def segments() -> dict[str, Segment]:
    return {part.slug: part for part in segment(PAPER, {"introduction": "1. Introduction", "references": "References"})}


def _words(part: Segment) -> str:
    return PAPER[part.start : part.end]


def test_what_stands_before_the_first_heading_is_front_matter(segments: dict[str, Segment]) -> None:
    assert (_words(segments["front-1"]), segments["front-1"].type) == ("The title", "front-matter")


def test_headings_are_no_passages_whatever_their_marks(segments: dict[str, Segment]) -> None:
    assert not any("INTRODUCTION" in _words(part) or "**" in _words(part) for part in segments.values())


def test_paragraphs_are_counted_within_their_section_without_blanks_around(segments: dict[str, Segment]) -> None:
    assert [_words(segments[f"introduction-{n}"]) for n in (1, 2, 3)] == ["First paragraph.", "Second paragraph.", "Third paragraph."]
    assert segments["introduction-2"].locator == "Introduction, par. 2"


def test_a_table_reaches_from_its_caption_over_rows_of_empty_cells_to_its_note(segments: dict[str, Segment]) -> None:
    table = segments["table-1"]
    assert (table.type, table.locator) == ("table", "Table 1")
    assert _words(table).startswith("Table 1. Figures")
    assert _words(table).endswith("growth\t\t\nNote: own work")


def test_a_sentence_that_begins_with_table_is_a_paragraph(segments: dict[str, Segment]) -> None:
    assert segments["introduction-4"].type == "paragraph"
    assert "table-1-2" not in segments


def test_a_caption_of_a_figure_is_a_passage(segments: dict[str, Segment]) -> None:
    assert (_words(segments["figure-2"]), segments["figure-2"].type) == ("Figure 2. A drawing", "figure")


def test_a_reference_that_a_page_break_cut_is_one_passage(segments: dict[str, Segment]) -> None:
    assert _words(segments["references-1"]) == "1. Doe, J. (2020). On e-govern-\nment."
    assert _words(segments["references-2"]) == "2. Roe, R. (2021).\n- a page break cut this"
    assert (_words(segments["references-3"]), segments["references-3"].locator) == ("No number (2022).", "References, 3")


def test_a_table_that_ends_in_a_row_of_empty_cells_ends_with_its_last_row() -> None:
    text = "Table 3. X\na\tb\n\t\t\nAfter.\n"
    table = segment(text, {})[0]
    assert text[table.start : table.end].rstrip() == "Table 3. X\na\tb"
    assert [part.type for part in segment(text, {})] == ["table", "front-matter"]


@given(st.text(st.sampled_from("ab \t\n1.#*-") | CHARACTERS, max_size=120).map(canonical_text), st.booleans(), st.booleans())
def test_passages_of_any_text_are_in_order_disjoint_and_leave_no_word_out(text: str, tabled: bool, wrapped: bool) -> None:
    text = f"Table 1. {text}" if tabled else text
    parts = segment(text, {"references": "a"}, wrapped=wrapped)
    edges = [edge for part in parts for edge in (part.start, part.end)]
    assert edges == sorted(edges)
    assert len({part.slug for part in parts}) == len(parts)
    assert all(part.start < part.end for part in parts)
    covered = {at for part in parts for at in range(part.start, part.end)}
    left = [line for line in _uncovered_lines(text, covered) if line.strip()]
    assert all(line.strip("#*_: \t").casefold() == "a" and not wrapped for line in left)


def _uncovered_lines(text: str, covered: set[int]) -> list[str]:
    at, found = 0, []
    for line in text.split("\n"):
        if not covered & set(range(at, at + len(line))):
            found.append(line)
        at += len(line) + 1
    return found


WRAPPED = "TITLE\n\n1. Introduction. The first\nparagraph runs on.\n\nThe second.\n\nTable 1. X\n\na b\n\nSource: own\nThe third\nends.\n"


def test_of_a_wrapped_text_a_blank_line_ends_a_paragraph_and_a_source_line_a_table() -> None:
    parts = segment(WRAPPED, {"introduction": "1. Introduction"}, wrapped=True)
    assert {part.slug: WRAPPED[part.start : part.end] for part in parts} == {
        "front-1": "TITLE",
        "introduction-1": "1. Introduction. The first\nparagraph runs on.",
        "introduction-2": "The second.",
        "table-1": "Table 1. X\n\na b\n\nSource: own",
        "introduction-3": "The third\nends.",
    }


def test_headings_that_no_line_begins_with_are_named() -> None:
    assert unknown_headings(WRAPPED, {"introduction": "1. Introduction", "results": "2. Results"}) == ["2. Results"]


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "paper.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    return read_sources(folder)


def test_texts_are_known_by_the_digest_of_their_canonical_form(sources: dict[str, str]) -> None:
    assert sources == {digest(TEXT): TEXT}


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UnusableInput, match=r"no texts"):
            read_sources(folder)


def test_the_tiny_world_agrees_with_its_text(world: World, sources: dict[str, str]) -> None:
    assert list(check_sources(check_records(world.root).curated, sources)) == []


def test_a_selector_of_other_words_is_refused(world: World, sources: dict[str, str]) -> None:
    world.change("document/doe-2020.yaml", "start: 10,", "start: 11,")
    found = list(check_sources(check_records(world.root).curated, sources))
    assert [finding.rule for finding in found] == ["Passage-digest"]
    assert "select the passage anew" in found[0].message


def test_a_figure_that_its_passage_does_not_print_is_refused_with_its_line(world: World, sources: dict[str, str]) -> None:
    world.add_row("users-share,KAZ,2011,,,13.0,percent,,,13.0%,")
    found = list(check_sources(check_records(world.root).curated, sources))
    assert [(place(finding), finding.rule) for finding in found] == [("observations/doe-2020-table-1.csv:5", "Observation-printed")]


DRAFT = "  text-2: {locator: 'Text, par. 2', quote: '%s'}\n"


def _draft(world: World, quote: str) -> None:
    world.change("document/doe-2020.yaml", "claims:", f"{DRAFT % quote}claims:")


def test_fix_turns_a_quote_into_a_selector_and_removes_the_words(world: World, sources: dict[str, str]) -> None:
    _draft(world, "three years")
    assert fix_records(world.root, [], sources) == []
    outcome = check_records(world.root)
    form = outcome.curated.passages["doe-2020/text-2"].form
    assert outcome.findings == ()
    assert TEXT[form.start : form.end] == "three years"
    assert "three years" not in world.read("document/doe-2020.yaml")


@pytest.mark.parametrize(("quote", "cure"), [("four years", "copy it exactly"), ("20", "make it longer")])
def test_a_quote_that_the_text_lacks_or_has_twice_is_refused_and_left(world: World, sources: dict[str, str], quote: str, cure: str) -> None:
    _draft(world, quote)
    before = world.read("document/doe-2020.yaml")
    found = fix_records(world.root, [], sources) + list(check_sources(check_records(world.root).curated, sources))
    assert [finding.rule for finding in found] == ["Passage-quote", "Passage-quote"]
    assert all("text-2" in finding.message and cure in finding.message for finding in found)
    assert world.read("document/doe-2020.yaml") == before


def test_fix_without_the_text_keeps_the_draft(world: World) -> None:
    _draft(world, "three years")
    fix_records(world.root, [], {})
    assert "three years" in world.read("document/doe-2020.yaml")


def test_fix_puts_keys_in_order_and_keeps_comments() -> None:
    text = "claims:\n  - stated: [a/b]\n    name: {en: x} # why\nlabel: {en: X}\n# a class\ntype: Area\n"
    fixed = canonical(text)
    assert fixed.index("type:") < fixed.index("label:") < fixed.index("claims:")
    assert fixed.index("name:") < fixed.index("stated:")
    assert "# why" in fixed
    assert "# a class" in fixed


def test_fix_changes_a_fixed_file_no_more(world: World) -> None:
    for path in sorted(world.root.rglob("*.yaml")):
        fix(path)
        assert not fix(path), path.name
    assert check_records(world.root).findings == ()


def test_a_passage_without_a_quote_is_anchored_already() -> None:
    form = PassageForm(locator="x", start=0, end=1, sha256="0" * 64)
    assert anchored(form, "abc") is form
