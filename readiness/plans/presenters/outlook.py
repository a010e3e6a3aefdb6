"""What lies ahead of a plan in words: money, people-days, and when which tier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from readiness.core.charts.timeline import Course, TierStep, Timeline, timeline_of
from readiness.core.periods import months_after
from readiness.instruments.models import Instrument
from readiness.plans.costs import CostRange, PeopleDays
from readiness.plans.drafting import stands_as_proposed
from readiness.plans.models import (
    ActionPlan,
    PlanAction,
)
from readiness.plans.presenters.formats import between, month
from readiness.plans.presenters.method import margin_says, method_says, standard_says
from readiness.plans.presenters.tier_cost import days_text
from readiness.plans.projection import ProjectedTier, Projection, able_to_mend
from readiness.plans.schedule import current_timing
from readiness.plans.service.plan import LaterResult, PlanView
from readiness.plans.simulation import SimulatedCost

NAMED_FIRST = 5  # of what stays short, in one sentence
EXPECTED = "If everything goes as expected, "


@dataclass(frozen=True)
class StageLine:
    """One day on which the tier changes."""

    tier: str
    between: str


@dataclass(frozen=True)
class Shortfall:
    """That a plan as its people changed it does not reach its target."""

    says: str
    criteria: tuple[str, ...]  # every one that stays short
    advice: str  # what to do; empty for readers who may not change the plan


@dataclass(frozen=True)
class Outlook:
    cost: SimulatedCost
    ahead: Projection
    people_days: str  # the ends of their range, of the whole plan
    years: tuple[tuple[str, CostRange], ...]  # by title; the last is their sum
    says: str  # when which tier
    margin: str  # that it holds when a raise ends a level short, and what that takes
    method: tuple[str, ...]  # how it was found
    standard: str  # who set the cut points
    shortfall: Shortfall | None
    stages: tuple[StageLine, ...]
    timeline: Timeline | None  # None: nothing with a date raises anything


def outlook(opened: PlanView) -> Outlook:
    plan, instrument, today = opened.plan, opened.instrument, opened.today
    found = opened.cost
    ahead = opened.ahead
    return Outlook(
        cost=found,
        ahead=ahead,
        people_days=days_range(found.people_days),
        years=tuple(year_lines(found, plan.starts_on)),
        says=tier_says(ahead, instrument, today, opened.later),
        margin=margin_says(opened),
        method=tuple(method_says(opened)),
        standard=standard_says(opened.instrument),
        shortfall=shortfall_of(opened, ahead, today),
        stages=tuple(stage_lines(ahead, instrument, opened.later)),
        timeline=timeline(plan, instrument, ahead, today),
    )


def days_range(days: PeopleDays) -> str:
    """
    >>> from decimal import Decimal
    >>> days_range(PeopleDays(Decimal(534), Decimal(555), Decimal(591)))
    '534 to 591'
    """
    return f"{days_text(days.low)} to {days_text(days.high)}" if days.high else ""


def shortfall_of(opened: PlanView, ahead: Projection, today: date) -> Shortfall | None:
    """Of a plan that stands as proposed the notes say why it reaches no more."""
    target = opened.instrument.tier_by_id.get(ahead.target_tier_id or "")
    if target is None or opened.later or ahead.reached(target.number):
        return None
    if stands_as_proposed(opened.plan):
        return None
    return Shortfall(
        f"As it was changed, this plan does not reach {target.id} {target.title}.",
        ahead.short,
        advice_of(opened, today) if opened.may_edit else "",
    )


def advice_of(opened: PlanView, today: date) -> str:
    add = "add an action of your own that raises what stays short"
    plan = opened.plan
    if able := able_to_mend(opened.instrument, opened.basis.answers, plan, today):
        titles = " or ".join(f"“{each.title}”" for each in able)
        which = "that alone" if len(able) == 1 else "either of them alone"
        return f"Put back {titles}: {which} would reach it again. Or {add}."
    if len(plan.current) < len(plan.actions):
        return f"Put back what was taken out, or {add}."
    return f"Expect the proposed levels of your actions again, or {add}."


def year_lines(found: SimulatedCost, starts_on: date) -> Iterator[tuple[str, CostRange]]:
    for year in found.years:
        begins = months_after(starts_on, 12 * (year.number - 1))
        yield f"Year {year.number}, from {month(begins)}", year.cost
    yield f"{len(found.years)} years together", found.total


def tier_says(
    ahead: Projection, instrument: Instrument, today: date, later: LaterResult | None = None
) -> str:
    """What the actions should show by now still has to be answered for, so a tier is never said to
    be there; and what was answered for later outdoes every expectation."""
    if later:
        return f"{later_says(later, ahead, instrument)}."
    if ahead.target_tier_id is None:
        return f"{EXPECTED}{tier_name(instrument, ahead.latest[-1].tier_id)} is held."
    target = instrument.tier_by_id[ahead.target_tier_id]
    name = f"{target.id} {target.title}"
    reached = ahead.reached(target.number)
    if reached and reached[1] <= today:
        return f"{EXPECTED}{name} is within reach now. Assess again to show it."
    if reached:
        return f"{EXPECTED}{name} is reached {between(*reached)}."
    return f"{EXPECTED}{name} is not reached by this plan yet. {short_says(ahead)}"


def short_says(ahead: Projection) -> str:
    first = "; ".join(ahead.short[:NAMED_FIRST])
    more = len(ahead.short) - NAMED_FIRST
    rest = f"; and {more} more" if more > 0 else ""
    return f"These stay short: {first}{rest}."


def later_says(later: LaterResult, ahead: Projection, instrument: Instrument) -> str:
    """What came of the plan, by the assessment after it."""
    target = instrument.tier_by_id.get(ahead.target_tier_id or "")
    if target is None:
        return later.says
    if later.tier_number >= target.number:
        return f"{later.says}: the {target.id} that this plan led to is reached"
    return f"{later.says}: the {target.id} that this plan led to is not reached"


def tier_name(instrument: Instrument, tier_id: str) -> str:
    return f"{tier_id} {instrument.tier_by_id[tier_id].title}"


def stage_lines(
    ahead: Projection, instrument: Instrument, later: LaterResult | None = None
) -> Iterator[StageLine]:
    """After a later assessment only where the group stood: what was expected is told by it."""
    now, *next_tiers = ahead.tier_ids
    yield StageLine(tier_name(instrument, now), "when this plan began" if later else "now")
    for tier_id in () if later else next_tiers:
        reached = ahead.reached(instrument.tier_by_id[tier_id].number)
        if reached:
            yield StageLine(tier_name(instrument, tier_id), between(*reached))


def timeline(
    plan: ActionPlan, instrument: Instrument, ahead: Projection, today: date
) -> Timeline | None:
    names = {each.id: each.short for each in instrument.interventions}
    courses = [
        each
        for action in plan.current
        if not action.is_own_step
        and (each := course_of(action, names.get(action.id, action.title), plan, today))
    ]
    courses += own_courses(plan, today)
    if not courses:
        return None
    courses.sort(key=lambda course: course.starts_on)
    return timeline_of(plan.starts_on, courses, steps(ahead.earliest), steps(ahead.latest))


def own_courses(plan: ActionPlan, today: date) -> Iterator[Course]:
    """The own steps that begin and end together as one line, for there may be many."""
    by_time: dict[tuple[date, date], list[str]] = {}
    for action in plan.current:
        timing = current_timing(action, plan, today) if action.is_own_step else None
        if timing:
            by_time.setdefault((timing.starts_on, timing.latest), []).append(action.title)
    for (starts_on, ends_on), titles in by_time.items():
        many = f"{len(titles)} own steps" if len(titles) > 1 else titles[0]
        yield Course(
            title=many,
            short=many,
            starts_on=starts_on,
            launches_on=starts_on,
            earliest=ends_on,
            latest=ends_on,
            says=f"effect {between(ends_on, ends_on)}",
        )


def course_of(action: PlanAction, short: str, plan: ActionPlan, today: date) -> Course | None:
    """What must be found out has its own list and its own date."""
    timing = current_timing(action, plan, today)
    if timing is None or action.is_question:
        return None
    effect = between(timing.earliest, timing.latest)
    return Course(
        title=action.title,
        short=short,
        starts_on=timing.starts_on,
        launches_on=timing.launches_on,
        earliest=timing.earliest,
        latest=timing.latest,
        says=f"launched {month(timing.launches_on)}, effect {effect}",
    )


def steps(stages: Iterable[ProjectedTier]) -> list[TierStep]:
    return [TierStep(stage.on, stage.tier_id) for stage in stages]
