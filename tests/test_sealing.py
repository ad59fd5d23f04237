"""A sealed process reaches nothing but its own folder, and a store of many files can still be read in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.store.sealing import keeps_files

_TRY = """
import os, socket, sys, threading
from kg.store.sealing import seal
own, other = sys.argv[1:3]
here = os.getcwd()
seal(own)
def tried():
    try:
        {attempt}
        print("done")
    except OSError as error:
        print(type(error).__name__)
thread = threading.Thread(target=tried)
thread.start()
thread.join()
"""
REACHING_OUT = {
    "reading another file": "open(other).read()",
    "writing another file": "open(other + '2', 'w')",
    "cutting another file": "os.truncate(other, 0)",
    "moving a file out": "os.rename(own + '/file', other + '3')",
    "a socket": "socket.socket()",
    "a socket without a network": "socket.socket(socket.AF_UNIX)",
    "a pair of sockets": "socket.socketpair()",
    "another program": "os.execv(sys.executable, [sys.executable])",
}

needs_kernel = pytest.mark.skipif(not keeps_files(), reason="this kernel has not both Landlock and seccomp")


def _tried(attempt: str, folder: Path) -> str:
    own = folder / "own"
    own.mkdir()
    (own / "file").write_text("mine")
    (folder / "other").write_text("not mine")
    script = _TRY.format(attempt=attempt)
    run = subprocess.run([sys.executable, "-c", script, str(own), str(folder / "other")], capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.mark.parametrize("attempt", REACHING_OUT.values(), ids=REACHING_OUT)
def test_a_sealed_process_cannot_reach_out(attempt: str, tmp_path: Path) -> None:
    assert _tried(attempt, tmp_path) in ("PermissionError", "OSError")
    assert (tmp_path / "other").read_text() == "not mine"


@needs_kernel
@pytest.mark.parametrize(
    "attempt", ["assert open(own + '/file').read() == 'mine'", "open(own + '/new', 'w').close(); os.remove(own + '/new')"]
)
def test_a_sealed_process_still_has_the_files_of_its_own_folder(attempt: str, tmp_path: Path) -> None:
    assert _tried(attempt, tmp_path) == "done"


@needs_kernel
def test_a_store_of_more_files_than_are_opened_at_once_can_be_read_in_a_sealed_process(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    store = ox.Store(str(folder))
    count = 0
    while sum(1 for _ in folder.glob("*.sst")) <= 40:
        count += 1
        store.add(ox.Quad(ox.NamedNode(f"urn:s{count}"), ox.NamedNode(f"urn:p{count}"), ox.Literal(f"a text of some length {count}")))
        store.flush()
        assert count < 1000, "the engine puts all into few files"
    del store
    script = (
        "import sys, pyoxigraph as ox; from kg.store.sealing import seal\n"
        "store = ox.Store.read_only(sys.argv[1]); seal(sys.argv[1]); print(len(list(store)))"
    )
    run = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, timeout=60, check=True)
    assert int(run.stdout) == count
