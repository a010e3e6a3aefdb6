"""The first good options that an answer leaves out, each tried by pinning it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from readiness.investment.answers import OptionLeftOut, Pick, PolicyAnswer, Start
from readiness.investment.models import (
    Candidate,
    TierPackage,
)
from readiness.investment.portfolio import packages_open, purposes_served, singles
from readiness.investment.problem import AllocationProblem, Key, Selection, broken_constraints
from readiness.investment.service.allocation import Allocation
from readiness.investment.service.case import Case, bare_answer
from readiness.investment.years import starting_in

FIRST_LEFT_OUT = 3
SolveProblem = Callable[[AllocationProblem], Allocation]


def options_left_out(
    case: Case, main: PolicyAnswer, solve: SolveProblem
) -> Iterator[OptionLeftOut]:
    """The first packages and actions by points for a dollar that add anything; to the dollars
    belong those of the cheapest that has to come first."""
    served = purposes_served(case.offers, main.keys)
    policy = case.scenario.policy
    problem = case.problem(policy)
    worth = {key: case.scale.benefit(purpose, policy) for key, purpose in case.purposes.items()}
    open_ = [
        (marginal_benefit(each, worth, served), each)
        for each in choices_open(case)
        if each.key not in main.keys
    ]
    best = sorted(
        ((points, each) for points, each in open_ if points > 0),
        key=lambda pair: (-pair[0] / max(1, opening_cost(case, pair[1], main)), pair[1].key),
    )
    for points, each in best[:FIRST_LEFT_OUT]:
        yield try_pinned(case, problem, main, each, float(points), solve)


def choices_open(case: Case) -> Iterator[Candidate | TierPackage]:
    for offer in case.offers:
        yield from packages_open(offer, case.scenario)
        yield from (e for e in singles(offer, case.scenario) if e.key not in case.scenario.bans)


def opening_cost(case: Case, choice: Candidate | TierPackage, main: PolicyAnswer) -> int:
    """Its dollars beyond what is chosen, and of an action those of the cheapest way to meet each
    rule that is not met yet."""
    group = choice.group_id
    chosen = {each.action_id for each in main.picks if each.group_id == group}
    if isinstance(choice, TierPackage):
        return sum(case.payable((group, each)) for each in set(choice.actions) - chosen)
    offer = next(each for each in case.offers if each.group_id == group)
    package = main.package_of(group)
    own_work = {offer.package_by_id[package.package_id].own_work} if package else set()
    there, alone = chosen | own_work | set(offer.in_place), singles(offer, case.scenario)
    total = case.payable(choice.key)
    for rule in offer.doors:
        short = rule.needs - len(there & set(rule.of))
        if choice.id in rule.unlocks and short > 0:
            able = (each.id for each in alone if each.id in set(rule.of) - there)
            total += sum(sorted(case.payable((group, each)) for each in able)[:short])
    return total


def marginal_benefit(
    choice: Candidate | TierPackage, worth: Mapping[Key, Fraction], served: frozenset[Key]
) -> Fraction:
    keys = ((choice.group_id, each) for each in choice.serves)
    return sum((worth[key] for key in keys if key not in served), Fraction(0))


def try_pinned(
    case: Case,
    problem: AllocationProblem,
    main: PolicyAnswer,
    choice: Candidate | TierPackage,
    points: float,
    solve: SolveProblem,
) -> OptionLeftOut:
    """Pinned, and everything chosen anew around it."""
    scenario = replace(case.scenario, pins=case.scenario.pins | {choice.key})
    pinned = replace(case, scenario=scenario)
    made = bare_answer(pinned, scenario.policy, solve(pinned.problem(scenario.policy)))
    before, after = (frozenset(map(as_pick, each.decided)) for each in (main, made))
    mine = {choice.key, *((choice.group_id, each) for each in held_by(choice))}
    return OptionLeftOut(
        choice.group_id,
        choice.id,
        case.payable(choice.key),
        points,
        max(0.0, main.objective - made.objective) if made.is_possible else None,
        tuple(sorted(p for p in before - after if p.key not in mine)) if made.is_possible else (),
        tuple(sorted(p for p in after - before if p.key not in mine)),
        constraints_broken(case, problem, main, choice),
    )


def as_pick(start: Start) -> Pick:
    """A package under its own id."""
    return Pick(*start.key, start.year)


def held_by(choice: Candidate | TierPackage) -> tuple[str, ...]:
    return choice.actions if isinstance(choice, TierPackage) else (choice.id,)


def constraints_broken(
    case: Case, problem: AllocationProblem, main: PolicyAnswer, choice: Candidate | TierPackage
) -> tuple[str, ...]:
    """What adding it to the answer as it stands would break, in the year that breaks least. A
    package takes the place of another one of its group, and of the actions that it holds."""
    is_package = isinstance(choice, TierPackage)

    def named(key: Key, year: int) -> Key:
        return key if case.years == 1 else (key[0], starting_in(key[1], year))

    def faults(year: int) -> tuple[str, ...]:
        new = {named(choice.key, year)}
        packages = {
            named(each.key, each.year)
            for each in main.packages
            if not is_package or each.group_id != choice.group_id
        } | (new if is_package else set())
        singly = {
            named(each.key, each.year)
            for each in main.picks
            if not each.package_id
            and not (each.group_id == choice.group_id and each.action_id in held_by(choice))
        } | (set() if is_package else new)
        held = problem.held_by(packages)
        return broken_constraints(problem, Selection(held | singly, frozenset(packages)))

    return min((faults(year) for year in range(1, case.years + 1)), key=len)
