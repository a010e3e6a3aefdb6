"""A budget, groups, and what could be done in each of them.

Costs are whole units of money. A benefit is any number; it is compared exactly, as a fraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

Key = tuple[str, str]  # group id, action id


@dataclass(frozen=True)
class ProblemGroup:
    """A group: what it has already, how much it can take on, and what it is tagged with."""

    id: str
    have: frozenset[str] = frozenset()
    cap: int | None = None
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Option:
    """One action in one group."""

    group: str
    action: str
    cost: int
    benefit: Fraction
    requires: tuple[str, ...] = ()  # each in place or chosen
    one_of: str | None = None  # at most one of a set in a group
    pin: bool = False
    ban: bool = False

    @property
    def key(self) -> Key:
        return self.group, self.action


@dataclass(frozen=True)
class GateConstraint:
    """`unlocks` needs at least `needs` of `of`, in place or chosen."""

    group: str
    needs: int
    of: tuple[str, ...]
    unlocks: tuple[str, ...]


@dataclass(frozen=True)
class Floor:
    """At least this share of the money spent goes to groups with the tag."""

    tag: str
    share: Fraction


@dataclass(frozen=True)
class Limit:
    """So much of something, and no more: a year's money, people-days, starts in a year."""

    name: str
    most: int
    uses: tuple[tuple[Key, int], ...]  # of each choice; what is not named uses nothing
    least: int | None = None  # where so much has to be used: a pin on any one of several


@dataclass(frozen=True)
class AllocationProblem:
    budget: int
    groups: tuple[ProblemGroup, ...]
    options: tuple[Option, ...]
    gates: tuple[GateConstraint, ...] = ()
    floors: tuple[Floor, ...] = ()
    min_groups: int | None = None
    max_groups: int | None = None
    limits: tuple[Limit, ...] = ()

    @cached_property
    def group_by_id(self) -> Mapping[str, ProblemGroup]:
        return {group.id: group for group in self.groups}

    @cached_property
    def option_by_key(self) -> Mapping[Key, Option]:
        return {option.key: option for option in self.options}

    def has(self, group: str, action: str) -> bool:
        return action in self.group_by_id[group].have

    def is_open(self, option: Option) -> bool:
        """It can be chosen at all: not banned, and not in place already."""
        return not option.ban and not self.has(option.group, option.action)

    def is_pinned(self, option: Option) -> bool:
        """It has to be chosen; what is in place already has not."""
        return option.pin and not self.has(option.group, option.action)


def total_cost(problem: AllocationProblem, keys: Iterable[Key]) -> int:
    return sum(problem.option_by_key[key].cost for key in keys)


def total_benefit(problem: AllocationProblem, keys: Iterable[Key]) -> Fraction:
    return sum((problem.option_by_key[key].benefit for key in keys), Fraction())


def broken_constraints(problem: AllocationProblem, chosen: frozenset[Key]) -> tuple[str, ...]:
    """Every constraint that the choice breaks, in words; empty: it may be carried out.

    Written from the constraints' own words, apart from how they are told to a solver.
    """
    return tuple(
        dict.fromkeys(
            (
                *broken_by_options(problem, chosen),
                *broken_by_groups(problem, chosen),
                *broken_by_money(problem, chosen),
                *broken_by_limits(problem, chosen),
            )
        )
    )


def broken_by_options(problem: AllocationProblem, chosen: frozenset[Key]) -> Iterator[str]:
    for option in problem.options:
        is_chosen = option.key in chosen
        if not is_chosen and not option.pin:
            continue
        name = f"{option.action} in {option.group}"
        if problem.is_pinned(option) and not is_chosen:
            yield f"{name} is pinned and was not chosen"
        if not is_chosen:
            continue
        if option.ban:
            yield f"{name} is banned and was chosen"
        if problem.has(option.group, option.action):
            yield f"{name} is in place already and was chosen"
        for needed in option.requires:
            if not is_available(problem, chosen, option.group, needed):
                yield f"{name} needs {needed}, which is neither in place nor chosen"


def is_available(
    problem: AllocationProblem, chosen: frozenset[Key], group: str, action: str
) -> bool:
    return problem.has(group, action) or (group, action) in chosen


def broken_by_groups(problem: AllocationProblem, chosen: frozenset[Key]) -> Iterator[str]:
    for gate in problem.gates:
        standing = sum(is_available(problem, chosen, gate.group, action) for action in set(gate.of))
        for action in gate.unlocks:
            if (gate.group, action) in chosen and standing < gate.needs:
                yield (
                    f"{action} in {gate.group} is behind a gate that needs {gate.needs} of "
                    f"{len(set(gate.of))}, and {standing} stand"
                )
    sets: dict[tuple[str, str], int] = {}
    for key in chosen:
        option = problem.option_by_key[key]
        if option.one_of:
            sets[option.group, option.one_of] = sets.get((option.group, option.one_of), 0) + 1
    for (group, name), number in sorted(sets.items()):
        if number > 1:
            yield f"{number} of the set {name} are chosen in {group}: one is allowed"
    served = len({group for group, _ in chosen})
    if problem.min_groups is not None and served < problem.min_groups:
        yield f"{served} groups get something, fewer than {problem.min_groups}"
    if problem.max_groups is not None and served > problem.max_groups:
        yield f"{served} groups get something, more than {problem.max_groups}"


def broken_by_money(problem: AllocationProblem, chosen: frozenset[Key]) -> Iterator[str]:
    own = spent_by_group(problem, chosen)
    total = sum(own.values())
    if total > problem.budget:
        yield f"{total:,} is more than the budget of {problem.budget:,}"
    for group in problem.groups:
        if group.cap is not None and own.get(group.id, 0) > group.cap:
            yield f"{own[group.id]:,} in {group.id} is more than it can take on ({group.cap:,})"
    for floor in problem.floors:
        tagged = sum(
            cost for group, cost in own.items() if floor.tag in problem.group_by_id[group].tags
        )
        if tagged < floor.share * total:
            yield f"groups tagged {floor.tag} get {tagged:,} of {total:,}, less than their floor"


def spent_by_group(problem: AllocationProblem, keys: Iterable[Key]) -> dict[str, int]:
    own: dict[str, int] = {}
    for key in keys:
        own[key[0]] = own.get(key[0], 0) + problem.option_by_key[key].cost
    return own


def broken_by_limits(problem: AllocationProblem, chosen: frozenset[Key]) -> Iterator[str]:
    for limit in problem.limits:
        used = sum(use for key, use in limit.uses if key in chosen)
        if used > limit.most:
            yield f"{limit.name}: {used:,} is more than {limit.most:,}"
        if limit.least is not None and used < limit.least:
            yield f"{limit.name}: {used:,} is less than {limit.least:,}"
