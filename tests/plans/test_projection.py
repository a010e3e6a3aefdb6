from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from readiness.assessments.tiers import evaluate
from readiness.core.periods import months_after
from readiness.instruments import cost_book as costs
from readiness.instruments.answers import Answer
from readiness.plans.drafting import PlanHeader, draft, with_current_costs
from readiness.plans.models import ActionStatus, GroupValues
from readiness.plans.projection import project
from readiness.plans.schedule import end_of, with_action
from tests.factories import plans

START = date(2027, 1, 15)
BOOK = costs.load("qmer")
DEVELOPING = plans.developing()


def plan_for(answers, drop=()):
    made = plans.proposed(answers)
    plan = draft(plans.QMER, made, PlanHeader("p1", "elm", "a1", "run", START))
    opened = with_current_costs(plan, plans.QMER, BOOK, plans.FACTS)
    for action_id in drop:
        opened = changed(opened, action_id, status=ActionStatus.DROPPED)
    return opened


def action(plan, action_id):
    return next(each for each in plan.actions if each.id == action_id)


def changed(plan, action_id, **changes):
    return with_action(plan, replace(action(plan, action_id), **changes))


def look(plan, answers=DEVELOPING, today=START):
    return project(plans.QMER, answers, plan, today)


def number_of(stage):
    return int(stage.tier_id[1:])


def test_a_plan_starts_where_the_group_stands_and_the_latest_path_is_never_ahead():
    found = look(plan_for(DEVELOPING))
    now = evaluate(plans.QMER, DEVELOPING)
    assert found.earliest[0].tier_id == found.latest[0].tier_id == now.tier.id
    assert found.earliest[-1].tier_id == found.latest[-1].tier_id
    for number in range(number_of(found.latest[-1]) + 1):
        first, last = found.reached(number)
        assert first <= last
    for stages in (found.earliest, found.latest):
        assert [s.on for s in stages] == sorted(s.on for s in stages)
        assert [number_of(s) for s in stages] == sorted(map(number_of, stages))


def test_the_plan_the_rules_propose_reaches_the_tier_it_leads_to():
    plan = plan_for(DEVELOPING)
    found = look(plan)
    assert found.short == ()
    assert found.reached(int(plan.target_tier_id[1:]))


def test_an_effect_counts_after_start_launch_and_the_months_to_it():
    plan = plan_for(DEVELOPING)
    coach = action(plan, "COACH")
    assert (coach.proposal.half_year, coach.months_to_launch, coach.months_to_effect) == (
        1, 2, (6, 15),
    )  # fmt: skip
    found = look(plan)
    for path, months in ((found.earliest, 6), (found.latest, 15)):
        on = months_after(months_after(START, 2), months)
        assert any(r.item_id == "IMPR-4" for s in path if s.on == on for r in s.rose)


def test_a_later_start_moves_the_tier_and_a_lower_level_keeps_it_closed():
    plan = plan_for(DEVELOPING)
    target = int(plan.target_tier_id[1:])
    collecting = action(plan, "REALCOL")
    later = changed(plan, "REALCOL", own=GroupValues(half_year=5))
    assert look(later).reached(target)[0] > look(plan).reached(target)[0]
    assert {lift.item_id: lift.to for lift in collecting.lifts}["REAL-2"] == 3
    low = look(changed(plan, "REALCOL", own=GroupValues(levels=(("REAL-2", 2),))))
    assert low.reached(target) is None
    assert any(says.startswith("REAL-2 ") and "level 2, needs 3" in says for says in low.short)


def test_what_is_done_counts_at_once():
    plan = changed(plan_for(DEVELOPING), "REALCOL", status=ActionStatus.DONE)
    today = date(2027, 3, 1)
    found = look(plan, today=today)
    for stages in (found.earliest, found.latest):
        assert any(rise.item_id == "REAL-2" and rise.on == today for rise in stages[1].rose)


def test_what_should_have_begun_is_counted_from_today():
    plan = plan_for(DEVELOPING)
    today = date(2028, 3, 1)
    found = look(plan, today=today)
    assert action(plan, "COACH").title in found.late
    coaching = [r.on for s in found.earliest for r in s.rose if r.item_id == "IMPR-4"]
    assert coaching == [months_after(today, 8)]
    begun = changed(plan, "COACH", status=ActionStatus.UNDER_WAY)
    coaching = [
        r.on for s in look(begun, today=today).earliest for r in s.rose if r.item_id == "IMPR-4"
    ]
    assert coaching == [today]


def test_a_dont_know_counts_only_where_the_plan_finds_it_out():
    answers = plans.developing(MEAS_2=Answer.dont_know())
    plan = plan_for(answers)
    assert any(lift.item_id == "MEAS-2" for each in plan.actions for lift in each.lifts)
    raised = [r.item_id for s in look(plan, answers).latest for r in s.rose]
    assert "MEAS-2" in raised
    unknown = changed(plan, "find-out:MEAS-2", status=ActionStatus.DROPPED)
    found = look(unknown, answers)
    assert "MEAS-2" not in [r.item_id for s in found.latest for r in s.rose]
    assert any(says.startswith("MEAS-2 ") and "not known" in says for says in found.short)


def test_what_does_not_apply_is_never_raised():
    answers = plans.developing()
    plan = changed(plan_for(answers), "COACH", own=GroupValues(levels=(("IMPR-6", 4),)))
    excused = {**answers, "IMPR-6": Answer.not_applicable("one site")}
    assert "IMPR-6" not in [r.item_id for s in look(plan, excused).latest for r in s.rose]


def test_an_own_step_counts_by_the_end_of_its_half_year():
    plan = plan_for(DEVELOPING)
    step = replace(
        action(plan, "GOV"),
        id="own:1",
        proposal=None,
        usual=None,
        own=GroupValues(half_year=2, levels=(("PART-1", 4),)),
    )
    found = look(replace(plan, actions=(step,)))
    assert [s.on for s in found.earliest[1:]] == [end_of(2, START)]


def test_what_raises_something_and_has_no_date_is_named():
    plan = plan_for(DEVELOPING)
    step = replace(action(plan, "GOV"), proposal=None, usual=None, due_on=None)
    undated = replace(step, id="own:1", own=GroupValues(levels=(("PART-1", 4),)))
    found = look(replace(plan, actions=(undated,)))
    assert found.undated == (undated.title,)
    assert found.earliest == found.earliest[:1]


def test_without_actions_the_present_tier_stays_and_what_it_lacks_is_said():
    found = look(replace(plan_for(DEVELOPING), actions=()))
    assert len(found.earliest) == 1
    assert found.short


def test_where_answers_are_missing_no_tier_is_promised():
    answers = {k: v for k, v in DEVELOPING.items() if k != "REAL-1"}
    plan = plan_for(answers)
    found = look(plan, answers)
    assert found.reached(1) is None
    assert "needs an answer" in found.short[0]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_at_every_level_the_proposed_plan_says_when_or_why_not(level):
    answers = plans.answers_at(level)
    plan = plan_for(answers)
    found = look(plan, answers)
    target = int(plan.target_tier_id[1:])
    assert bool(found.reached(target)) != bool(found.short)
