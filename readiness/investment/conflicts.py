"""Which limits contradict each other, where nothing satisfies every constraint.

Limits are what a payer sets: the budget, pins and bans, caps, floors, how many groups, and limits
on what is used. Prerequisites, gates, sets and packages are facts of the offer and stay. Without
any limit nothing at all may be chosen, so every contradiction holds at least one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from readiness.investment.problem import AllocationProblem, Limit

MOST_CONFLICTS = 3
MOST_NAMED = 10  # limits in a sentence


class LimitKind(StrEnum):
    BAN = "ban"
    CAP = "cap"
    FLOOR = "floor"
    USE = "limit"
    MOST_GROUPS = "most groups"
    LEAST_GROUPS = "least groups"
    BUDGET = "budget"
    PIN = "pin"


@dataclass(frozen=True)
class NamedLimit:
    """A limit of a problem, so that it can be left out and spoken of."""

    kind: LimitKind
    position: int  # among the problem's options, groups, floors or limits
    of: tuple[str, ...]  # group and action, group, tag, or the limit's name
    says: str


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot all be kept, even if no other limit were there.

    Where it is minimal, any one of them may be left out and the others can be kept together.
    """

    limits: tuple[NamedLimit, ...]
    is_minimal: bool  # else the time was up, and some of them may have no part in it
    enough: tuple[NamedLimit, ...] = ()  # without one of these the whole problem has an answer

    @property
    def sentence(self) -> str:
        listed = "; ".join(limit.says for limit in self.limits[:MOST_NAMED])
        if (more := len(self.limits) - MOST_NAMED) > 0:
            listed += f"; and {more:,} more"
        if not self.is_minimal:
            return f"Some of these contradict each other: {listed}. Loosen them."
        lead = "These contradict each other" if len(self.limits) > 1 else "This cannot be kept"
        return f"{lead}: {listed}.{self.reason} {self.advice}"

    @property
    def advice(self) -> str:
        if len(self.limits) == 1:
            return "Loosen it."
        if self.enough and self.enough != self.limits:
            best = " or this: ".join(limit.says for limit in self.enough)
            return f"It is enough to loosen this: {best}."
        return "Loosen one of them."

    @property
    def reason(self) -> str:
        """What the limits themselves do not show."""
        if any(limit.kind is not LimitKind.PIN for limit in self.limits):
            return ""
        if len(self.limits) == 1:
            return " What it needs first cannot be had."
        return " What one of them needs cannot be had beside the others, or only one is allowed."


class Unknown(Exception):
    """Whether a problem has an answer was not found in the time allowed."""


IsPossible = Callable[[AllocationProblem], bool]  # raises Unknown


def conflicts_in(problem: AllocationProblem, is_possible: IsPossible) -> tuple[Conflict, ...]:
    """Of a problem without an answer, one conflict after the other, none sharing a limit.

    To have an answer, something of each has to be loosened. Other contradictions may share these
    limits, so where there is one conflict it says which of its limits are enough to loosen.
    """
    found: list[Conflict] = []
    every = left = named_limits(problem)
    while len(found) < MOST_CONFLICTS:
        conflict = minimal_conflict(problem, left, is_possible)
        if found and not conflict.is_minimal:
            break
        found.append(conflict)
        left = without(left, conflict.limits)
        if not conflict.is_minimal or may_be_possible(problem, left, is_possible):
            break
    if len(found) == 1 and found[0].is_minimal:
        enough = (
            limit
            for limit in found[0].limits
            if may_be_possible(problem, without(every, (limit,)), is_possible, unknown=False)
        )
        return (replace(found[0], enough=tuple(enough)),)
    return tuple(found)


def without(
    limits: Sequence[NamedLimit], left_out: Collection[NamedLimit]
) -> tuple[NamedLimit, ...]:
    return tuple(limit for limit in limits if limit not in left_out)


def may_be_possible(
    problem: AllocationProblem,
    limits: Collection[NamedLimit],
    is_possible: IsPossible,
    *,
    unknown: bool = True,
) -> bool:
    """`unknown`: what is said where it was not found in time."""
    try:
        return is_possible(keeping(problem, limits))
    except Unknown:
        return unknown


