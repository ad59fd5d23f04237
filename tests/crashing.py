"""A service that is killed in the middle of writes, for tests and benchmarks."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from kg.store.journal import Journal
from kg.store.oxigraph import OxigraphStore

TOKEN = "a-token-for-crashes"
PAIR = "INSERT DATA {{ <x:{n}> <x:left> {n} . GRAPH <x:g{n}> {{ <x:{n}> <x:right> {n} }} }}"


@dataclass
class Tally:
    """What was acknowledged: numbers of pairs, releases, and how many kills there were."""

    acknowledged: set[int] = field(default_factory=set)
    releases: list[str] = field(default_factory=list)
    sent: int = 0
    kills: int = 0


class Service:
    """`egovkg serve` over a plain store in a process of its own."""

    def __init__(self, path: Path, **environment: str) -> None:
        settings = {"EGOVKG_EMPTY": "1", "EGOVKG_SHACL": "off", "EGOVKG_TOKEN": TOKEN, **environment}
        command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", "--store", str(path)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **settings})
        assert self.process.stderr is not None
        self.url = ""
        for line in self.process.stderr:
            if line.startswith("serving "):
                self.url = line.split()[-1]
                break
        assert self.url, "the service did not start"

    def kill(self) -> None:
        """End the process as a power switch does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process as an operator does."""
        self.process.terminate()
        self.process.communicate()


def write(client: httpx.Client, update: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
    return client.post("/update", content=update, headers=headers)


def killed_while_writing(path: Path, tally: Tally, writes: int, clients: int = 2, **environment: str) -> None:
    """Write pairs from several clients, kill the service after so many are acknowledged, and note all that it acknowledged."""
    service = Service(path, **environment)
    enough = threading.Event()
    goal = len(tally.acknowledged) + writes
    lock = threading.Lock()

    def work() -> None:
        with httpx.Client(base_url=service.url, timeout=30) as client:
            while True:
                with lock:
                    tally.sent += 1
                    number = tally.sent
                try:
                    answer = write(client, PAIR.format(n=number))
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    with lock:
                        tally.acknowledged.add(number)
                        tally.releases.append(answer.json()["release"])
                        if len(tally.acknowledged) >= goal:
                            enough.set()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    assert enough.wait(600), "no write was acknowledged"
    time.sleep(random.uniform(0, 0.01))
    service.kill()
    tally.kills += 1
    for thread in threads:
        thread.join()


def check(path: Path, tally: Tally) -> tuple[set[int], set[int]]:
    """Return the acknowledged numbers that are lost, and those of which only a half is there."""
    store = OxigraphStore(path)
    found = [
        {int(row["n"].value) for row in store.rows(f"SELECT ?n {{ {body} }}")}
        for body in ("?s <x:left> ?n", "GRAPH ?g { ?s <x:right> ?n }")
    ]
    store.close()
    journal = {entry.after for entry in Journal(path).entries()}
    assert set(tally.releases) <= journal, "the journal lost an acknowledged write"
    return tally.acknowledged - (found[0] & found[1]), found[0] ^ found[1]


def main() -> None:
    """Kill the service a hundred times and say what was lost: `python -m tests.crashing [KILLS]`."""
    import tempfile

    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 100):
            killed_while_writing(path, tally, random.randint(1, 20))
        lost, half = check(path, tally)
    print(f"{tally.kills} kills, {len(tally.acknowledged)} acknowledged writes: {len(lost)} lost, {len(half)} half there")


if __name__ == "__main__":
    main()
