"""The start page: for each part a person plays, what waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from readiness.store import runs
from readiness.usecases import home
from readiness.usecases.home import Leads
from tests import sheets
from tests.web.world import NOW

EXPIRED = "submitted, tier expired"


def of(store, person_id):
    return home.home(store, sheets.actor(store, person_id), NOW)


def states(store, person_id="maya"):
    (part,) = of(store, person_id).groups
    return {task.leads: task.state for task in part.tasks}


def test_a_new_group_is_asked_to_begin(peopled):
    found = states(peopled)
    assert found[Leads.ASSESSMENTS] == "not started"
    assert Leads.COUNTS in found
    assert Leads.RESULT not in found


def test_an_assessment_under_way_says_how_far_it_is(peopled):
    made = sheets.started(peopled, NOW)
    sheets.answer(peopled, made.id, NOW, item_ids=["LEAD-1", "LEAD-2"])
    found = states(peopled, "cara")
    assert found[Leads.ASSESSMENT] == "2 of 57 answered"
    assert found[Leads.CONTEXT] == "0 of 16"
    assert Leads.CHECK not in found


def test_what_came_of_a_submission_is_listed(peopled):
    made = sheets.started(peopled, NOW)
    sheets.answer(peopled, made.id, NOW)
    assert states(peopled)[Leads.CHECK] == "ready to check"
    sheets.sent_in(peopled, made.id, NOW)
    found = states(peopled)
    assert found[Leads.RESULT] == "submitted"
    assert Leads.PLAN in found
    assert Leads.CHECK not in found


def test_a_provisional_tier_that_ran_out_asks_for_a_new_assessment(peopled):
    made = sheets.started(peopled, NOW)
    sheets.answer(peopled, made.id, NOW)
    sheets.sent_in(peopled, made.id, NOW)
    found_now = runs.standing(peopled, "elm")
    assert found_now is not None
    stands = replace(found_now, provisional=True, tier_expires_on=NOW.date())
    for expiry, states_then in (
        (NOW.date(), ("a new one can be started", "submitted")),
        (NOW.date() - timedelta(days=1), ("assess again to renew your tier", EXPIRED)),
    ):
        with peopled.writing():
            runs.place(peopled, replace(stands, tier_expires_on=expiry))
        found = states(peopled)
        assert (found[Leads.ASSESSMENTS], found[Leads.RESULT]) == states_then


def test_each_part_sees_its_own(peopled):
    assert of(peopled, "pam").groups == ()
    assert [part.payer.id for part in of(peopled, "pam").payers] == ["fair"]
    assert of(peopled, "ada").administers
    assert not of(peopled, "maya").administers
