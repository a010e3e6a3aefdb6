"""Simpler ways of spending a budget, to hold beside the best one: by ratio, and in equal parts.

Quick and never proven best. What they find satisfies every constraint, or they say why they found
nothing; where they find nothing, a solver still may.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from readiness.core.errors import ReadinessError
from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Key,
    Limit,
    Option,
    broken_constraints,
)


@dataclass(frozen=True)
class ActionWithPrerequisites:
    """An action, and what it needs that is not there yet."""

    key: Key
    keys: tuple[Key, ...]
    cost: int
    benefit: float


@dataclass(frozen=True)
class ProblemIndex:
    """The problem's parts by where they are looked up."""

    problem: AllocationProblem

    @cached_property
    def options_by_group(self) -> dict[str, list[Option]]:
        found: dict[str, list[Option]] = {}
        for option in sorted(self.problem.options, key=lambda each: each.key):
            if self.problem.is_open(option):
                found.setdefault(option.group, []).append(option)
        return found

    @cached_property
    def gates_by_key(self) -> dict[Key, list[GateConstraint]]:
        found: dict[Key, list[GateConstraint]] = {}
        for gate in self.problem.gates:
            for action in gate.unlocks:
                found.setdefault((gate.group, action), []).append(gate)
        return found

    @cached_property
    def limits_by_key(self) -> dict[Key, list[tuple[int, int]]]:
        """The number of each limit that a choice uses, and how much of it."""
        found: dict[Key, list[tuple[int, int]]] = {}
        for number, limit in enumerate(self.problem.limits):
            for key, use in limit.uses:
                found.setdefault(key, []).append((number, use))
        return found

    @cached_property
    def benefit_by_key(self) -> dict[Key, float]:
        return {option.key: float(option.benefit) for option in self.problem.options}


@dataclass
class Budget:
    """What is chosen so far, and what that leaves."""

    index: ProblemIndex
    chosen: set[Key] = field(default_factory=set)
    spent: int = 0
    spent_by_group: dict[str, int] = field(default_factory=dict)
    spent_by_tag: dict[str, int] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)
    sets: set[tuple[str, str]] = field(default_factory=set)

    def add(self, addition: ActionWithPrerequisites) -> None:
        problem = self.index.problem
        group = addition.key[0]
        self.chosen.update(addition.keys)
        self.spent += addition.cost
        self.spent_by_group[group] = self.spent_by_group.get(group, 0) + addition.cost
        for tag in problem.group_by_id[group].tags:
            self.spent_by_tag[tag] = self.spent_by_tag.get(tag, 0) + addition.cost
        for key in addition.keys:
            for number, use in self.index.limits_by_key.get(key, ()):
                self.used[number] = self.used.get(number, 0) + use
        self.sets.update(sets_of(problem, addition.keys))

    def fits(self, addition: ActionWithPrerequisites) -> bool:
        return self.has_money(addition) and self.has_room(addition) and self.is_within(addition)

    def has_money(self, addition: ActionWithPrerequisites) -> bool:
        cap = self.index.problem.group_by_id[addition.key[0]].cap
        own = self.spent_by_group.get(addition.key[0], 0) + addition.cost
        return self.spent + addition.cost <= self.index.problem.budget and (
            cap is None or own <= cap
        )

    def has_room(self, addition: ActionWithPrerequisites) -> bool:
        """For one more group, and in every set of which one may be chosen."""
        most = self.index.problem.max_groups
        is_new = addition.key[0] not in self.spent_by_group
        if is_new and most is not None and len(self.spent_by_group) >= most:
            return False
        own = sets_of(self.index.problem, addition.keys)
        return len(set(own)) == len(own) and self.sets.isdisjoint(own)

    def is_within(self, addition: ActionWithPrerequisites) -> bool:
        limits, uses = self.index.problem.limits, dict[int, int]()
        for key in addition.keys:
            for number, use in self.index.limits_by_key.get(key, ()):
                uses[number] = uses.get(number, 0) + use
        return all(
            self.used.get(number, 0) + use <= limits[number].most for number, use in uses.items()
        )

    def keeps_floors(self, addition: ActionWithPrerequisites) -> bool:
        """Each floor holds after it, or is at least no further off."""
        return all(
            self.over(floor, addition) >= min(Fraction(), self.over(floor))
            for floor in self.unmet_by(addition)
        )

    def unmet_by(self, addition: ActionWithPrerequisites) -> Iterator[Floor]:
        tags = self.index.problem.group_by_id[addition.key[0]].tags
        return (floor for floor in self.index.problem.floors if floor.tag not in tags)

    def over(self, floor: Floor, addition: ActionWithPrerequisites | None = None) -> Fraction:
        """Money above the floor; what is added is of a group without its tag."""
        total = self.spent + (addition.cost if addition else 0)
        return self.spent_by_tag.get(floor.tag, 0) - floor.share * total


