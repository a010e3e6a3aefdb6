"""From where a group stands to a proposed plan: what reaches the tier, and nothing else.

`least_cost` decides, `found_plan` makes actions of its answer; here stand what a plan is made from
and the sentences about what a reader must know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction

from readiness.assessments.tier_path import unknowns_to_settle, why_unreachable
from readiness.assessments.tiers import TierResult, evaluate
from readiness.core.integer_program import Solve
from readiness.instruments.answers import Answers, Context, no_longer_excused
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import ActionKind, Instrument, Prerequisite, Tier
from readiness.plans.catalog import Catalog, Offer, catalog_of
from readiness.plans.found_plan import (
    FoundPlan,
    find_out,
    find_outs,
    found_plan,
    margin_price,
    proposals_of,
    raises_of,
)
from readiness.plans.least_cost import (
    PlanInputs,
    least_cost_plan,
)
from readiness.plans.models import (
    ActionType,
    ExcludedIntervention,
    LevelRise,
    PlanAction,
    Proposal,
    ProposedPlan,
)

VERSION = "2"  # changes whenever the same facts could get another plan
NO_ANSWER = ": nobody can plan on what is not known."
NO_BOOK = "This instrument has no cost book, so what a plan would cost cannot be told."
NOT_NEEDED = "The tier is reached at less cost without it."
HOW_MANY = (
    "How many it takes is not known, and so neither is its cost: it is planned only where nothing "
    "else reaches the tier."
)
NO_FACTS = (
    "No facts about the group are given: for whom an intervention is, and costs that grow with the "
    "group, cannot be told. This plan rests on the rest, so answer the facts first."
)
NO_MARGIN = (
    "No plan holds the tier when one raise ends a level short, so every raise of this one has to "
    "succeed."
)


@dataclass(frozen=True)
class GroupFacts:
    """What a plan is made from."""

    instrument: Instrument
    book: CostBook | None  # None: an instrument of an installation's own may come without one
    answers: Answers
    context: Context
    still_to_pay: Mapping[str, int] = field(default_factory=dict)  # dollars, of what is under way
    done_before: frozenset[str] = frozenset()  # before the answers were given
    gap_points: Mapping[str, Fraction] | None = None  # measure id -> reliable gap; None: no data


def propose(
    facts: GroupFacts, solve: Solve, aim: Tier | None = None, *, prices_margin: bool = False
) -> ProposedPlan:
    """The plan to the next tier, or to one above it. At the top it is empty; at T0 it is only what
    to find out. What its margin costs takes a second plan, so it is told only where asked for."""
    instrument, result = facts.instrument, evaluate(facts.instrument, facts.answers)
    target = aim or instrument.tier_after(result.tier)
    if target is None:
        return ProposedPlan(None, (), ())
    if result.tier == instrument.tiers[0]:
        return ProposedPlan(target.id, find_out_first(instrument, facts.answers, result), ())
    if facts.book is None:
        return ProposedPlan(target.id, (), (), notes=(NO_BOOK,))
    inputs = inputs_of(facts, facts.book, result, target)
    plan = least_cost_plan(inputs, solve, margin=facts.book.margin.asked)
    if plan is None:
        return ProposedPlan(target.id, (), (), notes=(why_none(inputs),))
    found = found_plan(inputs, plan)
    return ProposedPlan(
        target_tier_id=target.id,
        proposals=(*find_outs(found), *proposals_of(found)),
        set_aside=tuple(set_aside(found)),
        notes=tuple(notes_of(found, facts.context)),
        objective=plan.objective,
        has_margin=plan.has_margin,
        beyond=tuple(beyond_of(facts, inputs.catalog, {each.id for each in plan.offers})),
        margin=margin_price(found, solve) if prices_margin else None,
    )


def inputs_of(facts: GroupFacts, book: CostBook, result: TierResult, target: Tier) -> PlanInputs:
    catalog = catalog_for(facts, book)
    return PlanInputs(facts.instrument, book, facts.answers, result, target, catalog)


def catalog_for(facts: GroupFacts, book: CostBook) -> Catalog:
    return catalog_of(
        facts.instrument,
        book,
        facts.answers,
        facts.context,
        facts.still_to_pay,
        facts.done_before,
    )


def why_none(inputs: PlanInputs) -> str:
    closed = why_unreachable(inputs.instrument, inputs.answers, inputs.target)
    return closed or (
        f"No set of interventions for this group and own work within its limits reaches "
        f"{inputs.target.id} within three years."
    )


# What to find out.


def find_out_first(
    instrument: Instrument, answers: Answers, result: TierResult
) -> tuple[Proposal, ...]:
    """What makes the answers ratable: every missing one as a single task, and the fewest
    don't-knows."""
    asked = [each.item_id for each in unknowns_to_settle(instrument, answers, result)]
    unknown = tuple(find_out(instrument, each) for each in asked if each in answers)
    if not result.missing:
        return unknown
    title = f"Answer what has no answer yet: {len(result.missing)} of {len(instrument.items)} items"
    because = ", ".join(result.missing) + NO_ANSWER
    first = Proposal("find-out:missing", ActionType.FIND_OUT, title, (), (because,), half_year=1)
    return first, *unknown


