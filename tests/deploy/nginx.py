"""A real nginx with our settings before a real server, on loopback ports of their own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import IO

import pytest

from tests.factories.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "deploy" / "nginx.conf"
HOST = "readiness.example.org"
NO_NGINX = "No nginx was found; for tests of its settings: apt-get install nginx-light openssl"
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{ worker_connections 512; }}
http {{
    access_log off;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/readiness.conf;
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def need_nginx() -> None:
    __tracebackhide__ = True
    if not (shutil.which("nginx", path=search_path()) and shutil.which("openssl")):
        lacking(NO_NGINX)


def lacking(sentence: str) -> None:
    """Skip, or fail where the machine has promised what a deployment has."""
    __tracebackhide__ = True
    if os.environ.get("READINESS_REQUIRE_DEPLOYMENT") == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def search_path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin"


@dataclass(frozen=True)
class Proxy:
    folder: Path
    port: int

    @property
    def warnings(self) -> str:
        return "".join(each.read_text() for each in sorted(self.folder.glob("*error.log")))

    @property
    def log(self) -> str:
        return (self.folder / "access.log").read_text()

    def connect(self, source: str = "127.0.0.1") -> ssl.SSLSocket:
        trusting = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        there = ("127.0.0.1", self.port)
        plain = socket.create_connection(there, timeout=PATIENCE, source_address=(source, 0))
        return trusting.wrap_socket(plain, server_hostname=HOST)

    def ask(
        self,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> tuple[int, str]:
        connection = HTTPSConnection(HOST)
        connection.sock = self.connect(source)
        with closing(connection):
            method = "GET" if body is None else "POST"
            # A refusal may come before all is sent.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, headers or {})
            reply: HTTPResponse = connection.getresponse()
            return reply.status, reply.read().decode()


def changed(text: str, old: str, new: str) -> str:
    assert old in text, f"the settings no longer say {old}"
    return text.replace(old, new)


def settings_in(folder: Path, port: int, plain: int, program: int) -> str:
    """Ours, with other ports and places."""
    text = SETTINGS.read_text()
    for old, new in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "127.0.0.1:8000": f"127.0.0.1:{program}",
        "/etc/letsencrypt/live/readiness.example.org/fullchain.pem": f"{folder}/certificate.pem",
        "/etc/letsencrypt/live/readiness.example.org/privkey.pem": f"{folder}/key.pem",
        "/var/log/nginx/readiness.log": f"{folder}/access.log",
        "/var/log/nginx/readiness-error.log crit": f"{folder}/own-error.log warn",
        "/run/nginx-readiness-": f"{folder}/",
        "timeout 10s": f"timeout {PATIENCE}s",  # no test hangs on how busy the machine is
    }.items():
        text = changed(text, old, new)
    return text


def write_certificate(folder: Path) -> None:
    made = ("-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}")
    places = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem"))
    name = ("-addext", f"subjectAltName=DNS:{HOST}")
    subprocess.run(
        ["openssl", "req", "-x509", *made, *places, *name], check=True, capture_output=True
    )


@contextmanager
def proxy(folder: Path, program: int, less: tuple[str, str] | None = None) -> Iterator[Proxy]:
    """`less`: a setting, and what stands in its place for a test of what it is good for."""
    need_nginx()
    folder.mkdir()
    write_certificate(folder)
    port = free_port()
    text = settings_in(folder, port, free_port(), program)
    (folder / "readiness.conf").write_text(changed(text, *less) if less else text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    command = [str(shutil.which("nginx", path=search_path())), "-p", str(folder)]
    command += ["-c", str(folder / "nginx.conf"), "-e", str(folder / "first-error.log")]
    with ending(subprocess.Popen(command, stderr=subprocess.DEVNULL)) as server:
        yield Proxy(folder, opened(server, port))


def opened(server: subprocess.Popen[bytes], port: int) -> int:
    def answers() -> bool:
        assert server.poll() is None, "nginx does not start with these settings"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

    until(answers)
    return port


@contextmanager
def ending(server: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    with server:
        try:
            yield server
        finally:
            server.terminate()


@contextmanager
def program(folder: Path, stderr: IO[str] | None = None) -> Iterator[int]:
    """The port of the product behind one proxy, with a few addresses for tests (`telling.py`)."""
    told = {
        "READINESS_DATA": str(folder),
        "READINESS_SECRET_KEY": "x" * 32,
        "READINESS_HOSTS": HOST,
        "READINESS_PROXIES": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:readiness.serving"]
    command += ["--bind", "127.0.0.1:0", "tests.deploy.telling:create_app()"]
    with ending(
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ | told, stdout=subprocess.PIPE, stderr=stderr
        )
    ) as master:
        assert master.stdout
        line = next(line for line in master.stdout if line.startswith(b"Open "))
        yield int(re.findall(rb":(\d+)", line)[0])
