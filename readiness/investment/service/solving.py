"""The answers to a scenario, one solve after the other, each checked in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from random import Random

from readiness.assessments.scorecard import Raise
from readiness.assessments.tier_path import apply_raises
from readiness.assessments.tiers import evaluate
from readiness.investment.heuristics import NoHeuristicAnswer, equal_split, greedy
from readiness.investment.lifts import rises_needed
from readiness.investment.models import (
    Candidate,
    GroupAward,
    GroupBaseline,
    GroupOffer,
    HeuristicResult,
    InvestmentPurpose,
    OptionLeftOut,
    Pick,
    PolicyAnswer,
    ScenarioAnswer,
    Stability,
    Survival,
)
from readiness.investment.policy import BenefitScale, Policy, scale_of
from readiness.investment.portfolio import (
    additive_problem,
    component_amounts,
    is_purpose,
    over_years,
    problem_of,
    purposes_served,
)
from readiness.investment.problem import AllocationProblem, Key, Selection, broken_constraints
from readiness.investment.scenario import BudgetScenario
from readiness.investment.service.allocation import Allocation, allocate
from readiness.investment.uncertainty import (
    PriceList,
    cost_span,
    draw_offers,
    draw_prices,
    price_list,
)
from readiness.investment.years import start_of, starting_in

GAP, SECONDS = 1e-4, 15.0  # of one answer that is shown
ROUGH_GAP, ROUGH_SECONDS = 1e-2, 15.0  # of one of many draws; the clock should not decide
FIRST_LEFT_OUT = 3
LESS, MORE = 95, 105  # hundredths of the budget
RUNS = 200  # draws, unless fewer are asked for
OnProgress = Callable[[int], None]


@dataclass(frozen=True)
class Case:
    """A scenario over a portfolio, with what every solve of it shares."""

    scenario: BudgetScenario
    offers: tuple[GroupOffer, ...]
    seed: int

    @cached_property
    def scale(self) -> BenefitScale:
        return scale_of(self.offers)

    @cached_property
    def prices(self) -> PriceList:
        return price_list(self.offers, self.scenario.costs_at)

    @cached_property
    def candidate_by_key(self) -> Mapping[Key, Candidate]:
        return {each.key: each for offer in self.offers for each in offer.candidates}

    @cached_property
    def purposes(self) -> Mapping[Key, InvestmentPurpose]:
        return {(o.group_id, p.id): p for o in self.offers for p in o.purposes}

    @property
    def years(self) -> int:
        return len(self.scenario.budgets)

    def one_year(self, policy: Policy) -> AllocationProblem:
        return problem_of(self.offers, self.scenario, policy, self.scale, self.prices)

    def problem(self, policy: Policy) -> AllocationProblem:
        return over_years(self.one_year(policy), self.scenario.budgets, self.prices)


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
    problem = case.problem(policy)
    less, more = (with_budget(case, policy, share, counted) for share in (LESS, MORE))
    return ScenarioAnswer(
        founds,
        less if main.is_possible else None,
        more if main.is_possible else None,
        tuple(options_left_out(case, problem, main, counted)) if main.is_possible else (),
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


# One answer.


def answer_under(
    case: Case, policy: Policy, baselines: Sequence[GroupBaseline], counted: CountingSolver
) -> PolicyAnswer:
    found = bare_answer(case, policy, counted.solve(case.problem(policy)))
    if not found.is_possible:
        return found
    keys = frozenset(each.key for each in found.picks)
    running = [(case.candidate_by_key[p.key], case.years - p.year) for p in found.picks]
    return replace(
        found,
        span=cost_span(running, sum(case.scenario.budgets), case.seed),
        bought=tuple(awards(case, found, baselines)),
        points={
            component: case.scale.points(component, amount)
            for component, amount in component_amounts(
                case.offers, purposes_served(case.offers, keys)
            ).items()
        },
    )


def bare_answer(case: Case, policy: Policy, made: Allocation) -> PolicyAnswer:
    if made.chosen is None:
        return PolicyAnswer(policy.id, is_possible=False)
    picks = tuple(picks_of(made.chosen))
    return PolicyAnswer(
        policy.id,
        is_possible=True,
        picks=picks,
        objective=float(made.objective),
        bound=float(made.bound),
        is_proven=made.is_proven,
        by_year=dollars_by_year(case, picks),
    )


def picks_of(chosen: Iterable[Key]) -> Iterator[Pick]:
    for group_id, action in chosen:
        if not is_purpose(action):
            action_id, year = start_of(action)
            yield Pick(group_id, action_id, year)


def dollars_by_year(case: Case, picks: Iterable[Pick]) -> tuple[int, ...]:
    totals = [0] * case.years
    for pick in picks:
        totals[pick.year - 1] += case.prices.first_year[pick.key]
        for year in range(pick.year, case.years):
            totals[year] += case.prices.yearly[pick.key]
    return tuple(totals)


def awards(
    case: Case, found: PolicyAnswer, baselines: Sequence[GroupBaseline]
) -> Iterator[GroupAward]:
    by_id = {each.group_id: each for each in baselines}
    for offer in case.offers:
        picks = [each for each in found.picks if each.group_id == offer.group_id]
        if picks:
            served = purposes_served(case.offers, frozenset(each.key for each in picks))
            yield award_of(case, by_id[offer.group_id], picks, frozenset(p for _, p in served))


def award_of(
    case: Case, baseline: GroupBaseline, picks: Sequence[Pick], served: frozenset[str]
) -> GroupAward:
    """The tier if every action works as planned: potential, no forecast."""
    needed = rises_needed(baseline.instrument, baseline.answers, baseline.run)
    lifts = [lift for item_id, lift in needed.items() if f"lift:{item_id}" in served]
    raises = tuple(Raise(each.item_id, each.from_level, each.to) for each in lifts)
    after = apply_raises(baseline.answers, raises)
    before, reached = (evaluate(baseline.instrument, each) for each in (baseline.answers, after))
    tier = baseline.instrument.tier_after(before.tier)
    open_before = {
        gate.item_id: gate.needs
        for gate in before.gates
        if tier and gate.tier_id == tier.id and not gate.met
    }
    return GroupAward(
        baseline.group_id,
        sum(dollars_by_year(case, picks)),
        tuple(sorted(served)),
        tuple(
            lift.item_id for lift in lifts if lift.to >= open_before.get(lift.item_id, lift.to + 1)
        ),
        before.tier.id,
        reached.tier.id,
        reached.tier.title,
    )


# How firm it is.


def with_budget(case: Case, policy: Policy, share: int, counted: CountingSolver) -> PolicyAnswer:
    budgets = tuple(each * share // 100 for each in case.scenario.budgets)
    other = replace(case, scenario=replace(case.scenario, budgets=budgets))
    return bare_answer(other, policy, counted.solve(other.problem(policy)))


def options_left_out(
    case: Case, problem: AllocationProblem, main: PolicyAnswer, counted: CountingSolver
) -> Iterator[OptionLeftOut]:
    """The first options by points for a dollar that nothing chosen serves already; to the dollars
    belong those of the cheapest that has to come first."""
    chosen = frozenset(each.key for each in main.picks)
    served = purposes_served(case.offers, chosen)
    policy = case.scenario.policy
    worth = {key: case.scale.benefit(purpose, policy) for key, purpose in case.purposes.items()}
    open_ = [
        (marginal_benefit(each, worth, served), each)
        for key, each in case.candidate_by_key.items()
        if key not in chosen and key not in case.scenario.bans
    ]
    best = sorted(
        ((points, each) for points, each in open_ if points > 0),
        key=lambda pair: (-pair[0] / max(1, opening_cost(case, pair[1], chosen)), pair[1].key),
    )
    for points, each in best[:FIRST_LEFT_OUT]:
        yield try_pinned(case, problem, main, each, float(points), counted)


def opening_cost(case: Case, candidate: Candidate, chosen: frozenset[Key]) -> int:
    """Its dollars, and those of the cheapest way to meet each rule that is not met yet."""
    prices, group = case.prices.first_year, candidate.group_id
    offer = next(each for each in case.offers if each.group_id == group)
    there = {action for place, action in chosen if place == group} | set(offer.in_place)
    total = prices[candidate.key]
    for rule in offer.doors:
        short = rule.needs - len(there & set(rule.of))
        if candidate.id in rule.unlocks and short > 0:
            total += sum(sorted(prices[group, each] for each in set(rule.of) - there)[:short])
    return total


def marginal_benefit(
    candidate: Candidate, worth: Mapping[Key, Fraction], served: frozenset[Key]
) -> Fraction:
    keys = ((candidate.group_id, each) for each in candidate.serves)
    return sum((worth[key] for key in keys if key not in served), Fraction(0))


def try_pinned(
    case: Case,
    problem: AllocationProblem,
    main: PolicyAnswer,
    candidate: Candidate,
    points: float,
    counted: CountingSolver,
) -> OptionLeftOut:
    """Pinned, and everything chosen anew around it."""
    scenario = replace(case.scenario, pins=case.scenario.pins | {candidate.key})
    pinned = replace(case, scenario=scenario)
    made = bare_answer(pinned, scenario.policy, counted.solve(pinned.problem(scenario.policy)))
    before, after = frozenset(main.picks), frozenset(made.picks)
    return OptionLeftOut(
        candidate.group_id,
        candidate.id,
        case.prices.first_year[candidate.key],
        points,
        max(0.0, main.objective - made.objective) if made.is_possible else None,
        tuple(sorted(before - after)) if made.is_possible else (),
        tuple(sorted(p for p in after - before if p.key != candidate.key)),
        constraints_broken(case, problem, main, candidate),
    )


def constraints_broken(
    case: Case, problem: AllocationProblem, main: PolicyAnswer, candidate: Candidate
) -> tuple[str, ...]:
    """What adding it to the answer as it stands would break, in the year that breaks least."""

    def named(action_id: str, year: int) -> str:
        return action_id if case.years == 1 else starting_in(action_id, year)

    chosen = frozenset((p.group_id, named(p.action_id, p.year)) for p in main.picks)
    faults = [
        broken_constraints(
            problem, Selection(chosen | {(candidate.group_id, named(candidate.id, year))})
        )
        for year in range(1, case.years + 1)
    ]
    return min(faults, key=len)


def heuristic_results(case: Case, policy: Policy) -> Iterator[HeuristicResult]:
    """Both see what each action is worth alone; what they find is reported as the answer is."""
    one = case.one_year(policy)
    simple = over_years(additive_problem(one, case.offers), case.scenario.budgets, case.prices)
    worth = {option.key: option.benefit for option in one.options}
    for name, way in (("By points for a dollar", greedy), ("Equal parts", equal_split)):
        try:
            picks = tuple(picks_of(way(simple).actions))
        except NoHeuristicAnswer as none:
            yield HeuristicResult(name, None, 0, 0, str(none))
            continue
        total = objective(case, picks, worth)
        yield HeuristicResult(name, float(total), sum(dollars_by_year(case, picks)), len(picks))


def objective(case: Case, picks: Iterable[Pick], worth: Mapping[Key, Fraction]) -> Fraction:
    """Each purpose from the first year in which something serves it."""
    first: dict[Key, int] = {}
    for pick in picks:
        for purpose in case.candidate_by_key[pick.key].serves:
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
            for key in {pick.key for pick in picks_of(made.chosen)}:
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
    return over_years(one, case.scenario.budgets, prices)


# The stored problem once more.


def solve_stored(
    problem: AllocationProblem, policy: Policy, on_progress: OnProgress
) -> tuple[PolicyAnswer, str]:
    """Whether today's solver answers as the one before did; dollars are not compared."""
    made = CountingSolver(on_progress).solve(problem)
    picks = tuple(picks_of(made.chosen or ()))
    found = PolicyAnswer(policy.id, made.chosen is not None, picks, float(made.objective))
    return found, made.solver
