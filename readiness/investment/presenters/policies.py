"""The policies side by side: what each chooses, what it buys, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from readiness.core.charts.bars import Amount, amounts_of
from readiness.core.charts.scales import Figure
from readiness.core.formatting import dollars, join_words, one_decimal
from readiness.investment.answers import PolicyAnswer
from readiness.investment.models import (
    BenefitComponent,
    Candidate,
    GroupOffer,
    TierPackage,
    becomes_ready,
)
from readiness.investment.policy import WHOLE, Policy
from readiness.investment.presenters.wording import (
    WEIGHT_TERMS,
    counted_words,
    points_says,
    proof_says,
    weights_in_words,
)
from readiness.investment.problem import Key
from readiness.investment.service.stored import StoredScenario

IMPOSSIBLE = "No choice satisfies these limits."
UNITS = {
    BenefitComponent.NEXT_TIER: "of the groups that a plan brings higher",
    BenefitComponent.READY: "of the groups that a plan makes Incentive-ready",
    BenefitComponent.READINESS: "of all steps toward the next tier",
    BenefitComponent.NEED: "of all need",
    BenefitComponent.PEOPLE: "of all patients in gaps that count",
}


@dataclass(frozen=True)
class PolicyLine:
    """One policy beside the others."""

    id: str
    name: str
    says: str
    weights: str
    is_chosen: bool  # the scenario's own
    is_possible: bool
    spent: str
    cost_range: str
    actions: str
    groups: str
    tiers: str  # "4: Ash to T2, …"
    ready: str
    readiness: str
    need: str
    people: str
    proof: str


COMPARED = (  # what policies are compared by, and the field of PolicyLine that says it
    ("Spent", "spent"),
    ("Cost in eight of ten draws", "cost_range"),
    ("Actions", "actions"),
    ("Groups that get something", "groups"),
    ("Groups that would reach a higher tier", "tiers"),
    ("Groups that would become Incentive-ready", "ready"),
    ("Steps toward next tiers, of all there are", "readiness"),
    ("Need, of the whole portfolio", "need"),
    ("Patients in gaps that count, of all there are", "people"),
    ("How close to the best", "proof"),
)


@dataclass(frozen=True)
class DifferenceLine:
    """An action in a group that some policies choose and others do not."""

    group_id: str
    title: str
    group: str
    dollars: str
    chosen_by: tuple[bool, ...]  # in the order of the policies
    readiness: str
    need: str
    people: str
    because: str


@dataclass(frozen=True)
class Comparison:
    policies: tuple[PolicyLine, ...]
    shared: str  # what every policy chooses
    differences: tuple[DifferenceLine, ...]
    charts: tuple[tuple[str, str, Figure], ...]  # id, title that states the finding, drawing


NOT_COMPARED = Comparison((), "", (), ())


def comparison_of(stored: StoredScenario) -> Comparison:
    found = {each.policy_id: each for each in stored.solution.answer.founds}
    asked = [each for each in stored.request.scenario.policies if each.id in found]
    policies = [each for each in asked if found[each.id].is_possible]
    chosen = {each.id: frozenset(s.key for s in found[each.id].decided) for each in policies}
    every = frozenset.intersection(*chosen.values()) if chosen else frozenset()
    return Comparison(
        tuple(policy_line(stored, each, found[each.id]) for each in asked),
        shared_says(len(every), len(policies)),
        tuple(differences(stored, policies, chosen, every)),
        tuple(charts(policies, found)),
    )


def shared_says(shared: int, policies: int) -> str:
    if policies < 2:
        return "There is nothing to compare with: fewer than two policies have an answer."
    same = counted_words(shared, "way or action", "ways or actions")
    return (
        f"All {policies} policies choose the same {same}: whatever is put first, these are worth "
        "their money."
        if shared
        else f"Nothing is chosen by all {policies} policies."
    )


def policy_line(stored: StoredScenario, policy: Policy, found: PolicyAnswer) -> PolicyLine:
    weights = weights_in_words(policy)
    is_own = policy.id == stored.request.scenario.policy_id
    if not found.is_possible:
        nothing = ("",) * 9
        return PolicyLine(
            policy.id, policy.name, policy.says, weights, is_own, False, *nothing, IMPOSSIBLE
        )
    rising = [each for each in found.bought if each.tier_after != each.tier_before]
    ready = [each for each in rising if becomes_ready(each.tier_before, each.tier_after)]
    return PolicyLine(
        id=policy.id,
        name=policy.name,
        says=policy.says,
        weights=weights,
        is_chosen=is_own,
        is_possible=True,
        spent=dollars(found.spent),
        cost_range=f"{dollars(found.span.low)} to {dollars(found.span.high)}",
        actions=f"{len(found.picks)}",
        groups=f"{len(found.bought)}",
        tiers=f"{len(rising)}",
        ready=f"{len(ready)}",
        readiness=share_says(found, BenefitComponent.READINESS),
        need=share_says(found, BenefitComponent.NEED),
        people=share_says(found, BenefitComponent.PEOPLE),
        proof=proof_says(found),
    )


def share_says(found: PolicyAnswer, component: BenefitComponent) -> str:
    return f"{one_decimal((found.points or {}).get(component, 0.0))}%"


def charts(
    policies: list[Policy], found: Mapping[str, PolicyAnswer]
) -> Iterator[tuple[str, str, Figure]]:
    """What each policy buys, a drawing for each component on its whole scale."""
    for component in BenefitComponent if len(policies) > 1 else ():
        values = {each.id: (found[each.id].points or {}).get(component, 0.0) for each in policies}
        best = max(policies, key=lambda each: values[each.id])
        rows = [
            Amount(each.name, values[each.id], f"{one_decimal(values[each.id])}%")
            for each in policies
        ]
        title = (
            f"{WEIGHT_TERMS[component]}: most under {best.name}, "
            f"{one_decimal(values[best.id])}% {UNITS[component]}"
        )
        yield (
            f"policy-{component}",
            title,
            amounts_of(rows, ("Policy", f"Percent {UNITS[component]}"), most=100),
        )


def differences(
    stored: StoredScenario,
    policies: list[Policy],
    chosen: Mapping[str, frozenset[Key]],
    every: frozenset[Key],
) -> Iterator[DifferenceLine]:
    """By dollars, the largest first."""
    some = frozenset().union(*chosen.values()) - every
    payable = stored.case.payable
    for key in sorted(some, key=lambda each: (-payable(each), each)):
        group_id, _ = key
        by = tuple(key in chosen[each.id] for each in policies)
        choice, offer = stored.case.choice(key), stored.offer_by_id[group_id]
        points = points_of(stored, offer, choice)
        yield DifferenceLine(
            group_id,
            stored.choice_title(choice),
            stored.name(group_id),
            dollars(payable(key)),
            by,
            readiness=one_decimal(points[BenefitComponent.READINESS]),
            need=one_decimal(points[BenefitComponent.NEED]),
            people=one_decimal(points[BenefitComponent.PEOPLE]),
            because=because(policies, by, points, payable(key)),
        )


def points_of(
    stored: StoredScenario, offer: GroupOffer, choice: Candidate | TierPackage
) -> dict[BenefitComponent, float]:
    scale = stored.case.scale
    return {each: scale.points(each, offer.raw(choice, each)) for each in BenefitComponent}


def because(
    policies: list[Policy],
    by: tuple[bool, ...],
    points: Mapping[BenefitComponent, float],
    price: int,
) -> str:
    """The component in which its dollars buy most, and who weighs that most."""
    takers = [each for each, takes in zip(policies, by, strict=True) if takes]
    others = [each for each, takes in zip(policies, by, strict=True) if not takes]
    if not any(points.values()):
        return f"It opens the way for others under {named(takers)}, and raises nothing itself."
    strong = max(BenefitComponent, key=lambda each: points[each])
    rate = 1000 * points[strong] / price if price else points[strong]
    least, most = (max(weight_of(each, strong) for each in side) for side in (others, takers))
    weighed = (
        f"{named(takers)} weighs that more than {named(others)}"
        if most > least
        else f"{named(others)} finds more for the same dollars elsewhere"
    )
    return (
        f"Strongest in {WEIGHT_TERMS[strong].lower()}: {points_says(points[strong])}, "
        f"{rate:.2f} for each $1,000. {weighed}."
    )


def weight_of(policy: Policy, component: BenefitComponent) -> int:
    return WHOLE if policy.first is component else policy.weights.get(component, 0)


def named(policies: list[Policy]) -> str:
    return join_words(each.name for each in policies)
