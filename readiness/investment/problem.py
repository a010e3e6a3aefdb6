"""A budget, groups, and what could be done in each of them: single actions, and packages.

Costs are whole units of money. A benefit is any number; it is compared exactly, as a fraction.

An action is chosen when it is bought singly or when the chosen package of its group holds it. Its
own benefit counts either way, once; a package's benefit, and what its tier is worth, come on top.
Its cost counts only when it is bought singly: of what a package holds, the budget pays what is
payable of the package instead. So nothing is paid for twice, and nothing that a package holds is
bought singly as well. A package may hold actions that are not offered singly: these are chosen
with it and bring no benefit of their own. An action that is in place already is not chosen by
being held: it brings no benefit, costs nothing, uses nothing and closes nothing.

However an action is chosen, the same is asked of it:

- Prerequisites and gates look at what is in place or chosen. What a package lacks may be bought
  singly beside it; without that the package cannot be chosen.
- A ban on one of its actions closes a package, and so do two of its actions of one set.
- A pin is kept by buying the action singly or by a package that holds it.
- Of a set at most one is chosen in a group, singly or in a package.
- A group gets something when an action or a package is chosen in it, even one without a cost.
- A limit counts every chosen action, unless it says itself what each package uses: so it is with
  the money of a year, where the package's part replaces that of its actions.

Money spent (budget, caps, floors, and "cheapest" of equals) is the cost of what is bought singly
and what is payable of packages; the rest of a package's cost is the group's own. Tiers are T0, T1,
T2 … in that order: a package reaches its tier and all below it, whatever the group has today.

Of equal benefit the lowest spending is chosen. Of equal spending the first by ids: all actions are
gone through by group id, then by action id, and the first that one answer has chosen (held ones
included) and the other has not decides for the answer that has it. So what costs nothing and
brings nothing is chosen. Where the same actions are chosen, the packages decide in the same way,
by group id, then by package id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

Key = tuple[str, str]  # group id, action or package id
Order = tuple[str, str, bool]  # group id, action or package id, whether it is an action


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

    @property
    def order(self) -> Order:
        return self.group, self.action, True

    @property
    def payable(self) -> int:
        """Chosen singly, an action is paid for in full."""
        return self.cost


@dataclass(frozen=True)
class Package:
    """Actions of one group that are bought together or not at all, and the tier they reach."""

    group: str
    id: str
    tier: str  # "T2"
    actions: tuple[str, ...]
    cost: int  # of all that is not in place yet
    payable: int  # of the cost: what the budget pays
    benefit: Fraction  # besides those of its actions and what reaching the tier is worth

    @property
    def key(self) -> Key:
        return self.group, self.id

    @property
    def order(self) -> Order:
        return self.group, self.id, False


Choice = Option | Package


@dataclass(frozen=True)
class Selection:
    """What is chosen: every action, those that packages hold included, and the packages."""

    actions: frozenset[Key] = frozenset()
    packages: frozenset[Key] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.actions or self.packages)

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(group for group, _ in (*self.actions, *self.packages))


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
    uses: tuple[tuple[Key, int], ...]  # of each action; what is not named uses nothing
    least: int | None = None  # where so much has to be used: a pin on any one of several
    packages: tuple[tuple[Key, int], ...] | None = None  # None: what their actions use


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
    packages: tuple[Package, ...] = ()
    reach: Mapping[str, Fraction] = field(default_factory=dict)  # tier -> worth of each group there

    @cached_property
    def group_by_id(self) -> Mapping[str, ProblemGroup]:
        return {group.id: group for group in self.groups}

    @cached_property
    def option_by_key(self) -> Mapping[Key, Option]:
        return {option.key: option for option in self.options}

    @cached_property
    def package_by_key(self) -> Mapping[Key, Package]:
        return {package.key: package for package in self.packages}

    @property
    def has_packages(self) -> bool:
        return bool(self.packages or self.reach)

    @property
    def tiers(self) -> tuple[str, ...]:
        """All that are named, lowest first."""
        return tuple(sorted({*self.reach, *(each.tier for each in self.packages)}, key=tier_number))

    @property
    def choices(self) -> tuple[Choice, ...]:
        return (*self.options, *self.packages)

    def has(self, group: str, action: str) -> bool:
        return action in self.group_by_id[group].have

    def held(self, package: Package) -> tuple[Key, ...]:
        """The actions that are chosen with it: those that are not in place."""
        return tuple(
            (package.group, action)
            for action in dict.fromkeys(package.actions)
            if not self.has(package.group, action)
        )

    def is_open(self, choice: Choice) -> bool:
        """It can be chosen at all: not banned, not in place already, not two of one set."""
        if isinstance(choice, Option):
            return not choice.ban and not self.has(choice.group, choice.action)
        offered = [
            self.option_by_key[key] for key in self.held(choice) if key in self.option_by_key
        ]
        sets = [option.one_of for option in offered if option.one_of]
        return len(set(sets)) == len(sets) and not any(option.ban for option in offered)

    def is_pinned(self, option: Option) -> bool:
        """It has to be chosen; what is in place already has not."""
        return option.pin and not self.has(option.group, option.action)

    def worth(self, choice: Choice) -> Fraction:
        """Its own benefit, and of a package that of the tiers that it reaches."""
        if isinstance(choice, Option):
            return choice.benefit
        number = tier_number(choice.tier)
        reached = (worth for tier, worth in self.reach.items() if tier_number(tier) <= number)
        return sum(reached, choice.benefit)

    def held_by(self, packages: Iterable[Key]) -> frozenset[Key]:
        return frozenset(key for each in packages for key in self.held(self.package_by_key[each]))

    def chosen(self, selection: Selection) -> Iterator[Choice]:
        """All that has a benefit of its own."""
        offered = selection.actions & self.option_by_key.keys()
        yield from (self.option_by_key[key] for key in offered)
        yield from (self.package_by_key[key] for key in selection.packages)

    def bought(self, selection: Selection) -> Iterator[Choice]:
        """All that is paid for: packages, and the actions that none of them holds."""
        held = self.held_by(selection.packages)
        for choice in self.chosen(selection):
            if isinstance(choice, Package) or choice.key not in held:
                yield choice

    def cost_change(self, package: Package) -> int:
        """How spending changes when it takes the place of its actions bought singly."""
        offered = (self.option_by_key.get(key) for key in self.held(package))
        return package.payable - sum(option.cost for option in offered if option)

    def use_changes(self, limit: Limit) -> dict[Key, int]:
        """Of each package in a group that the limit names: how what it counts changes when the
        package takes its actions' place."""
        if limit.packages is None:
            return {}
        uses, own = dict(limit.uses), dict(limit.packages)
        named = {group for group, _ in (*uses, *own)}
        return {
            package.key: own.get(package.key, 0)
            - sum(uses.get(key, 0) for key in self.held(package))
            for package in self.packages
            if package.group in named
        }


