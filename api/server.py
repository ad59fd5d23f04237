"""The composition root: open the store that the settings name and serve it. Started by `egovkg serve`."""

from __future__ import annotations

import ctypes
import gc
import resource
import socket
from contextlib import closing, suppress
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.app import close_writes, create_app
from api.joining import JoiningProtocol
from kg.config import Settings
from kg.errors import BadSetting
from kg.loading.opening import Tell, open_store

_REST = 65
"""Seconds that a connection may rest between two requests: longer than clients and proxies keep one, who would else find it closed
just as they send."""
_FILES = 65_536
"""Open files, at most, where the system allows so many: connections at rest are files too, and the usual limit is 1,024."""
_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""


def serve(settings: Settings, tell: Tell) -> None:
    """Serve until interrupted; raises an EgovkgError where store or address cannot be had."""
    _share_memory()
    _allow_files()
    with closing(_listen(settings)) as listener, closing(open_store(settings, tell)) as store:
        app = create_app(settings, store)
        config = configured(app, log_level="warning")
        host, port = listener.getsockname()[:2]
        gc.collect()
        gc.freeze()  # what is there now stays; to look through it took 50 ms each time
        release = store.release()
        tell(f"serving {f'release {release}' if release else 'a store without a release'} on http://{host}:{port}")
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            close_writes(app)


def configured(app: FastAPI, **options: Any) -> uvicorn.Config:
    """Return how the app is served, here as in tests and benchmarks."""
    return uvicorn.Config(app, http=JoiningProtocol, access_log=False, server_header=False, timeout_keep_alive=_REST, **options)


def _share_memory() -> None:
    """Have all threads of this process take memory from two pools, where the C library is glibc.

    Each look-up has a thread of its own, and with a pool for each (eight a core) what one frees is of no use to the next:
    the service grew by some 17 MB a minute under load until all pools were as large as the largest look-up.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def _allow_files() -> None:
    """Raise the limit of open files as far as the system allows without asking."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that asyncio sets TCP_NODELAY
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        cure = f"that address cannot be had ({error}); give another with --port or --host"
        raise BadSetting("the address to serve on", f"{settings.host}:{settings.port}", cure) from None
    return listener
