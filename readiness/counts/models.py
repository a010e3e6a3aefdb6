"""What both kinds of counts share: states, revisions, findings and the tables for entry."""

from __future__ import annotations

from enum import StrEnum


class PeriodState(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"


class Severity(StrEnum):
    HARD = "cannot be"  # must be mended before the quarter is complete
    SOFT = "is unusual"  # may stay, with a short explanation
