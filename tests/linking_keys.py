"""The graph's IRIs as the keys of the shared development set; `python -m tests.linking_keys GOLD > PRED` predicts for its scorer."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from kg.linking.linker import Linker
from kg.linking.mentions import Mention

_KINDS = {"organisation": "org"}
_PART = re.compile(r"-(?:value|rank)$")


def key_of(mention: Mention) -> str | None:
    """Return a mention's key: that of the citation for acts, kind and slug for the rest; an index is one thing, value or rank."""
    if mention.type == "act":
        return mention.key or None
    assert mention.iri
    kind, _, slug = mention.iri.partition("/id/")[2].partition("/")
    return f"{_KINDS.get(kind, kind)}:{_PART.sub('', slug) if kind == 'indicator' else slug}"


def predicted(linker: Linker, gold: Path) -> list[dict[str, Any]]:
    """Link every passage of a gold file; offsets count the characters of `text`, or of the file that a passage names."""
    found = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        text = passage.get("text") or (gold.parent.parent / passage["file"]).read_bytes().decode()
        mentions = linker.link(text)
        assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)
        annotations = [{"start": m.start, "end": m.end, "type": m.type, "key": key_of(m), "score": m.score} for m in mentions]
        found.append({"id": passage["id"], "annotations": annotations})
    return found


if __name__ == "__main__":
    from kg.loading.dataset import build
    from kg.store.oxigraph import OxigraphStore

    store = OxigraphStore()
    store.fill(build().nquads)
    for line in predicted(Linker.of(store), Path(sys.argv[1])):
        print(json.dumps(line, ensure_ascii=False))
