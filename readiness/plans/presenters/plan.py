"""A plan in words, with its money and its projected tier: the same for the page and the paper.

Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from readiness.assessments import attestation
from readiness.assessments.presenter import criterion_says
from readiness.assessments.scorecard import ScoringRun
from readiness.assessments.service import result
from readiness.core.charts import bars
from readiness.core.charts.scales import Figure
from readiness.core.formatting import day
from readiness.instruments.answers import Context
from readiness.instruments.glossary import sentence
from readiness.instruments.models import Cost, Instrument, Source, Tier
from readiness.instruments.quantities import Quantity
from readiness.plans import drafting
from readiness.plans.models import (
    ActionPlan,
    PlanAction,
    Proposal,
    actions_without_cost,
    cost_of,
)
from readiness.plans.presenters.action import ActionDetails, action_details, anchor_of
from readiness.plans.presenters.cost_table import CostTable, cost_table
from readiness.plans.presenters.formats import half_year, half_year_days, money
from readiness.plans.presenters.tier_cost import TierCostText, help_that_fits, tier_cost_text
from readiness.plans.presenters.way import Way, way_of
from readiness.plans.schedule import half_year_of
from readiness.plans.service.plan import PlanView

SOON = f"Within {drafting.DAYS_TO_FIND_OUT} days"
NO_DATE = "No date yet"


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
class BeyondLine:
    """Care redesign for a reliable gap: no part of the plan to the tier."""

    title: str
    because: str
    cost: str


@dataclass(frozen=True)
class PlanContent:
    cost: TierCostText | None  # what the next tier costs
    cost_table: CostTable
    help_that_fits: str  # what a payer may pay for of it, or what is usual
    periods: tuple[PlanPeriod, ...]
    dropped: tuple[ActionDetails, ...]
    next_three: tuple[ActionDetails, ...]
    unknown: tuple[UnknownCost, ...]
    not_eligible: tuple[ExclusionGroup, ...]  # never for this group, or to be found out
    set_aside: tuple[ExclusionGroup, ...]
    beyond: tuple[BeyondLine, ...]
    notes: tuple[str, ...]
    sources: tuple[Source, ...]  # only those cited

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
    unmet: tuple[str, ...]  # every unmet criterion of the next tier, the limiting one first
    way: Way  # the plan's, or the fewest steps where there is no plan


def content_of(opened: PlanView) -> PlanContent:
    plan, instrument = opened.plan, opened.instrument
    lines = {each.id: action_details(each, plan, instrument, opened.today) for each in plan.actions}
    current = tuple(lines[each.id] for each in plan.current)
    placed = tuple(periods(plan, lines))
    ahead = (line for stretch in placed for line in stretch.actions if not line.is_done)
    return PlanContent(
        cost=tier_cost_text(opened),
        cost_table=cost_table(opened),
        help_that_fits=help_that_fits(opened),
        periods=placed,
        dropped=tuple(lines[each.id] for each in plan.actions if not each.is_in_plan),
        next_three=tuple(ahead)[:3],
        unknown=tuple(
            line
            for each in actions_without_cost(plan)
            if (line := unknown_cost(each, instrument, opened.context))
        ),
        not_eligible=exclusion_groups(plan, instrument, is_eligible=False),
        set_aside=exclusion_groups(plan, instrument, is_eligible=True),
        beyond=tuple(beyond_line(each) for each in plan.beyond),
        notes=plan.notes,
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
        unmet=tuple(criterion_says(instrument, each) for each in run.unmet),
        way=way_of(opened, opened.basis),
    )


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


def exclusion_groups(
    plan: ActionPlan, instrument: Instrument, *, is_eligible: bool
) -> tuple[ExclusionGroup, ...]:
    """By reason: many share one."""
    titles: dict[str, list[str]] = {}
    for each in plan.set_aside:
        if each.is_eligible is not is_eligible:
            continue
        title = instrument.intervention_by_id[each.intervention_id].title
        titles.setdefault(each.says, []).append(title)
    return tuple(ExclusionGroup(says, tuple(found)) for says, found in titles.items())


def beyond_line(proposal: Proposal) -> BeyondLine:
    cost = cost_of(proposal)
    says = money(cost) if cost else "not known: how many it takes is not known"
    return BeyondLine(proposal.title, " ".join(proposal.because), says)


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
