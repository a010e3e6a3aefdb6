"""A real OpenID provider, `oidc-provider-mock`, in a process of its own on loopback.

Whatever is set for a user goes into that user's tokens, over what would be right: so it also says
what an attacker's token would say.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from readiness.core.config import IdentityProvider
from tests.factories.waiting import until

SECONDS = 60  # for an answer on loopback, however busy the machine is


@dataclass(frozen=True)
class Provider:
    issuer: str

    @property
    def settings(self) -> IdentityProvider:
        return IdentityProvider(self.issuer, "readiness", "a secret", "Example Health")

    def knows(self, subject: str, **claims: Any) -> None:
        """From now on, and with these in the tokens."""
        address = f"{self.issuer}/users/{subject}"
        requests.put(address, json=claims, timeout=SECONDS).raise_for_status()

    def sign_in(self, place: str, subject: str) -> str:
        """What a person does there; the address that the browser is sent back to."""
        reply = requests.post(place, data={"sub": subject}, allow_redirects=False, timeout=SECONDS)
        assert reply.status_code == 302, reply.text
        return str(reply.headers["Location"])


@contextmanager
def running() -> Iterator[Provider]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    environment = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: process.poll() is None and is_up(port))
            yield Provider(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def is_up(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/jwks", timeout=SECONDS).ok
    except requests.ConnectionError:
        return False


def place_on(html: str) -> str:
    """Where the page goes on to."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', html)
    assert found, html
    return found[1].replace("&amp;", "&")


def asked_in(place: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
