"""Which tier a plan would reach, and when, if everything went as its people expect.

Potential, never a forecast. Levels that actions are expected to reach are put in place of the
present ones on the day their effect can be seen, once at the earliest and once at the latest,
and the tier is worked out by the same rules as every other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from readiness.assessments.scorecard import Criterion, CriterionKind, CriterionVerdict
from readiness.assessments.tiers import TierResult, evaluate
from readiness.instruments.answers import Answer, AnswerKind, Answers
from readiness.instruments.models import Instrument
from readiness.plans.models import ActionPlan, ActionStatus, PlanAction
from readiness.plans.schedule import Timing, current_timing, is_late, restore, with_action

FIND_OUT = "find-out:"


@dataclass(frozen=True)
class Rise:
    """One item's expected level, from a day on."""

    on: date
    item_id: str
    to: int


@dataclass(frozen=True)
class ProjectedTier:
    """From this day on, so long as nothing else happens."""

    on: date
    tier_id: str
    is_provisional: bool
    rose: tuple[Rise, ...]


@dataclass(frozen=True)
class Projection:
    starts_on: date
    target_tier_id: str | None
    earliest: tuple[ProjectedTier, ...]  # the first is the present
    latest: tuple[ProjectedTier, ...]
    short: tuple[str, ...]  # sentences: what still keeps the target closed at the end
    undated: tuple[str, ...]  # titles of actions that raise something, and nobody knows when
    late: tuple[str, ...]  # titles of what should have begun by now: counted from today

    def reached(self, tier_number: int) -> tuple[date, date] | None:
        """The earliest and the latest day on which the tier stands; None: not by this plan."""
        found = [first_at(path, tier_number) for path in (self.earliest, self.latest)]
        return (found[0], found[1]) if found[0] and found[1] else None

    @property
    def tier_ids(self) -> tuple[str, ...]:
        """Every tier that is passed, lowest first."""
        return tuple(dict.fromkeys(stage.tier_id for stage in self.latest))


def first_at(path: tuple[ProjectedTier, ...], tier_number: int) -> date | None:
    return next((stage.on for stage in path if int(stage.tier_id[1:]) >= tier_number), None)


def project(instrument: Instrument, answers: Answers, plan: ActionPlan, today: date) -> Projection:
    timings = {each.id: current_timing(each, plan, today) for each in plan.current}
    latest = path(instrument, answers, plan, rises(answers, plan, timings, today, at_end=True))
    end = evaluate(instrument, with_rises(answers, latest))
    return Projection(
        starts_on=plan.starts_on,
        target_tier_id=plan.target_tier_id,
        earliest=path(
            instrument, answers, plan, rises(answers, plan, timings, today, at_end=False)
        ),
        latest=latest,
        short=tuple(shortfalls(instrument, end, plan.target_tier_id)),
        undated=tuple(
            each.title for each in plan.current if each.lifts and timings[each.id] is None
        ),
        late=tuple(each.title for each in plan.current if is_late(each, plan, today)),
    )


def path(
    instrument: Instrument, answers: Answers, plan: ActionPlan, expected: tuple[Rise, ...]
) -> tuple[ProjectedTier, ...]:
    """The present, and a stage for each day on which some item rises."""
    now = evaluate(instrument, answers)
    stages = [ProjectedTier(plan.starts_on, now.tier.id, now.provisional, ())]
    reached = dict(answers)
    for on, group in groupby(sorted(expected, key=lambda r: (r.on, r.item_id, r.to)), by_day):
        rose = tuple(each for each in group if is_above(each, reached))
        if not rose:
            continue
        reached |= {each.item_id: Answer.at(each.to) for each in rose}
        after = evaluate(instrument, reached)
        stages.append(ProjectedTier(on, after.tier.id, after.provisional, rose))
    return tuple(stages)


def by_day(rise: Rise) -> date:
    return rise.on


def is_above(rise: Rise, reached: Mapping[str, Answer]) -> bool:
    answer = reached.get(rise.item_id)
    return answer is not None and (answer.level is None or rise.to > answer.level)


