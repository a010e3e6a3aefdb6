"""How long a session lasts, what it has proved, and what a browser calls itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(minutes=60)  # after this long without a request the session ends
LONGEST = timedelta(hours=12)  # and after this long in any case
SEEN_EVERY = timedelta(minutes=1)  # how finely "last seen" is kept: spares a write per request
SURE_FOR = timedelta(minutes=15)  # how long after a password the person is taken to be the same
CLOCK_SLIP = timedelta(minutes=5)  # by which the machine's clock may be set back unnoticed

BROWSERS = (  # what stands in a user agent, the more telling first
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


class Method(StrEnum):
    """How a person signed in."""

    PASSWORD = "password"  # noqa: S105 - and no password
    SINGLE_SIGN_ON = "single sign-on"


@dataclass(frozen=True)
class BrowserSession:
    """One browser in which a person signed in. Its id is the hash of its token."""

    id: str
    person_id: str
    created_at: datetime
    seen_at: datetime
    confirmed_at: datetime  # when they last proved who they are
    second_step_at: datetime | None = None  # when a code was given, or set up
    browser: str = ""
    method: Method = Method.PASSWORD

    @property
    def ends_at(self) -> datetime:
        return min(self.seen_at + IDLE, self.created_at + LONGEST)

    def runs(self, now: datetime) -> bool:
        """Not one from the future either: a clock set back would lengthen it."""
        return self.created_at - CLOCK_SLIP <= now < self.ends_at

    def is_sure(self, now: datetime) -> bool:
        """Whether it is recent enough that this is still the same person."""
        return abs(now - self.confirmed_at) < SURE_FOR


def browser_name(user_agent: str) -> str:
    """
    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> browser_name("curl/8.5.0")
    'Another program'
    """
    browser = first_named(BROWSERS, user_agent) or "Another program"
    system = first_named(SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def first_named(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
