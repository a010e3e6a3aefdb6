"""Which counts may stand on a paper that can leave the group.

A count from 1 to 10 could point at somebody, and so could the difference of two counts of people
who are part of one another. So a step is printed only if it, and its difference from every step
already printed, may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.domain.periods import Period
from readiness.domain.screening import FunnelCounts, Need, Step
from readiness.domain.small_cells import may_show

QUARTERS = 4  # closed ones with counts, added up

OF_GROUP = (Step.ELIGIBLE, Step.SCREENING_OFFERED, Step.SCREENED, Step.ANY_POSITIVE)
OF_NEED = (
    Step.SCREENED,
    Step.POSITIVE,
    Step.WANTS_HELP,
    Step.REFERRED_30D,
    Step.OUTCOME_KNOWN,
    Step.CONNECTED,
    Step.RESOLVED,
)


@dataclass(frozen=True)
class Count:
    """`people` is None when it is not known; it may be known and not be printable."""

    step: Step
    people: int | None
    is_printable: bool

    @property
    def is_hidden(self) -> bool:
        return self.people is not None and not self.is_printable


Chain = Mapping[Step, Count]


@dataclass(frozen=True)
class Printable:
    quarters: tuple[Period, ...]  # oldest first; empty: nothing was counted
    group: Chain
    needs: Mapping[Need, Chain]


def printable(by_period: Mapping[Period, FunnelCounts], today: date) -> Printable:
    closed = sorted(each for each in by_period if each.is_closed_on(today))[-QUARTERS:]
    window = [by_period[each] for each in closed]
    group = chain_of([(step, added(window, step, None)) for step in OF_GROUP])
    shown = [c.people for c in group.values() if c.is_printable and c.people is not None]
    needs = {
        need: chain_of([(step, added(window, step, need)) for step in OF_NEED], shown)
        for need in Need
        if any(cell.need == need for counts in window for cell in counts.known)
    }
    return Printable(tuple(closed), group, needs)


def added(window: Sequence[FunnelCounts], step: Step, need: Need | None) -> int | None:
    """Over all quarters, or unknown when one of them does not say."""
    values = [counts.at(step, need) for counts in window]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def chain_of(counts: Iterable[tuple[Step, int | None]], beside: Sequence[int] = ()) -> Chain:
    """Steps that are each part of those before; `beside` is printed next to them."""
    printed = list(beside)
    chain = {}
    for step, people in counts:
        may = people is not None and all(may_show(people - other) for other in (0, *printed))
        chain[step] = Count(step, people, may)
        if may and people is not None:
            printed.append(people)
    return chain


def pair(chain: Chain, numerator: Step, denominator: Step) -> tuple[int, int] | None:
    """Both counts of a rate that may be printed, or None."""
    above, below = chain[numerator], chain[denominator]
    if not (above.is_printable and below.is_printable) or not below.people:
        return None
    assert above.people is not None  # noqa: S101  # printable counts are known
    return (above.people, below.people) if above.people <= below.people else None


def is_hidden(chain: Chain, numerator: Step, denominator: Step) -> bool:
    """Both are known, and the rate is withheld to protect people."""
    both = (chain[numerator], chain[denominator])
    known = all(each.people is not None for each in both)
    return known and any(each.is_hidden for each in both)
