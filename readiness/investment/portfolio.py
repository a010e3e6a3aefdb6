"""All groups together: who is at most risk, and the problem that offers and a scenario make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from statistics import median, stdev

from readiness.core.formatting import one_decimal, percent
from readiness.counts.social_risk.rates import PATIENT_QUARTERS
from readiness.equity.gates import PEERS_FOR_THIRDS
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Instrument
from readiness.investment.models import (
    MOST_PATIENTS,
    OWN_WORK,
    SMALL_GROUP,
    ActionOrigin,
    BenefitComponent,
    Candidate,
    GroupBaseline,
    GroupOffer,
    SocialRisk,
    Tag,
    TierPackage,
)
from readiness.investment.offering import offer_of
from readiness.investment.policy import WHOLE, BenefitScale, Policy
from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Key,
    Limit,
    Option,
    Package,
    ProblemGroup,
)
from readiness.investment.scenario import HALF_YEARS, BudgetScenario
from readiness.investment.uncertainty import PriceList
from readiness.investment.years import staged_problem
from readiness.statistics.rates import wilson

Z_95 = 1.959964
UNKNOWN_RISK = (
    "Social risk: {middle} of 100 is assumed, the middle of the other groups. Neither a released "
    "screening share nor the share living in deprived areas is known."
)
NOBODY_KNOWN = "No group’s social risk is known, so need weighs nothing."
NO_ACTION = ("lift:", "reach:", "tier:", OWN_WORK)  # how ids begin that are no action's


# What is known of the groups beside each other.


def offers_of(
    baselines: Sequence[GroupBaseline], book_of: Callable[[Instrument], CostBook], tier_gate: int
) -> tuple[GroupOffer, ...]:
    """Each group at the prices of the version that it answered."""
    risks = risks_of(baselines)
    return tuple(
        offer_of(
            each, book_of(each.instrument), risks[each.group_id], tags_of(each, risks), tier_gate
        )
        for each in sorted(baselines, key=lambda each: each.group_id)
    )


def risks_of(baselines: Sequence[GroupBaseline]) -> dict[str, SocialRisk]:
    known = {each.group_id: risk for each in baselines if (risk := risk_of(each))}
    shares = [risk.share for risk in known.values()]
    other = SocialRisk(0.0, 0.0, NOBODY_KNOWN, is_known=False)
    if shares:
        spread = stdev(shares) if len(shares) > 1 else shares[0]
        middle = median(shares)
        says = UNKNOWN_RISK.format(middle=one_decimal(100 * middle))
        other = SocialRisk(middle, spread, says, is_known=False)
    return {each.group_id: known.get(each.group_id, other) for each in baselines}


def risk_of(baseline: GroupBaseline) -> SocialRisk | None:
    """What is known, or the mean of the two, which is no share of anything: patient-quarters with
    a need among those screened, as released, and patients in the most deprived fifth of areas, as
    submitted."""
    found: list[tuple[float, float, str]] = []
    if baseline.positive:
        above, below = baseline.positive
        limits = wilson(above, below)
        error = (limits.high - limits.low) / (2 * Z_95)
        basis = f"of screened {PATIENT_QUARTERS} had a need ({above:,} of {below:,}, as released)"
        found.append((above / below, error, basis))
    deprived = context_number(baseline, "deprived_share")
    if deprived is not None:
        basis = "of patients live in the most deprived fifth of areas (as submitted)"
        found.append((deprived, 0.0, basis))
    if not found:
        return None
    share = sum(each for each, _, _ in found) / len(found)
    error = sum(each**2 for _, each, _ in found) ** 0.5 / len(found)
    shares = " and ".join(f"{percent(each)} {basis}" for each, _, basis in found)
    mean = f"{one_decimal(100 * share)} of 100, the mean of two shares: " if len(found) > 1 else ""
    return SocialRisk(share, error, f"Social risk: {mean}{shares}.")


def tags_of(baseline: GroupBaseline, risks: Mapping[str, SocialRisk]) -> tuple[str, ...]:
    """What floors may speak of: risk, place, tier and size. Never race."""
    return tuple(str(tag) for tag in Tag if has_tag(tag, baseline, risks))


def has_tag(tag: Tag, baseline: GroupBaseline, risks: Mapping[str, SocialRisk]) -> bool:
    match tag:
        case Tag.FOUNDATION:
            return baseline.run.tier_id == tag
        case Tag.SMALL:
            clinicians = context_number(baseline, "clinicians_fte")
            return clinicians is not None and clinicians <= SMALL_GROUP
        case Tag.DEPRIVED:
            return (context_number(baseline, "deprived_share") or 0) >= MOST_PATIENTS
        case Tag.RURAL:
            return (context_number(baseline, "rural_share") or 0) >= MOST_PATIENTS
        case Tag.HIGH_RISK:
            return baseline.group_id in high_risk(risks)


def context_number(baseline: GroupBaseline, key: str) -> float | None:
    """A number of the context as it was sent in; None where it was not told."""
    found = baseline.context.get(key)
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return float(found) if is_number else None  # type: ignore[arg-type]


def high_risk(risks: Mapping[str, SocialRisk]) -> frozenset[str]:
    """The third with the highest known shares; of equal shares the first by id. Below five groups
    a third would be mostly chance."""
    known = {group: risk for group, risk in risks.items() if risk.is_known}
    if len(known) < PEERS_FOR_THIRDS:
        return frozenset()
    ranked = sorted(known, key=lambda group: (-known[group].share, group))
    return frozenset(ranked[: ceil(len(ranked) / 3)])


# The problem.


def problem_of(
    offers: Sequence[GroupOffer],
    scenario: BudgetScenario,
    policy: Policy,
    scale: BenefitScale,
    priced: PriceList,
) -> AllocationProblem:
    """Of one year. A purpose is an option without a cost, open as soon as something that serves it
    is chosen: so it counts once. What a group does itself is held by its package as an action."""
    return AllocationProblem(
        budget=scenario.budgets[0],
        groups=tuple(problem_group(offer, scenario) for offer in offers),
        options=tuple(
            option
            for offer in offers
            for option in (
                *(option_of(each, scenario, priced) for each in singles(offer, scenario)),
                *(
                    Option(offer.group_id, each.id, 0, scale.benefit(each, policy))
                    for each in offer.purposes
                ),
            )
        ),
        gates=tuple(gate for offer in offers for gate in gates_of(offer)),
        floors=floors_of(scenario),
        min_groups=scenario.min_groups,
        max_groups=scenario.max_groups,
        limits=tuple(limits_of(offers, scenario, priced)),
        packages=tuple(
            package_of(offer, each, priced)
            for offer in offers
            for each in packages_open(offer, scenario)
        ),
    )


def singles(offer: GroupOffer, scenario: BudgetScenario) -> list[Candidate]:
    """What can be paid for by itself; what is in no plan only where the payer asks for it, for all
    of it or by a pin."""
    return [
        each
        for each in offer.candidates
        if each.is_single
        and (
            each.origin is not ActionOrigin.NO_PLAN
            or scenario.beyond_plans
            or each.key in scenario.pins
        )
    ]


def packages_open(offer: GroupOffer, scenario: BudgetScenario) -> list[TierPackage]:
    """Those that are not banned, nor anything that they hold."""
    return [
        each
        for each in offer.packages
        if not scenario.bans & {each.key, *((offer.group_id, action) for action in each.actions)}
    ]


def package_of(offer: GroupOffer, package: TierPackage, priced: PriceList) -> Package:
    """The group pays itself for what no payer may pay for, and for what is under way."""
    held = [offer.candidate_by_id[each] for each in package.actions]
    payable = sum(priced.first_year[each.key] for each in held if each.is_payable)
    own = sum(priced.first_year[each.key] for each in held if not each.is_payable)
    return Package(
        offer.group_id,
        package.id,
        package.tier_id,
        (*package.actions, package.own_work),
        cost=payable + own + package.still_to_pay,
        payable=payable,
        benefit=Fraction(0),
    )


def over_years(
    problem: AllocationProblem, offers: Iterable[GroupOffer], budgets: Sequence[int],
    priced: PriceList,
) -> AllocationProblem:  # fmt: skip
    """The same over each of the years that there is a budget for."""
    if len(budgets) == 1:
        return problem
    held = {
        package.key: sum(
            priced.yearly[offer.group_id, each]
            for each in package.actions
            if offer.candidate_by_id[each].is_payable
        )
        for offer in offers
        for package in offer.packages
    }
    return staged_problem(problem, budgets, priced.yearly, held)


def problem_group(offer: GroupOffer, scenario: BudgetScenario) -> ProblemGroup:
    return ProblemGroup(
        offer.group_id, frozenset(offer.in_place), scenario.cap, frozenset(map(str, offer.tags))
    )


def option_of(candidate: Candidate, scenario: BudgetScenario, priced: PriceList) -> Option:
    """An action is worth what it serves, and nothing besides."""
    return Option(
        candidate.group_id,
        candidate.id,
        priced.first_year[candidate.key],
        Fraction(0),
        pin=candidate.key in scenario.pins,
        ban=candidate.key in scenario.bans,
    )


def gates_of(offer: GroupOffer) -> Iterator[GateConstraint]:
    for rule in offer.doors:
        yield GateConstraint(offer.group_id, rule.needs, rule.of, rule.unlocks)
    for purpose in offer.purposes:
        serving = (
            *(each.id for each in offer.candidates if purpose.id in each.serves),
            *(each.own_work for each in offer.packages if purpose.id in each.serves),
        )
        yield GateConstraint(offer.group_id, 1, serving, (purpose.id,))


def floors_of(scenario: BudgetScenario) -> tuple[Floor, ...]:
    if not scenario.floor_tag:
        return ()
    return (Floor(scenario.floor_tag, Fraction(scenario.floor_share, WHOLE)),)


def limits_of(
    offers: Sequence[GroupOffer], scenario: BudgetScenario, priced: PriceList
) -> Iterator[Limit]:
    """Starts are told for a year: twice those of a half-year. A plan that is paid for as a whole
    keeps its own, three in a half-year at most."""
    for offer in offers:
        keys = [candidate.key for candidate in singles(offer, scenario)]
        packages = packages_open(offer, scenario)
        if scenario.starts is not None and keys:
            most, uses = HALF_YEARS * scenario.starts, tuple((key, 1) for key in keys)
            yield Limit(f"starts in {offer.group_id}", most, uses, packages=())
        if scenario.most_days is not None and (keys or packages):
            yield Limit(
                f"people-days of {offer.group_id}",
                scenario.most_days,
                tuple((key, priced.days[key]) for key in keys),
                packages=tuple((each.key, days_of(offer, each, priced)) for each in packages),
            )
        yield from pinned_packages(offer, scenario)


def pinned_packages(offer: GroupOffer, scenario: BudgetScenario) -> Iterator[Limit]:
    """A package that is pinned, or one that holds a pinned action which nobody may buy singly.
    Where that is closed, the pin can never be kept."""
    alone = {each.key for each in singles(offer, scenario)}
    packages = packages_open(offer, scenario)
    for choice in offer.choices:
        if choice.key in scenario.pins - alone:
            keeping = [each.key for each in packages if choice.id in (each.id, *each.actions)]
            name = f"the pinned {choice.id} in {offer.group_id}"
            yield Limit(name, 1, (), least=1, packages=tuple((key, 1) for key in keeping))


def days_of(offer: GroupOffer, package: TierPackage, priced: PriceList) -> int:
    """People-days of its actions and of the group's own steps."""
    held = (priced.days[offer.group_id, each] for each in package.actions)
    return package.own_days + sum(held)