def with_rises(answers: Answers, stages: tuple[ProjectedTier, ...]) -> Answers:
    risen = {rise.item_id: Answer.at(rise.to) for stage in stages for rise in stage.rose}
    return {**answers, **risen}


# When each expected level counts.


def rises(
    answers: Answers,
    plan: ActionPlan,
    timings: Mapping[str, Timing | None],
    today: date,
    *,
    at_end: bool,
) -> tuple[Rise, ...]:
    known_from = {each.id: day_of(each, timings[each.id], today, at_end) for each in plan.current}
    return tuple(
        Rise(max(on, seen), lift.item_id, lift.to)
        for each in plan.current
        if (on := known_from[each.id])
        for lift in each.lifts
        if (seen := countable_from(lift.item_id, answers, plan, known_from))
    )


def day_of(action: PlanAction, timing: Timing | None, today: date, at_end: bool) -> date | None:
    """What is done counts at once, whatever was planned; what is not, never before today."""
    planned = (timing.latest if at_end else timing.earliest) if timing else None
    if action.status is not ActionStatus.DONE:
        return max(planned, today) if planned else None
    return min(planned, today) if planned else today


def countable_from(
    item_id: str, answers: Answers, plan: ActionPlan, days: Mapping[str, date | None]
) -> date | None:
    """From when on the item can be counted: a don't-know only once it is found out, what does not
    apply or has no answer never."""
    answer = answers.get(item_id)
    if answer is None or answer.kind is AnswerKind.NOT_APPLICABLE:
        return None
    return plan.starts_on if answer.kind is AnswerKind.LEVEL else days.get(f"{FIND_OUT}{item_id}")


# What stays short.


def shortfalls(instrument: Instrument, end: TierResult, target_id: str | None) -> Iterator[str]:
    """Every criterion up to the target that is still open when all has been done."""
    target = instrument.tier_by_id[target_id].number if target_id else 0
    if end.tier.number >= target:
        return
    for trace in end.trace:
        if instrument.tier_by_id[trace.tier_id].number <= target and not trace.met:
            yield from (
                shortfall_text(instrument, each) for each in criteria_to_name(trace.criteria)
            )


def criteria_to_name(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """Supporting items only where more of them wait than may."""
    unmet = [each for each in criteria if each.verdict is not CriterionVerdict.MET]
    too_many = any(each.asks is CriterionKind.ALLOWANCE for each in unmet)
    kept = [
        each
        for each in unmet
        if each.asks is not CriterionKind.ALLOWANCE
        and (too_many or each.asks is not CriterionKind.SUPPORTING)
    ]
    return tuple(kept)


def shortfall_text(instrument: Instrument, criterion: Criterion) -> str:
    if criterion.subject_id in instrument.item_by_id:
        item = instrument.item_by_id[criterion.subject_id]
        now = "not known" if criterion.has is None else f"level {criterion.has}"
        return f"{item.id} {item.short} ({now}, needs {criterion.needs})"
    if criterion.asks in (CriterionKind.AXIS, CriterionKind.DOMAIN):
        title = (
            next(each.title for each in instrument.axes if each.id == criterion.subject_id)
            if criterion.asks is CriterionKind.AXIS
            else instrument.domain_by_id[criterion.subject_id].title
        )
        has = "no score" if criterion.has is None else f"score {criterion.has}"
        return f"{title} ({has}, needs {criterion.needs})"
    return criterion.says.rstrip(".")


def able_to_mend(
    instrument: Instrument, answers: Answers, plan: ActionPlan, today: date
) -> tuple[PlanAction, ...]:
    """Actions that were taken out, each of which alone would bring the target within reach."""
    if plan.target_tier_id is None:
        return ()
    target = instrument.tier_by_id[plan.target_tier_id].number
    return tuple(
        each
        for each in plan.actions
        if not each.is_in_plan
        and project(instrument, answers, with_action(plan, restore(plan, each)), today).reached(
            target
        )
    )
