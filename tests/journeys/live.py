"""The register as people meet it: served on a port of this machine, with a worker that is called when a story needs it."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import uvicorn

from app.kernel import outbox
from app.kernel.database import Site
from app.main import create_app
from app.settings import Settings

STARTS_WITHIN = 20.0
"""Seconds."""


@dataclass(frozen=True)
class Live:
    """A running register: its address, and the site behind it."""

    url: str
    site: Site

    def worker(self) -> None:
        """Carry out all that is due, in a thread of its own: the browser's driver holds this one."""
        with ThreadPoolExecutor(1) as alone:
            alone.submit(outbox.deliver_all, self.site).result()


@contextmanager
def serve(settings: Settings) -> Iterator[Live]:
    """Serve these settings on a free port until the story is over."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        app = create_app(replace(settings, public_base_url=url), rates={})
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, daemon=True)
        thread.start()
        _wait(server)
        try:
            yield Live(url, app.state.site)
        finally:
            server.should_exit = True
            thread.join(STARTS_WITHIN)
            app.state.site.engine.dispose()


def _wait(server: uvicorn.Server) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.02)
