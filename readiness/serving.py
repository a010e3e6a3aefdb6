"""How gunicorn serves the program, here and behind a reverse proxy.

Two processes with eight threads each. Of those of one process four at most sign somebody in, two
print and one waits for a writer, so that some are always left for everybody else.
"""

from __future__ import annotations

import os
from typing import Any

from readiness.core.child_process import end_with

worker_class = "gthread"
workers = 2
threads = 8
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
    filled up meanwhile there would be no room for them any more. A process whose master was killed
    finishes what it can within a second, and leaves the port.
    """
    worker.database = worker.app.callable.config["OPEN_DATABASE"]()
    end_with(worker.ppid, grace=1)
    if worker.age == 1:
        print("\nOpen", *worker.sockets, "— stop with Ctrl-C")
        print(os.environ.get("READINESS_WELCOME", ""), flush=True)
