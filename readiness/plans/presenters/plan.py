"""A plan in words, with its money and its projected tier: the same for the page and the paper.

Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from readiness.assessments import attestation
from readiness.assessments.scorecard import Raise, ScoringRun
from readiness.assessments.service import result
from readiness.core.charts import bars
from readiness.core.charts.scales import Figure
from readiness.core.charts.timeline import Course, TierStep, Timeline, timeline_of
from readiness.core.formatting import day
from readiness.core.periods import months_after
from readiness.instruments.answers import Context
from readiness.instruments.glossary import sentence
from readiness.instruments.models import Cost, Instrument, Source, Tier
from readiness.instruments.quantities import Quantity
from readiness.plans import drafting
from readiness.plans.costs import CostRange
from readiness.plans.models import ActionPlan, ActionType, PlanAction, actions_without_cost
from readiness.plans.presenters.action import (
    ActionDetails,
    action_details,
    amount_says,
    anchor_of,
    days_say,
    half_year,
    half_year_days,
    money,
    month,
    who_may_pay,
    who_pays_after,
)
from readiness.plans.projection import ProjectedTier, Projection, project
from readiness.plans.schedule import current_timing, half_year_of
from readiness.plans.service.plan import LaterResult, PlanView
from readiness.plans.simulation import SimulatedCost

SOON = f"Within {drafting.DAYS_TO_FIND_OUT} days"
NO_DATE = "No date yet"
NAMED_FIRST = 5  # of what stays short, in one sentence
EXPECTED = "If everything goes as expected, "


@dataclass(frozen=True)
class PlanPeriod:
    """What starts in one stretch of time."""

    title: str
    dates: str
    actions: tuple[ActionDetails, ...]


@dataclass(frozen=True)
class UnknownCost:
    """A cost that is not in the sum, and what would make it known."""

    title: str
    anchor: str
    asks: tuple[tuple[str, str], ...]  # (context item, what is asked)
    otherwise: str  # what it depends on when no answer would help


@dataclass(frozen=True)
class ExclusionGroup:
    """Interventions that were considered and are not in the plan, for one reason."""

    says: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class PlanContent:
    cost: SimulatedCost
    periods: tuple[PlanPeriod, ...]
    dropped: tuple[ActionDetails, ...]
    next_three: tuple[ActionDetails, ...]
    unknown: tuple[UnknownCost, ...]
    set_aside: tuple[ExclusionGroup, ...]
    need_says: tuple[str, ...]
    sources: tuple[Source, ...]  # only those cited

    @property
    def known_says(self) -> str:
        return money(self.cost.first_year) if self.cost.actions else "not known yet"

    @property
    def actions(self) -> tuple[ActionDetails, ...]:
        return tuple(action for stretch in self.periods for action in stretch.actions)

    def line(self, action_id: str) -> ActionDetails:
        return next(each for each in (*self.actions, *self.dropped) if each.id == action_id)


@dataclass(frozen=True)
class PlanSummary:
    """Where the group stands and where the plan leads."""

    tier: Tier
    target: Tier | None
    is_provisional: bool  # and still good
    is_expired: bool
    expires_on: date | None  # the last day of a provisional tier
    holds_back: str  # empty at the top
    steps: tuple[str, ...]  # the shortest way up, in words
    no_way: str  # why there is none


def content_of(opened: PlanView) -> PlanContent:
    plan, instrument = opened.plan, opened.instrument
    lines = {each.id: action_details(each, plan, instrument, opened.today) for each in plan.actions}
    current = tuple(lines[each.id] for each in plan.current)
    placed = tuple(periods(plan, lines))
    ahead = (line for stretch in placed for line in stretch.actions if not line.is_done)
    return PlanContent(
        cost=opened.cost,
        periods=placed,
        dropped=tuple(lines[each.id] for each in plan.actions if not each.is_in_plan),
        next_three=tuple(ahead)[:3],
        unknown=tuple(
            line
            for each in actions_without_cost(plan)
            if (line := unknown_cost(each, instrument, opened.context))
        ),
        set_aside=exclusion_groups(plan, instrument),
        need_says=plan.need_says,
        sources=cited_sources(current, instrument),
    )


def summary_of(opened: PlanView, today: date) -> PlanSummary:
    instrument, run = opened.instrument, opened.basis.run
    tier = instrument.tier_by_id[run.tier_id]
    expires_on = None if opened.is_preview else result.expiry_of(run, opened.basis.on)
    is_expired = attestation.has_expired(expires_on, today)
    return PlanSummary(
        tier=tier,
        target=instrument.tier_after(tier),
        is_provisional=run.provisional and not is_expired,
        is_expired=is_expired,
        expires_on=expires_on,
        holds_back=run.limiting_factor,
        steps=tuple(step_of(each, instrument) for each in run.shortest_way or ()),
        no_way=run.shortest_way_reason or "",
    )


def step_of(step: Raise, instrument: Instrument) -> str:
    item = instrument.item_by_id[step.item_id]
    if step.to == 0:
        return f"Find out {item.short} ({item.id})."
    now = "not known" if step.from_level is None else f"level {step.from_level}"
    return f"{item.short} ({item.id}): from {now} to level {step.to}."


def periods(plan: ActionPlan, lines: dict[str, ActionDetails]) -> Iterator[PlanPeriod]:
    """Find-outs head the plan; then half-years; what nobody dated comes last."""
    placed: dict[int | None, list[ActionDetails]] = {}
    for action in plan.current:
        placed.setdefault(half_year_of(action, plan.starts_on), []).append(lines[action.id])
    if soon := placed.pop(0, None):
        last = max((line.due_on for line in soon if line.due_on), default=None)
        yield PlanPeriod(SOON, f"by {day(last)}" if last else "", tuple(soon))
    undated = placed.pop(None, None)
    for number in sorted(key for key in placed if key is not None):
        dates = half_year_days(number, plan.starts_on)
        yield PlanPeriod(half_year(number), dates, tuple(placed[number]))
    if undated:
        yield PlanPeriod(NO_DATE, "", tuple(undated))


def unknown_cost(
    action: PlanAction, instrument: Instrument, context: Context
) -> UnknownCost | None:
    """None when the action has no price in the catalogue."""
    if action.proposal is None or action.proposal.intervention_id is None:
        return None
    cost = instrument.intervention_by_id[action.proposal.intervention_id].cost
    asks = tuple(missing_facts(cost, instrument, context))
    return UnknownCost(
        title=action.title,
        anchor=anchor_of(action.id),
        asks=asks,
        otherwise="" if asks else sentence(cost.quantity_says),
    )


def exclusion_groups(plan: ActionPlan, instrument: Instrument) -> tuple[ExclusionGroup, ...]:
    """By reason: many share one."""
    titles: dict[str, list[str]] = {}
    for each in plan.set_aside:
        title = instrument.intervention_by_id[each.intervention_id].title
        titles.setdefault(each.says, []).append(title)
    return tuple(ExclusionGroup(says, tuple(found)) for says, found in titles.items())


def missing_facts(
    cost: Cost, instrument: Instrument, context: Context
) -> Iterator[tuple[str, str]]:
    """The context answers that the number of units waits for."""
    keys = Quantity(cost.quantity).keys if cost.quantity else frozenset()
    for item in instrument.context:
        for field in item.fields:
            if field.key in keys and context.get(field.key) is None:
                yield item.id, field.label


def cited_sources(lines: Iterable[ActionDetails], instrument: Instrument) -> tuple[Source, ...]:
    ids = {i for line in lines if line.evidence for i in line.evidence.source_ids}
    return tuple(source for source in instrument.sources if source.id in ids)


# The profile.


def profile_of(instrument: Instrument, run: ScoringRun, earlier: ScoringRun | None) -> Figure:
    target = instrument.tier_after(instrument.tier_by_id[run.tier_id])
    before = earlier.domains if earlier else {}
    scores = [
        bars.DomainScore(
            title=domain.title,
            low=run.domains[domain.id].low,
            high=run.domains[domain.id].high,
            previous=before[domain.id].low if domain.id in before else None,
        )
        for domain in instrument.domains
    ]
    asks = (
        (bars.Threshold(f"{target.id} asks for {target.domain_min}", target.domain_min),)
        if target and target.domain_min
        else ()
    )
    return bars.profile_of(scores, asks)


# What lies ahead: money, people-days and the tier.


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
    years: tuple[tuple[str, CostRange], ...]  # by title; the last is their sum
    payers: tuple[PayerLine, ...]
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
        says=tier_says(ahead, instrument, today, opened.later),
        stages=tuple(stage_lines(ahead, instrument, opened.later)),
        timeline=timeline(plan, instrument, ahead, today),
    )


def has_terms(action: PlanAction) -> bool:
    return action.cost is not None or action.usual is not None


def year_lines(found: SimulatedCost, starts_on: date) -> Iterator[tuple[str, CostRange]]:
    for year in found.years:
        begins = months_after(starts_on, 12 * (year.number - 1))
        yield f"Year {year.number}, from {month(begins)}", year.cost
    yield f"{len(found.years)} years together", found.total


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
    first = "; ".join(ahead.short[:NAMED_FIRST])
    more = len(ahead.short) - NAMED_FIRST
    rest = f"; and {more} more" if more > 0 else ""
    return f"{EXPECTED}{name} is not reached by this plan yet. These stay short: {first}{rest}."


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


def between(first: date, last: date) -> str:
    """
    >>> between(date(2027, 3, 1), date(2027, 9, 1)), between(date(2027, 3, 1), date(2027, 3, 9))
    ('between Mar 2027 and Sep 2027', 'in Mar 2027')
    """
    if month(first) == month(last):
        return f"in {month(first)}"
    return f"between {month(first)} and {month(last)}"


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
