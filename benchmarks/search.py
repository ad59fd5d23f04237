"""Measure search on a million made-up labels: SQLite's FTS5 as egovkg uses it, and tantivy. `python -m benchmarks.search [LABELS]`.

tantivy is asked where it is installed (`pip install tantivy`); egovkg does not need it. The labels are made of the words of the
curated graph's own, in their frequency, so that common words are common; the same ones are asked of both.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from kg.loading.dataset import build
from kg.namespaces import ID
from kg.search.folding import forms
from kg.search.index import Index
from kg.search.indexing import fill
from kg.search.questions import Asked
from kg.search.reading import Thing, read_things
from kg.store.letters import fold
from kg.store.oxigraph import OxigraphStore

RUNS = 7
_SYLLABLES = tuple(a + b for a in "блктмнрсжгш" for b in "аеиоуы")
_QUERIES = {
    "exact label": "", "number": "", "prefix of a label": "Развитие циф", "two words": "digital services", "a common word": "Kazakhstan",
    "inflected (ru)": "цифрового правительства", "inflected (kk)": "мемлекеттік қызметтердің", "part of words": "gital ervic",
    "transliterated": "tsifrovoye pravitelstvo", "misspelt": "",  "nothing": "xqzv wqkjx",
}  # fmt: skip


def made_things(count: int) -> Iterator[Thing]:
    """Yield things with three labels each, made of the words of the curated labels and of made-up names."""
    store = OxigraphStore()
    store.fill(build().nquads)
    words: dict[str, list[str]] = {"en": [], "ru": [], "kk": []}
    for thing in read_things(store):
        for text, language, _ in thing.names:
            if language in words:
                words[language] += text.split()
    dice = random.Random(20240229)
    made = ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 5))).capitalize() for _ in range(50_000)]
    for number in range(count // 3):
        name = dice.choice(made)
        names = [(" ".join([*dice.choices(words[tag], k=dice.randint(2, 7)), name]), tag, "prefLabel") for tag in words]
        kind = dice.choice(("act", "observation", "document", "service"))
        thing = Thing(f"{ID}{kind}/made-{number}", [*names, (f"made-{number}", "", "slug"), (str(number), "", "number")])
        thing.begin, thing.end, thing.documents = "2010-01-01", f"20{dice.randint(10, 30)}-12-31", [f"{ID}document/d{number % 20}"]
        yield thing


def main() -> None:
    """Print index time, size, memory and query times: processor time, for the machines are shared."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    things = list(made_things(count))
    middle = things[len(things) // 2]
    label = next(text for text, tag, _ in middle.names if tag == "ru")
    longest = max(label.split(), key=len)
    queries = _QUERIES | {
        "exact label": label,
        "number": middle.names[-1][0],
        "misspelt": label.replace(longest, longest[:2] + longest[3:]),
    }
    print(f"{sum(len(thing.names) - 2 for thing in things):,} labels of {len(things):,} things; SQLite {sqlite3.sqlite_version}")
    folder = Path(tempfile.mkdtemp())
    _sqlite(things, folder / "index", queries)
    _tantivy(things, folder / "tantivy", queries)


def _sqlite(things: list[Thing], path: Path, queries: dict[str, str]) -> None:
    begin = time.process_time()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    fill(connection, things, "made")
    connection.close()
    print(f"FTS5: index {time.process_time() - begin:.1f} s, {path.stat().st_size / 1e6:.0f} MB, {_memory()}")
    print(f"FTS5: a process that opens the index and searches it: {_memory_of_a_reader(path, queries)} MB of its own after all queries")
    index = Index(path)
    for what, query in queries.items():

        def ask(query: str = query) -> int:
            index._counts.clear()
            return index.search(Asked(query), 0, 50).counts.count

        _say("FTS5", what, ask, "things")


def _tantivy(things: list[Thing], path: Path, queries: dict[str, str]) -> None:
    try:
        import tantivy
    except ImportError:
        print("tantivy is not installed: not measured")
        return
    path.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("thing", stored=True, indexed=True, fast=True)
    builder.add_text_field("kind", stored=False, tokenizer_name="raw", fast=True)
    builder.add_text_field("text", stored=True)
    builder.add_text_field("whole", stored=False, tokenizer_name="raw")
    builder.add_text_field("stems", stored=False, tokenizer_name="whitespace")
    index = tantivy.Index(builder.build(), path=str(path))
    begin = time.process_time()
    writer = index.writer(200_000_000, 1)
    stems: dict[tuple[str, str], str] = {}
    for number, thing in enumerate(things):
        for text, language, _ in thing.names:
            folded = fold(text)
            for word in folded.split():
                if (word, language) not in stems:
                    stems[word, language] = " ".join(forms(word, language))
            stemmed = " ".join(stems[word, language] for word in folded.split())
            document = tantivy.Document(thing=number, kind=thing.kind, text=folded, whole=folded, stems=stemmed)
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    print(f"tantivy: index {time.process_time() - begin:.1f} s, {size / 1e6:.0f} MB, {_memory()}")
    index.reload()
    searcher, schema = index.searcher(), index.schema
    query_of = tantivy.Query

    def words(query: str, one: Callable[[str], object]) -> object:
        return query_of.boolean_query([(tantivy.Occur.Must, one(word)) for word in fold(query).split()])

    def stem(word: str) -> object:
        return query_of.boolean_query([(tantivy.Occur.Should, query_of.term_query(schema, "stems", form)) for form in forms(word)])

    ways: dict[str, Callable[[str], object]] = {
        "exact label": lambda q: query_of.term_query(schema, "whole", fold(q)),
        "number": lambda q: query_of.term_query(schema, "whole", fold(q)),
        "prefix of a label": lambda q: query_of.regex_query(schema, "whole", f"{fold(q)}.*"),
        "part of words": lambda q: words(q, lambda word: query_of.regex_query(schema, "text", f".*{word}.*")),
        "misspelt": lambda q: words(q, lambda word: query_of.fuzzy_term_query(schema, "text", word, distance=1)),
        **dict.fromkeys(("inflected (ru)", "inflected (kk)", "transliterated"), lambda q: words(q, stem)),
    }
    for what, query in queries.items():
        asked = ways.get(what, lambda q: words(q, lambda word: query_of.term_query(schema, "text", word)))(query)

        def ask(asked: object = asked) -> int:
            found = searcher.search(asked, 50, count=True)
            for _, address in found.hits:
                searcher.doc(address)
            count: int = found.count
            return count

        _say("tantivy", what, ask, "names")


def _say(who: str, what: str, work: Callable[[], int], found: str) -> None:
    times, number = [], 0
    for _ in range(RUNS):
        begin = time.process_time()
        number = work()
        times.append(time.process_time() - begin)
    spread = f"{min(times) * 1000:.1f} to {max(times) * 1000:.1f}"
    print(f"{who}, {what}: median {median(times) * 1000:.1f} ms ({spread}), {number:,} {found}", flush=True)


def _memory_of_a_reader(path: Path, queries: dict[str, str]) -> str:
    """Return the anonymous memory of a new process that asks every query once: heap and tables, not pages of the file."""
    code = """import sys; from pathlib import Path; from kg.search.index import Index; from kg.search.questions import Asked
index = Index(Path(sys.argv[1]))
for query in sys.argv[2:]: index.search(Asked(query), 0, 50)
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("RssAnon")))"""
    return subprocess.run(
        [sys.executable, "-c", code, str(path), *queries.values()], check=True, capture_output=True, text=True
    ).stdout.strip()


def _memory() -> str:
    return f"peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


if __name__ == "__main__":
    main()
