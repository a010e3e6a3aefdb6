"""The second step of signing in: six digits from an app, or one of ten codes kept on paper.

Nothing secret is in the database: the app's secret is worked out from a random text that is stored
and the installation's key, which is not. A changed key asks everybody to set the app up anew.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyotp

from readiness.core.config import Required
from readiness.core.people import Membership, Role

ISSUER = "Readiness"
STEP = 30  # seconds that a code lasts
EARLIER_OR_LATER = 1  # steps by which a phone's clock may be off
WIDE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})  # roles that see all groups
CODES = 10  # on paper
CODE_BYTES = 5  # of chance in each: eight characters


@dataclass(frozen=True)
class SecondFactor:
    """What is stored of a person's app."""

    person_id: str
    salt: str
    offered_at: datetime
    confirmed_at: datetime | None = None  # when they first typed a code from it
    last_step: int = 0  # the last one whose code was taken: none is taken twice


def is_required(required: Required, memberships: Iterable[Membership]) -> bool:
    if required is Required.PAYERS:
        return any(part.payer_id or part.role in WIDE for part in memberships)
    return required is Required.EVERYONE


def secret_of(key: str, factor: SecondFactor) -> str:
    """The secret that an app holds, in base 32 as apps read it."""
    return base64.b32encode(keyed(key, "app", factor.person_id, factor.salt)[:20]).decode()


def address_of(secret: str, email: str) -> str:
    """What the square on the page says to an app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, after: int, now: datetime) -> int | None:
    """The time step whose code this is (RFC 6238), later than `after`; None for a wrong one."""
    digits = "".join(code.split())
    if not digits.isascii():
        return None
    present = int(now.timestamp()) // STEP
    near = range(present - EARLIER_OR_LATER, present + EARLIER_OR_LATER + 1)
    app = pyotp.TOTP(secret, interval=STEP)
    same = (step for step in near if hmac.compare_digest(app.generate_otp(step), digits))
    return next((step for step in same if step > after), None)


def paper_codes(chance: bytes) -> tuple[str, ...]:
    """Ten codes to print, from `CODES * CODE_BYTES` random bytes.

    >>> paper_codes(bytes(range(50)))[:2]
    ('aaaq-eaye', 'auda-ocaj')
    """
    parts = [chance[at : at + CODE_BYTES] for at in range(0, CODES * CODE_BYTES, CODE_BYTES)]
    texts = [base64.b32encode(part).decode().lower() for part in parts]
    return tuple(f"{text[:4]}-{text[4:]}" for text in texts)


def stored_form(key: str, person_id: str, code: str) -> str:
    """How a code on paper is stored: without the key nobody finds it by trying."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return keyed(key, "paper", person_id, plain).hex()


def keyed(key: str, *parts: str) -> bytes:
    return hmac.digest(key.encode(), "\0".join(("second factor", *parts)).encode(), "sha256")
