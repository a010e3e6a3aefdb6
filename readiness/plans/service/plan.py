"""A group's action plan: proposed from its deciding run, then the group's own to change.

Until somebody changes it, a plan is worked out anew from the stored run each time it is opened;
the first change stores it. A draft has a plan too, which nobody but the group sees and which
cannot be changed before the answers are submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.db import assessments
from readiness.assessments.models import READABLE_BY_PAYER, Assessment
from readiness.assessments.scorecard import from_json
from readiness.assessments.service import assessment_view, result, scoring
from readiness.core import permissions, solver
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, ChangedMeanwhile, NotFound, WrongState
from readiness.core.people import Actor, Group
from readiness.core.permissions import Can, Scope
from readiness.instruments.answers import Context
from readiness.instruments.models import Instrument, Tier
from readiness.plans import db as plans
from readiness.plans import drafting, editing, schedule, tier_cost
from readiness.plans.costs import CostRange
from readiness.plans.editing import ActionEdit
from readiness.plans.models import ActionPlan, ActionStatus, PlanAction, ProposedPlan
from readiness.plans.planning import Alternative, if_own_days
from readiness.plans.projection import Projection, project
from readiness.plans.service import begun
from readiness.plans.service.basis import (
    PlanBasis,
    beyond_of,
    book_of,
    current_basis,
    draft,
    facts_of,
    header_of,
    proposal_of,
    stored_basis,
)
from readiness.plans.service.begun import BegunAction
from readiness.plans.simulation import SimulatedCost, simulate
from readiness.plans.tier_cost import TierCost, TierCostLine

NOT_YET = "A plan can be changed once the answers it rests on are submitted. Submit them first."
UNFINISHED = "A plan can be printed when every question has an answer. Finish the answers first."


@dataclass(frozen=True)
class LaterResult:
    """What a later assessment of the same group found: the plan before it says where the group
    stood, no longer where it stands."""

    title: str
    on: date
    tier_id: str
    tier_title: str

    @property
    def tier_number(self) -> int:
        return int(self.tier_id[1:])

    @property
    def says(self) -> str:
        return f"{self.title}, submitted later, found {self.tier_id} {self.tier_title}"


@dataclass(frozen=True)
class PlanView:
    """A plan as one person sees it."""

    assessment: Assessment
    group: Group
    instrument: Instrument
    basis: PlanBasis
    plan: ActionPlan
    context: Context  # what costs are worked out from
    has_newer_run: bool
    may_edit: bool
    is_own: bool  # of the reader's own group
    today: date
    newest: PlanBasis  # the result that stands now; the plan may rest on an earlier one
    later: LaterResult | None = None
    still_to_pay: Mapping[str, CostRange] = field(default_factory=dict)  # of what is under way
    awarded: frozenset[str] = frozenset()  # ids of actions that money was awarded for
    begun: tuple[BegunAction, ...] = ()  # by this plan and those before it
    proposed: ProposedPlan | None = None  # what it is drafted from; None: it is stored
    payer_ids: frozenset[str] = frozenset()  # of whom it is read, where it is not the reader's own

    @property
    def is_stored(self) -> bool:
        return self.proposed is None

    @property
    def is_preview(self) -> bool:
        return self.basis.kind is None

    @property
    def questions_left(self) -> int:
        """While any is left there is nothing to plan from."""
        return len(self.basis.run.missing)

    @property
    def next_tier(self) -> Tier | None:
        """Above the one that stands now; None at the top."""
        return self.instrument.tier_after(self.instrument.tier_by_id[self.newest.run.tier_id])

    @cached_property
    def cost(self) -> SimulatedCost:
        return simulate(self.plan)

    @cached_property
    def ahead(self) -> Projection:
        return project(self.instrument, self.basis.answers, self.plan, self.today)

    @cached_property
    def target_cost(self) -> TierCost:
        """To the tier that the plan leads to, whichever is next by now."""
        known = self.today, self.still_to_pay, self.awarded
        return tier_cost.of_plan(self.plan, self.instrument, self.ahead, *known)

    @property
    def tier_cost(self) -> TierCost:
        next_tier = self.next_tier
        return tier_cost.beside_result(self.target_cost, next_tier.id if next_tier else None)

    @property
    def cost_lines(self) -> tuple[TierCostLine, ...]:
        """What adds up to it."""
        return tier_cost.lines_of(self.plan, self.still_to_pay, self.awarded)


@dataclass(frozen=True)
class SavedChange:
    """One action that was saved, with the plan before and after it."""

    action: PlanAction
    before: PlanView
    after: PlanView


class EditedMeanwhile(ChangedMeanwhile):
    """Carries what somebody else saved, so that a person can choose."""

    def __init__(self, current: PlanAction) -> None:
        self.current = current
        super().__init__(
            "Somebody else changed this action meanwhile. Compare both and save what you agree on."
        )


# Opening


def load(session: Session, assessment_id: str) -> PlanView:
    assessment = assessments.get(session.store, assessment_id)
    here = scope.of_group(session.store, assessment.group_id, session.now)
    permissions.require(session.actor, Can.READ_PLAN, here)
    is_own = permissions.allowed(session.actor, Can.READ_PLAN, Scope(assessment.group_id))
    context = assessments.context_values(session.store, assessment_id) if is_own else None
    opened = view_of(session.store, assessment, context, session.now)
    if not is_own and not is_readable_by_payers(opened):
        raise NotFound(NOT_SHARED)
    may_edit = permissions.allowed(session.actor, Can.EDIT_PLAN, here)
    return replace(
        with_beyond(session.store, opened),
        may_edit=may_edit and opened.basis.kind is not None,
        is_own=is_own,
        payer_ids=here.payer_ids.intersection(session.actor.payer_ids),
        begun=begun.begun_by(session.store, assessment).actions,
    )


def is_readable_by_payers(opened: PlanView) -> bool:
    return not opened.is_preview and opened.assessment.status in READABLE_BY_PAYER


def view_of(
    store: Store, assessment: Assessment, context: Context | None, now: datetime
) -> PlanView:
    """The plan to the tier as it stands, for somebody who may change nothing of it. Without the
    group's own facts of today, costs rest on those that were submitted, as for a payer."""
    instrument = assessment_view.instrument_of(assessment)
    newest = current_basis(store, assessment, instrument, now)
    stored = plans.latest_plan(store, assessment.id)
    is_older = stored is not None and stored.run_id != newest.run_id
    base = stored_basis(store, stored, instrument) if stored and is_older else newest
    facts = base.context if context is None else context
    drafted, proposed = stored, None
    if drafted is None:
        proposed = proposal_of(store, assessment, instrument, base)
        drafted = drafting.draft(instrument, proposed, header_of(assessment, base))
    plan = drafting.with_current_costs(drafted, instrument, book_of(instrument), facts)
    return PlanView(
        assessment=assessment,
        group=groups.get(store, assessment.group_id),
        instrument=instrument,
        basis=base,
        plan=plan,
        context=facts,
        has_newer_run=newest.kind is not None and newest.run_id != base.run_id,
        may_edit=False,
        is_own=False,
        today=now.date(),
        newest=newest,
        later=later_result(store, assessment),
        still_to_pay=begun.left_by_action(store, plan),
        awarded=begun.awarded_actions(store, assessment.id),
        proposed=proposed,
    )


