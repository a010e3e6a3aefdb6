"""What a group still has to raise toward its next tier, and which interventions work on it."""

from __future__ import annotations

from collections.abc import Mapping

from readiness.assessments.scorecard import ScoringRun
from readiness.instruments.answers import AnswerKind, Answers
from readiness.instruments.models import GateKind, Instrument, Intervention, Item
from readiness.plans.catalog import is_met
from readiness.plans.models import LevelRise

WEIGHT = {GateKind.ESSENTIAL: 3, GateKind.SUPPORTING: 2}
LEVEL_AIMED_AT = 3  # without a gate, no further than "deployed"


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


def reached_by(
    intervention: Intervention, lifts: Mapping[str, LevelRise], answers: Answers
) -> tuple[LevelRise, ...]:
    """What it lifts, without what must already be lifted as far before it can begin."""
    first = {p.item_id: p.level for p in intervention.prerequisites if not is_met(p, answers)}
    return tuple(
        lifts[item_id]
        for item_id in intervention.item_ids
        if item_id in lifts and lifts[item_id].to > first.get(item_id, -1)
    )
