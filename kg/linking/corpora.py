"""Many documents, in one process or several: the same results in the same order, and one bad file never stops the rest."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.documents.reading import ENDINGS, read_document
from kg.documents.texts import Limits, UnreadableDocument
from kg.formats import N_TRIPLES
from kg.linking.annotations import as_jsonld, as_turtle, source_of, triples
from kg.linking.highlighting import as_html
from kg.linking.linker import Linker
from kg.linking.output import Linked, Run, lines
from kg.rdf import written

Render = Callable[[Linked], bytes]
FORMATS: dict[str, Render] = {
    "jsonl": lambda linked: "".join(f"{line}\n" for line in lines(linked)).encode(),
    "jsonld": as_jsonld,
    "ttl": as_turtle,
    "html": as_html,
}
"""What linked documents are written as, by name."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its output, or what is wrong with it; how many mentions, what its reader should know.

    `source` is the IRI by which annotations call the document, `graph` what a store keeps of it (N-Triples), where it was asked for.
    """

    name: str
    output: bytes
    mentions: int
    notes: tuple[str, ...]
    error: str = ""
    source: str = ""
    graph: bytes = b""


@dataclass(frozen=True)
class Task:
    """How documents are linked: the output's format (empty: none), what is known of them, whether their graph is wanted too."""

    format: str = "jsonl"
    run: Run = field(default_factory=Run)
    graph: bool = False
    limits: Limits = field(default_factory=Limits)

    def done(self, linker: Linker, data: bytes, name: str) -> Outcome:
        """Link one document from its bytes."""
        try:
            document = read_document(data, name, self.limits)
        except UnreadableDocument as error:
            return Outcome(name, b"", 0, (), str(error))
        mentions = linker.link(document.text, self.run.language, self.run.written)
        linked = Linked(name, source_of(data), document, mentions, self.run)
        output = FORMATS[self.format](linked) if self.format else b""
        graph = written(triples(linked), N_TRIPLES) if self.graph else b""
        return Outcome(name, output, len(mentions), document.notes, source=linked.source, graph=graph)

    def done_file(self, linker: Linker, path: Path) -> Outcome:
        """Link one file."""
        try:
            if path.stat().st_size > self.limits.file:
                return Outcome(str(path), b"", 0, (), f"the document has more than the {self.limits.file:,} bytes that are read; split it")
            data = path.read_bytes()
        except OSError as error:
            return Outcome(str(path), b"", 0, (), f"cannot be read: {error.strerror}")
        return self.done(linker, data, str(path))


def source_of_file(path: Path, limits: Limits = Limits()) -> str:
    """Return the name of a file by its bytes, empty where it cannot be read or is too large: linking it says so."""
    try:
        return source_of(path.read_bytes()) if path.stat().st_size <= limits.file else ""
    except OSError:
        return ""


def documents_in(folder: Path) -> list[Path]:
    """Return the documents of a folder and those below it, in order of their names; other files and hidden ones are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


_worker: tuple[Linker, Task] | None = None


def _begin(linker: Linker, task: Task) -> None:
    global _worker
    _worker = (linker, task)


def _work(path: Path) -> Outcome:
    assert _worker
    linker, task = _worker
    return task.done_file(linker, path)


def link_files(linker: Linker, paths: Sequence[Path], task: Task, jobs: int = 1) -> Iterator[Outcome]:
    """Yield what became of each file, in the order given, whatever the number of processes."""
    if jobs <= 1 or len(paths) < 2:
        for path in paths:
            yield task.done_file(linker, path)
        return
    with multiprocessing.get_context("fork").Pool(min(jobs, len(paths)), _begin, (linker, task)) as pool:
        yield from pool.imap(_work, paths)