def later_result(store: Store, assessment: Assessment) -> LaterResult | None:
    """Of the newest submission, when another assessment was submitted after this one."""
    newest = result.newest_submitted(store, assessment.group_id)
    if newest is None or newest.id == assessment.id:
        return None
    sent = assessment_view.last_submission(store, assessment.id)
    after = assessment_view.last_submission(store, newest.id)
    decisive = scoring.effective_run(store, newest)
    if sent is None or after is None or decisive is None:
        return None
    tier_id = from_json(decisive.result).tier_id
    tier = assessment_view.instrument_of(newest).tier_by_id[tier_id]
    return LaterResult(newest.title, after.at.date(), tier.id, tier.title)


def load_complete(session: Session, assessment_id: str) -> PlanView:
    opened = load(session, assessment_id)
    if opened.questions_left:
        raise WrongState(UNFINISHED)
    return opened


def with_beyond(store: Store, opened: PlanView) -> PlanView:
    """What is stored keeps what was beyond it then."""
    plan, proposed = opened.plan, opened.proposed
    if proposed is None or plan.objective is None:
        return opened
    bought = {each.id for each in plan.actions if each.is_intervention}
    where = opened.assessment, opened.instrument, opened.basis
    beyond = beyond_of(store, *where, bought)
    return replace(
        opened, plan=replace(plan, beyond=beyond), proposed=replace(proposed, beyond=beyond)
    )


def own_days_alternatives(store: Store, opened: PlanView) -> tuple[Alternative, ...]:
    """The plan that would be proposed at half and at twice the days of own work, after the plan as
    it is proposed; empty where there is none."""
    facts = facts_of(store, opened.assessment, opened.instrument, opened.basis)
    return if_own_days(facts, (Fraction(1), Fraction(1, 2), Fraction(2)), solver.least)


