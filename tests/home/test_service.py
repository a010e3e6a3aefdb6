"""The start page: for each part a person plays, what waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from readiness.assessments.db import runs
from readiness.assessments.service import answering
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Session
from readiness.home import service as home
from readiness.home.service import Destination
from tests.factories import assessments
from tests.factories.world import NOW

EXPIRED = "submitted, tier expired"


def of(store, person_id):
    return home.home(Session(store, assessments.actor(store, person_id), NOW))


def states(store, person_id="maya"):
    (part,) = of(store, person_id).groups
    return {task.leads: task.state for task in part.tasks}


def test_a_new_group_is_asked_to_begin(store):
    found = states(store)
    assert found[Destination.ASSESSMENTS] == "not started"
    assert Destination.COUNTS in found
    assert Destination.RESULT not in found


def test_an_assessment_under_way_says_how_far_it_is(store):
    made = assessments.started(store, NOW)
    assessments.answer(store, made.id, NOW, item_ids=["LEAD-1", "LEAD-2"])
    found = states(store, "cara")
    assert found[Destination.ASSESSMENT] == "2 of 57 answered"
    assert found[Destination.CONTEXT] == "0 of 16"
    assert Destination.CHECK not in found


def test_what_came_of_a_submission_is_listed(store):
    made = assessments.started(store, NOW)
    assessments.answer(store, made.id, NOW)
    assert states(store)[Destination.CHECK] == "ready to check"
    assessments.sent_in(store, made.id, NOW)
    found = states(store)
    assert found[Destination.RESULT] == "submitted"
    assert Destination.PLAN in found
    assert Destination.CHECK not in found


def test_a_provisional_tier_that_ran_out_asks_for_a_new_assessment(store):
    made = assessments.started(store, NOW)
    assessments.answer(store, made.id, NOW)
    assessments.sent_in(store, made.id, NOW)
    found_now = runs.portfolio_entry(store, "elm")
    assert found_now is not None
    stands = replace(found_now, provisional=True, tier_expires_on=NOW.date())
    for expiry, states_then in (
        (NOW.date(), ("a new one can be started", "submitted")),
        (NOW.date() - timedelta(days=1), ("assess again to renew your tier", EXPIRED)),
    ):
        with store.writing():
            runs.save_entry(store, replace(stands, tier_expires_on=expiry))
        found = states(store)
        assert (found[Destination.ASSESSMENTS], found[Destination.RESULT]) == states_then


def test_what_was_taken_back_and_up_again_has_no_result_yet(store):
    made = assessments.started(store, NOW)
    assessments.answer(store, made.id, NOW)
    assessments.sent_in(store, made.id, NOW)
    maya = assessments.actor(store, "maya")
    answering.withdraw(Session(store, maya, NOW), made.id)
    answering.undo_withdrawal(Session(store, maya, NOW), made.id)
    found = states(store)
    assert found[Destination.ASSESSMENT] == "57 of 57 answered"
    assert found.keys().isdisjoint({Destination.RESULT, Destination.PLAN})


def record_events(store, group_id, times):
    with store.writing():
        for minute in range(times):
            at = NOW + timedelta(minutes=minute)
            verb = f"did thing {minute}"
            audit.record(store, Event(at, "maya", verb, "group", group_id, group_id, "fair"))


def changes(store):
    return list(home.changes(store, "fair", NOW))


def test_a_payer_reads_what_happened_last_to_groups_that_share_today(store):
    record_events(store, "oak", 3)  # shares with nobody
    assert changes(store) == []
    record_events(store, "elm", 20)
    assert [each.did for each in changes(store)] == [
        f"did thing {minute}" for minute in range(19, 11, -1)
    ]


def test_many_events_ask_no_more_of_the_store_than_a_few(store):
    asked: list[str] = []
    record_events(store, "oak", 5)
    store.db.conn.set_trace_callback(asked.append)
    changes(store)
    few = len(asked)
    store.db.conn.set_trace_callback(None)
    record_events(store, "oak", 100)
    store.db.conn.set_trace_callback(asked.append)
    changes(store)
    assert few > 0
    assert len(asked) == 2 * few


def test_each_part_sees_its_own(store):
    assert of(store, "pam").groups == ()
    assert [part.payer.id for part in of(store, "pam").payers] == ["fair"]
    assert of(store, "ada").administers
    assert not of(store, "maya").administers
