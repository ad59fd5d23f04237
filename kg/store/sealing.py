"""A process closes itself off: no socket, no program, no file but those of one folder, for good and without any privilege.

Two means of Linux: Landlock says which files may be opened, a seccomp filter which system calls are made. Both are asked of
the kernel directly, for it takes two structures and a dozen instructions. Where a kernel has not both, nothing at all can be
opened any more; then a store must be in memory before, because RocksDB opens most of its files only when they are read.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from functools import cache

_NO_NEW_PRIVILEGES = 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION = 1
_PATH_BENEATH = 1
_FIRST_RIGHTS = 13
"""Rights over files that the first version of Landlock knew; each later version that counts here added one."""
_RIGHTS_OF = {1: 13, 2: 14, 3: 15, 4: 15}
_WRITE, _READ, _LIST, _REMOVE, _MAKE, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8, 1 << 14
_WITHIN = _WRITE | _READ | _LIST | _REMOVE | _MAKE | _TRUNCATE

_SET_FILTER, _ALL_THREADS = 1, 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
"""Where the filter finds the number of the system call and the architecture."""
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13
_X32 = 0x40000000


class _Machine:
    """What differs by architecture: its name for the kernel, the number of seccomp, and the calls that are refused."""

    def __init__(self, name: int, seccomp: int, **refused: int) -> None:
        self.name, self.seccomp, self.refused = name, seccomp, tuple(refused.values())


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E, 317, socket=41, connect=42, socketpair=53, execve=59, ptrace=101, execveat=322, io_uring_setup=425
    ),
    "aarch64": _Machine(
        0xC00000B7, 277, socket=198, connect=203, socketpair=199, execve=221, ptrace=117, execveat=281, io_uring_setup=425
    ),
}  # fmt: skip


@cache
def keeps_files() -> bool:
    """Say whether a sealed process can still open the files of its own folder here."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    filtering = libc.syscall(_MACHINES[platform.machine()].seccomp, _SET_FILTER, _ALL_THREADS, None) == -1
    return filtering and ctypes.get_errno() == 14 and libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION) >= 1


def seal(folder: str | None) -> None:
    """Close the process off. `folder` stays open to this thread and those that it starts, where `keeps_files` says so.

    Raises OSError where the kernel refuses, so that nothing goes on unsealed.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not keeps_files() or folder is None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if keeps_files():
        libc = ctypes.CDLL(None, use_errno=True)
        _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        if folder is not None:
            _only_files_of(libc, folder)
        _no_calls(libc, _MACHINES[platform.machine()])


def _only_files_of(libc: ctypes.CDLL, folder: str) -> None:
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    rights = (1 << _RIGHTS_OF.get(version, _FIRST_RIGHTS + 3)) - 1
    handled = struct.pack("=Q", rights)
    rules = _checked(libc.syscall(_LANDLOCK_CREATE, handled, ctypes.c_size_t(len(handled)), 0))
    place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    _checked(libc.syscall(_LANDLOCK_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", _WITHIN & rights, place), 0))
    _checked(libc.syscall(_LANDLOCK_RESTRICT, rules, 0))
    os.close(place)
    os.close(rules)


def _no_calls(libc: ctypes.CDLL, machine: _Machine) -> None:
    """Refuse the machine's calls, and all calls in the manner of another architecture."""
    count = len(machine.refused)
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 0, count + 3, machine.name), (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, count + 1, 0, _X32)]
    steps += [(_EQUAL, count - place, 0, number) for place, number in enumerate(machine.refused)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(code))
    _checked(libc.syscall(machine.seccomp, _SET_FILTER, _ALL_THREADS, program))


def _checked(answer: int) -> int:
    if answer < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"the process cannot be sealed: {os.strerror(error)}")
    return answer
