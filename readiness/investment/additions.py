"""What may be added to a choice that a simple rule has made so far, and what that leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import fsum

from readiness.investment.problem import (
    AllocationProblem,
    Choice,
    Floor,
    GateConstraint,
    Key,
    Option,
    Package,
    Selection,
)


@dataclass(frozen=True)
class Addition:
    """An action or a package, with what it needs that is not there yet.

    A package takes the place of what it holds: of actions bought singly, and of a package that
    holds no more. So its cost, its benefit and what it uses are what it changes.
    """

    choice: Choice
    actions: frozenset[Key]  # that are chosen anew
    cost: int
    benefit: float
    uses: Mapping[int, int]  # of each limit, by its number

    @property
    def group(self) -> str:
        return self.choice.group


@dataclass(frozen=True)
class ProblemIndex:
    """The problem's parts by where they are looked up."""

    problem: AllocationProblem

    @cached_property
    def choices_by_group(self) -> dict[str, list[Choice]]:
        found: dict[str, list[Choice]] = {}
        for choice in sorted(self.problem.choices, key=lambda each: each.order):
            if self.problem.is_open(choice):
                found.setdefault(choice.group, []).append(choice)
        return found

    @cached_property
    def packages_by_action(self) -> dict[Key, list[Package]]:
        found: dict[Key, list[Package]] = {}
        for package in self.problem.packages:
            for key in self.problem.held(package) if self.problem.is_open(package) else ():
                found.setdefault(key, []).append(package)
        return found

    @cached_property
    def gates_by_key(self) -> dict[Key, list[GateConstraint]]:
        found: dict[Key, list[GateConstraint]] = {}
        for gate in self.problem.gates:
            for action in gate.unlocks:
                found.setdefault((gate.group, action), []).append(gate)
        return found

    @cached_property
    def uses_by_action(self) -> dict[Key, list[tuple[int, int]]]:
        """The number of each limit that an action uses, and how much of it."""
        found: dict[Key, list[tuple[int, int]]] = {}
        for number, limit in enumerate(self.problem.limits):
            for key, use in limit.uses:
                found.setdefault(key, []).append((number, use))
        return found

    @cached_property
    def uses_by_package(self) -> dict[Key, list[tuple[int, int]]]:
        """The number of each limit, and what the package changes beside its actions."""
        found: dict[Key, list[tuple[int, int]]] = {}
        for number, limit in enumerate(self.problem.limits):
            for key, change in self.problem.use_changes(limit).items():
                found.setdefault(key, []).append((number, change))
        return found

    @cached_property
    def cost_by_package(self) -> dict[Key, int]:
        """What the package changes beside its actions."""
        return {each.key: self.problem.cost_change(each) for each in self.problem.packages}

    @cached_property
    def worth_by_action(self) -> dict[Key, float]:
        return {option.key: float(option.benefit) for option in self.problem.options}

    @cached_property
    def worth_by_package(self) -> dict[Key, float]:
        """Besides its actions."""
        return {each.key: float(self.problem.worth(each)) for each in self.problem.packages}

    def may_use(self, choice: Choice, number: int) -> bool:
        """Whether the limit can count more once it is chosen."""
        if isinstance(choice, Option):
            uses = self.uses_by_action.get(choice.key, [])
        else:
            held = self.problem.held(choice)
            uses = [use for key in held for use in self.uses_by_action.get(key, ())]
            uses += self.uses_by_package.get(choice.key, ())
        return any(n == number and use > 0 for n, use in uses)

    def uses(self, actions: Iterable[Key], packages: Mapping[Key, int]) -> Counter[int]:
        """Of each limit, by its number. Packages: 1 for a chosen one, -1 for a replaced one."""
        found: Counter[int] = Counter()
        for key in actions if self.problem.limits else ():
            for number, use in self.uses_by_action.get(key, ()):
                found[number] += use
        for key, sign in packages.items() if self.problem.limits else ():
            for number, change in self.uses_by_package.get(key, ()):
                found[number] += sign * change
        return found

    def addition(
        self, choice: Choice, actions: frozenset[Key], packages: Mapping[Key, int]
    ) -> Addition:
        """These actions are chosen anew. Packages: 1 for the chosen one, -1 for the replaced."""
        offered = self.problem.option_by_key
        options = [offered[key] for key in actions if key in offered]
        changes = (sign * self.cost_by_package[key] for key, sign in packages.items())
        worth = [sign * self.worth_by_package[key] for key, sign in packages.items()]
        return Addition(
            choice,
            actions,
            sum(option.cost for option in options) + sum(changes),
            fsum([self.worth_by_action[option.key] for option in options] + worth),
            self.uses(actions, packages),
        )