def tier_number(tier: str) -> int:
    """
    >>> tier_number("T2")
    2
    """
    return int(tier.removeprefix("T"))


def groups_by_tier(problem: AllocationProblem, packages: Iterable[Key]) -> dict[str, int]:
    """How many groups these packages bring to each tier, or past it."""
    reached = [tier_number(problem.package_by_key[key].tier) for key in packages]
    return {tier: sum(number >= tier_number(tier) for number in reached) for tier in problem.tiers}


def total_cost(problem: AllocationProblem, selection: Selection) -> int:
    """What the budget pays."""
    return sum(choice.payable for choice in problem.bought(selection))


def total_benefit(problem: AllocationProblem, selection: Selection) -> Fraction:
    return sum(map(problem.worth, problem.chosen(selection)), Fraction())


def broken_constraints(problem: AllocationProblem, selection: Selection) -> tuple[str, ...]:
    """Every constraint that the choice breaks, in words; empty: it may be carried out.

    Written from the constraints' own words, apart from how they are told to a solver.
    """
    broken = (
        *broken_by_packages(problem, selection),
        *broken_by_options(problem, selection.actions),
        *broken_by_gates(problem, selection.actions),
        *broken_by_sets(problem, selection.actions),
        *broken_by_groups(problem, selection),
        *broken_by_money(problem, selection),
        *broken_by_limits(problem, selection),
    )
    return tuple(dict.fromkeys(broken))


