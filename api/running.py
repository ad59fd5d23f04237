"""Run our own look-ups beside the event loop: a few threads with deep stacks, a time limit on each.

The engine cannot be cancelled: a look-up past its time is answered 504, but its thread goes on until it ends, and while
all threads are so held, new ones are answered 503. What clients write themselves goes to killable processes instead
(kg/store/pool.py); only a remote store is asked from here in either case, for its own server evaluates.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from kg.errors import Busy, EgovkgError, TookTooLong

T = TypeVar("T")
_LOG = logging.getLogger("egovkg")

_STACK = 64 << 20
"""Bytes of stack of a query's thread: 10,000 nested parentheses overflow the usual 8 MB and end the process."""


class Runner:
    """At most `workers` queries at a time; each in a thread of its own with a deep stack."""

    def __init__(self, workers: int, timeout: float) -> None:
        self.timeout = timeout
        self._free = asyncio.Semaphore(workers)

    async def run(self, work: Callable[[], T], timeout: float | None = None) -> T:
        """Run `work` in a thread; raises TookTooLong, or Busy where no thread came free in time."""
        limit = min(timeout or self.timeout, self.timeout)
        try:
            await asyncio.wait_for(self._free.acquire(), limit)
        except TimeoutError:
            raise Busy from None
        loop = asyncio.get_running_loop()
        future: Future[T] = Future()
        future.add_done_callback(lambda _: self._give_back(loop))
        threading.Thread(target=_work, args=(future, work), daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), limit)
        except TimeoutError:
            raise TookTooLong(limit) from None

    def _give_back(self, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(RuntimeError):  # the loop is closed: the service ended before the query
            loop.call_soon_threadsafe(self._free.release)


def _work(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except EgovkgError as error:
        future.set_exception(_bare(error))
    except BaseException as error:
        _LOG.error("unforeseen in a query thread", exc_info=error)
        future.set_exception(_bare(error))


def _bare(error: BaseException) -> BaseException:
    """Take the traceback off an error and those behind it: their frames hold what only this thread may touch."""
    behind: BaseException | None = error
    while behind is not None:
        behind.__traceback__ = None
        behind = behind.__cause__ or behind.__context__
    return error


def deepen_stacks() -> None:
    """Give the threads that the process starts from now on deep stacks (virtual memory; only what is used counts)."""
    threading.stack_size(_STACK)
