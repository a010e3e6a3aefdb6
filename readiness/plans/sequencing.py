"""In which half-year each action of a plan starts: never before what it needs.

At most three interventions start in one half-year; steps of the group's own do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from readiness.instruments.answers import Answers
from readiness.instruments.models import Instrument, Prerequisite
from readiness.plans.models import ActionType, Lift, Proposal
from readiness.plans.selection import NEVER_ALONE, is_met, reason, refusal

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
            placed[before] = raised(instrument, placed.get(before), missing, answers)
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
        and not refusal(instrument, offer, answers)
    )


def raised(
    instrument: Instrument, action: Proposal | None, prerequisite: Prerequisite, answers: Answers
) -> Proposal:
    """The action, lifting that item at least as high as needed; without one, an own step."""
    answer = answers.get(prerequisite.item_id)
    lift = Lift(prerequisite.item_id, answer.level if answer else None, prerequisite.level, 1)
    return lifting(instrument, action, lift) if action else own_step(instrument, lift)


def lifting(instrument: Instrument, action: Proposal, lift: Lift) -> Proposal:
    before = next((each for each in action.lifts if each.item_id == lift.item_id), None)
    if before and before.to >= lift.to:
        return action
    higher = replace(lift, weight=max(lift.weight, before.weight if before else 1))
    if action.type is ActionType.RAISE:
        return own_step(instrument, higher)
    lifts = tuple(higher if each is before else each for each in action.lifts)
    lifts = lifts if before else (*lifts, higher)
    return replace(action, lifts=lifts, because=tuple(reason(instrument, e) for e in lifts))


def own_step(instrument: Instrument, lift: Lift) -> Proposal:
    item = instrument.item_by_id[lift.item_id]
    return Proposal(
        id=f"raise:{item.id}",
        type=ActionType.RAISE,
        title=f"Bring {item.short} to level {lift.to}",
        lifts=(lift,),
        because=(reason(instrument, lift), f"Level {lift.to} means: {item.levels[lift.to]}"),
        half_year=1,
    )


def own_steps(
    instrument: Instrument,
    placed: Sequence[Proposal],
    needed: Iterable[str],
    lifts: Mapping[str, Lift],
) -> tuple[Proposal, ...]:
    """The plan, with a step of its own for each needed item that nothing in it lifts far enough."""
    by_id = {action.id: action for action in placed}
    reached = {(lift.item_id, lift.to) for action in placed for lift in action.lifts}
    for item_id in needed:
        wanted = lifts.get(item_id)
        if wanted and not any(i == item_id and to >= wanted.to for i, to in reached):
            step = f"raise:{item_id}"
            by_id[step] = (
                lifting(instrument, by_id[step], wanted)
                if step in by_id
                else own_step(instrument, wanted)
            )
    return tuple(by_id.values())


def in_order(actions: Sequence[Proposal]) -> tuple[Proposal, ...]:
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
