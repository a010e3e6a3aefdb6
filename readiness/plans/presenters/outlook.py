"""A plan's money, people-days and projected tier in words, for the page and for the paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from readiness.core.charts.timeline import Course, TierStep, Timeline, timeline_of
from readiness.core.formatting import dollars
from readiness.core.periods import months_after
from readiness.instruments.models import Instrument
from readiness.plans.costs import CostRange
from readiness.plans.models import ActionPlan, ActionType, PlanAction
from readiness.plans.presenters.action import (
    amount_says,
    anchor_of,
    days_say,
    money,
    month,
    who_may_pay,
    who_pays_after,
)
from readiness.plans.projection import ProjectedTier, Projection, project
from readiness.plans.schedule import current_timing
from readiness.plans.service.plan import PlanView
from readiness.plans.simulation import SimulatedCost

NAMED_FIRST = 5  # of what stays short, in one sentence
EXPECTED = "If everything goes as expected, "


@dataclass(frozen=True)
class YearRow:
    title: str
    low: str
    middle: str
    high: str


@dataclass(frozen=True)
class PayerLine:
    title: str
    anchor: str
    one_off: str
    yearly: str
    people_days: str
    may_pay: str
    pays_after: str


@dataclass(frozen=True)
class StageLine:
    """One day on which the tier changes."""

    tier: str
    between: str


@dataclass(frozen=True)
class Outlook:
    cost: SimulatedCost
    ahead: Projection
    first_year: str
    total: str
    people_days: str
    years: tuple[YearRow, ...]
    payers: tuple[PayerLine, ...]
    assumptions: str
    says: str  # when which tier
    stages: tuple[StageLine, ...]
    timeline: Timeline | None  # None: nothing with a date raises anything


def outlook(opened: PlanView, today: date) -> Outlook:
    plan, instrument = opened.plan, opened.instrument
    found = opened.cost
    ahead = project(instrument, opened.basis.answers, plan, today)
    return Outlook(
        cost=found,
        ahead=ahead,
        first_year=money(found.first_year),
        total=money(found.total),
        people_days=days_say(found.people_days) if found.people_days.high else "",
        years=tuple(year_lines(found, plan.starts_on)),
        payers=tuple(payer_line(each) for each in plan.current if has_terms(each)),
        assumptions=assumptions(found),
        says=tier_says(ahead, instrument, today),
        stages=tuple(stage_lines(ahead, instrument)),
        timeline=timeline(plan, instrument, ahead, today),
    )


def has_terms(action: PlanAction) -> bool:
    return action.cost is not None or action.usual is not None


# Money.


def year_lines(found: SimulatedCost, starts_on: date) -> Iterable[YearRow]:
    for year in found.years:
        begins = months_after(starts_on, 12 * (year.number - 1))
        yield year_line(f"Year {year.number}, from {month(begins)}", year.cost)
    yield year_line(f"{len(found.years)} years together", found.total)


def year_line(title: str, cost: CostRange) -> YearRow:
    return YearRow(title, *(dollars(end) for end in (cost.low, cost.likely, cost.high)))


def payer_line(action: PlanAction) -> PayerLine:
    amounts = action.amounts
    return PayerLine(
        title=action.title,
        anchor=anchor_of(action.id),
        one_off=amount_says(amounts.one_off) or "not known",
        yearly=amount_says(amounts.yearly) or "not known",
        people_days=days_say(amounts.people_days) or "not known",
        may_pay=who_may_pay(action).now or "nobody named",
        pays_after=who_pays_after(action).now or "nobody named",
    )


def assumptions(found: SimulatedCost) -> str:
    return (
        f"Of {found.draws:,} simulated outcomes, eight in ten lie between low and high; half lie "
        "below the middle. Each action’s likely amount is taken as its median, low and high as "
        "its 10th and 90th percentile, on a lognormal curve. Costs of one group rise together, so "
        f"those of two actions are taken to be correlated at {found.correlation:g}: an assumption, "
        "not a measurement. What starts later in a year runs for the rest of it only. The draws "
        "are the same each time this plan is opened."
    )


# The tier.


def tier_says(ahead: Projection, instrument: Instrument, today: date) -> str:
    """What the actions should show by now still has to be answered for, so a tier is never said to
    be there."""
    if ahead.target_tier_id is None:
        return f"{EXPECTED}{tier_name(instrument, ahead.latest[-1].tier_id)} is held."
    target = instrument.tier_by_id[ahead.target_tier_id]
    name = f"{target.id} {target.title}"
    reached = ahead.reached(target.number)
    if reached and reached[1] <= today:
        return f"{EXPECTED}{name} is within reach now. Assess again to show it."
    if reached:
        return f"{EXPECTED}{name} is reached {between(*reached)}."
    first = "; ".join(ahead.short[:NAMED_FIRST])
    more = len(ahead.short) - NAMED_FIRST
    rest = f"; and {more} more" if more > 0 else ""
    return f"{EXPECTED}{name} is not reached by this plan yet. These stay short: {first}{rest}."


def tier_name(instrument: Instrument, tier_id: str) -> str:
    return f"{tier_id} {instrument.tier_by_id[tier_id].title}"


def between(first: date, last: date) -> str:
    """
    >>> between(date(2027, 3, 1), date(2027, 9, 1)), between(date(2027, 3, 1), date(2027, 3, 9))
    ('between Mar 2027 and Sep 2027', 'in Mar 2027')
    """
    if month(first) == month(last):
        return f"in {month(first)}"
    return f"between {month(first)} and {month(last)}"


def stage_lines(ahead: Projection, instrument: Instrument) -> Iterable[StageLine]:
    now, *later = ahead.tier_ids
    yield StageLine(tier_name(instrument, now), "now")
    for tier_id in later:
        reached = ahead.reached(instrument.tier_by_id[tier_id].number)
        if reached:
            yield StageLine(tier_name(instrument, tier_id), between(*reached))


# The drawing.


def timeline(
    plan: ActionPlan, instrument: Instrument, ahead: Projection, today: date
) -> Timeline | None:
    names = {each.id: each.short for each in instrument.interventions}
    courses = [
        each
        for action in plan.current
        if (each := course_of(action, names.get(action.id, action.title), plan, today))
    ]
    if not courses:
        return None
    courses.sort(key=lambda course: course.starts_on)
    return timeline_of(plan.starts_on, courses, steps(ahead.earliest), steps(ahead.latest))


def course_of(action: PlanAction, short: str, plan: ActionPlan, today: date) -> Course | None:
    """What must be found out has its own list and its own date."""
    timing = current_timing(action, plan, today)
    is_question = action.proposal and action.proposal.type is ActionType.FIND_OUT
    if timing is None or is_question:
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
