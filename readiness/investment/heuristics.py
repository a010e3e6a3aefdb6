"""Simpler ways of spending a budget, to hold beside the best one: by ratio, and in equal parts.

Quick and never proven best. What they find satisfies every constraint, or they say why they found
nothing; where they find nothing, a solver still may.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from readiness.core.errors import ReadinessError
from readiness.investment.budget import Bundle, Ground, Purse, bundle_of
from readiness.investment.problem import Key, Limit, Option, Problem, broken


class NoStart(ReadinessError):
    """The simple way found nothing that satisfies every constraint."""


def greedy(problem: Problem) -> frozenset[Key]:
    """Again and again the action with the most benefit per dollar, with all that it needs first.

    Of equal ratio the first by ids; what a floor forbids waits, best first, until it is allowed.
    What has to be chosen, and the least number of groups, come before everything else.
    """
    faults: tuple[str, ...] = ()
    for dear in (best_ratio, lowest_cost):
        chosen = frozenset(filled(Ground(problem), dear).chosen)
        faults = broken(problem, chosen)
        if not faults:
            return chosen
    raise NoStart(f"Choosing by benefit per dollar found no answer, as {faults[0]}.")


def equal_split(problem: Problem) -> frozenset[Key]:
    """Each group gets the same part of the budget, and spends it by benefit per dollar."""
    part = problem.budget // max(1, len(problem.groups))
    groups = tuple(
        replace(group, cap=part if group.cap is None else min(part, group.cap))
        for group in problem.groups
    )
    try:
        return greedy(replace(problem, groups=groups))
    except NoStart as none:
        raise NoStart(f"With {part:,} for each group: {none}") from none


Rank = Callable[[Bundle], tuple[float, Key]]


def best_ratio(bundle: Bundle) -> tuple[float, Key]:
    if bundle.cost:
        return -bundle.benefit / bundle.cost, bundle.key
    return (-float("inf") if bundle.benefit >= 0 else float("inf")), bundle.key


def lowest_cost(bundle: Bundle) -> tuple[float, Key]:
    return bundle.cost, bundle.key


def filled(ground: Ground, dear: Rank) -> Purse:
    """First what has to be there, dearest first by that rank; then the rest by ratio."""
    purse = Purse(ground)
    for option in ground.problem.options:
        if ground.problem.is_pinned(option) and option.key not in purse.chosen:
            take_first(purse, [option], dear)
    for number, limit in enumerate(ground.problem.limits):
        reach(purse, number, limit, dear)
    reach_groups(purse, dear)
    spend(purse)
    return purse


def take_first(purse: Purse, options: Iterable[Option], dear: Rank) -> bool:
    """The first by rank of those that fit, whatever the floors say of it so far."""
    bundles = (bundle_of(purse, option.key) for option in options)
    fitting = [bundle for bundle in bundles if bundle and purse.fits(bundle)]
    if fitting:
        purse.add(min(fitting, key=dear))
    return bool(fitting)


def reach(purse: Purse, number: int, limit: Limit, dear: Rank) -> None:
    option_by_key = purse.ground.problem.option_by_key
    using = [option_by_key[key] for key, n in limit.uses if n > 0 and key in option_by_key]
    while limit.least is not None and purse.used.get(number, 0) < limit.least:
        if not take_first(purse, (each for each in using if each.key not in purse.chosen), dear):
            return


def reach_groups(purse: Purse, dear: Rank) -> None:
    """Something in as many groups as have to get something, best first."""
    missing = (purse.ground.problem.min_groups or 0) - len(purse.spent_by_group)
    if missing <= 0:
        return
    heads = []
    for group, options in purse.ground.options_by_group.items():
        if group not in purse.spent_by_group:
            bundles = (bundle_of(purse, option.key) for option in options)
            fitting = [bundle for bundle in bundles if bundle and purse.fits(bundle)]
            heads += [min(fitting, key=dear)] if fitting else []
    for bundle in sorted(heads, key=dear):
        if missing and purse.fits(bundle):
            purse.add(bundle)
            missing -= 1


def spend(purse: Purse) -> None:
    """By ratio while anything fits; what only a floor forbids waits until others got more."""
    market = Market(purse)
    for group in purse.ground.options_by_group:
        market.offer(group)
    while (bundle := market.best()) is not None:
        if purse.keeps_floors(bundle):
            market.buy(bundle)
        else:
            market.put_back(bundle)
    for bundle in market.waiting():
        if purse.fits(bundle) and purse.keeps_floors(bundle):
            market.buy(bundle)


Entry = tuple[tuple[float, Key], int]  # rank and key, and the round of offers that it is from


@dataclass
class Market:
    """The bundles on offer, best first. A group offers anew whenever it got something."""

    purse: Purse
    heap: list[Entry] = field(default_factory=list)
    forbidden: list[Entry] = field(default_factory=list)
    rounds: dict[str, int] = field(default_factory=dict)
    bundles: dict[Key, Bundle] = field(default_factory=dict)  # as last offered

    def offer(self, group: str) -> None:
        self.rounds[group] = self.rounds.get(group, 0) + 1
        for option in self.purse.ground.options_by_group.get(group, ()):
            if option.key not in self.purse.chosen:
                bundle = bundle_of(self.purse, option.key)
                if bundle and bundle.benefit > 0 and self.purse.fits(bundle):
                    self.bundles[option.key] = bundle
                    heapq.heappush(self.heap, (best_ratio(bundle), self.rounds[group]))

    def best(self) -> Bundle | None:
        while self.heap:
            bundle = self.standing(heapq.heappop(self.heap))
            if bundle:
                return bundle
        return None

    def standing(self, entry: Entry) -> Bundle | None:
        """The bundle, where its group has not offered anew since and it still fits."""
        (_, key), offered = entry
        if self.rounds[key[0]] != offered:
            return None
        bundle = self.bundles[key]
        return bundle if self.purse.fits(bundle) else None

    def buy(self, bundle: Bundle) -> None:
        self.purse.add(bundle)
        self.offer(bundle.key[0])
        while self.forbidden:
            first = self.standing(self.forbidden[0])
            if first and not self.purse.keeps_floors(first):
                return
            entry = heapq.heappop(self.forbidden)
            if first:
                heapq.heappush(self.heap, entry)

    def put_back(self, bundle: Bundle) -> None:
        entry = best_ratio(bundle), self.rounds[bundle.key[0]]
        heapq.heappush(self.forbidden, entry)

    def waiting(self) -> Iterator[Bundle]:
        for entry in sorted(self.forbidden):
            bundle = self.standing(entry)
            if bundle:
                yield bundle
