"""How gunicorn serves the program, here and behind a reverse proxy.

Two processes with eight threads each. Of those of one process four at most sign somebody in, two
print and one waits for a writer, so that some are always left for everybody else.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Any

from readiness.core import log_lines
from readiness.core.child_process import end_with
from readiness.core.config import MEMORY

worker_class = "gthread"
workers = 2
threads = 8
timeout = 60  # seconds; a PDF has a shorter limit of its own
graceful_timeout = 10
logconfig_dict = log_lines.SETTINGS
control_socket_disable = True  # nothing here is steered while it runs


FIGURES = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "readiness-figures-"  # then the process and something by chance
log = logging.getLogger(__name__)


def on_starting(server: Any) -> None:
    """Refuse once, and end: a worker that refuses would be started again and again.

    Where the processes keep their figures must be known before the program is loaded. That is in
    memory: a process whose figures find no room on a full disk would be killed.
    """
    folder = MEMORY if os.access(MEMORY, os.W_OK) else Path(gettempdir())
    for left in folder.glob(f"{PREFIX}*"):  # of a server that was killed
        if not Path("/proc", left.name.removeprefix(PREFIX).partition("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)
    os.environ[FIGURES] = mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder)
    try:
        server.app.load()
    except BaseException:
        on_exit(server)
        raise


def when_ready(_: Any) -> None:
    log.info("ready")


def child_exit(_: Any, worker: Any) -> None:
    log.info("worker %d ended", worker.pid)


def on_exit(_: Any) -> None:
    shutil.rmtree(os.environ[FIGURES], ignore_errors=True)
    log.info("ended")


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