def is_action(action_id: str) -> bool:
    return not action_id.startswith(NO_ACTION)


def component_amounts(
    offers: Sequence[GroupOffer], served: frozenset[Key]
) -> dict[BenefitComponent, float]:
    """What these purposes come to."""
    total = dict.fromkeys(BenefitComponent, 0.0)
    for offer in offers:
        for purpose in offer.purposes:
            if (offer.group_id, purpose.id) in served:
                for component in BenefitComponent:
                    total[component] += purpose.amount(component)
    return total


def purposes_served(offers: Iterable[GroupOffer], keys: Collection[Key]) -> frozenset[Key]:
    """The purposes that a choice of actions and packages serves."""
    return frozenset(
        (offer.group_id, purpose)
        for offer in offers
        for choice in offer.choices
        if choice.key in keys
        for purpose in choice.serves
    )


def additive_problem(problem: AllocationProblem, offers: Sequence[GroupOffer]) -> AllocationProblem:
    """The problem of one year as a simple rule sees it: each action is worth all that it serves,
    even where another serves the same; a package what none of its actions does."""
    worth = {option.key: option.benefit for option in problem.options}

    def worth_of(group_id: str, purposes: Iterable[str]) -> Fraction:
        return sum((worth[group_id, each] for each in purposes), Fraction(0))

    own = {c.key: worth_of(c.group_id, c.serves) for offer in offers for c in offer.candidates}
    beside = {
        package.key: worth_of(
            offer.group_id,
            set(package.serves) - {
                purpose
                for each in package.actions
                if (offer.group_id, each) in worth
                for purpose in offer.candidate_by_id[each].serves
            },
        )
        for offer in offers
        for package in offer.packages
    }  # fmt: skip
    return replace(
        problem,
        options=tuple(
            replace(option, benefit=own[option.key])
            for option in problem.options
            if is_action(option.action)
        ),
        gates=tuple(gate for gate in problem.gates if all(map(is_action, gate.unlocks))),
        packages=tuple(replace(each, benefit=beside[each.key]) for each in problem.packages),
    )
