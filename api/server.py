"""The composition root: open the store that the settings name and serve it. Started by `egovkg serve`."""

from __future__ import annotations

import socket
from contextlib import closing

import uvicorn

from api.app import close_writes, create_app
from kg.config import Settings
from kg.errors import BadSetting
from kg.loading.opening import Tell, open_store


def serve(settings: Settings, tell: Tell) -> None:
    """Serve until interrupted; raises an EgovkgError where store or address cannot be had."""
    with closing(_listen(settings)) as listener, closing(open_store(settings, tell)) as store:
        app = create_app(settings, store)
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        host, port = listener.getsockname()[:2]
        tell(f"serving release {store.release()} on http://{host}:{port}")
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            close_writes(app)


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
