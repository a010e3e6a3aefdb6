"""Other levels tried on a group's plan: what is compared with what, by whom, and nothing stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.assessments.models import AssessmentStatus
from readiness.assessments.tiers import evaluate
from readiness.core import audit, solver
from readiness.core.db import Session
from readiness.core.errors import Denied, NotFound
from readiness.instruments.answers import Answer
from readiness.plans import db as plans
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus, GroupValues
from readiness.plans.planning import GroupFacts, propose
from readiness.plans.service import plan, what_if
from tests.factories import plans as planned
from tests.factories import world

NOW = world.NOW
ANSWERS = planned.developing()


@pytest.fixture
def sent(store):
    return planned.submitted(store, "elm", ANSWERS, NOW)


def session(store, who="maya", at=NOW):
    return Session(store, people.actor(store, who), at)


def tried(store, who="maya", at=NOW, **levels):
    opened = what_if.load(session(store, who, at), "a1")
    asked = [(item.replace("_", "-"), str(level)) for item, level in levels.items()]
    return what_if.try_levels(store, opened, asked)


def edit(store, action_id, at=NOW, **changes):
    action = plan.action_of(plan.load(session(store), "a1"), action_id)
    wanted = replace(edit_of(action), **changes)
    return plan.edit(session(store, at=at), "a1", action_id, action.revision, wanted)


def ids(view):
    return {each.id for each in view.plan.current}


def test_before_is_the_plan_as_its_page_shows_it(store, sent):
    found, shown = tried(store, REAL_2=3), plan.load(session(store), "a1")
    assert found.compared == found.opened == shown
    assert found.opened.cost == shown.cost


def test_after_is_the_plan_that_those_answers_would_get(store, sent):
    found = tried(store, REAL_2=3, LEAD_1=3)
    changed = ANSWERS | {"REAL-2": Answer.at(3), "LEAD-1": Answer.at(3)}
    facts = GroupFacts(planned.QMER, planned.BOOK, changed, planned.FACTS)
    proposed = propose(facts, solver.least)
    assert [each.proposal for each in found.then.plan.actions] == [
        replace(each, cost=each.cost) for each in proposed.proposals
    ]
    assert found.after == evaluate(planned.QMER, changed)
    assert "REALCOL" in ids(found.opened)
    assert "REALCOL" not in ids(found.then)
    assert found.then.cost.total.likely < found.opened.cost.total.likely


def test_nothing_is_stored_and_nothing_told(store, sent):
    what_if.load(Session(store, people.actor(store, "maya"), NOW), "a1")  # keeps what is proposed
    before = audit.head(store)
    dump = list(store.db.conn.iterdump())
    tried(store, REAL_2=3)
    tried(store, "pam", REAL_1=0)
    assert list(store.db.conn.iterdump()) == dump
    assert audit.head(store) == before
    assert plans.latest_plan(store, "a1") is None


def test_without_changes_nothing_is_worked_out(store, sent):
    found = tried(store, REAL_2=1)
    assert (found.then, found.compared, found.before) == (None, None, found.after)


def test_where_the_tier_rises_the_present_answers_are_planned_to_the_same_tier(store):
    planned.submitted(store, "elm", planned.answers_at(2, REAL_1=1), NOW)
    found = tried(store, REAL_1=2)
    assert (found.before.tier.id, found.after.tier.id) == ("T1", "T2")
    assert [e.plan.target_tier_id for e in (found.opened, found.compared, found.then)] == [
        "T2",
        "T3",
        "T3",
    ]
    assert found.compared.basis.answers == found.opened.basis.answers


def test_where_the_tier_falls_there_is_only_the_way_back(store):
    planned.submitted(store, "elm", planned.answers_at(2), NOW)
    found = tried(store, REAL_1=0)
    assert (found.before.tier.id, found.after.tier.id) == ("T2", "T1")
    assert (found.compared, found.then.plan.target_tier_id) == (None, "T2")


def test_at_the_top_nothing_is_left_to_compare(store):
    planned.submitted(store, "elm", planned.answers_at(4, MEAS_2=2), NOW)
    found = tried(store, MEAS_2=4)
    assert found.after.tier.id == "T4"
    assert (found.then.plan.target_tier_id, found.compared) == (None, None)


def test_from_not_ratable_there_is_no_plan_to_compare_with(store):
    unknown = {f"LEAD_{n}": Answer.dont_know() for n in range(1, 5)}
    planned.submitted(store, "elm", planned.answers_at(1, **unknown), NOW)
    found = tried(store, LEAD_1=2, LEAD_2=2, LEAD_3=2)
    assert (found.before.tier.id, found.after.tier.id) == ("T0", "T1")
    assert found.compared is None


def test_what_the_group_made_of_its_plan_counts_on_both_sides(store, sent):
    edit(store, "COACH", own=GroupValues(half_year=3))
    found = tried(store, REAL_2=3)
    for view in (found.compared, found.then):
        assert plan.action_of(view, "COACH").own.half_year == 3


def test_what_was_only_planned_falls_away_and_what_was_begun_or_is_its_own_stays(store, sent):
    edit(store, "REALCOL", status=ActionStatus.PLANNED)
    greeter = replace(edit_of(plan.action_of(plan.load(session(store), "a1"), "GOV")), title="Hi")
    plan.add_own(session(store), "a1", "own:1", greeter)
    found = tried(store, REAL_2=3)
    assert "REALCOL" in ids(found.opened)
    assert "REALCOL" not in ids(found.then)
    assert "own:1" in ids(found.then)
    edit(store, "REALCOL", status=ActionStatus.UNDER_WAY)
    assert "REALCOL" in ids(tried(store, REAL_2=3).then)


def test_a_plan_on_an_older_result_is_compared_as_it_would_be_renewed(store, sent):
    edit(store, "GOV", note="kept")
    later = NOW + timedelta(days=3)
    newer = planned.developing(LEAD_2=3)
    planned.score(store, sent, newer, later, "run-later")
    assert plan.load(session(store, at=later), "a1").has_newer_run
    found = tried(store, at=later, REAL_2=3)
    assert found.opened.basis.answers == newer
    assert plan.action_of(found.opened, "GOV").note == "kept"
    renewed = plan.renew(session(store, at=later), "a1")
    assert [e.id for e in found.opened.plan.actions] == [e.id for e in renewed.actions]


def test_answers_that_are_complete_and_not_submitted_can_be_tried_by_the_group_alone(store):
    planned.written(store, "elm", ANSWERS, NOW)
    found = tried(store, REAL_2=3)
    assert found.opened.is_preview
    assert "REALCOL" not in ids(found.then)
    with pytest.raises(NotFound):
        tried(store, "pam", REAL_2=3)


def test_unfinished_answers_say_how_many_are_left(store):
    answers = dict(list(ANSWERS.items())[:-2])
    planned.written(store, "elm", answers, NOW, status=AssessmentStatus.IN_PROGRESS)
    assert what_if.load(session(store), "a1").questions_left == 2


def test_a_payer_tries_what_was_submitted_and_no_stranger_anything(store, sent):
    assert tried(store, "pam", REAL_2=3).then.plan == tried(store, REAL_2=3).then.plan
    for who, refused in (("pete", NotFound), ("omar", NotFound), ("ada", (NotFound, Denied))):
        with pytest.raises(refused):
            tried(store, who, REAL_2=3)
