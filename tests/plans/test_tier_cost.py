"""What the next tier still costs: true sums of the plan, and who may pay what of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from readiness.core.periods import months_after
from readiness.instruments.answers import Answer
from readiness.plans import tier_cost
from readiness.plans.costs import NO_COST, PeopleDays
from readiness.plans.drafting import PlanHeader, draft, with_current_costs
from readiness.plans.models import ActionStatus, GroupValues, ResourceEstimate
from readiness.plans.projection import project
from readiness.plans.schedule import end_of, with_action
from readiness.plans.tier_cost import TierCostExclusion, beside_result
from tests.factories import plans
from tests.factories.catalogs import dollars

START = date(2027, 1, 15)
DEVELOPING = plans.developing()


def plan_for(answers, facts=plans.FACTS):
    made = plans.proposed(answers, facts)
    plan = draft(plans.QMER, made, PlanHeader("p1", "elm", "a1", "run", START))
    return with_current_costs(plan, plans.QMER, plans.BOOK, facts)


def cost_of(plan, answers=DEVELOPING, today=START, still_to_pay=None):
    ahead = project(plans.QMER, answers, plan, today)
    return tier_cost.of_plan(plan, plans.QMER, ahead, today, still_to_pay or {})


def action(plan, action_id):
    return next(each for each in plan.actions if each.id == action_id)


def changed(plan, action_id, **changes):
    return with_action(plan, replace(action(plan, action_id), **changes))


def ends(cost):
    return cost.low, cost.likely, cost.high


@pytest.fixture
def plan():
    return plan_for(DEVELOPING)


def test_the_parts_add_up_to_the_whole_and_the_whole_to_the_actions(plan):
    found = cost_of(plan)
    assert found.target_id == "T3"
    assert found.is_known
    each = [a.cost for a in plan.actions if a.cost]
    assert ends(found.first_year) == tuple(map(sum, zip(*map(ends, each), strict=True)))
    assert found.payable.plus(found.own_part) == found.first_year
    days = [a.amounts.people_days.likely for a in plan.actions if a.amounts.people_days]
    assert found.people_days == sum(days)
    yearly = [a.amounts.yearly for a in plan.actions if a.amounts.yearly]
    assert ends(found.yearly) == tuple(map(sum, zip(*map(ends, yearly), strict=True)))


def test_a_payer_may_pay_what_the_cost_book_says_whatever_the_group_typed(plan):
    by_note = {a.id: a.usual.note.payer_may_pay for a in plan.actions if a.usual}
    assert set(by_note.values()) == {True, False}
    found = cost_of(plan)
    assert found.payable.likely == sum(
        action(plan, i).cost.likely for i, may in by_note.items() if may
    )
    closed = next(i for i, may in by_note.items() if not may)
    typed = changed(plan, closed, own=GroupValues(may_pay="the payer"))
    assert cost_of(typed).payable == found.payable


def test_lines_are_whole_dollars_and_their_sums_are_the_cost(plan):
    cents = ResourceEstimate(dollars("10.40", "20.40", "30.50"), dollars("1.20", "2.20", "3.20"))
    own = {i: GroupValues(amounts=cents) for i in ("COACH", "GOV")}
    priced = changed(changed(plan, "COACH", own=own["COACH"]), "GOV", own=own["GOV"])
    lines, found = tier_cost.lines_of(priced, {}), cost_of(priced)
    shown = {each.action.id: each.first_year for each in lines}
    assert shown["COACH"] == shown["GOV"] == dollars(12, 23, 34)
    assert ends(found.first_year) == tuple(
        map(sum, zip(*(ends(each) for each in shown.values()), strict=True))
    )
    assert found.people_days == sum(each.people_days for each in lines)


def test_what_is_done_or_dropped_costs_nothing_more(plan):
    whole = cost_of(plan).first_year.likely
    for status in (ActionStatus.DONE, ActionStatus.DROPPED):
        found = cost_of(changed(plan, "COACH", status=status))
        assert found.first_year.likely == whole - action(plan, "COACH").cost.likely


def test_what_is_under_way_counts_with_what_is_still_to_pay(plan):
    begun = changed(plan, "COACH", status=ActionStatus.UNDER_WAY)
    left = dollars(100, 200, 300)
    found = cost_of(begun, still_to_pay={"COACH": left})
    others = [a.cost for a in plan.actions if a.cost and a.id != "COACH"]
    assert found.first_year.likely == 200 + sum(each.likely for each in others)
    fallen = cost_of(plan).payable.likely - found.payable.likely
    assert fallen == action(plan, "COACH").cost.likely  # it is paid for by whoever began it


def test_what_the_group_counted_itself_stands_in_for_the_catalogue(plan):
    amounts = ResourceEstimate(dollars(1, 2, 3), NO_COST, PeopleDays(*map(Decimal, (4, 5, 6))))
    own = changed(plan, "COACH", own=GroupValues(amounts=amounts))
    before, after, coach = cost_of(plan), cost_of(own), action(plan, "COACH")
    assert after.first_year.likely == before.first_year.likely - coach.cost.likely + 2
    assert after.people_days == before.people_days - coach.amounts.people_days.likely + 5


def test_a_cost_that_is_not_known_is_named_and_never_counted_as_nothing():
    answers = DEVELOPING
    full = plan_for(answers)
    per_site = next(a for a in full.actions if a.cost and "site" in a.proposal.cost.unit)
    facts = {key: value for key, value in plans.FACTS.items() if key != "sites"}
    plan = with_current_costs(full, plans.QMER, plans.BOOK, facts)
    found = cost_of(plan)
    assert found.unknown == (per_site.title,)
    assert found.exclusion is TierCostExclusion.UNKNOWN
    assert found.first_year.likely == cost_of(full).first_year.likely - per_site.cost.likely
    counted = changed(plan, per_site.id, own=GroupValues(units=Fraction(2)))
    priced = with_current_costs(counted, plans.QMER, plans.BOOK, facts)
    assert cost_of(priced).is_known
    paid = changed(plan, per_site.id, status=ActionStatus.UNDER_WAY)
    assert cost_of(paid, still_to_pay={per_site.id: dollars(1, 2, 3)}).is_known


def test_months_are_those_of_the_projection(plan):
    reached = project(plans.QMER, DEVELOPING, plan, START).reached(3)
    found = cost_of(plan).months
    assert reached
    assert found
    for months, on in zip(found, reached, strict=True):
        assert months_after(START, months - 1) < on <= months_after(START, months)


def test_a_plan_that_falls_short_has_no_months_and_is_not_held_against_others(plan):
    found = cost_of(changed(plan, "COACH", status=ActionStatus.DROPPED))
    assert found.months is None
    assert found.exclusion is TierCostExclusion.SHORT
    assert found.has_sums


def test_at_the_top_and_where_nothing_can_be_rated_it_says_so():
    top = plans.answers_at(4)
    assert cost_of(plan_for(top), top).exclusion is TierCostExclusion.TOP
    unknown = {item.id: Answer.dont_know() for item in plans.QMER.items}
    found = cost_of(plan_for(unknown), unknown)
    assert (found.exclusion, found.first_year) == (TierCostExclusion.UNRATED, NO_COST)


def test_a_plan_of_an_earlier_result_is_not_taken_for_one_to_the_next_tier(plan):
    found = cost_of(plan)
    assert beside_result(found, "T3") == found
    passed = beside_result(found, "T4")
    assert (passed.target_id, passed.exclusion) == ("T4", TierCostExclusion.OUTDATED)
    assert beside_result(found, None).exclusion is TierCostExclusion.TOP


def as_proposed(plan):
    return plan


def all_done(plan):
    return replace(plan, actions=tuple(replace(a, status=ActionStatus.DONE) for a in plan.actions))


def one_waits_to_begin(plan):
    """All else begins half a year after it."""
    later = GroupValues(half_year=2)
    actions = (a if a.id == "COACH" else replace(a, own=later) for a in plan.actions)
    return replace(plan, actions=tuple(actions))


def one_is_under_way(plan):
    """All else is done and could be seen at once."""
    seen = GroupValues(half_year=1, months_to_launch=0, months_to_effect=(0, 0))
    done = (replace(a, status=ActionStatus.DONE, own=seen) for a in plan.actions)
    begun = {"status": ActionStatus.UNDER_WAY, "own": GroupValues()}
    return changed(replace(plan, actions=tuple(done)), "COACH", **begun)


@pytest.mark.parametrize("months", [0, 1, 7, 13, 30])
@pytest.mark.parametrize("change", [as_proposed, all_done, one_waits_to_begin, one_is_under_way])
def test_until_the_day_it_names_nothing_changes_by_the_calendar_alone(plan, change, months):
    opened, today = change(plan), months_after(START, months)
    found = cost_of(opened, today=today)
    assert found.good_until >= today
    for later in range(0, 900, 30):
        day = today + timedelta(days=later)
        if day <= found.good_until:
            assert cost_of(opened, today=day).months == found.months


def test_a_fresh_plan_holds_until_its_first_half_year_is_over_or_its_first_effect_may_be_seen(plan):
    assert START < cost_of(plan).good_until <= end_of(1, START)
