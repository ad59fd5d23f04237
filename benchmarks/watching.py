"""What the machine tells of a service and its workers (Linux: /proc), and a service started to be watched."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
TOKEN = "a-token-for-benchmarks"


@dataclass(frozen=True)
class Reading:
    """What a service and its workers hold now. Memory is resident, in MB; `processor`: seconds used so far, by ended workers too."""

    service: float
    workers: tuple[float, ...]
    zombies: int
    files: int
    threads: int
    processor: float


def children(pid: int) -> list[tuple[int, str]]:
    """Return id and state of the processes that a process started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))) and int(fields[1]) == pid:
            found.append((int(entry.name), fields[0]))
    return found


def reading(pid: int) -> Reading:
    """Read what a service holds; raises ProcessLookupError where it has ended."""
    fields = _stat(pid)
    if not fields or fields[0] == "Z":
        raise ProcessLookupError(pid)
    every = children(pid)
    workers = [worker for worker, state in every if state != "Z"]
    return Reading(
        _resident(pid),
        tuple(_resident(worker) for worker in workers),
        len(every) - len(workers),
        len(os.listdir(f"/proc/{pid}/fd")),
        int(fields[17]),
        sum(processor(one) for one in (pid, *workers)),
    )


def processor(pid: int) -> float:
    """Return the seconds of processor that a process and its ended children have used; 0 where it has ended."""
    return sum(map(int, _stat(pid)[11:15])) / _TICKS


def size(path: Path) -> float:
    """Return the MB of a file or of all files below a folder; a file with several names counts once."""
    seen: dict[int, int] = {}
    for entry in [path, *path.rglob("*")] if path.exists() else []:
        try:
            status = entry.lstat()
        except OSError:
            continue
        if entry.is_file():
            seen[status.st_ino] = status.st_size
    return sum(seen.values()) / 1e6


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6
    except (OSError, IndexError):
        return 0.0


class Peak:
    """The largest worker, MB, while the block runs, and the largest before it began."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.before = max((_resident(worker) for worker, _ in children(pid)), default=0.0)
        self.largest = self.before

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self.largest = max([self.largest, *(_resident(worker) for worker, _ in children(self._pid))])


def bound() -> None:
    """Die with the process that started this one: for `preexec_fn`."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def built(store: Path) -> None:
    """Build the curated graph into a store."""
    subprocess.run([sys.executable, "-m", "kg.cli", "build", "--store", str(store)], check=True, capture_output=True)


@contextmanager
def serving(store: Path, log: Path | None = None, **environment: str) -> Iterator[tuple[str, int]]:
    """Serve a store on a free port of the loopback; yields address and process id. What it says goes to a file, where one is given."""
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", "--store", str(store)]
    said = (log or Path(os.devnull)).open("a", encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("EGOVKG_")} | environment
    with said, subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ, preexec_fn=bound) as process:
        assert process.stderr
        lines = []
        for line in process.stderr:
            lines.append(line)
            if line.startswith("serving "):
                break
        else:
            raise SystemExit(f"egovkg serve ended: {''.join(lines)}")
        url = lines[-1].split()[-1]

        def copy() -> None:
            assert process.stderr
            for line in process.stderr:
                said.write(line)
                said.flush()

        copying = threading.Thread(target=copy, daemon=True)
        copying.start()
        try:
            yield url, process.pid
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
            copying.join(5)
