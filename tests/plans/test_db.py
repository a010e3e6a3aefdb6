from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.errors import ChangedMeanwhile
from readiness.plans import db as plans
from readiness.plans.db import proposed_in, proposed_out
from readiness.plans.drafting import PlanHeader, carry_over, draft
from readiness.plans.models import ActionStatus, ActionType, MarginPrice
from readiness.plans.service.document import plan_out
from tests.factories import plans as planned
from tests.factories import world

NOW = world.NOW
ANSWERS = planned.developing(EQME_4=1)
MADE = planned.proposed(ANSWERS)
PLAN = draft(planned.QMER, MADE, PlanHeader("p1", "elm", "a1", "run-a1", NOW.date()))
EVENT = Event(NOW, "maya", "took up", "plan", "p1", group_id="elm")


@pytest.fixture
def store(store):
    planned.submitted(store, "elm", ANSWERS, NOW)
    plans.add_plan(store, PLAN, MADE, EVENT)
    return store


def saved(store):
    plan = plans.latest_plan(store, "a1")
    assert plan
    return plan


def test_a_plan_comes_back_as_it_went_in(store):
    assert saved(store) == PLAN


def test_there_is_no_other_plan(store):
    assert plans.latest_plan(store, "a2") is None


def test_a_saved_action_is_a_revision_and_keeps_its_place(store):
    action = replace(PLAN.actions[1], revision=2, note="agreed", status=ActionStatus.PLANNED)
    plans.save_action(store, "p1", action, EVENT)
    assert saved(store).actions[1] == action


def test_of_two_savers_the_second_is_refused_and_leaves_no_line_of_history(store):
    action = replace(PLAN.actions[0], revision=2, note="first")
    plans.save_action(store, "p1", action, EVENT)
    before = audit.head(store)
    with pytest.raises(ChangedMeanwhile):
        plans.save_action(store, "p1", replace(action, note="second"), EVENT)
    assert saved(store).actions[0].note == "first"
    assert audit.head(store) == before


def test_an_action_of_its_own_comes_last(store):
    own = replace(PLAN.actions[0], id="own:1", revision=1, proposal=None, title="Hire a greeter")
    plans.save_action(store, "p1", own, EVENT)
    assert saved(store).actions[-1] == own


def test_the_newest_plan_of_an_assessment_is_the_one_that_counts(store):
    later = replace(EVENT, at=NOW + timedelta(days=1))
    plans.add_plan(store, replace(PLAN, id="p2"), MADE, later)
    found = plans.latest_plan(store, "a1")
    assert found is not None
    assert found.id == "p2"


def test_a_proposal_survives_the_way_through_json():
    priced = replace(MADE, margin=MarginPrice(8_000, ("A",), ("B", "C"), Decimal(0), Decimal(20)))
    assert proposed_in(proposed_out(priced)) == priced
    assert len(plan_out(PLAN, PLAN.starts_on)["actions"]) == len(PLAN.actions)


def test_what_is_under_way_outlives_a_plan_that_no_longer_proposes_it():
    begun = replace(PLAN.actions[0], revision=2, status=ActionStatus.UNDER_WAY)
    old = replace(PLAN, actions=(begun, *PLAN.actions[1:]))
    fresh = replace(PLAN, id="p2", actions=PLAN.actions[1:])
    kept = carry_over(fresh, old).actions[-1]
    assert (kept.id, kept.status, kept.proposal) == (begun.id, ActionStatus.UNDER_WAY, None)


def test_what_nobody_touched_goes_with_the_plan_that_proposed_it():
    fresh = replace(PLAN, id="p2", actions=PLAN.actions[1:])
    assert carry_over(fresh, PLAN).actions == fresh.actions


def test_the_plan_here_has_more_than_one_kind_of_action():
    assert ActionType.INTERVENTION in {a.proposal.type for a in PLAN.actions if a.proposal}
    assert len(PLAN.actions) > 2
