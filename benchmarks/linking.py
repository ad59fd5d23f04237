"""Measure linking: `python -m benchmarks.linking [TEXT…]`. Plain text per second with 100,000 names, against a bare automaton.

Texts are files of plain text; without any, passages of the records' examples in three languages are repeated. CPU time of one
process; trust the ratios, the machines are shared.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median

import ahocorasick

from kg.linking.lexicon import Lexicon, read_lexicon
from kg.linking.linker import Linker
from kg.linking.registry import read_registry
from kg.linking.things import Thing, read_things
from kg.loading.dataset import build
from kg.namespaces import ID
from kg.store.oxigraph import OxigraphStore

NAMES, RUNS, SIZE = 100_000, 5, 1_000_000
_FILLER = {
    "ru": "Министерство продолжает работу по повышению качества государственных услуг в регионах, где доступ к сети ограничен. ",
    "kk": "Министрлік мемлекеттік қызметтердің сапасын арттыру бойынша жұмысты жалғастыруда, желіге қолжетімділік шектеулі өңірлерде. ",
    "en": "The ministry continues its work on the quality of public services, also in regions whose access is still limited. ",
}


def main() -> None:
    """Print one line for each figure."""
    store = OxigraphStore()
    store.fill(build().nquads)
    began = time.process_time()
    registry, own = read_registry(store), read_lexicon(store)
    print(f"linker of the graph: {time.process_time() - began:.2f} s CPU, {len(own):,} forms, {len(registry.acts):,} acts")
    began = time.process_time()
    lexicon = _large(store)
    print(f"lexicon of {len(lexicon):,} forms: {time.process_time() - began:.1f} s CPU")
    linker = Linker(registry, lexicon)
    bare = ahocorasick.Automaton()
    for form in lexicon.forms():
        bare.add_word(form, form)
    bare.make_automaton()
    for name, text in _texts(store):
        size = len(text.encode()) / 1e6
        whole = _cpu(lambda text=text: linker.link(text))  # type: ignore[misc]
        floor = _cpu(lambda text=text: sum(1 for _ in bare.iter(text)))  # type: ignore[misc]
        found = len(linker.link(text))
        speeds = f"{size / whole:.2f} MB/s; bare automaton {size / floor:.1f} MB/s; ratio {whole / floor:.1f}"
        print(f"{name}: {size:.1f} MB, {found:,} mentions: {speeds}")
    _beside_eyecite(linker, _texts(store))
    print(f"peak memory, MB: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


def _beside_eyecite(linker: Linker, texts: list[tuple[str, str]]) -> None:
    """Compare with eyecite, which finds citations of American cases, on the texts in English; it is no dependency."""
    try:
        eyecite = import_module("eyecite")
    except ModuleNotFoundError:
        print("beside eyecite: skipped, eyecite is not installed (pip install eyecite)")
        return
    for name, text in texts:
        if _language(text) != "en":
            continue
        size = len(text.encode()) / 1e6
        own, peer = _cpu(lambda text=text: linker.link(text)), _cpu(lambda text=text: eyecite.get_citations(text))  # type: ignore[misc]
        print(f"{name} beside eyecite: {size / own:.2f} and {size / peer:.2f} MB/s; eyecite takes {peer / own:.2f} times as long")


def _large(store: OxigraphStore) -> Lexicon:
    """Return the graph's lexicon with made-up names up to 100,000 forms."""

    things = read_things(store)
    chance = random.Random(7)
    syllables = ["ka", "zan", "ter", "mol", "бай", "тау", "рек", "сор", "жол", "қала", "дам", "en", "is", "ov"]
    count = len(Lexicon(things))
    for number in range(NAMES - count):
        name = " ".join("".join(chance.choices(syllables, k=3)).capitalize() for _ in range(2)) + f" {number}"
        things.append(Thing(f"{ID}programme/made-{number}", "programme", [("prefLabel", name, "xx")]))
    return Lexicon(things)


def _texts(store: OxigraphStore) -> list[tuple[str, str]]:
    if files := sys.argv[1:]:
        return [(Path(file).name, _sized(Path(file).read_text(encoding="utf-8"))) for file in files]
    examples = [row["text"].value for row in store.rows("SELECT ?text WHERE { ?thing egov:linkExample ?text }")]
    made = []
    for language, filler in _FILLER.items():
        chosen = [text for text in sorted(examples) if _language(text) == language]
        random.Random(7).shuffle(chosen)
        made.append((f"made-up {language}", _sized("".join(f"{filler * 2}{text}. " for text in chosen))))
    return made


def _language(text: str) -> str:
    if any(char in "әғқңөұүі" for char in text.lower()):
        return "kk"
    return "ru" if any("а" <= char <= "я" for char in text.lower()) else "en"


def _sized(text: str) -> str:
    return (text * (SIZE // max(1, len(text.encode())) + 1))[:SIZE]


def _cpu(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return median(times)


if __name__ == "__main__":
    main()
