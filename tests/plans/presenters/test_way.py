"""The way up, the plan in one breath, and what it hangs on, in words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session, Store
from readiness.core.migrations import migrate
from readiness.plans.models import ActionStatus
from readiness.plans.planning import Alternative
from readiness.plans.presenters import plan as reading
from readiness.plans.presenters.own_days import own_days_says
from readiness.plans.presenters.way import way_of
from readiness.plans.service import plan
from tests.factories import plans, world

NOW = world.NOW


def opened_for(tmp_path, answers):
    store = Store(tmp_path / "readiness.db")
    migrate(store)
    world.fill(store)
    plans.submitted(store, "elm", answers, NOW)
    opened = plan.load(Session(store, people.actor(store, "maya"), NOW), "a1")
    store.close()
    return opened


@pytest.fixture
def opened(tmp_path):
    return opened_for(tmp_path, plans.developing())


def the_way(opened):
    return way_of(opened.plan, opened.basis.run, opened.instrument)


def test_the_way_is_what_the_plan_raises_by_what_raises_it(opened):
    way = the_way(opened)
    assert (way.title, way.is_plan) == ("The way to T3 Incentive-ready", True)
    titles = [step.title for step in way.steps]
    assert plan.action_of(opened, "COACH").title in titles
    assert titles[-1].startswith("Own steps (")
    raised = {each.partition(" ")[0] for step in way.steps for each in step.raises}
    assert raised == {lift.item_id for each in opened.plan.current for lift in each.lifts}


def test_beside_each_raise_stands_what_it_serves_and_what_its_level_means(opened):
    lines = [line for step in the_way(opened).steps for line in step.lines]
    (race,) = (line for line in lines if line[0].startswith("REAL-2 "))
    assert race[0].endswith("from level 1 to 3 (T3 gate; T3 minimum of EQR)")
    assert race[1] == opened.instrument.item_by_id["REAL-2"].levels[3]


def test_what_is_done_is_no_longer_on_the_way(opened):
    done = tuple(replace(a, status=ActionStatus.DONE) for a in opened.plan.actions)
    way = the_way(replace(opened, plan=replace(opened.plan, actions=done)))
    assert not way.is_plan
    assert way.title == "The fewest steps to T3 Incentive-ready, cost aside"
    assert way.steps


def test_at_the_top_there_is_none(tmp_path):
    way = the_way(opened_for(tmp_path, plans.answers_at(4)))
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
