from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from readiness.instruments import cost_book as costs
from readiness.plans.drafting import PlanHeader, draft, with_current_costs
from readiness.plans.models import GroupValues
from readiness.plans.schedule import with_action
from tests.factories import plans, world

ANSWERS = plans.developing()
MADE = plans.proposed(ANSWERS)
PLAN = draft(plans.QMER, MADE, PlanHeader("p1", "elm", "a1", "r1", world.NOW.date()))


def coach(plan):
    return next(each for each in plan.actions if each.id == "COACH")


def test_before_it_is_opened_a_plan_costs_what_its_proposal_says():
    before = coach(PLAN)
    assert before.usual is None
    assert before.cost == before.proposal.cost.total


def test_opened_its_parts_are_told_apart_and_add_up_to_the_same():
    after = coach(with_current_costs(PLAN, plans.QMER, costs.load("qmer"), plans.FACTS))
    assert after.amounts.one_off
    assert after.amounts.yearly
    assert after.cost == coach(PLAN).cost


def test_without_a_cost_book_the_whole_is_one_off_and_days_are_not_known():
    after = coach(with_current_costs(PLAN, plans.QMER, None, plans.FACTS))
    assert after.amounts.one_off == coach(PLAN).cost
    assert (after.amounts.yearly, after.amounts.people_days) == (None, None)
    assert after.usual.note is None
    assert after.usual.pays_after == plans.QMER.intervention_by_id["COACH"].sustain


def test_units_the_group_counted_make_a_cost_known_that_no_fact_could():
    nothing_known = with_current_costs(PLAN, plans.QMER, costs.load("qmer"), {})
    assert coach(nothing_known).cost is None
    counted = with_action(
        PLAN, replace(coach(PLAN), own=GroupValues(units=Fraction(plans.FACTS["sites"])))
    )
    after = coach(with_current_costs(counted, plans.QMER, costs.load("qmer"), {}))
    assert after.cost == coach(PLAN).cost
    assert after.usual.units is None
