"""Headings of a stranger's table: a file without any has a person's row in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from readiness.core.patient_identifiers import found_in

HEADING = re.compile(r"[A-Za-z][A-Za-z0-9 _.()/#%?:&-]{0,63}")
LONG_NUMBER = re.compile(r"[0-9]{5}")
AT_MOST = 12  # named one by one; the rest are a number


def is_heading(name: str) -> bool:
    """Whether a name may be repeated to whoever sent the file.

    >>> is_heading("food_worry___1"), is_heading("A1234567"), is_heading("jo@example.org")
    (True, False, False)
    """
    is_plain = HEADING.fullmatch(name) and not LONG_NUMBER.search(name)
    return bool(is_plain) and not found_in(name)


def named(header: Sequence[str], places: Iterable[int]) -> str:
    """By name where every heading is one; else by place, since a row may have run into the line.

    >>> named(("a", "b", "c"), (0, 2)), named(("a", "Jo Doe", "1990-01-02"), (1, 2))
    ('“a” and “c”', 'column 2 and column 3')
    """
    is_safe = all(is_heading(name.strip()) for name in header)
    names = [f"“{header[at].strip()}”" if is_safe else f"column {at + 1}" for at in places]
    if len(names) > AT_MOST:
        names = [*names[:AT_MOST], f"{len(names) - AT_MOST:,} more"]
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