def sets_of(problem: AllocationProblem, keys: Iterable[Key]) -> list[tuple[str, str]]:
    options = (problem.option_by_key[key] for key in keys)
    return [(option.group, option.one_of) for option in options if option.one_of]


def with_prerequisites(budget: Budget, key: Key) -> ActionWithPrerequisites | None:
    """The action with all that it needs and that is not there; None when that cannot be had."""
    keys = required_keys(budget, key, frozenset())
    if keys is None:
        return None
    option_by_key = budget.index.problem.option_by_key
    return ActionWithPrerequisites(
        key,
        tuple(sorted(keys)),
        sum(option_by_key[each].cost for each in keys),
        sum(budget.index.benefit_by_key[each] for each in keys),
    )


def required_keys(budget: Budget, key: Key, above: frozenset[Key]) -> frozenset[Key] | None:
    """What is chosen on the way up counts as there, so that a circle of needs is one choice."""
    problem = budget.index.problem
    option = problem.option_by_key.get(key)
    if option is None or not problem.is_open(option):
        return None
    keys = frozenset({key})
    for action in option.requires:
        if not is_available(budget, keys | above, (key[0], action)):
            more = required_keys(budget, (key[0], action), above | keys)
            if more is None:
                return None
            keys |= more
    for gate in budget.index.gates_by_key.get(key, ()):
        opened = keys_for_gate(budget, gate, keys, above)
        if opened is None:
            return None
        keys = opened
    return keys


def is_available(budget: Budget, keys: frozenset[Key], key: Key) -> bool:
    return key in keys or key in budget.chosen or budget.index.problem.has(*key)


def keys_for_gate(
    budget: Budget, gate: GateConstraint, keys: frozenset[Key], above: frozenset[Key]
) -> frozenset[Key] | None:
    """The keys, and the cheapest of the gate's foundation until it opens."""
    foundation = [(gate.group, action) for action in dict.fromkeys(gate.of)]
    while sum(is_available(budget, keys | above, each) for each in foundation) < gate.needs:
        ways = [
            more
            for each in foundation
            if not is_available(budget, keys | above, each)
            and (more := required_keys(budget, each, above | keys)) is not None
            and may_join(budget, keys | more)
        ]
        if not ways:
            return None
        keys |= min(ways, key=lambda way: (cost_of(budget, way), sorted(way)))
    return keys


def may_join(budget: Budget, keys: frozenset[Key]) -> bool:
    own = sets_of(budget.index.problem, keys)
    return len(set(own)) == len(own) and budget.sets.isdisjoint(own)


def cost_of(budget: Budget, keys: Iterable[Key]) -> int:
    return sum(budget.index.problem.option_by_key[key].cost for key in keys)


class NoHeuristicAnswer(ReadinessError):
    """The simple way found nothing that satisfies every constraint."""


def greedy(problem: AllocationProblem) -> frozenset[Key]:
    """Again and again the action with the most benefit per dollar, with all that it needs first.

    Of equal ratio the first by ids; what a floor forbids waits, best first, until it is allowed.
    What has to be chosen, and the least number of groups, come before everything else.
    """
    faults: tuple[str, ...] = ()
    for dear in (best_ratio, lowest_cost):
        chosen = frozenset(fill_budget(ProblemIndex(problem), dear).chosen)
        faults = broken_constraints(problem, chosen)
        if not faults:
            return chosen
    raise NoHeuristicAnswer(f"Choosing by benefit per dollar found no answer, as {faults[0]}.")


def equal_split(problem: AllocationProblem) -> frozenset[Key]:
    """Each group gets the same part of the budget, and spends it by benefit per dollar."""
    part = problem.budget // max(1, len(problem.groups))
    groups = tuple(
        replace(group, cap=part if group.cap is None else min(part, group.cap))
        for group in problem.groups
    )
    try:
        return greedy(replace(problem, groups=groups))
    except NoHeuristicAnswer as none:
        raise NoHeuristicAnswer(f"With {part:,} for each group: {none}") from none


Rank = Callable[[ActionWithPrerequisites], tuple[float, Key]]


def best_ratio(addition: ActionWithPrerequisites) -> tuple[float, Key]:
    if addition.cost:
        return -addition.benefit / addition.cost, addition.key
    return (-float("inf") if addition.benefit >= 0 else float("inf")), addition.key


def lowest_cost(addition: ActionWithPrerequisites) -> tuple[float, Key]:
    return addition.cost, addition.key


