"""What is under way by a group's plans counts at what is still to pay, and is not bought twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.assessments.db import assessments
from readiness.core.db import Session
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.postings import PostingInput, PostingKind
from readiness.plans.service import begun, money, plan
from tests.factories import plans as planned
from tests.factories import world

NOW = world.NOW
LATER = NOW + timedelta(days=365)


@pytest.fixture
def store(store):
    planned.submitted(store, "elm", planned.developing(), NOW)
    return store


def maya(store, at=NOW):
    return Session(store, people.actor(store, "maya"), at)


def set_status(store, action_id, status):
    action = plan.action_of(plan.load(maya(store), "a1"), action_id)
    edit = replace(edit_of(action), status=status)
    plan.edit(maya(store), "a1", action_id, action.revision, edit)


def pay(store, action_id, dollars, posting_id):
    wanted = PostingInput(PostingKind.SPENT, 100 * dollars, NOW.date(), "The payer", "")
    money.post(maya(store), "a1", action_id, wanted, posting_id)


def found(store, assessment_id):
    return begun.begun_by(store, assessments.get(store, assessment_id))


def likely(store, action_id):
    cost = plan.action_of(plan.load(maya(store), "a1"), action_id).cost
    return cost.likely if cost else None


def test_a_plan_that_nobody_began_holds_nothing(store):
    assert found(store, "a1") == begun.BegunActions()


def test_what_is_under_way_owes_what_is_left_of_its_likely_cost(store):
    set_status(store, "GOV", ActionStatus.UNDER_WAY)
    pay(store, "GOV", 4_000, "p1")
    assert found(store, "a1").still_to_pay == {"GOV": round(likely(store, "GOV")) - 4_000}


def test_what_the_group_says_is_still_needed_goes_before_that(store):
    set_status(store, "GOV", ActionStatus.UNDER_WAY)
    money.save_estimate(maya(store), "a1", "GOV", [100_00, 250_00, 900_00], "", "e1")
    assert found(store, "a1").still_to_pay == {"GOV": 250}


def test_what_is_done_since_the_answers_owes_nothing(store):
    set_status(store, "GOV", ActionStatus.DONE)
    done = begun.BegunAction("GOV", ActionStatus.DONE, NOW.date(), "", 0)
    assert found(store, "a1") == begun.BegunActions((done,))
    assert found(store, "a1").still_to_pay == {"GOV": 0}


def test_next_year_s_plan_counts_what_last_year_s_began_and_buys_nothing_twice(store):
    set_status(store, "GOV", ActionStatus.DONE)
    set_status(store, "COACH", ActionStatus.UNDER_WAY)
    pay(store, "COACH", 10_000, "p1")
    planned.submitted(store, "elm", planned.developing(), LATER, assessment_id="a2")
    owed = round(likely(store, "COACH")) - 10_000
    last_year = found(store, "a2")
    assert last_year.still_to_pay == {"COACH": owed}
    assert last_year.done_before == {"GOV"}
    assert {(each.on, each.earlier_plan) for each in last_year.actions} == {(NOW.date(), "2027")}
    opened = plan.load(maya(store, LATER), "a2")
    coach = plan.action_of(opened, "COACH")
    assert coach.status is ActionStatus.UNDER_WAY
    assert coach.cost
    assert coach.cost.likely == owed
    assert "GOV" not in {each.id for each in opened.plan.actions}


def test_it_is_under_way_since_the_first_plan_that_says_so(store):
    set_status(store, "COACH", ActionStatus.UNDER_WAY)
    planned.submitted(store, "elm", planned.developing(), LATER, assessment_id="a2")
    here = plan.load(maya(store, LATER), "a2")
    coach = plan.action_of(here, "COACH")
    noted = replace(edit_of(coach), note="Going well.")
    plan.edit(maya(store, LATER), "a2", "COACH", coach.revision, noted)
    (begun_action,) = found(store, "a2").actions
    assert (begun_action.on, begun_action.earlier_plan) == (NOW.date(), "")


def test_last_year_s_plan_knows_nothing_of_this_year_s(store):
    planned.submitted(store, "elm", planned.developing(), LATER, assessment_id="a2")
    opened = plan.action_of(plan.load(maya(store, LATER), "a2"), "GOV")
    under_way = replace(edit_of(opened), status=ActionStatus.UNDER_WAY)
    plan.edit(maya(store, LATER), "a2", "GOV", opened.revision, under_way)
    assert found(store, "a1") == begun.BegunActions()
