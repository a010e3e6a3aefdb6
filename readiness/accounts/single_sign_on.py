"""Single sign-on: what an identity provider is asked, and what its answer is good for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

LASTS = timedelta(minutes=10)  # from the question to its answer
CLOCK_SLIP = timedelta(minutes=2)  # between our clock and the provider's
LONGEST_SUBJECT = 255  # characters, as OpenID Connect has it
MULTI_FACTOR = frozenset(  # what `acr` says of a sign-in that took more than one factor
    {
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "https://refeds.org/profile/mfa",
        "phr",  # phishing-resistant, as OpenID's EAP profile names it
        "phrh",
    }
)


class Purpose(StrEnum):
    """What a person has the provider vouch for."""

    SIGN_IN = "sign in"
    LINK = "link"  # the identity to the account that is signed in
    CONFIRM = "confirm"  # that they are still the same
    JOIN = "join"  # by an invitation, with a new account


@dataclass(frozen=True)
class SignOnRequest:
    """What a provider was asked for one browser."""

    nonce: str
    verifier: str  # whose hash the provider was shown: only we can redeem its code
    purpose: Purpose
    at: datetime
    session_id: str = ""  # of whom to link or confirm
    invitation: str = ""  # the id of the one-time link
    name: str = ""  # of who joins
    next: str = ""
    kept: str = ""


@dataclass(frozen=True)
class Identity:
    """A person as the provider knows them."""

    issuer: str
    subject: str
    person_id: str
    linked_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True)
class Vouched:
    """What an identity token that was checked says."""

    issuer: str
    subject: str
    signed_in_at: datetime | None  # at the provider
    is_multi_factor: bool


def vouched(claims: Mapping[str, Any]) -> Vouched:
    """
    >>> vouched({"iss": "https://x", "sub": "u1", "amr": ["pwd", "mfa"]}).is_multi_factor
    True
    >>> vouched({"iss": "https://x", "sub": "u1", "amr": ["pwd"], "acr": "1"}).is_multi_factor
    False
    """
    subject, at, methods = claims["sub"], claims.get("auth_time"), claims.get("amr")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ValueError("sub")
    is_said = isinstance(methods, list) and "mfa" in methods
    return Vouched(
        issuer=claims["iss"],
        subject=subject,
        signed_in_at=datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None,
        is_multi_factor=is_said or claims.get("acr") in MULTI_FACTOR,
    )


def is_for(said: Vouched, asked_at: datetime) -> bool:
    """Whether they signed in at the provider for this question, not the day before."""
    return said.signed_in_at is not None and said.signed_in_at >= asked_at - CLOCK_SLIP


def challenge_of(verifier: str) -> str:
    """What the provider is shown of the verifier (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
