from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    ActionType,
    GroupValues,
    PlanAction,
    Proposal,
)
from readiness.plans.schedule import (
    conflicts,
    half_year_of,
    is_late,
    new_conflicts,
    restore,
    timing_from_start,
    timing_of,
    with_action,
)

START = date(2027, 1, 15)


def an_action(name, half_year=1, after=(), status=ActionStatus.PLANNED, kind=None):
    kind = kind or ActionType.INTERVENTION
    proposal = Proposal(name, kind, name, (), (), half_year, after)
    return PlanAction(name, 1, name, "", None, status, "", proposal)


def a_plan(*actions):
    return ActionPlan("p1", "elm", "a1", "r1", START, None, actions, (), ())


def test_a_plan_in_order_fits():
    plan = a_plan(an_action("A"), an_action("B"), an_action("C", 2, after=("A", "B")))
    assert conflicts(plan) == ()


@pytest.mark.parametrize("half_year", [1, 2])
def test_an_action_needs_a_later_half_year_than_what_comes_first(half_year):
    plan = a_plan(an_action("A", 2), an_action("B", half_year, after=("A",)))
    (found,) = conflicts(plan)
    assert found.says.startswith("B needs A first, which starts in half-year 2: start B in half-ye")


@pytest.mark.parametrize("status", [ActionStatus.DONE, ActionStatus.DROPPED])
def test_what_is_done_or_dropped_is_not_waited_for(status):
    plan = a_plan(an_action("A", 2, status=status), an_action("B", 1, after=("A",)))
    assert conflicts(plan) == ()


def test_four_interventions_at_once_are_too_many_and_steps_of_its_own_do_not_count():
    three = [an_action(name) for name in "ABC"]
    step = an_action("raise:X", kind=ActionType.RAISE)
    question = an_action("find-out:X", kind=ActionType.FIND_OUT)
    assert conflicts(a_plan(*three, step, question)) == ()
    (found,) = conflicts(a_plan(*three, an_action("D")))
    assert found.says.startswith("4 interventions would start in half-year 1")


def test_what_was_broken_before_does_not_stop_a_change_that_makes_it_no_worse():
    five = a_plan(*(an_action(name) for name in "ABCDE"))
    fewer = with_action(five, replace(five.actions[0], own=GroupValues(half_year=2)))
    assert new_conflicts(five, fewer) == ()
    six = replace(five, actions=(*five.actions, an_action("F")))
    assert new_conflicts(five, six)


def test_an_action_put_back_looks_for_the_first_half_year_in_which_it_fits():
    full = [an_action(name, half_year) for half_year in (1, 2) for name in f"{half_year}AB"]
    out = an_action("Z", 1, status=ActionStatus.DROPPED)
    plan = a_plan(*full, *(replace(an_action(f"x{n}", n), id=f"x{n}") for n in (1, 2)), out)
    back = restore(plan, out)
    assert half_year_of(back, START) == 3
    assert (back.revision, back.status) == (2, ActionStatus.PROPOSED)
    alone = restore(a_plan(out), out)
    assert alone.own.half_year is None


# When


def test_months_count_from_the_first_day_of_the_half_year():
    action = replace(
        an_action("A", 2), own=GroupValues(months_to_launch=2, months_to_effect=(3, 9))
    )
    timing = timing_of(action, a_plan(action))
    assert timing
    assert (timing.starts_on, timing.launches_on) == (date(2027, 7, 15), date(2027, 9, 15))
    assert (timing.earliest, timing.latest) == (date(2027, 12, 15), date(2028, 6, 15))


def test_without_months_an_effect_comes_with_the_end_of_the_half_year():
    timing = timing_from_start(an_action("A"), START)
    assert timing.earliest == timing.latest == date(2027, 7, 14)


@pytest.mark.parametrize(
    ("due_on", "half_year"),
    [(None, None), (date(2026, 1, 1), 1), (date(2027, 9, 1), 2), (date(2090, 1, 1), 10)],
)
def test_an_added_action_goes_by_its_date_until_a_half_year_is_chosen(due_on, half_year):
    added = replace(an_action("own:1"), proposal=None, due_on=due_on)
    assert half_year_of(added, START) == half_year
    assert half_year_of(replace(added, own=GroupValues(half_year=7)), START) == 7


def test_only_what_nobody_began_can_be_late():
    planned, begun = an_action("A"), an_action("B", status=ActionStatus.UNDER_WAY)
    plan = a_plan(planned, begun)
    last_day = date(2027, 7, 14)
    assert [is_late(planned, plan, day) for day in (last_day, date(2027, 7, 15))] == [False, True]
    assert not is_late(begun, plan, date(2029, 1, 1))
