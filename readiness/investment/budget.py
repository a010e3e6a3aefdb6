"""A budget as it is spent: what is chosen, what that leaves, and what an action needs first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from readiness.investment.problem import Floor, Gate, Key, Option, Problem


@dataclass(frozen=True)
class Bundle:
    """An action, and what it needs that is not there yet."""

    key: Key
    keys: tuple[Key, ...]
    cost: int
    benefit: float


@dataclass(frozen=True)
class Ground:
    """The problem's parts by where they are looked up."""

    problem: Problem

    @cached_property
    def options_by_group(self) -> dict[str, list[Option]]:
        found: dict[str, list[Option]] = {}
        for option in sorted(self.problem.options, key=lambda each: each.key):
            if self.problem.is_open(option):
                found.setdefault(option.group, []).append(option)
        return found

    @cached_property
    def gates_by_key(self) -> dict[Key, list[Gate]]:
        found: dict[Key, list[Gate]] = {}
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
class Purse:
    """What is chosen so far, and what that leaves."""

    ground: Ground
    chosen: set[Key] = field(default_factory=set)
    spent: int = 0
    spent_by_group: dict[str, int] = field(default_factory=dict)
    spent_by_tag: dict[str, int] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)
    sets: set[tuple[str, str]] = field(default_factory=set)

    def add(self, bundle: Bundle) -> None:
        problem = self.ground.problem
        group = bundle.key[0]
        self.chosen.update(bundle.keys)
        self.spent += bundle.cost
        self.spent_by_group[group] = self.spent_by_group.get(group, 0) + bundle.cost
        for tag in problem.group_by_id[group].tags:
            self.spent_by_tag[tag] = self.spent_by_tag.get(tag, 0) + bundle.cost
        for key in bundle.keys:
            for number, use in self.ground.limits_by_key.get(key, ()):
                self.used[number] = self.used.get(number, 0) + use
        self.sets.update(sets_of(problem, bundle.keys))

    def fits(self, bundle: Bundle) -> bool:
        return self.has_money(bundle) and self.has_room(bundle) and self.is_within(bundle)

    def has_money(self, bundle: Bundle) -> bool:
        cap = self.ground.problem.group_by_id[bundle.key[0]].cap
        own = self.spent_by_group.get(bundle.key[0], 0) + bundle.cost
        return self.spent + bundle.cost <= self.ground.problem.budget and (
            cap is None or own <= cap
        )

    def has_room(self, bundle: Bundle) -> bool:
        """For one more group, and in every set of which one may be chosen."""
        most = self.ground.problem.max_groups
        is_new = bundle.key[0] not in self.spent_by_group
        if is_new and most is not None and len(self.spent_by_group) >= most:
            return False
        own = sets_of(self.ground.problem, bundle.keys)
        return len(set(own)) == len(own) and self.sets.isdisjoint(own)

    def is_within(self, bundle: Bundle) -> bool:
        limits, uses = self.ground.problem.limits, dict[int, int]()
        for key in bundle.keys:
            for number, use in self.ground.limits_by_key.get(key, ()):
                uses[number] = uses.get(number, 0) + use
        return all(
            self.used.get(number, 0) + use <= limits[number].most for number, use in uses.items()
        )

    def keeps_floors(self, bundle: Bundle) -> bool:
        """Each floor holds after it, or is at least no further off."""
        return all(
            self.over(floor, bundle) >= min(Fraction(), self.over(floor))
            for floor in self.unmet_by(bundle)
        )

    def unmet_by(self, bundle: Bundle) -> Iterator[Floor]:
        tags = self.ground.problem.group_by_id[bundle.key[0]].tags
        return (floor for floor in self.ground.problem.floors if floor.tag not in tags)

    def over(self, floor: Floor, bundle: Bundle | None = None) -> Fraction:
        """Money above the floor; the bundle is one of a group without its tag."""
        total = self.spent + (bundle.cost if bundle else 0)
        return self.spent_by_tag.get(floor.tag, 0) - floor.share * total


def sets_of(problem: Problem, keys: Iterable[Key]) -> list[tuple[str, str]]:
    options = (problem.option_by_key[key] for key in keys)
    return [(option.group, option.one_of) for option in options if option.one_of]


def bundle_of(purse: Purse, key: Key) -> Bundle | None:
    """The action with all that it needs and that is not there; None when that cannot be had."""
    keys = needed(purse, key, frozenset())
    if keys is None:
        return None
    option_by_key = purse.ground.problem.option_by_key
    return Bundle(
        key,
        tuple(sorted(keys)),
        sum(option_by_key[each].cost for each in keys),
        sum(purse.ground.benefit_by_key[each] for each in keys),
    )


def needed(purse: Purse, key: Key, above: frozenset[Key]) -> frozenset[Key] | None:
    """What is chosen on the way up counts as there, so that a circle of needs is one bundle."""
    problem = purse.ground.problem
    option = problem.option_by_key.get(key)
    if option is None or not problem.is_open(option):
        return None
    keys = frozenset({key})
    for action in option.requires:
        if not stands(purse, keys | above, (key[0], action)):
            more = needed(purse, (key[0], action), above | keys)
            if more is None:
                return None
            keys |= more
    for gate in purse.ground.gates_by_key.get(key, ()):
        opened = opening(purse, gate, keys, above)
        if opened is None:
            return None
        keys = opened
    return keys


def stands(purse: Purse, keys: frozenset[Key], key: Key) -> bool:
    return key in keys or key in purse.chosen or purse.ground.problem.has(*key)


def opening(
    purse: Purse, gate: Gate, keys: frozenset[Key], above: frozenset[Key]
) -> frozenset[Key] | None:
    """The keys, and the cheapest of the gate's foundation until it opens."""
    foundation = [(gate.group, action) for action in dict.fromkeys(gate.of)]
    while sum(stands(purse, keys | above, each) for each in foundation) < gate.needs:
        ways = [
            more
            for each in foundation
            if not stands(purse, keys | above, each)
            and (more := needed(purse, each, above | keys)) is not None
            and may_join(purse, keys | more)
        ]
        if not ways:
            return None
        keys |= min(ways, key=lambda way: (cost_of(purse, way), sorted(way)))
    return keys


def may_join(purse: Purse, keys: frozenset[Key]) -> bool:
    own = sets_of(purse.ground.problem, keys)
    return len(set(own)) == len(own) and purse.sets.isdisjoint(own)


def cost_of(purse: Purse, keys: Iterable[Key]) -> int:
    return sum(purse.ground.problem.option_by_key[key].cost for key in keys)
