"""Awards that a payer writes into the plan of a group that shares with it, and takes back.

A payer reads a plan and never changes it, but for this: money it gives is entered as an award by
its own people, and an action it pays for that the plan does without is added to the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from readiness.accounts.service import scope
from readiness.assessments.service import result
from readiness.core import audit, permissions
from readiness.core.audit import Event
from readiness.core.db import Session
from readiness.core.errors import NOT_SHARED, NotFound, WrongState
from readiness.core.people import Payer
from readiness.core.permissions import Can
from readiness.plans import db as ledger
from readiness.plans import drafting, postings
from readiness.plans.catalog import Catalog, Offer
from readiness.plans.models import ActionPlan, PlanAction
from readiness.plans.planning import GroupFacts, added_proposal, catalog_for
from readiness.plans.postings import (
    Posting,
    PostingContext,
    PostingInput,
    PostingKind,
)
from readiness.plans.schedule import LAST_HALF_YEAR, half_year_on
from readiness.plans.service import basis, money, plan
from readiness.plans.service.plan import PlanView

HALF_YEARS = 2  # in a year of a budget
TAKEN_OUT = "The group took it out of its plan. Agree with the group, which can put it back."
NOT_IN_CATALOGUE = "The questionnaire that the group answered does not hold it."
BEGUN_BEFORE = "The group has it under way in an earlier plan. Let the group enter the award there."
NOTHING_ADDED = (
    "It is not in the group’s plan, and nothing can be added: an answer is missing, or the "
    "questionnaire has no cost book."
)
TAKEN_BACK = "Taken back: "

NewId = Callable[[], str]


@dataclass(frozen=True)
class Award:
    """Money for one action of a group."""

    action_id: str  # of the catalogue
    cents: int
    year: int  # of the budget: an action that is added starts in it
    note: str  # where the money comes from


@dataclass(frozen=True)
class PlanForAwards:
    """A group's plan as whoever pays finds it, and what could be added to it."""

    opened: PlanView
    facts: GroupFacts
    entered: tuple[Posting, ...]
    told: tuple[Posting, ...]  # of these, what this payer may read

    @cached_property
    def action_by_id(self) -> Mapping[str, PlanAction]:
        return {each.id: each for each in self.opened.plan.actions}

    @cached_property
    def catalog(self) -> Catalog | None:
        """None: nobody can tell what is for this group."""
        if self.facts.book is None or self.opened.questions_left:
            return None
        return catalog_for(self.facts, self.facts.book)

    def offer(self, action_id: str) -> Offer | None:
        offers = self.catalog.offers if self.catalog else ()
        return next((each for each in offers if each.id == action_id), None)

    def why_not(self, action_id: str) -> str:
        """Why nothing can be awarded for it; empty where it can."""
        action = self.action_by_id.get(action_id)
        if action:
            return "" if action.is_in_plan else TAKEN_OUT
        if self.catalog is None:
            return NOTHING_ADDED
        offer = self.offer(action_id)
        if offer:
            return BEGUN_BEFORE if offer.is_under_way else ""
        refused = {each.intervention_id: each.why for each in self.catalog.not_eligible}
        return refused.get(action_id, NOT_IN_CATALOGUE)

    def holds(self, action_id: str) -> bool:
        return action_id in self.action_by_id

    def awarded_cents(self, action_id: str) -> int:
        """So far, as far as this payer may know, and not given back."""
        return postings.totals(e for e in self.told if e.action_id == action_id).award

    def is_awarded_by_others(self, action_id: str) -> bool:
        """Whether and not how much, so that nothing is paid for twice unawares."""
        others = (e for e in self.entered if e.action_id == action_id and e not in self.told)
        return postings.totals(others).award > 0


def load(session: Session, payer_id: str, group_id: str) -> PlanForAwards:
    """The plan of what the group submitted last; stored or only proposed."""
    require(session, payer_id, group_id)
    assessment = result.newest_submitted(session.store, group_id)
    if assessment is None:
        raise NotFound(NOT_SHARED)
    opened = plan.load(session, assessment.id)
    entered = ledger.postings_of_assessment(session.store, assessment.id)
    return PlanForAwards(
        opened,
        basis.facts_of(session.store, assessment, opened.instrument, opened.basis),
        entered,
        money.told_to(session.store, [payer_id], entered),
    )


def require(session: Session, payer_id: str, group_id: str) -> None:
    """Only the payer's own people, and only while the group shares with this payer."""
    here = scope.of_reader(session.store, payer_id, group_id, session.now)
    permissions.require(session.actor, Can.AWARD, here)


# Awarding.