def fill_budget(index: ProblemIndex, dear: Rank) -> Budget:
    """First what has to be there, dearest first by that rank; then the rest by ratio."""
    budget = Budget(index)
    for option in index.problem.options:
        if index.problem.is_pinned(option) and option.key not in budget.chosen:
            choose_first(budget, [option], dear)
    for number, limit in enumerate(index.problem.limits):
        meet_least_use(budget, number, limit, dear)
    serve_least_groups(budget, dear)
    spend_rest(budget)
    return budget


def choose_first(budget: Budget, options: Iterable[Option], dear: Rank) -> bool:
    """The first by rank of those that fit, whatever the floors say of it so far."""
    additions = (with_prerequisites(budget, option.key) for option in options)
    fitting = [addition for addition in additions if addition and budget.fits(addition)]
    if fitting:
        budget.add(min(fitting, key=dear))
    return bool(fitting)


def meet_least_use(budget: Budget, number: int, limit: Limit, dear: Rank) -> None:
    option_by_key = budget.index.problem.option_by_key
    using = [option_by_key[key] for key, n in limit.uses if n > 0 and key in option_by_key]
    while limit.least is not None and budget.used.get(number, 0) < limit.least:
        if not choose_first(
            budget, (each for each in using if each.key not in budget.chosen), dear
        ):
            return


def serve_least_groups(budget: Budget, dear: Rank) -> None:
    """Something in as many groups as have to get something, best first."""
    missing = (budget.index.problem.min_groups or 0) - len(budget.spent_by_group)
    if missing <= 0:
        return
    heads = []
    for group, options in budget.index.options_by_group.items():
        if group not in budget.spent_by_group:
            additions = (with_prerequisites(budget, option.key) for option in options)
            fitting = [addition for addition in additions if addition and budget.fits(addition)]
            heads += [min(fitting, key=dear)] if fitting else []
    for addition in sorted(heads, key=dear):
        if missing and budget.fits(addition):
            budget.add(addition)
            missing -= 1


def spend_rest(budget: Budget) -> None:
    """By ratio while anything fits; what only a floor forbids waits until others got more."""
    market = Market(budget)
    for group in budget.index.options_by_group:
        market.offer(group)
    while (addition := market.best()) is not None:
        if budget.keeps_floors(addition):
            market.buy(addition)
        else:
            market.put_back(addition)
    for addition in market.waiting():
        if budget.fits(addition) and budget.keeps_floors(addition):
            market.buy(addition)


Entry = tuple[tuple[float, Key], int]  # rank and key, and the round of offers that it is from


@dataclass
class Market:
    """The additions on offer, best first. A group offers anew whenever it got something."""

    budget: Budget
    heap: list[Entry] = field(default_factory=list)
    forbidden: list[Entry] = field(default_factory=list)
    rounds: dict[str, int] = field(default_factory=dict)
    additions: dict[Key, ActionWithPrerequisites] = field(default_factory=dict)  # as last offered

    def offer(self, group: str) -> None:
        self.rounds[group] = self.rounds.get(group, 0) + 1
        for option in self.budget.index.options_by_group.get(group, ()):
            if option.key not in self.budget.chosen:
                addition = with_prerequisites(self.budget, option.key)
                if addition and addition.benefit > 0 and self.budget.fits(addition):
                    self.additions[option.key] = addition
                    heapq.heappush(self.heap, (best_ratio(addition), self.rounds[group]))

    def best(self) -> ActionWithPrerequisites | None:
        while self.heap:
            addition = self.standing(heapq.heappop(self.heap))
            if addition:
                return addition
        return None

    def standing(self, entry: Entry) -> ActionWithPrerequisites | None:
        """The addition, where its group has not offered anew since and it still fits."""
        (_, key), offered = entry
        if self.rounds[key[0]] != offered:
            return None
        addition = self.additions[key]
        return addition if self.budget.fits(addition) else None

    def buy(self, addition: ActionWithPrerequisites) -> None:
        self.budget.add(addition)
        self.offer(addition.key[0])
        while self.forbidden:
            first = self.standing(self.forbidden[0])
            if first and not self.budget.keeps_floors(first):
                return
            entry = heapq.heappop(self.forbidden)
            if first:
                heapq.heappush(self.heap, entry)

    def put_back(self, addition: ActionWithPrerequisites) -> None:
        entry = best_ratio(addition), self.rounds[addition.key[0]]
        heapq.heappush(self.forbidden, entry)

    def waiting(self) -> Iterator[ActionWithPrerequisites]:
        for entry in sorted(self.forbidden):
            addition = self.standing(entry)
            if addition:
                yield addition
