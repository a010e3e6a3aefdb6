"""A plan's money and projected tier, as its readers meet them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.instruments.answers import Answer
from readiness.plans.models import ActionStatus, GroupValues, MarginPrice
from readiness.plans.presenters import outlook
from readiness.plans.presenters.formats import between
from readiness.plans.presenters.method import price_says, standard_says
from readiness.plans.presenters.plan import content_of
from readiness.plans.presenters.tier_cost import help_that_fits
from readiness.plans.schedule import with_action
from readiness.plans.service import plan
from tests.factories import plans, world

NOW = world.NOW
TODAY = NOW.date()


@pytest.fixture
def opened(store):
    return plans.view_of(store, plans.developing())


def changed(opened, action_id, **changes):
    action = plan.action_of(opened, action_id)
    return replace(opened, plan=with_action(opened.plan, replace(action, **changes)))


def test_it_says_between_which_months_the_target_is_reached(opened):
    told = outlook.outlook(opened)
    assert told.says.startswith("If everything goes as expected, T3 Incentive-ready is reached ")
    assert told.stages[0].between == "now"


def test_the_method_says_who_set_the_cut_points_or_that_nobody_told(opened):
    assert "without a panel and without pilot data" in outlook.outlook(opened).standard
    assert standard_says(replace(opened.instrument, id="own")).startswith("No record is kept")


def test_what_is_done_is_to_be_shown_by_assessing_again(opened):
    done = tuple(replace(a, status=ActionStatus.DONE) for a in opened.plan.actions)
    told = outlook.outlook(replace(opened, plan=replace(opened.plan, actions=done)))
    assert told.says.endswith("T3 Incentive-ready is within reach now. Assess again to show it.")


@pytest.mark.parametrize(("level", "comes_of_it"), [(1, "is not reached."), (3, "is reached.")])
def test_a_later_assessment_tells_what_came_of_an_earlier_plan(store, level, comes_of_it):
    plans.submitted(store, "elm", plans.answers_at(2, REAL_2=1, LEAD_1=1), NOW)
    later = NOW + timedelta(days=300)
    plans.submitted(store, "elm", plans.answers_at(level), later, assessment_id="a2")
    session = Session(store, people.actor(store, "maya"), later)
    opened = plan.load(session, "a1")
    done = tuple(replace(a, status=ActionStatus.DONE) for a in opened.plan.actions)
    told = outlook.outlook(replace(opened, plan=replace(opened.plan, actions=done)))
    assert "within reach" not in told.says
    assert f"submitted later, found T{level} " in told.says
    assert told.says.endswith(f"the T3 that this plan led to {comes_of_it}")
    assert [each.between for each in told.stages] == ["when this plan began"]
    assert plan.load(session, "a2").later is None
    store.close()


def test_it_says_what_stays_short_and_how_much_more(store):
    opened = plans.view_of(store, plans.answers_at(0))
    told = outlook.outlook(replace(opened, plan=replace(opened.plan, actions=())))
    assert "is not reached by this plan yet. These stay short: " in told.says
    assert told.says.endswith(f"; and {len(told.ahead.short) - 5} more.")
    assert told.timeline is None


def test_at_the_top_the_plan_holds_what_is_there(store):
    told = outlook.outlook(plans.view_of(store, plans.answers_at(4)))
    assert told.says == "If everything goes as expected, T4 Sustaining is held."
    assert told.cost.actions == 0


def test_the_help_that_fits_is_what_a_payer_may_pay_for_of_the_plan(opened):
    payable = ("REALCOL", "COACH", "REALAUD", "CONTRACT")  # not GOV, which is the group's own
    titles = [plan.action_of(opened, each).title for each in payable]
    assert help_that_fits(opened) == f"A payer may pay for: {'; '.join(titles)}."
    awarded = replace(opened, awarded=frozenset(payable[1:]))
    assert help_that_fits(awarded) == f"A payer may pay for: {titles[0]}."
    begun = changed(awarded, "REALCOL", status=ActionStatus.UNDER_WAY)
    assert help_that_fits(begun) == "Nothing that is left of the plan is for a payer to pay."


def test_where_no_plan_leads_to_the_next_tier_the_help_is_told_as_usual(tmp_path, opened):
    top = plans.QMER.tier_by_id["T4"]
    (folder := tmp_path / "top").mkdir()
    at_the_top = plans.view_of(world.store_in(folder), plans.answers_at(4))
    assert help_that_fits(at_the_top) == f"Groups at this tier usually {top.usually}."
    passed = replace(opened, newest=at_the_top.newest)
    assert help_that_fits(passed) == help_that_fits(at_the_top)


def test_years_and_their_sum_are_ranges_with_the_month_they_begin(opened):
    told = outlook.outlook(opened)
    assert [title for title, _ in told.years] == [
        "Year 1, from Jan 2027",
        "Year 2, from Jan 2028",
        "Year 3, from Jan 2029",
        "3 years together",
    ]
    assert all(cost.low != cost.high for _, cost in told.years)


def test_each_action_names_who_may_pay_and_who_pays_afterwards(opened):
    mine = changed(opened, "GOV", own=GroupValues(may_pay="a local foundation"))
    told = content_of(mine)
    assert told.line("GOV").may_pay == "a local foundation"
    assert all(told.line(e.id).pays_afterwards for e in mine.plan.actions if e.is_intervention)


def test_what_should_have_begun_and_what_has_no_date_are_named(opened):
    later = TODAY + timedelta(days=250)
    title = plan.action_of(opened, "GOV").title
    assert title in outlook.outlook(replace(opened, today=later)).ahead.late
    own = GroupValues(levels=(("PART-1", 4),))
    free = changed(opened, "GOV", proposal=None, usual=None, due_on=None, own=own)
    assert outlook.outlook(free).ahead.undated == (title,)


def test_the_drawing_follows_the_starts_and_leaves_questions_and_the_dropped_out(store):
    answers = plans.developing(MEAS_2=Answer.dont_know())
    opened = plans.view_of(store, answers)
    dropped = changed(opened, "COACH", status=ActionStatus.DROPPED)
    moved = changed(dropped, "GOV", own=GroupValues(half_year=4))
    drawn = outlook.outlook(moved).timeline
    assert drawn
    titles = [row[0] for row in drawn.table.rows]
    assert titles[-1] == plan.action_of(opened, "GOV").title
    assert not any("Find out" in title for title in titles)
    assert plan.action_of(opened, "COACH").title not in titles


# The margin, and what stays short


def test_what_the_margin_takes_is_said_in_one_sentence_and_what_would_go_in_the_method(opened):
    told, price = outlook.outlook(opened), opened.plan.margin
    assert told.margin == (
        "This plan still reaches T3 Incentive-ready when any one raise that is no gate ends a "
        f"level short; that caution {price_says(price)}."
    )
    proof, without = told.method
    assert proof == (
        "No cheaper set reaches T3 with room for one raise to end a level short; own days counted "
        "at $400 each."
    )
    assert all(f"“{title}”" in without for title in (*price.left_out, *price.instead))


def test_no_cheaper_set_is_said_of_the_plan_as_it_was_proposed_alone(opened):
    moved = changed(opened, "GOV", own=GroupValues(half_year=4))
    (says,) = outlook.outlook(moved).method
    assert says.startswith("As it was proposed, no cheaper set reached T3 ")
    assert says.endswith(" It was changed since.")


def test_dollars_that_count_days_are_no_figure_on_the_page(opened):
    told = outlook.outlook(opened)
    says = " ".join((told.margin, *told.method, told.says, str(content_of(opened))))
    assert opened.plan.objective
    assert f"{opened.plan.objective:,}" not in says
    assert f"${opened.plan.margin.dollars:,}" not in says


def test_a_margin_whose_price_nobody_worked_out_is_said_without_one(opened):
    older = replace(opened, plan=replace(opened.plan, margin=None))
    says = outlook.outlook(older).margin
    assert says.endswith("when any one raise that is no gate ends a level short.")


@pytest.mark.parametrize(
    ("money", "days", "says"),
    [
        (0, 0, "costs nothing"),
        (1200, 0, "costs $1,200"),
        (1200, 1, "costs $1,200 and 1 person-day"),
        (1200, -3, "costs $1,200 and saves 3 people-days"),
    ],
)
def test_a_margin_is_told_in_money_and_in_days(money, days, says):
    assert price_says(MarginPrice(400, (), (), Decimal(money), Decimal(days))) == says


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ActionStatus.DROPPED},
        {"own": GroupValues(half_year=4)},
        {"own": GroupValues(levels=(("LEAD-1", 2),))},
        {"proposal": None},
    ],
)
def test_a_plan_that_people_changed_says_nothing_of_its_margin(opened, changes):
    assert outlook.outlook(changed(opened, "GOV", **changes)).margin == ""


def test_who_acts_and_how_far_it_is_leave_the_margin_as_it_is(opened):
    done = changed(opened, "GOV", owner="x", note="y", status=ActionStatus.DONE)
    named = changed(done, "COACH", own=GroupValues(acts="x", may_pay="y", pays_after="z"))
    assert outlook.outlook(named).margin == outlook.outlook(opened).margin != ""


def test_a_plan_that_reaches_its_target_falls_short_of_nothing(opened):
    assert outlook.outlook(opened).shortfall is None
    noted = changed(opened, "GOV", own=GroupValues(half_year=1))
    assert outlook.outlook(noted).shortfall is None


def shortfall_of(opened):
    found = outlook.outlook(opened).shortfall
    assert found is not None
    return found


def test_what_was_taken_out_and_would_reach_the_target_again_is_named(opened):
    without = changed(opened, "REALCOL", status=ActionStatus.DROPPED)
    found, title = shortfall_of(without), plan.action_of(opened, "REALCOL").title
    assert found.says == "As it was changed, this plan does not reach T3 Incentive-ready."
    assert found.criteria == outlook.outlook(without).ahead.short
    assert found.advice.startswith(f"Put back “{title}”: that alone would reach it")


def test_where_several_are_missing_all_are_to_be_put_back(opened):
    without = changed(opened, "REALCOL", status=ActionStatus.DROPPED)
    without = changed(without, "raise:LEAD-4", status=ActionStatus.DROPPED)
    without = changed(without, "COACH", status=ActionStatus.DROPPED)
    found = shortfall_of(without)
    assert found.advice.startswith("Put back what was taken out, or add an action of your own")


def test_a_lower_level_is_to_be_expected_as_proposed_again(opened):
    lower = changed(opened, "REALCOL", own=GroupValues(levels=(("REAL-2", 2),)))
    found = shortfall_of(lower)
    assert found.advice.startswith("Expect the proposed levels of your actions again")
    reader = replace(lower, may_edit=False)
    assert shortfall_of(reader).advice == ""


def test_what_only_finds_out_is_not_said_to_fall_short(store):
    unknown = {item.id: Answer.dont_know() for item in plans.QMER.items}
    assert outlook.outlook(plans.view_of(store, unknown)).shortfall is None


def test_one_month_is_not_a_span():
    assert between(date(2027, 3, 1), date(2027, 3, 31)) == "in Mar 2027"
