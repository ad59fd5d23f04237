"""Score predicted mentions against gold: strict spans, link accuracy, traps; as the shared scorer counts, without its inventory."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HELD_OUT = Path(__file__).resolve().parent / "linking_held_out"
SETS = ("first", "second", "third", "fourth", "fifth")
_SESSION = re.compile(r"^(act:KZ-[ZK]-\d+(?:-\d+)?)-[IVXL]+(?=-\d{4}|$)")

Item = dict[str, Any]


@dataclass
class Scores:
    """What was asked, what was found, what of it is right; `errors` in words."""

    gold: int = 0
    predicted: int = 0
    strict: int = 0
    overlapping: int = 0
    linked: int = 0
    traps: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Return the strict F1."""
        return 2 * self.strict / (self.gold + self.predicted) if self.gold + self.predicted else 1.0

    @property
    def link_accuracy(self) -> float:
        """Return the share of overlapping pairs whose key is one of those accepted."""
        return self.linked / self.overlapping if self.overlapping else 1.0


def held_out(name: str) -> list[Item]:
    """Return the passages of a held-out set."""
    return [json.loads(line) for line in (HELD_OUT / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def score(passages: Sequence[Item], predicted: Sequence[Item], least: float = 0.0) -> Scores:
    """Score the annotations with a score of at least `least`; names that no set asks for are left out where nothing is said of them."""
    found = Scores()
    asked = {key for passage in passages for item in passage["annotations"] for key in item["accept"]}
    annotations = {line["id"]: line["annotations"] for line in predicted}
    for passage in passages:
        _score_one(passage, [item for item in annotations[passage["id"]] if item["score"] >= least], asked, found)
    return found


def _score_one(passage: Item, items: list[Item], asked: set[str], found: Scores) -> None:
    text, gold = passage["text"], passage["annotations"]
    kept = []
    for item in items:
        touches = any(_overlap(item, other) for other in gold)
        nested = item["type"] != "act" and any(other["type"] == "act" and _overlap(item, other) for other in gold)
        if nested or (not touches and any(_overlap(item, other) for other in passage["optional"])):
            continue
        trap = not touches and any(_overlap(item, other) for other in passage["negatives"])
        if (trap and not item["key"]) or (not touches and not trap and item["type"] != "act" and item["key"] not in asked):
            continue
        if trap:
            found.traps += 1
        kept.append(item)
    found.gold += len(gold)
    found.predicted += len(kept)
    pairs = [(item, other) for item in kept for other in gold if item["type"] == other["type"] and _overlap(item, other)]
    for item, other in pairs:
        found.overlapping += 1
        right = _plain(item["key"]) in {_plain(key) for key in other["accept"]}
        found.linked += right
        same = (item["start"], item["end"]) == (other["start"], other["end"])
        found.strict += same
        if not (right and same):
            found.errors.append(f"{passage['id']}: {other['surface']!r} as {text[item['start'] : item['end']]!r}, {item['key']}")
    for other in gold:
        if all(other is not right for _, right in pairs):
            found.errors.append(f"{passage['id']}: missed {other['surface']!r}")
    for item in kept:
        if all(item is not left for left, _ in pairs):
            found.errors.append(f"{passage['id']}: too much {text[item['start'] : item['end']]!r}, {item['key']}")


def _overlap(some: Item, other: Item) -> bool:
    return bool(some["start"] < other["end"] and other["start"] < some["end"])


def _plain(key: str | None) -> str:
    """Return a key as it is compared: the session of a law's number and the last underscore of an identifier do not count."""
    return _SESSION.sub(r"\1", key or "").rstrip("_").lower()
