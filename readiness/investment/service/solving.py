"""The answers to a scenario, one solve after the other, each checked in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from readiness.investment.answers import (
    HeuristicResult,
    PolicyAnswer,
    ScenarioAnswer,
    Stability,
    Survival,
)
from readiness.investment.heuristics import NoHeuristicAnswer, equal_split, greedy
from readiness.investment.models import (
    GroupBaseline,
)
from readiness.investment.policy import Policy
from readiness.investment.portfolio import (
    additive_problem,
    component_amounts,
    over_years,
    problem_of,
    purposes_served,
)
from readiness.investment.problem import AllocationProblem, Key
from readiness.investment.scenario import BudgetScenario
from readiness.investment.service.allocation import (
    Allocation,
    allocate,
    allocation_of,
    conflicts_of,
    too_little_money,
)
from readiness.investment.service.case import (
    Case,
    awards,
    bare_answer,
    is_paid,
    packages_in,
    picks_of,
)
from readiness.investment.service.left_out import FIRST_LEFT_OUT, options_left_out
from readiness.investment.uncertainty import (
    cost_span,
    draw_offers,
    draw_prices,
)

GAP, SECONDS = 1e-4, 15.0  # of one answer that is shown
ROUGH_GAP, ROUGH_SECONDS = 1e-2, 15.0  # of one of many draws; the clock should not decide
LESS, MORE = 95, 105  # hundredths of the budget
RUNS = 200  # draws, unless fewer are asked for
OnProgress = Callable[[int], None]


def solves_of(scenario: BudgetScenario) -> int:
    """How many solves there are at most, for who waits."""
    return len(scenario.policies) + 2 + FIRST_LEFT_OUT


def solve(
    case: Case, baselines: Sequence[GroupBaseline], on_progress: OnProgress
) -> ScenarioAnswer:
    counted = CountingSolver(on_progress)
    founds = tuple(answer_under(case, each, baselines, counted) for each in case.scenario.policies)
    policy = case.scenario.policy
    main = next(each for each in founds if each.policy_id == policy.id)
    less, more = (with_budget(case, policy, share, counted) for share in (LESS, MORE))
    return ScenarioAnswer(
        founds,
        less if main.is_possible else None,
        more if main.is_possible else None,
        tuple(options_left_out(case, main, counted.solve)) if main.is_possible else (),
        tuple(heuristic_results(case, policy)),
        counted.solver,
    )


class CountingSolver:
    """Tells whoever waits after each solve."""

    def __init__(self, on_progress: OnProgress) -> None:
        self.on_progress, self.done, self.solver = on_progress, 0, ""

    def solve(
        self, problem: AllocationProblem, gap: float = GAP, seconds: float = SECONDS
    ) -> Allocation:
        made = allocate(problem, gap, seconds)
        self.done += 1
        self.solver = made.solver
        self.on_progress(self.done)
        return made


def answer_under(
    case: Case, policy: Policy, baselines: Sequence[GroupBaseline], counted: CountingSolver
) -> PolicyAnswer:
    made = counted.solve(case.problem(policy))
    found = bare_answer(case, policy, made)
    if not found.is_possible:
        return with_conflicts(case, found, made)
    running = [
        (case.candidate_by_key[p.key], case.years - p.year) for p in found.picks if is_paid(case, p)
    ]
    return replace(
        found,
        span=cost_span(running, sum(case.scenario.budgets), case.seed),
        bought=tuple(awards(case, found, baselines)),
        points={
            component: case.scale.points(component, amount)
            for component, amount in component_amounts(
                case.offers, purposes_served(case.offers, found.keys)
            ).items()
        },
        too_little=too_little_money(made, "$"),
    )


def with_conflicts(case: Case, found: PolicyAnswer, made: Allocation) -> PolicyAnswer:
    """Limits are the same under every policy, so they are looked through for one."""
    if found.policy_id != case.scenario.policy_id:
        return found
    return replace(found, why_not=tuple(each.sentence for each in conflicts_of(made.problem)))


# How firm it is.


def with_budget(case: Case, policy: Policy, share: int, counted: CountingSolver) -> PolicyAnswer:
    budgets = tuple(each * share // 100 for each in case.scenario.budgets)
    other = replace(case, scenario=replace(case.scenario, budgets=budgets))
    return bare_answer(other, policy, counted.solve(other.problem(policy)))


def heuristic_results(case: Case, policy: Policy) -> Iterator[HeuristicResult]:
    """Both see what each action is worth alone; what they find is reported as the answer is."""
    one = case.one_year(policy)
    simple = over_years(
        additive_problem(one, case.offers), case.offers, case.scenario.budgets, case.prices
    )
    worth = {option.key: option.benefit for option in one.options}
    for name, way in (("By points for a dollar", greedy), ("Equal parts", equal_split)):
        try:
            chosen = way(simple)
        except NoHeuristicAnswer as none:
            yield HeuristicResult(name, None, 0, 0, str(none))
            continue
        made = allocation_of(simple, chosen, Fraction(0), is_proven=False, solver=name)
        found = bare_answer(case, policy, made)
        total = objective(case, found, worth)
        yield HeuristicResult(
            name, float(total), found.spent, len(found.picks), groups=len(found.packages)
        )


def objective(case: Case, found: PolicyAnswer, worth: Mapping[Key, Fraction]) -> Fraction:
    """Each purpose from the first year in which something serves it."""
    first: dict[Key, int] = {}
    for pick in found.starts:
        for purpose in case.choice(pick.key).serves:
            key = (pick.group_id, purpose)
            first[key] = min(pick.year, first.get(key, pick.year))
    years = case.years
    return sum(
        (worth[key] * Fraction(years - year + 1, years) for key, year in first.items()),
        Fraction(0),
    )


# How often each choice survives.


def sensitivity(case: Case, runs: int, on_progress: OnProgress) -> Stability:
    """The same scenario over portfolios as they might be; the scale stays that of the portfolio as
    it is known, so that weights mean the same in every draw."""
    counted, policy = CountingSolver(on_progress), case.scenario.policy
    times: dict[Key, int] = {}
    objectives = []
    for run in range(runs):
        made = counted.solve(draw_problem(case, policy, run), ROUGH_GAP, ROUGH_SECONDS)
        if made.chosen is not None:
            objectives.append(float(made.objective))
            for key in bare_answer(case, policy, made).keys:
                times[key] = times.get(key, 0) + 1
    ranked = sorted(objectives) or [0.0]
    survivals = sorted(times.items(), key=lambda each: (-each[1], each[0]))
    return Stability(
        runs,
        case.seed,
        len(objectives),
        tuple(Survival(*key, number) for key, number in survivals),
        ranked[round(0.1 * (len(ranked) - 1))],
        ranked[round(0.9 * (len(ranked) - 1))],
    )


def draw_problem(case: Case, policy: Policy, run: int) -> AllocationProblem:
    luck = Random(f"{case.seed} {run}")  # noqa: S311  (any run can be drawn again by itself)
    offers, prices = draw_offers(case.offers, luck), draw_prices(case.offers, luck)
    one = problem_of(offers, case.scenario, policy, case.scale, prices)
    return over_years(one, offers, case.scenario.budgets, prices)


# The stored problem once more.


def solve_stored(
    problem: AllocationProblem, policy: Policy, on_progress: OnProgress
) -> tuple[PolicyAnswer, str]:
    """Whether today's solver answers as the one before did; dollars are not compared."""
    made = CountingSolver(on_progress).solve(problem)
    found = PolicyAnswer(
        policy.id,
        made.chosen is not None,
        tuple(picks_of(made)),
        float(made.objective),
        packages=tuple(packages_in(made)),
    )
    return found, made.solver
