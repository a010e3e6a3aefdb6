"""How gunicorn serves the program, here and behind a reverse proxy.

Two processes with four threads each: a slow client then blocks nobody else.
"""

from __future__ import annotations

import os
from typing import Any

worker_class = "gthread"
workers = 2
threads = 4
timeout = 60  # seconds; a PDF has a shorter limit of its own
graceful_timeout = 10
loglevel = "warning"
control_socket_disable = True  # nothing here is steered while it runs


def on_starting(server: Any) -> None:
    """Refuse once, and end: a worker that refuses would be started again and again."""
    server.app.load()


def post_worker_init(worker: Any) -> None:
    """Keep the database open, and say where to go once the first process can answer.

    SQLite removes the two files beside a database with the last connection; on a disk that has
    filled up meanwhile there would be no room for them any more.
    """
    worker.database = worker.app.callable.config["OPEN_DATABASE"]()
    if worker.age == 1:
        print("\nOpen", *worker.sockets, "— stop with Ctrl-C")
        print(os.environ.get("READINESS_WELCOME", ""), flush=True)
