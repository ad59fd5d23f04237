"""Quality on the shared development set and the papers' act citations, by the shared scorer; where they are at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.linking.linker import Linker
from tests.linking_keys import predicted

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "linking"

pytestmark = pytest.mark.skipif(not (SHARED / "score.py").exists(), reason="the shared development set is not beside the repository")


def _scored(linker: Linker, gold: str, folder: Path, *options: str) -> tuple[dict[str, Any], str]:
    found = folder / "predicted.jsonl"
    found.write_text("".join(json.dumps(line) + "\n" for line in predicted(linker, SHARED / gold)), encoding="utf-8")
    out = folder / "scores.json"
    command = [sys.executable, "-B", "score.py", str(found), gold, "--errors", "--boot", "0", "--json", str(out), *options]
    run = subprocess.run(command, cwd=SHARED, capture_output=True, text=True, check=True)
    return json.loads(out.read_text()), run.stdout


def test_the_development_set_is_linked_with_strict_f1_of_95_and_no_trap(linker: Linker, tmp_path: Path) -> None:
    scores, printed = _scored(linker, "dev.jsonl", tmp_path)
    assert scores["all/all"]["strict"][2] >= 0.95, printed
    assert scores["all/all"]["link"] >= 0.985, printed
    assert scores["traps"][0] == 0, printed


def test_the_papers_act_citations_are_found_with_strict_f1_of_97(linker: Linker, tmp_path: Path) -> None:
    scores, printed = _scored(linker, "seeds_acts.jsonl", tmp_path, "--types", "act")
    assert scores["act/all"]["strict"][2] >= 0.97, printed
    assert scores["act/all"]["link"] >= 0.985, printed


def test_the_known_keys_of_the_shared_list_are_names_that_are_found(linker: Linker) -> None:
    keys = json.loads((SHARED / "keys.json").read_text(encoding="utf-8"))
    from tests.linking_keys import key_of

    missed = []
    for names in (group for group in keys.values() if isinstance(group, dict)):
        for key, forms in names.items():
            for form in forms:
                if key not in {key_of(mention) for mention in linker.link(form)}:
                    missed.append((key, form))
    assert missed == []


def test_the_identifiers_of_the_shared_pairs_are_derived_or_left_open_never_wrong() -> None:
    from kg.linking.identifiers import make_identifier
    from kg.linking.numbers import number_of

    derived = 0
    for line in (SHARED / "adilet_pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        letter, _, number, day, _, identifier, *_ = line.split("\t")
        if letter not in ("Z", "K", "U", "P", "P*") or not number or not day or identifier in ("P070001155", "K950001000_"):
            continue
        made = make_identifier("PS" if letter == "P*" else letter, number_of(number).bare, int(day[:4]))
        assert made == identifier or identifier == (made or "").rstrip("_"), line
        derived += 1
    assert derived > 30
