"""From where a group stands to a proposed plan: what reaches the tier, and nothing else.

`least_cost` decides; here its answer becomes actions with what they raise, when they start and
what comes first, and sentences about what a reader must know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction

from readiness.assessments.scorecard import UnmetCriterion
from readiness.assessments.tier_path import unknowns_to_settle, why_unreachable
from readiness.assessments.tiers import TierResult, evaluate
from readiness.assessments.unmet import served_by, unmet_criteria
from readiness.core.integer_program import Solve
from readiness.instruments.answers import AnswerKind, Answers, Context, no_longer_excused
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import ActionKind, GateKind, Instrument, Prerequisite, Tier
from readiness.plans.catalog import Catalog, Offer, catalog_of, level_of
from readiness.plans.least_cost import (
    LeastCostPlan,
    PlanInputs,
    final_levels,
    least_cost_plan,
)
from readiness.plans.models import (
    ActionType,
    ExcludedIntervention,
    LevelRise,
    MarginPrice,
    PlanAction,
    Proposal,
    ProposedPlan,
)
from readiness.plans.own_work import days_between
from readiness.plans.timing import Part, first_parts, parts_of

VERSION = "1"  # changes whenever the same facts could get another plan
WEIGHT = {GateKind.ESSENTIAL: 3, GateKind.SUPPORTING: 2}
DID_NOT_KNOW = "was answered with don’t know: it is found out first, at no cost."
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


@dataclass(frozen=True)
class FoundPlan:
    """The least-cost plan of a group with what it was found from."""

    inputs: PlanInputs
    plan: LeastCostPlan
    unmet: tuple[UnmetCriterion, ...]  # of every tier being climbed


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


def found_plan(inputs: PlanInputs, plan: LeastCostPlan) -> FoundPlan:
    unmet = unmet_criteria(inputs.instrument, inputs.answers, inputs.result, inputs.target)
    return FoundPlan(inputs, plan, unmet)


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


def find_out(instrument: Instrument, item_id: str) -> Proposal:
    return Proposal(
        id=f"find-out:{item_id}",
        type=ActionType.FIND_OUT,
        title=f"Find out: {instrument.item_by_id[item_id].short}",
        lifts=(),
        because=(f"{item_id} {DID_NOT_KNOW}",),
        half_year=1,
    )


def unknown_items(found: FoundPlan) -> tuple[str, ...]:
    """Don't-knows that are unmet gates or are raised by the plan, in the order they are asked."""
    raised = raises_of(found)
    gates = {gate.item_id for gate in found.inputs.open_gates}
    return tuple(
        item.id
        for item in found.inputs.instrument.items
        if found.inputs.answers[item.id].kind is AnswerKind.DONT_KNOW
        and (item.id in gates or item.id in raised)
    )


def find_outs(found: FoundPlan) -> tuple[Proposal, ...]:
    return tuple(find_out(found.inputs.instrument, each) for each in unknown_items(found))


# The parts as actions.


def raises_of(found: FoundPlan) -> dict[str, int]:
    """Every item that the plan raises, with the level it then has."""
    return final_levels(found.inputs.answers, found.plan.offers, found.plan.own)


def parts_in(found: FoundPlan) -> tuple[Part, ...]:
    return parts_of(found.plan.offers, found.inputs.own_work, found.plan.own)


def first_of(found: FoundPlan) -> dict[str, tuple[str, ...]]:
    """By part, the offers and items of own work that bring what it needs first."""
    parts = parts_in(found)
    return {each.id: first_parts(each, parts, found.plan.half_years) for each in parts}


def proposals_of(found: FoundPlan) -> tuple[Proposal, ...]:
    """In the order to start them: interventions before own work in each half-year."""
    first = first_of(found)
    bought = [bought_proposal(found, each, first[each.id]) for each in found.plan.offers]
    own = [
        own_step(found, item.id, first[item.id])
        for item in found.inputs.instrument.items
        if item.id in found.plan.own
    ]
    return tuple(sorted((*bought, *own), key=lambda each: each.half_year))


def action_id(part_id: str, found: FoundPlan) -> str:
    return f"raise:{part_id}" if part_id in found.plan.own else part_id


def bought_proposal(found: FoundPlan, offer: Offer, first: Iterable[str]) -> Proposal:
    inputs, intervention = found.inputs, offer.intervention
    in_order = (i.id for i in inputs.instrument.items if i.id in offer.delivers)
    lifts = tuple(rise_of(found, item_id, offer.delivers[item_id]) for item_id in in_order)
    return Proposal(
        id=offer.id,
        type=ActionType.INTERVENTION,
        title=intervention.title,
        lifts=lifts,
        because=tuple(rise_reason(inputs.instrument, each) for each in lifts),
        half_year=max(1, found.plan.half_years[offer.id]),
        after=tuple(action_id(each, found) for each in first),
        intervention_id=offer.id,
        still_to_pay=offer.dollars if offer.is_under_way else None,
        cost=offer.cost,
    )


def own_step(found: FoundPlan, item_id: str, first: Iterable[str]) -> Proposal:
    inputs, to = found.inputs, found.plan.own[item_id]
    item, start = inputs.instrument.item_by_id[item_id], level_of(item_id, inputs.answers)
    lift = rise_of(found, item_id, to)
    return Proposal(
        id=f"raise:{item_id}",
        type=ActionType.RAISE,
        title=f"Bring {item.short} to level {to}",
        lifts=(lift,),
        because=(rise_reason(inputs.instrument, lift), f"Level {to} means: {item.levels[to]}"),
        half_year=found.plan.half_years[item_id],
        after=tuple(action_id(each, found) for each in first),
        own_days=days_between(start, to, inputs.book.own_days.days),
        half_years=to - start,
    )


def rise_of(found: FoundPlan, item_id: str, to: int) -> LevelRise:
    gates = (
        WEIGHT[gate.kind]
        for gate in found.inputs.open_gates
        if gate.item_id == item_id and gate.level <= to
    )
    return LevelRise(
        item_id=item_id,
        from_level=found.inputs.answers[item_id].level,
        to=to,
        weight=max(gates, default=1),
        serves=served_by(found.inputs.instrument, found.inputs.answers, item_id, to, found.unmet),
    )


def rise_reason(instrument: Instrument, lift: LevelRise) -> str:
    item = instrument.item_by_id[lift.item_id]
    now = "not known" if lift.from_level is None else f"at level {lift.from_level}"
    kind = {3: "an essential gate", 2: "a supporting gate"}.get(lift.weight, "for its scores")
    return f"{item.id} {item.short} is {now}, aim {lift.to}: {kind}."


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


def margin_price(found: FoundPlan, solve: Solve) -> MarginPrice | None:
    """Against the least-cost plan without the margin; None for a plan without one."""
    if not found.plan.has_margin:
        return None
    least = least_cost_plan(found.inputs, solve, margin=False)
    if least is None:
        return None
    titles = [each.title for each in proposals_of(found)]
    without = [each.title for each in proposals_of(replace(found, plan=least))]
    return MarginPrice(
        dollars=found.plan.objective - least.objective,
        left_out=tuple(each for each in titles if each not in without),
        instead=tuple(each for each in without if each not in titles),
    )
