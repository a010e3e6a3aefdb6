"""Choose one option from each set: which of them can be in a cheapest choice, and the first such.

Together the chosen options must bring what is needed. With a price on each need, an option's net
cost is its cost less the worth of what it brings. Whatever the prices, the least net costs and the
worth of the needs add up to no more than the cheapest choice costs (weak duality). So what a choice
costs above this bound is the sum of its options' excess over the least net cost of their sets, and
the worth of what it brings beyond the needs. An option with more excess than a known choice costs
above the bound is in no cheapest choice. Prices near the best leave few options.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

SCALE = 64  # prices are whole numbers of 1/SCALE of a cost unit, so that the bound is exact

Numbers = Sequence[int]


@dataclass(frozen=True)
class PricedOption:
    cost: int
    gains: tuple[int, ...]  # one for each need, none negative
    order: int  # of equal cost, the least of the first set wins, then of the second, and so on


@dataclass(frozen=True)
class PricedSets:
    sets: Sequence[Sequence[PricedOption]]
    needs: tuple[int, ...]
    prices: tuple[int, ...]

    @cached_property
    def nets(self) -> list[list[int]]:
        return [[net_cost(option, self.prices) for option in options] for options in self.sets]

    @cached_property
    def excess(self) -> list[list[int]]:
        return [[net - min(own) for net in own] for own in self.nets]

    @cached_property
    def bound(self) -> int:
        """In 1/SCALE of a cost unit."""
        return sum(map(min, self.nets)) + worth(self.needs, self.prices)

    def spare(self, cost: int) -> int:
        """How much excess a choice may have that costs no more than `cost`."""
        return SCALE * cost - self.bound


def worth(gains: Numbers, prices: Numbers) -> int:
    return sum(gain * price for gain, price in zip(gains, prices, strict=True))


def net_cost(option: PricedOption, prices: Numbers) -> int:
    return SCALE * option.cost - worth(option.gains, prices)


def price(sets: Sequence[Sequence[PricedOption]], needs: tuple[int, ...]) -> PricedSets:
    """One need after the other: the lowest price at which the best options bring enough of it."""
    prices = [0] * len(needs)
    for need in range(len(needs)):
        priced = [
            [(net_cost(option, prices), option.gains[need]) for option in options]
            for options in sets
            if any(option.gains[need] for option in options)
        ]
        prices[need] = lowest_enough(priced, needs[need])
    return PricedSets(sets, needs, tuple(prices))


def lowest_enough(priced: Sequence[Sequence[tuple[int, int]]], need: int) -> int:
    """`priced` has the net cost but for this need, and the gain, of each option of each set.

    Never below 0, or there would be no bound. Above the widest spread of net costs in a set, a gain
    of one more is always worth it.
    """
    nets = [[net for net, _ in options] for options in priced]
    low, high = -1, 1 + max((max(own) - min(own) for own in nets), default=0)
    while high - low > 1:
        middle = (low + high) // 2
        gained = sum(
            max((middle * gain - net, gain) for net, gain in options)[1] for options in priced
        )
        low, high = (low, middle) if gained >= need else (middle, high)
    return high


# What can be in a cheapest choice.


def may_be_cheapest(priced: PricedSets) -> list[list[bool]]:
    """For each option of each set: False only where it is in no cheapest choice."""
    known = some_choice(priced)
    if known is None:
        return [[True] * len(options) for options in priced.sets]
    spare = priced.spare(sum(option.cost for option in known))
    return [[excess <= spare for excess in own] for own in priced.excess]


def some_choice(priced: PricedSets) -> list[PricedOption] | None:
    """A cheap choice that brings enough, by one exchange after another; None if that fails."""
    chosen = [min(range(len(own)), key=own.__getitem__) for own in priced.nets]
    while short := shortfall(priced, total_gains(priced, chosen)):
        useful = [each for each in exchanges(priced, chosen) if each.shortfall < short]
        if not useful:
            return None
        best = min(useful, key=lambda each: each.net / (short - each.shortfall))
        chosen[best.which] = best.at
    while saving := [
        each for each in exchanges(priced, chosen) if each.cost < 0 and each.shortfall == 0
    ]:
        best = min(saving, key=lambda each: each.cost)
        chosen[best.which] = best.at
    return [options[at] for options, at in zip(priced.sets, chosen, strict=True)]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Taking another option of one set: what it adds to the costs, and the shortfall it leaves."""

    which: int
    at: int
    net: int
    cost: int
    shortfall: int


def exchanges(priced: PricedSets, chosen: list[int]) -> Iterator[Exchange]:
    totals = total_gains(priced, chosen)
    for which, options in enumerate(priced.sets):
        nets, now = priced.nets[which], chosen[which]
        others = [total - gain for total, gain in zip(totals, options[now].gains, strict=True)]
        for at, option in enumerate(options):
            left = shortfall(priced, map(int.__add__, others, option.gains))
            cost = option.cost - options[now].cost
            yield Exchange(which, at, nets[at] - nets[now], cost, left)


def total_gains(priced: PricedSets, chosen: list[int]) -> list[int]:
    gains = [options[at].gains for options, at in zip(priced.sets, chosen, strict=True)]
    return [sum(own) for own in zip(*gains, strict=True)]


def shortfall(priced: PricedSets, totals: Iterable[int]) -> int:
    """What is missing of each need, at its price or at least at 1."""
    each = zip(priced.needs, priced.prices, totals, strict=True)
    return sum((need - total) * max(1, price) for need, price, total in each if need > total)


# The first of the cheapest choices.

Partial = tuple[int, tuple[tuple[int, int], ...]]  # spare used; order and place of each option


def first_cheapest(priced: PricedSets, cost: int) -> list[int] | None:
    """Of the cheapest choices, the first by order: the place of its option in each set.

    None when every choice that brings enough costs more than `cost`. Set by set, only the best
    part of a choice is kept for each rest of the needs.
    """
    spare, reach = priced.spare(cost), most_gains(priced)
    best: dict[tuple[int, ...], Partial] = {priced.needs: (0, ())}
    for which, options in enumerate(priced.sets):
        grown: dict[tuple[int, ...], Partial] = {}
        for needs, (used, chosen) in best.items():
            for at, option in enumerate(options):
                rest = tuple(map(int.__sub__, needs, option.gains))
                more = used + priced.excess[which][at] + beyond(rest, priced.prices)
                if more > spare or any(map(int.__gt__, rest, reach[which + 1])):
                    continue
                left = tuple(max(0, need) for need in rest)
                part = (more, (*chosen, (option.order, at)))
                if left not in grown or part < grown[left]:
                    grown[left] = part
        best = grown
    return next(([at for _, at in chosen] for _, chosen in best.values()), None)


def beyond(rest: Numbers, prices: Numbers) -> int:
    """The worth of what is brought beyond the needs."""
    return sum(-need * price for need, price in zip(rest, prices, strict=True) if need < 0)


def most_gains(priced: PricedSets) -> list[tuple[int, ...]]:
    """The most of each need that the sets from this one on can bring; nothing after the last."""
    reach = [(0,) * len(priced.needs)]
    for options in reversed(priced.sets):
        gains = [max(own) for own in zip(*(option.gains for option in options), strict=True)]
        reach.append(tuple(map(int.__add__, reach[-1], gains)))
    return reach[::-1]
