"""Which other levels are tried, and what they move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from readiness.assessments.tiers import evaluate
from readiness.instruments.answers import Answer
from readiness.plans.models import ActionPlan, ActionStatus, PlanAction
from readiness.plans.what_if import (
    LevelChange,
    criterion_moves,
    read_changes,
    way_moves,
    with_changes,
)
from tests.factories.plans import QMER, answers_at

NOT_HERE = Answer.not_applicable("One site.")
ANSWERS = answers_at(2, LEAD_5=NOT_HERE, MEAS_2=Answer.dont_know())


def read(*asked):
    return read_changes(QMER, ANSWERS, asked)


def test_levels_are_read_in_the_order_the_items_are_asked():
    found = read(("REAL-1", "0"), ("LEAD-1", "4"), ("MEAS-2", "0"))
    assert found.problems == ()
    assert found.changes == (
        LevelChange("LEAD-1", 2, 4),
        LevelChange("MEAS-2", None, 0),
        LevelChange("REAL-1", 2, 0),
    )


def test_the_present_level_is_no_change():
    assert read(("REAL-1", "2")) == read()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("NOPE-1", "3"), 'There is no item "NOPE-1"'),
        (("LEAD-5", "3"), "LEAD-5 does not apply to this group"),
        (("REAL-1", "9"), 'REAL-1 has no level "9", so it was left as it is'),
        (("REAL-1", "-1"), "Choose a level from 0 to 4."),
        (("REAL-1", "²"), "Choose a level from 0 to 4."),
        (("REAL-1", "03"), "Choose a level from 0 to 4."),
        (("LEAD-1", "4"), "LEAD-1 was given twice, so the first counts"),
        (("<script>" * 40, "3"), "..., so it was left out"),
    ],
)
def test_what_cannot_be_tried_is_said_and_the_rest_counts(asked, says):
    found = read(("LEAD-1", "3"), asked)
    (problem,) = found.problems
    assert says in problem
    assert found.changes == (LevelChange("LEAD-1", 2, 3),)


def test_an_item_that_is_not_tried_keeps_its_answer():
    changed = with_changes(ANSWERS, read(("REAL-1", "3")).changes)
    assert changed["REAL-1"] == Answer.at(3)
    assert {i for i in ANSWERS if changed[i] != ANSWERS[i]} == {"REAL-1"}


def moves(before, after):
    return [
        *criterion_moves(QMER, (before, evaluate(QMER, before)), (after, evaluate(QMER, after)))
    ]


def test_a_criterion_that_comes_to_be_met_stays_on_the_list_with_both_numbers():
    before = answers_at(2, REAL_2=1)
    (race,) = (m for m in moves(before, answers_at(2, REAL_2=3)) if m.before.id == "T3:gate:REAL-2")
    assert (race.before.has, race.after.has, race.after.needs) == (1, 3, 3)
    assert (race.was_met, race.is_met) == (False, True)


def test_where_the_tier_rises_the_criteria_of_both_next_tiers_are_told():
    found = moves(answers_at(1), answers_at(2))
    assert [m.tier.id for m in found] == sorted(m.tier.id for m in found)
    assert {m.tier.id for m in found} == {"T2", "T3"}
    assert all(m.is_met for m in found if m.tier.id == "T2")
    unmet = [m for m in found if m.tier.id == "T3" and not m.is_met]
    assert {m.after.id for m in unmet} >= {"T3:axis:QMS", "T3:gate:REAL-2"}


def test_what_is_lost_is_told_of_the_tier_that_is_lost():
    found = moves(answers_at(2), answers_at(2, REAL_1=0))
    (lost,) = (m for m in found if m.tier.id == "T2" and m.before.of == "REAL-1")
    assert (lost.was_met, lost.is_met) == (True, False)


def test_at_the_top_nothing_is_unmet():
    assert moves(answers_at(4), answers_at(4)) == []


def an_action(action_id, title="x", status=ActionStatus.PROPOSED):
    return PlanAction(action_id, 1, title, "", None, status, "", None)


def a_plan(*actions):
    return ActionPlan("p", "elm", "a1", "r", date(2027, 1, 15), "T3", actions)


def test_what_falls_away_what_is_new_and_what_stays():
    coach, gov, fit = (an_action(each) for each in ("COACH", "GOV", "FIT"))
    found = way_moves(a_plan(coach, gov), a_plan(gov, fit))
    assert (found.gone, found.new, found.kept) == ((coach,), (fit,), (gov,))


def test_an_own_step_to_another_level_is_another_one():
    low, high = (an_action("raise:REAL-1", f"Bring it to level {n}") for n in (2, 3))
    found = way_moves(a_plan(high), a_plan(low))
    assert (found.gone, found.new) == ((high,), (low,))


def test_what_is_done_or_taken_out_is_not_left():
    gov = an_action("GOV")
    over = [replace(gov, status=each) for each in (ActionStatus.DONE, ActionStatus.DROPPED)]
    assert all(way_moves(a_plan(gov), a_plan(each)).gone == (gov,) for each in over)