def minimal_conflict(
    problem: AllocationProblem, limits: Sequence[NamedLimit], is_possible: IsPossible
) -> Conflict:
    """Of limits that contradict each other, by leaving them out: by halves, then one by one.

    Junker's QuickXplain: a limit stays where without it the others could be kept. What is not
    known in time counts as possible, so that what is left is a contradiction all the same.
    """
    is_minimal = True

    def holds(kept: Sequence[NamedLimit]) -> bool:
        nonlocal is_minimal
        try:
            return is_possible(keeping(problem, kept))
        except Unknown:
            is_minimal = False
            return True

    def needed(
        kept: tuple[NamedLimit, ...], asked: tuple[NamedLimit, ...], *, is_new: bool
    ) -> tuple[NamedLimit, ...]:
        """Those of `asked` that make a conflict together with all that is kept."""
        if is_new and not holds(kept):
            return ()
        if len(asked) == 1:
            return asked
        first, second = asked[: len(asked) // 2], asked[len(asked) // 2 :]
        of_second = needed(kept + first, second, is_new=True)
        of_first = needed(kept + of_second, first, is_new=bool(of_second))
        return of_first + of_second

    found = needed((), tuple(limits), is_new=False)
    return Conflict(found, is_minimal)


def keeping(problem: AllocationProblem, kept: Collection[NamedLimit]) -> AllocationProblem:
    """The same problem without all other limits."""
    at: dict[LimitKind, set[int]] = {kind: set() for kind in LimitKind}
    for limit in kept:
        at[limit.kind].add(limit.position)
    everything = sum(choice.payable for choice in problem.choices)
    return replace(
        problem,
        budget=problem.budget if at[LimitKind.BUDGET] else max(problem.budget, everything),
        groups=tuple(
            group if n in at[LimitKind.CAP] or group.cap is None else replace(group, cap=None)
            for n, group in enumerate(problem.groups)
        ),
        options=tuple(
            replace(option, pin=n in at[LimitKind.PIN], ban=n in at[LimitKind.BAN])
            if option.pin or option.ban
            else option
            for n, option in enumerate(problem.options)
        ),
        floors=tuple(each for n, each in enumerate(problem.floors) if n in at[LimitKind.FLOOR]),
        limits=tuple(each for n, each in enumerate(problem.limits) if n in at[LimitKind.USE]),
        min_groups=problem.min_groups if at[LimitKind.LEAST_GROUPS] else None,
        max_groups=problem.max_groups if at[LimitKind.MOST_GROUPS] else None,
    )


def named_limits(problem: AllocationProblem) -> tuple[NamedLimit, ...]:
    return (
        *bans(problem),
        *caps(problem),
        *floors(problem),
        *uses(problem),
        *numbers(problem),
        *pins(problem),
    )


def bans(problem: AllocationProblem) -> Iterator[NamedLimit]:
    for n, option in enumerate(problem.options):
        if option.ban:
            says = f"{option.action} in {option.group} is banned"
            yield NamedLimit(LimitKind.BAN, n, option.key, says)


def pins(problem: AllocationProblem) -> Iterator[NamedLimit]:
    for n, option in enumerate(problem.options):
        if problem.is_pinned(option):
            says = f"{option.action} in {option.group} is pinned"
            yield NamedLimit(LimitKind.PIN, n, option.key, says)


def caps(problem: AllocationProblem) -> Iterator[NamedLimit]:
    for n, group in enumerate(problem.groups):
        if group.cap is not None:
            says = f"{group.id} can take on {group.cap:,} at most"
            yield NamedLimit(LimitKind.CAP, n, (group.id,), says)


def floors(problem: AllocationProblem) -> Iterator[NamedLimit]:
    for n, floor in enumerate(problem.floors):
        percent = f"{float(100 * floor.share):g}%"
        says = f"at least {percent} of the money goes to groups tagged {floor.tag}"
        yield NamedLimit(LimitKind.FLOOR, n, (floor.tag,), says)


def uses(problem: AllocationProblem) -> Iterator[NamedLimit]:
    for n, limit in enumerate(problem.limits):
        yield NamedLimit(LimitKind.USE, n, (limit.name,), f"{limit.name}: {ends_of(limit)}")


def ends_of(limit: Limit) -> str:
    if limit.least is None:
        return f"{limit.most:,} at most"
    if limit.least == limit.most:
        return f"exactly {limit.most:,}"
    return f"{limit.least:,} at least and {limit.most:,} at most"


def numbers(problem: AllocationProblem) -> Iterator[NamedLimit]:
    if problem.max_groups is not None:
        says = f"at most {groups_served(problem.max_groups)}"
        yield NamedLimit(LimitKind.MOST_GROUPS, 0, (), says)
    if problem.min_groups is not None:
        says = f"at least {groups_served(problem.min_groups)}"
        yield NamedLimit(LimitKind.LEAST_GROUPS, 0, (), says)
    yield NamedLimit(LimitKind.BUDGET, 0, (), f"the budget is {problem.budget:,}")


def groups_served(number: int) -> str:
    return f"{number:,} group gets something" if number == 1 else f"{number:,} groups get something"
