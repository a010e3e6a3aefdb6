"""A scenario's settings and numbers in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from readiness.core.formatting import Number, dollars, join_words, one_decimal, percent
from readiness.investment.answers import (
    PolicyAnswer,
)
from readiness.investment.models import (
    COMPONENT_UNITS,
    TAG_SAYS,
    BenefitComponent,
    Tag,
)
from readiness.investment.policy import Policy
from readiness.investment.scenario import BASIS_SAYS, BudgetScenario
from readiness.plans.costs import CostRange, PeopleDays

WEIGHT_TERMS = {
    BenefitComponent.NEXT_TIER: "Next tiers",
    BenefitComponent.READY: "Incentive-ready",
    BenefitComponent.READINESS: "Readiness",
    BenefitComponent.NEED: "Need",
    BenefitComponent.PEOPLE: "People in gaps",
}
FIRST = "before everything else"
PROVEN = "This is proven to be the best answer: no other choice within these limits is worth more."


METHOD = (
    (
        "All of a group’s way to a tier, as its plan has it, is paid for together or not at all: "
        "the actions that a payer may pay for count against the budget, the rest and its own work "
        "are the group’s part. Actions of its plan to the next tier, and care redesign for a gap "
        "that counts, can also be paid for singly. What is in no plan is offered only where that "
        "was asked for, and what is not for a group’s patients never."
    ),
    (
        "Each is worth what it serves: a higher tier, the items that the plan still has to raise, "
        "the measures with a gap that counts. Each of these is counted once in a group, however "
        "much of what is chosen serves it."
    ),
    (
        "A policy that counts groups puts one group more before everything else; over several "
        "years a group counts by the years that are left when its actions start."
    ),
    f"Readiness: {COMPONENT_UNITS[BenefitComponent.READINESS]}.",
    (
        "Need: the group’s patients times its social risk (the mean of the released share of "
        "screened patient-quarters with a need and the submitted share living in deprived areas), "
        "shared out over its work; a measure with a gap weighs as an essential step. At "
        "Foundation, tier 1, need counts twice, because infrastructure comes first there."
    ),
    (
        "People: patients who would have to meet a measure for a gap to close, for actions that "
        "change care or access. A potential, never a forecast."
    ),
    (
        "A gap counts where 30 groups tell that it is reliable. With fewer that cannot be told; "
        "then it counts where its whole 95% interval lies on the worse side."
    ),
    (
        "Costs are drawn between their low and high ends (a tenth of the draws beyond each), half "
        "of what moves them shared within a group; gaps with their standard errors, need with that "
        "of social risk."
    ),
    (
        "Each component is scaled so that all there is in the portfolio is 100 points; the "
        "weights of the policy add the three up."
    ),
)


CAVEATS = (
    ("Costs are estimates with sources and dates in the cost book; no amount here is a quote."),
    (
        "Race is no rule of eligibility: what is weighed is the size of gaps, social risk, "
        "readiness and place."
    ),
    ("A tier decides what help comes first. It never lowers a payment nor closes access to one."),
    ("Only what groups submitted and released is used; a group that shares nothing is not in it."),
)


@dataclass(frozen=True)
class Fact:
    """A term and what is said of it."""

    term: str
    says: str


def counted_words(number: int, one: str, many: str = "") -> str:
    """
    >>> counted_words(1, "group"), counted_words(1200, "group")
    ('1 group', '1,200 groups')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def capitalized(text: str) -> str:
    """
    >>> capitalized("all of the way to T3")
    'All of the way to T3'
    """
    return f"{text[:1].upper()}{text[1:]}"


def ordinal(number: int) -> str:
    """
    >>> ordinal(1), ordinal(12), ordinal(22)
    ('1st', '12th', '22nd')
    """
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if 10 < number % 100 < 14 else endings.get(number % 10, "th")
    return f"{number}{ending}"


def range_says(cost: CostRange) -> str:
    return f"{dollars(cost.low)} to {dollars(cost.high)}"


def days_says(days: PeopleDays) -> str:
    return f"{days.low:,} to {days.high:,}"


def weights_says(scenario: BudgetScenario) -> tuple[Fact, ...]:
    policy = scenario.policy
    first = (Fact(WEIGHT_TERMS[policy.first], FIRST),) if policy.first else ()
    weighed = ((each, weight) for each, weight in policy.weights.items() if weight)
    return (*first, *(Fact(WEIGHT_TERMS[each], f"{weight} of 100") for each, weight in weighed))


def weights_in_words(policy: Policy) -> str:
    """
    >>> from readiness.investment.policy import MOST_TO_NEXT_TIER
    >>> weights_in_words(MOST_TO_NEXT_TIER)
    'next tiers first; then readiness 15, need 10 and people in gaps 5'
    """
    first = f"{WEIGHT_TERMS[policy.first].lower()} first; then " if policy.first else ""
    named = (f"{WEIGHT_TERMS[each].lower()} {weight}" for each, weight in policy.weights.items())
    return first + join_words(named)


def settings(scenario: BudgetScenario) -> Iterator[Fact]:
    """Only what constrains; what is switched off and usually on is said too."""
    budgets = [dollars(each) for each in scenario.budgets]
    if len(budgets) == 1:
        yield Fact("Budget", budgets[0])
    else:
        years = (f"{each} in year {n}" for n, each in enumerate(budgets, start=1))
        yield Fact("Budgets", join_words(years))
    yield Fact("Costs counted at", BASIS_SAYS[scenario.costs_at])
    gate = scenario.tier_gate
    yield Fact(
        "Infrastructure before care changes that no plan holds, below Incentive-ready",
        f"{counted_words(gate, 'enabling or governance action')} first"
        if gate
        else "not asked for",
    )
    if scenario.starts is not None:
        yield Fact("Starts in one group", f"{scenario.starts} in a half-year at most")
    if scenario.cap is not None:
        yield Fact("What one group can take on", f"{dollars(scenario.cap)} in a year at most")
    says = "no limit" if scenario.most_days is None else f"{scenario.most_days:,} at most"
    yield Fact("People-days of one group’s own people", says)
    if scenario.beyond_plans:
        yield Fact("Actions in no plan of their group", "offered too, and marked")
    if scenario.floor_tag:
        says = f"{TAG_SAYS[Tag(scenario.floor_tag)]}: {scenario.floor_share}% of the money or more"
        yield Fact("Equity floor", f"{says[0].upper()}{says[1:]}")
    yield from numbers_of_groups(scenario)


def numbers_of_groups(scenario: BudgetScenario) -> Iterator[Fact]:
    if scenario.min_groups:
        yield Fact("Groups that get something", f"{scenario.min_groups} or more")
    if scenario.max_groups is not None:
        yield Fact("Groups that get something", f"{scenario.max_groups} at most")


def proof_says(found: PolicyAnswer) -> str:
    """The bound and the gap to it, in words."""
    if found.is_proven or found.gap == 0:
        return PROVEN
    return (
        f"No choice within these limits is worth more than {points_says(found.bound)}; this one is "
        f"worth {points_says(found.objective)}, so a better one could add "
        f"{percent(found.gap, 2)} at most."
    )


def points_says(value: Number) -> str:
    """
    >>> points_says(1), points_says(61.25)
    ('1.0 points', '61.3 points')
    """
    return f"{one_decimal(value)} points"
