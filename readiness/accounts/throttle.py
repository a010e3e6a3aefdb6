"""How many wrong passwords and codes are borne, and by whom.

An account and an address are counted apart, so that a stranger who guesses locks out neither the
person, whose own browsers are known, nor a clinic behind one router. What is tried is counted
before it is looked at: many tries at once are as many tries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

WINDOW = timedelta(minutes=5)
KEPT = timedelta(days=90)  # so that a person can see what was tried on them


@dataclass(frozen=True)
class Limit:
    """At most so many tries under one key in a time."""

    key: str
    most: int
    within: timedelta = WINDOW

    def since(self, now: datetime) -> datetime:
        return now - self.within


def for_password(email: str, address: str, browser: str) -> tuple[Limit, ...]:
    """`address`: where it comes from, empty where that tells nothing. `browser`: the hash of the
    token of one in which this person has signed in before, or empty."""
    account = f"sign-in {email.casefold()}"
    if browser:
        return (Limit(f"{account} in {browser}", 10),)
    limits = (Limit(f"{account} from {address}", 10), Limit(account, 100), Limit("sign-in", 1000))
    return (*limits, Limit(f"sign-in from {address}", 100)) if address else limits


def for_code(person_id: str) -> tuple[Limit, ...]:
    """A code has six digits only."""
    key = f"second step of {person_id}"
    return (
        Limit(key, 5),
        Limit(key, 20, timedelta(hours=1)),
        Limit(key, 50, timedelta(days=1)),
    )


def for_single_sign_on(address: str) -> tuple[Limit, ...]:
    """Questions to the provider, which anybody may begin and which are kept for a while."""
    limits = (Limit("single sign-on", 1000),)
    return (*limits, Limit(f"single sign-on from {address}", 100)) if address else limits


def for_confirming(person_id: str) -> tuple[Limit, ...]:
    return (Limit(f"password of {person_id}", 10),)


def telling(address: str, *, is_forwarded: bool) -> str:
    """The address, or nothing where it is a proxy's: one that the settings do not know of hands on
    everybody's requests under its own, and would have everybody locked out by one.

    >>> telling("9.9.9.9", is_forwarded=True), telling("10.0.0.2", is_forwarded=True)
    ('9.9.9.9', '')
    """
    try:
        is_inside = not ip_address(address).is_global
    except ValueError:
        return address
    return "" if is_forwarded and is_inside else address
