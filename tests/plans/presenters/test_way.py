"""The way up, the plan in one breath, and what it hangs on, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from readiness.accounts.db import people
from readiness.assessments.scorecard import UnmetKind
from readiness.core.db import Session
from readiness.core.formatting import day, dollars
from readiness.instruments.answers import Answer
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.planning import Alternative
from readiness.plans.presenters import plan as reading
from readiness.plans.presenters.own_days import own_days_says
from readiness.plans.presenters.way import way_of
from readiness.plans.service import plan
from tests.factories import plans, world

NOW = world.NOW
LAST_YEAR = "2027"


@pytest.fixture
def opened(store):
    return plans.view_of(store, plans.developing())


def the_way(opened):
    return way_of(opened, opened.basis)


def test_the_way_is_what_the_plan_raises_by_what_raises_it(opened):
    way = the_way(opened)
    assert (way.title, way.is_plan) == ("The way to T3 Incentive-ready", True)
    titles = [step.title for step in way.steps]
    assert plan.action_of(opened, "COACH").title in titles
    assert titles[-1].startswith("Own steps (")
    raised = {each.item_id for step in way.steps for each in step.raises}
    assert raised == {lift.item_id for each in opened.plan.current for lift in each.lifts}


def test_beside_each_raise_stands_what_it_serves_and_what_its_level_means(opened):
    raises = [each for step in the_way(opened).steps for each in step.raises]
    (race,) = (each for each in raises if each.item_id == "REAL-2")
    assert race.says.endswith("from level 1 to 3")
    assert race.served == "T3 gate; T3 minimum of EQR"
    assert race.means == opened.instrument.item_by_id["REAL-2"].levels[3]


def test_what_is_done_stays_on_the_way_and_says_what_can_be_answered_anew(opened):
    before = the_way(opened)
    done = tuple(replace(a, status=ActionStatus.DONE) for a in opened.plan.actions)
    way = the_way(replace(opened, plan=replace(opened.plan, actions=done)))
    assert way.is_plan
    raised, left = ({each for s in w.steps for each in s.raises} for w in (way, before))
    assert raised == left
    (coach,) = (step for step in way.steps if step.anchor == "COACH")
    assert coach.mark == "done; nothing more to pay"
    assert coach.advice.startswith("These answers do not show it yet. Once it shows, ")
    assert way.steps[-1].title == before.steps[-1].title.replace("steps", "steps that are done")


def test_a_plan_to_another_tier_is_no_way_to_this_one(opened):
    way = the_way(replace(opened, plan=replace(opened.plan, target_tier_id="T4")))
    assert (way.title, way.is_plan) == ("The fewest steps to T3 Incentive-ready, cost aside", False)
    assert way.steps


def test_what_the_plan_leaves_unmet_is_named(opened):
    waits = "what is supporting and may wait: Regular feedback to clinicians and sites (MEAS-5)."
    assert the_way(opened).says == f"This plan leaves open {waits}"
    way = the_way(replace(opened, plan=replace(opened.plan, actions=opened.plan.actions[:1])))
    assert way.says.startswith("This plan leaves open ")
    gates = [each.of for each in opened.basis.run.unmet if each.kind is UnmetKind.ESSENTIAL]
    raised = {each.item_id for step in way.steps for each in step.raises}
    assert [each for each in gates if each in way.says] == [e for e in gates if e not in raised]


def test_questions_stand_apart_from_own_steps(store):
    answers = plans.developing()
    answers["LEAD-1"] = Answer.dont_know()
    way = the_way(plans.view_of(store, answers))
    first = way.steps[0]
    assert first.title == "Questions to answer first (1)"
    assert [(each.item_id, each.to) for each in first.raises] == [("LEAD-1", None)]
    (own,) = (step for step in way.steps if step.title.startswith("Own steps"))
    assert own.title == f"Own steps ({len(own.raises)})"


# What an earlier plan began.


@pytest.fixture
def next_year(store):
    """Leadership was done and coaching begun last year; this year's answers are the same."""
    plans.submitted(store, "elm", plans.developing(), NOW)
    maya = Session(store, people.actor(store, "maya"), NOW)
    for action_id, status in (("GOV", ActionStatus.DONE), ("COACH", ActionStatus.UNDER_WAY)):
        action = plan.action_of(plan.load(maya, "a1"), action_id)
        edit = replace(edit_of(action), status=status)
        plan.edit(maya, "a1", action_id, action.revision, edit)
    later = NOW + timedelta(days=365)
    plans.submitted(store, "elm", plans.developing(), later, assessment_id="a2")
    return plan.load(Session(store, people.actor(store, "maya"), later), "a2")


def test_what_is_under_way_from_an_earlier_plan_says_since_when_and_what_is_left(next_year):
    (coach,) = (step for step in the_way(next_year).steps if step.anchor == "COACH")
    left = round(next_year.still_to_pay["COACH"].likely)
    since = f"under way since {day(NOW)}, in the plan of “{LAST_YEAR}”"
    assert coach.mark == f"{since}; likely {dollars(left)} still to pay"
    assert coach.raises


def test_what_was_done_before_the_answers_and_does_not_show_is_to_be_looked_at_again(next_year):
    (done,) = (step for step in the_way(next_year).steps if step.mark.startswith("done on "))
    assert done.title == next_year.instrument.intervention_by_id["GOV"].title
    assert done.raises == ()
    assert "do not show all that it usually brings: LEAD-1 (level " in done.advice


def test_what_is_under_way_and_not_in_the_plan_is_told_and_not_counted(next_year):
    without = tuple(each for each in next_year.plan.actions if each.id != "COACH")
    way = the_way(replace(next_year, plan=replace(next_year.plan, actions=without)))
    (coach,) = (step for step in way.steps if step.mark.startswith("under way since "))
    assert coach.anchor == ""
    assert coach.advice == "This plan does not count it."
    assert all(each.serves for each in coach.raises)


def test_at_the_top_there_is_none(store):
    way = the_way(plans.view_of(store, plans.answers_at(4)))
    assert (way.steps, way.says) == ((), "There is no tier above this one.")


def test_what_is_not_for_the_group_stands_apart(opened):
    told = reading.content_of(opened)
    never = [title for each in told.not_eligible for title in each.titles]
    other = [title for each in told.set_aside for title in each.titles]
    assert never
    assert other
    assert not set(never) & set(other)


def alternatives(*bought):
    return [Alternative(Fraction(1), each, 1) for each in bought]


def test_other_days_of_own_work_are_told_by_what_they_would_buy():
    found = alternatives(("GOV", "COACH"), ("GOV",), ("GOV", "COACH", "PAC"))
    says = own_days_says(plans.QMER, found)
    coach, council = (plans.QMER.intervention_by_id[each].title for each in ("COACH", "PAC"))
    assert f"took half the days, {coach} would not be bought." in says
    assert f"took twice the days, {council} would also be bought." in says


def test_where_nothing_would_change_it_says_so():
    says = own_days_says(plans.QMER, alternatives(("GOV",), ("GOV",), ("GOV",)))
    assert says.count("the same interventions would be bought") == 2
    assert own_days_says(plans.QMER, ()) == ""
