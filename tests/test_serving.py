"""How the server starts, and how it refuses to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    settings = {"READINESS_DATA": str(folder), "READINESS_SECRET_KEY": "x" * 32}
    command = [*GUNICORN, "--bind", "127.0.0.1:0", "app:create_app()"]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        until(lambda: "Open" in str(server.stdout and server.stdout.readline()))
        assert list(folder.glob("*-shm"))
        server.terminate()
