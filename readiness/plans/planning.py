"""From a scoring run to a proposed plan, by the instrument's own rules.

What the next tier still needs is worked out here; `selection` chooses what reaches it, and
`sequencing` puts what is needed first before what needs it.
"""

from __future__ import annotations

from collections.abc import Mapping

from readiness.assessments.scorecard import ScoringRun
from readiness.instruments.answers import AnswerKind, Answers, Context
from readiness.instruments.models import GateKind, Instrument, Item
from readiness.plans.models import ActionType, Lift, Proposal, ProposedPlan
from readiness.plans.selection import Need, choose, need_notes, offers_of
from readiness.plans.sequencing import in_order, own_steps, with_prerequisites

WEIGHT = {GateKind.ESSENTIAL: 3, GateKind.SUPPORTING: 2}
DID_NOT_KNOW = "was answered with don’t know: nobody can plan on what is not known."
NO_ANSWER = ": nobody can plan on what is not known."
LEVEL_AIMED_AT = 3  # without a gate, no further than "deployed"


def proposed(
    instrument: Instrument, context: Context, answers: Answers, run: ScoringRun, need: Need
) -> ProposedPlan:
    """At T0 only what must be found out: nobody can plan on what is not known."""
    tier = instrument.tier_by_id[run.tier_id]
    target = instrument.tier_after(tier)
    target_id = target.id if target else None
    unknown = find_outs(instrument, answers, run)
    if tier == instrument.tiers[0]:
        return ProposedPlan(target_id, unknown, (), ())
    lifts = lifts_needed(instrument, answers, run)
    needed = wanted(instrument, run, lifts)
    offers = offers_of(instrument, lifts, answers, context, need)
    chosen, aside = choose(instrument, offers, needed, answers)
    placed = with_prerequisites(instrument, chosen, offers, answers)
    ordered = in_order(own_steps(instrument, placed, needed, lifts))
    planned = {action.id for action in ordered}
    return ProposedPlan(
        target_tier_id=target_id,
        proposals=(*unknown, *ordered),
        set_aside=tuple(each for each in aside if each.intervention_id not in planned),
        need_says=need_notes(need),
    )


def find_outs(instrument: Instrument, answers: Answers, run: ScoringRun) -> tuple[Proposal, ...]:
    """What is missing as one task, then one for each don't-know: they head the plan."""
    unknown = tuple(
        found_out(f"find-out:{item.id}", f"Find out: {item.short}", f"{item.id} {DID_NOT_KNOW}")
        for item in instrument.items
        if (answer := answers.get(item.id)) and answer.kind is AnswerKind.DONT_KNOW
    )
    if not run.missing:
        return unknown
    title = f"Answer what has no answer yet: {len(run.missing)} of {len(instrument.items)} items"
    return (found_out("find-out:missing", title, ", ".join(run.missing) + NO_ANSWER), *unknown)


def found_out(action_id: str, title: str, because: str) -> Proposal:
    return Proposal(action_id, ActionType.FIND_OUT, title, (), (because,), half_year=1)


def lifts_needed(instrument: Instrument, answers: Answers, run: ScoringRun) -> dict[str, Lift]:
    """For each item below its aim: from where to where, and how much that weighs.

    What does not apply is not lifted.
    """
    way = {raised.item_id: raised.to for raised in run.shortest_way or ()}
    lifts = (
        lift_of(instrument, item, answer.level, run, way.get(item.id, 0))
        for item in instrument.items
        if (answer := answers.get(item.id)) and answer.kind is not AnswerKind.NOT_APPLICABLE
    )
    return {lift.item_id: lift for lift in lifts if lift.gap}


def lift_of(
    instrument: Instrument, item: Item, level: int | None, run: ScoringRun, on_the_way: int
) -> Lift:
    """The aim is what the gates up to the next tier need, and what the shortest way asks for;
    without either, one level up, but no further than "deployed"."""
    after = instrument.tier_after(instrument.tier_by_id[run.tier_id])
    top = (after or instrument.tiers[-1]).number
    gates = [
        gate
        for gate in instrument.gates_by_item[item.id]
        if instrument.tier_by_id[gate.tier_id].number <= top
    ]
    now = level or 0
    aim = max((gate.level for gate in gates), default=min(now + 1, LEVEL_AIMED_AT))
    weight = max((WEIGHT[gate.kind] for gate in gates if now < gate.level), default=1)
    return Lift(item.id, level, max(aim, on_the_way), weight)


def wanted(instrument: Instrument, run: ScoringRun, lifts: Mapping[str, Lift]) -> tuple[str, ...]:
    """The items that the plan must reach: the shortest way up and every unmet gate on it.

    At the top only a gate still unmet: what is there is held. Where there is no way up yet, and
    no gate to blame, everything that can be lifted.
    """
    way = tuple(raised.item_id for raised in run.shortest_way or ())
    gates = tuple(lift.item_id for lift in lifts.values() if lift.weight > 1)
    needed = tuple(dict.fromkeys((*way, *gates)))
    is_top = run.tier_id == instrument.tiers[-1].id
    return needed if needed or is_top else tuple(lifts)
