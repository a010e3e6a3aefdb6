"""Which numbers of people may be shown to readers outside a group.

A number from 1 to 10 could point at somebody; nobody at all points at no one. Twelve positive of
twelve screened points at every one of them, so where a few were all positive that is hidden too.
"""

from __future__ import annotations

FEWEST = 11  # where an installation does not say otherwise
THRESHOLDS = (5, 30)  # what it may say
ALL_POSITIVE_UNDER = 30  # people: where so few were all positive, a reader must not be sure of it
HIDDEN = "hidden to protect small counts"


def tells_of_everybody(people: int, positive: int) -> bool:
    """Whether a reader who learns both learns of each of a few people that they are positive.

    >>> [tells_of_everybody(*each) for each in ((12, 12), (12, 11), (30, 30), (0, 0))]
    [True, False, False, False]
    """
    return 0 < people == positive and people < ALL_POSITIVE_UNDER


def may_show(people: float) -> bool:
    """Differences of two shown numbers are asked about too: their sign says nothing.

    >>> may_show(0), may_show(10), may_show(-3), may_show(11)
    (True, False, False, True)
    """
    return people == 0 or abs(people) >= FEWEST
