"""The groups of a payer beside each other: whose numbers can be looked at, and compared with whom.

A payer may choose a reference for what it looks at. Unless it does, it is the one that most groups
declared: never one picked by looking at the numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from readiness.core.small_cells import HIDDEN
from readiness.equity.gates import Use, gap_use, rate_use
from readiness.equity.tables import Count, Table


class Standing(StrEnum):
    """Whether a group's number can be looked at, and if not, why."""

    SEEN = "seen"
    FEW = "too few patients to compare"
    HIDDEN = HIDDEN
    NOBODY = "no patients counted"
    NOT_COUNTED = "not counted by this group"
    NOT_RELEASED = "nothing released of this measure for this period"
    NOT_SUBMITTED = "nothing submitted yet"


def rate_standing(table: Table | None, stratum: str) -> Standing:
    return standing(table, (stratum,))


def gap_standing(table: Table | None, stratum: str, reference: str) -> Standing:
    """A gap takes both numbers, and enough patients on both sides."""
    found = standing(table, (stratum, reference))
    if table is None or found is not Standing.SEEN:
        return found
    own, other = (table.groups[name][1] for name in (stratum, reference))
    is_few = gap_use(own, other, None) in (Use.HIDDEN, Use.COUNT_ONLY)
    return Standing.FEW if is_few else Standing.SEEN


def standing(table: Table | None, strata: Sequence[str]) -> Standing:
    if table is None:
        return Standing.NOT_RELEASED
    counts = [table.counts.get(stratum) for stratum in strata]
    known = [count for count in counts if count]
    if len(known) < len(counts):
        return Standing.NOT_COUNTED
    if any(is_hidden(count) for count in known):
        return Standing.HIDDEN
    return Standing.SEEN if all(count.pair for count in known) else Standing.NOBODY


def is_hidden(count: Count) -> bool:
    if count.numerator is None or count.denominator is None:
        return True
    return rate_use(count.denominator) is Use.HIDDEN


@dataclass(frozen=True)
class Vote:
    """The reference that most groups declared."""

    reference: str  # a stratum; "" when nobody declared one
    groups: int  # that declared it
    asked: int  # groups that released this split
    is_tied: bool = False  # another was declared as often: the first in the list's order stands


def vote_of(declared: Mapping[str, str], order: Sequence[str]) -> Vote:
    """`declared`: stratum by group id, "" for none; `order`: the strata as they are listed."""
    counted = Counter(reference for reference in declared.values() if reference in order)
    if not counted:
        return Vote("", 0, len(declared))
    most = max(counted.values())
    first, *others = [stratum for stratum in order if counted[stratum] == most]
    return Vote(first, most, len(declared), bool(others))