def award(
    session: Session, payer: Payer, group_id: str, wanted: Sequence[Award], new_id: NewId
) -> tuple[Posting, ...]:
    """All of them or none, each as one entry; what the plan does without is added to it first."""
    with session.store.writing():
        found = load(session, payer.id, group_id)
        for each in wanted:
            if why := found.why_not(each.action_id):
                raise WrongState(why)
        plan.ensure_stored(session, found.opened)
        add_actions(session, payer, found, wanted)
        return tuple(enter(session, payer, found.opened, each, new_id()) for each in wanted)


def add_actions(
    session: Session, payer: Payer, found: PlanForAwards, wanted: Iterable[Award]
) -> None:
    """Each in the year in which it is paid for first."""
    opened, current = found.opened, found.opened.plan
    first: dict[str, Award] = {}
    for each in sorted(wanted, key=lambda each: (each.year, each.action_id)):
        first.setdefault(each.action_id, each)
    for action_id, paid in first.items():
        offer = None if found.holds(action_id) else found.offer(action_id)
        if offer:
            added = added_for(session, payer, found, current, offer, paid)
            current = replace(current, actions=(*current.actions, added))
            event = plan.event_of(opened, session.actor, "added an action to", session.now, added)
            ledger.save_action(session.store, current.id, added, event)


def added_for(
    session: Session,
    payer: Payer,
    found: PlanForAwards,
    current: ActionPlan,
    offer: Offer,
    paid: Award,
) -> PlanAction:
    """Not before today, nor before the year that it is paid for."""
    now = half_year_on(session.now.date(), current.starts_on)
    start = min(LAST_HALF_YEAR, now + HALF_YEARS * (paid.year - 1))
    proposal = added_proposal(offer, found.facts, current.current, start)
    made = drafting.added_action(current, found.opened.instrument, proposal)
    return replace(made, note=f"In the plan because {payer.name} pays for it. {paid.note}.")


def enter(session: Session, payer: Payer, opened: PlanView, paid: Award, id_: str) -> Posting:
    wanted = PostingInput(
        PostingKind.AWARDED, paid.cents, session.now.date(), payer.name, paid.note
    )
    place = PostingContext(
        id_, opened.group.id, opened.assessment.id, paid.action_id, session.actor.id, session.now
    )
    made = postings.new_posting(wanted, place)
    ledger.add_posting(
        session.store, made, event_of(session, "awarded money for", opened.plan.id, made)
    )
    return made


# Taking back.


def take_back(
    session: Session, payer_id: str, group_id: str, posting_ids: Iterable[str], new_id: NewId
) -> None:
    """Each entry is corrected to nothing; both stay. All of them or none."""
    with session.store.writing():
        require(session, payer_id, group_id)
        for each in standing(session, posting_ids):
            if why := why_kept(session, each):
                raise WrongState(why)
            strike_out(session, each, new_id())


def standing(session: Session, posting_ids: Iterable[str]) -> tuple[Posting, ...]:
    """Those that still exist and were not corrected to nothing meanwhile."""
    found = ledger.postings_with_ids(session.store, posting_ids)
    return tuple(each for each in found if in_place_of(session, each).cents)


def in_place_of(session: Session, awarded: Posting) -> Posting:
    entered = ledger.postings_of_assessment(session.store, awarded.assessment_id)
    return postings.latest_in_place_of(awarded.id, entered)


def why_kept(session: Session, awarded: Posting) -> str:
    """Why an award cannot be taken back: the group counts with it. Empty where it can."""
    if in_place_of(session, awarded) != awarded:
        return "The group has corrected this award. Ask the group to correct it to 0 first."
    entered = ledger.postings_of_assessment(session.store, awarded.assessment_id)
    later = entered[entered.index(awarded) + 1 :]
    used = (e for e in postings.uncorrected(entered) if e in later and e.cents)
    if any(e.kind is not PostingKind.AWARDED and e.action_id == awarded.action_id for e in used):
        return (
            "The group has spent or returned money for this action since. Agree with the group on "
            "what becomes of the award."
        )
    return ""


def strike_out(session: Session, awarded: Posting, id_: str) -> None:
    note = f"{TAKEN_BACK}{awarded.note}"
    wanted = PostingInput(awarded.kind, 0, session.now.date(), awarded.payer, note)
    place = PostingContext(
        id_, awarded.group_id, awarded.assessment_id, awarded.action_id, session.actor.id,
        session.now, corrects=awarded.id,
    )  # fmt: skip
    made = postings.new_posting(wanted, place)
    kept = ledger.latest_plan(session.store, awarded.assessment_id)
    plan_id = kept.id if kept else ""
    ledger.add_posting(session.store, made, event_of(session, "took back money for", plan_id, made))


def event_of(session: Session, verb: str, plan_id: str, made: Posting) -> Event:
    detail = {"action": made.action_id}
    return audit.event(session, verb, "plan", plan_id, group_id=made.group_id, detail=detail)
