"""From a scoring run to a proposed plan, by the instrument's own rules.

What the next tier still needs is worked out here; `selection` chooses what reaches it, and
`sequencing` puts what is needed first before what needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from readiness.assessments.scorecard import ScoringRun
from readiness.instruments.answers import AnswerKind, Answers, Context
from readiness.instruments.models import GateKind, Instrument, Item, Prerequisite
from readiness.plans.models import ActionType, LevelRise, Proposal, ProposedPlan
from readiness.plans.selection import (
    NEVER_ALONE,
    PopulationNeed,
    blocking_reason,
    candidates_of,
    choose,
    is_met,
    need_notes,
    rise_reason,
)

WEIGHT = {GateKind.ESSENTIAL: 3, GateKind.SUPPORTING: 2}
DID_NOT_KNOW = "was answered with don’t know: nobody can plan on what is not known."
NO_ANSWER = ": nobody can plan on what is not known."
LEVEL_AIMED_AT = 3  # without a gate, no further than "deployed"


def propose(
    instrument: Instrument,
    context: Context,
    answers: Answers,
    run: ScoringRun,
    need: PopulationNeed,
) -> ProposedPlan:
    """At T0 only what must be found out: nobody can plan on what is not known."""
    tier = instrument.tier_by_id[run.tier_id]
    target = instrument.tier_after(tier)
    target_id = target.id if target else None
    unknown = find_out_actions(instrument, answers, run)
    if tier == instrument.tiers[0]:
        return ProposedPlan(target_id, unknown, (), ())
    lifts = rises_needed(instrument, answers, run)
    needed = items_to_reach(instrument, run, lifts)
    offers = candidates_of(instrument, lifts, answers, context, need)
    chosen, aside = choose(instrument, offers, needed, answers)
    placed = with_prerequisites(instrument, chosen, offers, answers)
    ordered = sequence(own_steps(instrument, placed, needed, lifts))
    planned = {action.id for action in ordered}
    return ProposedPlan(
        target_tier_id=target_id,
        proposals=(*unknown, *ordered),
        set_aside=tuple(each for each in aside if each.intervention_id not in planned),
        need_says=need_notes(need),
    )


def find_out_actions(
    instrument: Instrument, answers: Answers, run: ScoringRun
) -> tuple[Proposal, ...]:
    """What is missing as one task, then one for each don't-know: they head the plan."""
    unknown = tuple(
        find_out_action(
            f"find-out:{item.id}", f"Find out: {item.short}", f"{item.id} {DID_NOT_KNOW}"
        )
        for item in instrument.items
        if (answer := answers.get(item.id)) and answer.kind is AnswerKind.DONT_KNOW
    )
    if not run.missing:
        return unknown
    title = f"Answer what has no answer yet: {len(run.missing)} of {len(instrument.items)} items"
    return (
        find_out_action("find-out:missing", title, ", ".join(run.missing) + NO_ANSWER),
        *unknown,
    )


def find_out_action(action_id: str, title: str, because: str) -> Proposal:
    return Proposal(action_id, ActionType.FIND_OUT, title, (), (because,), half_year=1)


def rises_needed(instrument: Instrument, answers: Answers, run: ScoringRun) -> dict[str, LevelRise]:
    """For each item below its aim: from where to where, and how much that weighs.

    What does not apply is not lifted.
    """
    way = {raised.item_id: raised.to for raised in run.shortest_way or ()}
    lifts = (
        rise_of(instrument, item, answer.level, run, way.get(item.id, 0))
        for item in instrument.items
        if (answer := answers.get(item.id)) and answer.kind is not AnswerKind.NOT_APPLICABLE
    )
    return {lift.item_id: lift for lift in lifts if lift.gap}


