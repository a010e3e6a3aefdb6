"""The way to the next tier in words: what the plan raises, by the action that raises it.

Where no plan exists, the fewest steps stand in, cost aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.assessments.scorecard import Raise, ScoringRun
from readiness.instruments.models import Instrument, Tier
from readiness.plans.models import ActionPlan, ActionStatus, ActionType, LevelRise, PlanAction
from readiness.plans.presenters.action import anchor_of
from readiness.plans.presenters.lifts import serves_says


@dataclass(frozen=True)
class WayStep:
    """One action, or all own steps, and what that raises."""

    title: str
    anchor: str  # of the action on the plan's page, of the first of several; empty: in no plan
    raises: tuple[str, ...] = ()
    served: tuple[str, ...] = ()  # for each raise the criteria that it serves
    asks: tuple[str, ...] = ()  # for each raise what its level means

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Each raise with what it serves, and what its level means."""
        return tuple(
            (f"{raised} ({served})" if served else raised, asks)
            for raised, served, asks in zip(self.raises, self.served, self.asks, strict=True)
        )


@dataclass(frozen=True)
class Way:
    title: str
    steps: tuple[WayStep, ...]
    says: str  # why there is none, or what there is instead
    is_plan: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """Each step in one line, for paper."""
        return tuple(
            f"{step.title}: {'; '.join(step.raises)}." if step.raises else f"{step.title}."
            for step in self.steps
        )


def way_of(plan: ActionPlan, run: ScoringRun, instrument: Instrument) -> Way:
    target = instrument.tier_after(instrument.tier_by_id[run.tier_id])
    if target is None:
        return Way("The top tier", (), "There is no tier above this one.", is_plan=False)
    ahead = [e for e in plan.current if e.status is not ActionStatus.DONE and leads_up(e)]
    own = [each for each in ahead if is_own_step(each)]
    planned = [plan_step([each], each.title, instrument) for each in ahead if each not in own]
    if own:
        planned.append(plan_step(own, f"Own steps ({len(own)})", instrument))
    if planned:
        return Way(f"The way to {target.id} {target.title}", tuple(planned), "", is_plan=True)
    return fewest_steps(plan, run, instrument, target)


def leads_up(action: PlanAction) -> bool:
    """What was added because somebody pays for it is not needed for the tier."""
    proposal = action.proposal
    if proposal and proposal.is_added:
        return False
    is_question = proposal is not None and proposal.type is ActionType.FIND_OUT
    return is_question or bool(action.lifts)


def is_own_step(action: PlanAction) -> bool:
    return action.proposal is not None and action.proposal.type is ActionType.RAISE


def plan_step(actions: Sequence[PlanAction], title: str, instrument: Instrument) -> WayStep:
    lifts = [lift for each in actions for lift in each.lifts]
    return WayStep(
        title,
        anchor_of(actions[0].id),
        tuple(rise_says(each, instrument) for each in lifts),
        tuple(serves_says(each.serves) for each in lifts),
        tuple(instrument.item_by_id[each.item_id].levels[each.to] for each in lifts),
    )


def rise_says(lift: LevelRise, instrument: Instrument) -> str:
    short = instrument.item_by_id[lift.item_id].short
    now = "not known" if lift.from_level is None else f"level {lift.from_level}"
    return f"{lift.item_id} {short} from {now} to {lift.to}"


def fewest_steps(plan: ActionPlan, run: ScoringRun, instrument: Instrument, target: Tier) -> Way:
    title = f"The fewest steps to {target.id} {target.title}, cost aside"
    steps = tuple(raise_step(each, instrument) for each in run.shortest_way or ())
    why = " ".join(plan.notes)
    return Way(title, steps, run.shortest_way_reason or why, is_plan=False)


def raise_step(step: Raise, instrument: Instrument) -> WayStep:
    item = instrument.item_by_id[step.item_id]
    if step.to == 0:
        return WayStep(f"Find out {item.short} ({item.id})", "")
    now = "not known" if step.from_level is None else f"level {step.from_level}"
    return WayStep(f"{item.short} ({item.id}): from {now} to level {step.to}", "")
