"""How the server starts, and how it refuses to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from readiness import serving
from readiness.core.config import MEMORY
from tests.factories.processes import children, is_running
from tests.factories.waiting import until

ROOT = Path(__file__).parents[1]
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:readiness.serving")


@pytest.mark.slow
def test_a_server_that_may_not_serve_says_why_once_and_ends(tmp_path):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("READINESS_")}
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "python:readiness.serving",
            "--bind",
            "127.0.0.1:0",
            "app:create_app()",
        ],
        cwd=ROOT,
        env=clean | {"READINESS_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode != 0
    assert ended.stderr.count("Set READINESS_SECRET_KEY") == 1


@pytest.mark.slow
def test_each_process_keeps_the_database_open(empty_store):
    """So that a disk that fills up meanwhile needs no room for being read."""
    folder = empty_store.path.parent
    empty_store.close()
    assert not list(folder.glob("*-shm"))
    settings = {
        "READINESS_DATA": str(folder),
        "READINESS_SECRET_KEY": "x" * 32,
        "READINESS_HOSTS": "readiness.example",
    }
    command = [*GUNICORN, "--bind", "127.0.0.1:0", "app:create_app()"]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        until(lambda: "Open" in str(server.stdout and server.stdout.readline()))
        assert list(folder.glob("*-shm"))
        server.terminate()


@contextmanager
def served(folder):
    """The master's process and its port."""
    master = subprocess.Popen(
        [*GUNICORN, "--bind", "127.0.0.1:0", "app:create_app()"],
        cwd=ROOT,
        env={
            **os.environ,
            "READINESS_DEMO": "1",
            "READINESS_DATA": str(folder),
            "READINESS_SECRET_KEY": "x" * 32,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert master.stdout
        opened = next(line for line in master.stdout if line.startswith("Open "))
        yield master, int(re.findall(r":(\d+)", opened)[0])
    finally:
        master.kill()
        master.communicate()


@pytest.mark.slow
def test_workers_end_with_a_master_that_was_killed_though_a_slow_client_holds_them(store):
    with served(store.path.parent) as (master, port):
        workers = children(until(lambda: master.pid if len(children(master.pid)) == 2 else 0))
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(
                b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\na"
            )
            until(lambda: any(is_at_work(each) for each in workers))
            master.send_signal(signal.SIGKILL)
            until(lambda: not any(map(is_running, workers)))


@pytest.mark.slow
def test_no_figures_stay_of_a_server_that_was_killed(store):
    left = [figures_of(master.pid) for _ in range(2) for master in [killed(store.path.parent)]]
    assert [len(each) for each in left] == [1, 1]
    with served(store.path.parent) as (master, _):
        assert len(figures_of(master.pid)) == 1
        assert not any(path.exists() for each in left for path in each)


def killed(folder):
    with served(folder) as (master, _):
        return master


def figures_of(process_id):
    return [*MEMORY.glob(f"{serving.PREFIX}{process_id}-*")]


def is_at_work(worker):
    """A thread has been started for a request."""
    return len(list(Path("/proc", str(worker), "task").iterdir())) > 2
