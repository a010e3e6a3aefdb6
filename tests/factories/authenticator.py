"""An authenticator in software: makes passkeys and signs with them, as W3C's WebAuthn says.

It answers the JSON that a page holds with the JSON that a browser would send.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.factories.page import Page

PRESENT, HOLDS_KEY = 0x01, 0x40  # flags of what it signs


def text_of(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def options_on(html: str) -> dict[str, Any]:
    """What a page tells the browser."""
    [form] = [each for each in Page(html).all("form") if each.get("data-options")]
    found: dict[str, Any] = json.loads(form.get("data-options") or "")
    return found


@dataclass
class Authenticator:
    """One passkey, where browsers have a page of this origin open."""

    origin: str = "http://localhost"
    host: str = "localhost"
    count: int = 0  # how often it has signed
    counts: bool = True
    flags: int = PRESENT
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any]) -> str:
        held = len(self.id).to_bytes(2, "big") + self.id + self.public_key()
        signed = self.data(self.flags | HOLDS_KEY) + bytes(16) + held
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": signed})
        return self.answer(
            clientDataJSON=self.client_data("webauthn.create", options),
            attestationObject=attestation,
        )

    def sign(self, options: dict[str, Any]) -> str:
        self.count += self.counts
        data, client = self.data(self.flags), self.client_data("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self.answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def public_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def answer(self, **response: bytes) -> str:
        texts = {name: text_of(content) for name, content in response.items()}
        shown = text_of(self.id)
        return json.dumps({"id": shown, "rawId": shown, "type": "public-key", "response": texts})