def rise_of(
    instrument: Instrument, item: Item, level: int | None, run: ScoringRun, on_the_way: int
) -> LevelRise:
    """The aim is what the gates up to the next tier need, and what the way up asks for;
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
    return LevelRise(item.id, level, max(aim, on_the_way), weight)


def items_to_reach(
    instrument: Instrument, run: ScoringRun, lifts: Mapping[str, LevelRise]
) -> tuple[str, ...]:
    """The items that the plan must reach: the way up and every unmet gate on it.

    At the top only a gate still unmet: what is there is held. Where there is no way up yet, and
    no gate to blame, everything that can be lifted.
    """
    way = tuple(raised.item_id for raised in run.shortest_way or ())
    gates = tuple(lift.item_id for lift in lifts.values() if lift.weight > 1)
    needed = tuple(dict.fromkeys((*way, *gates)))
    is_top = run.tier_id == instrument.tiers[-1].id
    return needed if needed or is_top else tuple(lifts)


STARTS_PER_HALF_YEAR = 3


ESSENTIAL = 3  # the weight of a lift that meets an essential gate


def with_prerequisites(
    instrument: Instrument, chosen: Sequence[Proposal], offers: Sequence[Proposal], answers: Answers
) -> tuple[Proposal, ...]:
    """Every chosen action, preceded by what it needs first, down to what can start today.

    `above` are the actions waiting for this one: none of them can come before it.
    """
    offer_by_id = {o.id: o for o in offers}
    chosen_ids = {action.id for action in chosen}
    placed: dict[str, Proposal] = {}

    def place(action_id: str, above: frozenset[str]) -> None:
        if action_id in placed:
            return
        first: dict[str, None] = {}  # in the order they are needed, each once
        for missing in missing_of(instrument, action_id, answers):
            preferred = chosen_ids | placed.keys()
            before = provider(
                instrument, missing, offer_by_id, preferred, answers, above | {action_id}
            )
            if before:
                place(before, above | {action_id})
            else:
                before = f"raise:{missing.item_id}"
            placed[before] = raise_prerequisite(instrument, placed.get(before), missing, answers)
            first[before] = None
        placed[action_id] = replace(offer_by_id[action_id], after=tuple(first))

    for action in chosen:
        place(action.id, frozenset())
    return tuple(placed.values())


def missing_of(
    instrument: Instrument, action_id: str, answers: Answers
) -> tuple[Prerequisite, ...]:
    wanted = instrument.intervention_by_id[action_id].prerequisites
    return tuple(each for each in wanted if not is_met(each, answers))


def provider(
    instrument: Instrument,
    prerequisite: Prerequisite,
    offers: Mapping[str, Proposal],
    preferred: set[str],
    answers: Answers,
    above: frozenset[str],
) -> str | None:
    """What raises a missing prerequisite without needing it: best an action already in the plan."""
    able = [
        offer
        for offer in offers.values()
        if offer.id not in above and provides(instrument, offer, prerequisite, answers)
    ]
    if not able:
        return None
    return max(able, key=lambda o: (o.id in preferred, o.feasibility, o.value)).id


def provides(
    instrument: Instrument, offer: Proposal, prerequisite: Prerequisite, answers: Answers
) -> bool:
    intervention = instrument.intervention_by_id[offer.id]
    return (
        prerequisite.item_id in intervention.item_ids
        and prerequisite.item_id not in {p.item_id for p in intervention.prerequisites}
        and intervention.kind not in NEVER_ALONE
        and not blocking_reason(instrument, offer, answers)
    )


def raise_prerequisite(
    instrument: Instrument, action: Proposal | None, prerequisite: Prerequisite, answers: Answers
) -> Proposal:
    """The action, lifting that item at least as high as needed; without one, an own step."""
    answer = answers.get(prerequisite.item_id)
    lift = LevelRise(prerequisite.item_id, answer.level if answer else None, prerequisite.level, 1)
    return with_rise(instrument, action, lift) if action else own_step(instrument, lift)


def with_rise(instrument: Instrument, action: Proposal, lift: LevelRise) -> Proposal:
    before = next((each for each in action.lifts if each.item_id == lift.item_id), None)
    if before and before.to >= lift.to:
        return action
    higher = replace(lift, weight=max(lift.weight, before.weight if before else 1))
    if action.type is ActionType.RAISE:
        return own_step(instrument, higher)
    lifts = tuple(higher if each is before else each for each in action.lifts)
    lifts = lifts if before else (*lifts, higher)
    return replace(action, lifts=lifts, because=tuple(rise_reason(instrument, e) for e in lifts))


def own_step(instrument: Instrument, lift: LevelRise) -> Proposal:
    item = instrument.item_by_id[lift.item_id]
    return Proposal(
        id=f"raise:{item.id}",
        type=ActionType.RAISE,
        title=f"Bring {item.short} to level {lift.to}",
        lifts=(lift,),
        because=(rise_reason(instrument, lift), f"Level {lift.to} means: {item.levels[lift.to]}"),
        half_year=1,
    )


def own_steps(
    instrument: Instrument,
    placed: Sequence[Proposal],
    needed: Iterable[str],
    lifts: Mapping[str, LevelRise],
) -> tuple[Proposal, ...]:
    """The plan, with a step of its own for each needed item that nothing in it lifts far enough."""
    by_id = {action.id: action for action in placed}
    reached = {(lift.item_id, lift.to) for action in placed for lift in action.lifts}
    for item_id in needed:
        wanted = lifts.get(item_id)
        if wanted and not any(i == item_id and to >= wanted.to for i, to in reached):
            step = f"raise:{item_id}"
            by_id[step] = (
                with_rise(instrument, by_id[step], wanted)
                if step in by_id
                else own_step(instrument, wanted)
            )
    return tuple(by_id.values())


def sequence(actions: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Half-years: after what they need; then essential gates, then value; three starts each."""
    placed = {a.id: replace(a, half_year=1) for a in actions if a.type is ActionType.RAISE}
    waiting = [a for a in actions if a.id not in placed]
    first = serving_essential_gates(actions)
    half_year = 0
    while waiting:
        half_year += 1
        ready = [
            a
            for a in waiting
            if all(b in placed and placed[b].half_year < half_year for b in a.after)
        ]
        ranked = sorted(ready, key=lambda a: (a.id not in first, -a.value))
        for action in ranked[:STARTS_PER_HALF_YEAR]:
            placed[action.id] = replace(action, half_year=half_year)
            waiting.remove(action)
    return tuple(sorted(placed.values(), key=lambda a: (a.half_year, a.type is ActionType.RAISE)))


def serving_essential_gates(actions: Sequence[Proposal]) -> frozenset[str]:
    """The actions that raise an essential gate of the next tier, and all that those need first."""
    serving: set[str] = set()
    for action in reversed(actions):  # what is needed first stands before what needs it
        essential = any(lift.weight == ESSENTIAL for lift in action.lifts)
        if essential or action.id in serving:
            serving |= {action.id, *action.after}
    return frozenset(serving)