@dataclass
class Budget:
    """What is chosen so far, and what that leaves."""

    index: ProblemIndex
    actions: set[Key] = field(default_factory=set)  # those that packages hold included
    packages: dict[str, Package] = field(default_factory=dict)  # by group
    spent: int = 0
    spent_by_group: dict[str, int] = field(default_factory=dict)
    spent_by_tag: dict[str, int] = field(default_factory=dict)
    used: Counter[int] = field(default_factory=Counter)
    sets: set[tuple[str, str]] = field(default_factory=set)

    @property
    def selection(self) -> Selection:
        packages = frozenset(package.key for package in self.packages.values())
        return Selection(frozenset(self.actions), packages)

    def add(self, addition: Addition) -> None:
        problem, group = self.index.problem, addition.group
        self.actions |= addition.actions
        if isinstance(addition.choice, Package):
            self.packages[group] = addition.choice
        self.sets.update(sets_of(problem, addition.actions))
        self.spent += addition.cost
        self.spent_by_group[group] = self.spent_by_group.get(group, 0) + addition.cost
        for tag in problem.group_by_id[group].tags:
            self.spent_by_tag[tag] = self.spent_by_tag.get(tag, 0) + addition.cost
        self.used.update(addition.uses)

    def fits(self, addition: Addition) -> bool:
        return self.has_money(addition) and self.has_room(addition) and self.is_within(addition)

    def has_money(self, addition: Addition) -> bool:
        cap = self.index.problem.group_by_id[addition.group].cap
        own = self.spent_by_group.get(addition.group, 0) + addition.cost
        return self.spent + addition.cost <= self.index.problem.budget and (
            cap is None or own <= cap
        )

    def has_room(self, addition: Addition) -> bool:
        """For one more group, and in every set of which one may be chosen."""
        most = self.index.problem.max_groups
        is_new = addition.group not in self.spent_by_group
        if is_new and most is not None and len(self.spent_by_group) >= most:
            return False
        return may_join(self, addition.actions)

    def is_within(self, addition: Addition) -> bool:
        limits = self.index.problem.limits
        return all(
            self.used[number] + use <= limits[number].most for number, use in addition.uses.items()
        )

    def keeps_floors(self, addition: Addition) -> bool:
        """Each floor holds after it, or is at least no further off."""
        return all(
            self.over(floor, addition) >= min(Fraction(), self.over(floor))
            for floor in self.index.problem.floors
        )

    def over(self, floor: Floor, addition: Addition | None = None) -> Fraction:
        """Money above the floor, as it is or with what is added."""
        more = addition.cost if addition else 0
        is_tagged = addition and floor.tag in self.index.problem.group_by_id[addition.group].tags
        tagged = self.spent_by_tag.get(floor.tag, 0) + (more if is_tagged else 0)
        return tagged - floor.share * (self.spent + more)


def sets_of(problem: AllocationProblem, keys: Iterable[Key]) -> list[tuple[str, str]]:
    offered = (problem.option_by_key.get(key) for key in keys)
    return [(each.group, each.one_of) for each in offered if each and each.one_of]


def may_join(budget: Budget, keys: frozenset[Key]) -> bool:
    own = sets_of(budget.index.problem, keys - budget.actions)
    return not own or (len(set(own)) == len(own) and budget.sets.isdisjoint(own))


def addition_of(budget: Budget, choice: Choice) -> Addition | None:
    """The choice with all that it needs and that is not there; None when that cannot be had."""
    if isinstance(choice, Package):
        return package_addition(budget, choice)
    keys = required_keys(budget, choice.key, frozenset())
    if keys is None:
        return None
    return budget.index.addition(choice, keys, {})


def package_addition(budget: Budget, package: Package) -> Addition | None:
    problem = budget.index.problem
    held = frozenset(problem.held(package))
    before = budget.packages.get(package.group)
    if before and (before == package or not held.issuperset(problem.held(before))):
        return None
    keys = keys_behind_all(budget, held) if problem.is_open(package) else None
    if keys is None:
        return None
    replaced = {before.key: -1} if before else {}
    return budget.index.addition(package, keys - budget.actions, {package.key: 1, **replaced})


def keys_behind_all(budget: Budget, held: frozenset[Key]) -> frozenset[Key] | None:
    keys = held
    for key in sorted(held):
        found = keys_behind(budget, key, keys, frozenset())
        if found is None:
            return None
        keys = found
    return keys


def required_keys(budget: Budget, key: Key, above: frozenset[Key]) -> frozenset[Key] | None:
    """What is chosen on the way up counts as there, so that a circle of needs is one choice."""
    option = budget.index.problem.option_by_key.get(key)
    if option is None or not budget.index.problem.is_open(option):
        return None
    return keys_behind(budget, key, frozenset({key}), above)


def keys_behind(
    budget: Budget, key: Key, keys: frozenset[Key], above: frozenset[Key]
) -> frozenset[Key] | None:
    """The keys, and what the action needs besides them."""
    option = budget.index.problem.option_by_key.get(key)
    for action in option.requires if option else ():
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
    return key in keys or key in budget.actions or budget.index.problem.has(*key)


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


def cost_of(budget: Budget, keys: Iterable[Key]) -> int:
    return sum(budget.index.problem.option_by_key[key].cost for key in keys)
