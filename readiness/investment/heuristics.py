"""Simpler ways of spending a budget, to hold beside the best one: by ratio, and in equal parts.

Quick and never proven best. What they find satisfies every constraint, or they say why they found
nothing; where they find nothing, a solver still may.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from readiness.core.errors import ReadinessError
from readiness.investment.additions import Addition, Budget, ProblemIndex, addition_of
from readiness.investment.problem import (
    AllocationProblem,
    Choice,
    Limit,
    Order,
    Package,
    Selection,
    broken_constraints,
)


class NoHeuristicAnswer(ReadinessError):
    """The simple way found nothing that satisfies every constraint."""


def greedy(problem: AllocationProblem) -> Selection:
    """Again and again the action or package with the most benefit per dollar, with what it needs.

    A package is weighed by what it changes where it takes the place of what is chosen. Of equal
    ratio the first by ids, a package before an action of the same id; what a floor forbids waits,
    best first, until it is allowed. What has to be chosen, and the least number of groups, come
    before everything else.
    """
    faults: tuple[str, ...] = ()
    for dear in (best_ratio, lowest_cost):
        chosen = fill_budget(ProblemIndex(problem), dear).selection
        faults = broken_constraints(problem, chosen)
        if not faults:
            return chosen
    raise NoHeuristicAnswer(f"Choosing by benefit per dollar found no answer, as {faults[0]}.")


def equal_split(problem: AllocationProblem) -> Selection:
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


Rank = Callable[[Addition], tuple[float, Order]]


def best_ratio(addition: Addition) -> tuple[float, Order]:
    if addition.cost > 0:
        return -addition.benefit / addition.cost, addition.choice.order
    ratio = -float("inf") if addition.benefit >= 0 else float("inf")
    return ratio, addition.choice.order


def lowest_cost(addition: Addition) -> tuple[float, Order]:
    return addition.cost, addition.choice.order


def fill_budget(index: ProblemIndex, dear: Rank) -> Budget:
    """First what has to be there, dearest first by that rank; then the rest by ratio."""
    budget = Budget(index)
    for option in index.problem.options:
        if index.problem.is_pinned(option) and option.key not in budget.actions:
            choose_first(budget, [option, *index.packages_by_action.get(option.key, ())], dear)
    for number, limit in enumerate(index.problem.limits):
        meet_least_use(budget, number, limit, dear)
    serve_least_groups(budget, dear)
    spend_rest(budget)
    return budget


def choose_first(budget: Budget, choices: Iterable[Choice], dear: Rank) -> bool:
    """The first by rank of those that fit, whatever the floors say of it so far."""
    additions = (addition_of(budget, choice) for choice in choices)
    return add_first(budget, additions, dear)


def add_first(budget: Budget, additions: Iterable[Addition | None], dear: Rank) -> bool:
    fitting = [addition for addition in additions if addition and budget.fits(addition)]
    if fitting:
        budget.add(min(fitting, key=dear))
    return bool(fitting)


def meet_least_use(budget: Budget, number: int, limit: Limit, dear: Rank) -> None:
    index = budget.index
    using = [
        choice
        for choices in (index.choices_by_group.values() if limit.least is not None else ())
        for choice in choices
        if index.may_use(choice, number)
    ]
    while limit.least is not None and budget.used[number] < limit.least:
        additions = (addition_of(budget, c) for c in using if not is_there(budget, c))
        raising = [each for each in additions if each and each.uses.get(number, 0) > 0]
        if not add_first(budget, raising, dear):
            return


def is_there(budget: Budget, choice: Choice) -> bool:
    if isinstance(choice, Package):
        return budget.packages.get(choice.group) == choice
    return choice.key in budget.actions


def serve_least_groups(budget: Budget, dear: Rank) -> None:
    """Something in as many groups as have to get something, best first."""
    missing = (budget.index.problem.min_groups or 0) - len(budget.spent_by_group)
    if missing <= 0:
        return
    heads = []
    for group, choices in budget.index.choices_by_group.items():
        if group not in budget.spent_by_group:
            additions = (addition_of(budget, choice) for choice in choices)
            fitting = [addition for addition in additions if addition and budget.fits(addition)]
            heads += [min(fitting, key=dear)] if fitting else []
    for addition in sorted(heads, key=dear):
        if missing and budget.fits(addition):
            budget.add(addition)
            missing -= 1


def spend_rest(budget: Budget) -> None:
    """By ratio while anything fits; what only a floor forbids waits until others got more."""
    market = Market(budget)
    for group in budget.index.choices_by_group:
        market.offer(group)
    while (addition := market.best()) is not None:
        if budget.keeps_floors(addition):
            market.buy(addition)
        else:
            market.put_back(addition)
    for addition in market.waiting():
        if budget.fits(addition) and budget.keeps_floors(addition):
            market.buy(addition)


Entry = tuple[tuple[float, Order], int]  # rank and choice, and the round of offers that it is from


@dataclass
class Market:
    """The additions on offer, best first. A group offers anew whenever it got something."""

    budget: Budget
    heap: list[Entry] = field(default_factory=list)
    forbidden: list[Entry] = field(default_factory=list)
    rounds: dict[str, int] = field(default_factory=dict)
    additions: dict[Order, Addition] = field(default_factory=dict)  # as last offered

    def offer(self, group: str) -> None:
        self.rounds[group] = self.rounds.get(group, 0) + 1
        for choice in self.budget.index.choices_by_group.get(group, ()):
            if not is_there(self.budget, choice):
                addition = addition_of(self.budget, choice)
                if addition and addition.benefit > 0 and self.budget.fits(addition):
                    self.additions[choice.order] = addition
                    heapq.heappush(self.heap, (best_ratio(addition), self.rounds[group]))

    def best(self) -> Addition | None:
        while self.heap:
            addition = self.standing(heapq.heappop(self.heap))
            if addition:
                return addition
        return None

    def standing(self, entry: Entry) -> Addition | None:
        """The addition, where its group has not offered anew since and it still fits."""
        (_, order), offered = entry
        if self.rounds[order[0]] != offered:
            return None
        addition = self.additions[order]
        return addition if self.budget.fits(addition) else None

    def buy(self, addition: Addition) -> None:
        self.budget.add(addition)
        self.offer(addition.group)
        while self.forbidden:
            first = self.standing(self.forbidden[0])
            if first and not self.budget.keeps_floors(first):
                return
            entry = heapq.heappop(self.forbidden)
            if first:
                heapq.heappush(self.heap, entry)

    def put_back(self, addition: Addition) -> None:
        entry = best_ratio(addition), self.rounds[addition.group]
        heapq.heappush(self.forbidden, entry)

    def waiting(self) -> Iterator[Addition]:
        for entry in sorted(self.forbidden):
            addition = self.standing(entry)
            if addition:
                yield addition
