"""The product as it is served, in a process that can be killed, and a person's browser."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.factories.processes import children, is_running
from tests.factories.waiting import until

ROOT = Path(__file__).parents[2]
PASSWORD = "a demonstration for everyone"  # of everybody in it
FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def environment(folder: Path) -> dict[str, str]:
    told = {"READINESS_DEMO": "1", "READINESS_DATA": str(folder), "READINESS_SECRET_KEY": "x" * 32}
    return {**os.environ, **told}


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


class Server:
    """Served by gunicorn as script/server does it, from a folder with the demonstration."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._master: subprocess.Popen[bytes] | None = None

    @property
    def master(self) -> subprocess.Popen[bytes]:
        assert self._master, "it is not served"
        return self._master

    def start(self) -> None:
        """Until it answers."""
        served = ["-m", "gunicorn", "--config", "python:readiness.serving"]
        self._master = subprocess.Popen(
            [sys.executable, *served, "--bind", f"127.0.0.1:{self.port}", "app:create_app()"],
            cwd=ROOT,
            env=environment(self.folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # of workers killed and started again
        )
        until(self.answers)

    def answers(self) -> bool:
        assert self.master.poll() is None, "the server does not start"
        try:
            return Browser(self.port).get("/health")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def kill_worker(self, luck: float) -> None:
        """One of them by luck, from 0 to 1; its master starts another by itself."""
        workers = sorted(until(lambda: children(self.master.pid)))
        os.kill(workers[int(luck * len(workers))], signal.SIGKILL)

    def kill_master(self) -> float:
        """Start it again once its workers are gone, without help; how many seconds that took."""
        workers = children(self.master.pid)
        self.master.kill()
        self.master.wait()
        began = time.monotonic()
        until(lambda: not any(map(is_running, workers)))
        seconds = time.monotonic() - began
        self.start()
        return seconds

    @contextmanager
    def serving(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self.master.terminate()
            self.master.wait()


class Browser:
    """One person's; every request on a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""

    def send(self, method: str, path: str, body: str, kind: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": kind,
            "X-CSRFToken": self.token,
        }
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            for cookie in reply.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return reply.status, reply.read()
        finally:
            connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        return self.send("GET", path, "", FORM)

    def put(self, path: str, content: dict[str, Any]) -> tuple[int, bytes]:
        return self.send("PUT", path, json.dumps(content), "application/json")

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.take_token("/sign-in")
        typed = urlencode({"csrf_token": self.token, "email": email, "password": password})
        status = until(lambda: self.post_unless_crowded("/sign-in", typed))
        assert status == 303, f"{email} cannot sign in: {status}"
        self.take_token("/account")

    def post_unless_crowded(self, path: str, typed: str) -> int:
        """0 where many sign in at this moment, and it is to be sent once more."""
        status, _ = self.send("POST", path, typed, FORM)
        return 0 if status == 503 else status

    def take_token(self, path: str) -> None:
        found = TOKEN.search(self.get(path)[1].decode())
        assert found, f"{path} carries no form token"
        self.token = found[1]
