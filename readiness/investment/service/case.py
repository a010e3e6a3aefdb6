"""A scenario over a portfolio, and what an allocation comes to in it: starts, dollars, awards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from readiness.assessments.tiers import evaluate
from readiness.investment.answers import (
    GroupAward,
    PackagePick,
    Pick,
    PolicyAnswer,
)
from readiness.investment.models import (
    Candidate,
    GroupBaseline,
    GroupOffer,
    InvestmentPurpose,
    TierPackage,
    TierPlan,
)
from readiness.investment.policy import BenefitScale, Policy, scale_of
from readiness.investment.portfolio import is_action, over_years, problem_of, purposes_served
from readiness.investment.problem import AllocationProblem, Key
from readiness.investment.scenario import BudgetScenario
from readiness.investment.service.allocation import Allocation
from readiness.investment.uncertainty import PriceList, price_list
from readiness.investment.years import start_of
from readiness.plans.catalog import with_levels


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
    def package_by_key(self) -> Mapping[Key, TierPackage]:
        return {each.key: each for offer in self.offers for each in offer.packages}

    def choice(self, key: Key) -> Candidate | TierPackage:
        return self.package_by_key.get(key) or self.candidate_by_key[key]

    def is_offered(self, key: Key) -> bool:
        return key in self.package_by_key or key in self.candidate_by_key

    def payable(self, key: Key) -> int:
        """Dollars of the first year that the budget pays, of an action or a package."""
        return self.paid_of(key, self.prices.first_year)

    def kept_up(self, key: Key) -> int:
        """The same of each year after the first."""
        return self.paid_of(key, self.prices.yearly)

    def paid_of(self, key: Key, prices: Mapping[Key, int]) -> int:
        package = self.package_by_key.get(key)
        held = [(key[0], each) for each in package.actions] if package else [key]
        return sum(prices[each] for each in held if self.candidate_by_key[each].is_payable)

    @property
    def money_by_year(self) -> tuple[int, ...]:
        """Dollars that one group can get at most."""
        cap = self.scenario.cap
        return tuple(min(each, each if cap is None else cap) for each in self.scenario.budgets)

    def can_start(self, key: Key) -> bool:
        """Some year has the money for its start, and all after that for keeping it up."""
        money, first, later = self.money_by_year, self.payable(key), self.kept_up(key)
        return any(
            first <= each and all(later <= after for after in money[year:])
            for year, each in enumerate(money, start=1)
        )

    def dollars_in(self, pick: Pick, year: int) -> int:
        """What the budget of that year pays for one chosen action: its first year, or keeping it
        up."""
        if year < pick.year or not self.candidate_by_key[pick.key].is_payable:
            return 0
        paid = self.prices.first_year if year == pick.year else self.prices.yearly
        return paid[pick.key]

    @cached_property
    def purposes(self) -> Mapping[Key, InvestmentPurpose]:
        return {(o.group_id, p.id): p for o in self.offers for p in o.purposes}

    @property
    def years(self) -> int:
        return len(self.scenario.budgets)

    def one_year(self, policy: Policy) -> AllocationProblem:
        return problem_of(self.offers, self.scenario, policy, self.scale, self.prices)

    def problem(self, policy: Policy) -> AllocationProblem:
        one = self.one_year(policy)
        return over_years(one, self.offers, self.scenario.budgets, self.prices)


def is_paid(case: Case, pick: Pick) -> bool:
    return case.candidate_by_key[pick.key].is_payable


def bare_answer(case: Case, policy: Policy, made: Allocation) -> PolicyAnswer:
    if made.chosen is None:
        return PolicyAnswer(policy.id, is_possible=False)
    picks = tuple(picks_of(made))
    return PolicyAnswer(
        policy.id,
        is_possible=True,
        picks=picks,
        packages=tuple(packages_in(made)),
        objective=float(made.objective),
        bound=float(made.bound),
        is_proven=made.is_proven,
        by_year=dollars_by_year(case, picks),
    )


def picks_of(made: Allocation) -> Iterator[Pick]:
    """The chosen actions; what the group does itself, and what is served, are none."""
    holding = {
        key: start_of(package_id)[0]
        for group_id, package_id in made.packages
        for key in made.problem.held(made.problem.package_by_key[group_id, package_id])
    }
    for group_id, action in made.chosen or ():
        if is_action(action):
            action_id, year = start_of(action)
            yield Pick(group_id, action_id, year, holding.get((group_id, action), ""))


def packages_in(made: Allocation) -> Iterator[PackagePick]:
    for group_id, package in made.packages:
        yield PackagePick(group_id, *start_of(package))


def dollars_by_year(case: Case, picks: Iterable[Pick]) -> tuple[int, ...]:
    """Of the budget: the sum of what is paid for each action in each year."""
    listed = tuple(picks)
    years = range(1, case.years + 1)
    return tuple(sum(case.dollars_in(pick, year) for pick in listed) for year in years)


def awards(
    case: Case, found: PolicyAnswer, baselines: Sequence[GroupBaseline]
) -> Iterator[GroupAward]:
    by_id = {each.group_id: each for each in baselines}
    for offer in case.offers:
        picks = [each for each in found.picks if each.group_id == offer.group_id]
        package = found.package_of(offer.group_id)
        if picks or package:
            served = purposes_served([offer], found.keys)
            baseline = by_id[offer.group_id]
            yield award_of(case, baseline, picks, package, frozenset(p for _, p in served))


def award_of(
    case: Case,
    baseline: GroupBaseline,
    picks: Sequence[Pick],
    package: PackagePick | None,
    served: frozenset[str],
) -> GroupAward:
    """The tier if every action works as planned: potential, no forecast."""
    instrument, answers = baseline.instrument, baseline.answers
    plan = next((p for p in baseline.plans if package and package.is_to(p.tier_id)), None)
    raised = levels_raised(baseline, plan, served)
    after = with_levels(answers, raised)
    before, reached = (evaluate(instrument, each) for each in (answers, after))
    tier = instrument.tier_after(before.tier)
    return GroupAward(
        baseline.group_id,
        sum(dollars_by_year(case, picks)),
        tuple(sorted(served)),
        tuple(
            gate.item_id
            for gate in before.gates
            if tier and gate.tier_id == tier.id and not gate.met
            and raised.get(gate.item_id, 0) >= gate.needs
        ),
        before.tier.id,
        reached.tier.id,
        reached.tier.title,
        package.package_id if package else "",
        package.year if package else 1,
    )  # fmt: skip


def levels_raised(
    baseline: GroupBaseline, plan: TierPlan | None, served: Collection[str]
) -> dict[str, int]:
    """By item: all of a plan that is paid for as a whole, and of the group's own what is served."""
    whole = plan.plan.levels if plan else {}
    own = baseline.plans[0].plan.levels if baseline.plans else {}
    part = {item_id: level for item_id, level in own.items() if f"lift:{item_id}" in served}
    return {item_id: max(whole.get(item_id, 0), part.get(item_id, 0)) for item_id in whole | part}
