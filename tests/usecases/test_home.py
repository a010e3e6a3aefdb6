"""The start page: for each part a person plays, what waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from readiness.domain.events import Event
from readiness.store import events, runs
from readiness.usecases import assess, home
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


def test_what_was_taken_back_and_up_again_has_no_result_yet(peopled):
    made = sheets.started(peopled, NOW)
    sheets.answer(peopled, made.id, NOW)
    sheets.sent_in(peopled, made.id, NOW)
    maya = sheets.actor(peopled, "maya")
    assess.withdraw(peopled, maya, made.id, NOW)
    assess.undo_withdrawal(peopled, maya, made.id, NOW)
    found = states(peopled)
    assert found[Leads.ASSESSMENT] == "57 of 57 answered"
    assert found.keys().isdisjoint({Leads.RESULT, Leads.PLAN})


def told(store, group_id, times):
    with store.writing():
        for minute in range(times):
            at = NOW + timedelta(minutes=minute)
            verb = f"did thing {minute}"
            events.record(store, Event(at, "maya", verb, "group", group_id, group_id, "fair"))


def changes(store):
    return list(home.changes(store, "fair", NOW))


def test_a_payer_reads_what_happened_last_to_groups_that_share_today(peopled):
    told(peopled, "oak", 3)  # shares with nobody
    assert changes(peopled) == []
    told(peopled, "elm", 20)
    assert [each.did for each in changes(peopled)] == [
        f"did thing {minute}" for minute in range(19, 11, -1)
    ]


def test_many_events_ask_no_more_of_the_store_than_a_few(peopled):
    asked: list[str] = []
    told(peopled, "oak", 5)
    peopled.db.conn.set_trace_callback(asked.append)
    changes(peopled)
    few = len(asked)
    peopled.db.conn.set_trace_callback(None)
    told(peopled, "oak", 100)
    peopled.db.conn.set_trace_callback(asked.append)
    changes(peopled)
    assert few > 0
    assert len(asked) == 2 * few


def test_each_part_sees_its_own(peopled):
    assert of(peopled, "pam").groups == ()
    assert [part.payer.id for part in of(peopled, "pam").payers] == ["fair"]
    assert of(peopled, "ada").administers
    assert not of(peopled, "maya").administers
