"""How long a session lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE = timedelta(minutes=60)  # after this long without a request the session ends
LONGEST = timedelta(hours=12)  # and after this long in any case
SEEN_EVERY = timedelta(minutes=1)  # how finely "last seen" is kept: spares a write per request


def ends_at(created: datetime, seen: datetime) -> datetime:
    return min(seen + IDLE, created + LONGEST)
