"""The application behind an address, for a browser in the same process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

Serve = Callable[[Any, Any], list[bytes]]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address, reachable until the block ends."""
    server = make_server("127.0.0.1", 0, whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def whole(app: Flask) -> Serve:
    """Every answer read and closed before it is sent: a browser that leaves a page in the middle
    of it would make Werkzeug's server let go of an open file."""

    def serve(environ: Any, start_response: Any) -> list[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as answer:
            return list(answer)

    return serve
