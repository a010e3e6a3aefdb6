"""Which backups are kept: many of the last days, few of the last year."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime

Span = Callable[[datetime], Hashable]

NEWEST = 14  # whenever they were made
LAST_OF: tuple[tuple[Span, int], ...] = (
    (lambda at: at.isocalendar()[:2], 8),  # weeks
    (lambda at: (at.year, at.month), 12),
)


def kept(made: Iterable[datetime]) -> set[datetime]:
    """The newest 14, the last of each of 8 weeks and of each of 12 months that have any.

    >>> days = [datetime(2026, 11, day) for day in range(1, 31)]
    >>> sorted(at.day for at in set(days) - kept(days))
    [2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 16]
    """
    newest_first = sorted(set(made), reverse=True)
    last = [at for span, most in LAST_OF for at in last_of_each(newest_first, span)[:most]]
    return {*newest_first[:NEWEST], *last}


def last_of_each(newest_first: Iterable[datetime], span: Span) -> list[datetime]:
    found: dict[Hashable, datetime] = {}
    for at in newest_first:
        found.setdefault(span(at), at)
    return list(found.values())