# Changing


def edit(
    session: Session,
    assessment_id: str,
    action_id: str,
    base: int,
    wanted: ActionEdit,
) -> SavedChange:
    """Save one action over the revision the page showed, or say that somebody was faster."""

    def made(opened: PlanView, action: PlanAction) -> PlanAction:
        return editing.apply(opened.plan, action, wanted, opened.basis.answers)

    return save_change(session, assessment_id, action_id, base, made)


def drop(session: Session, assessment_id: str, action_id: str, base: int) -> SavedChange:
    """Out of the plan, and kept for whoever wants it back."""

    def out(_: PlanView, action: PlanAction) -> PlanAction:
        return replace(action, revision=action.revision + 1, status=ActionStatus.DROPPED)

    return save_change(session, assessment_id, action_id, base, out)


def restore(session: Session, assessment_id: str, action_id: str, base: int) -> SavedChange:
    def back(opened: PlanView, action: PlanAction) -> PlanAction:
        return schedule.restore(opened.plan, action)

    return save_change(session, assessment_id, action_id, base, back)


def save_change(
    session: Session,
    assessment_id: str,
    action_id: str,
    base: int,
    change: Callable[[PlanView, PlanAction], PlanAction],
) -> SavedChange:
    with session.store.writing():
        opened = load_editable(session, assessment_id)
        current = action_of(opened, action_id)
        if base != current.revision:
            raise EditedMeanwhile(current)
        return save_action(session, opened, change(opened, current), "changed an action of")


def add_own(
    session: Session, assessment_id: str, action_id: str, wanted: ActionEdit
) -> SavedChange:
    with session.store.writing():
        opened = load_editable(session, assessment_id)
        added = editing.new_action(opened.plan, action_id, wanted, opened.basis.answers)
        return save_action(session, opened, added, "added an action to")


def save_action(session: Session, opened: PlanView, saved: PlanAction, verb: str) -> SavedChange:
    ensure_stored(session, opened)
    event = event_of(opened, session.actor, verb, session.now, saved)
    plans.save_action(session.store, opened.plan.id, saved, event)
    return SavedChange(saved, before=opened, after=load(session, opened.assessment.id))


def renew(session: Session, assessment_id: str) -> ActionPlan:
    """A plan from the newest run, which keeps what people decided about the old one."""
    with session.store.writing():
        opened = load_editable(session, assessment_id)
        if not opened.has_newer_run:
            return opened.plan
        base = current_basis(session.store, opened.assessment, opened.instrument, session.now)
        renewed, made = renewed_plan(session.store, opened, base)
        event = Event(
            session.now, session.actor.id, "renewed", "plan", renewed.id, group_id=opened.group.id
        )
        plans.add_plan(session.store, renewed, made, event)
    return renewed


def renewed_plan(
    store: Store, opened: PlanView, base: PlanBasis
) -> tuple[ActionPlan, ProposedPlan]:
    fresh, made = draft(store, opened.assessment, opened.instrument, base)
    return drafting.carry_over(fresh, opened.plan), made


def load_editable(session: Session, assessment_id: str) -> PlanView:
    assessment = assessments.get(session.store, assessment_id)
    here = scope.of_group(session.store, assessment.group_id, session.now)
    permissions.require(session.actor, Can.EDIT_PLAN, here)
    opened = load(session, assessment_id)
    if not opened.may_edit:
        raise WrongState(NOT_YET)
    return opened


def action_of(opened: PlanView, action_id: str) -> PlanAction:
    found = next((each for each in opened.plan.actions if each.id == action_id), None)
    if found is None:
        raise NotFound("This plan has no such action. Reload the page to see it as it is.")
    return found


def ensure_stored(session: Session, opened: PlanView) -> None:
    """Store the plan as it was proposed, before the first change to it."""
    if opened.proposed is None:
        return
    event = Event(
        session.now, session.actor.id, "took up", "plan", opened.plan.id, group_id=opened.group.id
    )
    plans.add_plan(session.store, opened.plan, opened.proposed, event)


def event_of(opened: PlanView, actor: Actor, verb: str, now: datetime, action: PlanAction) -> Event:
    detail: dict[str, str | int | bool | None] = {
        "action": action.id,
        "revision": action.revision,
    }
    return Event(
        now, actor.id, verb, "plan", opened.plan.id, group_id=opened.group.id, detail=detail
    )
