"""Quality on passages written to imitate acts, news, reports and articles, in three languages, with traps among them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.linking.linker import Linker
from tests.linking_keys import predicted
from tests.linking_scores import HELD_OUT, SETS, Item, held_out, score


def _everything() -> list[Item]:
    return [passage for name in SETS for passage in held_out(name)]


def _predicted(linker: Linker, name: str) -> list[Item]:
    return predicted(linker, Path(HELD_OUT / f"{name}.jsonl"))


@pytest.mark.parametrize("name", SETS)
def test_a_held_out_set_is_linked_with_strict_f1_of_98_and_no_trap(linker: Linker, name: str) -> None:
    scores = score(held_out(name), _predicted(linker, name))
    assert scores.f1 >= 0.98, scores.errors
    assert scores.link_accuracy >= 0.985, scores.errors
    assert scores.traps == 0, scores.errors


@pytest.mark.parametrize(("language", "least"), [("ru", 0.97), ("kk", 0.95), ("en", 0.93)])
def test_acts_are_found_in_every_language_as_well_as_is_asked(linker: Linker, language: str, least: float) -> None:
    passages = [passage for passage in _everything() if passage["lang"] == language]
    for passage in passages:
        passage["annotations"] = [item for item in passage["annotations"] if item["type"] == "act"]
    lines = [line for name in SETS for line in _predicted(linker, name)]
    acts = [{**line, "annotations": [item for item in line["annotations"] if item["type"] == "act"]} for line in lines]
    scores = score(passages, acts)
    assert scores.f1 >= least, scores.errors


def test_of_mentions_with_a_score_of_nine_tenths_99_in_100_are_right(linker: Linker) -> None:
    scores = score(_everything(), [line for name in SETS for line in _predicted(linker, name)], least=0.9)
    assert scores.predicted > 200
    assert min(scores.strict, scores.linked) / scores.predicted >= 0.99, scores.errors


def test_the_held_out_sets_hold_what_they_say() -> None:
    passages = _everything()
    assert len({passage["id"] for passage in passages}) == len(passages) >= 170
    counts = {language: sum(passage["lang"] == language for passage in passages) for language in ("ru", "kk", "en")}
    assert counts["ru"] >= 45
    assert counts["kk"] >= 40
    assert counts["en"] >= 35
    assert sum(len(passage["negatives"]) for passage in passages) >= 45
    for passage in passages:
        for item in (*passage["annotations"], *passage["negatives"], *passage["optional"]):
            assert passage["text"][item["start"] : item["end"]] == item["surface"]
        assert all(
            re.match(r"(?:act|adilet|org|programme|system|indicator|model):", key)
            for item in passage["annotations"]
            for key in item["accept"]
        )
