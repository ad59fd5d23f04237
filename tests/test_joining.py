"""What uvicorn writes in one turn of the event loop goes to the socket at once, in order, and before it is closed."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from api.joining import _Joining


class Recorder(asyncio.Transport):
    """A transport that remembers what was done with it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("here", 1)})
        self.done: list[Any] = []

    def writelines(self, list_of_data: Any) -> None:
        self.done.append(list(list_of_data))

    def is_closing(self) -> bool:
        return "closed" in self.done

    def close(self) -> None:
        self.done.append("closed")


def joining(recorder: Recorder) -> _Joining:
    return _Joining(cast("asyncio.Transport", recorder), asyncio.get_running_loop())


def test_what_is_written_in_one_turn_is_sent_in_one_piece_and_the_next_turn_s_apart() -> None:
    async def whole() -> list[Any]:
        recorder = Recorder()
        transport = joining(recorder)
        transport.write(b"head")
        transport.write(b"body")
        assert recorder.done == []
        await asyncio.sleep(0)
        transport.write(b"more")
        await asyncio.sleep(0)
        return recorder.done

    assert asyncio.run(whole()) == [[b"head", b"body"], [b"more"]]


def test_closing_sends_first_what_was_written_and_nothing_goes_out_after() -> None:
    async def whole() -> list[Any]:
        recorder = Recorder()
        transport = joining(recorder)
        transport.write(b"last words")
        transport.close()
        transport.write(b"too late")
        await asyncio.sleep(0)
        assert transport.get_extra_info("peername") == ("here", 1)
        return recorder.done

    assert asyncio.run(whole()) == [[b"last words"], "closed"]
