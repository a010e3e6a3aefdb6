"""To whom a weakness is reported, as RFC 9116 wants it to be found."""

from __future__ import annotations

from datetime import datetime, timedelta

EXPIRES_AFTER = timedelta(days=180)  # the standard advises less than a year


def security_txt(contact: str, address: str, now: datetime) -> str:
    """`address`: where this text itself is found. It expires at the end of a day, so that it is
    the same for all who ask on one day."""
    expires = (now + EXPIRES_AFTER).strftime("%Y-%m-%dT00:00:00Z")
    return (
        f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {address}\n"
    )
