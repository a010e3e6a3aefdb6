"""What a person signs when a group sends its answers in, and the reference it gets."""

from __future__ import annotations

from datetime import date

from readiness.core.periods import months_after

STATEMENT = (
    "I have checked these answers with the people who know. To the best of my knowledge they "
    "are true for the last 12 months, and the evidence in the notes could be shown to a reviewer "
    "within a week."
)
MONTHS_PROVISIONAL = 6
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # none that is mistaken for another
CODE_LENGTH = 4


def is_signed_by(typed: str, name: str) -> bool:
    """The person signed in signs with their own name; case and spacing do not matter.

    >>> is_signed_by(" maya  ORTIZ ", "Maya Ortiz"), is_signed_by("Omar", "Maya Ortiz")
    (True, False)
    """
    return bool(name.strip()) and typed.casefold().split() == name.casefold().split()


def reference(year: int, group_name: str, code: str) -> str:
    """
    >>> reference(2026, "Elm Street Physicians", "7Q4K")
    '2026-ELM-7Q4K'
    """
    letters = [c for c in group_name.upper() if c.isascii() and c.isalnum()]
    return f"{year}-{''.join(letters[:3]) or 'GROUP'}-{code}"


def expires_on(awarded: date) -> date:
    """The last day on which a provisional tier is good."""
    return months_after(awarded, MONTHS_PROVISIONAL)


def has_expired(expiry: date | None, today: date) -> bool:
    """An expired tier is shown as expired, never lowered by itself."""
    return expiry is not None and today > expiry
