"""Entering counts and checking them, for both kinds of counts alike."""

from __future__ import annotations

from datetime import date

from readiness.core.errors import NotFound
from readiness.core.periods import Period, period


def enterable_period(written: str, today: date) -> Period:
    """A quarter can be entered from its first day on."""
    try:
        wanted = period(written)
    except ValueError as error:
        raise NotFound("There is no such quarter. Choose one from the list.") from error
    if not wanted.has_begun_on(today):
        raise NotFound(f"{wanted.label} has not begun yet. Choose a quarter from the list.")
    return wanted