def broken_by_packages(problem: AllocationProblem, selection: Selection) -> Iterator[str]:
    numbers = Counter(group for group, _ in selection.packages)
    for group, number in sorted(numbers.items()):
        if number > 1:
            yield f"{number} packages are chosen in {group}: one is allowed"
    for key in sorted(selection.packages):
        for group, action in problem.held(problem.package_by_key[key]):
            if (group, action) not in selection.actions:
                yield f"{action} in {group} is not chosen and the package {key[1]} holds it"
    held = problem.held_by(selection.packages)
    for group, action in sorted(selection.actions - problem.option_by_key.keys() - held):
        yield f"{action} in {group} is chosen, and neither offered singly nor in a chosen package"


def broken_by_options(problem: AllocationProblem, chosen: frozenset[Key]) -> Iterator[str]:
    for option in problem.options:
        name = f"{option.action} in {option.group}"
        if option.key not in chosen:
            if problem.is_pinned(option):
                yield f"{name} is pinned and was not chosen"
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


def broken_by_gates(problem: AllocationProblem, chosen: frozenset[Key]) -> Iterator[str]:
    for gate in problem.gates:
        standing = sum(is_available(problem, chosen, gate.group, action) for action in set(gate.of))
        for action in gate.unlocks:
            if (gate.group, action) in chosen and standing < gate.needs:
                yield (
                    f"{action} in {gate.group} is behind a gate that needs {gate.needs} of "
                    f"{len(set(gate.of))}, and {standing} stand"
                )


def broken_by_sets(problem: AllocationProblem, chosen: frozenset[Key]) -> Iterator[str]:
    offered = (problem.option_by_key[key] for key in chosen if key in problem.option_by_key)
    sets = Counter((option.group, option.one_of) for option in offered if option.one_of)
    for (group, name), number in sorted(sets.items()):
        if number > 1:
            yield f"{number} of the set {name} are chosen in {group}: one is allowed"


def broken_by_groups(problem: AllocationProblem, selection: Selection) -> Iterator[str]:
    served = len(selection.groups)
    if problem.min_groups is not None and served < problem.min_groups:
        yield f"{served} groups get something, fewer than {problem.min_groups}"
    if problem.max_groups is not None and served > problem.max_groups:
        yield f"{served} groups get something, more than {problem.max_groups}"


def broken_by_money(problem: AllocationProblem, selection: Selection) -> Iterator[str]:
    own = spent_by_group(problem, selection)
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


def spent_by_group(problem: AllocationProblem, selection: Selection) -> dict[str, int]:
    own: dict[str, int] = {}
    for choice in problem.bought(selection):
        own[choice.group] = own.get(choice.group, 0) + choice.payable
    return own


def broken_by_limits(problem: AllocationProblem, selection: Selection) -> Iterator[str]:
    for limit in problem.limits:
        used = used_of(problem, limit, selection)
        if used > limit.most:
            yield f"{limit.name}: {used:,} is more than {limit.most:,}"
        if limit.least is not None and used < limit.least:
            yield f"{limit.name}: {used:,} is less than {limit.least:,}"


def used_of(problem: AllocationProblem, limit: Limit, selection: Selection) -> int:
    counted = selection.actions
    if limit.packages is not None:
        counted -= problem.held_by(selection.packages)
    of_packages = sum(use for key, use in limit.packages or () if key in selection.packages)
    return of_packages + sum(use for key, use in limit.uses if key in counted)