# What is not in the plan, and what a reader must know.


def set_aside(found: FoundPlan) -> Iterator[ExcludedIntervention]:
    """What can never be in it first; then what was not needed."""
    chosen = {each.id for each in found.plan.offers}
    for refused in found.inputs.catalog.not_eligible:
        yield ExcludedIntervention(refused.intervention_id, refused.why, is_eligible=False)
    for offer in found.inputs.catalog.offers:
        if offer.id not in chosen and not offer.is_under_way:
            yield ExcludedIntervention(
                offer.id, NOT_NEEDED if offer.dollars is not None else HOW_MANY
            )


def notes_of(found: FoundPlan, context: Context) -> Iterator[str]:
    if not any(value is not None for value in context.values()):
        yield NO_FACTS
    unknown = [o.intervention.title for o in found.plan.offers if o.dollars is None]
    if unknown:
        names = " and ".join(unknown)
        yield (
            f"Nothing whose cost is known reaches {found.inputs.target.id}, so this plan holds "
            f"{names}, and what that costs is not known."
        )
    if found.inputs.book.margin.asked and not found.plan.has_margin:
        yield NO_MARGIN
    yield from asked_again(found, context)


def asked_again(found: FoundPlan, context: Context) -> Iterator[str]:
    """ "Not applicable" that its own rule no longer allows once the plan is done."""
    instrument, answers = found.inputs.instrument, found.inputs.answers
    for item in no_longer_excused(instrument, answers, context, raises_of(found)):
        yield (
            f"{item.id} {item.short} is answered “not applicable”. Once this plan is done it "
            "applies, and will have to be answered next time."
        )


# Beyond the tier.


def beyond_tier(facts: GroupFacts, chosen: Set[str]) -> tuple[Proposal, ...]:
    """Beside a plan that holds these interventions."""
    if facts.book is None:
        return ()
    return tuple(beyond_of(facts, catalog_for(facts, facts.book), chosen))


def beyond_of(facts: GroupFacts, catalog: Catalog, chosen: Set[str]) -> Iterator[Proposal]:
    """Care redesign for a reliable gap: never needed for the tier, and never counted in it."""
    gaps = {measure: points for measure, points in (facts.gap_points or {}).items() if points > 0}
    for offer in catalog.offers:
        each = offer.intervention
        found = [measure for measure in each.measure_ids if measure in gaps]
        is_open = offer.id not in chosen and not offer.is_under_way
        if is_open and found and each.kind is ActionKind.CARE_REDESIGN:
            yield Proposal(
                id=offer.id,
                type=ActionType.INTERVENTION,
                title=each.title,
                lifts=(),
                because=tuple(
                    f"{measure}: a reliable gap of {float(gaps[measure]):.1f} points."
                    for measure in found
                ),
                half_year=1,
                intervention_id=offer.id,
                cost=offer.cost,
            )


# What is added to a plan because somebody pays for it.


def added_proposal(
    offer: Offer, facts: GroupFacts, current: Iterable[PlanAction], half_year: int
) -> Proposal:
    """It comes after whatever in the plan brings what it needs first."""
    lifts = tuple(
        LevelRise(item.id, facts.answers[item.id].level, offer.delivers[item.id], weight=1)
        for item in facts.instrument.items
        if item.id in offer.delivers
    )
    return Proposal(
        id=offer.id,
        type=ActionType.INTERVENTION,
        title=offer.intervention.title,
        lifts=lifts,
        because=(),
        half_year=half_year,
        after=tuple(each.id for each in current if brings(each, offer.needs)),
        intervention_id=offer.id,
        cost=offer.cost,
        is_added=True,
    )


def brings(action: PlanAction, needs: Iterable[Prerequisite]) -> bool:
    levels = {lift.item_id: lift.to for lift in action.lifts}
    return any(levels.get(each.item_id, 0) >= each.level for each in needs)


# How much hangs on the days of own work.


@dataclass(frozen=True)
class Alternative:
    """What a plan would be if own work took other days."""

    factor: Fraction
    bought: tuple[str, ...]  # ids of interventions that it holds then
    objective: int


def if_own_days(
    facts: GroupFacts, factors: Iterable[Fraction], solve: Solve
) -> tuple[Alternative, ...]:
    """The least-cost plan at so many times the days; empty where any of them has none."""
    result = evaluate(facts.instrument, facts.answers)
    target = facts.instrument.tier_after(result.tier)
    if facts.book is None or target is None or result.tier == facts.instrument.tiers[0]:
        return ()
    found = []
    for factor in factors:
        inputs = inputs_of(facts, with_days(facts.book, factor), result, target)
        plan = least_cost_plan(inputs, solve, margin=facts.book.margin.asked)
        if plan is None:
            return ()
        found.append(Alternative(factor, tuple(o.id for o in plan.offers), plan.objective))
    return tuple(found)


def with_days(book: CostBook, factor: Fraction) -> CostBook:
    days = tuple(each * factor for each in book.own_days.days)
    return replace(book, own_days=replace(book.own_days, days=days))
