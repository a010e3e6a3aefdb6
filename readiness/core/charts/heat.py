"""Which of the five steps of the ramp a score or a level stands on."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.core.formatting import Number, one_decimal

STARTS = (0, 20, 40, 60, 80)  # the score at which each step begins


@dataclass(frozen=True)
class Heat:
    css: str  # "level-3", or "level-none" where there is nothing to show
    says: str


def heat_of(score: Number | None, instead: str = "not scored") -> Heat:
    """
    >>> heat_of(59.9).css, heat_of(60).css, heat_of(None).says
    ('level-2', 'level-3', 'not scored')
    """
    if score is None:
        return Heat("level-none", instead)
    step = sum(score >= start for start in STARTS) - 1
    return Heat(f"level-{max(0, step)}", one_decimal(score))
