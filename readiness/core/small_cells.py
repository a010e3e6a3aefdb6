"""Which numbers of people may be shown to readers outside a group.

A number from 1 to 10 could point at somebody; nobody at all points at no one.
"""

from __future__ import annotations

FEWEST = 11  # where an installation does not say otherwise
THRESHOLDS = (5, 30)  # what it may say
HIDDEN = "hidden to protect small counts"


def may_show(people: float) -> bool:
    """Differences of two shown numbers are asked about too: their sign says nothing.

    >>> may_show(0), may_show(10), may_show(-3), may_show(11)
    (True, False, False, True)
    """
    return people == 0 or abs(people) >= FEWEST
